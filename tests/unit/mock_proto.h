/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A mock of a channel: its functions replace the system calls on sockets of the family */
#ifndef MOCK_PROTO_H
#define MOCK_PROTO_H

#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <time.h>

#include "mock_netlink.h"

/* What sendto(2) received, and what recvmsg(2) returns. */
static struct {
	int fd;
	struct sockaddr_kctl addr;
	char data[64];
	size_t size;
	int flags;
	struct timeval timeout; /* of the socket, for a send that waits */
	int error;
	size_t error_after; /* after this number of messages */
	struct {
		const char *data;
		ssize_t size; /* or a negative errno */
		uint32_t from;
		int flags;
		uint32_t missed; /* before it, in total */
	} queue[8];
	size_t taken;
	bool credentials, times; /* requested */
	bool tap;
	uint32_t messages, bytes; /* in channel 9 */
	uint32_t max_messages, max_bytes;
	uint32_t receivers; /* of channel 9 */
	/* In the status, unless the limit is 0. */
	uint32_t channels, channels_max;
	uint32_t all_bytes, all_max_bytes;
	int list_error; /* the answer to a request for the list of channels, or 0 */
	uint32_t missed; /* by the tap, in total */
	int mode; /* or -1 */
	bool exclusive;
	uint32_t connected;
	bool tells_owner;
	uint32_t owner;
	bool old; /* a module without options */
	int hold_error; /* of KCTL_HOLD, or 0 */
	bool no_delays; /* a module that holds messages, but knows no delays */
	int hold; /* the window */
	int held;
	uint32_t settled[6]; /* how often with each verb */
	struct kctl_held dead; /* of all messages: how they died */
	bool history;
	bool readable;
	int stop; /* raised after the last message */
	int stop_early; /* raised where the queue says EAGAIN */
} channel;

/* Data and options that a command in a child process sent and set. */
static struct sent {
	size_t count;
	int mode;
	bool exclusive;
	uint32_t connected;
	uint32_t settled[6];
	int hold_time;
	uint32_t delay; /* the last one that is not 0 */
	struct {
		char data[32];
		size_t size;
		uint32_t channel;
		int64_t when;
	} message[16];
} * sent;

static inline int proto_socket(int type)
{
	assert_int_equal(type, SOCK_DGRAM | SOCK_CLOEXEC);
	channel.fd = eventfd(channel.readable, 0);
	return channel.fd;
}

static inline void check_address(const struct sockaddr_kctl *addr)
{
	assert_int_equal(addr->skc_family, MOCK_PROTO_FAMILY);
	assert_int_equal(addr->skc_zero, 0);
}

static inline int proto_bind(const struct sockaddr_kctl *addr, socklen_t len)
{
	assert_int_equal(len, sizeof(*addr));
	check_address(addr);
	channel.addr = *addr;
	errno = channel.error;
	return channel.error ? -1 : 0;
}

static inline void proto_getsockname(struct sockaddr_kctl *addr)
{
	*addr = channel.addr;
	if (!addr->skc_channel)
		addr->skc_channel = KCTL_CHANNEL_EPHEMERAL;
}

static inline int set_option(int option, int value)
{
	if (channel.old) {
		errno = ENOPROTOOPT;
		return -1;
	}
	if (option == KCTL_HOLD_TIME) {
		errno = channel.no_delays ? ENOPROTOOPT : 0;
		sent->hold_time = errno ? 0 : value;
		return errno ? -1 : 0;
	}
	if (option == KCTL_HOLD) {
		errno = channel.hold_error;
		channel.hold = errno ? 0 : value;
		return errno ? -1 : 0;
	}
	/* All other options must be set before bind(2). */
	assert_int_equal(channel.addr.skc_family, 0);
	if (option == KCTL_TAP)
		channel.tap = value;
	else if (option == KCTL_EXCLUSIVE)
		channel.exclusive = sent->exclusive = value;
	else if (option == KCTL_MODE)
		channel.mode = sent->mode = value;
	else if (option == KCTL_CREDENTIALS)
		channel.credentials = value;
	else if (option == KCTL_HISTORY)
		channel.history = value;
	else
		fail_msg("option %d", option);
	return 0;
}

