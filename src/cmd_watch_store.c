// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl watch store: the changes of the store */
#include <errno.h>
#include <inttypes.h>

#include "cmd.h"
#include "lib/libkctl.h"

/* Datagrams to read before signals and deadlines get their turn again. */
#define BURST 64

struct watch_args {
	uint64_t count;
	int64_t duration;
};

static const struct opt store_options[] = {
	{
		.name = "count",
		.arg = "N",
		.help = "end after N changes",
		.parse = opt_u64,
		.offset = offsetof(struct watch_args, count),
		.min = 1,
		.max = UINT64_MAX,
	},
	{
		.name = "duration",
		.arg = "S",
		.help = "end after S seconds, as in 10 or 0.5",
		.expects = "seconds, more than 0,",
		.parse = opt_seconds,
		.offset = offsetof(struct watch_args, duration),
		.min = 1,
	},
	{ 0 },
};

/**
 * struct store_watch - a watch that goes on
 * @ctx: the run
 * @genl: the handle
 * @count: end after so many events; 0 for no end
 * @received: events printed
 * @lost: events that are missing between those, or behind the last
 * @last: generation of the last event, or that of the store when it began
 * @ready: the beginning has been told, and @last is set
 */
struct store_watch {
	struct ctx *ctx;
	struct kctl_genl *genl;
	uint64_t count;
	uint64_t received;
	uint64_t lost;
	uint64_t last;
	bool ready;
};

static bool is_complete(const struct store_watch *w)
{
	return w->count && w->received == w->count;
}

/* Events behind generation @last count. */
static void tell_ready(struct store_watch *w, uint64_t last)
{
	struct out *out = &w->ctx->out;

	if (w->ready)
		return;
	w->ready = true;
	w->last = last;
	out_object(out, NULL);
	out_string(out, "event", "ready", NULL);
	out_u64(out, "generation", last, NULL);
	out_end(out);
	if (w->ctx->globals.verbose)
		cmd_notice(w->ctx, "watching");
}

/* There were events up to generation @last; those that were not seen are lost. */
static void tell_lost(struct store_watch *w, uint64_t last)
{
	struct out *out = &w->ctx->out;
	uint64_t count = last - w->last;

	if (last <= w->last)
		return;
	w->lost += count;
	w->last = last;
	out_object(out, NULL);
	out_string(out, "event", "lost", NULL);
	out_style(out, STYLE_LOSS);
	out_u64(out, "count", count, "lost %" PRIu64 " event%s", count,
		count == 1 ? "" : "s");
	out_style(out, STYLE_PLAIN);
	out_text(out, "\n");
	out_end(out);
}

static void tell_end(struct store_watch *w, bool by_signal)
{
	const struct globals *globals = &w->ctx->globals;
	struct out *out = &w->ctx->out;

	out_object(out, NULL);
	out_string(out, "event", "end", NULL);
	out_u64(out, "received", w->received, NULL);
	out_u64(out, "lost", w->lost, NULL);
	out_end(out);
	out_flush(out);
	if ((by_signal && !globals->quiet) || globals->verbose)
		cmd_notice(w->ctx, "%" PRIu64 " received, %" PRIu64 " lost",
			   w->received, w->lost);
}

/* A module that is newer than this can do to the store what has no name here. */
static const char *action_name(enum kctl_store_action action)
{
	static const char *const names[] = {
		[KCTL_STORE_SET] = "set",
		[KCTL_STORE_DELETE] = "delete",
		[KCTL_STORE_REPLACE] = "replace",
	};

	if (action >= sizeof(names) / sizeof(names[0]) || !names[action])
		return "change";
	return names[action];
}

static void print_event(struct out *out, const struct kctl_store_event *event)
{
	const char *action = action_name(event->action);

	out_object(out, NULL);
	out_string(out, "event", "store", NULL);
	out_u64(out, "generation", event->generation, "%" PRIu64,
		event->generation);
	out_string(out, "action", action, " %s", action);
	if (*event->name)
		out_string(out, "name", event->name, " %s", event->name);
	out_text(out, "\n");
	out_end(out);
}

static void take_event(void *data, const struct kctl_store_event *event)
{
	struct store_watch *w = data;

	/* What came behind the last one that was wanted is nobody's loss. */
	if (is_complete(w))
		return;
	tell_ready(w, event->generation - 1);
	tell_lost(w, event->generation - 1);
	w->last = event->generation;
	w->received++;
	print_event(&w->ctx->out, event);
}

/* Accounts for every event up to this moment. */
static int catch_up(struct store_watch *w)
{
	uint64_t generation;
	int err = kctl_store_sync(w->genl, &generation);

	if (err)
		return err;
	tell_ready(w, generation);
	if (!is_complete(w))
		tell_lost(w, generation);
	return 0;
}

/* Reads what there is, up to a limit; if there was an overrun, all there is. */
static int read_events(struct store_watch *w)
{
	int err = 0;

	for (int i = 0; i < BURST && !err && !is_complete(w); i++)
		err = kctl_store_events(w->genl);
	if (err == -ENOBUFS)
		err = catch_up(w);
	/* Lost again: then the next event tells how many are missing. */
	return err == -EAGAIN || err == -ENOBUFS ? 0 : err;
}

/* Reads and prints until there is a reason to end; returns it as cmd_wait() does. */
static int follow(struct store_watch *w, int64_t deadline)
{
	int fd = kctl_genl_fd(w->genl);
	int ret, err;

	while (!is_complete(w)) {
		if (!out_flush(&w->ctx->out))
			return WAIT_NO_READER;
		ret = cmd_wait(w->ctx, fd, deadline);
		if (ret != WAIT_INPUT)
			return ret;
		err = read_events(w);
		if (err)
			return err;
		if (deadline != WAIT_FOREVER && wait_now() >= deadline)
			return WAIT_DEADLINE;
	}
	return WAIT_INPUT;
}

static int watch(struct store_watch *w, const struct watch_args *a)
{
	int64_t deadline = WAIT_FOREVER;
	int why, err;

	err = kctl_store_subscribe(w->genl, take_event, w);
	if (!err)
		err = catch_up(w);
	if (err)
		return err;
	if (a->duration)
		deadline = wait_now() + a->duration;
	why = follow(w, deadline);
	if (why < 0 || why == WAIT_NO_READER)
		return why < 0 ? why : 0;
	err = is_complete(w) ? 0 : catch_up(w);
	tell_end(w, why == WAIT_SIGNAL);
	return err;
}

static enum exit_status cmd_watch_store(struct ctx *ctx, const void *args)
{
	const struct watch_args *a = args;
	struct store_watch w = { .ctx = ctx, .count = a->count };
	char ext_ack[128] = "";
	int err;

	err = kctl_genl_open(&w.genl, ext_ack, sizeof(ext_ack));
	if (!err)
		err = cmd_wait_begin(ctx);
	if (!err)
		err = watch(&w, a);
	kctl_genl_close(w.genl);
	if (err)
		return cmd_fail(ctx, (struct failure){ .error = err,
						       .ext_ack = ext_ack });
	return EXIT_DONE;
}

const struct command watch_store_commands[] = {
	{
		.noun = "watch",
		.verb = "store",
		.help = "print changes of the store as they happen",
		.notes = "SIGINT and SIGTERM end it, too.",
		.options = store_options,
		.args_size = sizeof(struct watch_args),
		.run = cmd_watch_store,
	},
	{ 0 },
};
