// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "netlink.h"

/* A process with CAP_NET_ADMIN can send to the port of another. The kernel has port 0. */
static bool is_from_kernel(const struct sockaddr_nl *from, socklen_t len)
{
	return len == sizeof(*from) && from->nl_family == AF_NETLINK &&
	       from->nl_pid == 0;
}

ssize_t netlink_receive(const struct mnl_socket *nl, void *buffer, size_t size)
{
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { .iov_base = buffer, .iov_len = size };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t got = recvmsg(mnl_socket_get_fd(nl), &msg, 0);

	if (got < 0)
		return -errno;
	if (!is_from_kernel(&from, msg.msg_namelen))
		return 0;
	return msg.msg_flags & MSG_TRUNC ? -ENOSPC : got;
}
