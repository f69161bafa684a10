/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mock of generic netlink: the socket is one end of a pair, and sendto(2) on it calls
 * a function of the test, which answers into the other end before sendto(2) returns, as
 * the kernel does. The functions below replace the system calls of the same name, for
 * libmnl too.
 *
 * An option, a command or an attribute that the kernel does not know fails the test, or
 * returns the errno of the kernel.
 */
#ifndef MOCK_NETLINK_H
#define MOCK_NETLINK_H

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/kctl.h>
#include <linux/rtnetlink.h>

#include "mock_request.h"

#define MOCK_FAMILY	  42
#define MOCK_PORT	  4711
#define MOCK_PROTO_FAMILY 18

/* System calls on sockets of the protocol family, if the test has any. */
struct mock_proto {
	int (*socket)(int type);
	int (*bind)(const struct sockaddr_kctl *addr, socklen_t len);
	void (*getsockname)(struct sockaddr_kctl *addr);
	ssize_t (*sendto)(const void *data, size_t size, int flags,
			  const struct sockaddr_kctl *addr);
	ssize_t (*sendmsg)(const struct msghdr *msg, int flags);
	ssize_t (*recvmsg)(struct msghdr *msg, int flags);
	int (*setsockopt)(int level, int option, int value);
	int (*settle)(const struct kctl_settle *settles, size_t count);
	int (*getsockopt)(int level, int option, int *value);
	int (*connect)(const struct sockaddr_kctl *addr);
};

/* System calls at SOL_IP, if the test has any: the result, or minus an errno. */
struct mock_store {
	int (*set)(int option, const void *value, socklen_t len);
	int (*get)(int option, void *value, socklen_t *len);
};

#define MOCK_GROUP	 7
#define MOCK_PROTO_GROUP (MOCK_GROUP + 2)

static struct mock {
	int fd; /* the end of the program; -1 before it opens it */
	int kernel; /* our end */
	int route; /* likewise, of a socket of rtnetlink */
	int route_user; /* the other end of that; -1 before it was opened */
	int rcvbuf; /* as requested by the program */
	int rcvbuf_max; /* limit of that; 0: none */
	int route_overruns;
	int forged; /* this many datagrams are from another process */
	int route_forged;
	bool loaded;
	int overruns; /* this many receives fail with ENOBUFS */
	int starts;
	int stops;
	int dumps;
	void (*handle)(const struct nlmsghdr *request, uint8_t cmd);
	const struct mock_proto *proto;
	const struct mock_store *store;
	bool old; /* the family has no multicast group */
	const int64_t *offset; /* of records; NULL: the module is too old */
	void (*join)(void); /* after the group was joined */
	/* The process that changed the store; NULL: the module is too old. */
	void (*put_changer)(struct nlmsghdr *nlh);
	struct timeval send_timeout;
	_Alignas(struct nlmsghdr) char buffer[128 * 1024];
} mock = { .fd = -1, .route_user = -1 };

/* Begins a message in the buffer. */
static inline struct nlmsghdr *mock_begin(uint16_t type, uint32_t seq,
					  uint8_t cmd)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(mock.buffer);
	struct genlmsghdr *ghdr;

	nlh->nlmsg_type = type;
	nlh->nlmsg_seq = seq;
	ghdr = mnl_nlmsg_put_extra_header(nlh, sizeof(*ghdr));
	ghdr->cmd = cmd;
	return nlh;
}

static inline struct nlmsghdr *mock_reply(const struct nlmsghdr *request,
					  uint8_t cmd)
{
	return mock_begin(MOCK_FAMILY, request->nlmsg_seq, cmd);
}

static inline void mock_send(const struct nlmsghdr *nlh)
{
	if (send(mock.kernel, nlh, nlh->nlmsg_len, 0) < 0)
		abort();
}

/* NLMSG_ERROR as with NETLINK_CAP_ACK: the header of the request, then text. */
static inline void mock_ack(const struct nlmsghdr *request, int error,
			    const char *words)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(mock.buffer);
	struct nlmsgerr *e;

	nlh->nlmsg_type = NLMSG_ERROR;
	nlh->nlmsg_flags = NLM_F_CAPPED;
	nlh->nlmsg_seq = request->nlmsg_seq;
	e = mnl_nlmsg_put_extra_header(nlh, sizeof(*e));
	e->error = error;
	e->msg = *request;
	if (words) {
		nlh->nlmsg_flags |= NLM_F_ACK_TLVS;
		mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, words);
	}
	mock_send(nlh);
}

