// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl proto replay, from the command line to a mock of the kernel */
#include "test.h"

#include "cli/base64.h"
#include "mock_proto.h"
#include "run_kctl.h"

static void assert_decoded(const char *text, const char *bytes, ssize_t size)
{
	uint8_t decoded[16];

	assert_int_equal(base64_decode(text, strlen(text), decoded), size);
	if (size > 0)
		assert_memory_equal(decoded, bytes, (size_t)size);
}

static void test_base64(void **state)
{
	static const char *const bad[] = {
		"Y",	    "YQ",   "YQ=",  "Y===",  "====",   "YQ=b",
		"YQ==YQ==", "YR==", "YWJ=", "YW\n=", "YWI\xff"
	};

	(void)state;
	assert_decoded("", "", 0);
	assert_decoded("YQ==", "a", 1);
	assert_decoded("YWI=", "ab", 2);
	assert_decoded("YWJj", "abc", 3);
	assert_decoded("AP/+fw==", "\0\xff\xfe\x7f", 4);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_decoded(bad[i], "", -1);
	assert_int_equal(base64_decode("YW\0=", 4, (uint8_t[3]){ 0 }), -1);
}

static void replay(const char *command, const char *text)
{
	set_input(text, strlen(text));
	run_kctl(command);
}

#define JOURNAL                                                                 \
	"{\"event\":\"ready\",\"channel\":9}\n"                                 \
	"{\"channel\":9,\"from\":0,\"time\":1700000000000000000,"               \
	"\"time_iso\":\"2023-11-14T22:13:20Z\",\"data\":\"a\\u0000\\u00e9\"}\n" \
	"\n"                                                                    \
	"{\"channel\":4294967295,\"time\":1700000000100000000,"                 \
	"\"data_base64\":\"//4=\"}\n"                                           \
	"{\"event\":\"lost\",\"count\":2}\n"                                    \
	"{\"channel\":9,\"time\":1699999999000000000,\"data\":\"\"}"

static void test_messages(void **state)
{
	int64_t begin = now(), took;

	(void)state;
	replay("kctl proto replay --speed 2 -", JOURNAL);
	took = now() - begin;
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, "");
	assert_string_equal(
		ran.err,
		"kctl: proto replay: 2 messages were lost when this was recorded\n");
	assert_int_equal(sent->count, 3);
	assert_sent(0, "a\0\xc3\xa9", 4);
	assert_sent(1, "\xff\xfe", 2);
	assert_sent(2, "", 0);
	assert_int_equal(sent->message[0].channel, 9);
	assert_int_equal(sent->message[1].channel, 4294967295U);
	/* The last message is older than the first, and is sent without a pause. */
	assert_true(sent->message[1].when - sent->message[0].when >= 49000000);
	assert_true(took < 10000000000);
}

static void test_without_pauses(void **state)
{
	(void)state;
	replay("kctl proto replay --speed 0 --channel jobs -",
	       "{\"time\":1,\"data\":\"1\"}\n"
	       "{\"channel\":7,\"time\":900000000000000000,\"data\":\"2\"}\n");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.err, "");
	assert_int_equal(sent->count, 2);
	assert_int_equal(sent->message[0].channel, 9);
	assert_int_equal(sent->message[1].channel, 9);
}