static inline int proto_setsockopt(int level, int option, int value)
{
	if (level == SOL_KCTL)
		return set_option(option, value);
	assert_int_equal(level, SOL_SOCKET);
	if (option != SO_RCVBUFFORCE)
		assert_int_equal(value, 1);
	/* Kernels since 6.16 refuse it: it is for modules that know nothing else. */
	if (option == SO_PASSCRED && channel.old)
		channel.credentials = true;
	else if (option == SO_TIMESTAMPNS)
		channel.times = true;
	else if (option != SO_RXQ_OVFL && option != SO_RCVBUFFORCE)
		fail_msg("option %d", option);
	return 0;
}

/* The IDs of held messages are 1 to the number of messages taken. */
static inline int proto_settle(const struct kctl_settle *settles, size_t count)
{
	size_t i;

	errno = channel.old ? ENOPROTOOPT : 0;
	for (i = 0; i < count && channel.no_delays; i++)
		if (settles[i].delay || settles[i].verb > KCTL_SETTLE_RELEASE)
			errno = EINVAL;
	if (errno)
		return -1;
	for (i = 0; i < count; i++) {
		if (!settles[i].id || settles[i].id > channel.taken) {
			errno = ESTALE;
			continue;
		}
		channel.settled[settles[i].verb]++;
		sent->settled[settles[i].verb]++;
		if (settles[i].delay)
			sent->delay = settles[i].delay;
		channel.held -= settles[i].verb != KCTL_SETTLE_EXTEND;
	}
	return errno ? -1 : 0;
}

/* The name of channel 9 is "jobs". */
static inline int resolve(struct kctl_resolve *named)
{
	bool is_jobs = !strcmp(named->name, "jobs");

	errno = channel.old ? ENOPROTOOPT : is_jobs ? 0 : ENOENT;
	if (errno)
		return -1;
	named->channel = 9;
	return 0;
}

static inline int proto_getsockopt(int level, int option, int *value)
{
	assert_int_equal(level, SOL_KCTL);
	if (option == KCTL_HELD) {
		*value = channel.held;
		errno = channel.old ? ENOPROTOOPT : 0;
		return channel.old ? -1 : 0;
	}
	if (option == KCTL_RESOLVE)
		return resolve((struct kctl_resolve *)(void *)value);
	if (option == KCTL_OWNER && !channel.tells_owner) {
		errno = ENOPROTOOPT;
		return -1;
	}
	if (option == KCTL_OWNER) {
		*value = (int)channel.owner;
		return 0;
	}
	assert_int_equal(option, KCTL_DROPS);
	*value = (int)channel.missed;
	return 0;
}

static inline int proto_connect(const struct sockaddr_kctl *addr)
{
	if (addr->skc_family == AF_UNSPEC) {
		channel.connected = 0;
		return 0;
	}
	check_address(addr);
	channel.connected = sent->connected = addr->skc_channel;
	errno = channel.connected == 13 ? EACCES : 0;
	return errno ? -1 : 0;
}

static inline int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

static inline ssize_t proto_sendto(const void *data, size_t size, int flags,
				   const struct sockaddr_kctl *addr)
{
	size_t i = sent->count % COUNT(sent->message);

	check_address(addr);
	assert_int_equal(flags & ~MSG_DONTWAIT, 0);
	channel.addr = *addr;
	channel.size = size;
	channel.flags = flags;
	if (!flags)
		channel.timeout = mock.send_timeout;
	memcpy(channel.data, data, size < 64 ? size : 64);
	errno = channel.error;
	if (channel.error && sent->count >= channel.error_after)
		return -1;
	memcpy(sent->message[i].data, data, size < 32 ? size : 32);
	sent->message[i].size = size;
	sent->message[i].channel = addr->skc_channel;
	sent->message[i].when = now();
	sent->count++;
	return (ssize_t)size;
}

