/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KCTL_PRINT_LIST_H
#define KCTL_PRINT_LIST_H

#include "decode.h"
#include "cli/out.h"

/**
 * put_list() - print the list of a message
 * @out: the printer
 * @e: the event; for LIST_NONE nothing is printed
 */
void put_list(struct out *out, const struct icmp_event *e);

#endif /* KCTL_PRINT_LIST_H */
