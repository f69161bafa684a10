// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory that a call reads or writes while another thread changes it: lengths, names, pointers,
 * values. The kernel must not read again what it has checked.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "races.h"

#define ENTRIES 4
#define VALUE	24

/* A size without padding, as the kernel requires it in a table. */
struct whole_entry {
	struct kctl_entry header;
	unsigned char value[VALUE];
};

static union {
	struct {
		struct kctl_table header;
		unsigned char entries[ENTRIES * sizeof(struct whole_entry)];
	} table;
	struct whole_entry entry;
	unsigned char bytes[8192];
} shared;

static struct sockaddr_kctl address;
static struct msghdr header;
static struct iovec parts[2];
static socklen_t length;
static int store = -1, sock;

static void put(struct whole_entry *to, unsigned int number)
{
	memset(to, 0, sizeof(*to));
	snprintf(to->header.name, sizeof(to->header.name), "n%u", number);
	to->header.size = VALUE;
}

static void begin(void)
{
	struct whole_entry *entries = (void *)shared.table.entries;
	unsigned int i;

	if (store < 0)
		store = store_open();
	sock = channel_open();
	address = channel_address(5);
	memset(&shared, 0, sizeof(shared));
	shared.table.header.entries = ENTRIES;
	for (i = 0; i < ENTRIES; i++)
		put(&entries[i], i);
	length = sizeof(shared.entry);
	parts[0] = (struct iovec){ shared.bytes, 100 };
	parts[1] = (struct iovec){ shared.bytes + 4096, 100 };
	header = (struct msghdr){
		.msg_name = &address,
		.msg_namelen = sizeof(address),
		.msg_iov = parts,
		.msg_iovlen = 2,
	};
}

/* Waiting messages have arbitrary contents, so they are not checked. */
static void end(void)
{
	unsigned char byte;
	int fd = channel_open();

	close(sock);
	channel_bind(fd, 5);
	while (recv(fd, &byte, sizeof(byte), MSG_DONTWAIT) >= 0)
		;
	close(fd);
}

/* Every entry of the store must be complete, however it was set. */
static void check_store(void)
{
	static union {
		struct kctl_table table;
		unsigned char bytes[1 << 20];
	} answer;
	int size = store_get_table(store, &answer.table, sizeof(answer));
	int at = sizeof(answer.table);
	uint32_t i;

	for (i = 0; at < size && i < answer.table.entries; i++) {
		struct kctl_entry *entry = (void *)(answer.bytes + at);

		if (!entry->name[0] || entry->name[KCTL_NAME_SIZE - 1] ||
		    entry->size > KCTL_VALUE_MAX || entry->flags > 1)
			complain("an entry that cannot be");
		at += (int)KCTL_TABLE_STRIDE(entry->size);
	}
	if (at != size)
		complain("a table of %d bytes ends at %d", size, at);
}

static void finish(void)
{
	check_store();
	store_clear(store);
	close(store);
	store = -1;
}

/* ---- calls ---- */

static void scribble_table(volatile uint32_t *number, volatile uint32_t *size,
			   volatile char *name)
{
	static const uint32_t sizes[] = {
		VALUE, 0, VALUE + 8, 65535, 65536, ~0U
	};

	*size = sizes[below(6)];
	*number = below(2) ? ENTRIES : below(8);
	name[below(KCTL_NAME_SIZE)] = (char)below(256);
	*size = VALUE;
	*number = ENTRIES;
}

static void scribble_message(volatile struct msghdr *message,
			     volatile struct iovec *part)
{
	static const size_t sizes[] = { 0, 100, 1 << 20, (1 << 20) + 1, ~0UL };

	part->iov_len = sizes[below(5)];
	message->msg_iovlen = below(2) ? 2 : below(2000);
	part->iov_base = below(4) ? shared.bytes : NULL;
	message->msg_namelen = below(2) ? sizeof(address) : below(200);
	part->iov_len = 100;
	message->msg_iovlen = 2;
}

static int do_scribble(void)
{
	static const socklen_t lengths[] = { 0, 1, 88, 112, 8192, 1 << 20, ~0U };
	struct whole_entry *entries = (void *)shared.table.entries;
	volatile socklen_t *optlen = &length;
	volatile __u16 *zero = &address.skc_zero;
	int i;

	for (i = 0; i < 50; i++) {
		scribble_table(&shared.table.header.entries,
			       &entries[below(ENTRIES)].header.size,
			       entries[below(ENTRIES)].header.name);
		scribble_table(&shared.entry.header.flags,
			       &shared.entry.header.size,
			       shared.entry.header.name);
		scribble_message(&header, &parts[below(2)]);
		*optlen = lengths[below(7)];
		*zero = (__u16)below(2);
	}
	return 0;
}

static int set(int option, size_t size)
{
	return result(
		setsockopt(store, SOL_IP, option, &shared, (socklen_t)size));
}

static int do_set(void)
{
	put(&shared.entry, 0);
	return set(KCTL_SO_SET_ENTRY, sizeof(shared.entry));
}

static int do_delete(void)
{
	shared.entry.header.size = 0;
	return set(KCTL_SO_DEL_ENTRY, sizeof(shared.entry.header));
}

static int do_replace(void)
{
	return set(KCTL_SO_REPLACE, sizeof(shared.table));
}

static int get(int option)
{
	return result(getsockopt(store, SOL_IP, option, &shared, &length));
}

static int do_get(void)
{
	shared.entry.header.size = 0;
	return get(KCTL_SO_GET_ENTRY);
}

static int do_get_table(void)
{
	return get(KCTL_SO_GET_TABLE);
}

static int do_getsockopt(void)
{
	return result(getsockopt(sock, SOL_KCTL, KCTL_MODE, &shared, &length));
}

static int do_setsockopt(void)
{
	return result(setsockopt(sock, SOL_KCTL, KCTL_MODE, &shared, 4));
}

static int do_bind(void)
{
	return result(bind(sock, (struct sockaddr *)&address, sizeof(address)));
}

static int do_sendmsg(void)
{
	return result(sendmsg(sock, &header, MSG_DONTWAIT));
}

/* The call also writes to the address. */
static int do_recvmsg(void)
{
	int ret;

	send_to(sock, 5, 150);
	ret = result(recvmsg(sock, &header, MSG_DONTWAIT));
	address = channel_address(5);
	return ret;
}

static const struct action actions[] = {
	{ "scribble", do_scribble },
	{ "set", do_set },
	{ "delete", do_delete },
	{ "replace", do_replace },
	{ "get", do_get },
	{ "get-table", do_get_table },
	{ "getsockopt", do_getsockopt },
	{ "setsockopt", do_setsockopt },
	{ "bind", do_bind },
	{ "sendmsg", do_sendmsg },
	{ "recvmsg", do_recvmsg },
	{ NULL, NULL },
};

static const int errors[] = {
	EINVAL,	      EMSGSIZE,	    EFAULT,   EEXIST, ENOENT,  ESTALE, EAGAIN,
	EAFNOSUPPORT, EDESTADDRREQ, ENOTCONN, ENOSPC, ENOBUFS, 0
};

const struct object memory_object = {
	.name = "memory",
	.actions = actions,
	.errors = errors,
	.begin = begin,
	.end = end,
	.finish = finish,
	.only_with_first = true,
};
