/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * src/lib: libkctl, the library that talks to the kctl module
 *
 * It builds requests, sends them through the three interfaces of <linux/kctl.h> and
 * parses the answers. It prints nothing, keeps no global state and never calls
 * exit(3). Commands and src/cli use it through this header; the headers whose names do not
 * begin with libkctl are private. It includes nothing of kctl but <linux/kctl.h>.
 *
 * Handles: the program sees only a pointer. One thread at a time uses a handle; different
 * handles are independent. A descriptor that a function returns is for poll(2) and the like; it
 * belongs to the handle, and is closed with it.
 *
 * Memory: each object that a function allocates for the program has its own kctl_*_free().
 * Outputs are set on failure too, to NULL or 0. The comment on each structure says whether the
 * library or the program allocates it. The program gets only pointers to structures of the
 * library, and a newer library can append members: a program must not copy or declare them.
 * Structures of the program are passed with their size, as to openat2(2): members that the
 * program does not know are zero, and a call fails with -E2BIG if a member that the library
 * does not know is not zero.
 *
 * Callbacks: records and events can arrive at any time, even before the answer to a
 * request. So not only the functions that read call the callback, but every function that sends
 * a request with the same handle. The function returns the return value of the callback, unless
 * it fails. A negative number is a failure: outputs are NULL or 0, although the request was
 * completed.
 *
 * Functions return 0 or a positive number on success and a negative errno on failure.
 * With every interface, -ENOPROTOOPT means that the module does not answer, -EOPNOTSUPP
 * that it is too old for the request, and -EPERM that the caller lacks CAP_NET_ADMIN
 * over the network namespace. Functions that open a socket return -EAFNOSUPPORT if a
 * sandbox denies the process that kind of socket. Each function lists its other errors;
 * <linux/kctl.h> describes those of the kernel. The network namespace is that of the
 * thread at the time it opens the socket.
 */
#ifndef LIBKCTL_H
#define LIBKCTL_H

#include "libkctl_common.h"
#include "libkctl_genl.h"
#include "libkctl_proto.h"
#include "libkctl_store.h"
#include "libkctl_watch.h"

#endif /* LIBKCTL_H */
