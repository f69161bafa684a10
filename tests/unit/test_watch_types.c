// SPDX-License-Identifier: GPL-2.0-or-later
/* --type and --code of kctl watch icmp: names, numbers, errors and lists */
#include "test.h"

#include "mock_netlink.h"
#include "run_kctl.h"
#include "watch/types.h"

/* Answers with the filter as an error text. */
static void show_filter(const struct nlmsghdr *request, uint8_t cmd)
{
	if (cmd == KCTL_CMD_WATCH_START)
		mock_show_attributes(request, cmd);
}

struct row {
	const char *options;
	const char *expected;
};

static void check_rows(const struct row *rows, size_t count, const char *format,
		       enum exit_status status)
{
	char line[128], expected[256];

	for (size_t i = 0; i < count; i++) {
		snprintf(line, sizeof(line), "kctl watch icmp %s",
			 rows[i].options);
		snprintf(expected, sizeof(expected), "%s%s", format,
			 rows[i].expected);
		run_kctl(line);
		assert_exited(status);
		if (!strstr(ran.err, expected))
			fail_msg("%s: %s, not %s", line, ran.err, expected);
	}
}

/* 2: family, 4: types4, 5: types6, 14: code */
static void test_codes(void **state)
{
	static const struct row rows[] = {
		/* Without --type, the name of a code selects its types. */
		{ "--code fragmentation-needed",
		  "2:2,0,0,0,4:3,6:220,5,0,0,14:4,0,0,0,)" },
		{ "--code no-route",
		  "2:10,0,0,0,5:1,6:220,5,0,0,14:0,0,0,0,)" },
		{ "--code fragment-reassembly-time-exceeded",
		  "4:11,5:3,6:220,5,0,0,14:1,0,0,0,)" },
		{ "--code no-such-interface",
		  "4:43,5:161,6:220,5,0,0,14:2,0,0,0,)" },
		{ "-6 --code port-unreachable",
		  "2:10,0,0,0,5:1,6:220,5,0,0,14:4,0,0,0,)" },
		{ "-4 --code port-unreachable",
		  "2:2,0,0,0,4:3,6:220,5,0,0,14:3,0,0,0,)" },
		/* With --type, it selects among these types. */
		{ "-4 --type destination-unreachable --code port-unreachable",
		  "2:2,0,0,0,4:3,6:220,5,0,0,14:3,0,0,0,)" },
		{ "--type 3 --code port-unreachable",
		  "2:2,0,0,0,4:3,6:220,5,0,0,14:3,0,0,0,)" },
		{ "-4 --type 3,11 --code host-unreachable",
		  "2:2,0,0,0,4:3,6:220,5,0,0,14:1,0,0,0,)" },
		/* A number is valid for all types. */
		{ "--code 0", "(kernel: 6:220,5,0,0,14:0,0,0,0,)" },
		{ "--code 0xff", "(kernel: 6:220,5,0,0,14:255,0,0,0,)" },
		{ "-4 --type 3 --code 77",
		  "2:2,0,0,0,4:3,6:220,5,0,0,14:77,0,0,0,)" },
	};

	(void)state;
	mock_reset(show_filter);
	check_rows(rows, COUNT(rows), "", EXIT_REFUSED);
}

/* Text has blanks where JSON has "-". */
static void test_names_of_the_output(void **state)
{
	const struct type_args args = {
		.types = { "time exceeded" },
		.count = 1,
		.code = "hop limit exceeded in transit",
	};
	struct kctl_watch_filter filter = { 0 };
	const struct type_check check = { .reason = "" };

	(void)state;
	assert_true(types_filter(&args, &check, &filter));
	assert_int_equal(filter.family, AF_INET6);
	assert_int_equal(filter.types6_count, 1);
	assert_int_equal(filter.types6[0], 3);
	assert_true(filter.has_code);
	assert_int_equal(filter.code, 0);
}

/* Regression: a blank before a name became a "-" that the user had not typed. */
static void test_blanks_around_types(void **state)
{
	struct type_args args = {
		.types = { " echo request, time exceeded ,3" },
		.count = 1,
	};
	struct kctl_watch_filter filter = { 0 };
	char reason[128] = "";
	const struct type_check check = { .reason = "",
					  .wrong = reason,
					  .size = sizeof(reason) };

	(void)state;
	assert_true(types_filter(&args, &check, &filter));
	assert_int_equal(filter.types4_count, 3);
	assert_int_equal(filter.types4[0], 3);
	assert_int_equal(filter.types4[1], 8);
	assert_int_equal(filter.types4[2], 11);
	args.types[0] = "8, ,0";
	assert_false(types_filter(&args, &check, &filter));
	assert_string_equal(reason, "a type is missing in '8, ,0' of --type");
}

#define WRONG "kctl: watch icmp: "

