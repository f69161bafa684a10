// SPDX-License-Identifier: GPL-2.0-or-later
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "local.h"
#include "cli/parse.h"
#include "cli/wait.h"

/* Time in ns for which an address that is not found is not looked for again. */
#define READ_INTERVAL NSEC_PER_SEC

/**
 * struct local - the addresses
 * @all: result of getifaddrs(), or NULL
 * @read: when they were read, in ns of wait_now()
 */
struct local {
	struct ifaddrs *all;
	int64_t read;
};

static void read_addresses(struct local *l)
{
	if (l->all)
		freeifaddrs(l->all);
	if (getifaddrs(&l->all))
		l->all = NULL;
	l->read = wait_now();
}

struct local *local_new(void)
{
	struct local *l = calloc(1, sizeof(*l));

	if (l)
		read_addresses(l);
	return l;
}

void local_free(struct local *l)
{
	if (!l)
		return;
	if (l->all)
		freeifaddrs(l->all);
	free(l);
}

/* Multicast, and other addresses that no router forwards to. */
static bool is_never_forwarded(uint8_t family, const uint8_t *address)
{
	if (family == AF_INET6)
		return address[0] == 0xff;
	return address[0] == 0 || address[0] == 127 || address[0] >= 224;
}

static bool is_address(const struct sockaddr *sa, uint8_t family,
		       const uint8_t *address)
{
	if (!sa || sa->sa_family != family)
		return false;
	if (family == AF_INET)
		return !memcmp(&((const struct sockaddr_in *)sa)->sin_addr,
			       address, 4);
	return !memcmp(&((const struct sockaddr_in6 *)sa)->sin6_addr, address,
		       16);
}

static bool is_broadcast(const struct ifaddrs *a, uint8_t family,
			 const uint8_t *address)
{
	return a->ifa_flags & IFF_BROADCAST &&
	       is_address(a->ifa_broadaddr, family, address);
}

bool local_has_broadcast(const struct local *l, const uint8_t address[4])
{
	for (const struct ifaddrs *a = l->all; a; a = a->ifa_next)
		if (is_broadcast(a, AF_INET, address))
			return true;
	return false;
}

static bool find(const struct local *l, uint8_t family, const uint8_t *address)
{
	for (const struct ifaddrs *a = l->all; a; a = a->ifa_next)
		if (is_address(a->ifa_addr, family, address) ||
		    is_broadcast(a, family, address))
			return true;
	return false;
}

bool local_delivers(struct local *l, uint8_t family, const uint8_t *address)
{
	if (is_never_forwarded(family, address) || find(l, family, address))
		return true;
	if (wait_now() - l->read < READ_INTERVAL)
		return false;
	read_addresses(l);
	return find(l, family, address);
}
