// SPDX-License-Identifier: GPL-2.0-or-later
/* Channels: sockets, their addresses and their options */
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/time.h>

#include <linux/sockios.h>

#include "fuzz.h"

/* One of a few channels, so that callers meet; sometimes one that the kernel picked. */
uint32_t random_channel(struct caller *c)
{
	struct sockaddr_kctl address;
	socklen_t length = sizeof(address);

	if (one_in(c, 50))
		return (uint32_t)PICK(c, 0, -1, (int)KCTL_CHANNEL_EPHEMERAL,
				      0x7fffffff);
	if (one_in(c, 8) &&
	    !getsockname(random_proto(c), (void *)&address, &length))
		return address.skc_channel;
	return 1 + below(c, 6);
}

socklen_t random_address(struct caller *c, struct sockaddr_kctl *address)
{
	*address = channel_address(random_channel(c));
	bend(c, address, sizeof(*address));
	return (socklen_t)bend_length(c, sizeof(*address));
}

int random_proto(struct caller *c)
{
	return PROTO_FD + (int)below(c, PROTO_SOCKETS);
}

/* The timeouts are short, so no call sleeps for long. */
static void set_timeouts(int fd)
{
	struct timeval timeout = { .tv_usec = 2000 };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
}

int proto_open(int number, int type, int protocol)
{
	int fd = socket(channel_family(), type | SOCK_CLOEXEC, protocol);

	if (fd < 0)
		return -errno;
	set_timeouts(fd);
	dup2(fd, number);
	close(fd);
	return 0;
}

static int call_socket(struct caller *c)
{
	int type = one_in(c, 20) ? (int)below(c, 12) : SOCK_DGRAM;
	int protocol = one_in(c, 20) ? (int)below(c, 300) : 0;

	return proto_open(random_proto(c), type, protocol);
}

static int call_close(struct caller *c)
{
	return result(close(random_proto(c)));
}

static int call_bind(struct caller *c)
{
	struct sockaddr_kctl *address = place(c, c->buffer, sizeof(*address));
	socklen_t length = random_address(c, address);

	if (one_in(c, 4))
		address->skc_channel = 0;
	return result(bind(random_proto(c), bend_pointer(c, address), length));
}

static int call_connect(struct caller *c)
{
	struct sockaddr_kctl *address = place(c, c->buffer, sizeof(*address));
	socklen_t length = random_address(c, address);

	if (one_in(c, 5))
		address->skc_family = AF_UNSPEC;
	return result(
		connect(random_proto(c), bend_pointer(c, address), length));
}

static int get_name(struct caller *c,
		    int (*call)(int, struct sockaddr *restrict,
				socklen_t *restrict))
{
	socklen_t length =
		(socklen_t)bend_length(c, sizeof(struct sockaddr_kctl));
	void *address = place(c, c->answer, sizeof(struct sockaddr_kctl));

	return result(call(random_proto(c), bend_pointer(c, address), &length));
}

static int call_getsockname(struct caller *c)
{
	return get_name(c, getsockname);
}

static int call_getpeername(struct caller *c)
{
	return get_name(c, getpeername);
}

static int set_option(struct caller *c, int option, int value)
{
	int *data = place(c, c->buffer, sizeof(*data));

	memcpy(data, &value, sizeof(value));
	return result(setsockopt(random_proto(c), SOL_KCTL, option,
				 bend_pointer(c, data),
				 (socklen_t)bend_length(c, sizeof(*data))));
}

static int get_option(struct caller *c, int option)
{
	socklen_t length = (socklen_t)bend_length(c, sizeof(int));
	int *data = place(c, c->answer, sizeof(*data));

	return result(getsockopt(random_proto(c), SOL_KCTL, option,
				 bend_pointer(c, data), &length));
}

static int call_set_exclusive(struct caller *c)
{
	return set_option(c, KCTL_EXCLUSIVE, (int)below(c, 3) - 1);
}

static int call_set_tap(struct caller *c)
{
	return set_option(c, KCTL_TAP, (int)below(c, 3) - 1);
}

static int call_set_mode(struct caller *c)
{
	return set_option(c, KCTL_MODE,
			  PICK(c, 0600, 0666, 0, 0444, 0222, 0777, -1));
}

static int call_get_exclusive(struct caller *c)
{
	return get_option(c, KCTL_EXCLUSIVE);
}

static int call_get_tap(struct caller *c)
{
	return get_option(c, KCTL_TAP);
}

