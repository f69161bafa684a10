/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Base64: RFC 4648, section 4 */
#ifndef KCTL_BASE64_H
#define KCTL_BASE64_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Length of the text of @size bytes. */
#define BASE64_LENGTH(size) (((size) + 2) / 3 * 4)

/**
 * base64_encode() - encode bytes as base64
 * @bytes: the bytes
 * @size: number of bytes
 * @text: gets BASE64_LENGTH(@size) characters, without a NUL
 */
void base64_encode(const uint8_t *bytes, size_t size, char *text);

/**
 * base64_decode() - decode base64
 * @text: the text, with padding and without white space
 * @size: number of characters
 * @bytes: gets up to @size / 4 * 3 bytes
 *
 * Return: number of bytes; -1 if the text is not base64.
 */
ssize_t base64_decode(const char *text, size_t size, uint8_t *bytes);

#endif /* KCTL_BASE64_H */
