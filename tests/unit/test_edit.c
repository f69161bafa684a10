// SPDX-License-Identifier: GPL-2.0-or-later
/* sockopt edit, with scripts for an editor and a mock of the store */
#include "test.h"

#include <fcntl.h>
#include <termios.h>

#include "run_edit.h"

/* Sets the value of b to x. */
#define EDIT_B "sed -i '/^b /s/[0-9].*8/x/'"

#define A_AND_A_B "a \"\"\na.b \"123456789\"\n"

/* An editor that renames its file, as vim does, and one that writes into it. */
static void test_edit(void **state)
{
	(void)state;
	edit_with("sed -i -e 's/^b .*/b public \"x\"/'");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, "");
	assert_string_equal(ran.err, "");
	assert_replaced(A_AND_A_B "b public \"x\"\n");
	assert_null(find_kept());
}

/* A new entry does not invalidate a number that the user would have to correct. */
static void test_new_entry_in_place(void **state)
{
	(void)state;
	edit_with("f() { t=$(sed 's/^%end.*/new \"y\"\\n&/' \"$1\") &&"
		  " echo \"$t\" >\"$1\"; }; f");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.err, "");
	assert_replaced(A_AND_A_B "b \"12345678\"\nnew \"y\"\n");
}

static void test_file_is_private(void **state)
{
	(void)state;
	edit_with("stat -c '%a %n'");
	assert_exited(EXIT_DONE);
	assert_memory_equal(ran.out, "600 ", 4);
	assert_memory_equal(ran.out + 4, directory, strlen(directory));
	assert_non_null(strstr(ran.out, ".kctl\n"));
}

static void test_nothing_changed(void **state)
{
	static const char *const editors[] = {
		"true",
		"touch",
		/* These leave the entries the same: */
		"sed -i '2s/9/8/; 3d'",
		"sed -i '/^a /{h;d}; /^b /{G}'",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(editors); i++) {
		edit_with(editors[i]);
		assert_nothing_happened(
			EXIT_DONE, "kctl: sockopt edit: nothing was changed\n");
	}
	/* The limit is lower than what the store has. */
	module.info.max_entries = 1;
	edit_with("true");
	assert_nothing_happened(EXIT_DONE, "nothing was changed");
}

static void test_choice_of_the_editor(void **state)
{
	static const char *const names[] = { "vi", "editor" };
	const char *path = getenv("PATH");
	char *old = strdup(path), bin[64], tools[128];

	(void)state;
	setenv("VISUAL", "echo visual #", true);
	edit_with("echo editor #");
	assert_string_equal(ran.out, "visual\n");
	setenv("VISUAL", "", true);
	edit_with("echo editor #");
	assert_string_equal(ran.out, "editor\n");
	snprintf(bin, sizeof(bin), "%s/.bin", directory);
	assert_int_equal(mkdir(bin, 0700), 0);
	setenv("PATH", bin, true);
	edit_with("");
	assert_nothing_happened(EXIT_NO_COMMAND,
				"there is no editor 'editor or vi'; set VISUAL "
				"or EDITOR to one\n");
	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(tools, sizeof(tools), "%s/%s", bin, names[i]);
		assert_int_equal(symlink("/bin/echo", tools), 0);
		/* echo prints the path that it gets; its name is in argv[0]. */
		edit_with("");
		assert_exited(EXIT_DONE);
		assert_memory_equal(ran.out, directory, strlen(directory));
		unlink(tools);
	}
	rmdir(bin);
	setenv("PATH", old, true);
	free(old);
}

static void test_editor_fails(void **state)
{
	(void)state;
	edit_with(EDIT_B " \"$1\"; exit 3 #");
	assert_nothing_happened(EXIT_REFUSED,
				"the editor exited with status 3, "
				"nothing was changed\n");
	edit_with("kill -KILL $$ #");
	assert_nothing_happened(EXIT_REFUSED,
				"the editor was ended by SIGKILL, "
				"nothing was changed\n");
	/* The shell may run the editor as a child process. */
	edit_with("sh -c 'kill -KILL $$'; exit $? #");
	assert_nothing_happened(EXIT_REFUSED,
				"the editor was ended by SIGKILL");
	edit_with("kctl-has-no-such-editor -x");
	assert_nothing_happened(
		EXIT_NO_COMMAND,
		"there is no editor 'kctl-has-no-such-editor -x'");
	edit_with("/etc/passwd");
	assert_nothing_happened(
		EXIT_CANNOT_RUN,
		"cannot run the editor '/etc/passwd': Permission denied");
}

static void test_wrong_file(void **state)
{
	(void)state;
	edit_with("sed -i 's/^b /b pulbic /'");
	assert_kept(".kctl:6: unknown flag 'pulbic'\n"
		    "kctl: sockopt edit: nothing was changed, the edited file "
		    "is ");
	unlink(kept);
	edit_with("truncate -s 0");
	assert_kept(".kctl:1: the file is empty\n");
	unlink(kept);
	module.info.max_entries = 3;
	edit_with("sed -i 's/^b /c \"\"\\n&/'");
	assert_kept(":7: the store has no space for more than 3 entries");
	unlink(kept);
	setenv("EDITOR", "sed -i 1d", true);
	run_kctl("kctl -j sockopt edit");
	assert_kept("\"message\":\"/tmp/kctl-test-");
	assert_ptr_equal(strchr(ran.err, '\n') + 1, ran.err + strlen(ran.err));
}

