// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>
#include <inttypes.h>
#include <string.h>

#include "opt.h"
#include "parse.h"
#include "suggest.h"

#define LINE_WIDTH	80
#define SYNOPSIS_INDENT 11

/*
 * getopt_long() returns this plus i for table[i], or plus OPT_MAX and i for an option of
 * the outer level; it uses 0 to 255 itself.
 */
#define OPT_CODE   256
#define OUTER_CODE (OPT_CODE + OPT_MAX)
#define HELP_CODE  (OUTER_CODE + OPT_MAX)

bool opt_end(const struct opt *opt)
{
	return !opt->name && !opt->letter;
}

bool opt_flag(const struct opt *opt, const char *arg, void *dest)
{
	(void)opt;
	(void)arg;
	*(bool *)dest = true;
	return true;
}

bool opt_string(const struct opt *opt, const char *arg, void *dest)
{
	(void)opt;
	*(const char **)dest = arg;
	return true;
}

bool opt_u64(const struct opt *opt, const char *arg, void *dest)
{
	uint64_t number;

	if (!parse_u64(arg, &number) || number < opt->min || number > opt->max)
		return false;
	*(uint64_t *)dest = number;
	return true;
}

bool opt_u32(const struct opt *opt, const char *arg, void *dest)
{
	uint64_t number;

	if (!opt_u64(opt, arg, &number))
		return false;
	*(uint32_t *)dest = (uint32_t)number;
	return true;
}

bool opt_seconds(const struct opt *opt, const char *arg, void *dest)
{
	int64_t ns;

	if (!parse_seconds(arg, &ns) || ns < (int64_t)opt->min)
		return false;
	*(int64_t *)dest = ns;
	return true;
}

/* The name of an option in messages: --name, or -x. */
static void opt_title(const struct opt *opt, char title[32])
{
	if (opt->name)
		snprintf(title, 32, "--%s", opt->name);
	else
		snprintf(title, 32, "-%c", opt->letter);
}

/* The arguments of getopt_long(), made from a table. */
struct getopt_table {
	struct option longs[2 * OPT_MAX + 2];
	char shorts[4 * OPT_MAX + 8];
	size_t long_count;
	size_t short_count;
};

static int wants_argument(const struct opt *opt)
{
	if (!opt->arg)
		return no_argument;
	return opt->optional ? optional_argument : required_argument;
}

static const struct opt *opt_by_letter(const struct opt *table, int letter)
{
	const struct opt *opt;

	for (opt = table; opt && !opt_end(opt); opt++)
		if (opt->letter == letter)
			return opt;
	return NULL;
}

static const struct opt *opt_by_name(const struct opt *table, const char *name,
				     size_t len)
{
	const struct opt *opt;

	for (opt = table; opt && !opt_end(opt); opt++)
		if (opt->name && strlen(opt->name) == len &&
		    !strncmp(opt->name, name, len))
			return opt;
	return NULL;
}

/* Find the option of @table that has the letter or the name of @opt. */
static const struct opt *opt_like(const struct opt *table,
				  const struct opt *opt)
{
	const struct opt *same = NULL;

	if (opt->letter)
		same = opt_by_letter(table, opt->letter);
	if (!same && opt->name)
		same = opt_by_name(table, opt->name, strlen(opt->name));
	return same;
}

static void getopt_table_add(struct getopt_table *g, const struct opt *opt,
			     int code)
{
	if (opt->name)
		g->longs[g->long_count++] =
			(struct option){ opt->name, wants_argument(opt), NULL,
					 code };
	if (opt->letter)
		g->shorts[g->short_count++] = opt->letter;
	if (opt->letter && opt->arg)
		g->shorts[g->short_count++] = ':';
}

static void getopt_table_make(struct getopt_table *g, const struct opt *table,
			      const struct opt *outer, bool stop_at_operand)
{
	static const struct opt help = { .name = "help", .letter = 'h' };
	int i;

	*g = (struct getopt_table){ 0 };
	/* '-': report operands in their place. ':': report a missing argument. */
	g->shorts[g->short_count++] = stop_at_operand ? '+' : '-';
	g->shorts[g->short_count++] = ':';
	for (i = 0; !opt_end(&table[i]); i++)
		getopt_table_add(g, &table[i], OPT_CODE + i);
	for (i = 0; outer && !opt_end(&outer[i]); i++)
		if (!opt_like(table, &outer[i]))
			getopt_table_add(g, &outer[i], OUTER_CODE + i);
	getopt_table_add(g, &help, HELP_CODE);
}

/* Get the level and the option for a return value of getopt_long(). */
static struct opt_level *opt_by_code(struct opt_level *level,
				     struct opt_level *outer, int code,
				     const struct opt **opt)
{
	if (code >= OUTER_CODE) {
		*opt = &outer->table[code - OUTER_CODE];
		return outer;
	}
	*opt = code >= OPT_CODE ? &level->table[code - OPT_CODE] :
				  opt_by_letter(level->table, code);
	if (*opt)
		return level;
	*opt = opt_by_letter(outer->table, code);
	return outer;
}

