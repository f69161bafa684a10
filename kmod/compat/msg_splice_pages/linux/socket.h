/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KCTL_COMPAT_LINUX_SOCKET_H
#define _KCTL_COMPAT_LINUX_SOCKET_H

#include_next <linux/socket.h>

/* Nobody sets it. */
#define MSG_SPLICE_PAGES	0

#endif /* _KCTL_COMPAT_LINUX_SOCKET_H */
