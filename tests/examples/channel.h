/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the examples: a socket of the family, and its addresses */
#ifndef CHANNEL_H
#define CHANNEL_H

#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/kctl.h>

/* The module chooses the number of the family when it is loaded. */
static inline int channel_family(void)
{
	FILE *file = fopen("/sys/module/kctl/parameters/family", "r");
	int family;

	if (!file || fscanf(file, "%d", &family) != 1)
		errx(3, "no kctl module");
	fclose(file);
	return family;
}

static inline struct sockaddr_kctl channel_address(uint32_t channel)
{
	return (struct sockaddr_kctl){
		.skc_family = (__kernel_sa_family_t)channel_family(),
		.skc_channel = channel,
	};
}

/* Open a receiver of @channel. Channel 0 selects an unused channel. */
static inline int channel_open(uint32_t channel)
{
	struct sockaddr_kctl addr = channel_address(channel);
	int fd = socket(addr.skc_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		err(1, "socket");
	if (bind(fd, (const struct sockaddr *)&addr, sizeof(addr)))
		err(1, "bind to channel %u", channel);
	return fd;
}

#endif /* CHANNEL_H */
