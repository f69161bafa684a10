/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options, socket set-up and receive loop shared by recv, bind and tap */
#ifndef KCTL_RECEIVE_H
#define KCTL_RECEIVE_H

#include "message.h"
#include "owner.h"
#include "proto.h"

/* Errors of commands that receive; {subject} is the channel. */
extern const struct error_row receive_errors[];

/**
 * struct receive_args - options of commands that receive
 * @channel: the channel; number 0 to let the kernel choose one
 * @tap: receive copies, as a tap
 * @exclusive: be the only receiver
 * @mode: mode of the channel, if the bind creates it
 * @timeout: time to wait for a message in ns; negative to wait forever
 * @count: end after this many messages; 0 if not given
 * @follow: continue until a signal arrives
 * @peek: leave the message in the channel
 * @raw: --raw was given
 * @hex: --hex was given
 * @null: -0 was given
 * @details: print sender and time of each message
 * @format: text format that results from --raw, --hex and -0
 */
struct receive_args {
	struct channel_arg channel;
	bool tap;
	bool exclusive;
	struct id_arg mode;
	int64_t timeout;
	uint64_t count;
	bool follow;
	bool peek;
	bool raw;
	bool hex;
	bool null;
	bool details;
	enum message_format format;
};

/* Rows for option tables; the arguments of the command begin with a receive_args. */
#define RECEIVE_FLAG(member, word, short, text)                    \
	{                                                          \
		.name = (word), .letter = (short), .help = (text), \
		.parse = opt_flag,                                 \
		.offset = offsetof(struct receive_args, member),   \
	}

#define RECEIVE_FORMATS                                                    \
	RECEIVE_FLAG(raw, "raw", 0, "print messages without a separator"), \
		RECEIVE_FLAG(hex, "hex", 0,                                \
			     "print messages as hexadecimal digits"),      \
		RECEIVE_FLAG(null, "null", '0',                            \
			     "end messages with NUL instead of newline"),  \
		RECEIVE_FLAG(details, "verbose", 'v',                      \
			     "print sender and time of each message")

#define RECEIVE_COUNT(text)                                                    \
	{                                                                      \
		.name = "count", .arg = "N", .help = (text), .parse = opt_u64, \
		.offset = offsetof(struct receive_args, count), .min = 1,      \
		.max = UINT64_MAX,                                             \
	}

/**
 * receive_prepare() - check option combinations and set the format
 * @a: the arguments
 *
 * Return: text of a usage error, or NULL.
 */
const char *receive_prepare(struct receive_args *a);

/**
 * receive_open() - open a socket and bind it to the channel
 * @ctx: the run
 * @a: the arguments; the channel is updated to the actual one
 * @socket: set to the handle, which the caller closes, or to NULL on failure
 *
 * Return: 0 or a negative errno.
 */
int receive_open(const struct ctx *ctx, struct receive_args *a,
		 struct kctl_proto **socket);

/**
 * receive_report_bound() - print that the socket is bound
 * @ctx: the run
 * @channel: number of the channel
 * @picked: the kernel chose the number: it is a result, and printed even with -q
 */
void receive_report_bound(struct ctx *ctx, uint32_t channel, bool picked);

/**
 * receive() - receive and print messages
 * @ctx: the run, after cmd_wait_begin()
 * @a: the arguments
 * @socket: socket from receive_open()
 *
 * Return: 0 after the last message or a signal, -ETIMEDOUT, or another negative errno.
 */
int receive(struct ctx *ctx, const struct receive_args *a,
	    struct kctl_proto *socket);

/**
 * receive_run() - run a command that only receives
 * @ctx: the run
 * @args: struct receive_args
 *
 * Return: the exit status; an error has been printed.
 */
enum exit_status receive_run(struct ctx *ctx, const void *args);

#endif /* KCTL_RECEIVE_H */
