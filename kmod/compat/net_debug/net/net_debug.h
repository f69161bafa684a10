/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KCTL_COMPAT_NET_DEBUG_H
#define _KCTL_COMPAT_NET_DEBUG_H

#include <linux/build_bug.h>

#define DEBUG_NET_WARN_ON_ONCE(cond)	BUILD_BUG_ON_INVALID(cond)

#endif /* _KCTL_COMPAT_NET_DEBUG_H */
