/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file of the module that modprobe(8) would load, as modinfo(8) describes it */
#ifndef KCTL_DOCTOR_MODFILE_H
#define KCTL_DOCTOR_MODFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/**
 * struct modfile - a module file; its strings are "" if they are not known
 * @path: the file
 * @version: its version
 * @magic: its version magic
 * @kernel: the release in that, of the kernel that it is built for
 * @is_signed: it has a signature
 * @changed: when it was put there, as of time(2)
 */
struct modfile {
	char path[256];
	char version[32];
	char magic[128];
	char kernel[65];
	bool is_signed;
	time_t changed;
};

/**
 * modfile_find() - ask modinfo(8) for the module of a kernel
 * @file: set to what it says
 * @kernel: release of the kernel
 *
 * Return: true if modprobe(8) finds a module.
 */
bool modfile_find(struct modfile *file, const char *kernel);

/**
 * modfile_search() - look where installers put the module, whether indexed or not
 * @path: set to the first file; a pattern of glob(3) selects the kernels
 * @size: bytes at @path
 * @kernel: release of a kernel, or "*"
 *
 * Return: true if there is a file.
 */
bool modfile_search(char *path, size_t size, const char *kernel);

/**
 * modfile_any_kernel() - check if the modules of any kernel are installed
 *
 * Return: true if they are; false in most containers.
 */
bool modfile_any_kernel(void);

/**
 * modfile_in_dkms() - check if DKMS has the source of the module
 *
 * Return: true if it does.
 */
bool modfile_in_dkms(void);

/**
 * modfile_has() - check if the directory of the modules of a kernel has a file
 * @kernel: release of the kernel
 * @name: name in /lib/modules/KERNEL, or "" for the directory
 *
 * Return: true if it does.
 */
bool modfile_has(const char *kernel, const char *name);

#endif /* KCTL_DOCTOR_MODFILE_H */
