// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl watch icmp -r: captures of kctl, of other programs, and invalid captures */
#include "test.h"

#include <sys/stat.h>

#include "run_replay.h"

#define READY "{\"event\":\"ready\"}\n"
#define END(received, skipped)                                                \
	"{\"event\":\"end\",\"received\":" #received ",\"skipped\":" #skipped \
	"}\n"
#define REQUEST(time)                                                 \
	"22:13:20." time " -   - 10.0.0.1 > 10.0.0.2: echo request, " \
	"id 7, seq 1, length 28\n"
#define REPLY(time, rest)                                           \
	"22:13:20." time " -   - 10.0.0.2 > 10.0.0.1: echo reply, " \
	"id 7, seq 1, length 28" rest "\n"

/* The error names the file. */
static void assert_error(const char *before, const char *after)
{
	char expected[400];

	snprintf(expected, sizeof(expected), "%s'%s'%s\n", before, path, after);
	assert_string_equal(ran.err, expected);
}

static void test_byte_orders_and_units(void **state)
{
	struct pcap_file f;

	(void)state;
	for (int big = 0; big < 2; big++) {
		f = exchange(big, US);
		run_on("kctl watch icmp", &f);
		assert_exited(EXIT_DONE);
		assert_string_equal(ran.out, REQUEST("001000")
						     REPLY("999000",
							   ", rtt 998.000 ms"));
		assert_string_equal(
			ran.err, "kctl: watch icmp: 2 received, 1 skipped\n");
		f = exchange(big, NS);
		run_on("kctl -q watch icmp", &f);
		assert_exited(EXIT_DONE);
		assert_string_equal(ran.out, "2 received, 1 skipped\n");
		run_on("kctl watch icmp", &f);
		assert_string_equal(ran.out,
				    REQUEST("000001")
					    REPLY("000999", ", rtt 0.998 ms"));
	}
}

static void test_json(void **state)
{
	struct pcap_file f = exchange(false, US);

	(void)state;
	run_on("kctl -j watch icmp --type echo-reply --hex", &f);
	assert_exited(EXIT_DONE);
	assert_string_equal(
		ran.out, READY
		"{\"event\":\"icmp\",\"time\":1700000000999000000,\"time_iso\":\"2023-11-14T22:13:20.999000000Z\",\"seq\":1,"
		"\"family\":\"inet\",\"src\":\"10.0.0.2\",\"dst\":\"10.0.0.1\","
		"\"type\":0,\"type_name\":\"echo-reply\",\"code\":0,\"id\":7,"
		"\"echo_seq\":1,\"length\":28,\"checksum\":\"good\","
		"\"packet\":\"4500001c0000000040010000"
		"0a0000020a0000010000fff700070001\"}\n" END(1, 1));
	assert_string_equal(ran.err, "");
}

/* -r prints a file of -w like the watch itself, except for direction and interface. */
static void test_written_and_read(void **state)
{
	char line[96], live[sizeof(ran.out)];
	char written[] = "/tmp/kctl-test-XXXXXX";
	struct pcap_file f = { 0 };
	int fd = mkstemp(written);

	(void)state;
	assert_true(fd >= 0);
	echo_after(2500001);
	run_kctl("kctl watch icmp --count 2 --time unix");
	strcpy(live, ran.out);
	for (char *at; (at = strstr(live, " out lo ")) ||
		       (at = strstr(live, " in  lo "));)
		memcpy(at, " -   -  ", 8);
	snprintf(line, sizeof(line), "kctl watch icmp --count 2 -w %s",
		 written);
	run_kctl(line);
	assert_exited(EXIT_DONE);
	f.size = (size_t)read(fd, f.data, sizeof(f.data));
	assert_int_equal(f.size, 24 + 2 * (16 + sizeof(mock_echo)));
	run_on("kctl watch icmp --time unix", &f);
	assert_exited(EXIT_DONE);
	/* " -   - " is one character shorter than with the name of loopback. */
	for (char *at; (at = strstr(live, " -   -  "));)
		memmove(at + 7, at + 8, strlen(at + 7));
	assert_string_equal(ran.out, live);
	assert_non_null(strstr(ran.out, "rtt 2.500 ms"));
	/* A copy of the capture is identical. */
	run_on("kctl -q watch icmp --snaplen 1500 -w -", &f);
	assert_exited(EXIT_DONE);
	assert_memory_equal(ran.out, f.data, f.size);
	close(fd);
	unlink(written);
}

