/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options before the noun, which can also follow the verb */
#ifndef KCTL_GLOBAL_H
#define KCTL_GLOBAL_H

#include <stdbool.h>

#include "opt.h"

enum color {
	COLOR_AUTO,
	COLOR_ALWAYS,
	COLOR_NEVER,
};

struct globals {
	bool json;
	bool pretty;
	bool quiet;
	bool verbose;
	bool version;
	const char *netns;
	bool all_netns;
	enum color color;
};

extern const struct opt global_options[];

/**
 * global_color() - check if text shall have colours
 * @globals: the options
 *
 * Return: true if --color=always, or if --color=auto, standard output is a terminal
 * with colours and NO_COLOR is not set.
 */
bool global_color(const struct globals *globals);

#endif /* KCTL_GLOBAL_H */
