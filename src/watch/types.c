// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>

#include "types.h"
#include "cli/parse.h"
#include "cli/suggest.h"
#include "icmp/names.h"

/* Room for any name, and for words that are too long to be a name. */
#define WORD_SIZE 64

/* The types of both families. */
struct type_sets {
	bool types4[256];
	bool types6[256];
};

static bool *set_of(struct type_sets *sets, uint8_t family)
{
	return family == AF_INET ? sets->types4 : sets->types6;
}

static const char *family_name(uint8_t family)
{
	return family == AF_INET ? "IPv4" : "IPv6";
}

bool opt_types(const struct opt *opt, const char *arg, void *dest)
{
	struct type_args *args = dest;

	(void)opt;
	if (args->count == TYPE_ARGS)
		return false;
	args->types[args->count++] = arg;
	return true;
}

bool opt_code(const struct opt *opt, const char *arg, void *dest)
{
	struct type_args *args = dest;

	(void)opt;
	args->code = arg;
	return true;
}

static bool wrong(const struct type_check *check, const char *text, ...)
	__attribute__((format(printf, 2, 3)));

static bool wrong(const struct type_check *check, const char *text, ...)
{
	va_list args;

	va_start(args, text);
	vsnprintf(check->wrong, check->size, text, args);
	va_end(args);
	return false;
}

/* Copy a name as in JSON, or with blanks as in text; ignore blanks around it. */
static void copy_word(char word[WORD_SIZE], const char *text, size_t len)
{
	for (; len && *text == ' '; len--)
		text++;
	while (len && text[len - 1] == ' ')
		len--;
	if (len >= WORD_SIZE)
		len = WORD_SIZE - 1;
	for (size_t i = 0; i < len; i++)
		word[i] = text[i] == ' ' ? '-' : text[i];
	word[len] = '\0';
}

/* ---- types ---- */

static bool is_code(const char *word)
{
	const struct icmp_type *type;

	for (type = icmp_types; type->name; type++)
		if (icmp_code_by_name(type, word) >= 0)
			return true;
	return false;
}

/* Suggest the nearest name; if there is none, up to two names that contain @word. */
static void similar_types(const char *word, const char *similar[2])
{
	const struct icmp_type *type;
	struct suggestion nearest;
	size_t count = 0;

	suggest_begin(&nearest, word);
	for (type = icmp_types; type->name; type++)
		suggest_consider(&nearest, type->name);
	similar[0] = nearest.word;
	similar[1] = NULL;
	if (nearest.word || strlen(word) < 3)
		return;
	/* Both families can have a type of the same name. */
	for (type = icmp_types; type->name && count < 2; type++)
		if (strstr(type->name, word) &&
		    (!count || strcmp(type->name, similar[0])))
			similar[count++] = type->name;
}

static bool unknown_type(const struct type_check *check, const char *word)
{
	const char *similar[2];

	similar_types(word, similar);
	if (is_code(word))
		return wrong(check,
			     "'%s' of --type is a code, did you mean '--code "
			     "%s'?",
			     word, word);
	if (!similar[0])
		return wrong(check,
			     "unknown type '%s' of --type, --type help lists "
			     "the types",
			     word);
	return wrong(check,
		     "unknown type '%s' of --type, did you mean '%s'%s%s%s?",
		     word, similar[0], similar[1] ? " or '" : "",
		     similar[1] ? similar[1] : "", similar[1] ? "'" : "");
}

/* A type that only the other family has never matches. */
static bool ruled_out(const struct type_check *check, const char *word,
		      const struct icmp_type *type)
{
	uint8_t family = type->family == AF_INET ? AF_INET6 : AF_INET;
	const struct icmp_type *same = icmp_type_by_name(family, type->name);

	if (!same)
		return wrong(check,
			     "type %s of --type exists for %s only, which %s "
			     "excludes",
			     word, family_name(type->family), check->reason);
	return wrong(check,
		     "type %s of --type is %s for %s, which %s excludes, did "
		     "you mean '%s'?",
		     word, type->name, family_name(type->family), check->reason,
		     type->name);
}

/* A number selects a type of both families, unless the filter is for one of them. */
static bool add_number(struct type_sets *sets, const struct type_check *check,
		       uint8_t family, const char *word, uint64_t number)
{
	const struct icmp_type *other;
	uint8_t type = (uint8_t)number;

	if (number > 255)
		return wrong(check, "type '%s' of --type is not from 0 to 255",
			     word);
	if (family && !icmp_type_find(family, type)) {
		other = icmp_type_find(family == AF_INET ? AF_INET6 : AF_INET,
				       type);
		if (other)
			return ruled_out(check, word, other);
	}
	if (family != AF_INET6)
		sets->types4[type] = true;
	if (family != AF_INET)
		sets->types6[type] = true;
	return true;
}

static bool add_word(struct type_sets *sets, const struct type_check *check,
		     uint8_t family, const char *word)
{
	const struct icmp_type *type4 = icmp_type_by_name(AF_INET, word);
	const struct icmp_type *type6 = icmp_type_by_name(AF_INET6, word);
	uint64_t number;

	if (parse_u64(word, &number))
		return add_number(sets, check, family, word, number);
	if (!type4 && !type6)
		return unknown_type(check, word);
	if (!type4 && family == AF_INET)
		return ruled_out(check, word, type6);
	if (!type6 && family == AF_INET6)
		return ruled_out(check, word, type4);
	if (type4 && family != AF_INET6)
		sets->types4[type4->type] = true;
	if (type6 && family != AF_INET)
		sets->types6[type6->type] = true;
	return true;
}

