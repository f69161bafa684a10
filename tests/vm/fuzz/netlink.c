// SPDX-License-Identifier: GPL-2.0-or-later
/* Generic netlink: random requests */
#include <netinet/in.h>

#include "fuzz.h"

static int random_genl(struct caller *c)
{
	return GENL_FD + (int)below(c, GENL_SOCKETS);
}

static void begin_random(struct caller *c, struct genl_request *r, int cmd,
			 int flags)
{
	if (one_in(c, 40))
		flags ^= (int)(1U << below(c, 12)) & ~NLM_F_REQUEST &
			 ~NLM_F_ACK;
	genl_begin(r, genl.family, cmd, flags, (uint32_t)random_next(c));
}

/* Attributes that are unknown, misplaced, or of the wrong size. */
static void put_nonsense(struct caller *c, struct genl_request *r)
{
	uint8_t bytes[64];
	int type = (int)below(c, KCTL_A_WATCH_MAX + 4);

	if (!one_in(c, 12))
		return;
	for (size_t i = 0; i < sizeof(bytes); i += 8)
		memcpy(bytes + i, &(uint64_t){ random_next(c) }, 8);
	if (one_in(c, 4))
		type |= NLA_F_NESTED;
	genl_put(r, type, bytes, below(c, sizeof(bytes)));
}

/* The netlink header is not changed: its sequence number identifies the answer. */
static int ask_random(struct caller *c, struct genl_request *r)
{
	int fd = random_genl(c);

	put_nonsense(c, r);
	if (r->size > GENL_HEADERS)
		bend(c, r->bytes + GENL_HEADERS, r->size - GENL_HEADERS);
	if (one_in(c, 60))
		r->size -= below(c, (uint32_t)(r->size - NLMSG_HDRLEN) + 1);
	if (one_in(c, 60))
		bend(c, r->bytes + NLMSG_HDRLEN, GENL_HDRLEN);
	return genl_ask(fd, r, c->answer, NULL, NULL);
}

static int ask_command(struct caller *c, int cmd, int flags)
{
	struct genl_request r;

	begin_random(c, &r, cmd, flags);
	return ask_random(c, &r);
}

static int call_get_status(struct caller *c)
{
	return ask_command(c, KCTL_CMD_GET_STATUS, NLM_F_ACK);
}

/* Mostly loopback addresses, so that packets match. */
static void put_prefix(struct caller *c, struct genl_request *r, int type)
{
	uint8_t address[16] = { 127, 0, 0, 1 };

	if (one_in(c, 2)) {
		genl_put(r, type, address, 4);
		if (one_in(c, 2))
			genl_put_u32(r, type + 1, 32 - below(c, 12) % 2);
		return;
	}
	memset(address, 0, sizeof(address));
	address[15] = 1;
	genl_put(r, type, address, sizeof(address));
	if (one_in(c, 2))
		genl_put_u32(r, type + 1, 128 + below(c, 12) / 11);
}

static void put_filter(struct caller *c, struct genl_request *r)
{
	static const uint8_t types[] = { 0, 8, 3, 128, 129, 1 };

	if (one_in(c, 4))
		genl_put_u32(r, KCTL_A_WATCH_FAMILY,
			     (uint32_t)PICK(c, AF_INET, AF_INET6, AF_INET,
					    AF_UNIX));
	if (one_in(c, 4))
		genl_put_u32(r, KCTL_A_WATCH_DIRECTION,
			     (uint32_t)PICK(c, 1, 2, 3, 3, 0, 4));
	if (one_in(c, 6))
		genl_put(r, KCTL_A_WATCH_TYPES4, types,
			 1 + below(c, sizeof(types)));
	if (one_in(c, 6))
		genl_put(r, KCTL_A_WATCH_TYPES6, types,
			 1 + below(c, sizeof(types)));
	if (one_in(c, 2))
		genl_put_u32(r, KCTL_A_WATCH_SNAPLEN,
			     (uint32_t)PICK(c, 0, 20, 1500, KCTL_SNAPLEN_MAX,
					    65500));
	if (one_in(c, 8))
		genl_put_u32(r, KCTL_A_WATCH_IFINDEX, below(c, 3));
	if (one_in(c, 10))
		put_prefix(c, r, KCTL_A_WATCH_SRC);
	if (one_in(c, 10))
		put_prefix(c, r, KCTL_A_WATCH_DST);
	if (one_in(c, 10))
		put_prefix(c, r, KCTL_A_WATCH_HOST);
	if (one_in(c, 10))
		genl_put_u32(r, KCTL_A_WATCH_CODE, below(c, 2));
	if (one_in(c, 8))
		genl_put_u32(r, KCTL_A_WATCH_SAMPLE, below(c, 4));
	if (one_in(c, 2))
		genl_put_u32(r, KCTL_A_WATCH_COALESCE,
			     (uint32_t)PICK(c, 0, 0, 0, 1, 1, 100, 100, 1000,
					    20000, 2000000));
}

