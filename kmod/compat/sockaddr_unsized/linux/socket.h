/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KCTL_COMPAT_SOCKADDR_UNSIZED_H
#define _KCTL_COMPAT_SOCKADDR_UNSIZED_H

#include_next <linux/socket.h>

#define sockaddr_unsized	sockaddr

#endif /* _KCTL_COMPAT_SOCKADDR_UNSIZED_H */
