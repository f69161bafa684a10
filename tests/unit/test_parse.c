// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers, suggestions and options */
#include "test.h"

#include "cli/opt.h"
#include "cli/parse.h"
#include "cli/suggest.h"

static void test_u64(void **state)
{
	static const struct {
		const char *text;
		uint64_t value;
	} good[] = {
		{ "0", 0 },
		{ "7", 7 },
		{ "65536", 65536 },
		{ "0x10", 16 },
		{ "0XfF", 255 },
		{ "0x0", 0 },
		{ "18446744073709551615", UINT64_MAX },
		{ "0xffffffffffffffff", UINT64_MAX },
	};
	static const char *const bad[] = {
		"",
		"-1",
		"+1",
		" 1",
		"1 ",
		"1x",
		"x",
		"0x",
		"0xg",
		"010",
		"00",
		"1.0",
		"1e3",
		"0x 1",
		"0x-1",
		"0x0x1",
		"18446744073709551616",
		"0x10000000000000000",
	};
	uint64_t value;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_true(parse_u64(good[i].text, &value));
		assert_int_equal(value, good[i].value);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (parse_u64(bad[i], &value))
			fail_msg("'%s' was taken for a number", bad[i]);
	}
}

static void test_seconds(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} good[] = {
		{ "0", 0 },
		{ "5", 5 * NSEC_PER_SEC },
		{ "0.5", NSEC_PER_SEC / 2 },
		{ "05", 5 * NSEC_PER_SEC },
		{ "1.000000001", NSEC_PER_SEC + 1 },
		{ "0.25", NSEC_PER_SEC / 4 },
		{ ".5", NSEC_PER_SEC / 2 },
		{ "10s", 10 * NSEC_PER_SEC },
		{ ".25s", NSEC_PER_SEC / 4 },
		{ "1000000000", SECONDS_MAX * NSEC_PER_SEC },
	};
	static const char *const bad[] = {
		"",
		"-1",
		"+1",
		"1.",
		".",
		"s",
		".s",
		" 1",
		"1 s",
		"1ss",
		"1m",
		"1ms",
		"1.s",
		"1..2",
		"1.2.3",
		"1e3",
		"0x1",
		"inf",
		"nan",
		"1,5",
		"1000000001",
		"1000000000.1",
		"0.1234567891",
		"99999999999999999999",
	};
	int64_t ns;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_true(parse_seconds(good[i].text, &ns));
		assert_int_equal(ns, good[i].ns);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (parse_seconds(bad[i], &ns))
			fail_msg("'%s' was taken for a time", bad[i]);
	}
}

static void test_distance(void **state)
{
	static const struct {
		const char *a;
		const char *b;
		size_t distance;
	} rows[] = {
		{ "", "", 0 },
		{ "", "abc", 3 },
		{ "get", "get", 0 },
		{ "gte", "get", 1 },
		{ "gt", "get", 1 },
		{ "geet", "get", 1 },
		{ "gat", "get", 1 },
		{ "sokopt", "sockopt", 1 },
		{ "kitten", "sitting", 3 },
		{ "ca", "abc", 3 },
	};
	static const char long_word[] =
		"a-word-that-is-longer-than-any-name-of-an-icmp-code";

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(edit_distance(rows[i].a, strlen(rows[i].a),
					       rows[i].b),
				 rows[i].distance);
		assert_int_equal(edit_distance(rows[i].b, strlen(rows[i].b),
					       rows[i].a),
				 rows[i].distance);
	}
	assert_int_equal(edit_distance(long_word, strlen(long_word), "a"),
			 SIZE_MAX);
}

static const char *suggest(const char *wanted)
{
	static const char *const words[] = { "sockopt", "watch", "netlink",
					     "proto", "status" };
	struct suggestion s;

	suggest_begin(&s, wanted);
	for (size_t i = 0; i < COUNT(words); i++)
		suggest_consider(&s, words[i]);
	return s.word;
}

