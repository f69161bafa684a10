// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdio.h>

#include "ifname.h"
#include "cli/parse.h"

const char *ifname_get(struct ifname_cache *cache, uint32_t ifindex,
		       uint64_t time)
{
	struct ifname_entry *e = &cache->entries[ifindex % IFNAME_CACHE_SIZE];

	if (e->ifindex == ifindex && time - e->time < NSEC_PER_SEC &&
	    e->name[0])
		return e->name;
	e->ifindex = ifindex;
	e->time = time;
	if (!if_indextoname(ifindex, e->name))
		snprintf(e->name, sizeof(e->name), "if%" PRIu32, ifindex);
	return e->name;
}

bool ifname_exists(const char *name)
{
	return if_nametoindex(name);
}
