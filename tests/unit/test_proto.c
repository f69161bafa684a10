// SPDX-License-Identifier: GPL-2.0-or-later
/* Channels from their command lines on, against a mock of the kernel */
#include "test.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <time.h>

#include "lib/libkctl.h"
#include "mock_netlink.h"
#include "run_kctl.h"

/* What sendto(2) got, and what recvmsg(2) gives. */
static struct {
	int fd;
	struct sockaddr_kctl addr;
	char data[64];
	size_t size;
	int flags;
	int error;
	size_t error_after; /* so many messages that were sent */
	struct {
		const char *data;
		ssize_t size; /* or a negative errno */
		uint32_t from;
		int flags;
	} queue[8];
	size_t taken;
	bool details; /* asked for */
	bool readable;
	int stop; /* raised after the last message */
} channel;

/* What a command that ran in a process of its own sent. */
static struct sent {
	size_t count;
	struct {
		char data[32];
		size_t size;
		uint32_t channel;
		int64_t when;
	} message[16];
} * sent;

static int proto_socket(int type)
{
	assert_int_equal(type, SOCK_DGRAM | SOCK_CLOEXEC);
	channel.fd = eventfd(channel.readable, 0);
	return channel.fd;
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

static int proto_setsockopt(int level, int option, int value)
{
	assert_int_equal(level, SOL_SOCKET);
	assert_true(option == SO_PASSCRED || option == SO_TIMESTAMPNS);
	assert_int_equal(value, 1);
	channel.details = true;
	return 0;
}

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

static ssize_t proto_sendto(const void *data, size_t size, int flags,
			    const struct sockaddr_kctl *addr)
{
	size_t i = sent->count % COUNT(sent->message);

	channel.addr = *addr;
	channel.size = size;
	channel.flags = flags;
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

static struct cmsghdr *put_control(struct msghdr *msg, struct cmsghdr *cmsg,
				   int type, const void *data, size_t size)
{
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = type;
	cmsg->cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(cmsg), data, size);
	return CMSG_NXTHDR(msg, cmsg);
}

static void put_details(struct msghdr *msg)
{
	struct ucred cred = { .pid = 4711, .uid = 1000, .gid = 100 };
	struct timespec ts = { .tv_sec = 1700000000, .tv_nsec = 123456789 };
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg);

	assert_true(msg->msg_controllen >=
		    CMSG_SPACE(sizeof(cred)) + CMSG_SPACE(sizeof(ts)));
	memset(msg->msg_control, 0, msg->msg_controllen);
	msg->msg_controllen = CMSG_SPACE(sizeof(cred)) + CMSG_SPACE(sizeof(ts));
	cmsg = put_control(msg, cmsg, SCM_TIMESTAMPNS, &ts, sizeof(ts));
	put_control(msg, cmsg, SCM_CREDENTIALS, &cred, sizeof(cred));
}

static bool queue_is_empty(size_t i)
{
	return i == COUNT(channel.queue) ||
	       (!channel.queue[i].data && !channel.queue[i].size);
}

static ssize_t proto_recvmsg(struct msghdr *msg, int flags)
{
	struct sockaddr_kctl *addr = msg->msg_name;
	size_t i = channel.taken;
	uint64_t value;

	assert_int_equal(flags, MSG_DONTWAIT);
	assert_int_equal(msg->msg_iov->iov_len, KCTL_MESSAGE_MAX);
	if (queue_is_empty(i)) {
		/* What is not readable any more. */
		if (channel.readable)
			assert_int_equal(read(channel.fd, &value, 8), 8);
		channel.readable = false;
		if (channel.stop)
			raise(channel.stop);
		errno = EAGAIN;
		return -1;
	}
	channel.taken++;
	if (channel.queue[i].size < 0) {
		errno = (int)-channel.queue[i].size;
		return -1;
	}
	addr->skc_channel = channel.queue[i].from;
	msg->msg_flags = channel.queue[i].flags;
	if (channel.details)
		put_details(msg);
	else
		msg->msg_controllen = 0;
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
	memset(sent, 0, sizeof(*sent));
	return 0;
}

