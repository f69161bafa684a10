// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl watch icmp, option by option */
#include "test.h"

#include <signal.h>
#include <time.h>

#include "mock_echo.h"
#include "run_kctl.h"

#define PACKET \
	"in  lo 10.0.0.1 > 10.0.0.2: echo request, id 7, seq 1, length 32"
#define READY "{\"event\":\"ready\"}\n"
#define END(received, lost) \
	"{\"event\":\"end\",\"received\":" #received ",\"lost\":" #lost "}\n"

/* The version of the module. */
static uint32_t module_abi;

/* Answers with the filter as an error text; and with the version, if the tool asks. */
static void show_filter(const struct nlmsghdr *request, uint8_t cmd)
{
	struct nlmsghdr *nlh;

	if (cmd == KCTL_CMD_WATCH_START) {
		mock_show_attributes(request, cmd);
		return;
	}
	assert_int_equal(cmd, KCTL_CMD_GET_STATUS);
	nlh = mock_reply(request, cmd);
	mnl_attr_put_u32(nlh, KCTL_A_STATUS_ABI_VERSION, module_abi);
	mock_send(nlh);
	mock_ack(request, 0, NULL);
}

/*
 * 2: family, 3: direction, 4: types4, 5: types6, 6: snaplen, 9: ifindex,
 * 10-13: src, dst, 14: code, 15: sample, 16: coalesce, 19-20: host
 */
static const struct {
	const char *options;
	const char *filter;
} filters[] = {
	{ "", "6:220,5,0,0," },
	{ "-4", "2:2,0,0,0,6:220,5,0,0," },
	{ "-6", "2:10,0,0,0,6:220,5,0,0," },
	{ "-46", "6:220,5,0,0," },
	{ "--in", "3:1,0,0,0,6:220,5,0,0," },
	{ "--out", "3:2,0,0,0,6:220,5,0,0," },
	{ "--in --out", "6:220,5,0,0," },
	/* Counting needs no bytes of a packet, a summary needs the headers. */
	{ "-q", "6:0,0,0,0,16:16,39,0,0," },
	{ "--summary", "6:0,1,0,0,16:16,39,0,0," },
	{ "-q --snaplen 1", "6:1,0,0,0,16:16,39,0,0," },
	{ "--snaplen 0", "6:0,0,0,0," },
	{ "--type echo-request", "4:8,5:128,6:220,5,0,0," },
	{ "--type 8", "4:8,5:8,6:220,5,0,0," },
	{ "--type 8 -4", "2:2,0,0,0,4:8,6:220,5,0,0," },
	{ "-6 --type 128,129", "2:10,0,0,0,5:128,129,6:220,5,0,0," },
	{ "--type packet-too-big", "2:10,0,0,0,5:2,6:220,5,0,0," },
	{ "--type source-quench,redirect,4 -4",
	  "2:2,0,0,0,4:4,5,6:220,5,0,0," },
	{ "--type source-quench", "2:2,0,0,0,4:4,6:220,5,0,0," },
	{ "--type 0 --type 255", "4:0,255,5:0,255,6:220,5,0,0," },
	{ "--dev lo", "6:220,5,0,0,9:1,0,0,0," },
	{ "--src 10.0.0.0/8", "2:2,0,0,0,6:220,5,0,0,10:10,0,0,0,11:8,0,0,0," },
	{ "--dst 1.2.3.4", "2:2,0,0,0,6:220,5,0,0,12:1,2,3,4,13:32,0,0,0," },
	{ "--src 10.0.0.0/7 --dst 0.0.0.0/0",
	  "2:2,0,0,0,6:220,5,0,0,10:10,0,0,0,11:7,0,0,0,12:0,0,0,0,13:0,0,0,0," },
	{ "-6 --src fe80::/10",
	  "2:10,0,0,0,6:220,5,0,0,10:254,128,0,0,0,0,0,0,0,0,0,0,0,0,0,0,11:10,0,0,0," },
	{ "--dst ::1",
	  "2:10,0,0,0,6:220,5,0,0,12:0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,13:128,0,0,0," },
	{ "--src 1.1.1.1 --type 8",
	  "2:2,0,0,0,4:8,6:220,5,0,0,10:1,1,1,1,11:32,0,0,0," },
	{ "--host 10.0.0.0/8",
	  "2:2,0,0,0,6:220,5,0,0,19:10,0,0,0,20:8,0,0,0," },
	{ "--host ::1 --dst ::/0 --code 0 --snaplen 9",
	  "2:10,0,0,0,6:9,0,0,0,12:0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,13:0,0,0,0,"
	  "19:0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,20:128,0,0,0,14:0,0,0,0," },
	{ "--code 0", "6:220,5,0,0,14:0,0,0,0," },
	{ "--code 255", "6:220,5,0,0,14:255,0,0,0," },
	{ "--sample 1", "6:220,5,0,0," },
	{ "--sample 1000", "6:220,5,0,0,15:232,3,0,0," },
	{ "--coalesce 0", "6:220,5,0,0,16:0,0,0,0," },
	{ "--coalesce 1000000", "6:220,5,0,0,16:64,66,15,0," },
};

