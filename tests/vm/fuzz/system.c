// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls outside the interfaces: packets to watch, and limits to reach */
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stdio.h>
#include <sys/ioctl.h>

#include "fuzz.h"

static int ping4(struct caller *c)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	size_t size = random_size(c, 4000);
	uint8_t *packet = c->buffer;

	packet[0] = (uint8_t)PICK(c, 8, 8, 8, 0, 3, 11, 13, (int)below(c, 256));
	packet[1] = (uint8_t)(one_in(c, 4) ? below(c, 256) : 0);
	return result(sendto(c->ping[0], packet, size, MSG_DONTWAIT,
			     (void *)&to, sizeof(to)));
}

static int ping6(struct caller *c)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6,
				   .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	size_t size = random_size(c, 4000);
	uint8_t *packet = c->buffer;

	packet[0] = (uint8_t)PICK(c, 128, 128, 128, 129, 1, 2, 135,
				  (int)below(c, 256));
	packet[1] = (uint8_t)(one_in(c, 4) ? below(c, 256) : 0);
	return result(sendto(c->ping[1], packet, size, MSG_DONTWAIT,
			     (void *)&to, sizeof(to)));
}

/* Read the replies and discard them. */
static int call_ping(struct caller *c)
{
	int ret = one_in(c, 2) ? ping4(c) : ping6(c);

	for (int i = 0; i < 2; i++)
		while (recv(c->ping[i], c->answer, 65536, MSG_DONTWAIT) >= 0)
			;
	return ret;
}

/* Mostly the default, sometimes a value so low that calls fail. */
struct limit {
	const char *name;
	int low;
	int normal;
};

static const struct limit limits[] = {
	{ "store_max_bytes", 1000, 16777216 },
	{ "store_max_entries", 3, 65536 },
	{ "watchers_max", 1, 1024 },
	{ "watch_max_bytes", 4096, 536870912 },
	{ "channels_max", 2, 4096 },
	{ "channel_max_messages", 2, 1024 },
	{ "channel_max_bytes", 2000, 1048576 },
	{ "proto_max_bytes", 20000, 67108864 },
	{ "unprivileged", 0, 1 },
};

static int call_sysctl(struct caller *c)
{
	const struct limit *limit = &limits[below(c, 8)];
	int value = one_in(c, 12) ? limit->low : limit->normal, fd, ret;
	char path[64], text[16];

	if (one_in(c, 10))
		value = PICK(c, -1, 0, 0x7fffffff);
	snprintf(path, sizeof(path), "/proc/sys/net/kctl/%s", limit->name);
	snprintf(text, sizeof(text), "%d\n", value);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = result(write(fd, text, strlen(text)));
	close(fd);
	return ret;
}

/* Packets larger than the MTU are fragmented. */
static int call_mtu(struct caller *c)
{
	struct ifreq request = { .ifr_name = "lo" };

	request.ifr_mtu = PICK(c, 65536, 65536, 1500, 1280);
	return result(ioctl(c->store, SIOCSIFMTU, &request));
}

const struct operation system_operations[] = {
	{ "ping", call_ping,
	  ERRORS(EPERM, EINVAL, EAGAIN, ENOBUFS, EACCES, EMSGSIZE, ENETUNREACH,
		 EADDRNOTAVAIL, ENETDOWN, EHOSTUNREACH),
	  32, false },
	{ "sysctl", call_sysctl, ERRORS(EACCES, EPERM, EINVAL), 8, false },
	{ "mtu", call_mtu, ERRORS(EPERM, EINVAL), 1, false },
	{ 0 },
};
