// SPDX-License-Identifier: GPL-2.0-or-later
#include <assert.h>
#include <errno.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "all_netns.h"
#include "autoload.h"
#include "dispatch.h"
#include "help.h"
#include "netns.h"
#include "status.h"

static void set_command(struct ctx *ctx, const struct command *c)
{
	ctx->command = c;
	snprintf(ctx->operation, sizeof(ctx->operation), "%s%s%s", c->noun,
		 c->verb ? " " : "", c->verb ? c->verb : "");
}

/* Enter the network namespace and run @c with the parsed @args. */
static enum exit_status run(struct ctx *ctx, const struct command *c,
			    void *args)
{
	const char *netns = ctx->globals.netns;
	enum exit_status status = EXIT_DONE;
	int err;

	if (!c->local && !c->no_load)
		autoload();
	if (ctx->globals.all_netns)
		return all_netns_run(ctx, c, args);
	if (netns && !c->local) {
		err = netns_enter(netns);
		if (err)
			return cmd_fail(ctx,
					(struct failure){ .step = "netns",
							  .error = err,
							  .subject = netns });
	}
	if (c->resolve)
		status = c->resolve(ctx, args);
	return status ? status : c->run(ctx, args);
}

/* Return: an error in the options that select network namespaces, or NULL. */
static const char *check_netns(const struct globals *globals,
			       const struct command *c)
{
	if (!globals->all_netns)
		return NULL;
	if (globals->netns)
		return "--netns and --all-netns exclude each other";
	return c->all_netns ? NULL : "--all-netns is for status and list";
}

static void report_surplus(struct ctx *ctx, const struct opt_level *level,
			   struct opt_result *parsed)
{
	const char *const *forgotten = ctx->command->forgotten;

	for (int i = 0; i < FORGOTTEN_MAX && forgotten[i]; i++)
		if (!*parsed->hint)
			opt_suggest(level, forgotten[i], parsed);
	cmd_usage(ctx, parsed->hint, "unexpected argument '%s'",
		  opt_surplus(level, parsed));
}

/* The global options decide how to print. */
static void apply_globals(struct ctx *ctx)
{
	ctx->out.json = ctx->globals.json;
	ctx->out.pretty = ctx->globals.pretty;
	ctx->out.color = global_color(&ctx->globals);
}

/* An error ended the parsing: look for -j after it, as it selects JSON for the error too. */
static bool asks_for_json(char **argv)
{
	for (; *argv && strcmp(*argv, "--"); argv++)
		if (!strcmp(*argv, "-j") || !strcmp(*argv, "--json"))
			return true;
	return false;
}

/*
 * Parse the options of the command and the global ones among them. Some options of a command
 * are global options too: such an option sets both, wherever it stands.
 */
static bool parse(struct ctx *ctx, struct opt_level *level, int argc,
		  char **argv, struct opt_result *parsed)
{
	struct opt_level outer = { .table = global_options,
				   .dest = &ctx->globals,
				   .seen = ctx->globals_seen };
	bool good = opt_parse(level, &outer, argc, argv, parsed);

	opt_copy_flags(level, &outer);
	opt_copy_flags(&outer, level);
	if (!good && asks_for_json(argv))
		ctx->globals.json = true;
	apply_globals(ctx);
	return good;
}

/* Report all errors in the command line before run() touches anything. */
static enum exit_status parse_and_run(struct ctx *ctx, const struct command *c,
				      int argc, char **argv)
{
	alignas(max_align_t) char args[ARGS_MAX] = { 0 };
	struct opt_level level = { .table = c->options,
				   .dest = args,
				   .max_operands = c->max_operands,
				   .operands_behind = c->operands_behind };
	struct opt_result parsed = { 0 };
	enum exit_status status = EXIT_USAGE;
	const char *wrong = NULL;

	assert(c->args_size <= sizeof(args));
	if (c->defaults)
		memcpy(args, c->defaults, c->args_size);
	parsed.operands = calloc((size_t)argc + 1, sizeof(*parsed.operands));
	if (!parsed.operands)
		return cmd_fail(ctx, (struct failure){ .error = -ENOMEM });
	if (!parse(ctx, &level, argc, argv, &parsed))
		cmd_usage(ctx, parsed.hint, "%s", parsed.error);
	else if (parsed.help)
		status = help_print(ctx, c->noun, c->verb);
	else if (ctx->globals.version)
		status = cmd_version(ctx);
	else if (opt_surplus(&level, &parsed))
		report_surplus(ctx, &level, &parsed);
	else if ((wrong = check_netns(&ctx->globals, c)))
		cmd_usage(ctx, "", "%s", wrong);
	else if (c->check && (wrong = c->check(&ctx->globals, args)))
		cmd_usage(ctx, "", "%s", wrong);
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

/* Run the command that @argv names; an empty one runs "status". */
static enum exit_status dispatch(struct ctx *ctx, int argc, char **argv)
{
	char status[] = "status";
	char *only_status[] = { status, NULL };
	const struct command *c;
	int words;

	if (!argc) {
		argv = only_status;
		argc = 1;
	}
	/* argv ends with NULL, so argv[1] exists. */
	c = command_find(ctx->commands, argv[0], argv[1]);
	if (!c && argv[1] && is_help(argv[1]) &&
	    command_noun_exists(ctx->commands, argv[0]))
		return help_print(ctx, argv[0], NULL);
	if (!c)
		return cmd_unknown(ctx, argv[0], argv[1]);
	words = c->verb ? 2 : 1;
	set_command(ctx, c);
	return parse_and_run(ctx, c, argc - words + 1, argv + words - 1);
}

enum exit_status cmd_main(struct ctx *ctx, int argc, char **argv)
{
	struct opt_level level = { .table = global_options,
				   .dest = &ctx->globals };
	struct opt_result parsed = { 0 };
	bool good = opt_parse(&level, NULL, argc, argv, &parsed);

	ctx->globals_seen = level.seen;
	apply_globals(ctx);
	if (!good)
		return cmd_usage(ctx, parsed.hint, "%s", parsed.error);
	if (parsed.help)
		return help_print(ctx, NULL, NULL);
	if (ctx->globals.version)
		return cmd_version(ctx);
	return dispatch(ctx, argc - parsed.used, argv + parsed.used);
}
