// SPDX-License-Identifier: GPL-2.0-or-later
/* The printer, and ICMP events as text and JSON */
#include "print_capture.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "icmp/print.h"

static void print_sample(struct out *out)
{
	out_object(out, NULL);
	out_string(out, "name", "name=%s", "a \"b\"");
	out_u64(out, "number", " number=%" PRIu64, UINT64_C(1) << 62);
	out_bool(out, "yes", NULL, true);
	out_bool(out, "set", " yes", true);
	out_bool(out, "clear", " no", false);
	out_json_null(out, "none");
	out_array(out, "list");
	out_json_u64(out, NULL, 1);
	out_end(out);
	out_object(out, "nested");
	out_string(out, "inner", " %s", "x");
	out_end(out);
	out_text(out, "\n");
	out_end(out);
}

static void test_text_and_json(void **state)
{
	struct capture c;

	(void)state;
	capture_begin(&c, false);
	print_sample(&c.out);
	assert_captured(&c, "name=a \"b\" number=4611686018427387904 yes x\n");

	capture_begin(&c, true);
	print_sample(&c.out);
	assert_captured(
		&c,
		"{\"name\":\"a \\\"b\\\"\",\"number\":4611686018427387904,\"number_string\":\"4611686018427387904\","
		"\"yes\":true,\"set\":true,\"clear\":false,"
		"\"none\":null,\"list\":[1],"
		"\"nested\":{\"inner\":\"x\"}}\n");
}

static void test_pretty(void **state)
{
	struct capture c;

	(void)state;
	capture_begin(&c, true);
	c.out.pretty = true;
	out_array(&c.out, NULL);
	out_object(&c.out, NULL);
	out_json_u64(&c.out, "a", 1);
	out_end(&c.out);
	out_end(&c.out);
	assert_captured(&c, "[\n  {\n    \"a\": 1\n  }\n]\n");
}

/* A command runs several times, and fails the second time. */
static void test_results(void **state)
{
	static const char *const names[] = { "a", "b", "c" };
	struct capture c;

	(void)state;
	capture_begin(&c, true);
	out_array(&c.out, NULL);
	for (size_t i = 0; i < COUNT(names); i++) {
		out_object(&c.out, NULL);
		out_json_string(&c.out, "name", names[i]);
		if (i != 1) {
			out_array(&c.out, NULL);
			out_object(&c.out, NULL);
			out_end(&c.out);
			out_end(&c.out);
			out_end(&c.out);
		} else {
			out_drop(&c.out);
		}
	}
	out_end(&c.out);
	assert_captured(&c, "[{\"name\":\"a\",\"result\":[{}]},"
			    "{\"name\":\"c\",\"result\":[{}]}]\n");
}

static void test_largest_numbers(void **state)
{
	struct capture c;

	(void)state;
	capture_begin(&c, true);
	out_object(&c.out, NULL);
	out_json_u64(&c.out, "exact", UINT64_C(1) << 53);
	out_json_u64(&c.out, "large", INT64_MAX);
	out_u64(&c.out, "rounded", NULL, UINT64_MAX);
	out_json_time(&c.out, "t", UINT64_MAX);
	out_end(&c.out);
	assert_captured(&c, "{\"exact\":9007199254740992,"
			    "\"large\":9223372036854775807,"
			    "\"large_string\":\"9223372036854775807\","
			    "\"rounded\":1.8446744073709552e19,"
			    "\"rounded_string\":\"18446744073709551615\","
			    "\"t\":1.8446744073709552e19,"
			    "\"t_iso\":\"2554-07-21T23:34:33.709551615Z\"}\n");
}

static void test_bytes_on_a_terminal(void **state)
{
	static const char bytes[] = "a\n\tb\0\033";
	struct capture c;

	(void)state;
	capture_begin(&c, false);
	c.out.terminal = true;
	out_bytes(&c.out, "v", bytes, sizeof(bytes) - 1);
	assert_captured(&c, "a\n\tb\\x00\\x1b");
	capture_begin(&c, true);
	c.out.terminal = true;
	out_object(&c.out, NULL);
	out_bytes(&c.out, "v", "\033", 1);
	out_foreign(&c.out, "f", "", "\033\xff", 2);
	out_end(&c.out);
	assert_captured(&c, "{\"v\":\"\\u001B\",\"f\":\"\\u001B\\\\xff\"}\n");
}