static void test_suggestion(void **state)
{
	(void)state;
	assert_string_equal(suggest("sokopt"), "sockopt");
	assert_string_equal(suggest("wacth"), "watch");
	assert_string_equal(suggest("proto=x"), "proto");
	assert_null(suggest("frobnicate"));
	assert_null(suggest(""));
	assert_null(suggest("xx"));
}

struct args {
	bool flag;
	bool four;
	const char *string;
	uint32_t number;
	int64_t ns;
};

static const struct opt table[] = {
	{
		.name = "flag",
		.letter = 'f',
		.help = "a flag",
		.parse = opt_flag,
		.offset = offsetof(struct args, flag),
	},
	{
		.letter = '4',
		.help = "no long name",
		.parse = opt_flag,
		.offset = offsetof(struct args, four),
	},
	{
		.name = "string",
		.letter = 's',
		.arg = "S",
		.help = "a string",
		.parse = opt_string,
		.offset = offsetof(struct args, string),
	},
	{
		.name = "number",
		.arg = "N",
		.help = "a number",
		.parse = opt_u32,
		.offset = offsetof(struct args, number),
		.min = 2,
		.max = 9,
	},
	{
		.name = "time",
		.arg = "S",
		.help = "a time",
		.parse = opt_seconds,
		.offset = offsetof(struct args, ns),
		.min = 1,
	},
	{ 0 },
};

static const struct opt strict[] = {
	{
		.name = "number",
		.arg = "N",
		.help = "a number",
		.parse = opt_u32,
		.offset = offsetof(struct args, number),
		.max = 9,
		.required = true,
	},
	{ 0 },
};

#define ARGV_MAX 8

struct run {
	struct args args, outer_args;
	struct opt_level level, outer;
	struct opt_result result;
	char *operands[ARGV_MAX + 1];
};

/* Parses the words of @line, which are separated by single blanks. */
static bool parse(struct run *run, const struct opt *opts, char *line)
{
	char *argv[ARGV_MAX + 2] = { (char[]){ "kctl" } };
	int argc = 1;

	memset(run, 0, sizeof(*run));
	run->result.operands = run->operands;
	for (char *word; (word = strsep(&line, " "));)
		argv[argc++] = word;
	run->level = (struct opt_level){ .table = opts, .dest = &run->args };
	run->outer =
		(struct opt_level){ .table = table, .dest = &run->outer_args };
	return opt_parse(&run->level, &run->outer, argc, argv, &run->result);
}

#define PARSE(run, opts, line) parse(run, opts, (char[]){ line })

static void test_options(void **state)
{
	struct run run;

	(void)state;
	assert_true(PARSE(&run, table, "a -f --string x b --number=3 -- -4 -"));
	assert_true(run.args.flag);
	assert_false(run.args.four);
	assert_string_equal(run.args.string, "x");
	assert_int_equal(run.args.number, 3);
	assert_int_equal(run.result.operand_count, 4);
	assert_string_equal(run.operands[0], "a");
	assert_string_equal(run.operands[1], "b");
	assert_string_equal(run.operands[2], "-4");
	assert_string_equal(run.operands[3], "-");
	assert_null(run.operands[4]);

	assert_true(PARSE(&run, table, "-f4sx -"));
	assert_true(run.args.flag);
	assert_true(run.args.four);
	assert_string_equal(run.args.string, "x");
	assert_string_equal(run.operands[0], "-");

	assert_true(PARSE(&run, table, "--string= --time 0.5"));
	assert_string_equal(run.args.string, "");
	assert_int_equal(run.args.ns, NSEC_PER_SEC / 2);

	assert_true(PARSE(&run, table, "--help --nonsense"));
	assert_true(run.result.help);
	assert_true(PARSE(&run, table, "-fh"));
	assert_true(run.result.help);
}

