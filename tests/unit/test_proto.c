// SPDX-License-Identifier: GPL-2.0-or-later
/* Channels from their command lines on, against a mock of the kernel */
#include "test.h"

#include <signal.h>
#include <sys/eventfd.h>

#include "lib/libkctl.h"
#include "mock_netlink.h"
#include "run_kctl.h"

/* What sendto(2) got, and what recvmsg(2) gives. */
static struct {
	struct sockaddr_kctl addr;
	char data[64];
	size_t size;
	int flags;
	int error;
	struct {
		const char *data;
		ssize_t size; /* or a negative errno */
		uint32_t from;
		int flags;
	} queue[8];
	size_t taken;
	bool readable;
	int stop; /* raised after the last message */
} channel;

static int proto_socket(int type)
{
	assert_int_equal(type, SOCK_DGRAM | SOCK_CLOEXEC);
	return eventfd(channel.readable, 0);
}

static int proto_bind(const struct sockaddr_kctl *addr, socklen_t len)
{
	assert_int_equal(len, sizeof(*addr));
	assert_int_equal(addr->skc_family, MOCK_PROTO_FAMILY);
	assert_int_equal(addr->skc_zero, 0);
	channel.addr = *addr;
	errno = channel.error;
	return channel.error ? -1 : 0;
}

static void proto_getsockname(struct sockaddr_kctl *addr)
{
	*addr = channel.addr;
	if (!addr->skc_channel)
		addr->skc_channel = KCTL_CHANNEL_EPHEMERAL;
}

static ssize_t proto_sendto(const void *data, size_t size, int flags,
			    const struct sockaddr_kctl *addr)
{
	channel.addr = *addr;
	channel.size = size;
	channel.flags = flags;
	memcpy(channel.data, data, size < 64 ? size : 64);
	errno = channel.error;
	return channel.error ? -1 : (ssize_t)size;
}

static ssize_t proto_recvmsg(struct msghdr *msg, int flags)
{
	struct sockaddr_kctl *addr = msg->msg_name;
	size_t i = channel.taken++;
	ssize_t size = channel.queue[i].size;

	assert_int_equal(flags, MSG_DONTWAIT);
	assert_int_equal(msg->msg_iov->iov_len, KCTL_MESSAGE_MAX);
	if (!channel.queue[i + 1].data && !channel.queue[i + 1].size &&
	    channel.stop)
		raise(channel.stop);
	if (size < 0) {
		errno = (int)-size;
		return -1;
	}
	addr->skc_channel = channel.queue[i].from;
	msg->msg_flags = channel.queue[i].flags;
	memcpy(msg->msg_iov->iov_base, channel.queue[i].data, (size_t)size);
	return size;
}

static const struct mock_proto proto = {
	.socket = proto_socket,
	.bind = proto_bind,
	.getsockname = proto_getsockname,
	.sendto = proto_sendto,
	.recvmsg = proto_recvmsg,
};

static void answer_family(const struct nlmsghdr *request, uint8_t cmd)
{
	struct nlmsghdr *nlh = mock_reply(request, cmd);

	mnl_attr_put_u32(nlh, KCTL_A_STATUS_FAMILY, MOCK_PROTO_FAMILY);
	mock_send(nlh);
	mock_ack(request, 0, NULL);
}

static int setup(void **state)
{
	(void)state;
	mock_reset(answer_family);
	mock.proto = &proto;
	memset(&channel, 0, sizeof(channel));
	channel.readable = true;
	return 0;
}

static void test_send(void **state)
{
	struct kctl_message message = { .channel = 123, .timeout = -1 };
	int fd;

	(void)state;
	fd = kctl_proto_open(&message.family);
	assert_true(fd >= 0);
	assert_int_equal(message.family, MOCK_PROTO_FAMILY);
	assert_int_equal(kctl_proto_send(fd, &message, "a\0b", 3), 0);
	assert_int_equal(channel.addr.skc_channel, 123);
	assert_int_equal(channel.size, 3);
	assert_int_equal(channel.flags, 0);
	assert_memory_equal(channel.data, "a\0b", 3);

	message.timeout = 0;
	channel.error = EAGAIN;
	assert_int_equal(kctl_proto_send(fd, &message, "", 0), -EAGAIN);
	assert_int_equal(channel.flags, MSG_DONTWAIT);

	message.timeout = 1500000000;
	assert_int_equal(kctl_proto_send(fd, &message, "", 0), -ETIMEDOUT);
	assert_int_equal(channel.flags, 0);
	assert_int_equal(mock.send_timeout.tv_sec, 1);
	assert_int_equal(mock.send_timeout.tv_usec, 500000);

	/* 0 would mean for ever. */
	message.timeout = 1;
	assert_int_equal(kctl_proto_send(fd, &message, "", 0), -ETIMEDOUT);
	assert_int_equal(mock.send_timeout.tv_usec, 1);
	close(fd);
}

