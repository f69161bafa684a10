// SPDX-License-Identifier: GPL-2.0-only
/*
 * Since 6.19 bind() and connect() take an address of unknown length. The type itself is
 * older, so probe for the functions.
 */
#include <linux/net.h>

static int kctl_probe_bind(struct socket *sock, struct sockaddr_unsized *addr, int len)
{
	return 0;
}

static int kctl_probe_connect(struct socket *sock, struct sockaddr_unsized *addr, int len,
			      int flags)
{
	return 0;
}

const struct proto_ops kctl_probe = {
	.bind		= kctl_probe_bind,
	.connect	= kctl_probe_connect,
};
