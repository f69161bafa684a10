// SPDX-License-Identifier: GPL-2.0-only
/* Since 5.19 networking has warnings for kernels with CONFIG_DEBUG_NET. */
#include <net/net_debug.h>

void kctl_probe(int count);
void kctl_probe(int count)
{
	DEBUG_NET_WARN_ON_ONCE(count < 0);
}