/* The messages before an invalid line have been sent, and are counted. */
static void test_bad_lines(void **state)
{
	static const struct {
		const char *line, *message;
	} bad[] = {
		{ "abc", "not a JSON object" },
		{ "[1]", "not a JSON object" },
		{ "{\"channel\":9,\"data\":\"x\"", "not a JSON object" },
		{ "{\"channel\":9,\"data\":\"x\",\"data\":\"y\"}",
		  "not a JSON object" },
		{ "{\"channel\":9}", "not a message: it has no \"data\"" },
		{ "{\"channel\":9,\"data\":1}",
		  "not a message: it has no \"data\"" },
		{ "{\"channel\":9,\"data\":\"\",\"data_base64\":\"\"}",
		  "it has both \"data\" and \"data_base64\"" },
		{ "\xef\xbb\xbf{\"channel\":9,\"data\":\"x\"}",
		  "a byte order mark: save the file without one" },
		{ "{\"channel\":9,\"data_base64\":\"YQ\"}",
		  "\"data_base64\" is not base64" },
		{ "{\"data\":\"x\"}",
		  "neither \"channel\" from 1 to 4294967295 nor --channel" },
		{ "{\"channel\":4294967296,\"data\":\"x\"}",
		  "neither \"channel\" from 1 to 4294967295 nor --channel" },
		{ "{\"channel\":-1,\"data\":\"x\"}",
		  "neither \"channel\" from 1 to 4294967295 nor --channel" },
	};
	char text[256], message[256];

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		snprintf(text, sizeof(text),
			 "{\"channel\":9,\"data\":\"first\"}\n%s\n"
			 "{\"channel\":9,\"data\":\"last\"}\n",
			 bad[i].line);
		replay("kctl proto replay -", text);
		assert_exited(EXIT_REFUSED);
		snprintf(message, sizeof(message),
			 "kctl: proto replay: line 2: %s (1 message was sent); "
			 "record with: kctl -j proto tap --channel CHANNEL\n",
			 bad[i].message);
		assert_string_equal(ran.err, message);
		assert_int_equal(sent->count, 1);
	}
}

/* Regression: the difference of such times overflowed. */
static void test_times_before_the_epoch(void **state)
{
	(void)state;
	replay("kctl proto replay -",
	       "{\"channel\":9,\"time\":-9223372036854775807,\"data\":\"1\"}\n"
	       "{\"channel\":9,\"time\":9223372036854775807,\"data\":\"2\"}\n"
	       "{\"channel\":9,\"time\":-1,\"data\":\"3\"}\n");
	assert_exited(EXIT_DONE);
	assert_int_equal(sent->count, 3);
}

static void test_refused(void **state)
{
	(void)state;
	channel.error = EAGAIN;
	channel.error_after = 1;
	channel.max_messages = channel.messages = 5;
	channel.max_bytes = 1000;
	replay("kctl proto replay --timeout 0 -",
	       "{\"channel\":9,\"data\":\"1\"}\n{\"channel\":9,\"data\":\"2\"}\n");
	assert_exited(EXIT_TIMEOUT);
	assert_non_null(
		strstr(ran.err, "channel 9 is full (1 message was sent)"));
	run_kctl("kctl proto replay /nonexistent");
	assert_exited(EXIT_REFUSED);
	assert_string_equal(
		ran.err,
		"kctl: proto replay: cannot read '/nonexistent': No such file or directory\n");
	run_kctl("kctl proto replay /dev/zero");
	assert_string_equal(
		ran.err,
		"kctl: proto replay: '/dev/zero' has more than 6295552 bytes\n");
}

static void test_usage(void **state)
{
	static const char *const speeds[] = { "-1",  "",     "x", "1e3",
					      "nan", "1..2", ".", "1000001" };
	char command[64];

	(void)state;
	for (size_t i = 0; i < COUNT(speeds); i++) {
		snprintf(command, sizeof(command),
			 "kctl proto replay --speed=%s -", speeds[i]);
		run_kctl(command);
		assert_exited(EXIT_USAGE);
		assert_non_null(strstr(
			ran.err,
			"a number from 0 to 1000000, such as 10 or 0.5 expected"));
	}
	run_kctl("kctl proto replay");
	assert_exited(EXIT_USAGE);
	assert_non_null(strstr(ran.err, "a file is missing: FILE or -"));
}

/* The notice is printed once for successive messages. */
static void test_stranger(void **state)
{
	(void)state;
	channel.tells_owner = true;
	channel.owner = 4242424;
	replay("kctl proto replay -",
	       "{\"channel\":9,\"data\":\"1\"}\n{\"channel\":9,\"data\":\"2\"}\n");
	assert_exited(EXIT_DONE);
	assert_string_equal(
		ran.err,
		"kctl: proto replay: warning: channel 9 belongs to user 4242424\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base64),
		cmocka_unit_test_setup(test_messages, setup),
		cmocka_unit_test_setup(test_without_pauses, setup),
		cmocka_unit_test_setup(test_bad_lines, setup),
		cmocka_unit_test_setup(test_times_before_the_epoch, setup),
		cmocka_unit_test_setup(test_refused, setup),
		cmocka_unit_test_setup(test_usage, setup),
		cmocka_unit_test_setup(test_stranger, setup),
	};

	return cmocka_run_group_tests(tests, map_shared, NULL);
}
