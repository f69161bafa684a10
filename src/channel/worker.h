/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loop of kctl proto work: it holds messages, runs a command for each, and settles a
 * message when its command has ended.
 */
#ifndef KCTL_CHANNEL_WORKER_H
#define KCTL_CHANNEL_WORKER_H

#include "proto.h"

/**
 * struct work_args - options of the command; times are in ns
 * @channel: the channel
 * @jobs: most commands at the same time, 1 to KCTL_HOLD_MAX
 * @dead_status: exit status of a command that lets its message die; 0: none
 * @hold_time: hold time of a message unless it is extended; 0: no limit
 * @backoff: delay after the first delivery
 * @max_backoff: longest delay
 * @timeout: time to wait for a message while nothing runs; negative: no limit
 * @kill_after: time from SIGTERM to SIGKILL
 * @command: the command and its arguments
 */
struct work_args {
	struct channel_arg channel;
	uint32_t jobs;
	uint32_t dead_status;
	int64_t hold_time;
	int64_t backoff;
	int64_t max_backoff;
	int64_t timeout;
	int64_t kill_after;
	char *const *command;
};

/**
 * struct work_result - the reason why the loop ended
 * @error: 0, after a signal; or a negative errno: -ETIMEDOUT if there was no message
 * @step: the step that failed: "run", "hold", "hold time", "dead status", or NULL
 */
struct work_result {
	int error;
	const char *step;
};

/**
 * worker_run() - work until there is a reason to end
 * @ctx: the run, after cmd_wait_begin()
 * @a: the arguments
 * @socket: socket that is bound to the channel
 *
 * A signal that has ended the loop is pending again, and ends the program with
 * waiter_close().
 *
 * Return: the result; no command runs any more, and nothing is held.
 */
struct work_result worker_run(struct ctx *ctx, const struct work_args *a,
			      struct kctl_proto *socket);

#endif /* KCTL_CHANNEL_WORKER_H */
