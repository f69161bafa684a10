// SPDX-License-Identifier: GPL-2.0-or-later
/* Foreign text, printed as text and as JSON */
#include "print_capture.h"
#include "cli/foreign.h"
#include "savefile/savefile.h"

/* Printable characters are unchanged, the rest is escaped byte by byte. */
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
		/* Overlong, a surrogate, too large, truncated, without a first byte. */
		{ "\xc0\x9b", "\\xc0\\x9b" },
		{ "\xe0\x80\x9b", "\\xe0\\x80\\x9b" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
		{ "\xe2\x82", "\\xe2\\x82" },
		{ "\xe2\x82x", "\\xe2\\x82x" },
		{ "\xbf\xff", "\\xbf\\xff" },
		/* A right-to-left mark, a line separator, a byte order mark. */
		{ "\xe2\x80\xae", "\\xe2\\x80\\xae" },
		{ "\xe2\x80\xa8", "\\xe2\\x80\\xa8" },
		{ "\xef\xbb\xbf", "\\xef\\xbb\\xbf" },
		/* A zero-width space, a soft hyphen, a tag. */
		{ "eth0\xe2\x80\x8b", "eth0\\xe2\\x80\\x8b" },
		{ "\xc2\xad", "\\xc2\\xad" },
		{ "\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81" },
		/* Joined to one character. */
		{ "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80",
		  "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80" },
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

static size_t put_utf8(uint32_t code, uint8_t bytes[4])
{
	size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	size_t i = length;

	while (--i) {
		bytes[i] = 0x80 | (code & 0x3f);
		code >>= 6;
	}
	bytes[0] = (uint8_t)(0xf0 << (4 - length) | code);
	return length;
}

/* Save files escaped invisible characters, but output to a terminal did not. */
static void test_save_files_have_the_same_rule(void **state)
{
	char *text;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	assert_non_null(stream);
	for (uint32_t code = 0x80; code < 0x110000; code++) {
		char character[FOREIGN_CHARACTER];
		uint8_t bytes[4];
		size_t length = put_utf8(code, bytes);

		rewind(stream);
		savefile_put_quoted(bytes, length, stream);
		assert_int_equal(fflush(stream), 0);
		foreign_next(bytes, length, character);
		assert_memory_equal(text + 1, character, strlen(character));
	}
	fclose(stream);
	free(text);
}

/* Regression: one byte that is not UTF-8 turned every character of the text into "?". */
static void test_foreign_text_in_json(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *json;
	} rows[] = {
		{ "gr\xc3\xbc\xff", 5, "gr\xc3\xbc\\\\xff" },
		{ "\xff\xe2\x80\xae\033", 5, "\\\\xff\\u202E\\u001B" },
		/* CSI, a C1 character that starts an escape sequence, DEL, and a noncharacter. */
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
		cmocka_unit_test(test_save_files_have_the_same_rule),
		cmocka_unit_test(test_foreign_text_in_json),
		cmocka_unit_test(test_odd_string),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
