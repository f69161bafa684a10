// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl watch icmp: round trips, duplicates and the summary */
#include "test.h"

#include <time.h>

#include "mock_echo.h"
#include "run_kctl.h"
#include "cli/wait.h"

#define END(received, lost) \
	"{\"event\":\"end\",\"received\":" #received ",\"lost\":" #lost "}\n"

/* While the reply is in flight, the clock is set: forward by ten seconds, or back. */
static void echo_and_steps(const struct nlmsghdr *request, uint8_t cmd)
{
	int64_t step = (int64_t)round_trip - 9000000, offset = 1000000000;
	uint8_t packet[sizeof(mock_echo)];
	struct kctl_record record;

	mock_echo_record(&record, 1, KCTL_DIRECTION_OUT);
	if (mock_starts(cmd)) {
		mock.offset = &offset;
		mock_record(&record, mock_echo);
		reply_to(packet);
		record.seq = 2;
		record.time += round_trip;
		record.direction = KCTL_DIRECTION_IN;
		offset += step;
		mock_record(&record, packet);
		mock.offset = NULL;
	} else {
		mock_totals(request, 2);
	}
	mock_ack(request, 0, NULL);
}

static void test_round_trip_while_the_clock_is_set(void **state)
{
	static const int64_t seconds[] = { 10, -120 };

	(void)state;
	for (size_t i = 0; i < COUNT(seconds); i++) {
		echo_after((uint64_t)(seconds[i] * 1000000000 + 9000000));
		mock.handle = echo_and_steps;
		run_kctl("kctl watch icmp --count 2 --time none");
		assert_non_null(strstr(ran.out, ", rtt 9.000 ms\n"));
		run_kctl("kctl watch icmp --count 2 --time delta");
		assert_non_null(strstr(ran.out, "\n  0.009000 in  lo "));
		run_kctl("kctl watch icmp --count 2 --time elapsed");
		assert_non_null(strstr(ran.out, "\n  0.009000 in  lo "));
		run_kctl("kctl -j watch icmp --count 2 --summary");
		assert_non_null(strstr(ran.out, "\"rtt_min_ns\":9000000,"));
	}
}

/* A current packet whose time is two minutes ahead, because the wall clock was set. */
static void ahead(const struct nlmsghdr *request, uint8_t cmd)
{
	struct kctl_record record;
	int64_t offset;

	mock_echo_record(&record, 1, KCTL_DIRECTION_OUT);
	offset = (int64_t)record.time - wait_now();
	if (!mock_starts(cmd)) {
		mock_totals(request, 1);
	} else {
		mock.offset = &offset;
		mock_record(&record, mock_echo);
		mock.offset = NULL;
	}
	mock_ack(request, 0, NULL);
}

static void test_last_minute_after_the_clock_was_set(void **state)
{
	const char *minute;

	(void)state;
	mock_reset(ahead);
	run_kctl("kctl -j watch icmp --summary --duration 0.05");
	minute = strstr(ran.out, "\"minute\":[");
	assert_non_null(minute);
	minute = strpbrk(minute, "1]");
	assert_int_equal(*minute, '1');
}

/* The second reply to a request. */
static void echo_twice(const struct nlmsghdr *request, uint8_t cmd)
{
	uint8_t packet[sizeof(mock_echo)];
	struct kctl_record record;

	mock_echo_record(&record, 3, KCTL_DIRECTION_IN);
	echo(request, cmd);
	if (cmd != KCTL_CMD_WATCH_START)
		return;
	reply_to(packet);
	record.time += round_trip + 100000000;
	mock_record(&record, packet);
}

