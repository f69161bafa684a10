/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are written whole or not at all */
#ifndef KCTL_FILE_H
#define KCTL_FILE_H

#include <stddef.h>

/**
 * file_write() - make a file, or replace what is in it, at once
 * @path: the file; symbolic links are followed
 * @data: what shall be in it
 * @size: bytes of it
 *
 * Whatever happens, after a crash of the machine too, there is the old file or
 * the new one. A new one can be read by its owner alone, and one that was there
 * keeps its owner, if that is permitted, and its mode. What is no regular file is
 * written to as it is.
 *
 * Return: 0 or a negative errno.
 */
int file_write(const char *path, const void *data, size_t size);

#endif /* KCTL_FILE_H */
