/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KCTL_PRINT_ICMP_H
#define KCTL_PRINT_ICMP_H

#include <linux/kctl.h>

#include "decode.h"
#include "cli/out.h"

/**
 * struct icmp_extra - what the packet and its record do not contain
 * @interface: name of the interface, or NULL if it is not known
 * @time: the time as text, "" for none
 * @rtt: round-trip time of a reply in ns, or NULL
 * @duplicate: the packet repeats a reply
 * @hex: print the captured bytes too
 * @verbose: text: print the IP header of a quoted packet; JSON always has it
 */
struct icmp_extra {
	const char *interface;
	const char *time;
	const uint64_t *rtt;
	bool duplicate;
	bool hex;
	bool verbose;
};

/**
 * print_icmp() - print an ICMP event: a line of text or a JSON object
 * @out: the printer
 * @record: the header of its record; its direction can be 0, for one that is not known
 * @packet: the captured packet, @record->captured bytes
 * @event: the decoded packet
 * @extra: the interface, the time and options
 */
void print_icmp(struct out *out, const struct kctl_record *record,
		const uint8_t *packet, const struct icmp_event *event,
		const struct icmp_extra *extra);

#endif /* KCTL_PRINT_ICMP_H */
