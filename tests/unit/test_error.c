// SPDX-License-Identifier: GPL-2.0-or-later
/* The error tables: sentence, next step and exit status */
#include "test.h"

#include <errno.h>

#include <jansson.h>

#include "commands.h"
#include "channel/channel.h"
#include "cli/status.h"
#include "store/store.h"
#include "watch/watch.h"

/* An errno that no row has. */
#define UNKNOWN EXDEV

static const struct {
	const struct command *command;
	struct failure failure;
	enum exit_status status;
	const char *line;
} sentences[] = {
	{ &cmd_sockopt_set,
	  { .error = -EMSGSIZE, .size = 65536 },
	  EXIT_REFUSED,
	  "kctl: sockopt set: value is 65536 bytes, the limit is 65535\n" },
	{ &cmd_sockopt_get,
	  { .error = -ENOPROTOOPT },
	  EXIT_MISSING,
	  "kctl: sockopt get: the kctl module does not answer; "
	  "is the module loaded? try: modprobe kctl\n" },
	{ &cmd_watch_icmp,
	  { .error = -EOPNOTSUPP },
	  EXIT_MISSING,
	  "kctl: watch icmp: the loaded module is too old for this command; "
	  "compare the versions: kctl --version\n" },
	{ &cmd_proto_list,
	  { .error = -EPERM },
	  EXIT_PERMISSION,
	  "kctl: proto list: not permitted; run kctl as root or with CAP_NET_ADMIN\n" },
	{ &cmd_sockopt_get,
	  { .error = -ENOENT, .subject = "a" },
	  EXIT_REFUSED,
	  "kctl: sockopt get: entry 'a' does not exist\n" },
	{ &cmd_sockopt_delete,
	  { .step = "stale",
	    .error = -ESTALE,
	    .subject = "a",
	    .wanted = 5,
	    .actual = 7 },
	  EXIT_REFUSED,
	  "kctl: sockopt delete: entry 'a' has generation 7, not 5, nothing was changed; "
	  "read it again: kctl -j sockopt get --name a\n" },
	{ &cmd_proto_send,
	  { .error = -EAGAIN, .subject = "channel 9" },
	  EXIT_TIMEOUT,
	  "kctl: proto send: channel 9 is full; "
	  "see sysctl net.kctl.channel_max_messages and channel_max_bytes\n" },
	{ &cmd_proto_send,
	  { .error = -ETIMEDOUT, .subject = "channel 9", .wait = 500000000 },
	  EXIT_TIMEOUT,
	  "kctl: proto send: channel 9 stayed full for 0.5 s; "
	  "see sysctl net.kctl.channel_max_messages and channel_max_bytes\n" },
	{ &cmd_proto_recv,
	  { .error = -ETIMEDOUT, .subject = "channel 5", .wait = 1000000000 },
	  EXIT_TIMEOUT,
	  "kctl: proto recv: no message on channel 5 within 1 s\n" },
	/* A step in user space, not an error of the kernel. */
	{ &cmd_sockopt_get,
	  { .step = "output", .error = -ENOSPC },
	  EXIT_REFUSED,
	  "kctl: sockopt get: cannot write standard output: No space left on device\n" },
	{ &cmd_sockopt_set,
	  { .step = "read", .error = -ENOENT, .subject = "'x'" },
	  EXIT_REFUSED,
	  "kctl: sockopt set: cannot read 'x': No such file or directory\n" },
	{ &cmd_status,
	  { .step = "netns", .error = -EPERM, .subject = "x" },
	  EXIT_PERMISSION,
	  "kctl: status: not permitted to enter network namespace 'x'; run kctl as root\n" },
	{ &cmd_proto_bind,
	  { .step = "run", .error = -ENOENT, .subject = "x" },
	  EXIT_NO_COMMAND,
	  "kctl: proto bind: cannot run 'x': No such file or directory\n" },
	/* The tables have no row: the message has the kernel's words. */
	{ &cmd_watch_icmp,
	  { .error = -EBUSY, .ext_ack = "busy as it is" },
	  EXIT_REFUSED,
	  "kctl: watch icmp: Device or resource busy (kernel: busy as it is)\n" },
	{ &cmd_watch_icmp,
	  { .error = -EINVAL, .ext_ack = "" },
	  EXIT_REFUSED,
	  "kctl: watch icmp: Invalid argument\n" },
	{ &cmd_sockopt_edit,
	  { .error = -ENOMEM, .done = "the edited file is /\033[2J" },
	  EXIT_REFUSED,
	  "kctl: sockopt edit: out of memory (the edited file is /\\x1b[2J)\n" },
	/* Escape sequences in an argument must not reach the terminal. */
	{ &cmd_sockopt_get,
	  { .error = -ENOENT, .subject = "a\033[2J\n" },
	  EXIT_REFUSED,
	  "kctl: sockopt get: entry 'a\\x1b[2J\\n' does not exist\n" },
};

