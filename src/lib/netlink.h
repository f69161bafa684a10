/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A check that libmnl lacks; private to the library */
#ifndef LIBKCTL_NETLINK_H
#define LIBKCTL_NETLINK_H

#include <stdbool.h>

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

#endif /* LIBKCTL_NETLINK_H */
