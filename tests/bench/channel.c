// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * channel WHAT TIMES SIZE [EXTRA]: print the ns that one message takes.
 *
 *	kctl, unix, mq	to send and receive a message
 *	floor		the same through sockets that only copy
 *	held		the same, held, and settled by sixteens, while EXTRA others are held
 *	channels	the same beside EXTRA other channels
 *	queued		the same behind EXTRA waiting messages
 *	send, tapped	to send it, without and with a tap, which is emptied in between
 *	ping, ping-unix	to send it to a process that sleeps, and to get it back
 */
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"
#include "floor/floor.h"

#define SIZE_MAX_HERE KCTL_MESSAGE_MAX

static char buffer[SIZE_MAX_HERE];
static size_t size;
static unsigned extra;

static void check(int holds, const char *what)
{
	if (holds)
		return;
	perror(what);
	exit(1);
}

static int bound(uint32_t channel, int tap)
{
	int fd = channel_open();

	check(fd >= 0, "socket");
	check(!tap || !channel_set_option(fd, KCTL_TAP, tap), "tap");
	check(!channel_bind(fd, channel), "bind");
	return fd;
}

static void pass(int out, int in)
{
	check(send(out, buffer, size, 0) == (ssize_t)size, "send");
	check(recv(in, buffer, sizeof(buffer), 0) == (ssize_t)size, "recv");
}

static long long pass_many(int out, int in, int times)
{
	long long start = now_ns();
	int i;

	for (i = 0; i < times; i++)
		pass(out, in);
	return now_ns() - start;
}

static long long run_kctl(int times)
{
	int fd = bound(1, 0);

	return pass_many(fd, fd, times);
}

static long long run_floor(int times)
{
	int fd = socket(FLOOR_FAMILY, SOCK_DGRAM, 0);

	check(fd >= 0, "socket");
	return pass_many(fd, fd, times);
}

