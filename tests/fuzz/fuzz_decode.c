// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The input is a packet, which is decoded and printed as text, as JSON and in hexadecimal.
 * The first byte selects the family; the header of the packet gives its length.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "null_stream.h"
#include "icmp/print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every pointer in an event must point into the captured bytes. */
static void check_list(const struct icmp_event *e, const uint8_t *packet,
		       size_t size)
{
	if (!e->list.size)
		return;
	if (e->list.data < packet || e->list.data > packet + size ||
	    e->list.size > (size_t)(packet + size - e->list.data))
		abort();
}

static void print(const struct kctl_record *record, const uint8_t *packet,
		  const struct icmp_event *event, bool json)
{
	struct out out = { .stream = null_stream(), .json = json };
	const uint64_t rtt = 1;
	struct icmp_extra extra = { .interface = "lo",
				    .rtt = &rtt,
				    .time = "" };

	extra.hex = record->captured & 1;
	extra.verbose = record->captured & 2;
	print_icmp(&out, record, packet, event, &extra);
	if (out.error || out.depth)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kctl_record record = { .direction = KCTL_DIRECTION_IN };
	struct icmp_event event;

	if (!size)
		return 0;
	record.family = *data++ & 2 ? AF_INET6 : AF_INET;
	record.captured = (uint32_t)--size;
	record.length = record.captured;
	icmp_decode(record.family, data, size, &event);
	check_list(&event, data, size);
	print(&record, data, &event, false);
	print(&record, data, &event, true);
	return 0;
}