static void test_store_changed_meanwhile(void **state)
{
	char next[700];

	(void)state;
	module.expected = module.info.generation = 12;
	edit_with(EDIT_B);
	assert_kept("the store has generation 12, not 9, nothing was changed "
		    "(the edited file is ");
	snprintf(next, sizeof(next),
		 "; compare: kctl sockopt diff %s, apply: kctl sockopt restore "
		 "%s\n",
		 kept, kept);
	assert_non_null(strstr(ran.err, next));
	/* Run the suggested commands. */
	module.info.generation = module.expected = 0;
	snprintf(next, sizeof(next), "kctl sockopt diff %s", kept);
	run_kctl(next);
	assert_exited(EXIT_DIFFERENT);
	assert_string_equal(ran.out, "-b \"12345678\"\n+b \"x\"\n");
}

/* REPLACE takes generation 0 for any, so the tool checks the generation first. */
static void test_first_change_meanwhile(void **state)
{
	struct kctl_table *table = (void *)module.table;

	(void)state;
	module.size = sizeof(*table);
	*table = (struct kctl_table){ 0 };
	module.expected = 0;
	module.info.generation = 1;
	edit_with("sed -i 's/%end/a \"b\"\\n&/'");
	assert_kept("the store has generation 1, not 0");
}

/* The module was unloaded, or the limits were lowered: the user's edits are kept. */
static void test_replace_fails(void **state)
{
	static const struct {
		int error;
		const char *said;
	} errors[] = {
		{ -ENOSPC, "the store has no space for the edited entries" },
		{ -EMSGSIZE, "no store can hold the edited entries" },
		{ -ENOMEM, "out of memory (the edited file is /tmp/" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(errors); i++) {
		module.replace_error = errors[i].error;
		edit_with(EDIT_B);
		assert_kept(errors[i].said);
		unlink(kept);
	}
}

/* REPLACE waits while others replace the store. */
static void test_signal_ends_replace(void **state)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };

	(void)state;
	module.replace_error = -EINTR;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		module.replace_signal = numbers[i];
		edit_with(EDIT_B);
		assert_kept("a signal ended the wait for another program, "
			    "nothing was changed (the edited file is /tmp/");
		unlink(kept);
	}
}

/* The error occurs before there is anything to edit. */
static void test_no_editor_is_started(void **state)
{
	(void)state;
	module.table_error = -EPERM;
	edit_with("echo started");
	assert_exited(EXIT_PERMISSION);
	assert_string_equal(ran.out, "");
	module.table_error = -ENOPROTOOPT;
	edit_with("echo started");
	assert_exited(EXIT_MISSING);
	assert_string_equal(ran.out, "");
	module.table_error = 0;
	setenv("TMPDIR", "/tmp/kctl-has-no-such-directory", true);
	edit_with("echo started");
	assert_nothing_happened(
		EXIT_REFUSED,
		"cannot write '/tmp/kctl-has-no-such-directory': No such file "
		"or directory; TMPDIR can name another directory\n");
	assert_string_equal(ran.out, "");
	setenv("TMPDIR", "/sys/kernel", true);
	edit_with("echo started");
	assert_true(WEXITSTATUS(ran.status));
	assert_string_equal(ran.out, "");
}

static void test_long_directory(void **state)
{
	char name[300];

	(void)state;
	memset(name, '/', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	setenv("TMPDIR", name, true);
	edit_with("echo started");
	assert_nothing_happened(EXIT_REFUSED, ": File name too long");
	assert_string_equal(ran.out, "");
}

static void test_file_that_is_gone(void **state)
{
	(void)state;
	edit_with("rm");
	assert_nothing_happened(EXIT_REFUSED, "the editor has deleted '/tmp/");
	edit_with("ln -sf /dev/zero");
	assert_nothing_happened(EXIT_REFUSED,
				"the editor has left no file at '/tmp/");
}

/* A signal to the program alone makes it clean up. One from the keyboard is for the editor. */
static void test_signals(void **state)
{
	static const int numbers[] = { SIGTERM, SIGHUP };
	char editor[80];

	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		snprintf(editor, sizeof(editor), "kill -%d $PPID; " EDIT_B,
			 numbers[i]);
		edit_with(editor);
		assert_true(WIFSIGNALED(ran.status));
		assert_int_equal(WTERMSIG(ran.status), numbers[i]);
		assert_replaced("");
		assert_null(find_kept());
	}
	edit_with("kill -INT $PPID; kill -QUIT $PPID; " EDIT_B);
	assert_exited(EXIT_DONE);
	assert_replaced(A_AND_A_B "b \"x\"\n");
}

