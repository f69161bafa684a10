// SPDX-License-Identifier: GPL-2.0-or-later
/* Sending, from the command line to a mock of the kernel */
#include "test.h"

#include "lib/libkctl.h"
#include "mock_proto.h"
#include "run_kctl.h"

static void test_send(void **state)
{
	struct kctl_proto *handle;
	int64_t timeout = -1;

	(void)state;
	assert_int_equal(kctl_proto_open(&handle), 0);
	assert_int_equal(kctl_proto_send(handle, 123, timeout, "a\0b", 3), 0);
	assert_int_equal(channel.addr.skc_channel, 123);
	assert_int_equal(channel.size, 3);
	assert_int_equal(channel.flags, 0);
	assert_memory_equal(channel.data, "a\0b", 3);

	timeout = 0;
	channel.error = EAGAIN;
	assert_int_equal(kctl_proto_send(handle, 123, timeout, "", 0), -EAGAIN);
	assert_int_equal(channel.flags, MSG_DONTWAIT);

	timeout = 1500000000;
	assert_int_equal(kctl_proto_send(handle, 123, timeout, "", 0),
			 -ETIMEDOUT);
	assert_int_equal(channel.flags, 0);
	assert_int_equal(channel.timeout.tv_sec, 1);
	assert_int_equal(channel.timeout.tv_usec, 500000);

	/* 0 would mean no timeout. */
	timeout = 1;
	assert_int_equal(kctl_proto_send(handle, 123, timeout, "", 0),
			 -ETIMEDOUT);
	assert_int_equal(channel.timeout.tv_sec, 0);
	assert_int_equal(channel.timeout.tv_usec, 1);
	kctl_proto_close(handle);
}

/* SO_SNDTIMEO stays set on a socket, but a timeout is for one message. */
static void test_timeout_does_not_stick(void **state)
{
	struct kctl_proto *handle;
	int64_t timeout = 1500000000;

	(void)state;
	assert_int_equal(kctl_proto_open(&handle), 0);
	channel.error = EAGAIN;
	assert_int_equal(kctl_proto_send(handle, 123, timeout, "", 0),
			 -ETIMEDOUT);
	channel.error = 0;
	timeout = -1;
	assert_int_equal(kctl_proto_send(handle, 123, timeout, "", 0), 0);
	assert_int_equal(channel.flags, 0);
	assert_int_equal(channel.timeout.tv_sec, 0);
	assert_int_equal(channel.timeout.tv_usec, 0);
	/* If the channel has room, there is no wait, and no option is set. */
	timeout = 1500000000;
	assert_int_equal(kctl_proto_send(handle, 123, timeout, "", 0), 0);
	assert_int_equal(channel.flags, MSG_DONTWAIT);
	kctl_proto_close(handle);
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
	channel.messages = channel.max_messages = 4;
	channel.max_bytes = 100;
	run_kctl("kctl proto send --channel 9 --timeout 0.25 hello");
	assert_exited(EXIT_TIMEOUT);
	assert_non_null(strstr(
		ran.err, "kctl: proto send: channel 9 stayed full for 0.25 s"));
}

/* The error names the limit that a user can change, if it is known. */
static void test_full_channel_names_its_limit(void **state)
{
	(void)state;
	channel.error = EAGAIN;
	channel.messages = channel.max_messages = 4;
	channel.bytes = 20;
	channel.max_bytes = 100;
	run_kctl("kctl proto send --channel 9 --nonblock hello");
	assert_exited(EXIT_TIMEOUT);
	assert_string_equal(
		ran.err,
		"kctl: proto send: channel 9 is full; it holds 4 messages, the limit is 4: "
		"sysctl net.kctl.channel_max_messages\n");
	channel.max_messages = 5;
	channel.bytes = 96;
	run_kctl("kctl proto send --channel 9 --nonblock hello");
	assert_string_equal(
		ran.err,
		"kctl: proto send: channel 9 is full; it holds 96 bytes, the limit is 100: "
		"sysctl net.kctl.channel_max_bytes\n");
	/* The channel has room again, or the user may not list the channels. */
	for (int i = 0; i < 2; i++) {
		channel.bytes = 95;
		channel.list_error = i ? -EPERM : 0;
		run_kctl("kctl proto send --channel 9 --nonblock hello");
		assert_string_equal(
			ran.err,
			"kctl: proto send: channel 9 is full; "
			"see sysctl net.kctl.channel_max_messages and channel_max_bytes\n");
	}
}

static void assert_refused(const char *command, const char *text)
{
	run_kctl(command);
	assert_exited(EXIT_REFUSED);
	assert_string_equal(ran.err, text);
}

static void test_too_large_message_names_its_limit(void **state)
{
	(void)state;
	channel.error = EMSGSIZE;
	channel.max_bytes = 4;
	assert_refused(
		"kctl proto send --channel 9 hello",
		"kctl: proto send: message is 5 bytes, too large for channel 9; "
		"the limit is 4: sysctl net.kctl.channel_max_bytes\n");
	/* The limit has been raised since. */
	channel.max_bytes = 5;
	assert_refused(
		"kctl proto send --channel 9 hello",
		"kctl: proto send: message is 5 bytes, the limit is 1048576, or less if the "
		"channel is smaller; see sysctl net.kctl.channel_max_bytes\n");
}

