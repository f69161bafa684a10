// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * memory [OBJECT COUNT]: create COUNT objects, and print the bytes of kernel memory that each
 * takes: slabs, vmalloc and per-CPU memory together. The objects exist until the process ends;
 * entries, channels and queues exist longer. Without arguments: print the bytes in use.
 *
 *	entry, key	a value of 64 bytes with a name of 11: of the store, of a keyring
 *	message, mq-message, unix-message
 *			64 bytes that wait in a queue
 *	channel, mq	a queue that is empty, and has no socket
 *	socket, unix-socket
 *			a socket with an address of its own
 *	watcher, packet-socket
 *			a socket that sees packets, and has none yet
 *	netlink-socket	a socket like that of a watcher
 */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/keyctl.h>

#include "client.h"

#define SIZE	    64
#define QUEUE_BYTES (1 << 30)

static char data[SIZE];
static struct genl genl;

static int check(int status, const char *what)
{
	if (status < 0) {
		errno = -status;
		err(1, "%s", what);
	}
	return status;
}

/* ---- objects: each of these creates object @i --------------------------------------- */

static void name_of(unsigned int i, char name[16])
{
	snprintf(name, 16, "name/%06u", i);
}

static void make_entry(unsigned int i)
{
	static union {
		struct kctl_entry entry;
		char bytes[sizeof(struct kctl_entry) + SIZE];
	} buffer;
	static int fd;

	if (!fd)
		fd = check(store_open(), "socket");
	memset(&buffer, 0, sizeof(buffer));
	name_of(i, buffer.entry.name);
	buffer.entry.size = SIZE;
	check(store_set(fd, &buffer.entry), "set");
}

static void make_key(unsigned int i)
{
	char name[16];

	name_of(i, name);
	check(result(syscall(SYS_add_key, "user", name, data, SIZE,
			     KEY_SPEC_PROCESS_KEYRING)),
	      "add_key");
}

static void make_message(unsigned int i)
{
	static int fd;

	if (!i) {
		fd = check(channel_open(), "socket");
		check(channel_bind(fd, 1), "bind");
	}
	check(channel_send(fd, 1, data, SIZE), "send");
}

static mqd_t queue_open(unsigned int i, long room)
{
	struct mq_attr attr = { .mq_maxmsg = room, .mq_msgsize = SIZE };
	char name[16];
	mqd_t queue;

	snprintf(name, sizeof(name), "/name-%06u", i);
	queue = mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, &attr);
	check(result(queue), "mq_open");
	return queue;
}

static void make_mq_message(unsigned int i)
{
	static mqd_t queue;

	if (!i)
		queue = queue_open(1000000, 65536);
	check(result(mq_send(queue, data, SIZE, 0)), "mq_send");
}

static void make_unix_message(unsigned int i)
{
	static int fd[2], room = QUEUE_BYTES;

	if (!i) {
		check(result(socketpair(AF_UNIX, SOCK_DGRAM, 0, fd)),
		      "socketpair");
		check(result(setsockopt(fd[0], SOL_SOCKET, SO_SNDBUFFORCE,
					&room, sizeof(room))),
		      "SO_SNDBUFFORCE");
	}
	check(result(send(fd[0], data, SIZE, MSG_DONTWAIT)), "send");
}

static int genl_socket(void)
{
	int fd = check(genl_open(), "generic netlink");

	if (!genl.family)
		check(genl_resolve(fd, &genl), "kctl");
	return fd;
}

static void ask(int fd, struct genl_request *r)
{
	static _Alignas(struct nlmsghdr) char answer[GENL_ANSWER];

	check(-abs(genl_ask(fd, r, answer, NULL, NULL)), "request");
}