static int call_get_mode(struct caller *c)
{
	return get_option(c, KCTL_MODE);
}

static int call_get_drops(struct caller *c)
{
	return get_option(c, KCTL_DROPS);
}

static int call_get_owner(struct caller *c)
{
	return get_option(c, KCTL_OWNER);
}

static int call_set_hold(struct caller *c)
{
	return set_option(c, KCTL_HOLD, PICK(c, 0, 1, 2, 9, 1024, 1025, -1));
}

static int call_set_hold_time(struct caller *c)
{
	return set_option(c, KCTL_HOLD_TIME,
			  PICK(c, 0, 1, 5, 50, KCTL_TIME_MAX, -1));
}

static int call_set_history(struct caller *c)
{
	return set_option(c, KCTL_HISTORY, (int)below(c, 3) - 1);
}

static int call_get_hold(struct caller *c)
{
	return get_option(c, PICK(c, KCTL_HOLD, KCTL_HELD, KCTL_HOLD_TIME,
				  KCTL_HISTORY));
}

static int call_resolve(struct caller *c)
{
	struct kctl_resolve resolve = { 0 };
	struct kctl_resolve *value = place(c, c->buffer, sizeof(resolve));
	socklen_t length = (socklen_t)bend_length(c, sizeof(resolve));

	strcpy(resolve.name, PICK(c, "jobs", "work", "nobody", "9", ""));
	memcpy(value, &resolve, sizeof(resolve));
	return result(getsockopt(random_proto(c), SOL_KCTL, KCTL_RESOLVE,
				 bend_pointer(c, value), &length));
}

/* Ids in the range of the last deliveries; most of them are not held. */
static int call_settle(struct caller *c)
{
	size_t count = 1 + below(c, KCTL_SETTLE_MAX);
	size_t size = count * sizeof(struct kctl_settle);
	struct kctl_settle *settles = place(c, c->buffer, size);

	for (size_t i = 0; i < count; i++) {
		struct kctl_settle settle = {
			.id = (1 + below(c, 64)) * KCTL_HOLD_MAX + below(c, 4),
			.verb = KCTL_SETTLE_DONE + below(c, 5),
		};

		if (settle.verb == KCTL_SETTLE_RETRY ||
		    settle.verb == KCTL_SETTLE_RELEASE)
			settle.delay = one_in(c, 2) ? below(c, 20) : 0;

		memcpy(&settles[i], &settle, sizeof(settle));
	}
	if (one_in(c, 8))
		bend(c, settles, size);
	return result(setsockopt(random_proto(c), SOL_KCTL, KCTL_SETTLE,
				 bend_pointer(c, settles),
				 (socklen_t)bend_length(c, size)));
}

static int call_set_credentials(struct caller *c)
{
	return set_option(c, KCTL_CREDENTIALS, (int)below(c, 3) - 1);
}

static int call_get_credentials(struct caller *c)
{
	return get_option(c, KCTL_CREDENTIALS);
}

/* The option or the level does not exist. */
static int call_no_option(struct caller *c)
{
	int option = PICK(c, 0, 100, -1, 1 << 20), value = 0;
	int level = one_in(c, 2) ? SOL_KCTL : SOL_KCTL + 1;

	if (one_in(c, 2))
		return result(setsockopt(random_proto(c), level, option, &value,
					 sizeof(value)));
	return result(getsockopt(random_proto(c), level, option, &value,
				 &(socklen_t){ sizeof(value) }));
}

/* Options of SOL_SOCKET that have an effect here. The timeouts are not changed. */
static int call_socket_option(struct caller *c)
{
	int option = PICK(c, SO_PASSCRED, SO_TIMESTAMP, SO_TIMESTAMPNS,
			  SO_RXQ_OVFL, SO_RCVBUF, SO_SNDBUF, SO_RCVBUFFORCE,
			  SO_ATTACH_FILTER, SO_DETACH_FILTER, SO_LINGER,
			  SO_TIMESTAMPING, SO_PEEK_OFF, SO_BUSY_POLL);
	int value = PICK(c, 0, 1, 100, 100000, -1);

	return result(setsockopt(random_proto(c), SOL_SOCKET, option,
				 bend_pointer(c, &value), sizeof(value)));
}

static int call_poll(struct caller *c)
{
	/* One spare element: a write through a shifted pointer stays inside the array. */
	struct pollfd fds[4 + 1] = { 0 };
	nfds_t count = 1 + below(c, 4);

	for (nfds_t i = 0; i < count; i++)
		fds[i] = (struct pollfd){ .fd = random_proto(c),
					  .events = (short)random_next(c) };
	return result(poll(bend_pointer(c, fds), count, (int)below(c, 3)));
}

