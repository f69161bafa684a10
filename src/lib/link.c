// SPDX-License-Identifier: GPL-2.0-or-later
/* Monitoring the removal of an interface, with rtnetlink */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

#include "libkctl_watch.h"
#include "netlink.h"
#include "socket.h"

/* Room for a notification about an interface with all its attributes. */
#define BUFFER_SIZE 32768

struct kctl_link {
	struct mnl_socket *nl;
	uint32_t ifindex;
	_Alignas(struct nlmsghdr) char buffer[BUFFER_SIZE];
};

int kctl_link_open(struct kctl_link **link, const char *name, uint32_t *ifindex)
{
	struct kctl_link *l = calloc(1, sizeof(*l));
	int err = -ENOMEM;

	*link = NULL;
	*ifindex = 0;
	if (!l)
		return err;
	/* Subscribe before the look-up, so that no removal is missed. */
	l->nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (l->nl && !mnl_socket_bind(l->nl, RTMGRP_LINK, MNL_SOCKET_AUTOPID))
		l->ifindex = if_nametoindex(name);
	err = l->nl ? -errno : socket_error(AF_NETLINK, errno);
	if (!l->ifindex) {
		kctl_link_close(l);
		return err;
	}
	*ifindex = l->ifindex;
	*link = l;
	return 0;
}

void kctl_link_close(struct kctl_link *link)
{
	if (!link)
		return;
	if (link->nl)
		mnl_socket_close(link->nl);
	free(link);
}

int kctl_link_fd(const struct kctl_link *link)
{
	return mnl_socket_get_fd(link->nl);
}

/* RTM_DELLINK of another family than AF_UNSPEC is a port that leaves a bridge. */
static int take_message(const struct kctl_link *link,
			const struct nlmsghdr *nlh)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_type != RTM_DELLINK ||
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(*info))
		return 0;
	return info->ifi_family == AF_UNSPEC &&
			       (uint32_t)info->ifi_index == link->ifindex ?
		       -EIDRM :
		       0;
}

int kctl_link_read(struct kctl_link *link)
{
	const struct nlmsghdr *nlh = (const void *)link->buffer;
	char name[IF_NAMESIZE];
	ssize_t got;
	int len, err = 0;

	got = netlink_receive(link->nl, link->buffer, BUFFER_SIZE);
	if (got < 0 && got != -ENOBUFS)
		return (int)got;
	/* The lost notification may be the one about this interface. */
	if (got < 0)
		return if_indextoname(link->ifindex, name) ? 0 : -EIDRM;
	for (len = (int)got; !err && netlink_message_ok(nlh, len);
	     nlh = mnl_nlmsg_next(nlh, &len))
		err = take_message(link, nlh);
	return err;
}