static void test_wrong_options(void **state)
{
	static const struct {
		const char *line;
		const char *error;
		const char *hint;
	} rows[] = {
		{ "--flg", "unknown option '--flg'", "did you mean '--flag'?" },
		{ "--fla", "unknown option '--fla'", "did you mean '--flag'?" },
		{ "--hel", "unknown option '--hel'", "did you mean '--help'?" },
		{ "--xyzzy", "unknown option '--xyzzy'", "" },
		{ "--fla=1", "unknown option '--fla=1'",
		  "did you mean '--flag'?" },
		{ "-fx", "unknown option '-x'", "" },
		{ "--flag=1", "option '--flag=1' takes no argument", "" },
		{ "--string", "option '--string' needs an argument", "" },
		{ "--strin", "unknown option '--strin'",
		  "did you mean '--string'?" },
		{ "-s", "option '-s' needs an argument", "" },
		{ "--number 1",
		  "invalid argument '1' of --number: a number from 2 to 9 expected",
		  "" },
		{ "--number 10",
		  "invalid argument '10' of --number: a number from 2 to 9 expected",
		  "" },
		{ "--number=",
		  "invalid argument '' of --number: a number from 2 to 9 expected",
		  "" },
		{ "--time 0",
		  "invalid argument '0' of --time: seconds above 0, up to "
		  "1000000000 expected, as in 5, .25 or 10s",
		  "" },
		{ "--number 3 --number 3", "option --number appears twice",
		  "" },
		{ "-sx --string=x", "option --string appears twice", "" },
	};
	struct run run;
	char line[64];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		snprintf(line, sizeof(line), "%s", rows[i].line);
		assert_false(parse(&run, table, line));
		assert_string_equal(run.result.error, rows[i].error);
		assert_string_equal(run.result.hint, rows[i].hint);
	}
}

static void test_required(void **state)
{
	struct run run;

	(void)state;
	assert_false(PARSE(&run, strict, "x"));
	assert_string_equal(run.result.error, "option --number N is missing");
	assert_true(PARSE(&run, strict, "--number 0"));
	assert_true(PARSE(&run, strict, "--help"));
}

/* Options of the outer level are valid here, too, unless this level has the same. */
static void test_outer_options(void **state)
{
	struct run run;

	(void)state;
	assert_true(
		PARSE(&run, strict, "-f4 --number 1 --string=x --time 2 y"));
	assert_int_equal(run.args.number, 1);
	assert_int_equal(run.result.operand_count, 1);
	assert_true(run.outer_args.flag);
	assert_true(run.outer_args.four);
	assert_string_equal(run.outer_args.string, "x");
	assert_int_equal(run.outer_args.ns, 2 * NSEC_PER_SEC);
	assert_int_equal(run.outer_args.number, 0);
	assert_true(opt_given(&run.outer, "string"));
	assert_false(opt_given(&run.level, "string"));
	assert_false(PARSE(&run, strict, "--number 1 -sx --string y"));
	assert_string_equal(run.result.error, "option --string appears twice");
	assert_false(PARSE(&run, strict, "--number 1 --strin x"));
	assert_string_equal(run.result.hint, "did you mean '--string'?");
}

static void test_flags_of_both_levels(void **state)
{
	struct args args = { 0 };
	struct opt_level to = { .table = table, .dest = &args };
	struct run run;

	(void)state;
	assert_true(PARSE(&run, table, "-f --string x"));
	opt_copy_flags(&run.level, &to);
	assert_true(args.flag);
	assert_false(args.four);
	assert_null(args.string);
}

/* Regression: one level must not consume the options of the next. */
static void test_stops_at_operand(void **state)
{
	char *argv[] = { (char[]){ "kctl" }, (char[]){ "-f" },
			 (char[]){ "noun" }, (char[]){ "--nonsense" }, NULL };
	struct opt_result result = { 0 };
	struct args args = { 0 };
	struct opt_level level = { .table = table, .dest = &args };

	(void)state;
	assert_true(opt_parse(&level, NULL, 4, argv, &result));
	assert_true(args.flag);
	assert_int_equal(result.used, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_u64),
		cmocka_unit_test(test_seconds),
		cmocka_unit_test(test_distance),
		cmocka_unit_test(test_suggestion),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_wrong_options),
		cmocka_unit_test(test_required),
		cmocka_unit_test(test_outer_options),
		cmocka_unit_test(test_flags_of_both_levels),
		cmocka_unit_test(test_stops_at_operand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