static const struct opt *table_of(const struct opt_level *level)
{
	return level ? level->table : NULL;
}

/* Check if @token, "--name" or "--name=…", is the full name of an option. */
static bool exact_name(const struct opt_level *level,
		       const struct opt_level *outer, const char *token)
{
	size_t len = strcspn(token + 2, "=");

	return (len == strlen("help") && !strncmp(token + 2, "help", len)) ||
	       opt_by_name(level->table, token + 2, len) ||
	       opt_by_name(table_of(outer), token + 2, len);
}

static void consider_options(struct suggestion *nearest,
			     const struct opt *table)
{
	for (; table && !opt_end(table); table++)
		if (table->name)
			suggest_consider(nearest, table->name);
}

static void suggest_option(const struct opt_level *level,
			   const struct opt_level *outer, const char *token,
			   struct opt_result *result)
{
	struct suggestion nearest;

	suggest_begin(&nearest, token + 2);
	consider_options(&nearest, level->table);
	consider_options(&nearest, table_of(outer));
	suggest_consider(&nearest, "help");
	if (nearest.word)
		snprintf(result->hint, sizeof(result->hint),
			 "did you mean '--%s'?", nearest.word);
}

static bool unknown_option(const struct opt_level *level,
			   const struct opt_level *outer, const char *token,
			   struct opt_result *result)
{
	char letter[3] = { '-', (char)optopt, '\0' };
	bool is_long = token[1] == '-';

	/* In a cluster like -4x only getopt knows which letter is wrong. */
	if (!is_long)
		token = letter;
	snprintf(result->error, sizeof(result->error), "unknown option '%s'",
		 token);
	if (is_long)
		suggest_option(level, outer, token, result);
	return false;
}

/* Report the error in @token for which getopt_long() returned '?' or ':'. */
static bool bad_option(const struct opt_level *level,
		       const struct opt_level *outer, int code,
		       const char *token, struct opt_result *result)
{
	bool known = token[1] == '-' ? exact_name(level, outer, token) :
				       code == ':';

	if (!known)
		return unknown_option(level, outer, token, result);
	snprintf(result->error, sizeof(result->error),
		 code == ':' ? "option '%s' needs an argument" :
			       "option '%s' takes no argument",
		 token);
	return false;
}

/* Refuse a second argument: it would replace the first one, which the user also wanted. */
static bool check_first(const struct opt_level *level, const struct opt *opt,
			struct opt_result *result)
{
	uint32_t bit = UINT32_C(1) << (opt - level->table);
	char title[32];

	if (!opt->arg || opt->adds_up || !(level->seen & bit))
		return true;
	opt_title(opt, title);
	snprintf(result->error, sizeof(result->error),
		 "option %s appears twice", title);
	return false;
}

static bool take_argument(const struct opt *opt, void *dest,
			  struct opt_result *result)
{
	char title[32];

	if (opt->parse(opt, optarg, (char *)dest + opt->offset))
		return true;
	opt_title(opt, title);
	if (opt->parse == opt_seconds)
		snprintf(result->error, sizeof(result->error),
			 "invalid argument '%.80s' of %s: seconds %s %d "
			 "expected, as in 5, .25 or 10s",
			 optarg, title,
			 opt->min ? "above 0, up to" : "from 0 to",
			 SECONDS_MAX);
	else if (opt->expects)
		snprintf(result->error, sizeof(result->error),
			 "invalid argument '%.80s' of %s: %s expected", optarg,
			 title, opt->expects);
	else
		snprintf(
			result->error, sizeof(result->error),
			"invalid argument '%.80s' of %s: a number from %" PRIu64
			" to %" PRIu64 " expected",
			optarg, title, opt->min, opt->max);
	return false;
}

const char *opt_surplus(const struct opt_level *level,
			const struct opt_result *result)
{
	if (level->operands_behind && result->before)
		return result->operands[0];
	if (result->operand_count > level->max_operands)
		return result->operands[level->max_operands];
	return NULL;
}

void opt_suggest(const struct opt_level *level, const char *name,
		 struct opt_result *result)
{
	const struct opt *opt = opt_by_name(level->table, name, strlen(name));
	char *dest = level->dest, title[32];
	const char *operand;

	if (!opt || opt_given(level, name) || !opt_surplus(level, result))
		return;
	operand = result->operands[0];
	if (opt->likely && !opt->likely(operand))
		return;
	opt_title(opt, title);
	if (opt->parse(opt, operand, dest + opt->offset))
		snprintf(result->hint, sizeof(result->hint),
			 "did you mean '%s %.80s'?", title, operand);
}

static bool check_required(const struct opt_level *level,
			   struct opt_result *result)
{
	const struct opt *table = level->table;
	char title[32];
	int i;

