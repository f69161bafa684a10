/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options that go in front of the noun */
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
	enum color color;
};

extern const struct opt global_options[];

/**
 * global_color() - is text to be coloured?
 * @globals: the options
 *
 * Return: true if asked for, or if a terminal that can do it is standard output
 * and the environment does not say NO_COLOR.
 */
bool global_color(const struct globals *globals);

#endif /* KCTL_GLOBAL_H */
