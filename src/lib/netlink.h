/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libmnl leaves to be said about messages; not for commands */
#ifndef LIBKCTL_NETLINK_H
#define LIBKCTL_NETLINK_H

#include <stdbool.h>

#include <libmnl/libmnl.h>

/**
 * netlink_message_ok() - is there a whole message?
 * @nlh: where it would be
 * @len: bytes that are left of what was received
 *
 * mnl_nlmsg_ok() compares nlmsg_len as an int. It takes a length of 2 GiB or more for
 * a negative one and so for a whole message, and mnl_nlmsg_next() would then go back
 * or stay where it is. The attributes need no such check: their length has 16 bits.
 *
 * Return: true if there is.
 */
static inline bool netlink_message_ok(const struct nlmsghdr *nlh, int len)
{
	return mnl_nlmsg_ok(nlh, len) && nlh->nlmsg_len <= (uint32_t)len;
}

#endif /* LIBKCTL_NETLINK_H */
