// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "command.h"

const struct opt no_options[] = { { 0 } };

bool command_is_noun(const struct command *c, const char *noun)
{
	return !strcmp(c->noun, noun) ||
	       (c->alias_noun && !strcmp(c->alias_noun, noun));
}

const char *command_verb_under(const struct command *c, const char *noun)
{
	return strcmp(c->noun, noun) ? c->alias_verb : c->verb;
}

/* If a command has no verb, the word after the noun is an argument. */
static bool is_command(const struct command *c, const char *noun,
		       const char *verb)
{
	const char *own;

	if (!command_is_noun(c, noun))
		return false;
	own = command_verb_under(c, noun);
	return !own || (verb && !strcmp(own, verb));
}

const struct command *command_find(const struct command *const *commands,
				   const char *noun, const char *verb)
{
	while (*commands && !is_command(*commands, noun, verb))
		commands++;
	return *commands;
}

bool command_noun_exists(const struct command *const *commands,
			 const char *noun)
{
	while (*commands && !command_is_noun(*commands, noun))
		commands++;
	return *commands;
}
