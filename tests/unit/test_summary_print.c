// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of a summary as text: its columns, on terminals of any width */
#include "summary_frame.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "watch/exchange.h"

/* A packet that arrives. */
static void saw(uint8_t type, const char *src, const char *dst, uint64_t time)
{
	uint8_t family = strchr(src, ':') ? AF_INET6 : AF_INET;
	struct kctl_record record = { .time = time,
				      .direction = KCTL_DIRECTION_IN,
				      .family = family };
	struct icmp_event event = {
		.has = HAS_ADDRESSES | HAS_TYPE | HAS_ID | HAS_ECHO_SEQ,
		.ip.family = family,
		.type = type,
	};
	struct rtt_result trip;

	assert_int_equal(inet_pton(family, src, event.ip.src), 1);
	assert_int_equal(inet_pton(family, dst, event.ip.dst), 1);
	rtt_take(rtt, &record, &event, &trip);
	summary_take(s, &record, &event, &trip);
}

static void assert_printed(const char *locale, const char *block,
			   const char *other)
{
	struct out out = { 0 };
	struct stream stream = { .out = &out };
	char *text;
	size_t size;

	assert_int_equal(setenv("LC_ALL", locale, 1), 0);
	out.stream = open_memstream(&text, &size);
	assert_non_null(out.stream);
	summary_print(s, &stream, 1000 * SECOND);
	assert_int_equal(out_close(&out), 0);
	assert_non_null(strstr(text, block));
	assert_null(strstr(text, other));
	free(text);
}

/* In a locale of UTF-8 the last minute is made of blocks. */
static void test_blocks(void **state)
{
	(void)state;
	saw(3, "10.0.0.1", "192.0.2.1", 1000 * SECOND);
	assert_printed("C.UTF-8", "█", "#");
	assert_printed("C", "#", "█");
	assert_printed("nowhere.UTF-8", "#", "█");
	unsetenv("LC_ALL");
}

/* Makes standard output a terminal of that width; returns what it was. */
static int use_terminal(unsigned short columns)
{
	struct winsize size = { .ws_col = columns, .ws_row = 24 };
	int terminal = posix_openpt(O_RDWR | O_NOCTTY), before, tty;

	assert_int_equal(grantpt(terminal) | unlockpt(terminal), 0);
	tty = open(ptsname(terminal), O_RDWR | O_NOCTTY);
	assert_int_equal(ioctl(tty, TIOCSWINSZ, &size), 0);
	setenv("TERM", "xterm", 1);
	fflush(stdout);
	before = dup(STDOUT_FILENO);
	dup2(tty, STDOUT_FILENO);
	close(tty);
	return before;
}

static void leave_terminal(int before)
{
	dup2(before, STDOUT_FILENO);
	close(before);
	unsetenv("TERM");
	unsetenv("LC_ALL");
}

/* On 80 columns, both ends of a long address stay, and on 200 all of it. */
static void test_peers_of_ipv6(void **state)
{
	int before;

	(void)state;
	saw(129, "2001:db8:1111:2222:3333:4444:5555:6661", "::1",
	    1000 * SECOND);
	saw(129, "2001:db8:1111:2222:3333:4444:5555:6662", "::1",
	    1000 * SECOND);
	before = use_terminal(80);
	assert_printed("C", "2001:~4:5555:6661 echo reply", "3333:4444");
	assert_printed("C.UTF-8", "2001:…4:5555:6662 echo reply", "~");
	assert_printed("C", "P99/MS\n", "MAX/MS");
	leave_terminal(before);
	before = use_terminal(200);
	assert_printed("C", "3333:4444:5555:6662 echo reply", "~");
	assert_printed("C", "MAX/MS", "~");
	leave_terminal(before);
}

/* A host that pings two others through this one, and this one. */
static void test_forwarded(void **state)
{
	int before;

	(void)state;
	summary_free(s);
	s = summary_new(&filter, EXCHANGE_FORWARDED);
	assert_non_null(s);
	for (uint64_t i = 0; i < 3; i++) {
		saw(8, "203.0.113.2", "198.51.100.7", 10 * SECOND);
		saw(0, "198.51.100.7", "203.0.113.2", 10 * SECOND + 5 * MS);
	}
	saw(8, "203.0.113.2", "198.51.100.8", 10 * SECOND);
	saw(8, "203.0.113.2", "127.0.0.1", 10 * SECOND);
	saw(8, "203.0.113.2", "224.0.0.1", 10 * SECOND);
	assert_int_equal(row(0, 4)->total.packets, 3);
	assert_int_equal(row(0, 4)->total.trips.min, 5 * MS);
	assert_true(row(1, 4)->forwarded && row(3, 4)->forwarded);
	assert_false(row(2, 4)->forwarded);
	assert_int_equal(row(2, 4)->total.packets, 2);
	/* What the router itself asks and answers uses one interface. */
	filter = (struct kctl_watch_filter){ .ifindex = 2, .snaplen = 64 };
	assert_string_equal(summary_hidden_by(s, row(0, 4)), "--dev");
	assert_null(summary_hidden_by(s, row(2, 4)));
	filter = (struct kctl_watch_filter){ 0 };
	before = use_terminal(120);
	assert_printed("C", "\n203.0.113.2 > 198.51.100.7 echo request", "~");
	assert_printed("C", "\n198.51.100.7 > 203.0.113.2 echo reply", "~");
	assert_printed("C", "\n203.0.113.2 > 198.51.100.8 echo request", "~");
	assert_printed("C", "\n203.0.113.2                echo request", "~");
	leave_terminal(before);
}

/* Prints two tables on a terminal of that width. */
static char *two_tables(unsigned short columns)
{
	struct out out = { 0 };
	struct stream stream = { .out = &out };
	char *text = NULL;
	size_t size;
	int before;

	setenv("LC_ALL", "C", 1);
	before = use_terminal(columns);
	out.stream = open_memstream(&text, &size);
	assert_non_null(out.stream);
	summary_print(s, &stream, 1000 * SECOND);
	summary_print(s, &stream, 1001 * SECOND);
	assert_int_equal(out_close(&out), 0);
	leave_terminal(before);
	return text;
}

/* A line that wraps would make the table move down. */
static void test_narrow_terminal(void **state)
{
	char *text, *line, *rest;

	(void)state;
	saw(129, "2001:db8:1111:2222:3333:4444:5555:6661", "::1",
	    1000 * SECOND);
	saw(129, "2001:db8:1111:2222:3333:4444:5555:6662", "::1",
	    1000 * SECOND);
	for (unsigned short columns = 31; columns < 200; columns++) {
		text = two_tables(columns);
		if (!strstr(text, "\033[4F\033[J") || !strstr(text, "LOSS") ||
		    !strstr(text, "661 ") || !strstr(text, "662 "))
			fail_msg("%u columns: %s", columns, text);
		rest = text;
		while ((line = strsep(&rest, "\n"))) {
			line += line[0] == '\033' ? 7 : 0;
			if (strlen(line) > columns)
				fail_msg("%u columns: %s", columns, line);
		}
		free(text);
	}
	text = two_tables(20);
	assert_null(strstr(text, "\033"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_blocks, begin, finish),
		cmocka_unit_test_setup_teardown(test_peers_of_ipv6, begin,
						finish),
		cmocka_unit_test_setup_teardown(test_forwarded, begin, finish),
		cmocka_unit_test_setup_teardown(test_narrow_terminal, begin,
						finish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