static inline struct cmsghdr *put_control(struct msghdr *msg,
					  struct cmsghdr *cmsg, int type,
					  const void *data, size_t size)
{
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = type;
	cmsg->cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(cmsg), data, size);
	return CMSG_NXTHDR(msg, cmsg);
}

static inline uint64_t mock_monotonic(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static inline void put_details(struct msghdr *msg, uint32_t missed, bool takes)
{
	struct ucred cred = { .pid = 4711, .uid = 1000, .gid = 100 };
	struct timespec ts = { .tv_sec = 1700000000, .tv_nsec = 123456789 };
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg);
	size_t size = 0;

	memset(msg->msg_control, 0, msg->msg_controllen);
	if (takes &&
	    (channel.hold || (channel.history && channel.dead.dead_from))) {
		struct kctl_held held = channel.dead;

		held.id = channel.hold ? channel.taken : 0;
		held.deliveries = 2;
		if (sent->hold_time && !held.deadline)
			held.deadline = mock_monotonic() +
					(uint64_t)sent->hold_time * 1000000;

		size += CMSG_SPACE(sizeof(held));
		cmsg->cmsg_level = SOL_KCTL;
		cmsg->cmsg_type = SCM_KCTL_HELD;
		cmsg->cmsg_len = CMSG_LEN(sizeof(held));
		memcpy(CMSG_DATA(cmsg), &held, sizeof(held));
		cmsg = CMSG_NXTHDR(msg, cmsg);
		channel.held += channel.hold > 0;
	}
	if (channel.times) {
		size += CMSG_SPACE(sizeof(ts));
		cmsg = put_control(msg, cmsg, SCM_TIMESTAMPNS, &ts, sizeof(ts));
	}
	if (channel.credentials) {
		size += CMSG_SPACE(sizeof(cred));
		cmsg = put_control(msg, cmsg, SCM_CREDENTIALS, &cred,
				   sizeof(cred));
	}
	if (channel.tap && missed) {
		size += CMSG_SPACE(sizeof(missed));
		put_control(msg, cmsg, SO_RXQ_OVFL, &missed, sizeof(missed));
	}
	assert_true(msg->msg_controllen >= size);
	msg->msg_controllen = size;
}

static inline bool queue_is_empty(size_t i)
{
	return i == COUNT(channel.queue) ||
	       (!channel.queue[i].data && !channel.queue[i].size);
}

static inline ssize_t proto_recvmsg(struct msghdr *msg, int flags)
{
	struct sockaddr_kctl *addr = msg->msg_name;
	size_t i = channel.taken;
	uint64_t value;

	assert_int_equal(flags & ~MSG_PEEK, MSG_DONTWAIT);
	assert_int_equal(msg->msg_namelen, sizeof(*addr));
	assert_int_equal(msg->msg_iovlen, 1);
	assert_int_equal(msg->msg_iov->iov_len, KCTL_MESSAGE_MAX);
	if (queue_is_empty(i)) {
		/* The socket is no longer readable. */
		if (channel.readable)
			assert_int_equal(read(channel.fd, &value, 8), 8);
		channel.readable = false;
		if (channel.stop)
			raise(channel.stop);
		errno = EAGAIN;
		return -1;
	}
	if (!(flags & MSG_PEEK))
		channel.taken++;
	if (channel.queue[i].size < 0) {
		if (channel.stop_early)
			raise(channel.stop_early);
		errno = (int)-channel.queue[i].size;
		return -1;
	}
	addr->skc_channel = channel.queue[i].from;
	msg->msg_flags = channel.queue[i].flags;
	put_details(msg, channel.queue[i].missed, !(flags & MSG_PEEK));
	memcpy(msg->msg_iov->iov_base, channel.queue[i].data,
	       (size_t)channel.queue[i].size);
	return channel.queue[i].size;
}