/*
 * The errors of each command according to <linux/kctl.h> and the library, and a text that
 * the sentence or the hint must contain.
 */
static const struct {
	const struct command *command;
	const char *names;
	int errors[8];
} documented[] = {
	{ &cmd_sockopt_set, "{subject}", { EEXIST, ESTALE, EINVAL, ENOSPC } },
	{ &cmd_sockopt_set, "{size}", { EMSGSIZE } },
	{ &cmd_sockopt_get, "{subject}", { ENOENT, EINVAL } },
	{ &cmd_sockopt_delete, "{subject}", { ENOENT, ESTALE, EINVAL } },
	{ &cmd_sockopt_list, "the store", { EAGAIN } },
	{ &cmd_sockopt_save, "the store", { EAGAIN } },
	{ &cmd_sockopt_diff, "the store", { EAGAIN } },
	{ &cmd_sockopt_edit, "the store", { EAGAIN, ESTALE, ENOSPC } },
	{ &cmd_sockopt_flush, "the store", { ESTALE } },
	{ &cmd_sockopt_restore, "the store", { ESTALE } },
	{ &cmd_sockopt_restore, "{subject}", { ENOSPC, EMSGSIZE } },
	{ &cmd_sockopt_wait, "{subject}", { EINVAL, ETIMEDOUT } },
	{ &cmd_sockopt_wait, "{wait}", { ETIMEDOUT } },
	{ &cmd_watch_icmp, "{subject}", { ENODEV, EIDRM } },
	{ &cmd_watch_icmp, "{wait}", { ETIMEDOUT } },
	{ &cmd_watch_icmp, "watchers", { ENOSPC } },
	{ &cmd_watch_icmp, "count", { ENOBUFS } },
	{ &cmd_watch_store, "count", { ENOBUFS } },
	{ &cmd_watch_proto, "count", { ENOBUFS } },
	{ &cmd_watch_list, "watchers", { EINTR } },
	{ &cmd_proto_send,
	  "{subject}",
	  { EACCES, ENOENT, EAGAIN, ETIMEDOUT, ENOSPC, ECONNREFUSED, EIDRM } },
	{ &cmd_proto_send, "{wait}", { ETIMEDOUT } },
	{ &cmd_proto_send, "{size}", { EMSGSIZE } },
	{ &cmd_proto_send, "channels", { ENOBUFS } },
	{ &cmd_proto_send, "unprivileged", { EPERM } },
	{ &cmd_proto_recv,
	  "{subject}",
	  { EACCES, EADDRINUSE, ETIMEDOUT, ENOSPC } },
	{ &cmd_proto_recv, "{wait}", { ETIMEDOUT } },
	{ &cmd_proto_recv, "{limit}", { EMSGSIZE } },
	{ &cmd_proto_recv, "unprivileged", { EPERM } },
	{ &cmd_proto_bind, "{subject}", { EACCES, EADDRINUSE, ENOSPC } },
	{ &cmd_proto_bind, "unprivileged", { EPERM } },
	{ &cmd_proto_work,
	  "{subject}",
	  { EACCES, EADDRINUSE, ETIMEDOUT, ENOSPC } },
	{ &cmd_proto_work, "{limit}", { EMSGSIZE } },
	{ &cmd_proto_work, "unprivileged", { EPERM } },
	{ &cmd_proto_tap, "{subject}", { EACCES, ETIMEDOUT, ENOSPC } },
	{ &cmd_proto_tap, "unprivileged", { EPERM } },
	{ &cmd_proto_list, "channels", { EINTR } },
	{ &cmd_proto_set, "{subject}", { EPERM, ENOENT, EINVAL, ENOSPC } },
	{ &cmd_proto_delete, "{subject}", { EPERM, ENOENT } },
	{ &cmd_proto_flush, "{subject}", { EPERM, ENOENT } },
};

