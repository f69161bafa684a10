/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parse and format address prefixes: 10.0.0.0/8, 2001:db8::/32, ::1 */
#ifndef KCTL_PREFIX_H
#define KCTL_PREFIX_H

#include <netinet/in.h>
#include <stdbool.h>

#include "lib/libkctl.h"

/* The longest address, "/128" and a NUL. */
#define PREFIX_STRLEN (INET6_ADDRSTRLEN + 4)

/**
 * prefix_parse() - parse a prefix
 * @text: an address, optionally followed by a slash and the prefix length
 * @prefix: set on success; host bits are kept
 *
 * Return: true if @text is a valid prefix.
 */
bool prefix_parse(const char *text, struct kctl_prefix *prefix);

/**
 * prefix_mask() - clear the host bits of a prefix
 * @prefix: the prefix
 *
 * Return: true if any host bit was set.
 */
bool prefix_mask(struct kctl_prefix *prefix);

/**
 * prefix_format() - format a prefix
 * @prefix: the prefix; at full length, only the address is printed
 * @text: output buffer
 */
void prefix_format(const struct kctl_prefix *prefix, char text[PREFIX_STRLEN]);

#endif /* KCTL_PREFIX_H */
