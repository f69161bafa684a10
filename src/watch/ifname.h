/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of interfaces, remembered: looking one up takes three system calls */
#ifndef KCTL_IFNAME_H
#define KCTL_IFNAME_H

#include <stdint.h>

#include <net/if.h>

#define IFNAME_CACHE_SIZE 8

/**
 * struct ifname_cache - names that were looked up lately; zeroed to begin with
 * @entries: the place of a name is its index modulo their number
 */
struct ifname_cache {
	struct ifname_entry {
		uint32_t ifindex;
		uint64_t time;
		char name[IF_NAMESIZE];
	} entries[IFNAME_CACHE_SIZE];
};

/**
 * ifname_get() - name of an interface
 * @cache: the cache
 * @ifindex: its index
 * @time: now, in ns; a name is looked up again after a second, for it can change
 *
 * Return: its name, or "if7" if index 7 has none; valid until the next call.
 */
const char *ifname_get(struct ifname_cache *cache, uint32_t ifindex,
		       uint64_t time);

#endif /* KCTL_IFNAME_H */