/* Steps in user space, and the commands that have them. */
static const struct {
	const char *step;
	const struct command *command;
	int error;
} steps[] = {
	{ "savefile", &cmd_sockopt_restore, EINVAL },
	{ "write", &cmd_sockopt_save, EBUSY },
	{ "editor", &cmd_sockopt_edit, ENOENT },
	{ "edit", &cmd_sockopt_edit, 0 },
	{ "left", &cmd_sockopt_edit, ENOENT },
	{ "hex", &cmd_proto_send, EINVAL },
	{ "run", &cmd_proto_bind, EACCES },
	{ "run", &cmd_proto_work, ENOENT },
	{ "hold", &cmd_proto_work, EACCES },
	{ "hold time", &cmd_proto_work, EOPNOTSUPP },
	{ "channel bytes", &cmd_proto_send, EMSGSIZE },
	{ "message bytes", &cmd_proto_send, EMSGSIZE },
	{ "all bytes", &cmd_proto_send, ENOBUFS },
	{ "channels", &cmd_proto_set, ENOSPC },
	{ "sockets", &cmd_proto_recv, ENOSPC },
};

static void name_of(const struct command *c, char name[40])
{
	snprintf(name, 40, "%s%s%s", c->noun, c->verb ? " " : "",
		 c->verb ? c->verb : "");
}

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

static void test_sentences(void **state)
{
	enum exit_status status;
	char *text, name[40];

	(void)state;
	for (size_t i = 0; i < COUNT(sentences); i++) {
		struct failure failure = sentences[i].failure;

		name_of(sentences[i].command, name);
		failure.operation = name;
		failure.errors = sentences[i].command->errors;
		text = print(&failure, false, &status);
		assert_string_equal(text, sentences[i].line);
		assert_int_equal(status, sentences[i].status);
		free(text);
	}
}

/* The row for a failure of @command; NULL: before there is a command. */
static const struct error_row *find(const struct command *command,
				    const char *step, int error)
{
	const struct failure failure = {
		.errors = command ? command->errors : NULL,
		.step = step,
		.error = -error,
	};

	return error_find(&failure);
}

/* The last row, which matches every failure. */
static bool is_last_resort(const struct error_row *row)
{
	return !row->step && !row->error;
}

static bool is_own(const struct command *c, const struct error_row *row)
{
	for (int i = 0; i < ERROR_TABLES; i++)
		for (const struct error_row *r = c->errors[i]; r && r->message;
		     r++)
			if (r == row)
				return true;
	return false;
}

static bool has_table(const struct command *c, const struct error_row *table)
{
	for (int i = 0; i < ERROR_TABLES; i++)
		if (c->errors[i] == table)
			return true;
	return false;
}

/* Whether a command with @table, or any command if it is NULL, can reach @row. */
static bool is_reached(const struct error_row *table,
		       const struct error_row *row)
{
	int error = row->error ? row->error : UNKNOWN;

	for (int i = 0; commands[i]; i++)
		if ((!table || has_table(commands[i], table)) &&
		    find(commands[i], row->step, error) == row)
			return true;
	return false;
}

static void check_table(const struct error_row *table, bool of_commands)
{
	for (const struct error_row *row = table; row->message; row++) {
		assert_true(is_reached(of_commands ? table : NULL, row));
		assert_true(*row->message);
		assert_true(!row->hint || *row->hint);
		assert_in_range(row->status, EXIT_REFUSED, EXIT_NO_COMMAND);
		assert_int_not_equal(row->error, UNKNOWN);
		/* A sentence continues "kctl: noun verb: ". */
		assert_int_not_equal(row->message[strlen(row->message) - 1],
				     '.');
		assert_true(!row->limit == !strstr(row->message, "{limit}"));
	}
}