static void test_count_and_copy(void **state)
{
	struct pcap_file f = exchange(true, US), copy;
	uint8_t packet[sizeof(mock_echo)];

	(void)state;
	run_on("kctl watch icmp --count 1", &f);
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, REQUEST("001000"));
	/* The rest of the file after the last packet is not checked. */
	assert_string_equal(ran.err, "");
	run_on("kctl watch icmp --src 10.0.0.2 --snaplen 24 -w -", &f);
	assert_exited(EXIT_DONE);
	copy = pcap_begin(false, NS, RAW);
	copy.data[16] = 24;
	copy.data[17] = 0;
	echo_packet(packet, true, 1);
	pcap_header(&copy, 999000000, 24, 28);
	pcap_put(&copy, packet, 24);
	assert_memory_equal(ran.out, copy.data, copy.size);
	assert_string_equal(ran.err,
			    "kctl: watch icmp: 1 received, 1 skipped\n");
}

/* A truncated file is read up to its end. */
static void test_cut(void **state)
{
	const size_t step = 16 + sizeof(mock_echo);
	struct pcap_file f = exchange(false, US);
	size_t whole = f.size;
	char received[64];

	(void)state;
	for (f.size = 0; f.size < whole; f.size++) {
		size_t packets = f.size < 24 ? 0 : (f.size - 24) / step;

		run_on("kctl -j watch icmp -q", &f);
		if (f.size < 24) {
			assert_exited(EXIT_REFUSED);
			assert_non_null(strstr(ran.err, "is not a pcap file"));
			assert_string_equal(ran.out, "");
			continue;
		}
		snprintf(received, sizeof(received),
			 "\"received\":%d,\"skipped\":%d}\n", packets > 0,
			 packets > 1);
		assert_non_null(strstr(ran.out, received));
		assert_exited((f.size - 24) % step ? EXIT_REFUSED : EXIT_DONE);
		if ((f.size - 24) % step)
			assert_non_null(
				strstr(ran.err, "is incomplete: it ends"));
	}
	f.size--;
	run_on("kctl watch icmp", &f);
	assert_string_equal(ran.out, REQUEST("001000"));
}

static void test_no_capture(void **state)
{
	struct pcap_file f = pcap_begin(false, 0x0a0d0d0a, RAW);

	(void)state;
	run_on("kctl watch icmp", &f);
	assert_exited(EXIT_REFUSED);
	assert_error(
		"kctl: watch icmp: ",
		" is a pcapng file, not pcap; convert it: tcpdump -r FILE -w NEW, or editcap -F pcap FILE NEW");
	f = pcap_begin(false, 0xa1b2cd34, RAW);
	run_on("kctl watch icmp", &f);
	assert_error("kctl: watch icmp: ", " is not a pcap file");
	f = pcap_begin(false, US, RAW);
	f.data[4] = 3;
	run_on("kctl watch icmp", &f);
	assert_error("kctl: watch icmp: ",
		     " has an unknown version of the pcap format");
	f = pcap_begin(true, US, 105);
	run_on("kctl watch icmp", &f);
	assert_exited(EXIT_REFUSED);
	assert_error(
		"kctl: watch icmp: ",
		" has link type 105, which kctl does not support; supported: Ethernet, Linux cooked (tcpdump -i any) and raw IP");
	run_kctl("kctl watch icmp -r /nonexistent/file");
	assert_exited(EXIT_REFUSED);
	assert_string_equal(
		ran.err,
		"kctl: watch icmp: cannot read '/nonexistent/file': No such file or directory\n");
	run_kctl("kctl watch icmp -r /tmp");
	assert_exited(EXIT_REFUSED);
	assert_non_null(strstr(ran.err, "Is a directory"));
}

