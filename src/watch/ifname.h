/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cache interface names: each lookup takes three system calls */
#ifndef KCTL_IFNAME_H
#define KCTL_IFNAME_H

#include <stdbool.h>
#include <stdint.h>

#include <net/if.h>

#define IFNAME_CACHE_SIZE 8

/**
 * struct ifname_cache - recently used interface names; zeroed before first use
 * @entries: the slot of a name is its interface index modulo IFNAME_CACHE_SIZE
 */
struct ifname_cache {
	struct ifname_entry {
		uint32_t ifindex;
		uint64_t time;
		char name[IF_NAMESIZE];
	} entries[IFNAME_CACHE_SIZE];
};

/**
 * ifname_get() - get the name of an interface
 * @cache: the cache
 * @ifindex: interface index
 * @time: current time in ns
 *
 * A cached name expires after one second, because interfaces can be renamed.
 *
 * Return: the name, or "if7" if interface 7 does not exist; valid until the next
 * call.
 */
const char *ifname_get(struct ifname_cache *cache, uint32_t ifindex,
		       uint64_t time);

/**
 * ifname_exists() - check if this network namespace has an interface
 * @name: its name
 *
 * Return: true if it has.
 */
bool ifname_exists(const char *name);

#endif /* KCTL_IFNAME_H */
