// SPDX-License-Identifier: GPL-2.0-or-later
/* Text that somebody else wrote, as text and as JSON */
#include "print_capture.h"

/* What is printable stays, the rest is escaped byte by byte. */
static void test_foreign_text(void **state)
{
	static const struct {
		const char *bytes;
		const char *text;
	} rows[] = {
		{ "", "" },
		{ "a ~", "a ~" },
		{ "\033]0;x\a\177", "\\x1b]0;x\\x07\\x7f" },
		{ "a\nb\rc\td\\", "a\\nb\\rc\\td\\" },
		{ "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80",
		  "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80" },
		/* CSI as one character, and as one byte. */
		{ "\xc2\x9b"
		  "2J",
		  "\\xc2\\x9b2J" },
		{ "\x9b"
		  "2J",
		  "\\x9b2J" },
		/* Too long, a surrogate, too large, cut off, without a beginning. */
		{ "\xc0\x9b", "\\xc0\\x9b" },
		{ "\xe0\x80\x9b", "\\xe0\\x80\\x9b" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
		{ "\xe2\x82", "\\xe2\\x82" },
		{ "\xe2\x82x", "\\xe2\\x82x" },
		{ "\xbf\xff", "\\xbf\\xff" },
		/* Right to left, a line separator, a byte order mark. */
		{ "\xe2\x80\xae", "\\xe2\\x80\\xae" },
		{ "\xe2\x80\xa8", "\\xe2\\x80\\xa8" },
		{ "\xef\xbb\xbf", "\\xef\\xbb\\xbf" },
	};
	struct capture c;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		capture_begin(&c, false);
		out_foreign(&c.out, "key", "", rows[i].bytes,
			    strlen(rows[i].bytes));
		assert_captured(&c, rows[i].text);
	}
}

/* One byte that is not UTF-8 used to make every character of the text a "?". */
static void test_foreign_text_in_json(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *json;
	} rows[] = {
		{ "gr\xc3\xbc\xff", 5, "gr\xc3\xbc\\\\xff" },
		{ "\xff\xe2\x80\xae\033", 5, "\\\\xff\\u202E\\u001B" },
		/* The first of C1 that ends a sequence, DEL, and a noncharacter. */
		{ "\xc2\x9b"
		  "31m\x7f",
		  6, "\\u009B31m\\u007F" },
		{ "\xf0\x9f\xbf\xbe\xf0\x9f\x98\x80", 8,
		  "\\uD83F\\uDFFE\xf0\x9f\x98\x80" },
		{ "\xc3\xbc\xc3", 3, "\xc3\xbc\\\\xc3" },
		{ "a\0\xff", 3, "a\\u0000\\\\xff" },
		{ "a\0b", 3, "a\\u0000b" },
		{ "\xed\xa0\x80", 3, "\\\\xed\\\\xa0\\\\x80" },
	};
	char expected[64];
	struct capture c;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		capture_begin(&c, true);
		out_object(&c.out, NULL);
		out_foreign(&c.out, "k", "", rows[i].bytes, rows[i].size);
		out_end(&c.out);
		snprintf(expected, sizeof(expected), "{\"k\":\"%s\"}\n",
			 rows[i].json);
		assert_captured(&c, expected);
	}
}

/* The name of an interface can have any bytes, a JSON string cannot. */
static void test_odd_string(void **state)
{
	struct capture c;

	(void)state;
	capture_begin(&c, true);
	out_object(&c.out, NULL);
	out_string(&c.out, "s", "%s", "eth\xff");
	out_end(&c.out);
	assert_captured(&c, "{\"s\":\"eth\\\\xff\"}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_foreign_text),
		cmocka_unit_test(test_foreign_text_in_json),
		cmocka_unit_test(test_odd_string),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
