/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text that is taken a line at a time, as soon as the line is there */
#ifndef KCTL_LINES_H
#define KCTL_LINES_H

#include <stddef.h>
#include <stdio.h>

/**
 * struct lines - where lines come from
 * @stream: the file
 * @line: the line taken last, without its newline and with no NUL behind it
 * @size: bytes of it
 * @number: its number, from 1
 * @limit: bytes that a line can have
 */
struct lines {
	FILE *stream;
	char *line;
	size_t size;
	size_t number;
	size_t limit;
};

/**
 * lines_open() - begin to read
 * @lines: set on success; lines_close() releases it
 * @file: the file, or NULL for standard input
 * @limit: bytes that a line can have
 *
 * Return: 0 or a negative errno.
 */
int lines_open(struct lines *lines, const char *file, size_t limit);

/**
 * lines_next() - take a line; the last one need not end in a newline
 * @lines: from lines_open()
 *
 * Return: 1, 0 if there is no more, -EFBIG if it is longer than the limit, or
 * another negative errno.
 */
int lines_next(struct lines *lines);

/**
 * lines_close() - end reading
 * @lines: from lines_open()
 */
void lines_close(struct lines *lines);

#endif /* KCTL_LINES_H */
