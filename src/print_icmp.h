/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KCTL_PRINT_ICMP_H
#define KCTL_PRINT_ICMP_H

#include <linux/kctl.h>

#include "decode.h"
#include "out.h"

/**
 * print_icmp() - print an ICMP event: a line of text or a JSON object
 * @out: the printer
 * @record: header of the record it came in
 * @event: what icmp_decode() made of the record
 * @interface: name of the interface
 */
void print_icmp(struct out *out, const struct kctl_record *record,
		const struct icmp_event *event, const char *interface);

#endif /* KCTL_PRINT_ICMP_H */
