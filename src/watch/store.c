// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl watch store: print changes of the store */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "watch.h"
#include "cli/stream.h"

struct watch_args {
	uint64_t count;
	int64_t duration;
};

static const struct opt store_options[] = {
	OPT_COUNT(struct watch_args, "changes"),
	OPT_DURATION(struct watch_args),
	{ 0 },
};

/* A newer module can report actions that are unknown here. */
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

/* The process that made the change. One of another pid namespace has no number here. */
static void print_changer(struct out *out, const struct kctl_store_event *event)
{
	if (!event->has_changer)
		return;
	out_uint(out, "uid", ", uid %u", event->uid);
	if (event->pid)
		out_uint(out, "pid", ", pid %u", event->pid);
	else
		out_text(out, ", pid -");
	/* Last, because a process chooses its name. */
	out_foreign(out, "command", " ", event->command,
		    strlen(event->command));
}

static void print_event(struct out *out, const struct kctl_store_event *event)
{
	const char *action = action_name(event->action);

	out_object(out, NULL);
	out_json_string(out, "event", "store");
	out_u64(out, "generation", "%" PRIu64, event->generation);
	out_string(out, "action", " %s", action);
	if (*event->name)
		out_string(out, "name", " %s", event->name);
	print_changer(out, event);
	out_text(out, "\n");
	out_end(out);
}

static int take_event(void *data, const struct kctl_store_event *event)
{
	struct stream *s = data;

	/* If an event overtakes the first sync, the stream starts at that event. */
	if (!s->ready)
		s->last = event->generation - 1;
	if (stream_take(s, event->generation))
		print_event(&s->ctx->out, event);
	return 0;
}

/* Account for all events up to now. */
static int catch_up(struct stream *s)
{
	uint64_t generation;
	int err = kctl_store_sync(s->genl, &generation);

	if (err)
		return err;
	if (!s->ready)
		s->last = generation;
	stream_ready(s);
	if (!stream_is_complete(s))
		stream_lost(s, generation);
	return 0;
}

static int start(struct stream *s)
{
	int err = kctl_store_subscribe(s->genl, take_event, s);

	return err ? err : catch_up(s);
}

static void describe(struct stream *s)
{
	out_json_u64(&s->ctx->out, "generation", s->last);
}

static int read_events(struct stream *s)
{
	int err = kctl_store_events(s->genl);

	if (err == -ENOBUFS)
		err = catch_up(s);
	/* The answer was lost, too: the next event reveals how many are missing. */
	return err == -ENOBUFS ? 0 : err;
}

static const struct stream_ops store_ops = {
	.start = start,
	.describe = describe,
	.read = read_events,
	.finish = catch_up,
};

static enum exit_status store_run(struct ctx *ctx, const void *args)
{
	const struct watch_args *a = args;
	struct stream s = {
		.ops = &store_ops,
		.ctx = ctx,
		.limit = a->count,
		.duration = a->duration,
		.idle = -1,
	};

	return stream_run(&s);
}

const struct command cmd_watch_store = {
	.noun = "watch",
	.verb = "store",
	.help = "print changes to the store as they happen",
	.notes = "SIGINT and SIGTERM end the watch.",
	.example = "kctl watch store --count 10",
	.options = store_options,
	.args_size = sizeof(struct watch_args),
	.errors = { stream_errors },
	.run = store_run,
};
