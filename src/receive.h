/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands that print messages share: their options, and the loop */
#ifndef KCTL_RECEIVE_H
#define KCTL_RECEIVE_H

#include "cmd_proto.h"
#include "message.h"

/**
 * struct receive_args - what to receive, and how to print it
 * @channel: the channel
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
 * receive_begin() - make a socket fit for receive()
 * @ctx: the run
 * @a: the arguments
 * @fd: from kctl_proto_open()
 *
 * Return: 0 or a negative errno.
 */
int receive_begin(struct ctx *ctx, const struct receive_args *a, int fd);

/**
 * receive() - print messages until there is a reason to end
 * @ctx: the run
 * @a: the arguments
 * @fd: after receive_begin() and bind(2)
 *
 * Return: 0 at the end or on a signal, -ETIMEDOUT, or another negative errno.
 */
int receive(struct ctx *ctx, const struct receive_args *a, int fd);

#endif /* KCTL_RECEIVE_H */
