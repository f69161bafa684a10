/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a command line as main() does, in a child process, and keeps its output.
 * Include it after the mock of the interface that the command uses.
 */
#ifndef RUN_KCTL_H
#define RUN_KCTL_H

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "commands.h"
#include "cli/dispatch.h"

#define RUN_WORDS 24

static struct {
	char out[16384];
	char err[2048];
	int status; /* of waitpid(2) */
	int terminal; /* standard input and error are terminals; 0: they are not */
	int ignored; /* a signal that the program ignores, or 0 */
} ran;

/* In the builds of `make coverage`; _exit(2) does not call it. */
extern void __gcov_dump(void) __attribute__((weak));

static void run_child(const char *line)
{
	char *copy = strdup(line), *argv[RUN_WORDS + 1] = { NULL };
	struct ctx ctx = { .commands = commands, .out.stream = stdout };
	int argc = 0, status;

	/* A failed assertion must not continue with the next test in this process. */
	setenv("CMOCKA_TEST_ABORT", "1", 1);
	for (char *word; (word = strsep(&copy, " "));)
		argv[argc++] = word;
	status = cmd_main(&ctx, argc, argv);
	if (out_close(&ctx.out))
		status = 100;
	if (ctx.waiting)
		waiter_close(&ctx.waiter);
	if (__gcov_dump)
		__gcov_dump();
	_exit(status);
}

static void read_back(FILE *file, char *text, size_t size)
{
	rewind(file);
	text[fread(text, 1, size - 1, file)] = '\0';
	fclose(file);
}

/* Runs @line: words separated by single blanks, the first of which is "kctl". */
static void run_kctl(const char *line)
{
	FILE *out = tmpfile(), *err = tmpfile();
	pid_t pid;

	assert_non_null(out);
	assert_non_null(err);
	fflush(stdout);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (!pid) {
		dup2(fileno(out), STDOUT_FILENO);
		dup2(ran.terminal ? ran.terminal : fileno(err), STDERR_FILENO);
		if (ran.terminal)
			dup2(ran.terminal, STDIN_FILENO);
		/* A background job ignores some signals, and so does nohup(1). */
		signal(SIGINT, SIG_DFL);
		signal(SIGQUIT, SIG_DFL);
		signal(SIGHUP, SIG_DFL);
		if (ran.ignored)
			signal(ran.ignored, SIG_IGN);
		run_child(line);
	}
	assert_int_equal(waitpid(pid, &ran.status, 0), pid);
	read_back(out, ran.out, sizeof(ran.out));
	read_back(err, ran.err, sizeof(ran.err));
	if (WIFSIGNALED(ran.status) && WTERMSIG(ran.status) == SIGABRT)
		fail_msg("%s: %s", line, ran.err);
}

static void assert_exited(int status)
{
	if (!WIFEXITED(ran.status) || WEXITSTATUS(ran.status) != status)
		fail_msg("status %#x, not %d: %s", (unsigned int)ran.status,
			 status, ran.err);
}

#endif /* RUN_KCTL_H */