/* If the input is no capture, the output is not touched; the input file never is. */
static void test_output_stays(void **state)
{
	struct pcap_file f = exchange(false, US), bad = { 0 };
	char line[128], out[] = "/tmp/kctl-test-XXXXXX";
	struct stat info;

	(void)state;
	pcap_save(&f, out);
	pcap_number(&bad, 0, 4);
	snprintf(line, sizeof(line), "kctl watch icmp -w %s", out);
	run_on(line, &bad);
	assert_exited(EXIT_REFUSED);
	assert_int_equal(stat(out, &info), 0);
	assert_int_equal(info.st_size, f.size);
	snprintf(line, sizeof(line), "kctl watch icmp -w %s -r %s", out, out);
	run_kctl(line);
	assert_exited(EXIT_REFUSED);
	assert_non_null(strstr(ran.err, "is the file that -r reads"));
	assert_int_equal(stat(out, &info), 0);
	assert_int_equal(info.st_size, f.size);
	unlink(out);
	run_on("kctl watch icmp -w /dev/full", &f);
	assert_exited(EXIT_REFUSED);
	assert_non_null(strstr(ran.err, "No space left on device"));
}

static void test_hostile_numbers(void **state)
{
	uint8_t packet[sizeof(mock_echo)];
	struct pcap_file f = exchange(false, US);

	(void)state;
	pcap_header(&f, 0, 262145, 262145);
	pcap_put(&f, packet, sizeof(packet));
	run_on("kctl watch icmp", &f);
	assert_exited(EXIT_REFUSED);
	assert_string_equal(
		ran.out, REQUEST("001000") REPLY("999000", ", rtt 998.000 ms"));
	assert_non_null(strstr(
		ran.err,
		"is damaged: it has a packet of more than 262144 bytes\n"));
	/* A packet of the maximum size is allowed, but its bytes are missing. */
	f = pcap_begin(false, US, RAW);
	pcap_header(&f, 0, 262144, 1);
	run_on("kctl watch icmp", &f);
	assert_non_null(strstr(ran.err, "is incomplete"));
	/* Invalid: 4294967295 microseconds, and a length below the number of captured bytes. */
	f = pcap_begin(false, US, RAW);
	echo_packet(packet, false, 1);
	pcap_header(&f, UINT32_MAX, sizeof(packet), 3);
	pcap_put(&f, packet, sizeof(packet));
	run_on("kctl watch icmp --time unix", &f);
	assert_exited(EXIT_DONE);
	assert_string_equal(
		ran.out,
		"1700004294.967295000 -   - 10.0.0.1 > 10.0.0.2: echo request, id 7, seq 1, length 28\n");
}

/* Linux cooked: to this host, to another host, and from this host. */
static void test_direction(void **state)
{
	static const uint8_t sent_to[] = { 0, 3, 4 };
	struct pcap_file f = pcap_begin(false, US, SLL);
	uint8_t frame[16 + sizeof(mock_echo)] = { 0 };

	(void)state;
	frame[14] = 8;
	for (size_t i = 0; i < COUNT(sent_to); i++) {
		frame[1] = sent_to[i];
		echo_packet(frame + 16, false, (uint8_t)i);
		pcap_packet(&f, 0, frame, sizeof(frame));
	}
	run_on("kctl watch icmp --time none", &f);
	assert_exited(EXIT_DONE);
	assert_string_equal(
		ran.out,
		"in  - 10.0.0.1 > 10.0.0.2: echo request, id 7, seq 0, length 28\n"
		"-   - 10.0.0.1 > 10.0.0.2: echo request, id 7, seq 1, length 28\n"
		"out - 10.0.0.1 > 10.0.0.2: echo request, id 7, seq 2, length 28\n");
	run_on("kctl watch icmp --time none --out", &f);
	assert_exited(EXIT_DONE);
	assert_string_equal(
		ran.out,
		"out - 10.0.0.1 > 10.0.0.2: echo request, id 7, seq 2, length 28\n");
	f = exchange(false, US);
	run_on("kctl watch icmp --in", &f);
	assert_exited(EXIT_REFUSED);
	assert_string_equal(ran.out, "");
	assert_non_null(strstr(
		ran.err, "has no direction, which --in and --out need; "));
	run_on("kctl watch icmp --in --out", &f);
	assert_exited(EXIT_DONE);
}