static inline void mock_done(const struct nlmsghdr *request, int error)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(mock.buffer);

	nlh->nlmsg_type = NLMSG_DONE;
	nlh->nlmsg_flags = NLM_F_MULTI;
	nlh->nlmsg_seq = request->nlmsg_seq;
	*(int *)mnl_nlmsg_put_extra_header(nlh, sizeof(int)) = error;
	mock_send(nlh);
}

/* Prints the attributes of a request instead of answering it. */
static inline void mock_show_attributes(const struct nlmsghdr *request,
					uint8_t cmd)
{
	const char *attrs = (const char *)request + NLMSG_HDRLEN + GENL_HDRLEN;
	int len = (int)(request->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN);
	const struct nlattr *attr = (const void *)attrs;
	char words[512] = "";

	assert_int_equal(cmd, KCTL_CMD_WATCH_START);
	for (; mnl_attr_ok(attr, len); attr = mnl_attr_next(attr)) {
		const uint8_t *payload = mnl_attr_get_payload(attr);
		size_t used = strlen(words);

		used += (size_t)snprintf(words + used, sizeof(words) - used,
					 "%u:", mnl_attr_get_type(attr));
		for (int i = 0; i < mnl_attr_get_payload_len(attr); i++)
			used += (size_t)snprintf(words + used,
						 sizeof(words) - used, "%u,",
						 payload[i]);
		len -= MNL_ALIGN(attr->nla_len);
	}
	mock_ack(request, -EINVAL, words);
}

static inline void mock_totals(const struct nlmsghdr *request, uint64_t matched)
{
	struct nlmsghdr *nlh = mock_reply(request, KCTL_CMD_WATCH_STOP);

	mnl_attr_put_u64(nlh, KCTL_A_WATCH_MATCHED, matched);
	mnl_attr_put_u64(nlh, KCTL_A_WATCH_LOST, 0);
	mnl_attr_put_u64(nlh, KCTL_A_WATCH_MAX + 1, 7);
	mock_send(nlh);
}

/* RTM_DELLINK of an interface; bridges also send it for their ports. */
static inline void mock_dellink(int ifindex, uint8_t family)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(mock.buffer);
	struct ifinfomsg *info;

	nlh->nlmsg_type = RTM_DELLINK;
	info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	info->ifi_family = family;
	info->ifi_index = ifindex;
	if (send(mock.route, nlh, nlh->nlmsg_len, 0) < 0)
		abort();
}

/* One STORE_EVENT message; without a name it is a replacement. */
static inline void mock_store_event(uint32_t action, uint64_t generation,
				    const char *name)
{
	struct nlmsghdr *nlh = mock_begin(MOCK_FAMILY, 0, KCTL_CMD_STORE_EVENT);

	mnl_attr_put_u32(nlh, KCTL_A_STORE_ACTION, action);
	mnl_attr_put_u64(nlh, KCTL_A_STORE_GENERATION, generation);
	if (name)
		mnl_attr_put_strz(nlh, KCTL_A_STORE_NAME, name);
	if (mock.put_changer)
		mock.put_changer(nlh);
	mock_send(nlh);
}

/* Begin one PROTO_EVENT message. */
static inline struct nlmsghdr *mock_proto_event(uint32_t action, uint64_t seq,
						uint32_t channel)
{
	struct nlmsghdr *nlh = mock_begin(MOCK_FAMILY, 0, KCTL_CMD_PROTO_EVENT);

	mnl_attr_put_u32(nlh, KCTL_A_PROTO_ACTION, action);
	mnl_attr_put_u64(nlh, KCTL_A_PROTO_SEQ, seq);
	mnl_attr_put_u32(nlh, KCTL_A_PROTO_CHANNEL, channel);
	return nlh;
}

static inline void mock_put_groups(struct nlmsghdr *nlh)
{
	static const char *const names[] = { KCTL_GENL_GROUP_STORE, "stores",
					     KCTL_GENL_GROUP_PROTO };
	struct nlattr *groups, *group;

	groups = mnl_attr_nest_start(nlh, CTRL_ATTR_MCAST_GROUPS);
	for (uint32_t i = 0; i < COUNT(names); i++) {
		group = mnl_attr_nest_start(nlh, (uint16_t)(i + 1));
		mnl_attr_put_strz(nlh, CTRL_ATTR_MCAST_GRP_NAME, names[i]);
		mnl_attr_put_u32(nlh, CTRL_ATTR_MCAST_GRP_ID, MOCK_GROUP + i);
		mnl_attr_nest_end(nlh, group);
	}
	mnl_attr_nest_end(nlh, groups);
}