	for (i = 0; !opt_end(&table[i]); i++) {
		if (!table[i].required || level->seen & UINT32_C(1) << i)
			continue;
		opt_title(&table[i], title);
		snprintf(result->error, sizeof(result->error),
			 "option %s %s is missing", title, table[i].arg);
		opt_suggest(level, table[i].name, result);
		return false;
	}
	return true;
}

/* Take the option for @code, a return value of getopt_long(). */
static bool take_option(struct opt_level *level, struct opt_level *outer,
			int code, struct opt_result *result)
{
	const struct opt *opt;
	struct opt_level *owner = opt_by_code(level, outer, code, &opt);

	if (!check_first(owner, opt, result) ||
	    !take_argument(opt, owner->dest, result))
		return false;
	owner->seen |= UINT32_C(1) << (opt - owner->table);
	return true;
}

bool opt_parse(struct opt_level *level, struct opt_level *outer, int argc,
	       char **argv, struct opt_result *result)
{
	struct getopt_table g;
	int code, at = 1;

	getopt_table_make(&g, level->table, table_of(outer), !result->operands);
	result->error[0] = result->hint[0] = '\0';
	opterr = 0;
	/* 0 makes glibc reset its state. */
	for (optind = 0;
	     (code = getopt_long(argc, argv, g.shorts, g.longs, NULL)) != -1;
	     at = optind) {
		if (code == 1) {
			result->operands[result->operand_count++] = optarg;
			continue;
		}
		if (code == '?' || code == ':')
			return bad_option(level, outer, code, argv[at], result);
		/* getopt_long() accepts abbreviations, kctl only full names. */
		if (code >= OPT_CODE && !exact_name(level, outer, argv[at]))
			return unknown_option(level, outer, argv[at], result);
		if (code == HELP_CODE || code == 'h') {
			result->help = true;
			return true;
		}
		if (!take_option(level, outer, code, result))
			return false;
	}
	result->used = optind;
	result->before = result->operand_count;
	while (result->operands && optind < argc)
		result->operands[result->operand_count++] = argv[optind++];
	if (result->operands)
		result->operands[result->operand_count] = NULL;
	return check_required(level, result);
}

bool opt_given(const struct opt_level *level, const char *name)
{
	const struct opt *opt = opt_by_name(level->table, name, strlen(name));

	return opt && level->seen & UINT32_C(1) << (opt - level->table);
}

void opt_copy_flags(const struct opt_level *from, struct opt_level *to)
{
	const struct opt *opt, *same;

	for (opt = from->table; !opt_end(opt); opt++) {
		if (opt->arg ||
		    !(from->seen & UINT32_C(1) << (opt - from->table)))
			continue;
		same = opt_like(to->table, opt);
		if (same && !same->arg)
			same->parse(same, NULL,
				    (char *)to->dest + same->offset);
	}
}

/* Append the argument of an option to its name. */
static void put_argument(const struct opt *opt, char *text, size_t size)
{
	size_t used = strlen(text);

	if (opt->arg)
		snprintf(text + used, size - used,
			 opt->optional ? "[=%s]" : " %s", opt->arg);
}

static void print_help_row(const struct opt *opt, FILE *stream)
{
	char left[40], letter[5] = "";

	if (opt->letter)
		snprintf(letter, sizeof(letter), "-%c%s", opt->letter,
			 opt->name ? ", " : "");
	snprintf(left, sizeof(left), "%s%s%s", letter, opt->name ? "--" : "",
		 opt->name ? opt->name : "");
	put_argument(opt, left, sizeof(left));
	fprintf(stream, "  %-25s %s\n", left, opt->help);
}

void opt_print_help(const struct opt *table, FILE *stream)
{
	static const struct opt help = {
		.name = "help",
		.letter = 'h',
		.help = "print this help",
	};

	for (; !opt_end(table); table++)
		print_help_row(table, stream);
	print_help_row(&help, stream);
}

/* Print an item of a synopsis, on a new line if this one is full. */
static int put_item(const char *item, FILE *stream, int column)
{
	if (column + 1 + (int)strlen(item) > LINE_WIDTH) {
		fprintf(stream, "\n%*s", SYNOPSIS_INDENT, "");
		column = SYNOPSIS_INDENT;
	}
	return column + fprintf(stream, " %s", item);
}

void opt_print_synopsis(const struct opt *table, const char *operands,
			FILE *stream, int column)
{
	char title[32], whole[72], item[80];

	for (; !opt_end(table); table++) {
		opt_title(table, title);
		if (table->letter)
			snprintf(title, sizeof(title), "-%c", table->letter);
		snprintf(whole, sizeof(whole), "%s", title);
		put_argument(table, whole, sizeof(whole));
		snprintf(item, sizeof(item), table->required ? "%s" : "[%s]",
			 whole);
		column = put_item(item, stream, column);
	}
	if (operands)
		put_item(operands, stream, column);
	putc('\n', stream);
}
