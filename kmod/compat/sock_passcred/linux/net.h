/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KCTL_COMPAT_SOCK_PASSCRED_H
#define _KCTL_COMPAT_SOCK_PASSCRED_H

#include_next <linux/net.h>

/*
 * These kernels refuse SO_PASSCRED to families that they do not know, and KCTL_CREDENTIALS
 * alone sets the flag. They number their own flags from 0.
 */
#define SOCK_PASSCRED		(BITS_PER_LONG - 1)

#endif /* _KCTL_COMPAT_SOCK_PASSCRED_H */
