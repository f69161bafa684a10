/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Save and restore channels, for the commands of this folder and of src/save */
#ifndef KCTL_CHANNEL_SAVED_H
#define KCTL_CHANNEL_SAVED_H

#include "section.h"
#include "cli/cmd.h"

/* Error rows for commands that restore channels; {subject} is the channel. */
extern const struct error_row saved_errors[];

/**
 * struct channels_save_args - arguments of commands that save channels
 * @file: the file, or NULL for standard output
 * @messages: with messages, also those of channels that are not configured
 */
struct channels_save_args {
	const char *file;
	bool messages;
};

extern const struct opt channels_save_options[];

/**
 * channels_save() - write the section of the channels
 * @ctx: the run; errors, and what is omitted, are printed
 * @args: struct channels_save_args
 * @stream: where to write
 *
 * Return: EXIT_DONE or the exit status.
 */
enum exit_status channels_save(struct ctx *ctx, const void *args, FILE *stream);

/**
 * channels_limits() - read the limits of the channels of this network namespace
 * @section: its limits are set; without the module to the largest ones, and then it keeps
 *	no messages
 */
void channels_limits(struct channel_section *section);

/**
 * struct channels_restore - what restores channels
 * @ctx: the run; errors are printed
 * @section: the channels
 * @append: append messages to those that wait in the channel
 * @now: the channels as they are
 * @socket: sends messages, bound to @from
 * @from: channel of @socket, or 0
 * @set: number of channels that were set so far
 * @sent: number of messages that were sent so far
 */
struct channels_restore {
	struct ctx *ctx;
	const struct channel_section *section;
	bool append;
	struct kctl_channels *now;
	struct kctl_proto *socket;
	uint32_t from;
	uint64_t set;
	uint64_t sent;
};

/**
 * channels_restore_begin() - check if channels can be restored, and change nothing
 * @r: with the first three members set, and zeroes
 *
 * Return: EXIT_DONE or the exit status.
 */
enum exit_status channels_restore_begin(struct channels_restore *r);

/**
 * channels_restore_run() - set the channels, and send their messages
 * @r: from channels_restore_begin()
 *
 * Return: EXIT_DONE or the exit status.
 */
enum exit_status channels_restore_run(struct channels_restore *r);

/**
 * channels_restore_end() - release what it used
 * @r: after channels_restore_begin(), successful or not
 */
void channels_restore_end(struct channels_restore *r);

#endif /* KCTL_CHANNEL_SAVED_H */