static void test_filters(void **state)
{
	char line[96], expected[200];

	(void)state;
	mock_reset(show_filter);
	module_abi = KCTL_ABI_VERSION;
	for (size_t i = 0; i < COUNT(filters); i++) {
		snprintf(line, sizeof(line), "kctl watch icmp%s%s",
			 filters[i].options[0] ? " " : "", filters[i].options);
		snprintf(expected, sizeof(expected), "(kernel: %s)",
			 filters[i].filter);
		run_kctl(line);
		assert_exited(EXIT_REFUSED);
		if (!strstr(ran.err, expected))
			fail_msg("%s: %s, not %s", line, ran.err, expected);
	}
}

/* A module that does not know an attribute only reports it as invalid. */
static void test_too_old(void **state)
{
	static const struct {
		const char *options;
		uint32_t abi;
	} rows[] = {
		{ "--dev lo", 3 },   { "--src ::1", 3 },
		{ "--dst ::1", 3 },  { "--code 0", 3 },
		{ "--sample 2", 3 }, { "--coalesce 1", 3 },
		{ "--host ::1", 6 }, { "--host ::1 --src ::1", 6 },
	};
	char line[64];

	(void)state;
	mock_reset(show_filter);
	for (size_t i = 0; i < COUNT(rows); i++) {
		snprintf(line, sizeof(line), "kctl watch icmp %s",
			 rows[i].options);
		module_abi = rows[i].abi - 1;
		run_kctl(line);
		assert_exited(EXIT_MISSING);
		assert_non_null(strstr(ran.err, "too old"));
		module_abi = rows[i].abi;
		run_kctl(line);
		assert_exited(EXIT_REFUSED);
	}
	module_abi = 0;
	run_kctl("kctl watch icmp -4");
	assert_exited(EXIT_REFUSED);
}

static void test_times(void **state)
{
	static const struct {
		const char *format;
		const char *text;
	} rows[] = {
		{ "unix", "1700000000.000000000 " PACKET },
		{ "iso", "2023-11-14T22:13:20.000000+00:00 " PACKET },
		{ "delta", "  0.000000 " PACKET },
		{ "elapsed", "  0.000000 " PACKET },
		{ "none", PACKET },
	};
	char line[64], expected[160];

	(void)state;
	mock_reset(three);
	for (size_t i = 0; i < COUNT(rows); i++) {
		snprintf(line, sizeof(line),
			 "kctl watch icmp --count 1 --time %s", rows[i].format);
		snprintf(expected, sizeof(expected), "%s\n", rows[i].text);
		run_kctl(line);
		assert_exited(EXIT_DONE);
		assert_string_equal(ran.out, expected);
	}
	run_kctl("kctl -j watch icmp --count 1 --time none");
	assert_non_null(strstr(
		ran.out,
		"\"time\":1700000000000000000,\"time_iso\":\"2023-11-14T22:13:20.000000000Z\","));
}

static void test_hex(void **state)
{
	(void)state;
	mock_reset(three);
	run_kctl("kctl watch icmp --count 1 --hex --time none");
	assert_string_equal(
		ran.out,
		PACKET "\n"
		       "\t0x0000:  4500 0020 0000 0000 4001 0000 0a00 0001\n"
		       "\t0x0010:  0a00 0002 0800 0000 0007 0001\n");
	run_kctl("kctl -j watch icmp --count 1 --hex");
	assert_non_null(strstr(ran.out,
			       "\"packet\":\"4500002000000000400100000a"
			       "0000010a0000020800000000070001\"}\n"));
}

static void test_round_trip(void **state)
{
	(void)state;
	echo_after(2500000);
	run_kctl("kctl watch icmp --count 2 --time none");
	assert_string_equal(
		ran.out,
		"out lo 10.0.0.1 > 10.0.0.2: echo request, id 7, seq 1, length 32\n"
		"in  lo 10.0.0.2 > 10.0.0.1: echo reply, id 7, seq 1, length 32, rtt 2.500 ms\n");
	run_kctl("kctl -j watch icmp --count 2");
	assert_non_null(strstr(ran.out, "\"rtt_ns\":2500000"));
}