static void test_stream_of_objects(void **state)
{
	struct capture c;

	(void)state;
	capture_begin(&c, true);
	for (uint64_t i = 0; i < 3; i++) {
		out_object(&c.out, NULL);
		out_json_u64(&c.out, "i", i);
		out_end(&c.out);
	}
	assert_captured(&c, "{\"i\":0}\n{\"i\":1}\n{\"i\":2}\n");
}

static void test_bytes(void **state)
{
	static const struct {
		const char *data;
		size_t size;
		const char *json;
	} rows[] = {
		{ "", 0, "{\"v\":\"\"}\n" },
		{ "hello\n", 6, "{\"v\":\"hello\\n\"}\n" },
		{ "gr\xc3\xbc\xc3\x9f", 6, "{\"v\":\"gr\xc3\xbc\xc3\x9f\"}\n" },
		{ "a\0b", 3, "{\"v_base64\":\"YQBi\"}\n" },
		{ "\xff", 1, "{\"v_base64\":\"/w==\"}\n" },
		{ "\xff\xfe", 2, "{\"v_base64\":\"//4=\"}\n" },
		{ "\xc3", 1, "{\"v_base64\":\"ww==\"}\n" },
		{ "\0\0\0\0", 4, "{\"v_base64\":\"AAAAAA==\"}\n" },
	};
	struct capture c;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		capture_begin(&c, true);
		out_object(&c.out, NULL);
		out_bytes(&c.out, "v", rows[i].data, rows[i].size);
		out_end(&c.out);
		assert_captured(&c, rows[i].json);

		capture_begin(&c, false);
		out_bytes(&c.out, "v", rows[i].data, rows[i].size);
		fflush(c.out.stream);
		assert_int_equal(c.size, rows[i].size);
		assert_memory_equal(c.text, rows[i].data, rows[i].size);
		assert_int_equal(out_close(&c.out), 0);
		free(c.text);
	}
}

static void test_styles(void **state)
{
	struct capture c;

	(void)state;
	for (int json = 0; json <= 1; json++) {
		capture_begin(&c, json);
		c.out.color = true;
		out_object(&c.out, NULL);
		out_style(&c.out, STYLE_LOSS);
		out_uint(&c.out, "n", "%u", 1);
		out_style(&c.out, STYLE_PLAIN);
		out_end(&c.out);
		assert_captured(&c,
				json ? "{\"n\":1}\n" : "\033[1;31m1\033[0m");
	}
	capture_begin(&c, false);
	out_style(&c.out, STYLE_LOSS);
	out_text(&c.out, "x");
	assert_captured(&c, "x");
}

/* With /dev/full, stdio reports the error late, and the printer keeps it. */
static void test_errors_are_kept(void **state)
{
	(void)state;
	for (int json = 0; json <= 1; json++) {
		struct out out = { .stream = fopen("/dev/full", "w"),
				   .json = json };

		assert_non_null(out.stream);
		print_sample(&out);
		assert_false(out_flush(&out));
		assert_false(out_flush(&out));
		assert_int_equal(out_close(&out), -ENOSPC);
	}
}

static const struct kctl_record record = {
	.seq = 3,
	.time = UINT64_C(1700000000123456789),
	.ifindex = 1,
	.length = 84,
	.direction = KCTL_DIRECTION_IN,
	.family = AF_INET,
};

static const struct icmp_event echo = {
	.has = HAS_ADDRESSES | HAS_TYPE | HAS_ID | HAS_ECHO_SEQ,
	.ip = { .family = AF_INET,
		.src = { 10, 0, 0, 1 },
		.dst = { 10, 0, 0, 2 } },
	.type = 8,
	.id = 7,
	.echo_seq = 1,
};

static const struct icmp_event unreachable = {
	.has = HAS_ADDRESSES | HAS_TYPE | HAS_MTU | HAS_QUOTED,
	.ip = { .family = AF_INET,
		.src = { 10, 0, 0, 1 },
		.dst = { 10, 0, 0, 9 } },
	.type = 3,
	.code = 4,
	.mtu = 1400,
	.quoted = { .has = HAS_ADDRESSES | HAS_PORTS,
		    .family = AF_INET,
		    .protocol = IPPROTO_TCP,
		    .src = { 10, 0, 0, 9 },
		    .dst = { 10, 0, 0, 2 },
		    .src_port = 51234,
		    .dst_port = 443 },
};