static void test_send_command(void **state)
{
	(void)state;
	run_kctl("kctl proto send --channel 9 hello");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, "");
	assert_string_equal(ran.err, "");
	channel.error = EAGAIN;
	run_kctl("kctl proto send --channel 9 --nonblock hello");
	assert_exited(EXIT_TIMEOUT);
	assert_string_equal(ran.err, "kctl: proto send: channel 9 is full\n");
	run_kctl("kctl proto send --channel 9 --timeout 0.25 hello");
	assert_exited(EXIT_TIMEOUT);
	assert_string_equal(
		ran.err,
		"kctl: proto send: channel 9 stayed full for 0.25 s\n");
	channel.error = EMSGSIZE;
	run_kctl("kctl proto send --channel 9 hello");
	assert_exited(EXIT_REFUSED);
	assert_non_null(strstr(ran.err, "message is 5 bytes"));
}

static void test_recv(void **state)
{
	(void)state;
	channel.queue[0].data = "abc";
	channel.queue[0].size = 3;
	channel.queue[0].from = 77;
	channel.queue[1].data = "\0\n";
	channel.queue[1].size = 2;
	run_kctl("kctl proto recv --channel 5");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, "abc\n");
	run_kctl("kctl proto recv --channel 5 --raw");
	assert_string_equal(ran.out, "abc");
	run_kctl("kctl -j proto recv --channel 5 --count 2");
	assert_exited(EXIT_DONE);
	assert_string_equal(
		ran.out,
		"{\"channel\":5,\"from\":77,\"data\":\"abc\"}\n"
		"{\"channel\":5,\"from\":0,\"data_base64\":\"AAo=\"}\n");
}

/* Another receiver was quicker: wait on. */
static void test_recv_competes(void **state)
{
	(void)state;
	channel.queue[0].size = -EAGAIN;
	channel.queue[1].size = -EAGAIN;
	channel.queue[2].data = "abc";
	channel.queue[2].size = 3;
	run_kctl("kctl proto recv --channel 5");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, "abc\n");
}

static void test_recv_fails(void **state)
{
	(void)state;
	channel.queue[0].data = "abc";
	channel.queue[0].size = 3;
	channel.queue[0].flags = MSG_TRUNC;
	run_kctl("kctl proto recv --channel 5");
	assert_exited(EXIT_MISSING);
	assert_string_equal(ran.out, "");

	channel.readable = false;
	run_kctl("kctl proto recv --channel 5 --timeout 0.02");
	assert_exited(EXIT_TIMEOUT);
	assert_string_equal(
		ran.err,
		"kctl: proto recv: no message on channel 5 within 0.02 s\n");

	channel.error = ENOSPC;
	run_kctl("kctl proto recv --channel 5");
	assert_exited(EXIT_REFUSED);
	assert_non_null(strstr(ran.err, "too many channels"));
}

/* A signal takes nothing that it does not print. */
static void test_follow_until_signal(void **state)
{
	(void)state;
	channel.queue[0].data = "abc";
	channel.queue[0].size = 3;
	channel.queue[1].data = "def";
	channel.queue[1].size = 3;
	channel.stop = SIGINT;
	run_kctl("kctl proto recv --channel 5 --follow");
	assert_true(WIFSIGNALED(ran.status));
	assert_int_equal(WTERMSIG(ran.status), SIGINT);
	assert_string_equal(ran.out, "abc\ndef\n");
	assert_string_equal(ran.err, "");
}

static void test_bind(void **state)
{
	(void)state;
	channel.queue[0].data = "abc";
	channel.queue[0].size = 3;
	channel.stop = SIGTERM;
	run_kctl("kctl -j proto bind --channel 0");
	assert_true(WIFSIGNALED(ran.status));
	assert_string_equal(
		ran.out,
		"{\"event\":\"bound\",\"channel\":2147483648}\n"
		"{\"channel\":2147483648,\"from\":0,\"data\":\"abc\"}\n");
	run_kctl("kctl -v proto bind --channel 7");
	assert_string_equal(ran.out, "abc\n");
	assert_string_equal(ran.err, "kctl: proto bind: bound to channel 7\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_send, setup),
		cmocka_unit_test_setup(test_send_command, setup),
		cmocka_unit_test_setup(test_recv, setup),
		cmocka_unit_test_setup(test_recv_competes, setup),
		cmocka_unit_test_setup(test_recv_fails, setup),
		cmocka_unit_test_setup(test_follow_until_signal, setup),
		cmocka_unit_test_setup(test_bind, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
