// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The input is the kernel's side of a netlink socket. The first byte selects the request;
 * then come datagrams, each after its length in two bytes. A length above LENGTH_MAX makes
 * the receive call fail. A message with sequence number NUMBER_ANY answers the last request:
 * a random number would match only once in four thousand million messages.
 */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <sanitizer/asan_interface.h>

#include "lib/genl.h"

#define SOCKET	   1000
#define FAMILY	   42
#define GROUP	   7
#define LENGTH_MAX 0xfff0
#define NUMBER_ANY 0xffffffff

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
	const uint8_t *at;
	size_t left;
	uint32_t number; /* of the last request */
	bool fixed_family;
} kernel;

static uint64_t sum; /* uses every value, so that no read is optimised away */

/* ---- the system calls, for libmnl too ----------------------------------------- */

int socket(int domain, int type, int protocol)
{
	(void)domain;
	(void)type;
	(void)protocol;
	return SOCKET;
}

int close(int fd)
{
	return fd == SOCKET ? 0 : (int)syscall(SYS_close, fd);
}

int getsockname(int fd, struct sockaddr *restrict addr, socklen_t *restrict len)
{
	struct sockaddr_nl name = { .nl_family = AF_NETLINK, .nl_pid = 1 };

	(void)fd;
	memcpy(addr, &name, sizeof(name));
	*len = sizeof(name);
	return 0;
}

unsigned int if_nametoindex(const char *name)
{
	(void)name;
	return 1;
}

char *if_indextoname(unsigned int ifindex, char *name)
{
	return ifindex == 1 ? strcpy(name, "lo") : NULL;
}

int bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	(void)fd;
	(void)addr;
	(void)len;
	return 0;
}

int setsockopt(int fd, int level, int option, const void *value, socklen_t len)
{
	(void)fd;
	(void)level;
	(void)option;
	(void)value;
	(void)len;
	return 0;
}

ssize_t sendto(int fd, const void *data, size_t size, int flags,
	       const struct sockaddr *addr, socklen_t len)
{
	const struct nlmsghdr *nlh = data;

	(void)fd;
	(void)flags;
	(void)addr;
	(void)len;
	kernel.number = nlh->nlmsg_seq;
	return (ssize_t)size;
}

/* Give answers the number of the last request. A bad length ends the walk, as in libmnl. */
static void number_messages(uint8_t *datagram, size_t size)
{
	while (size >= sizeof(struct nlmsghdr)) {
		struct nlmsghdr nlh;
		size_t step;

		memcpy(&nlh, datagram, sizeof(nlh));
		if (nlh.nlmsg_seq == NUMBER_ANY)
			nlh.nlmsg_seq = kernel.number;
		memcpy(datagram, &nlh, sizeof(nlh));
		step = MNL_ALIGN((size_t)nlh.nlmsg_len);
		if (step < sizeof(nlh) || step > size)
			break;
		datagram += step;
		size -= step;
	}
}

static ssize_t fail(size_t length)
{
	static const int errors[] = { ENOBUFS, EINTR, ENOMEM };

	errno = errors[length % 3];
	return -1;
}

/* Nothing may read the bytes of the buffer after a datagram. */
static ssize_t receive(void *buffer, size_t room)
{
	size_t size;

	if (kernel.left < 2) {
		errno = EAGAIN;
		return -1;
	}
	size = (size_t)kernel.at[0] << 8 | kernel.at[1];
	kernel.at += 2;
	kernel.left -= 2;
	if (size >= LENGTH_MAX)
		return fail(size);
	if (size > kernel.left)
		size = kernel.left;
	if (size > room)
		size = room;
	ASAN_UNPOISON_MEMORY_REGION(buffer, room);
	memcpy(buffer, kernel.at, size);
	number_messages(buffer, size);
	ASAN_POISON_MEMORY_REGION((uint8_t *)buffer + size, room - size);
	kernel.at += size;
	kernel.left -= size;
	return (ssize_t)size;
}

static ssize_t answer_family(void *buffer)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer), *ack;
	struct nlattr *groups, *group;

	nlh->nlmsg_type = GENL_ID_CTRL;
	nlh->nlmsg_seq = kernel.number;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct genlmsghdr));
	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, FAMILY);
	groups = mnl_attr_nest_start(nlh, CTRL_ATTR_MCAST_GROUPS);
	group = mnl_attr_nest_start(nlh, 1);
	mnl_attr_put_u32(nlh, CTRL_ATTR_MCAST_GRP_ID, GROUP);
	mnl_attr_put_strz(nlh, CTRL_ATTR_MCAST_GRP_NAME, KCTL_GENL_GROUP_STORE);
	mnl_attr_nest_end(nlh, group);
	mnl_attr_nest_end(nlh, groups);
	ack = mnl_nlmsg_put_header(mnl_nlmsg_get_payload_tail(nlh));
	ack->nlmsg_type = NLMSG_ERROR;
	ack->nlmsg_seq = kernel.number;
	mnl_nlmsg_put_extra_header(ack, sizeof(struct nlmsgerr));
	return (ssize_t)(nlh->nlmsg_len + ack->nlmsg_len);
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	struct sockaddr_nl from = { .nl_family = AF_NETLINK };
	ssize_t got;

	(void)fd;
	(void)flags;
	if (kernel.fixed_family)
		got = answer_family(msg->msg_iov->iov_base);
	else
		got = receive(msg->msg_iov->iov_base, msg->msg_iov->iov_len);
	kernel.fixed_family = false;
	memcpy(msg->msg_name, &from, sizeof(from));
	msg->msg_namelen = sizeof(from);
	return got;
}

