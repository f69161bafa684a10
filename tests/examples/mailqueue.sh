#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# mailqueue.sh CHANNEL [CMD]: a queue of mail. Every user puts a mail into it with
#
#	kctl proto send --channel CHANNEL --file MAIL
#
# and it is sent, four at a time. A mail that is not accepted is tried again after a minute,
# two, four, and so on up to an hour. A mail is not lost if this script is killed while
# it is being sent, but it may be sent twice. BACKOFF is another time than a minute.
set -eu

kctl proto set --channel "$1" --mode 0622
exec kctl proto work --channel "$1" --jobs 4 --backoff "${BACKOFF:-60}" --max-backoff 3600 -- \
	"${2:-/usr/sbin/sendmail}" -t
