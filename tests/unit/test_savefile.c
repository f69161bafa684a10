// SPDX-License-Identifier: GPL-2.0-or-later
/* The save file is read back as it was written, and invalid files are refused */
#include "test.h"

#include <errno.h>

#include "parse_savefile.h"

#define ENTRIES 300

/* Returns the same sequence on every machine. */
static uint32_t random_state;

static uint32_t next_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state;
}

/* Prefers bytes that are interesting but rare. */
static uint8_t random_byte(uint32_t kind)
{
	static const char odd[] =
		"\"\\\n\r\t\0\x7f\x80\xc2\xa0\xe2\x80\xae\xff#%";

	if (kind % 3 == 0)
		return (uint8_t)next_random();
	if (kind % 3 == 1)
		return (uint8_t)odd[next_random() % sizeof(odd)];
	return (uint8_t)(' ' + next_random() % 95);
}

/* A table of random entries, as a kernel would return it. */
static void make_table(struct kctl_table_builder *table, uint32_t count)
{
	static const char chars[] = "abcXYZ019_.:/-";

	for (uint32_t i = 0; i < count; i++) {
		uint32_t kind = next_random();
		uint32_t size = kind % 50 ? next_random() % 90 : 65535;
		struct kctl_entry *entry = kctl_table_reserve(table, size);
		size_t len = (size_t)snprintf(entry->name, 9, "%u", i);
		size_t end = len + next_random() % (KCTL_NAME_SIZE - len);

		while (len < end)
			entry->name[len++] =
				chars[next_random() % (sizeof(chars) - 1)];
		/* The number keeps the name unique. */
		entry->flags = kind & 1024 ? KCTL_ENTRY_PUBLIC : 0;
		entry->size = size;
		for (uint32_t at = 0; at < size; at++)
			entry->value[at] = random_byte(kind);
		kctl_table_commit(table, entry);
	}
}

static char *format(const struct kctl_table_builder *table, size_t *size)
{
	struct kctl_snapshot *snapshot;
	char *text;

	assert_int_equal(kctl_table_snapshot(table, &snapshot), 0);
	assert_int_equal(snapshot->generation, 0);
	snapshot->generation = 7;
	assert_int_equal(savefile_format(snapshot, 1700000000, &text, size), 0);
	kctl_snapshot_free(snapshot);
	return text;
}

static void expect_same(const struct kctl_entry *a, const struct kctl_entry *b)
{
	assert_string_equal(a->name, b->name);
	assert_int_equal(a->flags, b->flags);
	assert_int_equal(a->size, b->size);
	assert_memory_equal(a->value, b->value, a->size);
}

static void test_round_trip(void **state)
{
	struct kctl_table_builder *before = kctl_table_new();
	struct kctl_table_builder *after = kctl_table_new();
	struct kctl_snapshot *x, *y;
	struct savefile_error error;
	size_t size, again_size;
	char *text, *again;

	(void)state;
	random_state = 4711;
	make_table(before, ENTRIES);
	text = format(before, &size);
	if (savefile_parse(text, size, after, &error))
		fail_msg("%zu: %s", error.line, error.reason);
	assert_int_equal(kctl_table_snapshot(before, &x), 0);
	assert_int_equal(kctl_table_snapshot(after, &y), 0);
	assert_int_equal(y->count, ENTRIES);
	for (size_t i = 0; i < ENTRIES; i++)
		expect_same(x->entries[i], y->entries[i]);
	/* The file is the same, too. */
	again = format(after, &again_size);
	assert_int_equal(again_size, size);
	assert_memory_equal(again, text, size);
	free(again);
	free(text);
	kctl_snapshot_free(x);
	kctl_snapshot_free(y);
	kctl_table_free(before);
	kctl_table_free(after);
}

static void add(struct kctl_table_builder *table, const char *name,
		uint32_t flags, const char *value, uint32_t size)
{
	struct kctl_entry *entry = kctl_table_reserve(table, size);

	memcpy(entry->name, name, strlen(name));
	entry->flags = flags;
	entry->size = size;
	memcpy(entry->value, value, size);
	kctl_table_commit(table, entry);
}