static int map_shared(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	sent = mmap(NULL, sizeof(*sent), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return sent == MAP_FAILED ? -1 : 0;
}

static void put(size_t i, const char *data, ssize_t size, uint32_t from)
{
	channel.queue[i].data = data;
	channel.queue[i].size = size;
	channel.queue[i].from = from;
}

/* Makes @text what the commands that follow read from standard input. */
static void set_input(const char *text, size_t size)
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

static void assert_sent(size_t i, const char *data, size_t size)
{
	assert_true(i < sent->count);
	assert_int_equal(sent->message[i].size, size);
	assert_memory_equal(sent->message[i].data, data, size);
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
	assert_int_equal(sent->count, 1);
	assert_sent(0, "hello", 5);
	assert_int_equal(sent->message[0].channel, 9);
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

static void test_send_repeat(void **state)
{
	(void)state;
	run_kctl("kctl proto send --channel 9 --repeat 3 ab");
	assert_exited(EXIT_DONE);
	assert_int_equal(sent->count, 3);
	assert_sent(2, "ab", 2);

	channel.error = EAGAIN;
	channel.error_after = 5;
	run_kctl("kctl proto send --channel 9 --nonblock --repeat 10 ab");
	assert_exited(EXIT_TIMEOUT);
	assert_int_equal(sent->count, 5);
	assert_string_equal(
		ran.err,
		"kctl: proto send: channel 9 is full (2 messages were sent)\n");
	channel.error_after = 6;
	run_kctl("kctl -j proto send --channel 9 --nonblock --repeat 10 ab");
	assert_non_null(strstr(ran.err, "\"done\":\"1 message was sent\""));
}

/* The pace does not depend on how long sending takes, and ends with the last. */
static void test_send_interval(void **state)
{
	int64_t begin = now(), took;

	(void)state;
	run_kctl("kctl proto send --channel 9 --repeat 4 --interval 0.05 x");
	took = now() - begin;
	assert_exited(EXIT_DONE);
	assert_int_equal(sent->count, 4);
	for (size_t i = 1; i < 4; i++)
		assert_true(sent->message[i].when - sent->message[0].when >=
			    (int64_t)i * 50000000 - 10000000);
	assert_true(took >= 150000000);
	set_input("a\nb\n", 4);
	run_kctl("kctl proto send --channel 9 --lines --interval 0.05 -");
	assert_true(sent->message[1].when - sent->message[0].when >= 40000000);
}

static void test_send_lines(void **state)
{
	static const char text[] = "one\n\ntw\0o\r\nlast";

	(void)state;
	set_input(text, sizeof(text) - 1);
	run_kctl("kctl proto send --channel 9 --lines -");
	assert_exited(EXIT_DONE);
	assert_int_equal(sent->count, 4);
	assert_sent(0, "one", 3);
	assert_sent(1, "", 0);
	assert_sent(2, "tw\0o\r", 5);
	assert_sent(3, "last", 4);
	set_input(text, sizeof(text) - 1);
	run_kctl("kctl proto send --channel 9 -");
	assert_int_equal(sent->count, 1);
	assert_sent(0, text, sizeof(text) - 1);
	set_input("", 0);
	run_kctl("kctl proto send --channel 9 --lines -");
	assert_exited(EXIT_DONE);
	assert_int_equal(sent->count, 0);
	run_kctl("kctl proto send --channel 9 -");
	assert_int_equal(sent->count, 1);
}

static void test_send_hex(void **state)
{
	(void)state;
	run_kctl("kctl proto send --channel 9 --hex 00fFa5");
	assert_exited(EXIT_DONE);
	assert_sent(0, "\0\xff\xa5", 3);
	set_input(" 61 62\n\t63\n", 11);
	run_kctl("kctl proto send --channel 9 --hex --repeat 2 -");
	assert_exited(EXIT_DONE);
	assert_int_equal(sent->count, 2);
	assert_sent(1, "abc", 3);
	set_input("61 62\n\n63\n", 10);
	run_kctl("kctl proto send --channel 9 --hex --lines -");
	assert_exited(EXIT_DONE);
	assert_int_equal(sent->count, 3);
	assert_sent(0, "ab", 2);
	assert_sent(1, "", 0);
	assert_sent(2, "c", 1);
}

static void test_send_bad_hex(void **state)
{
	(void)state;
	run_kctl("kctl proto send --channel 9 --hex 61x2");
	assert_exited(EXIT_USAGE);
	assert_non_null(strstr(ran.err, "character 3 is 'x', no digit"));
	run_kctl("kctl proto send --channel 9 --hex 616");
	assert_exited(EXIT_USAGE);
	assert_non_null(strstr(ran.err, "lacks its second digit"));
	set_input("61\n6z", 5);
	run_kctl("kctl proto send --channel 9 --hex -");
	assert_exited(EXIT_REFUSED);
	assert_string_equal(ran.err, "kctl: proto send: standard input: "
				     "line 2, character 2 is 'z', no digit\n");
	assert_int_equal(sent->count, 0);
	set_input("61\n6 1", 6);
	run_kctl("kctl proto send --channel 9 --hex --lines -");
	assert_exited(EXIT_REFUSED);
	assert_string_equal(ran.err,
			    "kctl: proto send: line 2 of standard input: "
			    "character 2 is between two digits\n");
	assert_int_equal(sent->count, 1);
}

static void test_send_unreadable(void **state)
{
	(void)state;
	run_kctl("kctl proto send --channel 9 --lines --file /nonexistent");
	assert_exited(EXIT_REFUSED);
	assert_string_equal(
		ran.err,
		"kctl: proto send: cannot read '/nonexistent': No such file or directory\n");
	run_kctl("kctl proto send --channel 9 --lines --file /");
	assert_exited(EXIT_REFUSED);
	assert_string_equal(
		ran.err,
		"kctl: proto send: cannot read line 1 of '/': Is a directory\n");
	run_kctl("kctl proto send --channel 9 --lines --file /dev/zero");
	assert_exited(EXIT_REFUSED);
	assert_string_equal(
		ran.err,
		"kctl: proto send: line 1 of '/dev/zero' has more than 4194304 bytes\n");
	assert_int_equal(sent->count, 0);
}

static void test_recv(void **state)
{
	(void)state;
	put(0, "abc", 3, 77);
	put(1, "\0\n", 2, 0);
	run_kctl("kctl proto recv --channel 5");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, "abc\n");
	run_kctl("kctl proto recv --channel 5 --raw");
	assert_string_equal(ran.out, "abc");
	run_kctl("kctl proto recv --channel 5 --hex --count 2");
	assert_string_equal(ran.out, "616263\n000a\n");
	run_kctl("kctl proto recv --channel 5 -0");
	assert_memory_equal(ran.out, "abc\0", 5);
	run_kctl("kctl proto recv --channel 5 --null --count 2");
	assert_memory_equal(ran.out, "abc\0\0\n\0", 8);
	run_kctl("kctl -j proto recv --channel 5 --count 2");
	assert_exited(EXIT_DONE);
	assert_string_equal(
		ran.out,
		"{\"channel\":5,\"from\":77,\"pid\":4711,\"uid\":1000,"
		"\"time\":1700000000123456789,\"data\":\"abc\"}\n"
		"{\"channel\":5,\"from\":0,\"pid\":4711,\"uid\":1000,"
		"\"time\":1700000000123456789,\"data_base64\":\"AAo=\"}\n");
}

/* Before the noun or behind the verb, it is the same -v. */
static void test_recv_details(void **state)
{
	static const char *const lines[] = {
		"kctl -v proto recv --channel 5 --hex",
		"kctl proto recv -v --channel 5 --hex",
		"kctl proto recv --channel 5 --hex --verbose",
	};

	(void)state;
	put(0, "abc", 3, 77);
	for (size_t i = 0; i < COUNT(lines); i++) {
		run_kctl(lines[i]);
		assert_exited(EXIT_DONE);
		assert_string_equal(
			ran.out,
			"22:13:20.123456 from 77, pid 4711, uid 1000, length 3\n"
			"616263\n");
		assert_string_equal(ran.err, "");
	}
}

/* Bytes of any number, in pieces, come out as their digits. */
static void test_recv_large_hex(void **state)
{
	char *data = calloc(1, 5000);

	(void)state;
	data[4999] = 1;
	put(0, data, 5000, 0);
	run_kctl("kctl proto recv --channel 5 --hex");
	assert_int_equal(strlen(ran.out), 10001);
	assert_int_equal(strspn(ran.out, "0"), 9999);
	assert_string_equal(ran.out + 9999, "1\n");
	free(data);
}

/* Another receiver was quicker: wait on. */
static void test_recv_competes(void **state)
{
	(void)state;
	put(0, NULL, -EAGAIN, 0);
	put(1, NULL, -EAGAIN, 0);
	put(2, "abc", 3, 0);
	run_kctl("kctl proto recv --channel 5");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, "abc\n");
}