/* No row is hidden by an earlier one. */
static void test_every_row_is_reached(void **state)
{
	(void)state;
	for (int i = 0; commands[i]; i++)
		for (int j = 0; j < ERROR_TABLES; j++)
			if (commands[i]->errors[j])
				check_table(commands[i]->errors[j], true);
	check_table(error_step_rows, false);
	check_table(error_errno_rows, false);
}

/* A reader of the code would overlook a table after an empty element. */
static void test_tables_have_no_gaps(void **state)
{
	(void)state;
	for (int i = 0; commands[i]; i++)
		for (int j = 1; j < ERROR_TABLES; j++)
			assert_true(!commands[i]->errors[j] ||
				    commands[i]->errors[j - 1]);
}

static void test_documented_errors_have_words_of_their_own(void **state)
{
	const struct error_row *row;
	char name[40];

	(void)state;
	for (size_t i = 0; i < COUNT(documented); i++) {
		const struct command *c = documented[i].command;
		const char *names = documented[i].names;

		name_of(c, name);
		for (const int *error = documented[i].errors; *error; error++) {
			row = find(c, NULL, *error);
			if (!is_own(c, row))
				fail_msg("%s: no words for %s", name,
					 strerrorname_np(*error));
			if (!strstr(row->message, names) &&
			    !(row->hint && strstr(row->hint, names)))
				fail_msg("%s: %s does not name %s", name,
					 strerrorname_np(*error), names);
		}
	}
}

/* A step is matched exactly, and never by a row for an error of the kernel. */
static void test_steps(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(steps); i++) {
		const struct command *c = steps[i].command;
		char longer[16], shorter[16];

		snprintf(longer, sizeof(longer), "%s ", steps[i].step);
		snprintf(shorter, sizeof(shorter), "%.*s",
			 (int)strlen(steps[i].step) - 1, steps[i].step);
		assert_true(is_own(c, find(c, steps[i].step, steps[i].error)));
		assert_false(is_own(c, find(c, longer, steps[i].error)));
		assert_false(is_own(c, find(c, shorter, steps[i].error)));
		assert_ptr_not_equal(find(c, NULL, steps[i].error),
				     find(c, steps[i].step, steps[i].error));
	}
	assert_true(is_last_resort(find(&cmd_proto_send, "x", EMSGSIZE)));
	assert_false(is_own(&cmd_sockopt_get,
			    find(&cmd_sockopt_get, "read", ENOENT)));
}

/* The hint of a failure can contain a foreign name, such as that of a file. */
static void test_own_hint_is_no_pattern(void **state)
{
	struct failure failure = { .error = -EPERM,
				   .subject = "it",
				   .hint = "systemctl edit a{x}{.service" };
	struct error_text text;

	(void)state;
	error_describe(&failure, &text);
	assert_string_equal(text.hint, "systemctl edit a{x}{.service");
}

/* Every errno has a sentence in every command, and before a command runs. */
static void test_everything_is_described(void **state)
{
	struct failure failure = { .subject = "it" };
	struct error_text text;

	(void)state;
	for (int i = 0; !i || commands[i - 1]; i++) {
		failure.errors = commands[i] ? commands[i]->errors : NULL;
		for (int error = 1; error < 134; error++) {
			failure.error = -error;
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
				   .errors = cmd_sockopt_get.errors,
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
				   .errors = cmd_sockopt_get.errors,
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
			    "entry '\\xff\"' does not exist");
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
		cmocka_unit_test(test_sentences),
		cmocka_unit_test(test_every_row_is_reached),
		cmocka_unit_test(test_tables_have_no_gaps),
		cmocka_unit_test(
			test_documented_errors_have_words_of_their_own),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_own_hint_is_no_pattern),
		cmocka_unit_test(test_everything_is_described),
		cmocka_unit_test(test_long_subject_is_cut),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_usage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
