/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands of the channels share */
#ifndef KCTL_CHANNEL_PROTO_H
#define KCTL_CHANNEL_PROTO_H

#include "cli/cmd.h"
#include "lib/libkctl.h"

/* --channel and --timeout of a command whose arguments have members of that name. */
#define OPT_CHANNEL(args, text, least)                               \
	{                                                            \
		.name = "channel", .arg = "N", .help = (text),       \
		.parse = opt_u32, .offset = offsetof(args, channel), \
		.min = (least), .max = UINT32_MAX, .required = true, \
	}

#define OPT_TIMEOUT(args, text)                                \
	{                                                      \
		.name = "timeout", .arg = "S", .help = (text), \
		.expects = "seconds", .parse = opt_seconds,    \
		.offset = offsetof(args, timeout),             \
	}

/* What commands are refused; {subject} is the channel. */
extern const struct error_row channel_errors[];
extern const struct error_row owner_errors[];

/**
 * struct proto_result - what came of talking to a channel
 * @error: 0 or a negative errno
 * @channel: the channel
 * @timeout: ns for which it was tried
 * @size: bytes of the message, if it is about one
 * @sent: messages that were sent before
 * @ext_ack: the kernel's own words, or NULL or ""
 */
struct proto_result {
	int error;
	uint32_t channel;
	int64_t timeout;
	uint64_t size;
	uint64_t sent;
	const char *ext_ack;
};

/**
 * proto_status() - report what a channel refused, if it did
 * @ctx: the run
 * @result: what came of it
 *
 * Return: the exit status.
 */
enum exit_status proto_status(const struct ctx *ctx,
			      const struct proto_result *result);

/* Asks the kernel something about a channel; returns 0 or a negative errno. */
typedef int proto_request_fn(struct kctl_genl *genl, uint32_t channel,
			     const void *args);

/**
 * proto_request() - ask the kernel something about a channel, over netlink
 * @ctx: the run
 * @channel: the channel
 * @fn: asks
 * @args: handed to @fn
 *
 * Return: the exit status; errors have been printed.
 */
enum exit_status proto_request(const struct ctx *ctx, uint32_t channel,
			       proto_request_fn *fn, const void *args);

#endif /* KCTL_CHANNEL_PROTO_H */