static const struct icmp_event redirect = {
	.has = HAS_ADDRESSES | HAS_TYPE | HAS_GATEWAY | HAS_QUOTED |
	       IS_TRUNCATED,
	.ip = { .family = AF_INET6, .src = { 0xfe, 0x80 }, .dst = { [15] = 1 } },
	.type = 137,
	.gateway = { 0xfe, 0x80, [15] = 2 },
	.quoted = { .has = HAS_ADDRESSES | HAS_PORTS,
		    .family = AF_INET6,
		    .protocol = IPPROTO_UDP,
		    .src = { [15] = 1 },
		    .dst = { 0x20, 0x01, [15] = 5 },
		    .src_port = 1,
		    .dst_port = 53 },
};

static const struct icmp_event unknown = {
	.has = HAS_ADDRESSES | HAS_TYPE,
	.ip = { .family = AF_INET,
		.src = { 1, 2, 3, 4 },
		.dst = { 5, 6, 7, 8 } },
	.type = 77,
	.code = 5,
};

static const struct icmp_event problem = {
	.has = HAS_ADDRESSES | HAS_TYPE | HAS_POINTER | HAS_QUOTED,
	.ip = { .family = AF_INET6, .src = { [15] = 1 }, .dst = { [15] = 2 } },
	.type = 4,
	.code = 1,
	.pointer = 6,
	.quoted = { .has = HAS_ADDRESSES | IS_FRAGMENT,
		    .family = AF_INET6,
		    .protocol = 200,
		    .src = { [15] = 2 },
		    .dst = { [15] = 1 } },
};

static const struct icmp_event fragment = {
	.has = HAS_ADDRESSES | IS_FRAGMENT,
	.ip = { .family = AF_INET,
		.src = { 1, 2, 3, 4 },
		.dst = { 5, 6, 7, 8 } },
};

static const struct icmp_event nothing = { .has = IS_TRUNCATED };

#define TIME "22:13:20.123456 "
#define JSON_HEAD(way, family)                                                                                        \
	"{\"event\":\"icmp\",\"time\":1700000000123456789,\"time_iso\":\"2023-11-14T22:13:20.123456789Z\",\"seq\":3," \
	"\"direction\":\"" way "\",\"interface\":\"lo\",\"family\":\"" family                                         \
	"\","

static const struct {
	const struct icmp_event *event;
	const char *text;
	const char *json;
} goldens[] = {
	{ &echo,
	  TIME
	  "in  lo 10.0.0.1 > 10.0.0.2: echo request, id 7, seq 1, length 84\n",
	  JSON_HEAD(
		  "in",
		  "inet") "\"src\":\"10.0.0.1\",\"dst\":\"10.0.0.2\",\"type\":8,"
			  "\"type_name\":\"echo-request\",\"code\":0,\"id\":7,\"echo_seq\":1,"
			  "\"length\":84}\n" },
	{ &unreachable,
	  TIME
	  "in  lo 10.0.0.1 > 10.0.0.9: destination unreachable, fragmentation needed, mtu 1400, "
	  "for 10.0.0.9:51234 > 10.0.0.2:443 tcp, length 84\n",
	  JSON_HEAD(
		  "in",
		  "inet") "\"src\":\"10.0.0.1\",\"dst\":\"10.0.0.9\",\"type\":3,"
			  "\"type_name\":\"destination-unreachable\",\"code\":4,"
			  "\"code_name\":\"fragmentation-needed\",\"mtu\":1400,"
			  "\"quoted\":{\"src\":\"10.0.0.9\",\"src_port\":51234,"
			  "\"dst\":\"10.0.0.2\",\"dst_port\":443,\"protocol\":6,"
			  "\"protocol_name\":\"tcp\",\"tos\":0,\"ttl\":0},\"length\":84}\n" },
	{ &redirect,
	  TIME "out lo fe80:: > ::1: redirect, gateway fe80::2, "
	       "for [::1]:1 > [2001::5]:53 udp, length 84, truncated\n",
	  JSON_HEAD(
		  "out",
		  "inet6") "\"src\":\"fe80::\",\"dst\":\"::1\",\"type\":137,"
			   "\"type_name\":\"redirect\",\"code\":0,\"gateway\":\"fe80::2\","
			   "\"quoted\":{\"src\":\"::1\",\"src_port\":1,\"dst\":\"2001::5\","
			   "\"dst_port\":53,\"protocol\":17,\"protocol_name\":\"udp\",\"tos\":0,\"ttl\":0},"
			   "\"length\":84,\"truncated\":true}\n" },
	{ &unknown,
	  TIME "in  lo 1.2.3.4 > 5.6.7.8: type 77, code 5, length 84\n",
	  JSON_HEAD(
		  "in",
		  "inet") "\"src\":\"1.2.3.4\",\"dst\":\"5.6.7.8\",\"type\":77,\"code\":5,"
			  "\"length\":84}\n" },
	{ &problem,
	  TIME
	  "out lo ::1 > ::2: parameter problem, unrecognized next header, pointer 6, "
	  "for ::2 > ::1 protocol 200 fragment, length 84\n",
	  JSON_HEAD(
		  "out",
		  "inet6") "\"src\":\"::1\",\"dst\":\"::2\",\"type\":4,"
			   "\"type_name\":\"parameter-problem\",\"code\":1,"
			   "\"code_name\":\"unrecognized-next-header\",\"pointer\":6,"
			   "\"quoted\":{\"src\":\"::2\",\"dst\":\"::1\",\"protocol\":200,"
			   "\"fragment\":true,\"tos\":0,\"ttl\":0},\"length\":84}\n" },
	{ &fragment, TIME "in  lo 1.2.3.4 > 5.6.7.8: fragment, length 84\n",
	  JSON_HEAD(
		  "in",
		  "inet") "\"src\":\"1.2.3.4\",\"dst\":\"5.6.7.8\",\"fragment\":true,"
			  "\"length\":84}\n" },
	{ &nothing, TIME "in  lo: no ICMP header, length 84, truncated\n",
	  JSON_HEAD("in", "inet") "\"length\":84,\"truncated\":true}\n" },
};

