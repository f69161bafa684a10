/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of the module under /sys/module/kctl; private to the library */
#ifndef LIBKCTL_SYSFS_H
#define LIBKCTL_SYSFS_H

#include <stdbool.h>
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

/**
 * sysfs_module_is_missing() - check if sysfs says that the module is not loaded
 *
 * Return: true if it does; false if the module is loaded, or sysfs is not mounted.
 */
bool sysfs_module_is_missing(void);

#endif /* LIBKCTL_SYSFS_H */
