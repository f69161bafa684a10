// SPDX-License-Identifier: GPL-2.0-or-later
/* Help and the list for completion, both made from the descriptions of commands */
#include <limits.h>
#include <string.h>

#include "complete.h"
#include "help.h"

#define NAME_COLUMN 22

static void print_row(FILE *stream, const char *noun, const char *verb,
		      const char *help)
{
	int len = fprintf(stream, "  %s%s%s", noun, verb ? " " : "",
			  verb ? verb : "");

	fprintf(stream, "%*s%s\n", len < NAME_COLUMN ? NAME_COLUMN - len : 1,
		"", help);
}

static void print_alias(FILE *stream, const struct command *c)
{
	char help[48];

	snprintf(help, sizeof(help), "another name of %s %s", c->noun, c->verb);
	print_row(stream, c->alias_noun, c->alias_verb, help);
}

static void help_program(const struct ctx *ctx)
{
	FILE *stream = ctx->out.stream;

	opt_print_synopsis(global_options, "NOUN VERB [OPTIONS] [ARGS]", stream,
			   fprintf(stream, "Usage: kctl"));
	fputs("\nTalk to the Linux kernel through the kctl module. The default is kctl status.\n"
	      "\nCommands:\n",
	      stream);
	for (const struct command *const *i = ctx->commands; *i; i++) {
		const struct command *c = *i;

		if (!c->hidden)
			print_row(stream, c->noun, c->verb, c->help);
		if (c->alias_noun)
			print_alias(stream, c);
	}
	fputs("\nOptions:\n", stream);
	opt_print_help(global_options, stream);
	fputs("\nMore: kctl help NOUN [VERB], kctl(8)\n", stream);
}

/* A noun with verbs has its own page, also under its alias. */
static void print_page(FILE *stream, const struct command *c)
{
	fprintf(stream, c->verb ? "kctl-%s(8)\n" : "kctl(8)\n", c->noun);
}

static void help_noun(const struct ctx *ctx, const char *noun)
{
	const struct command *const *c, *last = NULL;
	FILE *stream = ctx->out.stream;

	fprintf(stream, "Usage: kctl %s VERB [OPTIONS] [ARGS]\n\nVerbs:\n",
		noun);
	for (c = ctx->commands; *c; c++)
		if (command_is_noun(*c, noun)) {
			last = *c;
			print_row(stream, noun, command_verb_under(last, noun),
				  last->help);
		}
	fprintf(stream, "\nMore: kctl help %s VERB, ", noun);
	print_page(stream, last);
}

static void help_command(FILE *stream, const struct command *c)
{
	int column = fprintf(stream, "Usage: kctl %s%s%s", c->noun,
			     c->verb ? " " : "", c->verb ? c->verb : "");

	opt_print_synopsis(c->options, c->operands, stream, column);
	fprintf(stream, "\n%s\n", c->help);
	if (c->alias_noun)
		fprintf(stream, "Also: kctl %s %s\n", c->alias_noun,
			c->alias_verb);
	if (c->notes)
		fprintf(stream, "%s\n", c->notes);
	fputs("\nOptions, besides those that kctl --help lists:\n", stream);
	opt_print_help(c->options, stream);
	if (c->example)
		fprintf(stream, "\nExample: %s\n", c->example);
	fputs("More: ", stream);
	print_page(stream, c);
}

enum exit_status help_print(struct ctx *ctx, const char *noun, const char *verb)
{
	const struct command *c;

	if (!noun) {
		help_program(ctx);
		return EXIT_DONE;
	}
	c = command_find(ctx->commands, noun, verb);
	if (c && (c->verb || !verb))
		help_command(ctx->out.stream, c);
	else if (!verb && command_noun_exists(ctx->commands, noun))
		help_noun(ctx, noun);
	else
		return cmd_unknown(ctx, noun, verb);
	return EXIT_DONE;
}

struct help_args {
	const char *noun;
	const char *verb;
};

static const char *help_prepare(void *args, char *const *operands)
{
	struct help_args *a = args;

	a->noun = operands[0];
	a->verb = a->noun ? operands[1] : NULL;
	return NULL;
}

static enum exit_status help_run(struct ctx *ctx, const void *args)
{
	const struct help_args *a = args;

	return help_print(ctx, a->noun, a->verb);
}

/* NOUN VERB OPTION ARGUMENT: "-" means none, "@" operands. */
static void list_option(FILE *stream, const struct opt *opt)
{
	if (opt->words)
		opt->words(stream);
	else
		fputs(opt->arg && !opt->optional ? opt->arg : "-", stream);
	putc('\n', stream);
}

static void list_options(FILE *stream, const char *noun, const char *verb,
			 const struct opt *opt)
{
	for (; !opt_end(opt); opt++) {
		if (opt->name) {
			fprintf(stream, "%s %s --%s ", noun, verb, opt->name);
			list_option(stream, opt);
		}
		if (opt->letter) {
			fprintf(stream, "%s %s -%c ", noun, verb, opt->letter);
			list_option(stream, opt);
		}
	}
	fprintf(stream, "%s %s --help -\n", noun, verb);
}

static void list_command(FILE *stream, const struct command *c,
			 const char *noun, const char *verb)
{
	list_options(stream, noun, verb, c->options);
	if (c->operands)
		fprintf(stream, "%s %s @ %s\n", noun, verb, c->operands);
}

struct list_args {
	char *const *words;
};

static const char *list_prepare(void *args, char *const *operands)
{
	struct list_args *a = args;

	a->words = *operands ? operands : NULL;
	return NULL;
}

static enum exit_status list_run(struct ctx *ctx, const void *args)
{
	const struct list_args *a = args;
	FILE *stream = ctx->out.stream;

	if (a->words) {
		complete(stream, ctx->commands, a->words);
		return EXIT_DONE;
	}
	list_options(stream, "-", "-", global_options);
	for (const struct command *const *i = ctx->commands; *i; i++) {
		const struct command *c = *i;

		if (c->hidden)
			continue;
		list_command(stream, c, c->noun, c->verb ? c->verb : "-");
		if (c->alias_noun)
			list_command(stream, c, c->alias_noun, c->alias_verb);
	}
	return EXIT_DONE;
}

const struct command cmd_help = {
	.noun = "help",
	.operands = "[NOUN [VERB]]",
	.max_operands = 2,
	.help = "list the commands, or explain one",
	.example = "kctl help sockopt set",
	.options = no_options,
	.args_size = sizeof(struct help_args),
	.local = true,
	.prepare = help_prepare,
	.run = help_run,
};

const struct command cmd_list = {
	.noun = "__list",
	.operands = "[-- WORD...]",
	.max_operands = INT_MAX,
	.operands_behind = true,
	.help = "list nouns, verbs and options, or complete the last WORD",
	.options = no_options,
	.args_size = sizeof(struct list_args),
	.local = true,
	.hidden = true,
	.prepare = list_prepare,
	.run = list_run,
};