static void test_wrong_types(void **state)
{
	static const struct row rows[] = {
		{ "--type ecko-request",
		  "unknown type 'ecko-request' of --type, did you mean "
		  "'echo-request'?;" },
		{ "--type unreachable",
		  "unknown type 'unreachable' of --type, did "
		  "you mean 'destination-unreachable'?;" },
		{ "--type echo", "unknown type 'echo' of --type, did you mean "
				 "'echo-reply' or 'echo-request'?;" },
		{ "--type certification-path-advertisment",
		  "unknown type 'certification-path-advertisment' of --type, "
		  "did you mean 'certification-path-advertisement'?;" },
		{ "--type port-unreachable",
		  "'port-unreachable' of --type is a code, did you mean "
		  "'--code port-unreachable'?;" },
		{ "--type xyzzy", "unknown type 'xyzzy' of --type, --type help "
				  "lists the types;" },
		{ "--type -1", "unknown type '-1' of --type," },
		{ "--type 8,", "a type is missing in '8,' of --type;" },
		{ "--type 256", "type '256' of --type is not from 0 to 255;" },
		{ "-4 --type 128",
		  "type 128 of --type is echo-request for IPv6, which -4 excludes"
		  ", did you mean 'echo-request'?;" },
		{ "-6 --type 8", "type 8 of --type is echo-request for IPv4, "
				 "which -6 excludes" },
		{ "-4 --type 2", "type 2 of --type exists for IPv6 only, which "
				 "-4 excludes;" },
		{ "-6 --type source-quench",
		  "type source-quench of --type exists for IPv4 only, which -6 "
		  "excludes;" },
		{ "--src ::1 --type echo-request,source-quench",
		  "type source-quench of --type exists for IPv4 only, which "
		  "--src excludes;" },
	};

	(void)state;
	check_rows(rows, COUNT(rows), WRONG, EXIT_USAGE);
}

static void test_wrong_codes(void **state)
{
	static const struct row rows[] = {
		{ "--code port-unreachable",
		  "code 'port-unreachable' of --code is 3 of "
		  "destination-unreachable for IPv4 and 4 of "
		  "destination-unreachable for IPv6: select one with -4, -6 or "
		  "--type;" },
		{ "--code port-unreacheable",
		  "unknown code 'port-unreacheable' of --code, did you mean "
		  "'port-unreachable'?;" },
		{ "--code xyzzy", "unknown code 'xyzzy' of --code, --code help "
				  "lists the codes;" },
		{ "--code 256", "code '256' of --code is not from 0 to 255;" },
		{ "--code -1", "unknown code '-1' of --code," },
		{ "-6 --code fragmentation-needed",
		  "code 'fragmentation-needed' of --code is one of "
		  "destination-unreachable for IPv4, which -6 excludes;" },
		{ "--type 8 --code host-unreachable",
		  "code 'host-unreachable' of --code is one of "
		  "destination-unreachable for IPv4, which --type excludes;" },
	};

	(void)state;
	check_rows(rows, COUNT(rows), WRONG, EXIT_USAGE);
}

/* Unassigned numbers are valid, because they may be in use. */
static void test_unassigned_numbers(void **state)
{
	static const struct row rows[] = {
		{ "-4 --type 77", "4:77,6:220,5,0,0,)" },
		{ "--type 77", "(kernel: 4:77,5:77,6:220,5,0,0,)" },
	};

	(void)state;
	mock_reset(show_filter);
	check_rows(rows, COUNT(rows), "", EXIT_REFUSED);
}

static void assert_lists(const char *line, const char *words)
{
	char whole[64];

	snprintf(whole, sizeof(whole), "kctl %s", line);
	run_kctl(whole);
	assert_exited(EXIT_DONE);
	if (!strstr(ran.out, words))
		fail_msg("%s: no %s in %s", line, words, ran.out);
}

static void test_lists(void **state)
{
	(void)state;
	assert_lists("watch icmp --type help",
		     "NAME                              IPV4  IPV6\n");
	assert_lists("watch icmp --type help",
		     "echo-request                         8   128\n");
	assert_lists("watch icmp --type help",
		     "packet-too-big                       -     2\n");
	assert_lists("watch icmp -6 --type help",
		     "NAME                              IPV6\n"
		     "destination-unreachable              1\n");
	assert_lists("-j watch icmp --type help",
		     "{\"name\":\"echo-request\",\"ipv4\":8,\"ipv6\":128}");
	assert_lists("watch icmp -4 --code help",
		     "inet     3    4  fragmentation-needed "
		     "(destination-unreachable)\n");
	assert_null(strstr(ran.out, "inet6"));
	assert_lists("watch icmp --code help --type time-exceeded",
		     "NAME (TYPE)\n"
		     "inet    11    0  ttl-exceeded-in-transit "
		     "(time-exceeded)\n");
	assert_lists("-j watch icmp --code help",
		     "{\"family\":\"inet6\",\"type\":1,\"type_name\":"
		     "\"destination-unreachable\",\"code\":4,"
		     "\"code_name\":\"port-unreachable\"}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_names_of_the_output),
		cmocka_unit_test(test_blanks_around_types),
		cmocka_unit_test(test_wrong_types),
		cmocka_unit_test(test_wrong_codes),
		cmocka_unit_test(test_unassigned_numbers),
		cmocka_unit_test(test_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
