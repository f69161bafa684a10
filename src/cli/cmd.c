// SPDX-License-Identifier: GPL-2.0-or-later
#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "netns.h"
#include "suggest.h"

const struct opt no_options[] = { { 0 } };

bool cmd_is_noun(const struct command *c, const char *noun)
{
	return !strcmp(c->noun, noun) ||
	       (c->alias_noun && !strcmp(c->alias_noun, noun));
}

const char *cmd_verb_under(const struct command *c, const char *noun)
{
	return strcmp(c->noun, noun) ? c->alias_verb : c->verb;
}

/* Without a verb of its own a command takes any second word for an argument. */
static bool is_command(const struct command *c, const char *noun,
		       const char *verb)
{
	const char *own;

	if (!cmd_is_noun(c, noun))
		return false;
	own = cmd_verb_under(c, noun);
	return !own || (verb && !strcmp(own, verb));
}

const struct command *cmd_find(const struct command *const *commands,
			       const char *noun, const char *verb)
{
	while (*commands && !is_command(*commands, noun, verb))
		commands++;
	return *commands;
}

bool cmd_noun_exists(const struct command *const *commands, const char *noun)
{
	while (*commands && !cmd_is_noun(*commands, noun))
		commands++;
	return *commands;
}

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
		if (cmd_is_noun(*c, noun) && cmd_verb_under(*c, noun))
			suggest_consider(&nearest, cmd_verb_under(*c, noun));
	offer(&nearest, otherwise, hint, sizeof(hint));
	return cmd_usage(ctx, hint, "unknown verb '%s' of %s", verb, noun);
}

enum exit_status cmd_unknown(const struct ctx *ctx, const char *noun,
			     const char *verb)
{
	if (cmd_noun_exists(ctx->commands, noun))
		return unknown_verb(ctx, noun, verb);
	return unknown_noun(ctx, noun);
}

static void set_operation(struct ctx *ctx, const struct command *c)
{
	snprintf(ctx->operation, sizeof(ctx->operation), "%s%s%s", c->noun,
		 c->verb ? " " : "", c->verb ? c->verb : "");
}

/* Run @c with arguments that have been parsed into @args. */
static enum exit_status run(struct ctx *ctx, const struct command *c,
			    const void *args)
{
	const char *netns = ctx->globals.netns;
	int err;

	if (netns && !c->local) {
		err = netns_enter(netns);
		if (err)
			return cmd_fail(ctx,
					(struct failure){ .step = "netns",
							  .error = err,
							  .subject = netns });
	}
	return c->run(ctx, args);
}

/* The first operand that has no business here, or NULL. */
static const char *surplus(const struct command *c,
			   const struct opt_result *parsed)
{
	if (c->operands_behind && parsed->before)
		return parsed->operands[0];
	if (parsed->operand_count > c->max_operands)
		return parsed->operands[c->max_operands];
	return NULL;
}

/* Everything that can be wrong with the command line is found before run(). */
static enum exit_status parse_and_run(struct ctx *ctx, const struct command *c,
				      int argc, char **argv)
{
	alignas(max_align_t) char args[ARGS_MAX] = { 0 };
	struct opt_result parsed = { 0 };
	enum exit_status status = EXIT_USAGE;
	const char *wrong = NULL;

	assert(c->args_size <= sizeof(args));
	if (c->defaults)
		memcpy(args, c->defaults, c->args_size);
	parsed.operands = calloc((size_t)argc + 1, sizeof(*parsed.operands));
	if (!parsed.operands)
		return cmd_fail(ctx, (struct failure){ .error = -ENOMEM });
	if (!opt_parse(c->options, global_options, argc, argv, args, &parsed))
		cmd_usage(ctx, parsed.hint, "%s", parsed.error);
	else if (parsed.help)
		status = help_print(ctx, c->noun, c->verb);
	else if (surplus(c, &parsed))
		cmd_usage(ctx, "", "unexpected argument '%s'",
			  surplus(c, &parsed));
	else if (c->prepare && (wrong = c->prepare(args, parsed.operands)))
		cmd_usage(ctx, "", "%s", wrong);
	else
		status = run(ctx, c, args);
	free(parsed.operands);
	return status;
}

static bool is_help(const char *word)
{
	return !strcmp(word, "-h") || !strcmp(word, "--help");
}

enum exit_status cmd_dispatch(struct ctx *ctx, int argc, char **argv)
{
	char status[] = "status";
	char *only_status[] = { status, NULL };
	const struct command *c;
	int words;

	if (!argc) {
		argv = only_status;
		argc = 1;
	}
	/* argv ends with a NULL, so argv[1] is there in any case. */
	c = cmd_find(ctx->commands, argv[0], argv[1]);
	if (!c && argv[1] && is_help(argv[1]) &&
	    cmd_noun_exists(ctx->commands, argv[0]))
		return help_print(ctx, argv[0], NULL);
	if (!c)
		return cmd_unknown(ctx, argv[0], argv[1]);
	words = c->verb ? 2 : 1;
	set_operation(ctx, c);
	return parse_and_run(ctx, c, argc - words + 1, argv + words - 1);
}

enum exit_status cmd_fail(const struct ctx *ctx, struct failure failure)
{
	failure.operation = ctx->operation;
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

void cmd_notice(const struct ctx *ctx, const char *text, ...)
{
	va_list args;

	if (ctx->globals.json)
		return;
	fprintf(stderr, "kctl: %s: ", ctx->operation);
	va_start(args, text);
	vfprintf(stderr, text, args);
	va_end(args);
	putc('\n', stderr);
	fflush(stderr);
}

int cmd_wait_begin(struct ctx *ctx)
{
	int err = waiter_open(&ctx->waiter, STDOUT_FILENO);

	if (err)
		return err;
	ctx->waiting = true;
	ctx->out.stream = ctx->waiter.stream;
	/* What waits prints a stream, one object a line. */
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
