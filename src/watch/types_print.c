// SPDX-License-Identifier: GPL-2.0-or-later
/* The lists of types and codes: --type help, --code help, and completion */
#include <string.h>
#include <sys/socket.h>

#include "types.h"
#include "icmp/names.h"

static bool is_help(const char *arg)
{
	return arg && !strcmp(arg, "help");
}

bool types_is_help(const struct type_args *args)
{
	for (size_t i = 0; i < args->count; i++)
		if (is_help(args->types[i]))
			return true;
	return is_help(args->code);
}

/* Check if an earlier type in the table has the same name. */
static bool is_repeated(const struct icmp_type *type)
{
	return type->family == AF_INET6 &&
	       icmp_type_by_name(AF_INET, type->name);
}

static void put_number(struct out *out, const char *key, uint8_t family,
		       uint8_t wanted, const char *name)
{
	const struct icmp_type *type = icmp_type_by_name(family, name);

	if (wanted && wanted != family)
		return;
	if (type)
		out_uint(out, key, " %5u", type->type);
	else
		out_text(out, "     -");
}

static void print_types(struct out *out, uint8_t family)
{
	const struct icmp_type *type;

	out_heading(out, "%-32s%s%s", "NAME",
		    family == AF_INET6 ? "" : "  IPV4",
		    family == AF_INET ? "" : "  IPV6");
	for (type = icmp_types; type->name; type++) {
		if (family ? type->family != family : is_repeated(type))
			continue;
		out_object(out, NULL);
		out_string(out, "name", "%-32s", type->name);
		put_number(out, "ipv4", AF_INET, family, type->name);
		put_number(out, "ipv6", AF_INET6, family, type->name);
		out_text(out, "\n");
		out_end(out);
	}
}

static void print_codes_of(struct out *out, const struct icmp_type *type)
{
	for (unsigned int code = 0; code < type->codes_count; code++) {
		if (!type->codes[code])
			continue;
		out_object(out, NULL);
		out_string(out, "family", "%-5s",
			   type->family == AF_INET ? "inet" : "inet6");
		out_uint(out, "type", " %4u", type->type);
		out_json_string(out, "type_name", type->name);
		out_uint(out, "code", " %4u", code);
		out_string(out, "code_name", "  %s", type->codes[code]);
		out_text(out, " (%s)\n", type->name);
		out_end(out);
	}
}

static bool is_wanted(const struct kctl_watch_filter *filter,
		      const struct icmp_type *type)
{
	return (!filter->family || filter->family == type->family) &&
	       types_match(filter, type->family, &type->type);
}

static void print_codes(struct out *out, const struct kctl_watch_filter *filter)
{
	const struct icmp_type *type;

	out_heading(out, "%-5s %4s %4s  %s", "", "TYPE", "CODE", "NAME (TYPE)");
	for (type = icmp_types; type->name; type++)
		if (is_wanted(filter, type))
			print_codes_of(out, type);
}

void types_print(struct out *out, const struct type_args *args,
		 const struct kctl_watch_filter *filter)
{
	out_array(out, NULL);
	if (is_help(args->code))
		print_codes(out, filter);
	else
		print_types(out, (uint8_t)filter->family);
	out_end(out);
}

void types_list(FILE *stream)
{
	const struct icmp_type *type;

	fputs("help", stream);
	for (type = icmp_types; type->name; type++)
		if (!is_repeated(type))
			fprintf(stream, "|%s", type->name);
}

/* Check if an earlier type in the table has a code of the same name. */
static bool is_repeated_code(const struct icmp_type *of, const char *name)
{
	const struct icmp_type *type;

	for (type = icmp_types; type < of; type++)
		if (icmp_code_by_name(type, name) >= 0)
			return true;
	return false;
}

void codes_list(FILE *stream)
{
	const struct icmp_type *type;

	fputs("help", stream);
	for (type = icmp_types; type->name; type++)
		for (int code = 0; code < type->codes_count; code++)
			if (type->codes[code] &&
			    !is_repeated_code(type, type->codes[code]))
				fprintf(stream, "|%s", type->codes[code]);
}