static int call_watch_start(struct caller *c)
{
	struct genl_request r;

	begin_random(c, &r, KCTL_CMD_WATCH_START, NLM_F_ACK);
	put_filter(c, &r);
	return ask_random(c, &r);
}

static int call_watch_stop(struct caller *c)
{
	return ask_command(c, KCTL_CMD_WATCH_STOP, NLM_F_ACK);
}

static int call_get_channels(struct caller *c)
{
	return ask_command(c, KCTL_CMD_GET_CHANNELS, NLM_F_DUMP);
}

static int call_get_watchers(struct caller *c)
{
	return ask_command(c, KCTL_CMD_GET_WATCHERS, NLM_F_DUMP);
}

static int call_set_channel(struct caller *c)
{
	struct genl_request r;
	const char *name;

	begin_random(c, &r, KCTL_CMD_SET_CHANNEL, NLM_F_ACK);
	genl_put_u32(&r, KCTL_A_CHANNEL_NUMBER, random_channel(c));
	if (one_in(c, 3))
		genl_put_u32(&r, KCTL_A_CHANNEL_UID,
			     (uint32_t)PICK(c, 0, 65534, 1000, -1));
	if (one_in(c, 3))
		genl_put_u32(&r, KCTL_A_CHANNEL_GID,
			     (uint32_t)PICK(c, 0, 65534, 1000, -1));
	if (one_in(c, 2))
		genl_put_u32(&r, KCTL_A_CHANNEL_MODE,
			     (uint32_t)PICK(c, 0600, 0666, 0, 0777));
	if (one_in(c, 3)) {
		name = PICK(c, "jobs", "work", "", "9", "not a name");
		genl_put(&r, KCTL_A_CHANNEL_NAME, name, strlen(name) + 1);
	}
	if (one_in(c, 3))
		genl_put_u32(&r, KCTL_A_CHANNEL_MAX_DELIVERIES, below(c, 4));
	if (one_in(c, 3))
		genl_put_u32(&r, KCTL_A_CHANNEL_DEAD_LETTER, random_channel(c));
	if (one_in(c, 3))
		genl_put_u32(&r, KCTL_A_CHANNEL_RETRY_DELAY,
			     (uint32_t)PICK(c, 0, 1, 5, 86400001));
	if (one_in(c, 3))
		genl_put_u32(&r, KCTL_A_CHANNEL_HOLD_TIME_MAX,
			     (uint32_t)PICK(c, 0, 1, 5, 86400001));
	if (one_in(c, 3))
		genl_put_u32(&r, KCTL_A_CHANNEL_TTL,
			     (uint32_t)PICK(c, 0, 1, 5, -1));
	return ask_random(c, &r);
}

static int ask_channel(struct caller *c, int cmd)
{
	struct genl_request r;

	begin_random(c, &r, cmd, NLM_F_ACK);
	genl_put_u32(&r, KCTL_A_CHANNEL_NUMBER, random_channel(c));
	return ask_random(c, &r);
}

static int call_delete_channel(struct caller *c)
{
	return ask_channel(c, KCTL_CMD_DEL_CHANNEL);
}

static int call_flush_channel(struct caller *c)
{
	return ask_channel(c, KCTL_CMD_FLUSH_CHANNEL);
}

