// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands for the whole store, and their errors, against a mock */
#include "test.h"

#include "mock_store.h"
#include "run_kctl.h"

static char file_name[32];

static int make_file(void **state)
{
	static const char text[] =
		"%kctl-store 1 2026-11-22T10:15:00Z\n"
		"# generation 7\na \"b\"\nc \"defg\"\n%end 2\n";
	int fd;

	snprintf(file_name, sizeof(file_name), "/tmp/kctl-test-XXXXXX");
	fd = mkstemp(file_name);
	if (fd < 0 || write(fd, text, sizeof(text) - 1) < 0 || close(fd))
		return -1;
	return reset(state);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(file_name);
}

static void run_restore(const char *options)
{
	char line[80];

	snprintf(line, sizeof(line), "kctl sockopt restore%s %s", options,
		 file_name);
	run_kctl(line);
}

/* The error names the line that exceeds the store's limits, also with --test. */
static void test_restore_is_bounded_by_the_store(void **state)
{
	(void)state;
	module.info.max_entries = 2;
	module.info.max_bytes = 5;
	run_restore("");
	assert_exited(EXIT_DONE);
	module.info.max_entries = 1;
	run_restore(" --test");
	assert_exited(EXIT_REFUSED);
	assert_non_null(strstr(ran.err,
			       ":4: the store has no space for more than 1 "
			       "entries (sysctl net.kctl.store_max_entries)"));
	module.info.max_entries = 2;
	module.info.max_bytes = 4;
	run_restore("");
	assert_exited(EXIT_REFUSED);
	assert_non_null(strstr(ran.err,
			       ":4: the store has no space for more than 4 "
			       "bytes (sysctl net.kctl.store_max_bytes)"));
}

static void write_file(const char *text)
{
	FILE *file = fopen(file_name, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void test_restore_if_unchanged(void **state)
{
	(void)state;
	module.info.max_entries = 9;
	module.info.max_bytes = 9;
	module.expected = 7;
	run_restore(" --if-unchanged");
	assert_exited(EXIT_DONE);
	module.expected = module.info.generation = 8;
	run_restore(" --if-unchanged");
	assert_exited(EXIT_REFUSED);
	assert_non_null(strstr(ran.err, "the store has generation 8, not 7"));
	/* The file of a store that was never changed: REPLACE takes generation 0 for any. */
	write_file("%kctl-store 1\n# generation 0\na \"b\"\n%end\n");
	module.expected = 0;
	run_restore(" --if-unchanged");
	assert_exited(EXIT_REFUSED);
	assert_non_null(strstr(ran.err, "the store has generation 8, not 0"));
	module.info.generation = 0;
	run_restore(" --if-unchanged");
	assert_exited(EXIT_DONE);
	module.info.generation = 8;
	/* Without --if-unchanged, the generation is not checked. */
	module.expected = 0;
	run_restore("");
	assert_exited(EXIT_DONE);
}

static void run_diff(const char *text, const char *json)
{
	FILE *file = fopen(file_name, "w");
	char line[80];

	assert_non_null(file);
	fprintf(file, "%%kctl-store 1\n%s%%end\n", text);
	fclose(file);
	snprintf(line, sizeof(line), "kctl%s sockopt diff %s", json, file_name);
	run_kctl(line);
}

#define A    "a \"\"\n"
#define A_B  "a.b \"123456789\"\n"
#define B    "b \"12345678\"\n"
#define B_OF "\"value\":\"12345678\""

static void test_diff(void **state)
{
	(void)state;
	module.info.max_entries = 9;
	module.info.max_bytes = 99;
	run_diff(B A A_B, "");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, "");
	run_diff("a public \"\"\n" A_B "c \"\\x00\"\n", "");
	assert_exited(EXIT_DIFFERENT);
	assert_string_equal(ran.out, "-a \"\"\n+a public \"\"\n"
				     "-b \"12345678\"\n+c \"\\x00\"\n");
	assert_string_equal(ran.err, "");
	run_diff("0 \"x\"\n" A A_B, " -j");
	assert_exited(EXIT_DIFFERENT);
	assert_string_equal(
		ran.out,
		"[{\"name\":\"0\",\"new\":{\"public\":false,\"value\":\"x\"}},"
		"{\"name\":\"b\",\"old\":{\"public\":false," B_OF "}}]\n");
	run_diff(A A_B B, " -j");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, "[]\n");
	run_diff("", "");
	assert_exited(EXIT_DIFFERENT);
	assert_string_equal(ran.out, "-a \"\"\n-a.b \"123456789\"\n"
				     "-b \"12345678\"\n");
}

static void test_list_values(void **state)
{
	(void)state;
	run_kctl("kctl sockopt list --values");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, A A_B B);
	run_kctl("kctl sockopt list --values a.");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, A_B);
	run_kctl("kctl sockopt list b -j --values");
	assert_string_equal(
		ran.out,
		"[{\"name\":\"b\",\"size\":8,\"generation\":0,\"changed\":0,\"changed_iso\":\"1970-01-01T00:00:00.000000000Z\","
		"\"public\":false," B_OF "}]\n");
	run_kctl("kctl sockopt list a.b.c");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, "NAME  SIZE GENERATION   AGE FLAGS\n");
}

#define OBJECT(name)                                                                                          \
	"{\"name\":\"" name "\",\"size\":2,\"generation\":7,"                                                 \
	"\"changed\":0,\"changed_iso\":\"1970-01-01T00:00:00.000000000Z\",\"public\":false,\"value\":\"" name \
	"\"}"

