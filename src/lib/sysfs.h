/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of the module under /sys/module/kctl; private to the library */
#ifndef LIBKCTL_SYSFS_H
#define LIBKCTL_SYSFS_H

#include <stddef.h>
#include <sys/types.h>

/**
 * sysfs_read() - read a one-line file of the module
 * @file: its path below /sys/module/kctl
 * @line: set to the line without its newline, NUL-terminated
 * @size: bytes at @line
 *
 * Return: length of the line, or a negative errno.
 */
ssize_t sysfs_read(const char *file, char *line, size_t size);

#endif /* LIBKCTL_SYSFS_H */
