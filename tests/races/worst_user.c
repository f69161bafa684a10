// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * worst-user SECONDS: what a user can do to others if all users may use channels. It holds as
 * many sockets, channels, messages and copies as it can get, and repeatedly releases some. At
 * the end, it holds them until the end of its standard input.
 *
 * Channels of root: all users may send to channel 5, and receive from channel 6.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "client.h"

#define SEND_HERE    5
#define RECEIVE_HERE 6
#define SOCKETS	     1500

static int64_t end;
static atomic_ulong calls, refused;

/* A random number below a limit; each thread has its own series. */
static uint32_t below(uint32_t limit)
{
	static __thread unsigned int seed;

	if (!seed)
		seed = (unsigned int)(uintptr_t)&seed;
	return (uint32_t)rand_r(&seed) % limit;
}

static void count(int ret)
{
	atomic_fetch_add(&calls, 1);
	if (ret < 0)
		atomic_fetch_add(&refused, 1);
}

static int open_one(void)
{
	int fd = channel_open();

	count(fd);
	if (fd >= 0)
		fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

/* ---- what a socket does ---- */

static void crowd(int fd)
{
	count(channel_connect(fd, SEND_HERE));
}

static void flood(int fd)
{
	int i;

	for (i = 0; i < 50; i++)
		count(channel_send(fd, SEND_HERE, "x", 1));
}

static void tap(int fd)
{
	int room = 64 << 20;

	channel_set_option(fd, KCTL_TAP, 1);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	count(channel_bind(fd, RECEIVE_HERE));
}

static void exclude(int fd)
{
	channel_set_option(fd, KCTL_EXCLUSIVE, 1);
	count(channel_bind(fd, RECEIVE_HERE));
}

static void receive_too(int fd)
{
	count(channel_bind(fd, RECEIVE_HERE));
}

static void take_numbers(int fd)
{
	channel_set_option(fd, KCTL_MODE, 0666);
	count(channel_bind(fd, 1000 + below(100000)));
}

/* Channels that last as long as their messages. */
static void fill(int fd)
{
	static const char data[100000];
	uint32_t number = 1000 + below(100000);
	size_t size = below(2) ? 1 : below(sizeof(data));

	while (channel_send(fd, number, data, size) >= 0)
		count(0);
	count(-1);
}

static void (*const acts[])(int fd) = {
	crowd, flood, tap, exclude, receive_too, take_numbers, fill,
};

#define ACTS (sizeof(acts) / sizeof(*acts))

/* ---- threads ---- */

/* Each thread holds sockets of all kinds, and replaces them one by one. */
static void *hold(void *arg)
{
	int *fds = arg, i;

	for (i = 0; now_ns() < end; i = (i + 1) % SOCKETS) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = open_one();
		if (fds[i] >= 0)
			acts[below(ACTS)](fds[i]);
	}
	return NULL;
}

/* Every socket is in many epoll sets, and every set is polled. */
static void *watch(void *arg)
{
	const int *fds = arg;
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT };
	struct pollfd polled[256];
	int sets[32], i, j;

	for (i = 0; i < 32; i++)
		sets[i] = epoll_create1(0);
	while (now_ns() < end) {
		for (j = 0; j < 256; j++) {
			polled[j].fd = fds[below(SOCKETS)];
			polled[j].events = POLLIN | POLLOUT;
			for (i = 0; i < 32; i++)
				epoll_ctl(sets[i], EPOLL_CTL_ADD, polled[j].fd,
					  &event);
		}
		count(poll(polled, 256, 1));
		for (i = 0; i < 32; i++)
			count(epoll_wait(sets[i], &event, 1, 0));
	}
	return NULL;
}

int main(int argc, char **argv)
{
	struct rlimit files = { 4 * SOCKETS, 4 * SOCKETS };
	static int fds[2][SOCKETS];
	pthread_t threads[4];
	int i;

	if (argc != 2) {
		fprintf(stderr, "usage: worst-user SECONDS\n");
		return 2;
	}
	setrlimit(RLIMIT_NOFILE, &files);
	end = now_ns() + atoi(argv[1]) * INT64_C(1000000000);
	for (i = 0; i < 2 * SOCKETS; i++)
		fds[i / SOCKETS][i % SOCKETS] = -1;
	for (i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, i < 2 ? hold : watch,
			       fds[i % 2]);
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	printf("%lu calls, %lu refused\n", atomic_load(&calls),
	       atomic_load(&refused));
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}