/* ---- what is asked ------------------------------------------------------------- */

static void add_bytes(const void *data, size_t size)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < size; i++)
		sum += bytes[i];
}

static int take_record(void *data, const struct kctl_record *record,
		       const uint8_t *packet)
{
	(void)data;
	add_bytes(packet, record->captured);
	return (int)(record->seq % 64 == 63);
}

static int take_event(void *data, const struct kctl_store_event *event)
{
	(void)data;
	add_bytes(event->name, strlen(event->name));
	add_bytes(event->command, strlen(event->command));
	return 0;
}

static void ask_status(struct kctl_genl *genl)
{
	struct kctl_status *status;

	if (kctl_status_get(genl, &status))
		return;
	if (strlen(kctl_status_module_version(status)) > 31 ||
	    kctl_status_has(status, KCTL_A_STATUS_MAX + 1))
		abort();
	kctl_status_free(status);
}

static void ask_watch(struct kctl_genl *genl)
{
	struct kctl_watch_filter filter = { .snaplen = 128, .ifindex = 1 };
	struct kctl_watch_totals totals = { 0 };

	if (kctl_watch_start(genl, &filter, sizeof(filter), take_record, NULL))
		return;
	if (!kctl_watch_read(genl))
		kctl_watch_stop(genl, &totals, sizeof(totals));
}

static void ask_store(struct kctl_genl *genl)
{
	uint64_t generation;
	int err;

	if (kctl_store_subscribe(genl, take_event, NULL))
		return;
	do {
		err = kctl_store_events(genl);
	} while (!err || err == -ENOBUFS);
	if (err == -EAGAIN)
		kctl_store_sync(genl, &generation);
}

static void ask_sync(struct kctl_genl *genl)
{
	uint64_t generation;

	if (kctl_store_subscribe(genl, take_event, NULL))
		return;
	kctl_store_sync(genl, &generation);
}

static void ask_watchers(struct kctl_genl *genl)
{
	struct kctl_watchers *list;

	if (kctl_watchers_get(genl, &list))
		return;
	for (size_t i = 0; i < list->count; i++) {
		const struct kctl_watch_filter *f = list->watchers[i]->filter;

		if (f->types4_count > 256 || f->types6_count > 256)
			abort();
		add_bytes(f, sizeof(*f));
	}
	kctl_watchers_free(list);
}

static void ask_channels(struct kctl_genl *genl)
{
	struct kctl_channels *list;

	if (kctl_channels_get(genl, &list))
		return;
	for (size_t i = 0; i < list->count; i++)
		add_bytes(list->channels[i]->sockets,
			  list->channels[i]->listed * sizeof(uint32_t));
	kctl_channels_free(list);
}

static void ask_set_channel(struct kctl_genl *genl)
{
	struct kctl_channel_settings settings = { .has_mode = true,
						  .mode = 0600 };

	kctl_channel_set(genl, 5, &settings, sizeof(settings));
	kctl_channel_flush(genl, 5);
	kctl_channel_delete(genl, 5);
}

static void ask_link(void)
{
	struct kctl_link *link;
	uint32_t ifindex;
	int err;

	if (kctl_link_open(&link, "lo", &ifindex))
		abort();
	do {
		err = kctl_link_read(link);
	} while (!err);
	kctl_link_close(link);
}

static void ask(void (*question)(struct kctl_genl *), bool fixed_family)
{
	struct kctl_genl *genl;

	kernel.fixed_family = fixed_family;
	if (kctl_genl_open(&genl))
		return;
	question(genl);
	if (strlen(kctl_genl_ext_ack(genl)) > 127)
		abort();
	kctl_genl_close(genl);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const questions[])(struct kctl_genl *) = {
		ask_status,   ask_watch,    ask_store,	     ask_sync,
		ask_watchers, ask_channels, ask_set_channel,
	};
	size_t count = sizeof(questions) / sizeof(questions[0]);

	if (!size)
		return 0;
	kernel.at = data + 1;
	kernel.left = size - 1;
	if ((data[0] & 0x7f) % (count + 1) == count)
		ask_link();
	else
		ask(questions[(data[0] & 0x7f) % (count + 1)],
		    !(data[0] & 0x80));
	return 0;
}
