/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code shared by the commands of kctl proto */
#ifndef KCTL_CHANNEL_PROTO_H
#define KCTL_CHANNEL_PROTO_H

#include "cli/cmd.h"
#include "lib/libkctl.h"

/**
 * struct channel_arg - a channel on the command line
 * @number: its number, after proto_resolve()
 * @name: its name; NULL if it was given by number
 */
struct channel_arg {
	uint32_t number;
	const char *name;
};

/**
 * is_channel_name() - check the name for a channel, by the rules of struct kctl_resolve
 * @text: the name
 *
 * Return: true if it is one.
 */
bool is_channel_name(const char *text);

/* Stores a struct channel_arg. */
bool opt_channel(const struct opt *opt, const char *arg, void *dest);

/* Stores the name for a channel, or "", as a const char *. */
bool opt_channel_name(const struct opt *opt, const char *arg, void *dest);

#define CHANNEL_EXPECTED "a channel: a number from 1 to 4294967295, or a name"
#define CHANNEL_OR_0_EXPECTED \
	"a channel: a number from 0 to 4294967295, or a name"

/* Options --channel and --timeout; @args has members of the same names. */
#define OPT_CHANNEL(args, text)                                      \
	{                                                            \
		.name = "channel", .arg = "CHANNEL", .help = (text), \
		.expects = CHANNEL_EXPECTED, .parse = opt_channel,   \
		.offset = offsetof(args, channel), .min = 1,         \
		.max = UINT32_MAX, .required = true,                 \
	}

#define OPT_TIMEOUT(args, text)                                          \
	{                                                                \
		.name = "timeout", .arg = "S", .help = (text),           \
		.parse = opt_seconds, .offset = offsetof(args, timeout), \
	}

/* Errors of all commands, of sending, and of commands for owners; {subject} is the channel. */
extern const struct error_row channel_errors[];
extern const struct error_row sending_errors[];
extern const struct error_row owner_errors[];

/* Errors of commands that run another one, in their step "run"; {subject} is that one. */
extern const struct error_row run_errors[];

/**
 * struct proto_result - result of an operation on a channel
 * @error: 0 or a negative errno
 * @channel: number of the channel
 * @timeout: time limit in ns, if @error is -ETIMEDOUT
 * @size: size in bytes of the message that was refused
 * @sent: number of messages sent before the error
 * @sends: it was a send
 * @ext_ack: extended acknowledgement of the kernel, NULL or ""
 */
struct proto_result {
	int error;
	uint32_t channel;
	int64_t timeout;
	uint64_t size;
	uint64_t sent;
	bool sends;
	const char *ext_ack;
};

/**
 * proto_status() - turn a result into an exit status
 * @ctx: the run
 * @result: the result; an error is printed, with the limit that was reached
 *
 * Return: the exit status.
 */
enum exit_status proto_status(const struct ctx *ctx,
			      const struct proto_result *result);

/**
 * proto_input_failed() - report an error in the input of a command that sends
 * @ctx: the run
 * @result: its error, and the number of messages that were sent
 * @step: step of the error row
 * @subject: what is at fault
 * @limit: largest size of what was read
 *
 * Return: the exit status.
 */
enum exit_status proto_input_failed(const struct ctx *ctx,
				    const struct proto_result *result,
				    const char *step, const char *subject,
				    size_t limit);

/**
 * proto_resolve() - find the number of a channel that was given by name
 * @ctx: the run
 * @args: struct channel_arg, or the arguments of a command, which begin with one
 *
 * Return: the exit status; an error has been printed.
 */
enum exit_status proto_resolve(struct ctx *ctx, void *args);

/**
 * proto_check_owner() - warn if the channel of a socket belongs to another user
 * @ctx: the run; no warning with -q and in JSON
 * @socket: the socket, bound or connected to the channel
 * @channel: number of the channel
 *
 * The warning is about users other than the caller and root: their programs may receive
 * messages that are meant for a program of the caller.
 */
void proto_check_owner(const struct ctx *ctx, struct kctl_proto *socket,
		       uint32_t channel);

/**
 * proto_check_destination() - likewise for a channel to send to
 * @ctx: the run
 * @socket: the socket, not connected
 * @channel: number of the channel
 */
void proto_check_destination(const struct ctx *ctx, struct kctl_proto *socket,
			     uint32_t channel);

/* Sends one request about a channel; returns 0 or a negative errno. */
typedef int proto_request_fn(struct kctl_genl *genl, uint32_t channel,
			     const void *args);

/**
 * proto_request() - run a command that sends one netlink request
 * @ctx: the run
 * @channel: number of the channel
 * @fn: sends the request
 * @args: passed to @fn
 *
 * Return: the exit status; an error has been printed.
 */
enum exit_status proto_request(const struct ctx *ctx, uint32_t channel,
			       proto_request_fn *fn, const void *args);

#endif /* KCTL_CHANNEL_PROTO_H */
