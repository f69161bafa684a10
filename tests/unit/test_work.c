// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl proto work against a mock of the kernel, and the calculation of its delays */
#include "test.h"

#include <signal.h>

#include "lib/libkctl.h"
#include "mock_proto.h"
#include "run_kctl.h"
#include "channel/backoff.h"

/* In a command for the shell, tabs separate the words. */
#define WORK "kctl proto work --channel 5 --timeout 0.01 --backoff "

static void assert_settled(uint32_t done, uint32_t retry, uint32_t release)
{
	assert_int_equal(sent->settled[KCTL_SETTLE_DONE], done);
	assert_int_equal(sent->settled[KCTL_SETTLE_RETRY], retry);
	assert_int_equal(sent->settled[KCTL_SETTLE_RELEASE], release);
	memset(sent, 0, sizeof(*sent));
}

static void test_backoff_doubles(void **state)
{
	(void)state;
	assert_int_equal(backoff_delay(1000, 300000, 1, 0), 1000);
	assert_int_equal(backoff_delay(1000, 300000, 2, 0), 2000);
	assert_int_equal(backoff_delay(1000, 300000, 9, 0), 256000);
	assert_int_equal(backoff_delay(1000, 300000, 10, 0), 300000);
	assert_int_equal(backoff_delay(1000, 1000, 1, 0), 1000);
}

static void test_backoff_at_its_limits(void **state)
{
	(void)state;
	assert_int_equal(backoff_delay(0, 0, 1, UINT32_MAX), 0);
	assert_int_equal(backoff_delay(0, 300000, UINT32_MAX, 0), 0);
	assert_int_equal(backoff_delay(1, 86400000, UINT32_MAX, 0), 86400000);
	assert_int_equal(backoff_delay(86400000, 86400000, 2, 0), 86400000);
	/* No module reports 0. */
	assert_int_equal(backoff_delay(1, 86400000, 0, 0), 86400000);
}

/* A random part of up to a half is subtracted, never all. */
static void test_backoff_is_spread(void **state)
{
	(void)state;
	assert_int_equal(backoff_delay(1000, 300000, 1, UINT32_MAX), 501);
	assert_int_equal(backoff_delay(1000, 300000, 1, UINT32_MAX / 2), 751);
	assert_int_equal(backoff_delay(1, 300000, 1, UINT32_MAX), 1);
	assert_int_equal(backoff_delay(86400000, 86400000, 1, UINT32_MAX),
			 43200001);
}

static void test_done(void **state)
{
	(void)state;
	put(0, "abc", 3, 77);
	put(1, "de", 2, 0);
	run_kctl(WORK "1 -- cat");
	assert_exited(EXIT_TIMEOUT);
	assert_string_equal(ran.out, "abcde");
	assert_string_equal(
		ran.err,
		"kctl: proto work: no message on channel 5 within 0.01 s\n");
	assert_settled(2, 0, 0);
	run_kctl(WORK "1 --jobs 2 -- sh -c "
		      "echo\t$KCTL_CHANNEL\t$KCTL_DELIVERIES\t$KCTL_FROM");
	assert_true(!strcmp(ran.out, "5 2 77\n5 2 0\n") ||
		    !strcmp(ran.out, "5 2 0\n5 2 77\n"));
	assert_settled(2, 0, 0);
	/* The command need not read the message. */
	run_kctl("kctl -j proto work --channel 5 --timeout 0 -- true");
	assert_exited(EXIT_TIMEOUT);
	assert_string_equal(ran.out, "");
	assert_settled(2, 0, 0);
}

/* The second delivery: 20 ms, less up to a half. */
static void test_failed(void **state)
{
	(void)state;
	put(0, "abc", 3, 77);
	run_kctl(WORK ".01 -- sh -c exit\t3");
	assert_exited(EXIT_TIMEOUT);
	assert_non_null(strstr(
		ran.err,
		"kctl: proto work: 'sh' exited with status 3 (delivery 2), again in 0.0"));
	assert_in_range(sent->delay, 10, 20);
	assert_settled(0, 1, 0);
	run_kctl("kctl -q proto work --channel 5 --timeout 0 --backoff 500 -- "
		 "sh -c kill\t-9\t$$");
	assert_string_equal(
		ran.err,
		"kctl: proto work: no message on channel 5 within 0 s\n");
	assert_in_range(sent->delay, 250000, 500000);
	assert_settled(0, 1, 0);
	run_kctl(WORK "0 -- false");
	assert_int_equal(sent->delay, 0);
	assert_settled(0, 1, 0);
}