static const struct mock_proto proto = {
	.socket = proto_socket,
	.bind = proto_bind,
	.getsockname = proto_getsockname,
	.sendto = proto_sendto,
	.recvmsg = proto_recvmsg,
	.setsockopt = proto_setsockopt,
	.settle = proto_settle,
	.getsockopt = proto_getsockopt,
	.connect = proto_connect,
};

static inline void answer_list(const struct nlmsghdr *request)
{
	struct nlmsghdr *nlh = mock_reply(request, KCTL_CMD_GET_CHANNELS);

	if (channel.list_error) {
		mock_ack(request, channel.list_error, NULL);
		return;
	}
	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_NUMBER, 9);
	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_MESSAGES, channel.messages);
	mnl_attr_put_u64(nlh, KCTL_A_CHANNEL_BYTES, channel.bytes);
	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_RECEIVERS, channel.receivers);
	mock_send(nlh);
	mock_done(request, 0);
}

static inline void answer_family(const struct nlmsghdr *request, uint8_t cmd)
{
	struct nlmsghdr *nlh;

	if (cmd == KCTL_CMD_GET_CHANNELS) {
		answer_list(request);
		return;
	}
	assert_int_equal(cmd, KCTL_CMD_GET_STATUS);
	nlh = mock_reply(request, cmd);
	mnl_attr_put_u32(nlh, KCTL_A_STATUS_FAMILY, MOCK_PROTO_FAMILY);
	mnl_attr_put_u32(nlh, KCTL_A_STATUS_CHANNEL_MAX_MESSAGES,
			 channel.max_messages);
	mnl_attr_put_u64(nlh, KCTL_A_STATUS_CHANNEL_MAX_BYTES,
			 channel.max_bytes);
	if (channel.channels_max) {
		mnl_attr_put_u32(nlh, KCTL_A_STATUS_CHANNELS, channel.channels);
		mnl_attr_put_u32(nlh, KCTL_A_STATUS_CHANNELS_MAX,
				 channel.channels_max);
	}
	if (channel.all_max_bytes) {
		mnl_attr_put_u64(nlh, KCTL_A_STATUS_PROTO_BYTES,
				 channel.all_bytes);
		mnl_attr_put_u64(nlh, KCTL_A_STATUS_PROTO_MAX_BYTES,
				 channel.all_max_bytes);
	}
	mock_send(nlh);
	mock_ack(request, 0, NULL);
}

static inline int setup(void **state)
{
	(void)state;
	mock_reset(answer_family);
	mock.proto = &proto;
	memset(&channel, 0, sizeof(channel));
	channel.readable = true;
	channel.mode = -1;
	memset(sent, 0, sizeof(*sent));
	return 0;
}

static inline int map_shared(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	sent = mmap(NULL, sizeof(*sent), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return sent == MAP_FAILED ? -1 : 0;
}

static inline void put(size_t i, const char *data, ssize_t size, uint32_t from)
{
	channel.queue[i].data = data;
	channel.queue[i].size = size;
	channel.queue[i].from = from;
}

/* Makes @text the standard input of the following commands. */
static inline void set_input(const char *text, size_t size)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, size, file), size);
	assert_int_equal(fflush(file), 0);
	assert_int_equal(lseek(fileno(file), 0, SEEK_SET), 0);
	assert_int_equal(dup2(fileno(file), STDIN_FILENO), STDIN_FILENO);
	fclose(file);
	memset(sent, 0, sizeof(*sent));
}

static inline void assert_sent(size_t i, const char *data, size_t size)
{
	assert_true(i < sent->count);
	assert_int_equal(sent->message[i].size, size);
	assert_memory_equal(sent->message[i].data, data, size);
}

#endif /* MOCK_PROTO_H */