static inline void mock_getfamily(const struct nlmsghdr *request)
{
	const struct genlmsghdr *header = mnl_nlmsg_get_payload(request);
	const struct nlattr *name = (const void *)(header + 1);
	struct nlmsghdr *nlh;

	assert_int_equal(header->cmd, CTRL_CMD_GETFAMILY);
	assert_int_equal(mnl_attr_get_type(name), CTRL_ATTR_FAMILY_NAME);
	assert_string_equal(mnl_attr_get_str(name), KCTL_GENL_NAME);
	if (!mock.loaded) {
		mock_ack(request, -ENOENT, NULL);
		return;
	}
	nlh = mock_begin(GENL_ID_CTRL, request->nlmsg_seq, CTRL_CMD_NEWFAMILY);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, KCTL_GENL_NAME);
	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, MOCK_FAMILY);
	if (!mock.old)
		mock_put_groups(nlh);
	mock_send(nlh);
	mock_ack(request, 0, NULL);
}

static inline void mock_reset(void (*handle)(const struct nlmsghdr *, uint8_t))
{
	if (mock.fd >= 0) {
		syscall(SYS_close, mock.kernel);
		mock.fd = -1;
	}
	mock.loaded = true;
	mock.rcvbuf = mock.rcvbuf_max = mock.route_overruns = 0;
	mock.forged = mock.route_forged = 0;
	mock.overruns = mock.starts = mock.stops = mock.dumps = 0;
	mock.handle = handle;
	mock.offset = NULL;
}

/* ---- the system calls ----------------------------------------------------------- */

static inline int mock_result(int err)
{
	errno = -err;
	return err ? -1 : 0;
}

static inline bool mock_is_netlink(int fd)
{
	return fd == mock.fd || fd == mock.route_user;
}

/* The calls of the protocol family, if the test has any. */
static inline const struct mock_proto *mock_proto_of(int fd)
{
	if (!mock.proto)
		fail_msg("socket %d is none of this test", fd);
	return mock.proto;
}

static inline int mock_socket_netlink(int type, int protocol)
{
	int pair[2];

	if (protocol != NETLINK_ROUTE)
		assert_int_equal(protocol, NETLINK_GENERIC);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | (type & ~SOCK_RAW), 0, pair))
		return -1;
	if (protocol == NETLINK_ROUTE) {
		mock.route = pair[1];
		mock.route_user = pair[0];
		return pair[0];
	}
	mock.fd = pair[0];
	mock.kernel = pair[1];
	return pair[0];
}

int socket(int domain, int type, int protocol)
{
	if (mock.proto && domain == MOCK_PROTO_FAMILY) {
		/* The netlink socket is closed by now, and its number free again. */
		syscall(SYS_close, mock.kernel);
		mock.fd = -1;
		return mock.proto->socket(type);
	}
	if (domain == AF_NETLINK)
		return mock_socket_netlink(type, protocol);
	/* Of the store. */
	assert_int_equal(domain, AF_INET);
	return (int)syscall(SYS_socket, domain, type, protocol);
}

int bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	if (!mock_is_netlink(fd))
		return mock_proto_of(fd)->bind((const void *)addr, len);
	assert_int_equal(addr->sa_family, AF_NETLINK);
	assert_int_equal(len, sizeof(struct sockaddr_nl));
	return 0;
}

int getsockname(int fd, struct sockaddr *restrict addr, socklen_t *restrict len)
{
	struct sockaddr_nl snl = { .nl_family = AF_NETLINK,
				   .nl_pid = MOCK_PORT };

	if (!mock_is_netlink(fd)) {
		mock_proto_of(fd)->getsockname((void *)addr);
		return 0;
	}
	memcpy(addr, &snl, sizeof(snl));
	*len = sizeof(snl);
	return 0;
}

static inline int mock_set_netlink(int option, const void *value)
{
	uint32_t number;

	memcpy(&number, value, sizeof(number));
	switch (option) {
	case NETLINK_EXT_ACK:
	case NETLINK_CAP_ACK:
	case NETLINK_GET_STRICT_CHK:
		assert_int_equal(number, 1);
		return 0;
	case NETLINK_ADD_MEMBERSHIP:
		if (number == MOCK_GROUP && mock.join)
			mock.join();
		return number == MOCK_GROUP || number == MOCK_PROTO_GROUP ||
				       number == GENL_ID_CTRL ?
			       0 :
			       -EINVAL;
	}
	fail_msg("netlink option %d", option);
	return -ENOPROTOOPT;
}

