/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files: written completely or not at all; their first lines */
#ifndef KCTL_FILE_H
#define KCTL_FILE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * file_write() - create a file or replace its content, atomically
 * @path: the file; symbolic links are followed, also to a file that does not exist
 * @data: the new content
 * @size: bytes of @data
 *
 * After a failure, even a crash of the machine, either the old or the new content is
 * there. Only the owner can read a new file. An existing file keeps its mode and, if
 * that is permitted, its owner. A device or a pipe is written to directly.
 *
 * Return: 0, -EBUSY if the file is a mount point, which cannot be replaced, or another
 * negative errno.
 */
int file_write(const char *path, const void *data, size_t size);

/**
 * file_write_temporary() - create a file with a name that no other has
 * @path: as for mkstemps(3): its XXXXXX are replaced, unless an error is returned
 * @suffix: number of characters behind them
 * @data: the content
 * @size: bytes of @data
 *
 * Only the owner can read and write the file. The caller deletes it.
 *
 * Return: 0, or a negative errno; there is no file then.
 */
int file_write_temporary(char *path, int suffix, const void *data, size_t size);

/**
 * file_first_line() - read the first line of a file, such as those in /proc and /sys
 * @path: the file
 * @line: set to the line without its newline, NUL-terminated; "" if there is none
 * @size: bytes at @line; a longer line is truncated
 *
 * Return: whether the file could be opened.
 */
bool file_first_line(const char *path, char *line, size_t size);

#endif /* KCTL_FILE_H */