static void unix_pair(int fd[2])
{
	int room = 2 * SIZE_MAX_HERE;

	check(!socketpair(AF_UNIX, SOCK_DGRAM, 0, fd), "socketpair");
	setsockopt(fd[0], SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
	setsockopt(fd[1], SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
}

static long long run_unix(int times)
{
	int fd[2];

	unix_pair(fd);
	return pass_many(fd[0], fd[1], times);
}

static long long run_mq(int times)
{
	struct mq_attr attr = { .mq_maxmsg = 10, .mq_msgsize = 8192 };
	mqd_t queue = mq_open("/bench", O_CREAT | O_RDWR, 0600, &attr);
	long long start;
	int i;

	check(queue >= 0, "mq_open");
	start = now_ns();
	for (i = 0; i < times; i++) {
		check(!mq_send(queue, buffer, size, 0), "mq_send");
		check(mq_receive(queue, buffer, 8192, NULL) == (ssize_t)size,
		      "mq_receive");
	}
	return now_ns() - start;
}

/* Sends a message and holds it. */
static struct kctl_settle hold(int fd)
{
	char control[CMSG_SPACE(sizeof(struct kctl_held))];
	struct iovec iov = { buffer, sizeof(buffer) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct kctl_held held;

	check(send(fd, buffer, size, 0) == (ssize_t)size, "send");
	check(recvmsg(fd, &msg, 0) == (ssize_t)size, "recvmsg");
	memcpy(&held, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(held));
	return (struct kctl_settle){ .id = held.id, .verb = KCTL_SETTLE_DONE };
}

/* Held messages return to the channel when the socket is closed. */
static void empty(void)
{
	int fd = bound(1, 0);

	while (recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT) >= 0)
		;
	close(fd);
}

/* The messages are held, and sixteen of them settled together. */
static long long run_held(int times)
{
	struct kctl_settle settles[16];
	int fd = bound(1, 0), i;
	long long start, took;
	unsigned j;

	check(!channel_set_option(fd, KCTL_HOLD, 16 + (int)extra), "hold");
	for (j = 0; j < extra; j++)
		hold(fd);
	start = now_ns();
	for (i = 0; i < times; i++) {
		settles[i % 16] = hold(fd);
		check(i % 16 != 15 || !setsockopt(fd, SOL_KCTL, KCTL_SETTLE,
						  settles, sizeof(settles)),
		      "settle");
	}
	took = now_ns() - start;
	close(fd);
	empty();
	return took;
}

static long long run_channels(int times)
{
	unsigned i;

	for (i = 1; i < extra; i++)
		bound(i + 1, 0);
	return run_kctl(times);
}

static long long run_queued(int times)
{
	int fd = bound(1, 0);
	long long took;
	unsigned i;

	for (i = 1; i < extra; i++)
		check(send(fd, buffer, size, 0) == (ssize_t)size, "send");
	took = pass_many(fd, fd, times);
	for (i = 1; i < extra; i++)
		recv(fd, buffer, sizeof(buffer), 0);
	return took;
}

static long long send_many(int times, int tapped)
{
	int fd = bound(1, 0), tap = tapped ? bound(1, 1) : -1;
	long long took = 0, start;
	int i, j;

	for (i = 0; i < times; i += 100) {
		start = now_ns();
		for (j = 0; j < 100; j++)
			check(send(fd, buffer, size, 0) == (ssize_t)size,
			      "send");
		took += now_ns() - start;
		for (j = 0; j < 100; j++) {
			recv(fd, buffer, sizeof(buffer), 0);
			check(!tapped || recv(tap, buffer, sizeof(buffer),
					      MSG_DONTWAIT) >= 0,
			      "tap");
		}
	}
	return took;
}

static long long run_send(int times)
{
	return send_many(times, 0);
}

static long long run_tapped(int times)
{
	return send_many(times, 1);
}

/* There and back, through two queues of any kind. */
static long long ping(int out, int in, int other_out, int other_in, int times)
{
	long long took;
	int i, status;
	pid_t pid = fork();

	check(pid >= 0, "fork");
	if (!pid) {
		for (i = 0; i < times; i++) {
			check(recv(other_in, buffer, sizeof(buffer), 0) >= 0,
			      "recv");
			check(send(other_out, buffer, size, 0) >= 0, "send");
		}
		_exit(0);
	}
	took = pass_many(out, in, times);
	check(waitpid(pid, &status, 0) == pid && !status, "the other process");
	return took;
}

static long long run_ping(int times)
{
	int here = bound(1, 0), there = bound(2, 0);

	check(!channel_connect(here, 2), "connect");
	check(!channel_connect(there, 1), "connect");
	return ping(here, here, there, there, times);
}

static long long run_ping_unix(int times)
{
	int fd[2];

	unix_pair(fd);
	return ping(fd[0], fd[0], fd[1], fd[1], times);
}

static const struct {
	const char *name;
	long long (*run)(int times);
} kinds[] = {
	{ "kctl", run_kctl },		{ "floor", run_floor },
	{ "unix", run_unix },		{ "mq", run_mq },
	{ "held", run_held },		{ "channels", run_channels },
	{ "queued", run_queued },	{ "send", run_send },
	{ "tapped", run_tapped },	{ "ping", run_ping },
	{ "ping-unix", run_ping_unix },
};

int main(int argc, char **argv)
{
	struct rlimit files = { 8192, 8192 };
	int times = argc > 3 ? atoi(argv[2]) : 0;
	size_t i;

	check(times > 0, "usage");
	size = (size_t)atoi(argv[3]);
	check(size <= sizeof(buffer), "size");
	extra = argc > 4 ? (unsigned)atoi(argv[4]) : 0;
	setrlimit(RLIMIT_NOFILE, &files);
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(argv[1], kinds[i].name))
			printf("%lld\n", kinds[i].run(times) / times);
	return 0;
}
