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
 * To libmnl a length of 2 GiB and more is less than nothing, and so is there; the next
 * message would then be before this one, or this one.
 *
 * Return: true if there is.
 */
static inline bool netlink_message_ok(const struct nlmsghdr *nlh, int len)
{
	return mnl_nlmsg_ok(nlh, len) && nlh->nlmsg_len <= (uint32_t)len;
}

#endif /* LIBKCTL_NETLINK_H */