/* The clock of a machine without a fine-grained clock ticks every 4 ms. */
static void test_round_trip_within_a_tick(void **state)
{
	(void)state;
	echo_after(0);
	run_kctl("kctl watch icmp --count 2 --time none");
	assert_non_null(strstr(ran.out, "length 32, rtt 0.000 ms\n"));
	run_kctl("kctl -j watch icmp --count 2");
	assert_non_null(strstr(ran.out, "\"rtt_ns\":0}"));
}

static void test_totals_only(void **state)
{
	(void)state;
	mock_reset(three);
	run_kctl("kctl watch icmp -q --duration 0.05");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, "1 received, 2 lost\n");
	assert_string_equal(ran.err, "");
	run_kctl("kctl -j watch icmp -q --duration 0.05");
	assert_string_equal(ran.out, READY
			    "{\"event\":\"lost\",\"count\":2}\n" END(1, 2));
}

/* -j is accepted after the verb, too. */
static void test_json_behind_the_verb(void **state)
{
	(void)state;
	mock_reset(three);
	run_kctl("kctl watch icmp -j -q --count 1");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, READY END(1, 0));
	run_kctl("kctl watch icmp --dev not-there-0 -j");
	assert_memory_equal(ran.err, "{\"error\":{", 10);
}

static void test_timeout(void **state)
{
	(void)state;
	mock_reset(three);
	run_kctl("kctl watch icmp -q --timeout 0.05");
	assert_exited(EXIT_TIMEOUT);
	assert_string_equal(ran.out, "1 received, 2 lost\n");
	assert_string_equal(ran.err,
			    "kctl: watch icmp: no packet within 0.05 s\n");
	/* The tool counts packets that have arrived, and does not wait for more. */
	run_kctl("kctl watch icmp -q --timeout 0");
	assert_exited(EXIT_TIMEOUT);
	assert_string_equal(ran.out, "1 received, 2 lost\n");
	assert_string_equal(ran.err,
			    "kctl: watch icmp: no packet within 0 s\n");
	run_kctl("kctl watch icmp -q --timeout 0 --count 1");
	assert_exited(EXIT_DONE);
	/* The duration ends first, or the count is reached first. */
	run_kctl("kctl watch icmp --timeout 10 --duration 0.05");
	assert_exited(EXIT_DONE);
	run_kctl("kctl watch icmp --timeout 10 --count 1");
	assert_exited(EXIT_DONE);
	run_kctl("kctl -j watch icmp -q --timeout 0.05");
	assert_exited(EXIT_TIMEOUT);
	assert_non_null(strstr(ran.out, END(1, 2)));
	assert_non_null(strstr(ran.err, "\"name\":\"ETIMEDOUT\""));
}

static void test_rcvbuf(void **state)
{
	(void)state;
	mock_reset(three);
	run_kctl("kctl -j watch icmp -q --count 1 --rcvbuf 16K");
	assert_exited(EXIT_DONE);
	assert_string_equal(
		ran.out, "{\"event\":\"ready\",\"rcvbuf\":16384}\n" END(1, 0));
	assert_string_equal(ran.err, "");
	mock.rcvbuf_max = 212992;
	run_kctl("kctl watch icmp -q --count 1 --rcvbuf 8M");
	assert_exited(EXIT_DONE);
	assert_string_equal(
		ran.err,
		"kctl: watch icmp: the receive buffer has 212992 bytes, not 8388608: the limit is sysctl net.core.rmem_max\n");
	run_kctl("kctl -j watch icmp -q --count 1 --rcvbuf 8M");
	assert_non_null(strstr(ran.out, "\"rcvbuf\":212992"));
	assert_string_equal(ran.err, "");
	/* The user did not ask for a size, so there is no warning. */
	run_kctl("kctl watch icmp -q --count 1");
	assert_string_equal(ran.err, "");
}

static void remove_lo(const struct nlmsghdr *request, uint8_t cmd)
{
	three(request, cmd);
	if (cmd != KCTL_CMD_WATCH_START)
		return;
	mock_dellink(2, AF_UNSPEC);
	mock_dellink(1, AF_BRIDGE);
	mock_dellink(1, AF_UNSPEC);
}

static void keep_lo(const struct nlmsghdr *request, uint8_t cmd)
{
	three(request, cmd);
	if (cmd != KCTL_CMD_WATCH_START)
		return;
	/* Some messages were lost, but lo exists. */
	mock_dellink(2, AF_UNSPEC);
	mock.route_overruns = 1;
	mock_dellink(1, AF_BRIDGE);
}

