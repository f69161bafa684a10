/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Completion: the words that can stand at the end of a command line. The scripts in
 * completions/ pass on the typed words, and offer the words printed here.
 */
#ifndef KCTL_COMPLETE_H
#define KCTL_COMPLETE_H

#include <stdio.h>

#include "command.h"

/**
 * complete() - print the words that can replace the last word of a command line
 * @stream: the stream to print to: a word a line, with a tab and a description if there
 *	is one. A line that begins with a tab asks the shell itself for "file" names or
 *	for a "command"
 * @commands: all commands
 * @words: the command line behind the name of the program, NULL at the end; the last
 *	word is the one to replace, and can be empty
 *
 * Names that only the kernel knows are those of the network namespace that the command
 * line has. Without the module, or without permission, there are none.
 */
void complete(FILE *stream, const struct command *const *commands,
	      char *const *words);

#endif /* KCTL_COMPLETE_H */
