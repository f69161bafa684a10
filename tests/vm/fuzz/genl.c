// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "genl.h"

#define ANSWER_SIZE (256 * 1024)
#define ANSWERS	    64
#define HEADER	    sizeof(struct nlattr)

static uint16_t family;
static uint32_t group;

uint16_t genl_family(void)
{
	return family;
}

uint32_t genl_group(void)
{
	return group;
}

void genl_put(struct request *r, int type, const void *data, size_t size)
{
	struct nlattr attr = { .nla_len = (uint16_t)(HEADER + size),
			       .nla_type = (uint16_t)type };

	memcpy(r->bytes + r->size, &attr, sizeof(attr));
	memcpy(r->bytes + r->size + sizeof(attr), data, size);
	r->size += (size_t)NLA_ALIGN(attr.nla_len);
}

void genl_put_u32(struct request *r, int type, uint32_t value)
{
	genl_put(r, type, &value, sizeof(value));
}

void genl_begin(struct request *r, int type, int cmd, int flags, uint32_t seq)
{
	struct nlmsghdr header = {
		.nlmsg_type = (uint16_t)type,
		.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags),
		.nlmsg_seq = seq,
	};
	struct genlmsghdr genl = { .cmd = (uint8_t)cmd, .version = 1 };

	*r = (struct request){ .size = HEADERS };
	memcpy(r->bytes, &header, sizeof(header));
	memcpy(r->bytes + NLMSG_HDRLEN, &genl, sizeof(genl));
}

static void finish(struct request *r)
{
	uint32_t size = (uint32_t)r->size;

	memcpy(r->bytes, &size, sizeof(size));
}

/* ---- answers ------------------------------------------------------------------- */

/* 1: goes on; else what the request came to. */
static int take_message(const struct nlmsghdr *nlh, uint32_t seq,
			genl_take_fn *take, void *data)
{
	if (nlh->nlmsg_seq != seq)
		return 1;
	if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE)
		return *(const int *)NLMSG_DATA(nlh);
	if (take)
		take(nlh, data);
	return 1;
}

/* What others asked for on this socket is thrown away with the rest. */
static int wait_answer(int fd, uint32_t seq, void *buffer, genl_take_fn *take,
		       void *data)
{
	for (int i = 0; i < ANSWERS; i++) {
		int64_t got = recv(fd, buffer, ANSWER_SIZE, MSG_DONTWAIT);
		struct nlmsghdr *nlh = buffer;
		int ret;

		if (got < 0 && errno != ENOBUFS && errno != EINTR)
			return UNKNOWN;
		for (; NLMSG_OK(nlh, got); nlh = NLMSG_NEXT(nlh, got)) {
			ret = take_message(nlh, seq, take, data);
			if (ret <= 0)
				return ret;
		}
	}
	return UNKNOWN;
}

int genl_ask(int fd, struct request *r, void *buffer, genl_take_fn *take,
	     void *data)
{
	finish(r);
	if (send(fd, r->bytes, r->size, 0) < 0)
		return -errno;
	return wait_answer(fd, ((struct nlmsghdr *)r->bytes)->nlmsg_seq, buffer,
			   take, data);
}

static int open_genl(int type)
{
	struct sockaddr_nl name = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, type | SOCK_CLOEXEC, NETLINK_GENERIC);

	if (fd >= 0 && bind(fd, (void *)&name, sizeof(name))) {
		close(fd);
		return -1;
	}
	return fd;
}

int genl_open(int number, int type)
{
	int fd = open_genl(type);

	if (fd < 0)
		return -errno;
	dup2(fd, number);
	close(fd);
	return 0;
}

/* ---- for who looks after all --------------------------------------------------- */

