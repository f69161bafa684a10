/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libkctl: what user space asks of the kctl module
 *
 * The transports of the three doors that <linux/kctl.h> describes. They build
 * requests, talk to the kernel and take its answers apart. They print nothing,
 * keep no global state and never call exit.
 *
 * Functions return 0 or something positive on success and a negative errno on
 * failure. Whatever the door, -ENOPROTOOPT means that no module answers,
 * -EOPNOTSUPP that it is too old for the request, and -EPERM that the caller lacks
 * CAP_NET_ADMIN over the network namespace. Only further errors are listed with
 * each function; those of the kernel are in <linux/kctl.h>. Everything happens in
 * the network namespace the thread is in when it opens the socket.
 */
#ifndef LIBKCTL_H
#define LIBKCTL_H

#include "libkctl_genl.h"
#include "libkctl_proto.h"
#include "libkctl_store.h"

#endif /* LIBKCTL_H */
