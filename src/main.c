// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "commands.h"
#include "cli/dispatch.h"
#include "cli/help.h"
#include "cli/status.h"

/*
 * Open descriptors 0 to 2 if they are closed, so that no socket of ours becomes
 * standard output. /dev/null is opened for the other direction: reading from a closed
 * standard input and writing to a closed standard output stay errors, EBADF.
 */
static void keep_standard_fds(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		int flags = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;

		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", flags) != fd)
			return;
	}
}

static enum exit_status run(struct ctx *ctx, int argc, char **argv)
{
	struct opt_result parsed = { 0 };
	bool good = opt_parse(global_options, NULL, argc, argv, &ctx->globals,
			      &parsed);

	ctx->out = (struct out){
		.stream = stdout,
		.json = ctx->globals.json,
		.pretty = ctx->globals.pretty,
		.color = global_color(&ctx->globals),
		.terminal = isatty(STDOUT_FILENO),
	};
	if (!good)
		return cmd_usage(ctx, parsed.hint, "%s", parsed.error);
	if (parsed.help)
		return help_print(ctx, NULL, NULL);
	if (ctx->globals.version)
		return cmd_version(ctx);
	return cmd_dispatch(ctx, argc - parsed.used, argv + parsed.used);
}

/* A full disk must not look like success. */
static enum exit_status close_output(struct ctx *ctx, enum exit_status status)
{
	int err = out_close(&ctx->out);

	/* EINTR: a signal cut the output off, and that signal ends the program. */
	if (!err || err == -EINTR)
		return status;
	cmd_fail(ctx, (struct failure){ .step = "output", .error = err });
	return status ? status : EXIT_REFUSED;
}

int main(int argc, char **argv)
{
	struct ctx ctx = { .commands = commands };
	enum exit_status status;

	keep_standard_fds();
	/* One write(2) per error, because several programs can share a log. */
	setvbuf(stderr, NULL, _IOLBF, 0);
	status = run(&ctx, argc, argv);
	status = close_output(&ctx, status);
	if (ctx.waiting)
		waiter_close(&ctx.waiter);
	return (int)status;
}
