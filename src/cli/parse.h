/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers on the command line; the whole text must be a number */
#ifndef KCTL_PARSE_H
#define KCTL_PARSE_H

#include <stdbool.h>
#include <stdint.h>

#define NSEC_PER_SEC INT64_C(1000000000)

/* Largest time, in seconds: about thirty years. */
#define SECONDS_MAX 1000000000

/**
 * parse_u64() - parse a decimal number, or a hexadecimal one after 0x
 * @text: the number, without sign, blanks or a leading zero that suggests octal
 * @value: set on success
 *
 * Return: true if @text is such a number and fits.
 */
bool parse_u64(const char *text, uint64_t *value);

/**
 * parse_seconds() - parse seconds with up to nine decimals: 5, .25, 10s
 * @text: the number, without sign or blanks, with a digit behind a point
 * @ns: set on success, 0 to SECONDS_MAX seconds
 *
 * Return: true if @text is such a number and fits.
 */
bool parse_seconds(const char *text, int64_t *ns);

#endif /* KCTL_PARSE_H */