#define ADD(table, name, flags, value) \
	add(table, name, flags, value, sizeof(value) - 1)

/* The format is stable: every later version must read these files. */
static void test_golden(void **state)
{
	static const char golden[] =
		"%kctl-store 1 2023-11-14T22:13:20Z\n"
		"# generation 7\n"
		"a \"\"\n"
		"b \"line\\n\\ttab\\r \\\"quoted\\\" \\\\ \\x00\\x1b\\x7f0\"\n"
		"c public \"Zo\u00e9 \u20ac \U0001f600\"\n"
		"d \"\\xc3( \\xed\\xa0\\x80 \\xc0\\xaf \\xf5 \\xe2\\x80\\xae \\xc2\\x85 \\xef\\xbb\\xbf \\xe2\"\n"
		"%end 4\n";
	struct kctl_table_builder *table = kctl_table_new();
	size_t size;
	char *text;

	(void)state;
	ADD(table, "d", 0,
	    "\xc3( \xed\xa0\x80 \xc0\xaf \xf5 \xe2\x80\xae \xc2\x85 \xef\xbb\xbf \xe2");
	ADD(table, "c", KCTL_ENTRY_PUBLIC, "Zo\u00e9 \u20ac \U0001f600");
	ADD(table, "a", 0, "");
	ADD(table, "b", 0,
	    "line\n\ttab\r \"quoted\" \\ \0\x1b\x7f"
	    "0");
	text = format(table, &size);
	assert_string_equal(text, golden);
	assert_int_equal(size, sizeof(golden) - 1);
	free(text);
	kctl_table_free(table);
}

static void test_empty(void **state)
{
	struct kctl_table_builder *table = kctl_table_new();
	struct kctl_table_builder *after = kctl_table_new();
	struct savefile_error error;
	size_t size;
	char *text;

	(void)state;
	text = format(table, &size);
	assert_string_equal(text, "%kctl-store 1 2023-11-14T22:13:20Z\n"
				  "# generation 7\n%end 0\n");
	assert_int_equal(savefile_parse(text, size, after, &error), 0);
	assert_int_equal(kctl_table_size(after), sizeof(struct kctl_table));
	free(text);
	kctl_table_free(table);
	kctl_table_free(after);
}

#define HEAD "%kctl-store 1 2026-11-22T10:15:00Z\n"

/* The tool does not write such files, but they are valid. */
static void test_written_by_hand(void **state)
{
	static const char text[] = "\n# a comment\n %kctl-store 1\n\n"
				   "\tz \t public\t\"\\x41\tb#\" \n"
				   "  # another\n"
				   "a \"\\xfF\"\n"
				   "m \"\xff\"\n"
				   " %end\n";
	struct kctl_table_builder *table = kctl_table_new();
	struct kctl_snapshot *snapshot;
	struct savefile_error error;

	(void)state;
	if (savefile_parse(text, sizeof(text) - 1, table, &error))
		fail_msg("%zu: %s", error.line, error.reason);
	assert_int_equal(kctl_table_snapshot(table, &snapshot), 0);
	assert_int_equal(snapshot->count, 3);
	assert_memory_equal(snapshot->entries[0]->value, "\xff", 1);
	assert_memory_equal(snapshot->entries[1]->value, "\xff", 1);
	assert_int_equal(snapshot->entries[2]->size, 4);
	assert_memory_equal(snapshot->entries[2]->value, "A\tb#", 4);
	assert_int_equal(snapshot->entries[2]->flags, KCTL_ENTRY_PUBLIC);
	kctl_snapshot_free(snapshot);
	kctl_table_free(table);
}

#define NAME63 "123456789012345678901234567890123456789012345678901234567890123"

