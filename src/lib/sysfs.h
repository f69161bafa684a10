/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the module shows under /sys/module/kctl; not for commands */
#ifndef LIBKCTL_SYSFS_H
#define LIBKCTL_SYSFS_H

#include <stddef.h>
#include <sys/types.h>

/**
 * sysfs_read() - read a one-line file of the module
 * @file: its path below /sys/module/kctl
 * @line: gets the line without its newline, NUL-terminated
 * @size: bytes at @line
 *
 * Return: length of the line, or a negative errno.
 */
ssize_t sysfs_read(const char *file, char *line, size_t size);

#endif /* LIBKCTL_SYSFS_H */
