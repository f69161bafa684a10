// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl watch store: print changes of the store */
#include <inttypes.h>

#include "watch.h"
#include "cli/subscription.h"

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

static void print_event(struct out *out, const struct kctl_store_event *event)
{
	const char *action = action_name(event->action);

	out_object(out, NULL);
	out_json_string(out, "event", "store");
	out_u64(out, "generation", "%" PRIu64, event->generation);
	out_string(out, "action", " %s", action);
	if (*event->name)
		out_string(out, "name", " %s", event->name);
	if (event->has_changer)
		subscription_changer(out, event->uid, event->pid,
				     event->command);
	out_text(out, "\n");
	out_end(out);
}

static int take_event(void *data, const struct kctl_store_event *event)
{
	struct stream *s = data;

	subscription_begin(s, event->generation);
	if (stream_take(s, event->generation))
		print_event(&s->ctx->out, event);
	return 0;
}

static int subscribe(struct stream *s)
{
	return kctl_store_subscribe(s->genl, take_event, s);
}

static const struct subscription changes = {
	.key = "generation",
	.subscribe = subscribe,
	.read = kctl_store_events,
	.sync = kctl_store_sync,
};

static enum exit_status store_run(struct ctx *ctx, const void *args)
{
	const struct watch_args *a = args;

	return subscription_run(ctx, &changes, a->count, a->duration, NULL);
}

const struct command cmd_watch_store = {
	.noun = "watch",
	.verb = "store",
	.help = "print changes of the store as they happen",
	.notes = "SIGINT and SIGTERM end the watch.",
	.example = "kctl watch store --count 10",
	.options = store_options,
	.args_size = sizeof(struct watch_args),
	.errors = { stream_errors },
	.run = store_run,
};
