/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * src/lib: libkctl, the library that talks to the kctl module
 *
 * It builds requests, sends them through the three interfaces of <linux/kctl.h> and
 * parses the answers. It prints nothing, keeps no global state and never calls
 * exit(3). Commands and src/cli call it through this header; genl.h, netlink.h and
 * sysfs.h are private. It includes nothing of kctl but <linux/kctl.h>.
 *
 * Functions return 0 or a positive number on success and a negative errno on failure.
 * With every interface, -ENOPROTOOPT means that the module does not answer,
 * -EOPNOTSUPP that it is too old for the request, and -EPERM that the caller lacks
 * CAP_NET_ADMIN over the network namespace. Functions that open a socket return
 * -EAFNOSUPPORT if a sandbox denies the process that kind of socket. Each function lists
 * the other errors of its own; <linux/kctl.h> describes those of the kernel. The network
 * namespace is that of the thread at the time it opens the socket.
 */
#ifndef LIBKCTL_H
#define LIBKCTL_H

#include "libkctl_common.h"
#include "libkctl_genl.h"
#include "libkctl_proto.h"
#include "libkctl_store.h"

#endif /* LIBKCTL_H */