static void make_channel(unsigned int i)
{
	static int fd;
	struct genl_request r;

	if (!i)
		fd = genl_socket();
	genl_begin(&r, genl.family, KCTL_CMD_SET_CHANNEL, NLM_F_ACK, 1);
	genl_put_u32(&r, KCTL_A_CHANNEL_NUMBER, i + 1);
	genl_put_u32(&r, KCTL_A_CHANNEL_MODE, 0600);
	ask(fd, &r);
}

static void make_mq(unsigned int i)
{
	check(result(mq_close(queue_open(i, 10))), "mq_close");
}

static void make_socket(unsigned int i)
{
	check(channel_bind(check(channel_open(), "socket"), i + 1), "bind");
}

static void make_unix_socket(unsigned int i)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = check(result(socket(AF_UNIX, SOCK_DGRAM, 0)), "socket");

	name_of(i, address.sun_path + 1);
	check(result(bind(fd, (struct sockaddr *)&address, sizeof(address))),
	      "bind");
}

static void make_watcher(unsigned int i)
{
	struct genl_request r;
	int fd = genl_socket();

	(void)i;
	genl_begin(&r, genl.family, KCTL_CMD_WATCH_START, NLM_F_ACK, 1);
	ask(fd, &r);
}

static void make_netlink_socket(unsigned int i)
{
	(void)i;
	genl_socket();
}

static void make_packet_socket(unsigned int i)
{
	(void)i;
	check(result(socket(AF_PACKET, SOCK_RAW, htons(ETH_P_IP))), "socket");
}

static const struct {
	const char *name;
	void (*make)(unsigned int i);
} objects[] = {
	{ "entry", make_entry },
	{ "key", make_key },
	{ "message", make_message },
	{ "mq-message", make_mq_message },
	{ "unix-message", make_unix_message },
	{ "channel", make_channel },
	{ "mq", make_mq },
	{ "socket", make_socket },
	{ "unix-socket", make_unix_socket },
	{ "watcher", make_watcher },
	{ "netlink-socket", make_netlink_socket },
	{ "packet-socket", make_packet_socket },
};

/* ---- memory ------------------------------------------------------------------------ */

/* Bytes of kernel memory in use, after RCU and workers have freed memory. */
static int64_t used(void)
{
	static const char *const fields[] = { "Slab:", "VmallocUsed:",
					      "Percpu:" };
	FILE *refresh = fopen("/proc/sys/vm/stat_refresh", "w");
	FILE *file = fopen("/proc/meminfo", "r");
	char line[128], name[32];
	int64_t sum = 0, kib;

	/* RCU frees large blocks after 5 s. */
	sleep(10);
	if (!refresh || !file || fputs("1", refresh) < 0 || fclose(refresh))
		err(1, "/proc");
	while (fgets(line, sizeof(line), file))
		for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
			if (sscanf(line, "%31s %" SCNd64, name, &kib) == 2 &&
			    !strcmp(name, fields[i]))
				sum += kib * 1024;
	fclose(file);
	return sum;
}

int main(int argc, char **argv)
{
	unsigned int i, count = argc == 3 ? (unsigned int)atoi(argv[2]) : 0;
	struct rlimit files = { count + 128, count + 128 };
	struct rlimit queues = { RLIM_INFINITY, RLIM_INFINITY };
	size_t object = 0;
	int64_t before = used();

	if (argc == 1)
		return printf("%" PRId64 "\n", before) < 0;
	if (!count)
		errx(2, "usage: memory [OBJECT COUNT]");
	while (strcmp(objects[object].name, argv[1]))
		if (++object == sizeof(objects) / sizeof(objects[0]))
			errx(2, "no object '%s'", argv[1]);
	check(result(setrlimit(RLIMIT_NOFILE, &files)), "RLIMIT_NOFILE");
	check(result(setrlimit(RLIMIT_MSGQUEUE, &queues)), "RLIMIT_MSGQUEUE");
	for (i = 0; i < count; i++)
		objects[object].make(i);
	printf("%" PRId64 "\n", (used() - before) / count);
	return 0;
}
