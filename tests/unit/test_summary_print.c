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

/* In a UTF-8 locale, the last minute consists of block characters. */
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

/* On 80 columns, both ends of a long address are printed, on 200 columns all of it. */
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

/* A host pings two others through this host, and this host itself. */
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
	/* The router's own requests and replies use a single interface. */
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

static void resize(unsigned short columns, unsigned short lines)
{
	struct winsize size = { .ws_col = columns, .ws_row = lines };

	assert_int_equal(ioctl(STDOUT_FILENO, TIOCSWINSZ, &size), 0);
}

/* Prints two tables on the terminal. Returns the second one, which replaces the first. */
static char *second_table(unsigned short columns)
{
	struct out out = { 0 };
	struct stream stream = { .out = &out };
	char *text = NULL, *line, *rest, *table, up[32];
	unsigned int lines = 0;
	size_t size;

	out.stream = open_memstream(&text, &size);
	assert_non_null(out.stream);
	s->lines = 0;
	summary_print(s, &stream, 1000 * SECOND);
	fflush(out.stream);
	for (char *p = text; *p; p++)
		lines += *p == '\n';
	snprintf(up, sizeof(up), "\033[%uF\033[J", lines);
	summary_print(s, &stream, 1001 * SECOND);
	assert_int_equal(out_close(&out), 0);
	table = strstr(text, up);
	if (!table)
		fail_msg("%u columns, not in place: %s", columns, text);
	*table = '\0';
	rest = text;
	/* A line that wraps would move the table down. */
	while ((line = strsep(&rest, "\n")))
		if (strlen(line) > columns)
			fail_msg("%u columns: %s", columns, line);
	table = strdup(table + strlen(up));
	free(text);
	return table;
}

/*
 * Finds the peers and types of a table, as they are printed. If they are above the other
 * columns, the line with the other columns begins with a blank.
 */
static size_t read_labels(char *table, char *labels[SUMMARY_ROWS])
{
	bool in_label = false, is_label;
	char *header, *line;
	size_t count = 0;

	strsep(&table, "\n");
	header = strsep(&table, "\n");
	while ((line = strsep(&table, "\n")) && *line) {
		is_label = *line != ' ';
		if (*header == 'P')
			line[strstr(header, "COUNT") - header - 4] = '\0';
		if (is_label && in_label)
			line[-1] = '\n';
		else if (is_label)
			labels[count++] = line;
		in_label = is_label && *header != 'P';
	}
	return count;
}

static void assert_rows_differ(unsigned short columns, size_t count)
{
	char *table = second_table(columns), *labels[SUMMARY_ROWS];
	size_t shown;

	if (!strstr(table, "LOSS"))
		fail_msg("%u columns: %s", columns, table);
	shown = read_labels(table, labels);
	if (shown != count)
		fail_msg("%u columns: %zu of %zu rows", columns, shown, count);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			if (!strcmp(labels[i], labels[j]))
				fail_msg("%u columns: %s", columns, labels[i]);
	free(table);
}

/* Pairs of peers that differ in one place; on a router, both addresses. */
static const char *const peers[][2] = {
	{ "2001:db8:1111:2222:3333:4444:5555:6666", "::1" },
	{ "2001:db9:1111:2222:3333:4444:5555:6666", "::1" },
	{ "2001:db8:1121:2222:3333:4444:5555:6666", "::1" },
	{ "2001:db8:1111:2223:3333:4444:5555:6666", "::1" },
	{ "2001:db8:1111:2222:3334:4444:5555:6666", "::1" },
	{ "2001:db8:1111:2222:3333:4544:5555:6666", "::1" },
	{ "2001:db8:1111:2222:3333:4444:6555:6666", "::1" },
	{ "2001:db8:1111:2222:3333:4444:5555:6667", "::1" },
	/* The same interface identifier in two subnets. */
	{ "2001:db8:0:f:5054:ff:fe12:3456", "::1" },
	{ "2001:db8:0:e:5054:ff:fe12:3456", "::1" },
	{ "::ffff:192.168.100.200", "::1" },
	{ "192.168.100.200", "127.0.0.1" },
	{ "192.168.110.200", "127.0.0.1" },
	{ "192.168.100.200", "192.168.110.200" },
	{ "192.168.110.200", "192.168.100.200" },
	{ "2001:db8:1111:2222:3333:4444:5555:6666",
	  "2001:db8:1111:2222:3333:4544:5555:6666" },
	{ "2001:db8:1111:2222:3333:4544:5555:6666",
	  "2001:db8:1111:2222:3333:4444:5555:6666" },
	{ "2001:db8:1111:2222:3333:4444:5555:6666",
	  "2001:db8:1111:2222:3333:4444:5556:6666" },
	{ "fd00::1", "2001:db8:1111:2222:3333:4444:5555:6666" },
	{ "fd00::1", "2001:db8:1111:2222:3333:4444:6555:6666" },
};

