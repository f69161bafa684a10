// SPDX-License-Identifier: GPL-2.0-or-later
/* Receiving and tapping, from the command line to a mock of the kernel */
#include "test.h"

#include <signal.h>

#include "lib/libkctl.h"
#include "mock_proto.h"
#include "run_kctl.h"

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
		"\"time\":1700000000123456789,\"time_iso\":\"2023-11-14T22:13:20.123456789Z\",\"data\":\"abc\"}\n"
		"{\"channel\":5,\"from\":0,\"pid\":4711,\"uid\":1000,"
		"\"time\":1700000000123456789,\"time_iso\":\"2023-11-14T22:13:20.123456789Z\",\"data_base64\":\"AAo=\"}\n");
}

/* -v means the same before the noun and after the verb. */
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

/* A newline, and a backslash followed by n, are two different messages. */
static void test_backslash_in_details(void **state)
{
	(void)state;
	put(0, "a\\n\\", 4, 77);
	put(1, "a\n\t\033", 4, 77);
	run_kctl("kctl proto recv -v --channel 5 --count 2");
	assert_string_equal(
		ran.out,
		"22:13:20.123456 from 77, pid 4711, uid 1000, length 4\n"
		"a\\\\n\\\\\n"
		"22:13:20.123456 from 77, pid 4711, uid 1000, length 4\n"
		"a\\n\t\\x1b\n");
	run_kctl("kctl proto recv --channel 5 --count 1");
	assert_string_equal(ran.out, "a\\n\\\n");
}

/* A message of any length, printed in pieces, has all its digits. */
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

/* Another receiver took the message first: continue to wait. */
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

/* Messages that arrived before the timeout are printed. */
static void test_recv_some_then_none(void **state)
{
	(void)state;
	put(0, "abc", 3, 0);
	run_kctl("kctl proto recv --channel 5 --count 3 --timeout 0.02");
	assert_exited(EXIT_TIMEOUT);
	assert_string_equal(ran.out, "abc\n");
}

/* After a signal, the tool takes no message that it does not print. */
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
		"\"time\":1700000000123456789,\"time_iso\":\"2023-11-14T22:13:20.123456789Z\",\"data\":\"abc\"}\n");
	run_kctl("kctl -v proto bind --channel 7 --raw");
	assert_string_equal(
		ran.out,
		"22:13:20.123456 from 0, pid 4711, uid 1000, length 3\nabc");
	assert_string_equal(ran.err, "kctl: proto bind: bound to channel 7\n");
	/* The tool must print the number that the kernel has picked. */
	run_kctl("kctl proto bind --channel 0");
	assert_string_equal(ran.err,
			    "kctl: proto bind: bound to channel 2147483648\n");
	run_kctl("kctl proto bind --channel 7");
	assert_string_equal(ran.err, "");
}

static void test_tap(void **state)
{
	(void)state;
	put(0, "abc", 3, 0);
	put(1, "def", 3, 0);
	put(2, "ghi", 3, 0);
	channel.queue[1].missed = channel.queue[2].missed = 17;
	channel.missed = 18;
	run_kctl("kctl proto tap --channel 5 --count 3");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, "abc\ndef\nghi\n");
	assert_string_equal(ran.err, "kctl: proto tap: lost 17 messages\n");
	run_kctl("kctl proto tap --channel 5 --timeout 0.02 --hex");
	assert_exited(EXIT_TIMEOUT);
	assert_string_equal(ran.out, "616263\n646566\n676869\n");
	assert_string_equal(
		ran.err,
		"kctl: proto tap: lost 17 messages\n"
		"kctl: proto tap: lost 1 message\n"
		"kctl: proto tap: no message on channel 5 within 0.02 s\n");
	channel.stop = SIGINT;
	run_kctl("kctl proto tap --channel 5");
	assert_true(WIFSIGNALED(ran.status));
	assert_string_equal(ran.out, "abc\ndef\nghi\n");
	assert_non_null(strstr(ran.err, "lost 1 message\n"));
}

/* Text on standard output that looks like a notice of loss is a message. */
static void test_forged_loss(void **state)
{
	(void)state;
	put(0, "x\nlost 17 messages\ny", 20, 0);
	put(1, "z", 1, 0);
	channel.queue[1].missed = 2;
	channel.missed = 2;
	run_kctl("kctl -q proto tap --channel 5 --count 2");
	assert_string_equal(ran.out, "x\nlost 17 messages\ny\nz\n");
	assert_string_equal(ran.err, "kctl: proto tap: lost 2 messages\n");
}

