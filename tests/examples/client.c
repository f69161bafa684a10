// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A client: send a message and print the answer. The client is bound to a channel of
 * its own, so that no other process receives the answer.
 *
 *	cc -I kmod/uapi -o client tests/examples/client.c
 *	./client 7 hello
 */
#include <sys/time.h>

#include "channel.h"

int main(int argc, char **argv)
{
	static char answer[KCTL_MESSAGE_MAX];
	struct timeval patience = { .tv_sec = 10 };
	struct sockaddr_kctl server;
	ssize_t size;
	int fd;

	if (argc != 3)
		errx(2, "usage: client CHANNEL MESSAGE");
	server = channel_address((uint32_t)strtoul(argv[1], NULL, 10));
	fd = channel_open(0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));

	if (sendto(fd, argv[2], strlen(argv[2]), 0,
		   (const struct sockaddr *)&server, sizeof(server)) < 0)
		err(1, "sendto");
	size = recv(fd, answer, sizeof(answer), 0);
	if (size < 0)
		err(1, "recv");
	printf("%.*s\n", (int)size, answer);
	return 0;
}
