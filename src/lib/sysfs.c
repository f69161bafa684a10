// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sysfs.h"

#define MODULES "/sys/module"

ssize_t sysfs_read(const char *file, char *line, size_t size)
{
	char path[64];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), MODULES "/kctl/%s", file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	got = read(fd, line, size - 1);
	if (got < 0)
		got = -errno;
	close(fd);
	if (got < 0)
		return got;
	line[got] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return (ssize_t)strlen(line);
}

bool sysfs_module_is_missing(void)
{
	return !access(MODULES, F_OK) && access(MODULES "/kctl", F_OK);
}
