/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KCTL_COMPAT_SOCK_PASSCRED_H
#define _KCTL_COMPAT_SOCK_PASSCRED_H

#include_next <linux/net.h>

/*
 * These kernels refuse SO_PASSCRED for families that they do not know, so only
 * KCTL_CREDENTIALS sets the flag. Their own flags are numbered from 0.
 */
#define SOCK_PASSCRED		(BITS_PER_LONG - 1)

#endif /* _KCTL_COMPAT_SOCK_PASSCRED_H */