static void test_tap_json(void **state)
{
	(void)state;
	put(0, "abc", 3, 0);
	channel.queue[0].missed = 2;
	run_kctl("kctl -j proto tap --channel 5 --count 1");
	assert_exited(EXIT_DONE);
	assert_string_equal(
		ran.out,
		"{\"event\":\"bound\",\"channel\":5}\n"
		"{\"event\":\"lost\",\"channel\":5,\"count\":2}\n"
		"{\"channel\":5,\"from\":0,\"pid\":4711,\"uid\":1000,"
		"\"time\":1700000000123456789,\"time_iso\":\"2023-11-14T22:13:20.123456789Z\",\"data\":\"abc\"}\n");
}

/* After a signal, the messages in the tap's queue are printed: no other socket has them. */
static void test_tap_prints_the_rest(void **state)
{
	(void)state;
	put(0, "abc", 3, 0);
	put(1, NULL, -EAGAIN, 0);
	put(2, "def", 3, 0);
	channel.stop_early = SIGTERM;
	run_kctl("kctl proto tap --channel 5");
	assert_true(WIFSIGNALED(ran.status));
	assert_string_equal(ran.out, "abc\ndef\n");
}

static void test_too_old(void **state)
{
	(void)state;
	channel.old = true;
	run_kctl("kctl proto tap --channel 5");
	assert_exited(EXIT_MISSING);
	assert_non_null(strstr(ran.err, "too old"));
	run_kctl("kctl proto bind --channel 5 --exclusive");
	assert_exited(EXIT_MISSING);
	run_kctl("kctl proto bind --channel 5 --mode 0660");
	assert_exited(EXIT_MISSING);
}

static void check_warning(const char *command, const char *warning)
{
	channel.taken = 0;
	run_kctl(command);
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.err, warning);
}

/* A channel whose owner is neither root nor the caller. */
static void test_strange_owner(void **state)
{
	(void)state;
	put(0, "abc", 3, 0);
	check_warning("kctl proto recv --channel 5", "");
	channel.tells_owner = true;
	check_warning("kctl proto recv --channel 5", "");
	channel.owner = geteuid();
	check_warning("kctl proto recv --channel 5", "");
	channel.owner = 4242424;
	check_warning("kctl proto recv --channel 5",
		      "kctl: proto recv: warning: channel 5 belongs to user "
		      "4242424\n");
	check_warning("kctl proto tap --channel 6 --count 1",
		      "kctl: proto tap: warning: channel 6 belongs to user "
		      "4242424\n");
	check_warning("kctl -q proto recv --channel 5", "");
	check_warning("kctl -j proto recv --channel 5", "");
}

/* An older module reports senders too, through the option that other families use. */
static void test_details_of_an_old_module(void **state)
{
	(void)state;
	channel.old = true;
	put(0, "abc", 3, 77);
	run_kctl("kctl -j proto recv --channel 5");
	assert_exited(EXIT_DONE);
	assert_string_equal(
		ran.out,
		"{\"channel\":5,\"from\":77,\"pid\":4711,\"uid\":1000,"
		"\"time\":1700000000123456789,\"time_iso\":\"2023-11-14T22:13:20.123456789Z\",\"data\":\"abc\"}\n");
}

/* Only the library shows the effect of all options, so the test calls it directly. */
static void test_options(void **state)
{
	uint32_t number = 5, missed;
	struct kctl_proto *handle;

	(void)state;
	assert_int_equal(kctl_proto_open(&handle), 0);
	assert_int_equal(kctl_proto_set_option(handle, KCTL_EXCLUSIVE, 1), 0);
	assert_int_equal(kctl_proto_set_option(handle, KCTL_MODE, 0620), 0);
	assert_int_equal(kctl_proto_set_tap(handle), 0);
	assert_int_equal(kctl_proto_bind(handle, &number), 0);
	assert_true(channel.exclusive && channel.tap);
	assert_int_equal(channel.mode, 0620);
	channel.missed = 7;
	assert_int_equal(kctl_proto_missed(handle, &missed), 0);
	assert_int_equal(missed, 7);
	assert_int_equal(kctl_proto_connect(handle, 6), 0);
	assert_int_equal(channel.connected, 6);
	assert_int_equal(kctl_proto_connect(handle, 13), -EACCES);
	kctl_proto_close(handle);
}