static void begin_router(void)
{
	finish(NULL);
	s = summary_new(&filter, EXCHANGE_FORWARDED);
	rtt = calloc(1, sizeof(*rtt));
	assert_true(s && rtt);
}

static void saw_peer(size_t i)
{
	saw(strchr(peers[i][0], ':') ? 128 : 8, peers[i][0], peers[i][1],
	    1000 * SECOND);
}

/* Different peers look different, on every terminal. */
static void test_peers_differ(void **state)
{
	int before = use_terminal(80);

	(void)state;
	setenv("LC_ALL", "C", 1);
	for (size_t i = 0; i < COUNT(peers); i++)
		for (size_t j = 0; j <= i; j++) {
			begin_router();
			saw_peer(i);
			saw_peer(j);
			for (unsigned short columns = 20; columns <= 200;
			     columns++) {
				resize(columns, 24);
				assert_rows_differ(columns, 1 + (i != j));
			}
		}
	begin_router();
	for (size_t i = 0; i < COUNT(peers); i++)
		saw_peer(i);
	for (unsigned short columns = 20; columns <= 200; columns++) {
		resize(columns, 500);
		assert_rows_differ(columns, COUNT(peers));
	}
	leave_terminal(before);
}

/* The types of one peer look different, too. */
static void test_types_differ(void **state)
{
	static const uint8_t types[] = { 0, 3, 8, 9, 10, 13, 14, 42, 43, 200 };
	int before = use_terminal(80);

	(void)state;
	setenv("LC_ALL", "C", 1);
	for (size_t i = 0; i < COUNT(types); i++)
		saw(types[i], "192.168.100.200", "127.0.0.1", 1000 * SECOND);
	for (unsigned short columns = 20; columns <= 200; columns++) {
		resize(columns, 500);
		assert_rows_differ(columns, COUNT(types));
	}
	leave_terminal(before);
}

/* An address of IPv4 is never shortened. */
static void test_peers_of_ipv4(void **state)
{
	int before = use_terminal(80);
	char *table;

	(void)state;
	setenv("LC_ALL", "C", 1);
	saw(8, "192.168.100.200", "127.0.0.1", 1000 * SECOND);
	saw(129, "2001:db8:1111:2222:3333:4444:5555:6661", "::1",
	    1000 * SECOND);
	for (unsigned short columns = 20; columns <= 200; columns++) {
		resize(columns, 24);
		table = second_table(columns);
		if (!strstr(table, "\n192.168.100.200"))
			fail_msg("%u columns: %s", columns, table);
		free(table);
	}
	leave_terminal(before);
}

/* Terminals down to one column, and with few lines. */
static void test_narrow_terminal(void **state)
{
	int before = use_terminal(80);

	(void)state;
	setenv("LC_ALL", "C", 1);
	for (size_t i = 0; i < 3; i++)
		saw_peer(i);
	for (unsigned short columns = 1; columns <= 200; columns++) {
		for (unsigned short lines = 4; lines < 50; lines += 15) {
			resize(columns, lines);
			free(second_table(columns));
		}
	}
	leave_terminal(before);
}

/* No column is dropped while it fits. */
static void test_columns(void **state)
{
	static const struct {
		unsigned short columns;
		const char *header;
	} rows[] = {
		{ 200, "P99/MS MAX/MS  LAST MINUTE\n" },
		{ 78, "DUP MIN/MS AVG/MS P99/MS\n" },
		{ 77, "COUNT   LOSS  DUP MIN/MS AVG/MS P99/MS\n" },
		{ 69, "COUNT  RATE/S   LOSS  DUP" },
		{ 49, "\nPEER            TYPE            COUNT   LOSS  DUP\n" },
		{ 48, "\n    COUNT   LOSS  DUP MIN/MS AVG/MS P99/MS\n" },
		{ 22, "\n    COUNT   LOSS  DUP\n" },
		{ 20, "\n    COUNT   LOSS\n" },
	};
	int before = use_terminal(80);
	char *table;

	(void)state;
	setenv("LC_ALL", "C", 1);
	saw(8, "192.168.100.200", "127.0.0.1", 1000 * SECOND);
	for (size_t i = 0; i < COUNT(rows); i++) {
		resize(rows[i].columns, 24);
		table = second_table(rows[i].columns);
		if (!strstr(table, rows[i].header))
			fail_msg("%u columns: %s", rows[i].columns, table);
		free(table);
	}
	leave_terminal(before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_blocks, begin, finish),
		cmocka_unit_test_setup_teardown(test_peers_of_ipv6, begin,
						finish),
		cmocka_unit_test_setup_teardown(test_forwarded, begin, finish),
		cmocka_unit_test_setup_teardown(test_peers_differ, begin,
						finish),
		cmocka_unit_test_setup_teardown(test_types_differ, begin,
						finish),
		cmocka_unit_test_setup_teardown(test_peers_of_ipv4, begin,
						finish),
		cmocka_unit_test_setup_teardown(test_narrow_terminal, begin,
						finish),
		cmocka_unit_test_setup_teardown(test_columns, begin, finish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
