// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "editor.h"

/* Exit statuses of a shell itself, not of the command. */
#define SHELL_CANNOT_RUN 126
#define SHELL_NOT_FOUND	 127
#define SHELL_SIGNAL	 128

#define FALLBACK \
	"if command -v editor >/dev/null; then editor \"$@\"; else vi \"$@\"; fi"

/* The command of the user, or NULL. */
static const char *wanted_editor(void)
{
	static const char *const names[] = { "VISUAL", "EDITOR" };
	const char *value;

	for (size_t i = 0; i < 2; i++) {
		value = getenv(names[i]);
		if (value && *value)
			return value;
	}
	return NULL;
}

/* Block a signal, unless it is ignored: blocked, it would become pending. */
static void block(int number)
{
	struct sigaction action;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	if (!sigaction(number, NULL, &action) && action.sa_handler != SIG_IGN)
		sigprocmask(SIG_BLOCK, &set, NULL);
}

int editor_begin(struct ctx *ctx)
{
	int err = cmd_wait_begin(ctx);

	if (err)
		return err;
	block(SIGHUP);
	block(SIGQUIT);
	return 0;
}

/* The shell splits the command of the user, which can have arguments. */
static int start(const sigset_t *mask, const char *path, pid_t *pid)
{
	const char *editor = wanted_editor();
	char *script = NULL, *file = strdup(path);
	char shell[] = "sh", option[] = "-c";
	posix_spawnattr_t attributes;
	int err = ENOMEM;

	if (asprintf(&script, editor ? "%s \"$@\"" : "%s",
		     editor ? editor : FALLBACK) < 0)
		script = NULL;
	if (script && file && !posix_spawnattr_init(&attributes)) {
		char *const argv[] = {
			shell, option, script, shell, file, NULL
		};

		posix_spawnattr_setsigmask(&attributes, mask);
		posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
		err = posix_spawn(pid, "/bin/sh", NULL, &attributes, argv,
				  environ);
		posix_spawnattr_destroy(&attributes);
	}
	free(script);
	free(file);
	return -err;
}

/* Discard SIGINT and SIGQUIT, which the terminal sends to this program as well as the editor. */
static void forget_keys(void)
{
	static const struct timespec now;
	sigset_t keys;

	sigemptyset(&keys);
	sigaddset(&keys, SIGINT);
	sigaddset(&keys, SIGQUIT);
	while (sigtimedwait(&keys, NULL, &now) > 0)
		;
}

static int run(struct ctx *ctx, const char *path, int *status)
{
	/* If the caller ignores SIGCHLD, this program gets no status of its children. */
	struct sigaction by_default = { .sa_handler = SIG_DFL };
	pid_t pid;
	int err;

	sigaction(SIGCHLD, &by_default, NULL);
	err = start(&ctx->waiter.mask, path, &pid);
	if (err)
		return err;
	while (waitpid(pid, status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	forget_keys();
	return 0;
}

static enum exit_status cannot_run(struct ctx *ctx, int err)
{
	const char *editor = wanted_editor();
	char subject[128] = "editor or vi";

	if (editor)
		snprintf(subject, sizeof(subject), "%s", editor);
	return cmd_fail(ctx, (struct failure){ .step = "editor",
					       .error = err,
					       .subject = subject });
}

/* The shell runs the editor in its own process, or in a child whose signal it reports. */
static enum exit_status failed(struct ctx *ctx, int status)
{
	int number = WIFSIGNALED(status) ? WTERMSIG(status) :
					   WEXITSTATUS(status) - SHELL_SIGNAL;
	const char *name = number > 0 ? sigabbrev_np(number) : NULL;
	char subject[64];

	if (name)
		snprintf(subject, sizeof(subject), "was ended by SIG%s", name);
	else
		snprintf(subject, sizeof(subject), "exited with status %d",
			 WEXITSTATUS(status));
	return cmd_fail(ctx,
			(struct failure){ .step = "edit", .subject = subject });
}

enum exit_status editor_run(struct ctx *ctx, const char *path)
{
	int status, err = run(ctx, path, &status);

	if (err)
		return cannot_run(ctx, err);
	if (!status)
		return EXIT_DONE;
	if (WIFEXITED(status) && WEXITSTATUS(status) == SHELL_NOT_FOUND)
		return cannot_run(ctx, -ENOENT);
	if (WIFEXITED(status) && WEXITSTATUS(status) == SHELL_CANNOT_RUN)
		return cannot_run(ctx, -EACCES);
	return failed(ctx, status);
}

bool editor_stopped(void)
{
	sigset_t pending;

	return !sigpending(&pending) && (sigismember(&pending, SIGINT) > 0 ||
					 sigismember(&pending, SIGTERM) > 0 ||
					 sigismember(&pending, SIGHUP) > 0);
}

static void interrupt(int number)
{
	(void)number;
}

void editor_end(const struct ctx *ctx)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction once = { .sa_handler = interrupt }, old;

	for (size_t i = 0; i < 3; i++)
		if (!sigaction(numbers[i], NULL, &old) &&
		    old.sa_handler != SIG_IGN)
			sigaction(numbers[i], &once, NULL);
	sigprocmask(SIG_SETMASK, &ctx->waiter.mask, NULL);
}

bool editor_can_ask(const struct ctx *ctx)
{
	return !ctx->globals.json && isatty(STDIN_FILENO) &&
	       isatty(STDERR_FILENO);
}

bool editor_ask_again(struct ctx *ctx)
{
	char answer[64];

	for (;;) {
		fputs("Edit again (e), or quit (q)? ", stderr);
		fflush(stderr);
		if (cmd_wait(ctx, STDIN_FILENO, WAIT_FOREVER) != WAIT_INPUT ||
		    read(STDIN_FILENO, answer, sizeof(answer)) <= 0)
			return false;
		if (*answer == 'e' || *answer == 'E')
			return true;
		if (*answer == 'q' || *answer == 'Q')
			return false;
	}
}

const struct error_row editor_errors[] = {
	{
		.step = "editor",
		.error = ENOENT,
		.status = EXIT_NO_COMMAND,
		.message = "there is no editor '{subject}'",
		.hint = "set VISUAL or EDITOR to one",
	},
	{
		.step = "editor",
		.status = EXIT_CANNOT_RUN,
		.message = "cannot run the editor '{subject}': {errno}",
		.hint = "set VISUAL or EDITOR to another one",
	},
	{
		.step = "edit",
		.status = EXIT_REFUSED,
		.message = "the editor {subject}, nothing was changed",
	},
	{ 0 },
};