static inline int mock_set_netlink_buffer(int option, const void *value)
{
	if (option == SO_RCVBUFFORCE && mock.rcvbuf_max)
		return -EPERM;
	if (option != SO_RCVBUFFORCE && option != SO_RCVBUF)
		fail_msg("socket option %d", option);
	memcpy(&mock.rcvbuf, value, sizeof(mock.rcvbuf));
	return 0;
}

static inline int mock_set_proto(int fd, int level, int option,
				 const void *value, socklen_t len)
{
	if (level == SOL_SOCKET && option == SO_SNDTIMEO) {
		assert_int_equal(len, sizeof(mock.send_timeout));
		memcpy(&mock.send_timeout, value, len);
		return 0;
	}
	if (level == SOL_KCTL && option == KCTL_SETTLE) {
		assert_int_equal(len % sizeof(struct kctl_settle), 0);
		return mock_proto_of(fd)->settle(
			value, len / sizeof(struct kctl_settle));
	}
	assert_int_equal(len, sizeof(int));
	return mock_proto_of(fd)->setsockopt(level, option,
					     *(const int *)value);
}

/* SOL_IP belongs to the store, and is unknown without the module. */
int setsockopt(int fd, int level, int option, const void *value, socklen_t len)
{
	if (level == SOL_IP)
		return mock_result(mock.store ?
					   mock.store->set(option, value, len) :
					   -ENOPROTOOPT);
	if (!mock_is_netlink(fd))
		return mock_set_proto(fd, level, option, value, len);
	assert_int_equal(len, sizeof(int));
	if (level == SOL_SOCKET)
		return mock_result(mock_set_netlink_buffer(option, value));
	assert_int_equal(level, SOL_NETLINK);
	return mock_result(mock_set_netlink(option, value));
}

int getsockopt(int fd, int level, int option, void *restrict value,
	       socklen_t *restrict len)
{
	int size = mock.rcvbuf;

	if (level == SOL_IP)
		return mock_result(mock.store ?
					   mock.store->get(option, value, len) :
					   -ENOPROTOOPT);
	if (!mock_is_netlink(fd))
		return mock_proto_of(fd)->getsockopt(level, option, value);
	assert_int_equal(level, SOL_SOCKET);
	assert_int_equal(option, SO_RCVBUF);
	if (mock.rcvbuf_max && size > mock.rcvbuf_max)
		size = mock.rcvbuf_max;
	*(int *)value = 2 * size;
	return 0;
}

int connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	if (addr->sa_family != AF_UNSPEC)
		assert_int_equal(len, sizeof(struct sockaddr_kctl));
	return mock_proto_of(fd)->connect((const void *)addr);
}

ssize_t sendto(int fd, const void *data, size_t size, int flags,
	       const struct sockaddr *addr, socklen_t len)
{
	const struct nlmsghdr *nlh = data;
	const struct genlmsghdr *ghdr;

	if (!mock_is_netlink(fd)) {
		assert_int_equal(len, sizeof(struct sockaddr_kctl));
		return mock_proto_of(fd)->sendto(data, size, flags,
						 (const void *)addr);
	}
	assert_int_equal(fd, mock.fd);
	assert_int_equal(size, nlh->nlmsg_len);
	ghdr = mnl_nlmsg_get_payload(nlh);
	if (nlh->nlmsg_type == GENL_ID_CTRL) {
		mock_getfamily(nlh);
		return (ssize_t)size;
	}
	assert_int_equal(nlh->nlmsg_type, MOCK_FAMILY);
	mock_check_request(nlh);
	assert_non_null(mock.handle);
	mock.handle(nlh, ghdr->cmd);
	return (ssize_t)size;
}

/* Netlink uses sendto(2). */
ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	return mock_proto_of(fd)->sendmsg(msg, flags);
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int *overruns = fd == mock.fd ? &mock.overruns : &mock.route_overruns;
	int *forged = fd == mock.fd ? &mock.forged : &mock.route_forged;
	ssize_t got;

	if (!mock_is_netlink(fd))
		return mock_proto_of(fd)->recvmsg(msg, flags);
	if (*overruns) {
		--*overruns;
		errno = ENOBUFS;
		return -1;
	}
	got = syscall(SYS_recvmsg, fd, msg, flags);
	if (got >= 0 && *forged) {
		--*forged;
		kernel.nl_pid = MOCK_PORT + 1;
	}
	if (got >= 0 && msg->msg_name) {
		memcpy(msg->msg_name, &kernel, sizeof(kernel));
		msg->msg_namelen = sizeof(kernel);
	}
	return got;
}

#endif /* MOCK_NETLINK_H */
