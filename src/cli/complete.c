// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "complete.h"
#include "global.h"
#include "live.h"
#include "netns.h"

/**
 * struct line - a command line up to the word that is completed
 * @stream: where the words go
 * @commands: all commands
 * @noun: its noun, or NULL
 * @command: its command, or NULL
 * @pending: the option whose argument comes next, or NULL
 * @netns: the argument of --netns, or NULL
 * @helping: it begins with help
 * @behind: there was a "--"
 * @operands: number of operands
 */
struct line {
	FILE *stream;
	const struct command *const *commands;
	const char *noun;
	const struct command *command;
	const struct opt *pending;
	const char *netns;
	bool helping;
	bool behind;
	int operands;
};

/* The option for "--name", or "-x" if @len is 1. */
static const struct opt *find_in(const struct opt *table, const char *name,
				 size_t len, bool letter)
{
	for (; table && !opt_end(table); table++)
		if (letter ? table->letter == *name :
			     table->name && strlen(table->name) == len &&
				     !strncmp(table->name, name, len))
			return table;
	return NULL;
}

static const struct opt *find_option(const struct line *line, const char *name,
				     size_t len, bool letter)
{
	const struct opt *opt = NULL;

	if (line->command)
		opt = find_in(line->command->options, name, len, letter);
	return opt ? opt : find_in(global_options, name, len, letter);
}

static bool needs_argument(const struct opt *opt)
{
	return opt && opt->arg && !opt->optional;
}

static void take_argument(struct line *line, const struct opt *opt,
			  const char *argument)
{
	if (opt && opt->name && !strcmp(opt->name, "netns"))
		line->netns = argument;
}

static void take_long(struct line *line, const char *name)
{
	size_t len = strcspn(name, "=");
	const struct opt *opt = find_option(line, name, len, false);

	if (name[len])
		take_argument(line, opt, name + len + 1);
	else if (needs_argument(opt))
		line->pending = opt;
}

/* In a word of letters, the rest after the first that takes an argument is its argument. */
static void take_letters(struct line *line, const char *letters)
{
	const struct opt *opt;

	for (; *letters; letters++) {
		opt = find_option(line, letters, 1, true);
		if (!needs_argument(opt))
			continue;
		if (letters[1])
			take_argument(line, opt, letters + 1);
		else
			line->pending = opt;
		return;
	}
}

static void take_word(struct line *line, const char *word)
{
	if (line->command) {
		line->operands++;
	} else if (!line->noun && !strcmp(word, "help")) {
		line->helping = true;
	} else if (!line->noun) {
		line->noun = word;
		line->command = command_find(line->commands, word, NULL);
	} else {
		line->command = command_find(line->commands, line->noun, word);
	}
}

static void take(struct line *line, const char *word)
{
	if (line->pending) {
		take_argument(line, line->pending, word);
		line->pending = NULL;
	} else if (line->behind || word[0] != '-' || !word[1]) {
		take_word(line, word);
	} else if (!strcmp(word, "--")) {
		line->behind = true;
	} else if (word[1] == '-') {
		take_long(line, word + 2);
	} else {
		take_letters(line, word + 1);
	}
}

static void offer(const struct line *line, const char *word, const char *begun,
		  const char *before, const char *about)
{
	if (!strncmp(word, begun, strlen(begun)))
		fprintf(line->stream, "%s%s%s%s\n", before, word,
			about ? "\t" : "", about ? about : "");
}

/* Offer each of @words, which "|" separates. */
static void offer_words(const struct line *line, char *words, const char *begun,
			const char *before)
{
	for (char *word; (word = strsep(&words, "|"));)
		offer(line, word, begun, before, NULL);
}

static void offer_list(const struct line *line, const struct opt *opt,
		       const char *begun, const char *before)
{
	char *words = NULL;
	size_t size;
	FILE *stream;

	if (!opt->words) {
		words = strdup(opt->arg);
	} else {
		stream = open_memstream(&words, &size);
		if (!stream)
			return;
		opt->words(stream);
		fclose(stream);
	}
	if (words)
		offer_words(line, words, begun, before);
	free(words);
}

/* Complete the last of a list "a,b,c". */
static void offer_last(const struct line *line, const struct opt *opt,
		       const char *begun, const char *before)
{
	const char *comma = strrchr(begun, ',');
	char *all = NULL;

	if (!comma) {
		offer_list(line, opt, begun, before);
	} else if (asprintf(&all, "%s%.*s", before, (int)(comma + 1 - begun),
			    begun) >= 0) {
		offer_list(line, opt, comma + 1, all);
		free(all);
	}
}

/* The kind of names of an argument or an operand that the kernel or the system knows. */
static const struct {
	const char *word;
	live_fn *names;
} sources[] = {
	{ "NAME", live_entries },	  { "[PREFIX]", live_entries },
	{ "channel", live_channels },	  { "to", live_channels },
	{ "dead-letter", live_channels }, { "IF", live_interfaces },
	{ "NETNS", live_namespaces },	  { "USER", live_users },
	{ "GROUP", live_groups },
};

struct offer {
	const struct line *line;
	const char *begun;
	const char *before;
};

