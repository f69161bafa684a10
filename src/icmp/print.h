/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KCTL_PRINT_ICMP_H
#define KCTL_PRINT_ICMP_H

#include <linux/kctl.h>

#include "decode.h"
#include "cli/out.h"

/**
 * struct icmp_extra - what is known of an event besides its packet, and how to
 *	print it
 * @interface: name of the interface
 * @time: the time as people get to see it, "" for none; NULL: the time of day
 * @rtt: of a reply: round-trip time in ns; NULL: not known
 * @hex: print the bytes that were captured, too
 */
struct icmp_extra {
	const char *interface;
	const char *time;
	const uint64_t *rtt;
	bool hex;
};

/**
 * print_icmp() - print an ICMP event: a line of text or a JSON object
 * @out: the printer
 * @record: header of the record it came in
 * @packet: what was captured: @record->captured bytes
 * @event: what icmp_decode() made of it
 * @extra: all the rest
 */
void print_icmp(struct out *out, const struct kctl_record *record,
		const uint8_t *packet, const struct icmp_event *event,
		const struct icmp_extra *extra);

#endif /* KCTL_PRINT_ICMP_H */