static void test_duplicate(void **state)
{
	(void)state;
	echo_after(2500000);
	mock.handle = echo_twice;
	run_kctl("kctl watch icmp --count 3 --time none");
	assert_non_null(strstr(
		ran.out,
		"seq 1, length 32, rtt 2.500 ms\n"
		"in  lo 10.0.0.2 > 10.0.0.1: echo reply, id 7, seq 1, length 32, duplicate\n"));
	run_kctl("kctl -j watch icmp --count 3");
	assert_non_null(strstr(ran.out, "\"length\":32,\"duplicate\":true}"));
	run_kctl("kctl watch icmp --count 3 --summary");
	assert_non_null(strstr(ran.out, "   0.0%    1  2.500  2.500  2.500"));
	run_kctl("kctl -j watch icmp --count 3 --summary");
	assert_non_null(strstr(
		ran.out,
		"\"unanswered\":0,\"duplicates\":1,\"rtt_min_ns\":2500000,"));
}

static void test_summary(void **state)
{
	char *line;

	(void)state;
	echo_after(2500000);
	run_kctl("kctl watch icmp --duration 1 --summary=0.1");
	assert_exited(EXIT_DONE);
	/* There are tables at their intervals, however busy the machine is, and a last one. */
	assert_non_null(strstr(ran.out, " s, 2 received, 0 lost; the last "));
	line = strstr(ran.out, "10.0.0.2  echo request");
	assert_non_null(line);
	assert_memory_equal(
		line + 22, "        1    10.0   0.0%    0  2.500  2.500  2.500",
		9);
	for (int i = 0; i < 3; i++) {
		line = strstr(line, "10.0.0.2  echo reply");
		if (!line)
			fail_msg("%d tables: %s", i, ran.out);
		line++;
	}
	assert_null(strchr(ran.out, '\033'));
	run_kctl("kctl -j watch icmp --count 2 --summary");
	assert_non_null(strstr(
		ran.out,
		"\"rows\":[{\"peer\":\"10.0.0.2\",\"family\":\"inet\",\"type\":8,"
		"\"type_name\":\"echo-request\",\"count\":1,\"recent\":1,"
		"\"requests\":1,\"unanswered\":0,\"duplicates\":0,\"rtt_min_ns\":2500000,"
		"\"rtt_avg_ns\":2500000,\"rtt_p50_ns\":2500000,\"rtt_p90_ns\":2500000,"
		"\"rtt_p99_ns\":2500000,\"rtt_max_ns\":2500000,\"period\":{\"count\":1,"
		"\"requests\":1,\"unanswered\":0,\"duplicates\":0,\"rtt_min_ns\":2500000,"
		"\"rtt_avg_ns\":2500000,\"rtt_p50_ns\":2500000,\"rtt_p90_ns\":2500000,"
		"\"rtt_p99_ns\":2500000,\"rtt_max_ns\":2500000},\"minute\":[0,"));
	assert_non_null(strstr(ran.out, "{\"event\":\"summary\",\"time\":1"));
	assert_non_null(strstr(
		ran.out, "\"others\":{\"count\":0,\"recent\":0}}\n" END(2, 0)));
}

/* Packets that the filter hides are not lost. */
static void test_summary_of_one_side(void **state)
{
	static const char *const options[] = {
		"--in",		  "--out",    "--type echo-request",
		"--sample 2",	  "--code 3", "--src 10.0.0.1",
		"--dst 10.0.0.2",
	};
	char line[80], expected[80], *option;

	(void)state;
	mock_reset(three);
	for (size_t i = 0; i < COUNT(options); i++) {
		snprintf(line, sizeof(line),
			 "kctl watch icmp --count 1 --summary %s", options[i]);
		option = strndup(options[i], strcspn(options[i], " "));
		snprintf(
			expected, sizeof(expected),
			"no loss and no round trips of echo-request: %s can hide one side",
			option);
		run_kctl(line);
		assert_exited(EXIT_DONE);
		assert_non_null(strstr(ran.err, expected));
		if (!strstr(ran.out, "      -    -      -      -      -"))
			fail_msg("%s: %s", line, ran.out);
		memmove(line + 7, line + 4, strlen(line + 4) + 1);
		memcpy(line + 4, " -j", 3);
		snprintf(
			expected, sizeof(expected),
			"\"requests\":1,\"hidden_by\":\"%s\",\"period\":{\"count\":1,\"requests\":1},\"minute\"",
			option);
		run_kctl(line);
		assert_non_null(strstr(ran.out, expected));
		assert_non_null(strstr(ran.err, " can hide one side"));
		free(option);
	}
	run_kctl("kctl watch icmp --count 1 --summary --snaplen 47");
	assert_non_null(strstr(
		ran.err,
		"of echo-request over IPv6: --snaplen must be 48 at least"));
	run_kctl("kctl watch icmp --count 1 --summary --host 10.0.0.2");
	assert_string_equal(ran.err, "");
	assert_non_null(strchr(ran.out, '%'));
}