static void test_options_that_a_file_excludes(void **state)
{
	static const char *const options[] = { "--dev lo", "--duration 1",
					       "--timeout 1", "--rcvbuf 1M",
					       "--coalesce 0" };
	char line[96], expected[96];

	(void)state;
	for (size_t i = 0; i < COUNT(options); i++) {
		snprintf(line, sizeof(line), "kctl watch icmp -r x %s",
			 options[i]);
		snprintf(expected, sizeof(expected),
			 "kctl: watch icmp: -r and %.*s exclude each other: ",
			 (int)strcspn(options[i], " "), options[i]);
		run_kctl(line);
		assert_exited(EXIT_USAGE);
		assert_memory_equal(ran.err, expected, strlen(expected));
	}
	run_kctl("kctl watch icmp -r ");
	assert_exited(EXIT_USAGE);
}

static void test_standard_input(void **state)
{
	struct pcap_file f = exchange(false, US);
	int fds[2], saved = dup(STDIN_FILENO);

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], f.data, f.size - 1), f.size - 1);
	close(fds[1]);
	dup2(fds[0], STDIN_FILENO);
	close(fds[0]);
	mock_reset(no_socket);
	run_kctl("kctl watch icmp -r -");
	assert_exited(EXIT_REFUSED);
	assert_string_equal(ran.out, REQUEST("001000"));
	assert_non_null(strstr(ran.err, "standard input is incomplete: "));
	dup2(saved, STDIN_FILENO);
	close(saved);
}

/* A pipe is read while it is written, down to single bytes. */
static void test_slow_pipe(void **state)
{
	struct pcap_file f = exchange(true, NS);
	int fds[2], saved = dup(STDIN_FILENO);
	pid_t writer;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	writer = fork();
	assert_int_not_equal(writer, -1);
	if (!writer) {
		for (size_t i = 0; i < f.size; i++) {
			if (write(fds[1], f.data + i, 1) != 1)
				_exit(1);
			usleep(100);
		}
		_exit(0);
	}
	close(fds[1]);
	dup2(fds[0], STDIN_FILENO);
	close(fds[0]);
	mock_reset(no_socket);
	run_kctl("kctl watch icmp -r -");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, REQUEST("000001")
					     REPLY("000999", ", rtt 0.998 ms"));
	waitpid(writer, NULL, 0);
	dup2(saved, STDIN_FILENO);
	close(saved);
}

/* Requests at 0 and 2.5 s, and their replies after 1 ms, each repeated. */
static struct pcap_file pings(int requests, int replies)
{
	struct pcap_file f = pcap_begin(false, US, RAW);
	uint8_t packet[sizeof(mock_echo)];

	for (uint8_t seq = 0; seq < 2; seq++) {
		echo_packet(packet, false, 1);
		for (int i = 0; i < requests; i++)
			pcap_packet(&f, seq * 2500000U, packet, sizeof(packet));
		echo_packet(packet, true, 1);
		for (int i = 0; i < replies; i++)
			pcap_packet(&f, seq * 2500000U + 1000, packet,
				    sizeof(packet));
	}
	return f;
}

static int count_of(const char *text)
{
	int count = 0;

	for (const char *at = ran.out; (at = strstr(at, text)); at++)
		count++;
	return count;
}