static const struct {
	const char *text;
	size_t line;
	const char *reason;
} wrong[] = {
	{ "", 1, "the file is empty" },
	{ "# nothing\n\n", 2, "the file is truncated: it ends without %end" },
	{ "a \"b\"\n", 1, "the file does not begin with %kctl-store 1" },
	{ "%kctl-stor 1\n", 1, "the file does not begin with %kctl-store 1" },
	{ "%kctl-store\n", 1, "bad format version ''" },
	{ "%kctl-store x\n", 1, "bad format version 'x'" },
	{ "%kctl-store 0\n", 1, "bad format version '0'" },
	{ "%kctl-store 99999999999999999999999999\n", 1,
	  "bad format version '99999999999999999999999999'" },
	{ "\n%kctl-store 2 2040-01-01T00:00:00Z\n? what the future brings\n", 2,
	  "format version 2 is newer than this tool, which reads version 1" },
	{ "%kctl-store 1 date more\n", 1, "unexpected 'more' after the date" },
	{ HEAD "%kctl-store 1\n%end\n", 2, "unknown directive '%kctl-store'" },
	{ HEAD "%end", 2, "the file is truncated: this line has no newline" },
	{ HEAD "a \"b\"\n", 2, "the file is truncated: it ends without %end" },
	{ HEAD "a \"b\"\n%end 2\n", 3,
	  "%end says 2 entries, but the file has 1" },
	{ HEAD "%end x\n", 2, "bad number of entries 'x'" },
	{ HEAD "%end 0 0\n", 2, "unexpected '0' after the number of entries" },
	{ HEAD "%end 0\n\n", 3, "the file continues after %end" },
	{ HEAD "a\n", 2, "a value in double quotes is missing" },
	{ HEAD "a public\n", 2, "a value in double quotes is missing" },
	{ HEAD "a b\n", 2, "unknown flag 'b'" },
	{ HEAD "a pub \"b\"\n", 2, "unknown flag 'pub'" },
	{ HEAD "a public public \"b\"\n", 2, "flag 'public' appears twice" },
	{ HEAD "a \"b\" c\n", 2, "unexpected 'c' after the value" },
	{ HEAD "a \"b\"\"\n", 2, "unexpected '\"' after the value" },
	{ HEAD "a \"b\n", 2, "the value has no closing quote" },
	{ HEAD "a \"b\\\n", 2, "the value has no closing quote" },
	{ HEAD "a \"b\\\"\n", 2, "the value has no closing quote" },
	{ HEAD "a \"\\q\"\n", 2, "unknown escape \\q" },
	{ HEAD "a \"\\\x01\"\n", 2, "unknown escape \\ and byte 0x01" },
	{ HEAD "a \"\\x\"\n", 2,
	  "\\x is not followed by two hexadecimal digits" },
	{ HEAD "a \"\\x4\"\n", 2,
	  "\\x is not followed by two hexadecimal digits" },
	{ HEAD "a \"\\x4", 2,
	  "the file is truncated: this line has no newline" },
	{ HEAD "a \"\\x4\n", 2,
	  "\\x is not followed by two hexadecimal digits" },
	{ HEAD "a \"\x1b[2J\"\n", 2, "control character, write it as \\x1b" },
	{ HEAD "a \"b\"\r\n", 2, "the line ends in CR LF instead of LF" },
	{ HEAD "b! \"b\"\n", 2,
	  "bad name 'b!': a name consists of A-Z a-z 0-9 _ . : / -" },
	{ HEAD "\"b\"\n", 2,
	  "bad name '\"b\"': a name consists of A-Z a-z 0-9 _ . : / -" },
	{ HEAD NAME63 " \"b\"\n" NAME63 "4 \"b\"\n", 3,
	  "name has 64 characters, the limit is 63" },
	{ HEAD "b \"\"\na \"\"\nc \"\"\nb \"\"\na \"\"\n%end 5\n", 5,
	  "entry 'b' is already in line 2" },
	/* The first error is reported. */
	{ HEAD "a \"\"\na \"\"\n?\n", 3, "entry 'a' is already in line 2" },
	{ HEAD "?\na \"\"\na \"\"\n", 2,
	  "bad name '?': a name consists of A-Z a-z 0-9 _ . : / -" },
};