/* Commands that only the kernel sends, and numbers that are no command. */
static int call_no_command(struct caller *c)
{
	struct genl_request r;

	begin_random(c, &r,
		     PICK(c, KCTL_CMD_UNSPEC, KCTL_CMD_ICMP_EVENTS,
			  KCTL_CMD_STORE_EVENT, KCTL_CMD_MAX + 1, 255),
		     NLM_F_ACK);
	put_filter(c, &r);
	return ask_random(c, &r);
}

int netlink_open(int number, int type)
{
	int fd = socket(AF_NETLINK, type | SOCK_CLOEXEC, NETLINK_GENERIC);
	struct sockaddr_nl name = { .nl_family = AF_NETLINK };

	int ret;

	if (fd < 0)
		return -errno;
	ret = result(bind(fd, (void *)&name, sizeof(name)));
	if (!ret)
		dup2(fd, number);
	close(fd);
	return ret;
}

static int call_open(struct caller *c)
{
	return netlink_open(random_genl(c),
			    one_in(c, 10) ? SOCK_STREAM : SOCK_RAW);
}

/* A small receive buffer causes overruns. */
static int call_buffer(struct caller *c)
{
	int size = PICK(c, 0, 10000, 1000000);

	return result(setsockopt(random_genl(c), SOL_SOCKET, SO_RCVBUF,
				 bend_pointer(c, &size), sizeof(size)));
}

static int call_close(struct caller *c)
{
	return result(close(random_genl(c)));
}

static int call_join(struct caller *c)
{
	uint32_t number = one_in(c, 30) ? 1U << 30 :
			  one_in(c, 2)	? genl.store_group :
					  genl.proto_group;

	return result(setsockopt(random_genl(c), SOL_NETLINK,
				 one_in(c, 5) ? NETLINK_DROP_MEMBERSHIP :
						NETLINK_ADD_MEMBERSHIP,
				 &number, sizeof(number)));
}

static int call_read(struct caller *c)
{
	return result(recv(random_genl(c), c->answer, 65536, MSG_DONTWAIT));
}

#define REQUEST_REFUSALS EPERM, EINVAL, EOPNOTSUPP, ERANGE

/* EAGAIN: the answer did not fit into the receive buffer, but this error did. */
#define ANSWER_REFUSALS REQUEST_REFUSALS, EAGAIN

/* A dump waits for the previous dump, and for space in the receive buffer. */
#define DUMP_REFUSALS REQUEST_REFUSALS, EBUSY, ENOBUFS

const struct operation netlink_operations[] = {
	{ "GET_STATUS", call_get_status, ERRORS(ANSWER_REFUSALS), 6, false },
	{ "WATCH_START", call_watch_start,
	  ERRORS(REQUEST_REFUSALS, EBUSY, ENOSPC, EAFNOSUPPORT), 24, false },
	{ "WATCH_STOP", call_watch_stop, ERRORS(ANSWER_REFUSALS, ENOENT), 10,
	  false },
	{ "GET_CHANNELS", call_get_channels, ERRORS(DUMP_REFUSALS), 6, false },
	{ "GET_WATCHERS", call_get_watchers, ERRORS(DUMP_REFUSALS), 6, false },
	{ "SET_CHANNEL", call_set_channel,
	  ERRORS(REQUEST_REFUSALS, ENOENT, ENOSPC, EEXIST, EACCES, ELOOP), 12,
	  false },
	{ "DEL_CHANNEL", call_delete_channel, ERRORS(REQUEST_REFUSALS, ENOENT),
	  8, false },
	{ "FLUSH_CHANNEL", call_flush_channel, ERRORS(REQUEST_REFUSALS, ENOENT),
	  6, false },
	{ "no such command", call_no_command, ERRORS(REQUEST_REFUSALS), 2,
	  true },
	{ "open netlink", call_open, ERRORS(ESOCKTNOSUPPORT), 8, false },
	{ "close netlink", call_close, ERRORS(EBADF), 2, false },
	{ "SO_RCVBUF", call_buffer, ERRORS(EINVAL), 3, false },
	{ "join store", call_join, ERRORS(EPERM, EINVAL), 6, false },
	{ "read netlink", call_read, ERRORS(EAGAIN, ENOBUFS, EINVAL), 24,
	  false },
	{ 0 },
};
