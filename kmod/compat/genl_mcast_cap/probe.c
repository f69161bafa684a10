// SPDX-License-Identifier: GPL-2.0-only
/* Since 6.8 multicast groups have flags of their own for the capability to join. */
#include <net/genetlink.h>

struct genl_multicast_group kctl_probe = { .flags = GENL_MCAST_CAP_NET_ADMIN };
