// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of errors: sentence, next step and exit status */
#include "test.h"

#include <errno.h>

#include <jansson.h>

#include "cli/error.h"

static const struct {
	struct failure failure;
	enum exit_status status;
	const char *line;
} rows[] = {
	{ { .operation = "sockopt set", .error = -EMSGSIZE, .size = 65536 },
	  EXIT_REFUSED,
	  "kctl: sockopt set: value is 65536 bytes, the limit is 65535\n" },
	{ { .operation = "sockopt get", .error = -ENOPROTOOPT },
	  EXIT_MISSING,
	  "kctl: sockopt get: the kctl module does not answer; "
	  "is the module loaded? try: modprobe kctl\n" },
	{ { .operation = "watch icmp", .error = -EOPNOTSUPP },
	  EXIT_MISSING,
	  "kctl: watch icmp: the loaded module is too old for this; "
	  "compare their versions: kctl --version\n" },
	{ { .operation = "proto list", .error = -EPERM },
	  EXIT_PERMISSION,
	  "kctl: proto list: not permitted; run it as root, or with CAP_NET_ADMIN\n" },
	{ { .operation = "sockopt get", .error = -ENOENT, .subject = "a" },
	  EXIT_REFUSED,
	  "kctl: sockopt get: there is no entry 'a'\n" },
	{ { .operation = "sockopt delete", .error = -ESTALE, .subject = "a" },
	  EXIT_REFUSED,
	  "kctl: sockopt delete: entry 'a' is not of that generation, nothing was changed; "
	  "read it again: kctl -j sockopt get --name a\n" },
	{ { .operation = "proto send",
	    .error = -EAGAIN,
	    .subject = "channel 9" },
	  EXIT_TIMEOUT,
	  "kctl: proto send: channel 9 is full\n" },
	{ { .operation = "proto send",
	    .error = -ETIMEDOUT,
	    .subject = "channel 9",
	    .wait = "0.5 s" },
	  EXIT_TIMEOUT,
	  "kctl: proto send: channel 9 stayed full for 0.5 s\n" },
	{ { .operation = "proto recv",
	    .error = -ETIMEDOUT,
	    .subject = "channel 5",
	    .wait = "1 s" },
	  EXIT_TIMEOUT,
	  "kctl: proto recv: no message on channel 5 within 1 s\n" },
	/* A step on this side of the kernel, not what the kernel said. */
	{ { .operation = "sockopt get", .step = "output", .error = -ENOSPC },
	  EXIT_REFUSED,
	  "kctl: sockopt get: cannot write to standard output: No space left on device\n" },
	{ { .operation = "sockopt set",
	    .step = "read",
	    .error = -ENOENT,
	    .subject = "'x'" },
	  EXIT_REFUSED,
	  "kctl: sockopt set: cannot read 'x': No such file or directory\n" },
	{ { .operation = "status",
	    .step = "netns",
	    .error = -EPERM,
	    .subject = "x" },
	  EXIT_PERMISSION,
	  "kctl: status: not permitted to enter network namespace 'x'; run it as root\n" },
	/* Not in the table: the kernel's words for it. */
	{ { .operation = "watch icmp",
	    .error = -EBUSY,
	    .ext_ack = "busy as it is" },
	  EXIT_REFUSED,
	  "kctl: watch icmp: Device or resource busy (kernel: busy as it is)\n" },
	{ { .operation = "watch icmp", .error = -EINVAL, .ext_ack = "" },
	  EXIT_REFUSED,
	  "kctl: watch icmp: Invalid argument\n" },
	/* What an argument does to a terminal it must not do from here. */
	{ { .operation = "sockopt get",
	    .error = -ENOENT,
	    .subject = "a\033[2J\n" },
	  EXIT_REFUSED,
	  "kctl: sockopt get: there is no entry 'a?[2J?'\n" },
};

static char *print(const struct failure *failure, bool json,
		   enum exit_status *status)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	*status = error_print(stream, json, failure);
	fclose(stream);
	return text;
}

static void test_rows(void **state)
{
	enum exit_status status;
	char *text;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		text = print(&rows[i].failure, false, &status);
		assert_string_equal(text, rows[i].line);
		assert_int_equal(status, rows[i].status);
		free(text);
	}
}

/* Every operation has an answer to every errno. */
static void test_everything_is_described(void **state)
{
	static const char *const operations[] = {
		"status",	  "sockopt set", "sockopt get",
		"sockopt delete", "watch icmp",	 "proto send",
		"proto recv",	  "proto bind",	 "proto list",
	};
	struct error_text text;

	(void)state;
	for (size_t i = 0; i < COUNT(operations); i++) {
		for (int error = 1; error < 134; error++) {
			struct failure failure = { .operation = operations[i],
						   .error = -error,
						   .subject = "it",
						   .wait = "1 s" };

			error_describe(&failure, &text);
			assert_in_range(text.status, EXIT_REFUSED,
					EXIT_TIMEOUT);
			assert_int_not_equal(text.status, EXIT_USAGE);
			assert_true(strlen(text.message) > 0);
			assert_null(strpbrk(text.message, "{}"));
			assert_null(strpbrk(text.hint, "{}"));
		}
	}
}

static void test_long_subject_is_cut(void **state)
{
	char name[2048];
	struct failure failure = { .operation = "sockopt get",
				   .error = -ENOENT,
				   .subject = name };
	struct error_text text;

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	error_describe(&failure, &text);
	assert_int_equal(strlen(text.message), sizeof(text.message) - 1);
}

static const char *member(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static void test_json(void **state)
{
	struct failure failure = { .operation = "sockopt get",
				   .error = -ENOENT,
				   .subject = "\xff\"",
				   .ext_ack = "words" };
	enum exit_status status;
	json_t *root, *error;
	char *text;

	(void)state;
	text = print(&failure, true, &status);
	root = json_loads(text, 0, NULL);
	assert_non_null(root);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	error = json_object_get(root, "error");
	assert_string_equal(member(error, "operation"), "sockopt get");
	assert_int_equal(json_integer_value(json_object_get(error, "errno")),
			 ENOENT);
	assert_string_equal(member(error, "name"), "ENOENT");
	assert_string_equal(member(error, "message"),
			    "there is no entry '?\"'");
	assert_string_equal(member(error, "kernel"), "words");
	assert_null(json_object_get(error, "hint"));
	json_decref(root);
	free(text);
}

static void test_usage(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	assert_int_equal(usage_print(stream, false, NULL, "no", "try yes"),
			 EXIT_USAGE);
	assert_int_equal(usage_print(stream, true, "a b", "no", ""),
			 EXIT_USAGE);
	fclose(stream);
	assert_string_equal(
		text,
		"kctl: no; try yes\n"
		"{\"error\":{\"operation\":\"a b\",\"message\":\"no\"}}\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_everything_is_described),
		cmocka_unit_test(test_long_subject_is_cut),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_usage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
