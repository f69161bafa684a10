// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * job QUEUE TIMES SIZE [SOCKET]: print the ns from the start of one job to its end. The job is
 * put into a queue, taken by a worker that holds it, and done. One client makes a call for each
 * of the three steps, and reads every byte of the answers.
 *
 *	kctl		a channel: sendmsg, recvmsg, KCTL_SETTLE
 *	redis		LPUSH, BRPOPLPUSH into the list of the worker, LREM
 *	beanstalkd	put, reserve, delete
 *
 * The servers of the last two listen on SOCKET, of AF_UNIX.
 */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "client.h"

#define SIZE_MAX_HERE 4096

static char job[SIZE_MAX_HERE + 1];
static size_t size;
static int fd;

static char request[2 * SIZE_MAX_HERE], answer[2 * SIZE_MAX_HERE];

static void check(int holds, const char *what)
{
	if (!holds)
		err(1, "%s", what);
}

/* ---- kctl ---------------------------------------------------------------------- */

static void open_kctl(const char *path)
{
	(void)path;
	fd = channel_open();
	check(fd >= 0, "socket");
	check(!channel_set_option(fd, KCTL_HOLD, 16), "hold");
	check(!channel_bind(fd, 1), "bind");
}

static void run_kctl(void)
{
	char control[CMSG_SPACE(sizeof(struct kctl_held))];
	struct iovec iov = { answer, sizeof(answer) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct kctl_settle settle = { .verb = KCTL_SETTLE_DONE };
	struct kctl_held held;

	check(send(fd, job, size, 0) == (ssize_t)size, "send");
	check(recvmsg(fd, &msg, 0) == (ssize_t)size, "recvmsg");
	memcpy(&held, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(held));
	settle.id = held.id;
	check(!setsockopt(fd, SOL_KCTL, KCTL_SETTLE, &settle, sizeof(settle)),
	      "settle");
}

/* ---- servers ------------------------------------------------------------------- */

static void open_server(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (!path)
		errx(2, "usage: job QUEUE TIMES SIZE SOCKET");
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	check(fd >= 0, "socket");
	check(!connect(fd, (struct sockaddr *)&address, sizeof(address)), path);
}

/* Sends the request. Reads an answer that begins with @start and ends with @end. */
static void ask(size_t length, const char *start, const char *end)
{
	size_t got = 0, tail = strlen(end);
	ssize_t part;

	check(send(fd, request, length, 0) == (ssize_t)length, "send");
	do {
		part = recv(fd, answer + got, sizeof(answer) - 1 - got, 0);
		check(part > 0, "recv");
		got += (size_t)part;
	} while (got < tail || memcmp(answer + got - tail, end, tail));
	answer[got] = '\0';
	if (strncmp(answer, start, strlen(start)))
		errx(1, "the server says: %s", answer);
}

static void run_redis(void)
{
	static const char take[] = "*4\r\n$10\r\nBRPOPLPUSH\r\n$4\r\njobs\r\n"
				   "$4\r\nheld\r\n$1\r\n0\r\n";

	ask((size_t)snprintf(request, sizeof(request),
			     "*3\r\n$5\r\nLPUSH\r\n$4\r\njobs\r\n$%zu\r\n%s\r\n",
			     size, job),
	    ":1", "\r\n");
	memcpy(request, take, sizeof(take) - 1);
	ask(sizeof(take) - 1, "$", "J\r\n");
	ask((size_t)snprintf(request, sizeof(request),
			     "*4\r\n$4\r\nLREM\r\n$4\r\nheld\r\n$1\r\n1\r\n"
			     "$%zu\r\n%s\r\n",
			     size, job),
	    ":1", "\r\n");
}

static void run_beanstalkd(void)
{
	unsigned long long id;

	ask((size_t)snprintf(request, sizeof(request),
			     "put 0 0 60 %zu\r\n%s\r\n", size, job),
	    "INSERTED", "\r\n");
	memcpy(request, "reserve\r\n", 9);
	ask(9, "RESERVED", "J\r\n");
	check(sscanf(answer, "RESERVED %llu", &id) == 1, "RESERVED");
	ask((size_t)snprintf(request, sizeof(request), "delete %llu\r\n", id),
	    "DELETED", "\r\n");
}

/* -------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	void (*open)(const char *path);
	void (*run)(void);
} queues[] = {
	{ "kctl", open_kctl, run_kctl },
	{ "redis", open_server, run_redis },
	{ "beanstalkd", open_server, run_beanstalkd },
};

int main(int argc, char **argv)
{
	long times = argc > 3 ? atol(argv[2]) : 0;
	size_t queue = 0;
	int64_t begin;

	size = argc > 3 ? (size_t)atol(argv[3]) : 0;
	if (times <= 0 || !size || size > SIZE_MAX_HERE)
		errx(2, "usage: job QUEUE TIMES SIZE [SOCKET]");
	while (strcmp(queues[queue].name, argv[1]))
		if (++queue == sizeof(queues) / sizeof(queues[0]))
			errx(2, "no queue '%s'", argv[1]);
	memset(job, 'J', size);
	queues[queue].open(argv[4]);
	for (int i = 0; i < 100; i++)
		queues[queue].run();
	begin = now_ns();
	for (long i = 0; i < times; i++)
		queues[queue].run();
	printf("%" PRId64 "\n", (now_ns() - begin) / times);
	return 0;
}
