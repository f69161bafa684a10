/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KCTL_COMPAT_GENL_MCAST_CAP_H
#define _KCTL_COMPAT_GENL_MCAST_CAP_H

#include_next <net/genetlink.h>

/* Groups take the flag of operations. If groups have no flags, the module does not build. */
#define GENL_MCAST_CAP_NET_ADMIN	GENL_UNS_ADMIN_PERM

#endif /* _KCTL_COMPAT_GENL_MCAST_CAP_H */