static void test_recv_fails(void **state)
{
	(void)state;
	put(0, "abc", 3, 0);
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

/* What arrived before the time was over is printed. */
static void test_recv_some_then_none(void **state)
{
	(void)state;
	put(0, "abc", 3, 0);
	run_kctl("kctl proto recv --channel 5 --count 3 --timeout 0.02");
	assert_exited(EXIT_TIMEOUT);
	assert_string_equal(ran.out, "abc\n");
}

/* A signal takes nothing that it does not print. */
static void test_follow_until_signal(void **state)
{
	(void)state;
	put(0, "abc", 3, 0);
	put(1, "def", 3, 0);
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
	put(0, "abc", 3, 0);
	channel.stop = SIGTERM;
	run_kctl("kctl -j proto bind --channel 0");
	assert_true(WIFSIGNALED(ran.status));
	assert_string_equal(
		ran.out,
		"{\"event\":\"bound\",\"channel\":2147483648}\n"
		"{\"channel\":2147483648,\"from\":0,\"pid\":4711,\"uid\":1000,"
		"\"time\":1700000000123456789,\"data\":\"abc\"}\n");
	run_kctl("kctl -v proto bind --channel 7 --raw");
	assert_string_equal(
		ran.out,
		"22:13:20.123456 from 0, pid 4711, uid 1000, length 3\nabc");
	assert_string_equal(ran.err, "kctl: proto bind: bound to channel 7\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_send, setup),
		cmocka_unit_test_setup(test_send_command, setup),
		cmocka_unit_test_setup(test_send_repeat, setup),
		cmocka_unit_test_setup(test_send_interval, setup),
		cmocka_unit_test_setup(test_send_lines, setup),
		cmocka_unit_test_setup(test_send_hex, setup),
		cmocka_unit_test_setup(test_send_bad_hex, setup),
		cmocka_unit_test_setup(test_send_unreadable, setup),
		cmocka_unit_test_setup(test_recv, setup),
		cmocka_unit_test_setup(test_recv_details, setup),
		cmocka_unit_test_setup(test_recv_large_hex, setup),
		cmocka_unit_test_setup(test_recv_competes, setup),
		cmocka_unit_test_setup(test_recv_fails, setup),
		cmocka_unit_test_setup(test_recv_some_then_none, setup),
		cmocka_unit_test_setup(test_follow_until_signal, setup),
		cmocka_unit_test_setup(test_bind, setup),
	};

	return cmocka_run_group_tests(tests, map_shared, NULL);
}
