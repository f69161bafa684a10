// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One socket of the family, its channel, and requests about the channel. The socket
 * begins differently each time: bound, connected, as a tap, blocking, with a message.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include "races.h"

#define DEAD_LETTER 6

static struct genl genl;
static int sock, sender, control, listener;
static uint32_t number;

static void open_all(void)
{
	if (control)
		return;
	control = genl_open();
	sender = channel_open();
	listener = genl_open();
	if (control < 0 || sender < 0 || listener < 0 ||
	    genl_resolve(control, &genl))
		complain("cannot begin");
	fcntl(sender, F_SETFL, O_NONBLOCK);
}

static void wait_a_little(int fd)
{
	struct timeval little = { .tv_usec = 1000 };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &little, sizeof(little));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &little, sizeof(little));
}

/* Events are recorded only while there is a listener. */
static int do_listen(void)
{
	int what = below(2) ? NETLINK_ADD_MEMBERSHIP : NETLINK_DROP_MEMBERSHIP;

	return result(setsockopt(listener, SOL_NETLINK, what, &genl.proto_group,
				 sizeof(genl.proto_group)));
}

/* An ephemeral channel ends with its last receiver. */
static void bind_to_any(void)
{
	struct sockaddr_kctl address;
	socklen_t size = sizeof(address);

	if (!channel_bind(sock, 0) &&
	    !getsockname(sock, (struct sockaddr *)&address, &size))
		number = address.skc_channel;
}

/* Another channel gets the messages that die in this one, or the reverse. */
static int do_set_dead_letter(void)
{
	bool to_it = below(2);
	struct genl_request r;

	genl_begin(&r, genl.family, KCTL_CMD_SET_CHANNEL, 0, 0);
	genl_put_u32(&r, KCTL_A_CHANNEL_NUMBER, to_it ? DEAD_LETTER : number);
	genl_put_u32(&r, KCTL_A_CHANNEL_MAX_DELIVERIES, below(3));
	genl_put_u32(&r, KCTL_A_CHANNEL_RETRY_DELAY, below(3));
	genl_put_u32(&r, KCTL_A_CHANNEL_HOLD_TIME_MAX, below(3));
	genl_put_u32(&r, KCTL_A_CHANNEL_TTL, below(3));
	if (below(4))
		genl_put_u32(&r, KCTL_A_CHANNEL_DEAD_LETTER,
			     to_it ? number : DEAD_LETTER);
	return genl_send(control, &r);
}

static void begin(void)
{
	open_all();
	number = 5;
	do_listen();
	sock = channel_open();
	if (sock < 0)
		return complain("cannot open a socket: %d", sock);
	if (below(2))
		wait_a_little(sock);
	else
		fcntl(sock, F_SETFL, O_NONBLOCK);
	if (!below(4))
		channel_set_option(sock, KCTL_TAP, 1);
	if (!below(3))
		bind_to_any();
	else if (below(2))
		channel_bind(sock, number);
	if (below(2))
		channel_connect(sock, number);
	if (below(2))
		channel_set_option(sock, KCTL_HOLD, 1 + (int)below(3));
	if (!below(4))
		channel_set_option(sock, KCTL_HOLD_TIME, 1 + (int)below(3));
	if (below(2))
		send_to(sender, number, below(100));
	if (below(2))
		genl_call_channel(control, &genl, KCTL_CMD_SET_CHANNEL,
				  DEAD_LETTER);
	if (below(4))
		do_set_dead_letter();
}

static void end(void)
{
	close(sock);
	genl_call_channel(control, &genl, KCTL_CMD_DEL_CHANNEL, number);
	genl_call_channel(control, &genl, KCTL_CMD_DEL_CHANNEL, number + 1);
	genl_call_channel(control, &genl, KCTL_CMD_DEL_CHANNEL, DEAD_LETTER);
	genl_drain(control);
	genl_drain(listener);
}

static void finish(void)
{
	close(listener);
	close(sender);
	close(control);
	control = 0;
}

/* ---- calls ---- */

static size_t any_size(void)
{
	static const uint32_t sizes[] = { 1, 100, 5000, 70000 };

	return below(sizes[below(4)]);
}

static int do_bind(void)
{
	return channel_bind(sock, number);
}

static int do_connect(void)
{
	return channel_connect(sock, number);
}

static int do_disconnect(void)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	return result(connect(sock, &none, sizeof(none)));
}

static int do_send(void)
{
	return send_to(sock, 0, any_size());
}

static int do_send_to_it(void)
{
	return send_to(sender, number, any_size());
}

/* With space for the control message of a socket that holds messages. */
static int do_recv(void)
{
	uint8_t data[100], room[CMSG_SPACE(sizeof(struct kctl_held))];
	struct iovec iov = { data, sizeof(data) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = room,
			      .msg_controllen = sizeof(room) };

	return result(recvmsg(sock, &msg, 0));
}

static int do_peek(void)
{
	return receive(sock, MSG_PEEK);
}

static int do_shutdown(void)
{
	return result(shutdown(sock, (int)below(3)));
}