/* Another process sends a message that lo was removed. */
static void forge_removal(const struct nlmsghdr *request, uint8_t cmd)
{
	three(request, cmd);
	if (cmd != KCTL_CMD_WATCH_START)
		return;
	mock.route_forged = 1;
	mock_dellink(1, AF_UNSPEC);
}

static void test_interface_goes(void **state)
{
	(void)state;
	mock_reset(remove_lo);
	run_kctl("kctl watch icmp --dev lo --time none");
	assert_exited(EXIT_REFUSED);
	assert_string_equal(ran.out, PACKET "\nlost 2 events\n");
	assert_string_equal(ran.err,
			    "kctl: watch icmp: interface 'lo' was removed\n");
	run_kctl("kctl -j watch icmp --dev lo -q");
	assert_exited(EXIT_REFUSED);
	assert_non_null(strstr(ran.out, END(1, 2)));
	mock_reset(keep_lo);
	run_kctl("kctl watch icmp --dev lo -q --duration 0.05");
	assert_exited(EXIT_DONE);
	mock_reset(forge_removal);
	run_kctl("kctl watch icmp --dev lo -q --duration 0.05");
	assert_exited(EXIT_DONE);
	run_kctl("kctl watch icmp --dev not-there-0");
	assert_exited(EXIT_REFUSED);
	assert_string_equal(
		ran.err,
		"kctl: watch icmp: interface 'not-there-0' does not exist; list them: ip link\n");
}

/* pcap-savefile(5): nanoseconds, snapshot length 1500, link type RAW; one packet. */
static const uint8_t capture[] = {
	0x4d, 0x3c, 0xb2, 0xa1, 2,  0, 4,   0, 0,  0, 0,    0,	  0,	0,
	0,    0,    220,  5,	0,  0, 101, 0, 0,  0, 0x00, 0xf1, 0x53, 0x65,
	0,    0,    0,	  0,	28, 0, 0,   0, 32, 0, 0,    0,
};

static void check_capture(const char *bytes)
{
	assert_memory_equal(bytes, capture, sizeof(capture));
	assert_memory_equal(bytes + sizeof(capture), mock_echo,
			    sizeof(mock_echo));
}

static void test_capture(void **state)
{
	char path[] = "/tmp/kctl-test-XXXXXX", line[96], bytes[256];
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	mock_reset(three);
	snprintf(line, sizeof(line), "kctl watch icmp --duration 0.05 -w %s",
		 path);
	run_kctl(line);
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, "");
	assert_string_equal(ran.err, "kctl: watch icmp: 1 received, 2 lost\n");
	assert_int_equal(read(fd, bytes, sizeof(bytes)),
			 sizeof(capture) + sizeof(mock_echo));
	check_capture(bytes);
	close(fd);
	unlink(path);
	run_kctl("kctl -q watch icmp --duration 0.05 -w -");
	check_capture(ran.out);
	assert_string_equal(ran.err, "");
	run_kctl("kctl -j watch icmp --duration 0.05 -w -");
	check_capture(ran.out);
	assert_string_equal(ran.err, READY
			    "{\"event\":\"lost\",\"count\":2}\n" END(1, 2));
	run_kctl("kctl watch icmp --count 1 -w /nonexistent/file");
	assert_exited(EXIT_REFUSED);
	assert_string_equal(
		ran.err,
		"kctl: watch icmp: cannot write '/nonexistent/file': No such file or directory\n");
	run_kctl("kctl watch icmp --count 1 -w /dev/full");
	assert_exited(EXIT_REFUSED);
	assert_non_null(strstr(ran.err, "No space left on device"));
}

/* The snapshot length in the file header, and the time of a packet to the ns. */
static void test_capture_fields(void **state)
{
	const size_t packet = 16 + sizeof(mock_echo);
	uint32_t snaplen, time[2];

	(void)state;
	echo_after(2500001);
	run_kctl("kctl -q watch icmp --count 2 --snaplen 64 -w -");
	assert_exited(EXIT_DONE);
	memcpy(&snaplen, ran.out + 16, sizeof(snaplen));
	assert_int_equal(snaplen, 64);
	memcpy(time, ran.out + 24 + packet, sizeof(time));
	assert_int_equal(time[0], 1700000000);
	assert_int_equal(time[1], 2500001);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_too_old),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_round_trip_within_a_tick),
		cmocka_unit_test(test_totals_only),
		cmocka_unit_test(test_json_behind_the_verb),
		cmocka_unit_test(test_timeout),
		cmocka_unit_test(test_rcvbuf),
		cmocka_unit_test(test_interface_goes),
		cmocka_unit_test(test_capture),
		cmocka_unit_test(test_capture_fields),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