static void test_get_several(void **state)
{
	(void)state;
	module.generation = 7;
	run_kctl("kctl sockopt get --name e2 --name e1 --name e2");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, "e2\ne1\ne2\n");
	run_kctl("kctl sockopt get --name e2 --name e1 --raw");
	assert_string_equal(ran.out, "e2e1");
	run_kctl("kctl -j sockopt get --name e2 --name e1");
	assert_string_equal(ran.out, "[" OBJECT("e2") "," OBJECT("e1") "]\n");
	/* The output for a single name is an object, as before. */
	run_kctl("kctl -j sockopt get --name e1");
	assert_string_equal(ran.out, OBJECT("e1") "\n");
}

/* Nothing is printed if one entry fails, and the error names that entry. */
static void test_get_one_of_several_fails(void **state)
{
	static const char *const lines[] = {
		"kctl sockopt get --name e1 --name e2 --name e3",
		"kctl sockopt get --name e2 --name e1 --name e3",
		"kctl sockopt get --name e1 --name e3 --name e2",
	};

	(void)state;
	module.generation = 7;
	module.missing = "e2";
	for (size_t i = 0; i < COUNT(lines); i++) {
		run_kctl(lines[i]);
		assert_exited(EXIT_REFUSED);
		assert_string_equal(ran.out, "");
		assert_string_equal(
			ran.err,
			"kctl: sockopt get: entry 'e2' does not exist\n");
	}
}

static void test_delete_several(void **state)
{
	static const struct {
		const char *missing;
		const char *said;
	} cases[] = {
		{ "e1", "entry 'e1' does not exist\n" },
		{ "e2", "entry 'e2' does not exist (1 entry was deleted "
			"before)\n" },
		{ "e3", "entry 'e3' does not exist (2 entries were deleted "
			"before)\n" },
	};

	(void)state;
	run_kctl("kctl sockopt delete --name e1 --name e2 --name e3");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, "");
	for (size_t i = 0; i < COUNT(cases); i++) {
		module.missing = cases[i].missing;
		run_kctl("kctl sockopt delete --name e1 --name e2 --name e3");
		assert_exited(EXIT_REFUSED);
		assert_string_equal(strstr(ran.err, "entry"), cases[i].said);
	}
	run_kctl("kctl -j sockopt delete --name e1 --name e3");
	assert_non_null(
		strstr(ran.err, "\"done\":\"1 entry was deleted before\""));
}

/* The error has the actual generation and the expected one. */
static void test_stale_names_both_generations(void **state)
{
	static const char *const changes[] = { "set x", "delete" };
	char line[80];

	(void)state;
	module.entry_error = module.table_error = -ESTALE;
	for (size_t i = 0; i < COUNT(changes); i++) {
		snprintf(line, sizeof(line),
			 "kctl sockopt %s --name e --if-generation 5",
			 changes[i]);
		module.generation = 7;
		run_kctl(line);
		assert_exited(EXIT_REFUSED);
		assert_non_null(strstr(
			ran.err,
			"entry 'e' has generation 7, not 5, nothing was changed"));
		module.generation = 0;
		run_kctl(line);
		assert_exited(EXIT_REFUSED);
		assert_non_null(strstr(
			ran.err, "entry 'e' of generation 5 no longer exists"));
	}
	module.info.generation = 9;
	run_kctl("kctl sockopt flush --if-generation 4");
	assert_exited(EXIT_REFUSED);
	assert_string_equal(
		ran.err,
		"kctl: sockopt flush: the store has generation 9, not 4, nothing was changed\n");
}

static void assert_no_space(const char *hint)
{
	char text[200];

	snprintf(text, sizeof(text),
		 "kctl: sockopt set: the store has no space for 'e'; %s\n",
		 hint);
	run_kctl("kctl sockopt set --name e value");
	assert_exited(EXIT_REFUSED);
	assert_string_equal(ran.err, text);
}

static void test_full_store_names_its_limit(void **state)
{
	(void)state;
	module.entry_error = -ENOSPC;
	module.info = (struct kctl_info){
		.bytes = 8, .max_bytes = 12, .entries = 3, .max_entries = 3
	};
	assert_no_space("it has 3 entries, the limit is 3: "
			"sysctl net.kctl.store_max_entries");
	/* The entry already exists, so it does not add to the number of entries. */
	module.generation = 7;
	assert_no_space("it has 8 bytes, the value 5, the limit is 12: "
			"sysctl net.kctl.store_max_bytes");
	module.info.max_bytes = 13;
	assert_no_space(
		"see sysctl net.kctl.store_max_entries and store_max_bytes");
	module.info_error = -ENOPROTOOPT;
	assert_no_space(
		"see sysctl net.kctl.store_max_entries and store_max_bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_restore_is_bounded_by_the_store, make_file,
			remove_file),
		cmocka_unit_test_setup_teardown(test_restore_if_unchanged,
						make_file, remove_file),
		cmocka_unit_test_setup_teardown(test_diff, make_file,
						remove_file),
		cmocka_unit_test_setup(test_list_values, reset),
		cmocka_unit_test_setup(test_get_several, reset),
		cmocka_unit_test_setup(test_get_one_of_several_fails, reset),
		cmocka_unit_test_setup(test_delete_several, reset),
		cmocka_unit_test_setup(test_stale_names_both_generations,
				       reset),
		cmocka_unit_test_setup(test_full_store_names_its_limit, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
