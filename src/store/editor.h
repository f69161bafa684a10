/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Let the user edit a file */
#ifndef KCTL_EDITOR_H
#define KCTL_EDITOR_H

#include "cli/cmd.h"

/* Error rows for commands that run an editor. */
extern const struct error_row editor_errors[];

/**
 * editor_begin() - keep signals from ending the program while a file is edited
 * @ctx: the run; main() lets the signals act at the end
 *
 * Return: 0 or a negative errno.
 */
int editor_begin(struct ctx *ctx);

/**
 * editor_run() - edit a file
 * @ctx: the run, after editor_begin(); errors are printed
 * @path: the file
 *
 * It runs $VISUAL, or $EDITOR, or editor(1), or vi(1). Only the editor handles SIGINT
 * and SIGQUIT while it runs.
 *
 * Return: EXIT_DONE if the editor has succeeded, or the exit status.
 */
enum exit_status editor_run(struct ctx *ctx, const char *path);

/**
 * editor_stopped() - check for a signal to the program
 *
 * Return: true if one is pending, which ends the program after its clean-up.
 */
bool editor_stopped(void);

/**
 * editor_end() - let a signal end a call of the kernel again, with EINTR
 * @ctx: the run, after editor_begin()
 *
 * The program then continues, and can report the path of the file.
 */
void editor_end(const struct ctx *ctx);

/**
 * editor_can_ask() - check if there is somebody to ask
 * @ctx: the run
 *
 * Return: true if standard input and error are a terminal, and errors are text.
 */
bool editor_can_ask(const struct ctx *ctx);

/**
 * editor_ask_again() - ask whether to edit again
 * @ctx: the run, after editor_begin()
 *
 * Return: true to edit; false to quit, and after a signal or the end of the input.
 */
bool editor_ask_again(struct ctx *ctx);

#endif /* KCTL_EDITOR_H */
