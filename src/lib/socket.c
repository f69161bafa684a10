// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "socket.h"
#include "sysfs.h"

/* No type of socket has this number: it is above SOCK_MAX of the kernel. */
#define NO_TYPE 15

/*
 * The kernel checks the type before the family and before all privileges, and answers
 * EINVAL. A filter sees the family first.
 */
static bool is_filtered(int family)
{
	int fd = socket(family, NO_TYPE, 0);

	if (fd >= 0)
		close(fd);
	return fd < 0 && errno != EINVAL;
}

int socket_error(int family, int error)
{
	/* The kernel itself has socket(2): ENOSYS is always a filter's. */
	if (error != EAFNOSUPPORT && error != EPERM && error != EACCES &&
	    error != ENOSYS)
		return -error;
	/* With the socket allowed the module is missing, so name that first. */
	if (is_filtered(family))
		return sysfs_module_is_missing() ? -ENOPROTOOPT : -EAFNOSUPPORT;
	return error == EAFNOSUPPORT ? -ENOPROTOOPT : -error;
}
