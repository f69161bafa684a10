/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes as hexadecimal digits, two a byte */
#ifndef KCTL_HEX_H
#define KCTL_HEX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Room for what hex_explain() says. */
#define HEX_REASON 64

/**
 * hex_decode() - make bytes of digits
 * @text: pairs of digits, with blanks and newlines between the pairs where one likes
 * @size: characters of it
 * @bytes: gets the bytes, half of @size at most; can be @text. NULL: only check
 * @at: set, if @text is wrong, to the character where it is, @size for its end
 *
 * Return: how many bytes, or -EINVAL.
 */
ssize_t hex_decode(const char *text, size_t size, uint8_t *bytes, size_t *at);

/**
 * hex_explain() - say what hex_decode() found wrong
 * @text: the text
 * @size: characters of it
 * @at: where
 * @reason: gets the words; lines and characters are counted from 1
 */
void hex_explain(const char *text, size_t size, size_t at,
		 char reason[HEX_REASON]);

/**
 * hex_encode() - make digits of bytes
 * @bytes: the bytes
 * @size: how many
 * @text: gets two digits for each, and no NUL
 */
void hex_encode(const uint8_t *bytes, size_t size, char *text);

#endif /* KCTL_HEX_H */
