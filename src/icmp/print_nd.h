/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KCTL_PRINT_ND_H
#define KCTL_PRINT_ND_H

#include "decode.h"
#include "cli/out.h"

/**
 * put_option() - print an option of neighbour discovery
 * @out: the printer
 * @option: the option
 */
void put_option(struct out *out, const struct nd_option *option);

#endif /* KCTL_PRINT_ND_H */