static int call_shutdown(struct caller *c)
{
	return result(shutdown(random_proto(c), (int)below(c, 5) - 1));
}

static int ioctl_number(struct caller *c, unsigned long request)
{
	int *number = place(c, c->answer, sizeof(*number));

	return result(ioctl(random_proto(c), request, bend_pointer(c, number)));
}

static int call_inq(struct caller *c)
{
	return ioctl_number(c, SIOCINQ);
}

static int call_outq(struct caller *c)
{
	return ioctl_number(c, SIOCOUTQ);
}

static int call_unsupported(struct caller *c)
{
	int pair[2];

	switch (below(c, 3)) {
	case 0:
		return result(listen(random_proto(c), 5));
	case 1:
		return result(accept(random_proto(c), NULL, NULL));
	default:
		return result(
			socketpair(channel_family(), SOCK_DGRAM, 0, pair));
	}
}

#define ADDRESS_REFUSALS \
	EINVAL, EAFNOSUPPORT, EACCES, EPERM, ENOSPC, ECONNREFUSED

const struct operation channel_operations[] = {
	{ "socket", call_socket,
	  ERRORS(EPERM, EINVAL, ESOCKTNOSUPPORT, EPROTONOSUPPORT), 24, false },
	{ "close", call_close, ERRORS(EBADF), 3, false },
	{ "bind", call_bind,
	  ERRORS(ADDRESS_REFUSALS, EADDRINUSE, EADDRNOTAVAIL), 40, false },
	{ "connect", call_connect, ERRORS(ADDRESS_REFUSALS), 24, false },
	{ "getsockname", call_getsockname, ERRORS(EINVAL), 4, false },
	{ "getpeername", call_getpeername, ERRORS(EINVAL, ENOTCONN), 4, false },
	{ "set EXCLUSIVE", call_set_exclusive, ERRORS(EINVAL), 4, false },
	{ "set TAP", call_set_tap, ERRORS(EINVAL), 6, false },
	{ "set MODE", call_set_mode, ERRORS(EINVAL), 6, false },
	{ "get EXCLUSIVE", call_get_exclusive, ERRORS(EINVAL), 2, false },
	{ "get TAP", call_get_tap, ERRORS(EINVAL), 2, false },
	{ "get MODE", call_get_mode, ERRORS(EINVAL), 2, false },
	{ "get DROPS", call_get_drops, ERRORS(EINVAL), 2, false },
	{ "get OWNER", call_get_owner, ERRORS(EINVAL, ENOTCONN), 2, false },
	{ "set CREDENTIALS", call_set_credentials, ERRORS(EINVAL), 4, false },
	{ "get CREDENTIALS", call_get_credentials, ERRORS(EINVAL), 2, false },
	{ "set HOLD", call_set_hold, ERRORS(EINVAL, EBUSY, ENOBUFS), 16,
	  false },
	{ "set HOLD_TIME", call_set_hold_time, ERRORS(EINVAL), 4, false },
	{ "set HISTORY", call_set_history, ERRORS(EINVAL), 4, false },
	{ "get HOLD, HELD, HOLD_TIME, HISTORY", call_get_hold, ERRORS(EINVAL),
	  2, false },
	{ "resolve", call_resolve, ERRORS(EINVAL, ENOENT), 4, false },
	{ "settle", call_settle, ERRORS(EINVAL, ENOTCONN, ESTALE), 16, false },
	{ "no option of SOL_KCTL", call_no_option,
	  ERRORS(EOPNOTSUPP, ENOPROTOOPT), 2, true },
	{ "SOL_SOCKET", call_socket_option,
	  ERRORS(EINVAL, EPERM, ENOPROTOOPT, EOPNOTSUPP, ENOENT, EDOM), 8,
	  false },
	{ "poll", call_poll, ERRORS(EINVAL), 8, false },
	{ "shutdown", call_shutdown, ERRORS(EINVAL, ENOTCONN), 3, false },
	{ "SIOCINQ", call_inq, ERRORS(EINVAL), 4, false },
	{ "SIOCOUTQ", call_outq, ERRORS(EINVAL), 4, false },
	{ "listen, accept, socketpair", call_unsupported,
	  ERRORS(EOPNOTSUPP, EPERM, EINVAL), 2, true },
	{ 0 },
};
