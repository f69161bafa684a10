// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#include "commands.h"
#include "cli/dispatch.h"

/*
 * Open descriptors 0 to 2 if they are closed, so that no socket of ours gets their number.
 * Reading from standard input and writing to standard output stay errors, EBADF. Commands
 * that are run inherit them. Opened again, as /dev/stdin or /dev/stdout, neither is
 * /dev/null, which looks like an empty value or a written file: a link cannot be opened
 * for reading, a directory not for writing. Unlike the link, it can be polled.
 */
static void keep_standard_fds(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		bool input = fd == STDIN_FILENO;
		const char *path = input ? "/proc/self/exe" : "/";
		int flags = input ? O_PATH | O_NOFOLLOW : O_RDONLY;

		if (fcntl(fd, F_GETFD) < 0 && open(path, flags) != fd)
			return;
	}
}

/* A full disk must not look like success. */
static enum exit_status close_output(struct ctx *ctx, enum exit_status status)
{
	int err = out_close(&ctx->out);

	/* EINTR: a signal interrupted the output, and that signal ends the program. */
	if (!err || err == -EINTR)
		return status;
	cmd_fail(ctx, (struct failure){ .step = "output", .error = err });
	return status ? status : EXIT_REFUSED;
}

int main(int argc, char **argv)
{
	struct ctx ctx = {
		.commands = commands,
		.out = { .stream = stdout, .terminal = isatty(STDOUT_FILENO) },
	};
	enum exit_status status;

	keep_standard_fds();
	/* One write(2) per error, because several programs can share a log. */
	setvbuf(stderr, NULL, _IOLBF, 0);
	status = cmd_main(&ctx, argc, argv);
	status = close_output(&ctx, status);
	if (ctx.waiting)
		waiter_close(&ctx.waiter);
	return (int)status;
}
