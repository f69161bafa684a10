// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

static int write_all(int fd, const char *data, size_t size)
{
	ssize_t written;

	while (size) {
		written = write(fd, data, size);
		if (written < 0 && errno != EINTR)
			return -errno;
		if (written > 0) {
			data += written;
			size -= (size_t)written;
		}
	}
	return 0;
}

/* Write to a device or a pipe directly. */
static int write_as_it_is(const char *path, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	int err;

	if (fd < 0)
		return -errno;
	err = write_all(fd, data, size);
	if (close(fd) && !err)
		err = -errno;
	return err;
}

/* Write the new file, with the owner and the mode of the old one. */
static int fill(int fd, const struct stat *old, const void *data, size_t size)
{
	int err;

	if (old) {
		/* Only a privileged user can change the owner. */
		if (fchown(fd, old->st_uid, old->st_gid) && errno != EPERM)
			return -errno;
		if (fchmod(fd, old->st_mode & 07777))
			return -errno;
	}
	err = write_all(fd, data, size);
	if (!err && fsync(fd))
		err = -errno;
	return err;
}

/* The new name survives a crash only after its directory is synced. */
static int sync_directory(char *path)
{
	int fd = open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	/* Some file systems have no fsync() for directories and do not need it. */
	if (fsync(fd) && errno != EINVAL && errno != EROFS)
		err = -errno;
	close(fd);
	return err;
}

static int replace(char *path, const struct stat *old, const void *data,
		   size_t size)
{
	char *temporary;
	int fd, err;

	if (asprintf(&temporary, "%s.XXXXXX", path) < 0)
		return -ENOMEM;
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0) {
		err = -errno;
		free(temporary);
		return err;
	}
	err = fill(fd, old, data, size);
	if (close(fd) && !err)
		err = -errno;
	if (!err && rename(temporary, path))
		err = -errno;
	if (err)
		unlink(temporary);
	free(temporary);
	return err ? err : sync_directory(path);
}

/* Resolve @link, the content of the symbolic link @path. */
static char *link_target(const char *path, const char *link)
{
	const char *slash = strrchr(path, '/');
	int length = slash && *link != '/' ? (int)(slash + 1 - path) : 0;
	char *target;

	return asprintf(&target, "%.*s%s", length, path, link) < 0 ? NULL :
								     target;
}

/*
 * Find the file that @path leads to, which does not exist, so realpath(3) fails. There is no
 * loop of links, because stat(2) would have failed for it.
 */
static char *follow_links(const char *path)
{
	char link[PATH_MAX], *at = strdup(path), *next;
	ssize_t length;

	while (at && (length = readlink(at, link, sizeof(link) - 1)) >= 0) {
		link[length] = '\0';
		next = link_target(at, link);
		free(at);
		at = next;
	}
	return at;
}

int file_write(const char *path, const void *data, size_t size)
{
	struct stat old;
	bool exists = !stat(path, &old);
	char *target;
	int err;

	if (exists && !S_ISREG(old.st_mode))
		return write_as_it_is(path, data, size);
	if (!exists && errno != ENOENT)
		return -errno;
	target = exists ? realpath(path, NULL) : follow_links(path);
	if (!target)
		return -errno;
	err = replace(target, exists ? &old : NULL, data, size);
	free(target);
	return err;
}

int file_write_temporary(char *path, int suffix, const void *data, size_t size)
{
	int fd = mkostemps(path, suffix, O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = write_all(fd, data, size);
	if (close(fd) && !err)
		err = -errno;
	if (err)
		unlink(path);
	return err;
}

bool file_first_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");

	*line = '\0';
	if (!file)
		return false;
	if (!fgets(line, (int)size, file))
		*line = '\0';
	fclose(file);
	line[strcspn(line, "\n")] = '\0';
	return true;
}