/* The notice must not be "see --host", as that option hides the replies. */
static void test_summary_of_a_group(void **state)
{
	(void)state;
	mock_reset(three);
	run_kctl("kctl watch icmp --count 1 --summary --host 224.0.0.1");
	assert_string_equal(
		ran.err,
		"kctl: watch icmp: no loss and no round trips of echo-request: "
		"--host can hide one side; members of a group reply from "
		"their own addresses: omit --host, or use the prefix of the "
		"subnet\n");
}

/* Requests of both families, cut before their sequence number. */
static void cut_off(const struct nlmsghdr *request, uint8_t cmd)
{
	uint8_t packet[48] = { 0x60, 0, 0, 0, 0, 8, 58, 64, [40] = 128 };
	struct kctl_record record;

	mock_echo_record(&record, 1, KCTL_DIRECTION_OUT);
	if (mock_starts(cmd)) {
		record.captured = 27;
		mock_record(&record, mock_echo);
		record.seq = 2;
		record.family = AF_INET6;
		record.length = sizeof(packet);
		record.captured = 47;
		mock_record(&record, packet);
	} else {
		mock_totals(request, 2);
	}
	mock_ack(request, 0, NULL);
}

/* The loss of unrecognised requests is unknown. */
static void test_summary_of_cut_off_requests(void **state)
{
	static const char notice[] =
		"kctl: watch icmp: no loss and no round trips of echo-request "
		"over IPv4: --snaplen must be 28 at least\n";
	const char *line;

	(void)state;
	mock_reset(cut_off);
	run_kctl("kctl watch icmp --count 2 --summary --snaplen 27");
	assert_string_equal(ran.err, notice);
	line = ran.out;
	for (int i = 0; i < 2; i++) {
		line = strstr(line, " echo request ");
		assert_non_null(line++);
		if (!strstr(line, "      -    -      -      -      -"))
			fail_msg("%s", ran.out);
	}
	run_kctl("kctl -j watch icmp --count 2 --summary --snaplen 27");
	assert_string_equal(ran.err, notice);
	line = ran.out;
	for (int i = 0; i < 2; i++) {
		line = strstr(
			line,
			",\"hidden_by\":\"--snaplen\",\"period\":{\"count\":1},");
		assert_non_null(line++);
	}
	/* IPv4 requests are long enough here. */
	run_kctl("kctl -j watch icmp --count 2 --summary --snaplen 47");
	assert_non_null(strstr(ran.err, "over IPv6: --snaplen must be 48"));
	line = strstr(ran.out, "hidden_by\":\"--snaplen\"");
	assert_non_null(line);
	assert_null(strstr(line + 1, "hidden_by"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip_while_the_clock_is_set),
		cmocka_unit_test(test_last_minute_after_the_clock_was_set),
		cmocka_unit_test(test_duplicate),
		cmocka_unit_test(test_summary),
		cmocka_unit_test(test_summary_of_one_side),
		cmocka_unit_test(test_summary_of_a_group),
		cmocka_unit_test(test_summary_of_cut_off_requests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