static const struct icmp_extra on_lo = { .interface = "lo",
					 .time = "22:13:20.123456" };

static void test_icmp(void **state)
{
	struct kctl_record r = record;
	struct capture c;

	(void)state;
	for (size_t i = 0; i < COUNT(goldens); i++) {
		bool v6 = goldens[i].event->ip.family == AF_INET6;

		r.family = v6 ? AF_INET6 : AF_INET;
		r.direction = v6 ? KCTL_DIRECTION_OUT : KCTL_DIRECTION_IN;
		capture_begin(&c, false);
		print_icmp(&c.out, &r, NULL, goldens[i].event, &on_lo);
		assert_captured(&c, goldens[i].text);
		capture_begin(&c, true);
		print_icmp(&c.out, &r, NULL, goldens[i].event, &on_lo);
		assert_captured(&c, goldens[i].json);
	}
}

/* The packet has 18 bytes: a full line, and a line with one pair. */
static void test_icmp_extra(void **state)
{
	static const uint8_t packet[] = { 0x45, 0, 0, 84, [16] = 0xab, 0xcd };
	const uint64_t rtt = 1234567;
	const struct icmp_extra extra = {
		.interface = "lo", .time = "", .rtt = &rtt, .hex = true
	};
	struct kctl_record r = record;
	struct capture c;

	(void)state;
	r.captured = sizeof(packet);
	capture_begin(&c, false);
	print_icmp(&c.out, &r, packet, &nothing, &extra);
	assert_captured(
		&c,
		"in  lo: no ICMP header, length 84, rtt 1.235 ms, truncated\n"
		"\t0x0000:  4500 0054 0000 0000 0000 0000 0000 0000\n"
		"\t0x0010:  abcd\n");
	capture_begin(&c, true);
	print_icmp(&c.out, &r, packet, &nothing, &extra);
	assert_captured(&c, JSON_HEAD("in", "inet") "\"length\":84,\"rtt_ns\":"
						    "1234567,\"truncated\":"
						    "true,\"packet\":"
						    "\"45000054000000000000"
						    "000000000000abcd\""
						    "}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_and_json),
		cmocka_unit_test(test_pretty),
		cmocka_unit_test(test_results),
		cmocka_unit_test(test_largest_numbers),
		cmocka_unit_test(test_bytes_on_a_terminal),
		cmocka_unit_test(test_stream_of_objects),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_styles),
		cmocka_unit_test(test_errors_are_kept),
		cmocka_unit_test(test_icmp),
		cmocka_unit_test(test_icmp_extra),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