static void test_too_many_channels_or_sockets(void **state)
{
	(void)state;
	channel.error = ENOSPC;
	assert_refused(
		"kctl proto send --channel 5 hello",
		"kctl: proto send: too many channels, or too many sockets on channel 5; "
		"see sysctl net.kctl.channels_max\n");
	channel.channels = channel.channels_max = 8;
	assert_refused(
		"kctl proto send --channel 5 hello",
		"kctl: proto send: too many channels; there are 8, the limit is 8: "
		"sysctl net.kctl.channels_max\n");
	/* The limit of a user, or a channel that this user may not see. */
	channel.channels = 2;
	assert_refused(
		"kctl proto recv --channel 5",
		"kctl: proto recv: too many channels, or too many sockets on channel 5; "
		"there are 2 channels, the limit is 8, a quarter of it for a user without "
		"CAP_NET_ADMIN, and seven eighths for all of them: sysctl net.kctl.channels_max\n");
	channel.receivers = 256;
	assert_refused(
		"kctl proto recv --channel 9",
		"kctl: proto recv: too many sockets on channel 9; "
		"it has 256, the limit is 1024, and a quarter of it for one user\n");
}

static void test_too_many_bytes(void **state)
{
	(void)state;
	channel.error = ENOBUFS;
	assert_refused(
		"kctl proto send --channel 9 hello",
		"kctl: proto send: all channels together, or those of this user, hold too many "
		"bytes; see sysctl net.kctl.proto_max_bytes\n");
	channel.all_bytes = 9600;
	channel.all_max_bytes = 10000;
	assert_refused(
		"kctl proto send --channel 9 hello",
		"kctl: proto send: all channels together hold too many bytes; "
		"they hold 9600, the limit is 10000: sysctl net.kctl.proto_max_bytes\n");
	channel.all_bytes = 2600;
	assert_refused(
		"kctl proto send --channel 9 hello",
		"kctl: proto send: all channels together, or those of this user, hold too many "
		"bytes; all hold 2600, the limit is 10000, a quarter of it for a user without "
		"CAP_NET_ADMIN, and seven eighths for all of them: "
		"sysctl net.kctl.proto_max_bytes\n");
}

static void test_send_to_a_name(void **state)
{
	(void)state;
	run_kctl("kctl proto send --channel jobs hello");
	assert_exited(EXIT_DONE);
	assert_int_equal(sent->message[0].channel, 9);
	run_kctl("kctl proto send --channel work hello");
	assert_exited(EXIT_REFUSED);
	assert_non_null(strstr(
		ran.err, "kctl: proto send: channel 'work' does not exist"));
	channel.old = true;
	run_kctl("kctl proto send --channel jobs hello");
	assert_exited(EXIT_MISSING);
	assert_non_null(strstr(
		ran.err, "the loaded module is too old for names of channels"));
	assert_int_equal(sent->count, 1);
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
	assert_non_null(strstr(
		ran.err,
		"kctl: proto send: channel 9 is full (2 messages were sent)"));
	channel.error_after = 6;
	run_kctl("kctl -j proto send --channel 9 --nonblock --repeat 10 ab");
	assert_non_null(strstr(ran.err, "\"done\":\"1 message was sent\""));
}

/* The pace does not depend on the time that sending takes. There is no pause at the end. */
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
	assert_non_null(strstr(ran.err, "character 3 is 'x', not a digit"));
	run_kctl("kctl proto send --channel 9 --hex 616");
	assert_exited(EXIT_USAGE);
	assert_non_null(strstr(ran.err, "lacks its second digit"));
	set_input("61\n6z", 5);
	run_kctl("kctl proto send --channel 9 --hex -");
	assert_exited(EXIT_REFUSED);
	assert_string_equal(ran.err,
			    "kctl: proto send: standard input: "
			    "line 2, character 2 is 'z', not a digit\n");
	assert_int_equal(sent->count, 0);
	set_input("61\n6 1", 6);
	run_kctl("kctl proto send --channel 9 --hex --lines -");
	assert_exited(EXIT_REFUSED);
	assert_string_equal(ran.err,
			    "kctl: proto send: line 2 of standard input: "
			    "character 2 is white space within a byte "
			    "(1 message was sent)\n");
	assert_int_equal(sent->count, 1);
}

/* A channel whose owner is neither root nor the caller. */
static void test_send_to_a_stranger(void **state)
{
	(void)state;
	channel.tells_owner = true;
	channel.owner = 4242424;
	run_kctl("kctl proto send --channel 9 --repeat 3 abc");
	assert_exited(EXIT_DONE);
	assert_string_equal(
		ran.err,
		"kctl: proto send: warning: channel 9 belongs to user 4242424\n");
	assert_int_equal(sent->count, 3);
	assert_int_equal(sent->connected, 9);
	run_kctl("kctl -q proto send --channel 9 abc");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.err, "");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_send, setup),
		cmocka_unit_test_setup(test_timeout_does_not_stick, setup),
		cmocka_unit_test_setup(test_send_command, setup),
		cmocka_unit_test_setup(test_too_large_message_names_its_limit,
				       setup),
		cmocka_unit_test_setup(test_too_many_channels_or_sockets,
				       setup),
		cmocka_unit_test_setup(test_too_many_bytes, setup),
		cmocka_unit_test_setup(test_full_channel_names_its_limit,
				       setup),
		cmocka_unit_test_setup(test_send_to_a_name, setup),
		cmocka_unit_test_setup(test_send_repeat, setup),
		cmocka_unit_test_setup(test_send_interval, setup),
		cmocka_unit_test_setup(test_send_lines, setup),
		cmocka_unit_test_setup(test_send_hex, setup),
		cmocka_unit_test_setup(test_send_bad_hex, setup),
		cmocka_unit_test_setup(test_send_to_a_stranger, setup),
		cmocka_unit_test_setup(test_send_unreadable, setup),
	};

	return cmocka_run_group_tests(tests, map_shared, NULL);
}
