/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KCTL_PRINT_BODY_H
#define KCTL_PRINT_BODY_H

#include "decode.h"
#include "cli/out.h"

/**
 * put_body() - print the members of a message that depend on its layout
 * @out: the printer
 * @e: the event; without HAS_BODY nothing is printed
 */
void put_body(struct out *out, const struct icmp_event *e);

#endif /* KCTL_PRINT_BODY_H */
