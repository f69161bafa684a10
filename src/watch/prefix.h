/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prefixes of addresses, as people write them: 10.0.0.0/8, 2001:db8::/32, ::1 */
#ifndef KCTL_PREFIX_H
#define KCTL_PREFIX_H

#include <netinet/in.h>
#include <stdbool.h>

#include "lib/libkctl.h"

/* An address, a slash and the bits. */
#define PREFIX_STRLEN (INET6_ADDRSTRLEN + 4)

/**
 * prefix_parse() - read a prefix
 * @text: an address, and if it is not all of it, a slash and the number of bits
 * @prefix: set on success, with what it had behind those bits
 *
 * Return: true if @text is a prefix.
 */
bool prefix_parse(const char *text, struct kctl_prefix *prefix);

/**
 * prefix_mask() - clear the bits behind a prefix
 * @prefix: the prefix
 *
 * Return: true if there were any.
 */
bool prefix_mask(struct kctl_prefix *prefix);

/**
 * prefix_format() - write a prefix as people do
 * @prefix: the prefix; if it is a whole address no number of bits is written
 * @text: gets it
 */
void prefix_format(const struct kctl_prefix *prefix, char text[PREFIX_STRLEN]);

#endif /* KCTL_PREFIX_H */
