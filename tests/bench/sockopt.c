// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sockopt CALL COUNT ENTRIES: make a call on a store of ENTRIES entries, or on a peer,
 * COUNT times, and print the nanoseconds that one call takes.
 */
#include <err.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "floor/floor.h"

#define VALUE_SIZE 64

/* <linux/ip_vs.h>, <linux/netfilter_ipv4/ip_tables.h> */
#define IP_VS_SO_GET_INFO (64 + 1024 + 64 + 1)
#define IP_VS_INFO_SIZE	  12
#define IPT_SO_GET_INFO	  64
#define IPT_INFO_SIZE	  84

static int fd;

/* Each call uses another entry, from all over the store. */
static struct kctl_entry *entries;
static unsigned long entry_count;

static union {
	struct kctl_entry entry;
	char bytes[sizeof(struct kctl_entry) + VALUE_SIZE];
} buffer;

_Static_assert(sizeof(buffer) == FLOOR_ENTRY, "it copies what kctl copies");

static void take_entry(unsigned long i)
{
	buffer.entry = entries[i * 7919 % entry_count];
}

static int set(unsigned long i)
{
	take_entry(i);
	buffer.entry.size = VALUE_SIZE;
	return store_set(fd, &buffer.entry);
}

static int get(unsigned long i)
{
	take_entry(i);
	return store_get(fd, &buffer.entry, sizeof(buffer));
}

static int ipvs(unsigned long i)
{
	socklen_t size = IP_VS_INFO_SIZE;

	(void)i;
	return getsockopt(fd, SOL_IP, IP_VS_SO_GET_INFO, &buffer, &size);
}

static int iptables(unsigned long i)
{
	socklen_t size = IPT_INFO_SIZE;

	(void)i;
	strcpy(buffer.bytes, "filter");
	return getsockopt(fd, SOL_IP, IPT_SO_GET_INFO, &buffer, &size);
}

static int floor_set(unsigned long i)
{
	take_entry(i);
	return setsockopt(fd, SOL_IP, FLOOR_SO, &buffer, FLOOR_ENTRY);
}

static int floor_get(unsigned long i)
{
	socklen_t size = FLOOR_ENTRY;

	take_entry(i);
	return getsockopt(fd, SOL_IP, FLOOR_SO, &buffer, &size);
}

static const struct {
	const char *name;
	int (*call)(unsigned long i);
} calls[] = {
	{ "set", set },
	{ "get", get },
	{ "ipvs", ipvs },
	{ "iptables", iptables },
	{ "floor-set", floor_set },
	{ "floor-get", floor_get },
};

static void prepare(unsigned long count)
{
	entry_count = count;
	entries = calloc(count, sizeof(*entries));
	if (!entries)
		err(1, NULL);
	for (unsigned long i = 0; i < count; i++)
		snprintf(entries[i].name, sizeof(entries[i].name), "name/%06lu",
			 i);
	/* iptables takes only raw sockets. */
	fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	if (fd < 0)
		err(1, "socket");
}

static void repeat(const char *name, unsigned long count)
{
	size_t call = 0;
	int64_t begin;

	while (strcmp(calls[call].name, name))
		if (++call == sizeof(calls) / sizeof(calls[0]))
			errx(2, "no call '%s'", name);
	begin = now_ns();
	for (unsigned long i = 0; i < count; i++)
		if (calls[call].call(i) < 0)
			err(1, "%s", name);
	printf("%" PRId64 "\n", (now_ns() - begin) / (int64_t)count);
}

int main(int argc, char **argv)
{
	if (argc != 4)
		errx(2, "usage: sockopt CALL COUNT ENTRIES");
	prepare(strtoul(argv[3], NULL, 10));
	repeat(argv[1], strtoul(argv[2], NULL, 10));
	return 0;
}