/* A module without delays: the worker holds the message during the delay. */
static void test_failed_without_delays(void **state)
{
	int64_t begin = now();

	(void)state;
	channel.no_delays = true;
	put(0, "abc", 3, 77);
	run_kctl(WORK ".02 -- sh -c kill\t-9\t$$");
	assert_exited(EXIT_TIMEOUT);
	assert_non_null(strstr(ran.err, "'sh' was ended by signal 9"));
	assert_true(now() - begin >= 20000000);
	assert_settled(0, 1, 0);
	/* The message goes back at once when the worker ends. */
	channel.stop = SIGTERM;
	run_kctl(WORK "1000 --jobs 2 -- false");
	assert_true(WIFSIGNALED(ran.status));
	assert_settled(0, 1, 0);
	channel.stop = 0;
	run_kctl("kctl proto work --channel 5 --hold-time 10 -- false");
	assert_exited(EXIT_MISSING);
	assert_non_null(strstr(ran.err, "too old for --hold-time"));
}

static void test_dead_status(void **state)
{
	(void)state;
	put(0, "abc", 3, 77);
	run_kctl(WORK "0 --dead-status 7 -- sh -c exit\t7");
	assert_exited(EXIT_TIMEOUT);
	assert_non_null(strstr(
		ran.err,
		"'sh' exited with status 7 (delivery 2), the message is dead\n"));
	assert_int_equal(sent->settled[KCTL_SETTLE_DEAD], 1);
	assert_settled(0, 0, 0);
	run_kctl(WORK "0 --dead-status 7 -- sh -c exit\t6");
	assert_settled(0, 1, 0);
	run_kctl(WORK "0 --dead-status 137 -- sh -c kill\t-9\t$$");
	assert_settled(0, 1, 0);
	channel.no_delays = true;
	run_kctl(WORK "0 --dead-status 7 -- true");
	assert_exited(EXIT_MISSING);
	assert_non_null(strstr(ran.err, "too old for --dead-status"));
	assert_settled(0, 0, 0);
}

/* Only a dead letter has these variables, whatever the environment was before. */
static void test_history(void **state)
{
	static const char line[] = WORK
		"0 -- sh -c "
		"echo\t$KCTL_DEAD_FROM\t$KCTL_DEAD_DELIVERIES\t$KCTL_DEAD_WHY.";

	(void)state;
	put(0, "abc", 3, 77);
	channel.dead = (struct kctl_held){ .dead_from = 9,
					   .dead_deliveries = 3,
					   .dead_why = KCTL_DEAD_SETTLED };
	run_kctl(line);
	assert_string_equal(ran.out, "9 3 settled.\n");
	channel.dead = (struct kctl_held){ 0 };
	setenv("KCTL_DEAD_FROM", "1", true);
	setenv("KCTL_DEAD_DELIVERIES", "1", true);
	setenv("KCTL_DEAD_WHY", "1", true);
	run_kctl(line);
	unsetenv("KCTL_DEAD_FROM");
	unsetenv("KCTL_DEAD_DELIVERIES");
	unsetenv("KCTL_DEAD_WHY");
	assert_string_equal(ran.out, ".\n");
}

/* With and without permission to hold the message. */
static void test_recv_dead_letter(void **state)
{
	static const uint32_t why[] = { KCTL_DEAD_DELIVERIES, KCTL_DEAD_SETTLED,
					KCTL_DEAD_TTL, 99 };
	static const char *const words[] = { "deliveries", "settled", "ttl",
					     "unknown" };
	char text[200];

	(void)state;
	put(0, "abc", 3, 77);
	for (size_t i = 0; i < COUNT(why); i++) {
		channel.hold_error = i ? 0 : EACCES;
		channel.dead = (struct kctl_held){ .dead_from = 7,
						   .dead_deliveries = 3,
						   .dead_why = why[i] };
		run_kctl("kctl proto recv -v --channel 5");
		snprintf(
			text, sizeof(text),
			"22:13:20.123456 from 77, pid 4711, uid 1000, dead in channel 7 "
			"after 3 deliveries (%s), length 3\nabc\n",
			words[i]);
		assert_string_equal(ran.out, text);
		run_kctl("kctl -j proto recv --channel 5");
		snprintf(
			text, sizeof(text),
			"\"dead_from\":7,\"dead_deliveries\":3,\"dead_why\":\"%s\",",
			words[i]);
		assert_non_null(strstr(ran.out, text));
	}
	channel.dead = (struct kctl_held){ 0 };
	run_kctl("kctl -j proto recv --channel 5");
	assert_null(strstr(ran.out, "dead"));
}

