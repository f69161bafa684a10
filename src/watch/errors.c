// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "errors.h"
#include "pcap.h"

const struct error_row icmp_errors[] = {
	{
		.error = ENODEV,
		.status = EXIT_REFUSED,
		.message = "interface '{subject}' does not exist",
		.hint = "list them: ip link",
	},
	{
		.error = EIDRM,
		.status = EXIT_REFUSED,
		.message = "interface '{subject}' was removed",
	},
	{
		.error = ETIMEDOUT,
		.status = EXIT_TIMEOUT,
		.message = "no packet within {wait}",
	},
	{
		.error = ENOSPC,
		.status = EXIT_REFUSED,
		.message = "too many watchers in this network namespace",
		.hint = "see the limits: kctl status",
	},
	{
		.step = "read",
		.error = EILSEQ,
		.status = EXIT_REFUSED,
		.message = "{subject} is not a pcap file",
	},
	{
		.step = "read",
		.error = EMEDIUMTYPE,
		.status = EXIT_REFUSED,
		.message = "{subject} is a pcapng file, not pcap",
		.hint = "convert it: tcpdump -r FILE -w NEW, or editcap -F pcap FILE NEW",
	},
	{
		.step = "read",
		.error = EPROTO,
		.status = EXIT_REFUSED,
		.message =
			"{subject} has an unknown version of the pcap format",
	},
	{
		.step = "read",
		.error = EPROTONOSUPPORT,
		.status = EXIT_REFUSED,
		.message =
			"{subject} has link type {size}, which kctl does not support",
		.hint = "supported: Ethernet, Linux cooked (tcpdump -i any) and raw IP",
	},
	{
		.step = "read",
		.error = ENOTSUP,
		.status = EXIT_REFUSED,
		.message =
			"{subject} has no direction, which --in and --out need",
		.hint = "select packets by their address: --src or --dst",
	},
	{
		.step = "read",
		.error = EBADMSG,
		.status = EXIT_REFUSED,
		.message =
			"{subject} is incomplete: it ends in the middle of a packet",
	},
	{
		.step = "read",
		.error = EOVERFLOW,
		.status = EXIT_REFUSED,
		.limit = PCAP_CAPTURED_MAX,
		.message =
			"{subject} is damaged: it has a packet of more than {limit} bytes",
	},
	{
		.step = "write",
		.error = EEXIST,
		.status = EXIT_REFUSED,
		.message = "'{subject}' is the file that -r reads",
	},
	{ 0 },
};
