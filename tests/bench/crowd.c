// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crowd LOAD COUNT [TIMES]: create COUNT objects, then print the ns that other operations take:
 * a ping over lo, a message of 64 bytes on another channel, and a get of the entry
 * "name/000000". Each is done TIMES times. The fastest of ROUNDS rounds counts, because the
 * kernel sometimes does other work in between.
 *
 *	none		nothing
 *	stopped		watchers that were started and stopped
 *	filters		watchers that match no ping, their sockets with the longest socket
 *			filter
 *	elsewhere	the same in another network namespace
 *	matching	watchers that match each ping as it arrives, and do not read
 *	taps		taps of one channel, full of messages that they do not read
 *	receivers	receivers of one channel, each in EPOLLS epoll instances
 */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <linux/filter.h>

#include "client.h"

#define EPOLLS	  50
#define ROUNDS	  4
#define SIZE	  64
#define CROWDED	  5
#define QUIET	  6
#define MESSAGES  100
#define ECHO_SIZE 64

static char message[SIZE];
static int times = 2000;

static void check(int status, const char *what)
{
	if (status >= 0)
		return;
	errno = -status;
	err(1, "%s", what);
}

/* ---- loads --------------------------------------------------------------------- */

static int watcher_open(struct genl *genl)
{
	int fd = genl_open();

	check(fd, "generic netlink");
	if (!genl->family)
		check(genl_resolve(fd, genl), "kctl");
	return fd;
}

static void watcher_ask(int fd, struct genl_request *r)
{
	static _Alignas(struct nlmsghdr) char answer[GENL_ANSWER];

	check(-abs(genl_ask(fd, r, answer, NULL, NULL)), "watcher");
}

static void stop_watchers(unsigned int count)
{
	struct genl genl = { 0 };
	struct genl_request r;

	while (count--) {
		int fd = watcher_open(&genl);

		genl_begin(&r, genl.family, KCTL_CMD_WATCH_START, NLM_F_ACK, 1);
		watcher_ask(fd, &r);
		genl_begin(&r, genl.family, KCTL_CMD_WATCH_STOP, NLM_F_ACK, 2);
		watcher_ask(fd, &r);
	}
}

static void attach_longest_filter(int fd)
{
	static struct sock_filter code[BPF_MAXINSNS];
	struct sock_fprog program = { .len = BPF_MAXINSNS, .filter = code };

	for (int i = 0; i < BPF_MAXINSNS - 1; i++)
		code[i] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_IMM, 1);
	code[BPF_MAXINSNS - 1] =
		(struct sock_filter)BPF_STMT(BPF_RET | BPF_K, ~0U);
	check(result(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
				sizeof(program))),
	      "SO_ATTACH_FILTER");
}

static void start_filters(unsigned int count)
{
	in_addr_t nobody = htonl(0xc0000201); /* 192.0.2.1, RFC 5737 */
	struct genl genl = { 0 };
	struct genl_request r;

	while (count--) {
		int fd = watcher_open(&genl);

		genl_begin(&r, genl.family, KCTL_CMD_WATCH_START, NLM_F_ACK, 1);
		genl_put_u32(&r, KCTL_A_WATCH_FAMILY, AF_INET);
		genl_put(&r, KCTL_A_WATCH_SRC, &nobody, sizeof(nobody));
		watcher_ask(fd, &r);
		attach_longest_filter(fd);
	}
}

static void start_matching(unsigned int count)
{
	struct genl genl = { 0 };
	struct genl_request r;

	while (count--) {
		int fd = watcher_open(&genl);

		genl_begin(&r, genl.family, KCTL_CMD_WATCH_START, NLM_F_ACK, 1);
		genl_put_u32(&r, KCTL_A_WATCH_DIRECTION, KCTL_DIRECTION_IN);
		watcher_ask(fd, &r);
	}
}

static void start_filters_elsewhere(unsigned int count)
{
	int here = open("/proc/self/ns/net", O_RDONLY);

	check(result(here), "/proc/self/ns/net");
	check(result(unshare(CLONE_NEWNET)), "unshare");
	start_filters(count);
	check(result(setns(here, CLONE_NEWNET)), "setns");
}

