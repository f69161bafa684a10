/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text that is read line by line, each as soon as it has arrived */
#ifndef KCTL_LINES_H
#define KCTL_LINES_H

#include <stddef.h>
#include <stdio.h>

/**
 * struct lines - a source of lines
 * @line: the last line, without its newline and not terminated by NUL
 * @size: bytes of @line
 * @number: number of @line, from 1
 * @limit: largest number of bytes in a line
 * @fd: the file
 * @stream: buffer in front of @fd
 * @taken: bytes read from @fd for this line
 * @capacity: bytes allocated at @line
 */
struct lines {
	char *line;
	size_t size;
	size_t number;
	size_t limit;
	int fd;
	FILE *stream;
	size_t taken;
	size_t capacity;
};

/**
 * lines_open() - open a source of lines
 * @lines: set on success; must not move until lines_close() releases it
 * @file: the file, or NULL for standard input
 * @limit: largest number of bytes in a line
 *
 * Return: 0 or a negative errno.
 */
int lines_open(struct lines *lines, const char *file, size_t limit);

/**
 * lines_next() - read a line; the last one need not end in a newline
 * @lines: from lines_open()
 *
 * Return: 1, 0 at the end of the file, -EFBIG if the line is longer than the
 * limit, or another negative errno.
 */
int lines_next(struct lines *lines);

/**
 * lines_close() - close a source of lines
 * @lines: from lines_open()
 */
void lines_close(struct lines *lines);

#endif /* KCTL_LINES_H */
