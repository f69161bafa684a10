/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ICMP types and codes on the command line: --type and --code of kctl watch icmp */
#ifndef KCTL_WATCH_TYPES_H
#define KCTL_WATCH_TYPES_H

#include "cli/opt.h"
#include "cli/out.h"
#include "lib/libkctl.h"

/* How often --type can be given. */
#define TYPE_ARGS 16

/**
 * struct type_args - the arguments of --type and --code
 * @types: the arguments of --type, lists of names and numbers
 * @count: number of elements in @types
 * @code: the argument of --code, or NULL
 */
struct type_args {
	const char *types[TYPE_ARGS];
	size_t count;
	const char *code;
};

/* Parsers of the options; they only note the arguments. */
bool opt_types(const struct opt *opt, const char *arg, void *dest);
bool opt_code(const struct opt *opt, const char *arg, void *dest);

/* Print all names of types or codes for completion; see struct opt. */
void types_list(FILE *stream);
void codes_list(FILE *stream);

/**
 * types_is_help() - check if the user asks what the types or the codes are
 * @args: the arguments
 *
 * Return: true if an argument is "help".
 */
bool types_is_help(const struct type_args *args);

/**
 * types_print() - print the types, or with --code help the codes
 * @out: the printer
 * @args: the arguments
 * @filter: print only types of its family; and only codes of its types
 */
void types_print(struct out *out, const struct type_args *args,
		 const struct kctl_watch_filter *filter);

/**
 * struct type_check - where errors of arguments go
 * @reason: the option that selects the family of the filter, for errors
 * @wrong: gets the text of a usage error
 * @size: size of @wrong
 */
struct type_check {
	const char *reason;
	char *wrong;
	size_t size;
};

/**
 * types_filter() - set types, code and family of a filter
 * @args: the arguments
 * @check: where errors go
 * @filter: its family is that of the other options, or 0
 *
 * "help" is ignored. The name of a code selects the types that have it, among those of
 * --type if there are any.
 *
 * Return: false if there is an error.
 */
bool types_filter(const struct type_args *args, const struct type_check *check,
		  struct kctl_watch_filter *filter);

/**
 * types_match() - check if a filter lets a type through
 * @filter: the filter; its family is not looked at
 * @family: AF_INET or AF_INET6
 * @type: ICMP or ICMPv6 type; or NULL if it is not known, which only a filter for all types
 *	matches
 *
 * Return: true if it does.
 */
bool types_match(const struct kctl_watch_filter *filter, uint8_t family,
		 const uint8_t *type);

#endif /* KCTL_WATCH_TYPES_H */