static int do_setsockopt(void)
{
	switch (below(4)) {
	case 0:
		return channel_set_option(sock, KCTL_EXCLUSIVE, (int)below(2));
	case 1:
		return channel_set_option(sock, KCTL_TAP, (int)below(2));
	case 2:
		return channel_set_option(sock, KCTL_CREDENTIALS,
					  (int)below(2));
	}
	return channel_set_option(sock, KCTL_MODE, 0600);
}

static int do_getsockopt(void)
{
	int value;
	socklen_t size = sizeof(value);

	return result(getsockopt(sock, SOL_KCTL, KCTL_EXCLUSIVE + (int)below(8),
				 &value, &size));
}

static int do_hold(void)
{
	return channel_set_option(sock, below(4) ? KCTL_HOLD : KCTL_HOLD_TIME,
				  (int)below(4));
}

/* Any ID that a socket may assign to its first messages: most name no message. */
static int do_settle(void)
{
	struct kctl_settle settles[KCTL_SETTLE_MAX] = { 0 };
	uint32_t i, count = 1 + below(KCTL_SETTLE_MAX);

	for (i = 0; i < count; i++) {
		settles[i].id = (1 + i / 4) * KCTL_HOLD_MAX + i % 4;
		settles[i].verb = KCTL_SETTLE_DONE + below(5);
		if (settles[i].verb == KCTL_SETTLE_RETRY)
			settles[i].delay = below(3);
	}
	return result(setsockopt(sock, SOL_KCTL, KCTL_SETTLE, settles,
				 count * sizeof(*settles)));
}

static int do_ioctl(void)
{
	int value;

	return result(ioctl(sock, below(2) ? SIOCINQ : SIOCOUTQ, &value));
}

static int do_poll(void)
{
	struct pollfd fds = { .fd = sock, .events = POLLIN | POLLOUT };

	return result(poll(&fds, 1, (int)below(2)));
}

static int do_getname(void)
{
	struct sockaddr_kctl address;
	socklen_t size = sizeof(address);

	if (below(2))
		return result(
			getpeername(sock, (struct sockaddr *)&address, &size));
	return result(getsockname(sock, (struct sockaddr *)&address, &size));
}

static int do_close(void)
{
	return result(close(sock));
}

/* Another receiver binds, takes a message and is closed. */
static int do_another(void)
{
	int other = channel_open(), ret;

	if (other < 0)
		return other;
	wait_a_little(other);
	ret = channel_bind(other, number);
	if (!ret)
		ret = receive(other, 0);
	close(other);
	return ret;
}

static int do_set_channel(void)
{
	return genl_call_channel(control, &genl, KCTL_CMD_SET_CHANNEL, number);
}

/* The other channel often has the name. */
static int do_name(void)
{
	struct genl_request r;
	bool none = !below(3);

	genl_begin(&r, genl.family, KCTL_CMD_SET_CHANNEL, 0, 0);
	genl_put_u32(&r, KCTL_A_CHANNEL_NUMBER, number + below(2));
	genl_put(&r, KCTL_A_CHANNEL_NAME, none ? "" : "jobs",
		 none ? 1 : sizeof("jobs"));
	return genl_send(control, &r);
}

static int do_resolve(void)
{
	struct kctl_resolve resolve = { .name = "jobs" };
	socklen_t len = sizeof(resolve);

	return getsockopt(sock, SOL_KCTL, KCTL_RESOLVE, &resolve, &len) ?
		       -errno :
		       0;
}

static int do_delete_channel(void)
{
	return genl_call_channel(control, &genl, KCTL_CMD_DEL_CHANNEL, number);
}

static int do_flush_channel(void)
{
	return genl_call_channel(control, &genl, KCTL_CMD_FLUSH_CHANNEL,
				 number);
}

static int do_list(void)
{
	int ret = genl_call(control, &genl, KCTL_CMD_GET_CHANNELS, NLM_F_DUMP);

	genl_drain(control);
	return ret;
}

static const struct action actions[] = {
	{ "bind", do_bind },
	{ "connect", do_connect },
	{ "disconnect", do_disconnect },
	{ "send", do_send },
	{ "send-to-it", do_send_to_it },
	{ "recv", do_recv },
	{ "peek", do_peek },
	{ "shutdown", do_shutdown },
	{ "setsockopt", do_setsockopt },
	{ "getsockopt", do_getsockopt },
	{ "hold", do_hold },
	{ "settle", do_settle },
	{ "ioctl", do_ioctl },
	{ "poll", do_poll },
	{ "getname", do_getname },
	{ "close", do_close },
	{ "another", do_another },
	{ "set-channel", do_set_channel },
	{ "name", do_name },
	{ "resolve", do_resolve },
	{ "set-dead-letter", do_set_dead_letter },
	{ "delete-channel", do_delete_channel },
	{ "flush-channel", do_flush_channel },
	{ "list", do_list },
	{ "listen", do_listen },
	{ NULL, NULL },
};

static const int errors[] = { EAGAIN,	     EBADF,	 ENOTCONN,
			      EDESTADDRREQ,  EINVAL,	 EPIPE,
			      ECONNREFUSED,  EADDRINUSE, EBUSY,
			      EADDRNOTAVAIL, EIDRM,	 ESTALE,
			      ENOENT,	     0 };

const struct object channel_object = {
	.name = "channel",
	.actions = actions,
	.errors = errors,
	.begin = begin,
	.end = end,
	.finish = finish,
};