static void test_bind_refused(void **state)
{
	(void)state;
	channel.error = EADDRINUSE;
	run_kctl("kctl proto bind --channel 5 --exclusive");
	assert_exited(EXIT_REFUSED);
	assert_non_null(strstr(ran.err, "channel 5 has a receiver"));
	channel.error = EACCES;
	run_kctl("kctl proto bind --channel 5");
	assert_exited(EXIT_PERMISSION);
	assert_non_null(
		strstr(ran.err, "not permitted to receive from channel 5"));
	run_kctl("kctl proto send --channel 5 x");
	assert_exited(EXIT_PERMISSION);
	assert_non_null(strstr(ran.err, "not permitted to send to channel 5"));
}

/* The socket is an eventfd here, so the command reads its counter. */
static void test_bind_command(void **state)
{
	(void)state;
	run_kctl("kctl proto bind --channel 5 -- sh -c exit\t7");
	assert_exited(7);
	run_kctl("kctl proto bind --channel 5 -- sh -c kill\t-9\t$$");
	assert_true(WIFSIGNALED(ran.status));
	assert_int_equal(WTERMSIG(ran.status), SIGKILL);
	run_kctl("kctl proto bind --channel 0 --to 6 -- sh -c "
		 "test\t$(head\t-c\t8|wc\t-c)\t=\t8;echo\t$?,$KCTL_CHANNEL>&2");
	assert_exited(0);
	assert_string_equal(ran.out, "");
	assert_string_equal(
		ran.err,
		"kctl: proto bind: bound to channel 2147483648\n0,2147483648\n");
	run_kctl("kctl -q proto bind --channel 0 -- true");
	assert_string_equal(ran.err,
			    "kctl: proto bind: bound to channel 2147483648\n");
	run_kctl("kctl -q proto bind --channel 5 -- true");
	assert_string_equal(ran.err, "");
	assert_int_equal(sent->connected, 6);
	assert_int_equal(sent->mode, 0);
	assert_false(sent->exclusive);
	run_kctl("kctl proto bind --channel 5 --exclusive --mode 0640 -- true");
	assert_exited(0);
	assert_true(sent->exclusive);
	assert_int_equal(sent->mode, 0640);
	run_kctl("kctl -j proto bind --channel 5 -- true");
	assert_exited(0);
	assert_string_equal(ran.out, "{\"event\":\"bound\",\"channel\":5}\n");
}

static void test_bind_command_fails(void **state)
{
	(void)state;
	run_kctl("kctl proto bind --channel 5 -- /nonexistent");
	assert_exited(EXIT_NO_COMMAND);
	assert_string_equal(
		ran.err,
		"kctl: proto bind: cannot run '/nonexistent': No such file or directory\n");
	run_kctl("kctl proto bind --channel 5 -- /dev/null");
	assert_exited(EXIT_CANNOT_RUN);
	run_kctl("kctl proto bind --channel 5 --to 13 -- true");
	assert_exited(EXIT_PERMISSION);
	assert_string_equal(
		ran.err,
		"kctl: proto bind: not permitted to send to channel 13; "
		"its owner can change that: kctl proto set --mode\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_recv, setup),
		cmocka_unit_test_setup(test_recv_details, setup),
		cmocka_unit_test_setup(test_details_of_an_old_module, setup),
		cmocka_unit_test_setup(test_backslash_in_details, setup),
		cmocka_unit_test_setup(test_recv_large_hex, setup),
		cmocka_unit_test_setup(test_recv_competes, setup),
		cmocka_unit_test_setup(test_recv_fails, setup),
		cmocka_unit_test_setup(test_recv_some_then_none, setup),
		cmocka_unit_test_setup(test_follow_until_signal, setup),
		cmocka_unit_test_setup(test_bind, setup),
		cmocka_unit_test_setup(test_tap, setup),
		cmocka_unit_test_setup(test_forged_loss, setup),
		cmocka_unit_test_setup(test_tap_json, setup),
		cmocka_unit_test_setup(test_tap_prints_the_rest, setup),
		cmocka_unit_test_setup(test_too_old, setup),
		cmocka_unit_test_setup(test_strange_owner, setup),
		cmocka_unit_test_setup(test_options, setup),
		cmocka_unit_test_setup(test_bind_refused, setup),
		cmocka_unit_test_setup(test_bind_command, setup),
		cmocka_unit_test_setup(test_bind_command_fails, setup),
	};

	return cmocka_run_group_tests(tests, map_shared, NULL);
}
