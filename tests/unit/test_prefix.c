// SPDX-License-Identifier: GPL-2.0-or-later
/* Address prefixes: valid ones, their host bits, and their format */
#include "test.h"

#include "watch/prefix.h"

static void test_good(void **state)
{
	static const struct {
		const char *text;
		const char *masked; /* NULL: nothing is behind the prefix */
	} rows[] = {
		{ "10.0.0.1", NULL },
		{ "10.0.0.0/8", NULL },
		{ "0.0.0.0/0", NULL },
		{ "255.255.255.254/31", NULL },
		{ "10.0.0.1/8", "10.0.0.0/8" },
		{ "10.0.0.1/31", "10.0.0.0/31" },
		{ "255.255.255.255/0", "0.0.0.0/0" },
		{ "192.168.255.0/17", "192.168.128.0/17" },
		{ "::", NULL },
		{ "::/0", NULL },
		{ "fe80::/10", NULL },
		{ "2001:db8::1", NULL },
		{ "2001:db8::1/127", "2001:db8::/127" },
		{ "2001:db8:ffff::/33", "2001:db8:8000::/33" },
		{ "fe80::1/64", "fe80::/64" },
	};
	char text[PREFIX_STRLEN];
	struct kctl_prefix prefix;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (!prefix_parse(rows[i].text, &prefix))
			fail_msg("%s is refused", rows[i].text);
		prefix_format(&prefix, text);
		assert_string_equal(text, rows[i].text);
		assert_int_equal(prefix_mask(&prefix), rows[i].masked != NULL);
		prefix_format(&prefix, text);
		assert_string_equal(text, rows[i].masked ? rows[i].masked :
							   rows[i].text);
	}
}

static void test_written_otherwise(void **state)
{
	char text[PREFIX_STRLEN];
	struct kctl_prefix prefix;

	(void)state;
	assert_true(prefix_parse("10.1.2.3/32", &prefix));
	prefix_format(&prefix, text);
	assert_string_equal(text, "10.1.2.3");
	assert_true(prefix_parse("2001:DB8:0:0::1/0x80", &prefix));
	prefix_format(&prefix, text);
	assert_string_equal(text, "2001:db8::1");
	assert_true(prefix_parse(
		"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128", &prefix));
	assert_int_equal(prefix.length, 128);
}

static void test_bad(void **state)
{
	static const char *const texts[] = {
		"",
		"/",
		"/8",
		"10",
		"10.0.0",
		"10.0.0.0/",
		"10.0.0.0/33",
		"10.0.0.0/-1",
		"10.0.0.0/08",
		"::/129",
		"::/",
		":",
		"host",
		"10.0.0.0 ",
		" ::1",
		"10.0.0.0/8/8",
		"fe80::1%lo",
		"1.2.3.4.5",
		"::1::",
		"010.0.0.1",
		"1111:1111:1111:1111:1111:1111:255.255.255.2550",
	};
	struct kctl_prefix prefix;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		if (prefix_parse(texts[i], &prefix))
			fail_msg("'%s' is taken", texts[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_written_otherwise),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
