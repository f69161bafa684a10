// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A server: convert each message to upper case, and send it to the channel that its
 * sender is bound to. An empty message ends the server.
 *
 *	cc -I kmod/uapi -o server tests/examples/server.c
 *	./server 7
 */
#include <ctype.h>

#include "channel.h"

int main(int argc, char **argv)
{
	static char message[KCTL_MESSAGE_MAX];
	struct sockaddr_kctl from;
	socklen_t len = sizeof(from);
	ssize_t size;
	int fd;

	if (argc != 2)
		errx(2, "usage: server CHANNEL");
	fd = channel_open((uint32_t)strtoul(argv[1], NULL, 10));

	while ((size = recvfrom(fd, message, sizeof(message), 0,
				(struct sockaddr *)&from, &len)) > 0) {
		for (ssize_t i = 0; i < size; i++)
			message[i] = (char)toupper((unsigned char)message[i]);
		/* Channel 0: the sender is not bound, so it cannot receive an answer. */
		if (from.skc_channel &&
		    sendto(fd, message, (size_t)size, 0,
			   (const struct sockaddr *)&from, len) < 0)
			warn("no answer to channel %u", from.skc_channel);
	}
	if (size < 0)
		err(1, "recvfrom");
	return 0;
}