static void offer_live(void *data, const char *name)
{
	const struct offer *o = data;

	offer(o->line, name, o->begun, o->before, NULL);
}

/* Offer the names for @word, an argument of the help; false if it has none. */
static bool offer_names(const struct line *line, const char *word,
			const char *begun, const char *before)
{
	struct offer o = { line, begun, before };

	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		if (strcmp(sources[i].word, word))
			continue;
		/* The names of namespaces are the same in all of them. */
		if (line->netns && sources[i].names != live_namespaces &&
		    netns_enter(line->netns))
			return true;
		sources[i].names(offer_live, &o);
		return true;
	}
	return false;
}

/* Complete the argument @begun of an option; print @before before each word. */
static void complete_argument(const struct line *line, const struct opt *opt,
			      const char *begun, const char *before)
{
	if (opt->words || strchr(opt->arg, '|'))
		(opt->adds_up ? offer_last : offer_list)(line, opt, begun,
							 before);
	else if (!strcmp(opt->arg, "FILE"))
		fputs("\tfile\n", line->stream);
	else if (!offer_names(line, opt->arg, begun, before) && opt->name)
		offer_names(line, opt->name, begun, before);
}

static void complete_joined(const struct line *line, const char *word)
{
	size_t len = strcspn(word, "=");
	const struct opt *opt = find_option(line, word + 2, len - 2, false);
	char *before;

	if (!opt || !opt->arg)
		return;
	before = strndup(word, len + 1);
	if (before)
		complete_argument(line, opt, word + len + 1, before);
	free(before);
}

/* Offer the names of an option that begin with @begun; returns how many. */
static int offer_option(const struct line *line, const struct opt *opt,
			const char *begun)
{
	char words[2][40] = { "", "" };
	int count = 0;

	if (opt->name)
		snprintf(words[0], sizeof(words[0]), "--%s", opt->name);
	if (opt->letter)
		snprintf(words[1], sizeof(words[1]), "-%c", opt->letter);
	for (int i = 0; i < 2; i++) {
		if (!*words[i] || strncmp(words[i], begun, strlen(begun)))
			continue;
		offer(line, words[i], begun, "", opt->help);
		count++;
	}
	return count;
}

static int offer_options(const struct line *line, const struct opt *opt,
			 const char *begun)
{
	int count = 0;

	for (; !opt_end(opt); opt++)
		count += offer_option(line, opt, begun);
	return count;
}

/* The options of the command; if none of them fits, the global ones. */
static void complete_option(const struct line *line, const char *begun)
{
	static const struct opt help[] = {
		{ .name = "help", .help = "print this help" },
		{ 0 },
	};
	int count = 0;

	if (line->command)
		count = offer_options(line, line->command->options, begun);
	count += offer_options(line, help, begun);
	if (!line->command || !count)
		offer_options(line, global_options, begun);
}

static bool is_first(const struct command *const *commands, size_t at,
		     const char *noun)
{
	for (size_t i = 0; i < at; i++)
		if (!commands[i]->hidden && command_is_noun(commands[i], noun))
			return false;
	return true;
}

static void complete_noun(const struct line *line, const char *begun)
{
	const struct command *const *c = line->commands;

	for (size_t i = 0; c[i]; i++) {
		if (c[i]->hidden)
			continue;
		if (is_first(c, i, c[i]->noun))
			offer(line, c[i]->noun, begun, "",
			      c[i]->verb ? NULL : c[i]->help);
		if (c[i]->alias_noun && is_first(c, i, c[i]->alias_noun))
			offer(line, c[i]->alias_noun, begun, "", NULL);
	}
}

static void complete_verb(const struct line *line, const char *begun)
{
	const struct command *const *c;

	for (c = line->commands; *c; c++)
		if (!(*c)->hidden && command_is_noun(*c, line->noun) &&
		    command_verb_under(*c, line->noun))
			offer(line, command_verb_under(*c, line->noun), begun,
			      "", (*c)->help);
}

static void complete_operand(const struct line *line, const char *begun)
{
	const char *operands = line->command->operands;

	if (line->helping || !operands)
		return;
	if (strstr(operands, "CMD")) {
		if (line->behind)
			fputs(line->operands ? "\tfile\n" : "\tcommand\n",
			      line->stream);
	} else if (strstr(operands, "FILE")) {
		fputs("\tfile\n", line->stream);
	} else {
		offer_names(line, operands, begun, "");
	}
}

void complete(FILE *stream, const struct command *const *commands,
	      char *const *words)
{
	struct line line = { .stream = stream, .commands = commands };
	const char *last;

	if (!*words)
		return;
	for (; words[1]; words++)
		take(&line, *words);
	last = *words;
	if (line.pending)
		complete_argument(&line, line.pending, last, "");
	else if (!line.behind && !strncmp(last, "--", 2) && strchr(last, '='))
		complete_joined(&line, last);
	else if (!line.behind && *last == '-')
		complete_option(&line, last);
	else if (!line.noun)
		complete_noun(&line, last);
	else if (!line.command)
		complete_verb(&line, last);
	else
		complete_operand(&line, last);
}