/* The clock of a summary is that of the capture. */
static void test_summary(void **state)
{
	struct pcap_file f = pings(1, 1);

	(void)state;
	run_on("kctl -j watch icmp --summary", &f);
	assert_exited(EXIT_DONE);
	assert_int_equal(count_of("\"event\":\"summary\""), 1);
	assert_int_equal(
		count_of(
			"\"time\":1700000002501000000,\"time_iso\":\"2023-11-14T22:13:22.501000000Z\",\"received\":4,\"skipped\":0,\"period_ns\":2501000000"),
		1);
	assert_int_equal(count_of("\"requests\":2,\"unanswered\":0"), 2);
	/* Tables are printed at 1 s and at 3 s; the third one is at the end. */
	run_on("kctl -j watch icmp --summary=1", &f);
	assert_int_equal(count_of("\"event\":\"summary\""), 2);
	assert_int_equal(
		count_of(
			"\"time\":1700000001000000000,\"time_iso\":\"2023-11-14T22:13:21.000000000Z\",\"received\":2,\"skipped\":0,\"period_ns\":1000000000"),
		1);
	run_on("kctl watch icmp --summary", &f);
	assert_memory_equal(
		ran.out,
		"22:13:22, 2.5 s, 4 received, 0 skipped; the last 2.5 s",
		strlen("22:13:22, 2.5 s, 4 received, 0 skipped; the last 2.5 s"));
	/* No packet at all. */
	f = pcap_begin(false, US, RAW);
	run_on("kctl watch icmp --summary", &f);
	assert_exited(EXIT_DONE);
	assert_non_null(strstr(ran.out, " 0.0 s, 0 received, 0 skipped"));
}

/* Loopback has each packet twice, and the packets do not show their direction. */
static void test_twice_is_neither_loss_nor_duplicate(void **state)
{
	struct pcap_file f = pings(2, 2);

	(void)state;
	run_on("kctl -j watch icmp --summary", &f);
	assert_int_equal(
		count_of("\"requests\":2,\"unanswered\":0,\"duplicates\":0"),
		2);
	run_on("kctl watch icmp", &f);
	assert_int_equal(count_of("duplicate"), 0);
	assert_int_equal(count_of(", rtt 1.000 ms"), 4);
	f = pings(1, 2);
	run_on("kctl watch icmp", &f);
	assert_int_equal(count_of("duplicate"), 2);
}

static void test_times_that_go_back(void **state)
{
	static const uint32_t times[] = { 150, 151, 0, 1 };
	struct pcap_file f = pcap_begin(false, US, RAW);
	uint8_t packet[sizeof(mock_echo)];

	(void)state;
	for (uint8_t i = 0; i < 4; i++) {
		echo_packet(packet, i % 2, i / 2);
		pcap_packet(&f, times[i] * 1000000, packet, sizeof(packet));
	}
	run_on("kctl -j watch icmp --summary", &f);
	assert_int_equal(count_of("\"time\":1700000151000000000,"), 1);
	assert_int_equal(count_of("\"requests\":2,\"unanswered\":0"), 2);
	assert_int_equal(count_of(",1,1]") + count_of(",0,2]"), 2);
	run_on("kctl watch icmp --summary", &f);
	assert_int_equal(count_of("22:15:51, 1.0 s, 4 received"), 1);
	assert_int_equal(count_of("echo request        2     2.0 "), 1);
}

static void test_rate_of_one_moment(void **state)
{
	struct pcap_file f = pcap_begin(false, US, RAW);

	(void)state;
	pcap_packet(&f, 0, mock_echo, sizeof(mock_echo));
	run_on("kctl watch icmp --summary", &f);
	assert_int_equal(count_of("echo request        1       - "), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_byte_orders_and_units),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_written_and_read),
		cmocka_unit_test(test_count_and_copy),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_no_capture),
		cmocka_unit_test(test_output_stays),
		cmocka_unit_test(test_hostile_numbers),
		cmocka_unit_test(test_direction),
		cmocka_unit_test(test_options_that_a_file_excludes),
		cmocka_unit_test(test_standard_input),
		cmocka_unit_test(test_slow_pipe),
		cmocka_unit_test(test_summary),
		cmocka_unit_test(test_twice_is_neither_loss_nor_duplicate),
		cmocka_unit_test(test_times_that_go_back),
		cmocka_unit_test(test_rate_of_one_moment),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
