// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "suggest.h"

static void offer(const struct suggestion *nearest, const char *otherwise,
		  char *hint, size_t size)
{
	if (nearest->word)
		snprintf(hint, size, "did you mean '%s'?", nearest->word);
	else
		snprintf(hint, size, "%s", otherwise);
}

static enum exit_status unknown_noun(const struct ctx *ctx, const char *noun)
{
	const struct command *const *c;
	struct suggestion nearest;
	char hint[128];

	suggest_begin(&nearest, noun);
	for (c = ctx->commands; *c; c++) {
		if (!(*c)->hidden)
			suggest_consider(&nearest, (*c)->noun);
		if ((*c)->alias_noun)
			suggest_consider(&nearest, (*c)->alias_noun);
	}
	offer(&nearest, "see: kctl help", hint, sizeof(hint));
	return cmd_usage(ctx, hint, "unknown command '%s'", noun);
}

static enum exit_status unknown_verb(const struct ctx *ctx, const char *noun,
				     const char *verb)
{
	const struct command *const *c;
	struct suggestion nearest;
	char hint[128], otherwise[64];

	snprintf(otherwise, sizeof(otherwise), "see: kctl help %s", noun);
	if (!verb)
		return cmd_usage(ctx, otherwise, "%s needs a verb", noun);
	suggest_begin(&nearest, verb);
	for (c = ctx->commands; *c; c++)
		if (command_is_noun(*c, noun) && command_verb_under(*c, noun))
			suggest_consider(&nearest,
					 command_verb_under(*c, noun));
	offer(&nearest, otherwise, hint, sizeof(hint));
	return cmd_usage(ctx, hint, "unknown verb '%s' of %s", verb, noun);
}

enum exit_status cmd_unknown(const struct ctx *ctx, const char *noun,
			     const char *verb)
{
	if (command_noun_exists(ctx->commands, noun))
		return unknown_verb(ctx, noun, verb);
	return unknown_noun(ctx, noun);
}

enum exit_status cmd_fail(const struct ctx *ctx, struct failure failure)
{
	failure.operation = *ctx->operation ? ctx->operation : NULL;
	failure.netns = ctx->netns;
	if (!failure.errors && ctx->command)
		failure.errors = ctx->command->errors;
	return error_print(stderr, ctx->globals.json, &failure);
}

enum exit_status cmd_read_failed(const struct ctx *ctx, int err, size_t limit,
				 const char *file)
{
	char subject[128] = "standard input";

	if (file)
		snprintf(subject, sizeof(subject), "'%s'", file);
	return cmd_fail(ctx, (struct failure){ .step = "read",
					       .error = err,
					       .size = limit,
					       .subject = subject });
}

enum exit_status cmd_usage(const struct ctx *ctx, const char *hint,
			   const char *message, ...)
{
	const char *operation = *ctx->operation ? ctx->operation : NULL;
	char text[320], help[64];
	va_list args;

	va_start(args, message);
	vsnprintf(text, sizeof(text), message, args);
	va_end(args);
	if (!*hint) {
		snprintf(help, sizeof(help), "see: kctl help%s%s",
			 operation ? " " : "", operation ? operation : "");
		hint = help;
	}
	return usage_print(stderr, ctx->globals.json, operation, text, hint);
}

__attribute__((format(printf, 2, 0))) static void
put_notice(const struct ctx *ctx, const char *text, va_list args)
{
	fprintf(stderr, "kctl: %s: ", ctx->operation);
	vfprintf(stderr, text, args);
	putc('\n', stderr);
	fflush(stderr);
}

void cmd_notice(const struct ctx *ctx, const char *text, ...)
{
	va_list args;

	if (ctx->globals.json)
		return;
	va_start(args, text);
	put_notice(ctx, text, args);
	va_end(args);
}

void cmd_warning(const struct ctx *ctx, const char *text, ...)
{
	va_list args;

	va_start(args, text);
	put_notice(ctx, text, args);
	va_end(args);
}

int cmd_wait_begin(struct ctx *ctx)
{
	int err = waiter_open(&ctx->waiter, STDOUT_FILENO);

	if (err)
		return err;
	ctx->waiting = true;
	ctx->out.stream = ctx->waiter.stream;
	/* A command that waits prints a stream: one object per line. */
	ctx->out.pretty = false;
	return 0;
}

int cmd_wait(struct ctx *ctx, int fd, int64_t deadline)
{
	int ret = wait_for(&ctx->waiter, fd, deadline);

	if (ret == WAIT_NO_READER) {
		raise(SIGPIPE);
		ctx->out.error = EPIPE;
	}
	return ret;
}