static void test_cannot_run(void **state)
{
	(void)state;
	put(0, "abc", 3, 77);
	run_kctl("kctl proto work --channel 5 -- /nonexistent x");
	assert_exited(EXIT_NO_COMMAND);
	assert_string_equal(
		ran.err,
		"kctl: proto work: cannot run '/nonexistent': No such file or directory\n");
	assert_settled(0, 0, 1);
	run_kctl("kctl proto work --channel 5 -- /dev/null");
	assert_exited(EXIT_CANNOT_RUN);
	assert_settled(0, 0, 1);
}

/* The first signal lets the command end, and then ends the program. */
static void test_signal(void **state)
{
	(void)state;
	put(0, "abc", 3, 77);
	channel.stop = SIGINT;
	run_kctl("kctl proto work --channel 5 --jobs 2 -- cat");
	assert_true(WIFSIGNALED(ran.status));
	assert_int_equal(WTERMSIG(ran.status), SIGINT);
	assert_string_equal(ran.out, "abc");
	assert_settled(1, 0, 0);
}

static void test_hold_time(void **state)
{
	(void)state;
	put(0, "abc", 3, 77);
	run_kctl(WORK "1 --hold-time 0.0301 -- sleep 0.1");
	assert_exited(EXIT_TIMEOUT);
	assert_int_equal(sent->hold_time, 31);
	assert_true(sent->settled[KCTL_SETTLE_EXTEND] > 0);
	assert_settled(1, 0, 0);
}

/* The owner can limit the hold time even if the worker sets none; the worker extends it. */
static void test_hold_time_of_the_owner(void **state)
{
	(void)state;
	put(0, "abc", 3, 77);
	channel.dead.deadline = mock_monotonic() + 31000000;
	run_kctl(WORK "1 -- sleep 0.1");
	assert_exited(EXIT_TIMEOUT);
	assert_int_equal(sent->hold_time, 0);
	assert_true(sent->settled[KCTL_SETTLE_EXTEND] > 0);
	assert_settled(1, 0, 0);
	channel.dead.deadline = 0;
	put(0, "abc", 3, 77);
	run_kctl(WORK "1 -- sleep 0.1");
	assert_int_equal(sent->settled[KCTL_SETTLE_EXTEND], 0);
}

static void test_extension_interval(void **state)
{
	(void)state;
	assert_int_equal(extension_interval(0, 5), 0);
	assert_int_equal(extension_interval(9000000005, 5), 3000000000);
	assert_int_equal(extension_interval(6, 5), 1000000);
	assert_int_equal(extension_interval(5, 9000000005), 1000000);
}

static void test_refused(void **state)
{
	(void)state;
	channel.hold_error = EACCES;
	run_kctl("kctl proto work --channel 5 -- true");
	assert_exited(EXIT_PERMISSION);
	assert_non_null(strstr(ran.err, "not permitted to send to channel 5"));
	channel.hold_error = ENOBUFS;
	run_kctl("kctl proto work --channel 5 -- true");
	assert_exited(EXIT_REFUSED);
	channel.old = true;
	run_kctl("kctl proto work --channel 5 -- true");
	assert_exited(EXIT_MISSING);
	assert_non_null(strstr(ran.err, "too old"));
	channel.error = EACCES;
	run_kctl("kctl proto work --channel 5 -- true");
	assert_exited(EXIT_PERMISSION);
	assert_non_null(
		strstr(ran.err, "not permitted to receive from channel 5"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_backoff_doubles),
		cmocka_unit_test(test_backoff_at_its_limits),
		cmocka_unit_test(test_backoff_is_spread),
		cmocka_unit_test_setup(test_done, setup),
		cmocka_unit_test_setup(test_failed, setup),
		cmocka_unit_test_setup(test_failed_without_delays, setup),
		cmocka_unit_test_setup(test_dead_status, setup),
		cmocka_unit_test_setup(test_history, setup),
		cmocka_unit_test_setup(test_recv_dead_letter, setup),
		cmocka_unit_test_setup(test_cannot_run, setup),
		cmocka_unit_test_setup(test_signal, setup),
		cmocka_unit_test_setup(test_hold_time, setup),
		cmocka_unit_test_setup(test_hold_time_of_the_owner, setup),
		cmocka_unit_test(test_extension_interval),
		cmocka_unit_test_setup(test_refused, setup),
	};

	return cmocka_run_group_tests(tests, map_shared, NULL);
}
