/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hexadecimal: two digits a byte */
#ifndef KCTL_HEX_H
#define KCTL_HEX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Size of the reason of hex_explain(). */
#define HEX_REASON 80

/* The value of a digit of either case, or -1. */
int hex_digit(char c);

/**
 * hex_decode() - decode digits to bytes
 * @text: pairs of digits, with optional white space between pairs
 * @size: length of @text
 * @bytes: gets the bytes, at most half of @size; may be @text. NULL: only check
 * @at: on error, gets the offset of the error in @text; @size is its end
 *
 * Return: the number of bytes, or -EINVAL.
 */
ssize_t hex_decode(const char *text, size_t size, uint8_t *bytes, size_t *at);

/**
 * hex_explain() - describe an error of hex_decode()
 * @text: the text
 * @size: length of @text
 * @at: offset of the error
 * @reason: gets the description, with line and character counted from 1
 */
void hex_explain(const char *text, size_t size, size_t at,
		 char reason[HEX_REASON]);

/**
 * hex_encode() - encode bytes as lower-case digits
 * @bytes: the bytes
 * @size: number of bytes
 * @text: gets two digits a byte, without a NUL
 *
 * Return: the end of the digits in @text.
 */
char *hex_encode(const uint8_t *bytes, size_t size, char *text);

#endif /* KCTL_HEX_H */
