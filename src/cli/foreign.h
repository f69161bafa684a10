/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text from elsewhere: packets, messages, values, names. Printable UTF-8 is printed
 * unchanged, and everything else is escaped, so that it cannot control a terminal.
 */
#ifndef KCTL_FOREIGN_H
#define KCTL_FOREIGN_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the longest result of foreign_next(), with its NUL. */
#define FOREIGN_CHARACTER 5

/* Enough for the longest result of foreign_json(): two surrogates, with their NUL. */
#define FOREIGN_JSON 16

/**
 * foreign_printable() - measure a printable character
 * @data: the text
 * @size: number of bytes, at least 1
 *
 * A character is not printable if it is a control character or invisible, if it changes
 * the direction of the text or separates lines or paragraphs, or if it is not valid UTF-8.
 *
 * Return: the number of bytes of the first character; 0 if it is not printable.
 */
size_t foreign_printable(const void *data, size_t size);

/**
 * foreign_has_mark() - check whether text begins with a byte order mark of UTF-8
 * @data: the text
 * @size: number of bytes
 *
 * Editors can put one in front of the first line.
 *
 * Return: true if it does.
 */
bool foreign_has_mark(const void *data, size_t size);

/**
 * foreign_next() - make one character printable
 * @data: the text
 * @size: number of bytes, at least 1
 * @text: the character itself, or an escape of its first byte: \n, \r, \t or \x1b
 *
 * Return: number of bytes that @text stands for.
 */
size_t foreign_next(const void *data, size_t size,
		    char text[FOREIGN_CHARACTER]);

/**
 * foreign_valid() - measure a character of UTF-8
 * @data: the text
 * @size: number of bytes, at least 1
 *
 * Return: the number of bytes of the first character, printable or not; 0 if it is not
 * valid UTF-8.
 */
size_t foreign_valid(const void *data, size_t size);

/**
 * foreign_json() - make one character of a JSON string printable
 * @data: the string, in valid UTF-8
 * @size: number of bytes, at least those of the first character
 * @text: the character itself, or an escape such as \u202E
 *
 * Return: number of bytes that @text stands for.
 */
size_t foreign_json(const void *data, size_t size, char text[FOREIGN_JSON]);

#endif /* KCTL_FOREIGN_H */