static void take_family(const struct nlmsghdr *nlh, void *data)
{
	const uint8_t *at = (const uint8_t *)nlh + HEADERS;
	const uint8_t *end = (const uint8_t *)nlh + nlh->nlmsg_len;

	(void)data;
	while (at + HEADER <= end) {
		const struct nlattr *attr = (const void *)at;

		if (attr->nla_type == CTRL_ATTR_FAMILY_ID)
			memcpy(&family, attr + 1, sizeof(family));
		/* One group: its number is where it is in the list of one. */
		if (attr->nla_type == CTRL_ATTR_MCAST_GROUPS) {
			const struct nlattr *id = attr + 2;

			if (id->nla_type != CTRL_ATTR_MCAST_GRP_ID)
				abort();
			memcpy(&group, id + 1, sizeof(group));
		}
		at += NLA_ALIGN(attr->nla_len);
	}
}

static int ask_alone(struct request *r, genl_take_fn *take, void *data)
{
	static _Alignas(struct nlmsghdr) uint8_t buffer[ANSWER_SIZE];
	int fd = open_genl(SOCK_RAW), ret = -EBADF;

	if (fd >= 0) {
		ret = genl_ask(fd, r, buffer, take, data);
		close(fd);
	}
	return ret;
}

bool genl_resolve(void)
{
	struct request r;

	genl_begin(&r, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_ACK, 1);
	genl_put(&r, CTRL_ATTR_FAMILY_NAME, KCTL_GENL_NAME,
		 sizeof(KCTL_GENL_NAME));
	return !ask_alone(&r, take_family, NULL) && family && group;
}

static void take_counters(const struct nlmsghdr *nlh, void *data)
{
	const uint8_t *at = (const uint8_t *)nlh + HEADERS;
	const uint8_t *end = (const uint8_t *)nlh + nlh->nlmsg_len;
	struct counters *counters = data;

	while (at + HEADER <= end) {
		const struct nlattr *attr = (const void *)at;
		size_t size = attr->nla_len - HEADER;

		if (attr->nla_type <= KCTL_A_STATUS_MAX && size <= 8)
			memcpy(&counters->value[attr->nla_type], attr + 1,
			       size);
		at += NLA_ALIGN(attr->nla_len);
	}
}

bool counters_read(struct counters *counters)
{
	struct request r;

	*counters = (struct counters){ 0 };
	genl_begin(&r, family, KCTL_CMD_GET_STATUS, NLM_F_ACK, 1);
	return !ask_alone(&r, take_counters, counters);
}

struct numbers {
	size_t count;
	uint32_t number[8192];
};

static void take_number(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr =
		(const void *)((const uint8_t *)nlh + HEADERS);
	struct numbers *numbers = data;

	/* The number comes first. */
	if (attr->nla_type != KCTL_A_CHANNEL_NUMBER || numbers->count == 8192)
		abort();
	memcpy(&numbers->number[numbers->count++], attr + 1, 4);
}

/* Deletes all channels, and what is in them. */
bool channels_clear(void)
{
	static struct numbers numbers;
	struct request r;

	numbers.count = 0;
	genl_begin(&r, family, KCTL_CMD_GET_CHANNELS, NLM_F_DUMP, 1);
	if (ask_alone(&r, take_number, &numbers))
		return false;
	for (size_t i = 0; i < numbers.count; i++) {
		genl_begin(&r, family, KCTL_CMD_DEL_CHANNEL, NLM_F_ACK, 1);
		genl_put_u32(&r, KCTL_A_CHANNEL_NUMBER, numbers.number[i]);
		if (ask_alone(&r, NULL, NULL))
			return false;
	}
	return true;
}

/*
 * As in setup_suite.bash: the first user of a hook, or of the time of packets, and the last
 * one patch the way of every packet, which kills the guests of QEMU 7.2. So there is one.
 */
bool hold_patches(void)
{
	static uint8_t buffer[ANSWER_SIZE];
	int time = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), one = 1;
	int watcher = open_genl(SOCK_RAW);
	struct request r;

	genl_begin(&r, family, KCTL_CMD_WATCH_START, NLM_F_ACK, 1);
	return !setsockopt(time, SOL_SOCKET, SO_TIMESTAMP, &one, sizeof(one)) &&
	       !genl_ask(watcher, &r, buffer, NULL, NULL);
}