static void expect_wrong(const char *text, size_t size, size_t line,
			 const char *reason)
{
	struct kctl_table_builder *table = kctl_table_new();
	struct savefile_error error = { 0 };
	/* A copy without spare bytes, so that AddressSanitizer reports a read beyond the end. */
	char *copy = malloc(size);

	memcpy(copy, text, size);
	assert_int_equal(savefile_parse(copy, size, table, &error), -EINVAL);
	assert_string_equal(error.reason, reason);
	assert_int_equal(error.line, line);
	kctl_table_free(table);
	free(copy);
}

static void test_wrong(void **state)
{
	static const char nul[] = HEAD "# \0\n%end\n";

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++)
		expect_wrong(wrong[i].text, strlen(wrong[i].text),
			     wrong[i].line, wrong[i].reason);
	expect_wrong(nul, sizeof(nul) - 1, 2, "NUL byte");
}

/* A value of exactly the limit, and one with one byte more, each written in two ways. */
static void test_over_long_value(void **state)
{
	static const char *const bytes[] = { "x", "\\x00" };

	(void)state;
	for (size_t i = 0; i < COUNT(bytes); i++) {
		for (size_t size = KCTL_VALUE_MAX; size < KCTL_VALUE_MAX + 2;
		     size++) {
			struct kctl_table_builder *table = kctl_table_new();
			struct savefile_error error;
			char *text;
			size_t length;
			FILE *file = open_memstream(&text, &length);
			int ret;

			fputs(HEAD "a \"", file);
			for (size_t at = 0; at < size; at++)
				fputs(bytes[i], file);
			fputs("\"\n%end 1\n", file);
			fclose(file);
			ret = savefile_parse(text, length, table, &error);
			assert_int_equal(ret,
					 size > KCTL_VALUE_MAX ? -EINVAL : 0);
			if (ret)
				assert_string_equal(
					error.reason,
					"the value has more than 65535 bytes");
			kctl_table_free(table);
			free(text);
		}
	}
}

/* A file that is cut off anywhere is not taken for a complete file. */
static void test_truncated(void **state)
{
	struct kctl_table_builder *table = kctl_table_new();
	struct savefile_error error;
	size_t size;
	char *text;

	(void)state;
	random_state = 42;
	ADD(table, "x", KCTL_ENTRY_PUBLIC, "%end 0\n%end 1");
	make_table(table, 24);
	text = format(table, &size);
	assert_true(size < 100000);
	for (size_t cut = 0; cut < size; cut++) {
		struct kctl_table_builder *part = kctl_table_new();
		char *copy = malloc(cut);

		memcpy(copy, text, cut);
		error.line = 0;
		assert_int_equal(savefile_parse(copy, cut, part, &error),
				 -EINVAL);
		assert_true(error.line >= 1);
		kctl_table_free(part);
		free(copy);
	}
	free(text);
	kctl_table_free(table);
}

/* A file with random changes may be accepted or not, but does no harm. */
static void test_damaged(void **state)
{
	struct kctl_table_builder *table = kctl_table_new();
	size_t size;
	char *text;

	(void)state;
	random_state = 99;
	ADD(table, "x", KCTL_ENTRY_PUBLIC, "\t\"\\\xff public");
	ADD(table, "y", 0, "abc");
	text = format(table, &size);
	for (int i = 0; i < 20000; i++) {
		struct kctl_table_builder *part = kctl_table_new();
		struct kctl_snapshot *snapshot;
		struct savefile_error error;
		char *copy = malloc(size);

		memcpy(copy, text, size);
		for (uint32_t n = next_random() % 3 + 1; n; n--)
			copy[next_random() % size] =
				(char)random_byte(next_random());
		if (!savefile_parse(copy, size, part, &error)) {
			assert_int_equal(kctl_table_snapshot(part, &snapshot),
					 0);
			kctl_snapshot_free(snapshot);
		}
		kctl_table_free(part);
		free(copy);
	}
	free(text);
	kctl_table_free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_written_by_hand),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_over_long_value),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
