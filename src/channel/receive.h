/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands that receive share: their options, the socket, and the loop */
#ifndef KCTL_RECEIVE_H
#define KCTL_RECEIVE_H

#include "message.h"
#include "owner.h"
#include "proto.h"

/* What commands that receive are refused; {subject} is the channel. */
extern const struct error_row receive_errors[];

/**
 * struct receive_args - what to receive, and how to print it
 * @channel: the channel; 0: the kernel picks one
 * @tap: be a tap
 * @exclusive: be the only receiver
 * @mode: mode of the channel, if it is made
 * @family: of the socket; set by receive_open()
 * @timeout: ns to wait for a message; negative: for ever
 * @count: end after so many messages; 0: not given
 * @follow: go on until a signal
 * @raw: --raw
 * @hex: --hex
 * @null: -0
 * @details: print a line about each message
 * @format: what the three come to
 */
struct receive_args {
	uint32_t channel;
	bool tap;
	bool exclusive;
	struct id_arg mode;
	int family;
	int64_t timeout;
	uint64_t count;
	bool follow;
	bool raw;
	bool hex;
	bool null;
	bool details;
	enum message_format format;
};

/* Rows of an option table whose arguments begin with a struct receive_args. */
#define RECEIVE_FLAG(member, word, short, text)                    \
	{                                                          \
		.name = (word), .letter = (short), .help = (text), \
		.parse = opt_flag,                                 \
		.offset = offsetof(struct receive_args, member),   \
	}

#define RECEIVE_FORMATS                                                     \
	RECEIVE_FLAG(raw, "raw", 0, "print messages with nothing between"), \
		RECEIVE_FLAG(hex, "hex", 0,                                 \
			     "print messages as hexadecimal digits"),       \
		RECEIVE_FLAG(null, "null", '0',                             \
			     "end messages with NUL, not newline"),         \
		RECEIVE_FLAG(details, "verbose", 'v',                       \
			     "print who sent each message, and when")

#define RECEIVE_COUNT(text)                                                    \
	{                                                                      \
		.name = "count", .arg = "N", .help = (text), .parse = opt_u64, \
		.offset = offsetof(struct receive_args, count), .min = 1,      \
		.max = UINT64_MAX,                                             \
	}

/**
 * receive_prepare() - check what the options alone cannot say
 * @a: the arguments
 *
 * Return: what is wrong, or NULL.
 */
const char *receive_prepare(struct receive_args *a);

/**
 * receive_open() - open a socket that is bound to the channel
 * @ctx: the run
 * @a: the arguments; their channel and family are set to what they are
 *
 * Return: a file descriptor that the caller closes, or a negative errno.
 */
int receive_open(const struct ctx *ctx, struct receive_args *a);

/**
 * receive_report_bound() - tell programs, and with -v people, that the socket is bound
 * @ctx: the run
 * @channel: the channel
 */
void receive_report_bound(struct ctx *ctx, uint32_t channel);

/**
 * receive() - print messages until there is a reason to end
 * @ctx: the run, after cmd_wait_begin()
 * @a: the arguments
 * @fd: from receive_open()
 *
 * Return: 0 at the end or on a signal, -ETIMEDOUT, or another negative errno.
 */
int receive(struct ctx *ctx, const struct receive_args *a, int fd);

/**
 * receive_run() - run a command that does nothing but receive
 * @ctx: the run
 * @args: struct receive_args
 *
 * Return: the exit status; errors have been printed.
 */
enum exit_status receive_run(struct ctx *ctx, const void *args);

#endif /* KCTL_RECEIVE_H */
