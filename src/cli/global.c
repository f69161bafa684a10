// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "global.h"

static bool opt_color(const struct opt *opt, const char *arg, void *dest)
{
	static const char *const words[] = {
		[COLOR_AUTO] = "auto",
		[COLOR_ALWAYS] = "always",
		[COLOR_NEVER] = "never",
	};

	(void)opt;
	for (int i = COLOR_AUTO; i <= COLOR_NEVER; i++) {
		if (strcmp(arg, words[i]))
			continue;
		*(enum color *)dest = (enum color)i;
		return true;
	}
	return false;
}

static bool opt_netns(const struct opt *opt, const char *arg, void *dest)
{
	if (!*arg || !strcmp(arg, ".") || !strcmp(arg, ".."))
		return false;
	return opt_string(opt, arg, dest);
}

const struct opt global_options[] = {
	{
		.name = "json",
		.letter = 'j',
		.help = "print JSON, also for errors",
		.parse = opt_flag,
		.offset = offsetof(struct globals, json),
	},
	{
		.name = "pretty",
		.letter = 'p',
		.help = "indent JSON, except for streams",
		.parse = opt_flag,
		.offset = offsetof(struct globals, pretty),
	},
	{
		.name = "netns",
		.letter = 'n',
		.arg = "NETNS",
		.help = "network namespace to work in: name, PID or path",
		.expects = "a name in /run/netns, a process ID or a path",
		.parse = opt_netns,
		.offset = offsetof(struct globals, netns),
	},
	{
		.name = "all-netns",
		.help = "status and list: work in each named namespace",
		.parse = opt_flag,
		.offset = offsetof(struct globals, all_netns),
	},
	{
		.name = "quiet",
		.letter = 'q',
		.help = "print no notices and no summaries",
		.parse = opt_flag,
		.offset = offsetof(struct globals, quiet),
	},
	{
		.name = "verbose",
		.letter = 'v',
		.help = "report progress on standard error",
		.parse = opt_flag,
		.offset = offsetof(struct globals, verbose),
	},
	{
		.name = "color",
		.arg = "auto|always|never",
		.help = "colour the text",
		.expects = "auto, always or never",
		.parse = opt_color,
		.offset = offsetof(struct globals, color),
	},
	{
		.name = "version",
		.letter = 'V',
		.help = "print the versions of tool and module",
		.parse = opt_flag,
		.offset = offsetof(struct globals, version),
	},
	{ 0 },
};

bool global_color(const struct globals *globals)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (globals->color != COLOR_AUTO)
		return globals->color == COLOR_ALWAYS;
	if ((no_color && *no_color) || !term || !strcmp(term, "dumb"))
		return false;
	return isatty(STDOUT_FILENO);
}