static int crowded_socket(int tap)
{
	int fd = channel_open();

	check(fd, "socket");
	if (tap)
		check(channel_set_option(fd, KCTL_TAP, 1), "tap");
	check(channel_bind(fd, CROWDED), "bind");
	return fd;
}

static void bind_taps(unsigned int count)
{
	int sender;

	while (count--)
		crowded_socket(1);
	sender = crowded_socket(0);
	for (int i = 0; i < MESSAGES; i++)
		check(channel_send(sender, CROWDED, message, SIZE), "send");
}

static void poll_receivers(unsigned int count)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET };
	int epolls[EPOLLS];

	for (int i = 0; i < EPOLLS; i++) {
		epolls[i] = epoll_create1(0);
		check(result(epolls[i]), "epoll");
	}
	while (count--) {
		int fd = crowded_socket(0);

		for (int i = 0; i < EPOLLS; i++)
			check(result(epoll_ctl(epolls[i], EPOLL_CTL_ADD, fd,
					       &event)),
			      "EPOLL_CTL_ADD");
	}
}

static void nothing(unsigned int count)
{
	(void)count;
}

static const struct {
	const char *name;
	void (*put)(unsigned int count);
} loads[] = {
	{ "none", nothing },
	{ "stopped", stop_watchers },
	{ "filters", start_filters },
	{ "elsewhere", start_filters_elsewhere },
	{ "taps", bind_taps },
	{ "receivers", poll_receivers },
	{ "matching", start_matching },
};

/* ---- what others do ------------------------------------------------------------ */

static int fd;

static int ping(void)
{
	return echo_send(fd, 1, ECHO_SIZE, 0);
}

static int exchange(void)
{
	int status = channel_send(fd, 0, message, SIZE);

	return status < 0 ? status : result(recv(fd, message, SIZE, 0));
}

static int get(void)
{
	static union {
		struct kctl_entry entry;
		char bytes[sizeof(struct kctl_entry) + SIZE];
	} buffer;

	memset(&buffer.entry, 0, sizeof(buffer.entry));
	strcpy(buffer.entry.name, "name/000000");
	return store_get(fd, &buffer.entry, sizeof(buffer));
}

static int exchange_open(void)
{
	int sock = channel_open();
	int status = sock < 0 ? sock : channel_bind(sock, QUIET);

	return status < 0 ? status : sock;
}

static int64_t measure_round(int (*call)(void), const char *what)
{
	int64_t begin = now_ns();

	for (int i = 0; i < times / ROUNDS; i++)
		check(call(), what);
	return (now_ns() - begin) / (times / ROUNDS);
}

static void measure(int (*open_fd)(void), int (*call)(void), const char *what)
{
	int64_t least = INT64_MAX;

	fd = open_fd();
	check(fd, what);
	for (int i = 0; i < times / 10; i++)
		check(call(), what);
	for (int round = 0; round < ROUNDS; round++) {
		int64_t ns = measure_round(call, what);

		least = ns < least ? ns : least;
	}
	printf("%" PRId64 "\n", least);
	close(fd);
}

static void put_load(const char *name, unsigned int count)
{
	struct rlimit files = { count + 128, count + 128 };
	size_t load = 0;

	while (strcmp(loads[load].name, name))
		if (++load == sizeof(loads) / sizeof(loads[0]))
			errx(2, "no load '%s'", name);
	check(result(setrlimit(RLIMIT_NOFILE, &files)), "setrlimit");
	loads[load].put(count);
}

int main(int argc, char **argv)
{
	if (argc < 3)
		errx(2, "usage: crowd LOAD COUNT [TIMES]");
	if (argc > 3)
		times = atoi(argv[3]);
	if (times < ROUNDS)
		errx(2, "TIMES is at least %d", ROUNDS);
	put_load(argv[1], (unsigned int)strtoul(argv[2], NULL, 10));
	measure(echo_open, ping, "ping");
	measure(exchange_open, exchange, "send and receive");
	measure(store_open, get, "get");
	return 0;
}