static bool add_types(struct type_sets *sets, const struct type_check *check,
		      uint8_t family, const char *arg)
{
	char word[WORD_SIZE];
	size_t len;

	for (const char *p = arg;; p += len + 1) {
		len = strcspn(p, ",");
		copy_word(word, p, len);
		if (!*word)
			return wrong(check,
				     "a type is missing in '%.80s' of "
				     "--type",
				     arg);
		if (!add_word(sets, check, family, word))
			return false;
		if (!p[len])
			return true;
	}
}

/* ---- codes ---- */

static bool unknown_code(const struct type_check *check, const char *word)
{
	const struct icmp_type *type;
	struct suggestion nearest;

	suggest_begin(&nearest, word);
	for (type = icmp_types; type->name; type++)
		for (int code = 0; code < type->codes_count; code++)
			if (type->codes[code])
				suggest_consider(&nearest, type->codes[code]);
	if (nearest.word)
		return wrong(check,
			     "unknown code '%s' of --code, did you mean '%s'?",
			     word, nearest.word);
	return wrong(check,
		     "unknown code '%s' of --code, --code help lists the codes",
		     word);
}

/* Report the name of a code that no type of the filter has. */
static bool no_such_code(const struct type_check *check, const char *word)
{
	const struct icmp_type *type;

	for (type = icmp_types; type->name; type++)
		if (icmp_code_by_name(type, word) >= 0)
			return wrong(check,
				     "code '%s' of --code is one of %s for %s, "
				     "which %s excludes",
				     word, type->name,
				     family_name(type->family), check->reason);
	return unknown_code(check, word);
}

static bool ambiguous_code(const struct type_check *check, const char *word,
			   const struct icmp_type *a, const struct icmp_type *b)
{
	return wrong(check,
		     "code '%s' of --code is %d of %s for %s and %d of %s for "
		     "%s: select one with -4, -6 or --type",
		     word, icmp_code_by_name(a, word), a->name,
		     family_name(a->family), icmp_code_by_name(b, word),
		     b->name, family_name(b->family));
}

/* Reduce @sets to the types that have the code; all of them must agree on its number. */
static bool find_code(struct type_sets *sets, const struct type_check *check,
		      const char *word, uint32_t *number)
{
	const struct icmp_type *type, *first = NULL;
	struct type_sets found = { 0 };

	for (type = icmp_types; type->name; type++) {
		int code = icmp_code_by_name(type, word);

		if (code < 0 || !set_of(sets, type->family)[type->type])
			continue;
		if (first && code != icmp_code_by_name(first, word))
			return ambiguous_code(check, word, first, type);
		if (!first)
			first = type;
		set_of(&found, type->family)[type->type] = true;
		*number = (uint32_t)code;
	}
	if (!first)
		return no_such_code(check, word);
	*sets = found;
	return true;
}

static bool add_code(struct type_sets *sets, const struct type_check *check,
		     const char *arg, bool *limits_types,
		     struct kctl_watch_filter *filter)
{
	char word[WORD_SIZE];
	uint64_t number;

	copy_word(word, arg, strlen(arg));
	filter->has_code = true;
	if (!parse_u64(word, &number)) {
		*limits_types = true;
		return find_code(sets, check, word, &filter->code);
	}
	if (number > 255)
		return wrong(check, "code '%s' of --code is not from 0 to 255",
			     word);
	filter->code = (uint32_t)number;
	return true;
}

/* ---- the filter ---- */

static size_t list_types(const bool set[256], uint8_t list[256])
{
	size_t count = 0;

	for (int type = 0; type < 256; type++)
		if (set[type])
			list[count++] = (uint8_t)type;
	return count;
}

/*
 * To the kernel, an empty set of types means all types. If all types given belong
 * to one family, exclude the other family instead.
 */
static void set_types(const struct type_sets *sets,
		      struct kctl_watch_filter *filter)
{
	filter->types4_count = list_types(sets->types4, filter->types4);
	filter->types6_count = list_types(sets->types6, filter->types6);
	if (!filter->types6_count)
		filter->family = AF_INET;
	else if (!filter->types4_count)
		filter->family = AF_INET6;
}

bool types_filter(const struct type_args *args, const struct type_check *check,
		  struct kctl_watch_filter *filter)
{
	struct type_check of_code = *check;
	struct type_sets sets = { 0 };
	bool limited = false;

	for (size_t i = 0; i < args->count; i++) {
		if (!strcmp(args->types[i], "help"))
			continue;
		if (!add_types(&sets, check, (uint8_t)filter->family,
			       args->types[i]))
			return false;
		limited = true;
	}
	if (!limited) {
		memset(sets.types4, filter->family != AF_INET6, 256);
		memset(sets.types6, filter->family != AF_INET, 256);
	} else {
		of_code.reason = "--type";
	}
	if (args->code && strcmp(args->code, "help") &&
	    !add_code(&sets, &of_code, args->code, &limited, filter))
		return false;
	if (limited)
		set_types(&sets, filter);
	return true;
}

bool types_match(const struct kctl_watch_filter *filter, uint8_t family,
		 const uint8_t *type)
{
	bool v4 = family == AF_INET;
	const uint8_t *types = v4 ? filter->types4 : filter->types6;
	size_t count = v4 ? filter->types4_count : filter->types6_count;

	return !count || (type && memchr(types, *type, count));
}