/* Signals that the caller ignores stay ignored, except SIGCHLD, which the tool needs. */
static void test_ignored_signals(void **state)
{
	(void)state;
	ran.ignored = SIGCHLD;
	edit_with("exit 3 #");
	assert_nothing_happened(EXIT_REFUSED,
				"the editor exited with status 3");
	ran.ignored = SIGHUP;
	edit_with("kill -HUP $PPID; " EDIT_B);
	assert_exited(EXIT_DONE);
	assert_replaced(A_AND_A_B "b \"x\"\n");
}

/* The editor has the signal settings that its user expects. */
static void test_signals_of_the_editor(void **state)
{
	static const char *const names[] = { "INT", "QUIT", "TERM", "HUP" };
	char editor[80], said[80];

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(editor, sizeof(editor), "kill -%s $$ #", names[i]);
		snprintf(said, sizeof(said), "was ended by SIG%s,", names[i]);
		edit_with(editor);
		assert_nothing_happened(EXIT_REFUSED, said);
	}
}

/* Runs the editor on a terminal on which a user types @keys. */
static void edit_on_terminal(const char *line, const char *editor,
			     const char *keys, char *said, size_t size)
{
	int leader = posix_openpt(O_RDWR | O_NOCTTY);
	struct termios mode;
	size_t used = 0;
	ssize_t got;

	assert_true(leader >= 0);
	assert_int_equal(grantpt(leader) || unlockpt(leader), 0);
	ran.terminal = open(ptsname(leader), O_RDWR | O_NOCTTY);
	assert_true(ran.terminal >= 0);
	/* Switch echo off: echoed keys could be anywhere in the output. */
	assert_int_equal(tcgetattr(ran.terminal, &mode), 0);
	mode.c_lflag &= ~(tcflag_t)ECHO;
	assert_int_equal(tcsetattr(ran.terminal, TCSANOW, &mode), 0);
	assert_int_equal(write(leader, keys, strlen(keys)), strlen(keys));
	setenv("EDITOR", editor, true);
	run_kctl(line);
	/* The output arrives in pieces, and ends when no process has the terminal open. */
	close(ran.terminal);
	while ((got = read(leader, said + used, size - 1 - used)) > 0)
		used += (size_t)got;
	assert_true(used > 0);
	said[used] = '\0';
	close(leader);
	ran.terminal = 0;
}

static void test_edit_again(void **state)
{
	/* The first edit is invalid, the second is valid. */
	static const char editor[] =
		"sed -i -e 's/pulbic/public/' -e 't' -e 's/^b /b pulbic /'";
	char said[4096];

	(void)state;
	edit_on_terminal("kctl sockopt edit", editor, "what?\ne\n", said,
			 sizeof(said));
	assert_exited(EXIT_DONE);
	assert_replaced(A_AND_A_B "b public \"12345678\"\n");
	assert_null(find_kept());
	assert_non_null(strstr(said, ":6: unknown flag 'pulbic'\r\n"
				     "Edit again (e), or quit (q)? "
				     "Edit again (e), or quit (q)? "));
}

static void test_quit(void **state)
{
	char said[4096];

	(void)state;
	edit_on_terminal("kctl sockopt edit", "sed -i 1d", "q\n", said,
			 sizeof(said));
	assert_nothing_happened(EXIT_REFUSED, "");
	/* The end of the input, ^D. */
	edit_on_terminal("kctl sockopt edit", "sed -i 1d", "\4", said,
			 sizeof(said));
	assert_nothing_happened(EXIT_REFUSED, "");
}

/* A program that reads JSON cannot answer. */
static void test_no_question_in_json(void **state)
{
	char said[4096];

	(void)state;
	edit_on_terminal("kctl -j sockopt edit", "sed -i 1d", "q\n", said,
			 sizeof(said));
	assert_exited(EXIT_REFUSED);
	assert_non_null(find_kept());
	assert_non_null(strstr(said, kept));
	assert_null(strstr(said, "Edit again"));
}

#define EDIT_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EDIT_TEST(test_edit),
		EDIT_TEST(test_new_entry_in_place),
		EDIT_TEST(test_file_is_private),
		EDIT_TEST(test_nothing_changed),
		EDIT_TEST(test_choice_of_the_editor),
		EDIT_TEST(test_editor_fails),
		EDIT_TEST(test_wrong_file),
		EDIT_TEST(test_store_changed_meanwhile),
		EDIT_TEST(test_first_change_meanwhile),
		EDIT_TEST(test_replace_fails),
		EDIT_TEST(test_signal_ends_replace),
		EDIT_TEST(test_no_editor_is_started),
		EDIT_TEST(test_long_directory),
		EDIT_TEST(test_file_that_is_gone),
		EDIT_TEST(test_signals),
		EDIT_TEST(test_ignored_signals),
		EDIT_TEST(test_signals_of_the_editor),
		EDIT_TEST(test_edit_again),
		EDIT_TEST(test_quit),
		EDIT_TEST(test_no_question_in_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
