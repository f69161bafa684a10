// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "netns.h"

static int open_namespace(const char *before, const char *netns,
			  const char *behind)
{
	char path[PATH_MAX];
	int fd;

	if (snprintf(path, sizeof(path), "%s%s%s", before, netns, behind) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;
	/* Opening a pipe or a terminal by mistake has no side effect. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return fd < 0 ? -errno : fd;
}

int netns_enter(const char *netns)
{
	int fd, err = 0;

	if (strchr(netns, '/'))
		fd = open_namespace("", netns, "");
	else
		fd = open_namespace(NETNS_NAMES "/", netns, "");
	if (fd == -ENOENT && !netns[strspn(netns, "0123456789")])
		fd = open_namespace("/proc/", netns, "/ns/net");
	if (fd < 0)
		return fd;
	if (setns(fd, CLONE_NEWNET))
		err = -errno;
	close(fd);
	return err;
}
