#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# mailqueue.sh CHANNEL [CMD]: a queue of mail. Any user can put a mail into it with
#
#	kctl proto send --channel CHANNEL --file MAIL
#
# Four mails are sent at a time. A mail that is not accepted is sent again after one minute,
# two, four, and so on up to an hour. If this script is killed while it sends a mail, the mail
# is not lost, but may be sent twice. BACKOFF sets another first delay, in seconds.
set -eu

kctl proto set --channel "$1" --mode 0622
exec kctl proto work --channel "$1" --jobs 4 --backoff "${BACKOFF:-60}" --max-backoff 3600 -- \
	"${2:-/usr/sbin/sendmail}" -t
