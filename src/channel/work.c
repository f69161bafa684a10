// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl proto work: run a command for each message, and settle it when the command succeeds */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "channel.h"
#include "receive.h"
#include "worker.h"
#include "cli/parse.h"

#define DAY (INT64_C(86400) * NSEC_PER_SEC)

#define DEFAULT_MAX_BACKOFF (300 * NSEC_PER_SEC)

static const struct work_args defaults = {
	.jobs = 1,
	.backoff = NSEC_PER_SEC,
	.max_backoff = -1,
	.timeout = -1,
	.kill_after = 10 * NSEC_PER_SEC,
};

#define WORK_SECONDS(member, word, text)                      \
	{                                                     \
		.name = (word), .arg = "S", .help = (text),   \
		.parse = opt_seconds,                         \
		.offset = offsetof(struct work_args, member), \
	}

static const struct opt work_options[] = {
	OPT_CHANNEL(struct work_args, "the channel to receive from"),
	{
		.name = "jobs",
		.arg = "N",
		.help = "run up to N commands at the same time (default 1)",
		.parse = opt_u32,
		.offset = offsetof(struct work_args, jobs),
		.min = 1,
		.max = KCTL_HOLD_MAX,
	},
	WORK_SECONDS(backoff, "backoff",
		     "seconds until the first retry (default 1)"),
	WORK_SECONDS(max_backoff, "max-backoff",
		     "most seconds until a retry (default 300)"),
	{
		.name = "dead-status",
		.arg = "STATUS",
		.help = "exit status of a command whose message is dead",
		.parse = opt_u32,
		.offset = offsetof(struct work_args, dead_status),
		.min = 1,
		.max = 255,
	},
	WORK_SECONDS(hold_time, "hold-time",
		     "seconds until a stuck kctl loses its messages"),
	WORK_SECONDS(kill_after, "kill-after",
		     "seconds from SIGTERM to SIGKILL (default 10)"),
	OPT_TIMEOUT(struct work_args, "seconds to wait while there is no work"),
	{ 0 },
};

static const char *work_prepare(void *args, char *const *operands)
{
	struct work_args *a = args;

	if (!operands[0])
		return "a command is missing: -- CMD [ARGS]";
	a->command = operands;
	if (a->max_backoff < 0)
		a->max_backoff = a->backoff > DEFAULT_MAX_BACKOFF ?
					 a->backoff :
					 DEFAULT_MAX_BACKOFF;
	if (a->max_backoff < a->backoff)
		return "--max-backoff is shorter than --backoff";
	if (a->max_backoff > DAY || a->hold_time > DAY)
		return "--backoff, --max-backoff and --hold-time are 86400 at most";
	return NULL;
}

static struct work_result work(struct ctx *ctx, const struct work_args *a,
			       struct kctl_proto *socket)
{
	int err = cmd_wait_begin(ctx);

	if (err)
		return (struct work_result){ .error = err };
	if (ctx->globals.verbose)
		cmd_notice(ctx, "bound to channel %" PRIu32, a->channel.number);
	return worker_run(ctx, a, socket);
}

static enum exit_status work_failed(const struct ctx *ctx,
				    const struct work_args *a,
				    const struct work_result *result)
{
	struct proto_result refused = { .error = result->error,
					.channel = a->channel.number,
					.timeout = a->timeout };
	char channel[32];
	bool cannot_run = result->step && !strcmp(result->step, "run");

	if (!result->step)
		return proto_status(ctx, &refused);
	snprintf(channel, sizeof(channel), "channel %" PRIu32,
		 a->channel.number);
	return cmd_fail(
		ctx, (struct failure){ .step = result->step,
				       .error = result->error,
				       .subject = cannot_run ? a->command[0] :
							       channel });
}

static enum exit_status work_run(struct ctx *ctx, const void *args)
{
	const struct work_args *a = args;
	struct receive_args receive = { .channel = a->channel };
	struct work_result result = { 0 };
	struct kctl_proto *socket;

	result.error = receive_open(ctx, &receive, &socket);
	if (!result.error) {
		result = work(ctx, a, socket);
		kctl_proto_close(socket);
	}
	return result.error ? work_failed(ctx, a, &result) : EXIT_DONE;
}

static const struct error_row work_errors[] = {
	{
		.step = "hold",
		.error = EACCES,
		.status = EXIT_PERMISSION,
		.message =
			"not permitted to send to {subject}, which holding its messages requires",
		.hint = "its owner can change that: kctl proto set --mode",
	},
	{
		.step = "hold",
		.error = ENOBUFS,
		.status = EXIT_REFUSED,
		.message = "this user holds too many bytes",
		.hint = "the limit is a quarter of sysctl net.kctl.proto_max_bytes",
	},
	{
		.step = "hold time",
		.error = EOPNOTSUPP,
		.status = EXIT_MISSING,
		.message = "the loaded module is too old for --hold-time",
		.hint = "compare the versions: kctl --version",
	},
	{
		.step = "dead status",
		.error = EOPNOTSUPP,
		.status = EXIT_MISSING,
		.message = "the loaded module is too old for --dead-status",
		.hint = "compare the versions: kctl --version",
	},
	{ 0 },
};

const struct command cmd_proto_work = {
	.noun = "proto",
	.verb = "work",
	.operands = "-- CMD [ARGS]",
	.max_operands = INT_MAX,
	.operands_behind = true,
	.help = "run a command for each message, again if it fails",
	.notes =
		"The message is the standard input of CMD. If CMD exits with 0, it is done;\n"
		"otherwise, or if kctl is killed, it stays in the channel and is delivered again.",
	.example = "kctl proto work --channel 7 --jobs 4 -- ./job",
	.options = work_options,
	.defaults = &defaults,
	.args_size = sizeof(struct work_args),
	.errors = { work_errors, run_errors, receive_errors, channel_errors },
	.prepare = work_prepare,
	.resolve = proto_resolve,
	.run = work_run,
};
