/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two checks that libmnl lacks; private to the library */
#ifndef LIBKCTL_NETLINK_H
#define LIBKCTL_NETLINK_H

#include <stdbool.h>
#include <sys/types.h>

#include <libmnl/libmnl.h>

/**
 * netlink_message_ok() - check for a complete message
 * @nlh: the message
 * @len: remaining bytes of the datagram
 *
 * mnl_nlmsg_ok() compares nlmsg_len as an int. It takes a length of 2 GiB or more for
 * a negative one and so for a whole message, and mnl_nlmsg_next() would then go back
 * or stay where it is. The attributes need no such check: their length has 16 bits.
 *
 * Return: true if the message is complete.
 */
static inline bool netlink_message_ok(const struct nlmsghdr *nlh, int len)
{
	return mnl_nlmsg_ok(nlh, len) && nlh->nlmsg_len <= (uint32_t)len;
}

/**
 * netlink_receive() - read a datagram that the kernel sent
 * @nl: the socket
 * @buffer: set to the datagram
 * @size: bytes at @buffer
 *
 * mnl_socket_recvfrom() does not return the sender of a datagram. This function drops
 * datagrams of other processes, which could otherwise forge an answer or an event.
 *
 * Return: bytes of the datagram, 0 if it was dropped, -ENOSPC if it did not fit, or
 * another negative errno of recvmsg(2).
 */
ssize_t netlink_receive(const struct mnl_socket *nl, void *buffer, size_t size);

#endif /* LIBKCTL_NETLINK_H */
