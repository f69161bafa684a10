/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers as people type them, taken strictly: all of the text or nothing */
#ifndef KCTL_PARSE_H
#define KCTL_PARSE_H

#include <stdbool.h>
#include <stdint.h>

#define NSEC_PER_SEC INT64_C(1000000000)

/* The longest time that can be asked for, in seconds: some thirty years. */
#define SECONDS_MAX 1000000000

/**
 * parse_u64() - decimal, or hexadecimal after 0x
 * @text: no sign, no blanks, no leading zero that could pass for octal
 * @value: set on success
 *
 * Return: true if @text is such a number and fits.
 */
bool parse_u64(const char *text, uint64_t *value);

/**
 * parse_seconds() - seconds with up to nine decimals: 5, 0.25
 * @text: no sign, no blanks, at least one digit in front of the point
 * @ns: set on success, 0 to SECONDS_MAX seconds
 *
 * Return: true if @text is such a time.
 */
bool parse_seconds(const char *text, int64_t *ns);

#endif /* KCTL_PARSE_H */
