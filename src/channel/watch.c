// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl watch proto: print events of channels */
#include <errno.h>
#include <inttypes.h>

#include "channel.h"
#include "message.h"
#include "owner.h"
#include "proto.h"
#include "cli/subscription.h"

/* The channel comes first, for proto_resolve(). */
struct watch_args {
	struct channel_arg channel;
	uint64_t count;
	int64_t duration;
};

static const struct opt watch_options[] = {
	{
		.name = "channel",
		.arg = "CHANNEL",
		.help = "events of this channel only",
		.expects = CHANNEL_EXPECTED,
		.parse = opt_channel,
		.offset = offsetof(struct watch_args, channel),
		.min = 1,
		.max = UINT32_MAX,
	},
	OPT_COUNT(struct watch_args, "events"),
	OPT_DURATION(struct watch_args),
	{ 0 },
};

/* A newer module can report actions that are unknown here. */
static const char *action_name(enum kctl_proto_action action)
{
	static const char *const names[] = {
		[KCTL_PROTO_CREATED] = "create",
		[KCTL_PROTO_SET] = "set",
		[KCTL_PROTO_FULL] = "full",
		[KCTL_PROTO_DRAINED] = "drained",
		[KCTL_PROTO_DEAD] = "dead",
		[KCTL_PROTO_DELETED] = "delete",
		[KCTL_PROTO_ENDED] = "end",
	};

	if (action >= sizeof(names) / sizeof(names[0]) || !names[action])
		return "change";
	return names[action];
}

static void print_owner(struct out *out, const struct kctl_channel *c)
{
	char name[OWNER_NAME];

	if (kctl_channel_has(c, KCTL_A_CHANNEL_UID)) {
		user_name(c->uid, name);
		out_text(out, ", owner %s", name);
		out_json_u64(out, "uid", c->uid);
	}
	if (kctl_channel_has(c, KCTL_A_CHANNEL_GID)) {
		group_name(c->gid, name);
		out_text(out, ", group %s", name);
		out_json_u64(out, "gid", c->gid);
	}
}

static void print_times(struct out *out, const struct kctl_channel *c)
{
	if (kctl_channel_has(c, KCTL_A_CHANNEL_RETRY_DELAY))
		out_uint(out, "retry_delay_ms", ", retry-delay %ums",
			 c->retry_delay);
	if (kctl_channel_has(c, KCTL_A_CHANNEL_HOLD_TIME_MAX))
		out_uint(out, "hold_time_max_ms", ", hold-time-max %ums",
			 c->hold_time_max);
	if (kctl_channel_has(c, KCTL_A_CHANNEL_TTL))
		out_uint(out, "ttl_ms", ", ttl %ums", c->ttl);
}

static void print_settings(struct out *out, const struct kctl_channel *c)
{
	char mode[12];

	out_object(out, "settings");
	if (kctl_channel_has(c, KCTL_A_CHANNEL_NAME)) {
		out_text(out, *c->name ? ", name %s" : ", no name", c->name);
		out_json_string(out, "name", c->name);
	}
	print_owner(out, c);
	if (kctl_channel_has(c, KCTL_A_CHANNEL_MODE)) {
		snprintf(mode, sizeof(mode), "%04" PRIo32, c->mode);
		out_string(out, "mode", ", mode %s", mode);
	}
	if (kctl_channel_has(c, KCTL_A_CHANNEL_MAX_DELIVERIES))
		out_uint(out, "max_deliveries", ", max-deliveries %u",
			 c->max_deliveries);
	if (kctl_channel_has(c, KCTL_A_CHANNEL_DEAD_LETTER))
		out_uint(out, "dead_letter", ", dead-letter %u",
			 c->dead_letter);
	print_times(out, c);
	out_end(out);
}

static void print_dead(struct out *out, const struct kctl_channel_event *event)
{
	if (event->to)
		out_uint(out, "to", ", to %u", event->to);
	else
		out_text(out, ", dropped");
	out_uint(out, "deliveries",
		 event->deliveries == 1 ? ", %u delivery" : ", %u deliveries",
		 event->deliveries);
	out_string(out, "why", ", why: %s", message_dead_why(event->why));
}

static void print_event(struct out *out, const struct kctl_channel_event *event)
{
	out_object(out, NULL);
	out_json_string(out, "event", "proto");
	out_u64(out, "seq", "%" PRIu64, event->seq);
	out_string(out, "action", " %s", action_name(event->action));
	out_uint(out, "channel", " %u", event->channel);
	if (*event->name)
		out_string(out, "name", " %s", event->name);
	if (event->settings)
		print_settings(out, event->settings);
	if (event->action == KCTL_PROTO_DEAD)
		print_dead(out, event);
	if (event->has_changer)
		subscription_changer(out, event->uid, event->pid,
				     event->command);
	out_text(out, "\n");
	out_end(out);
}

static bool is_wanted(const struct stream *s,
		      const struct kctl_channel_event *event)
{
	const struct watch_args *a = s->data;

	return !a->channel.number || a->channel.number == event->channel;
}

static int take_event(void *data, const struct kctl_channel_event *event)
{
	struct stream *s = data;

	subscription_begin(s, event->seq);
	if (!is_wanted(s, event))
		stream_pass(s, event->seq);
	else if (stream_take(s, event->seq))
		print_event(&s->ctx->out, event);
	return 0;
}

static int subscribe(struct stream *s)
{
	return kctl_channel_subscribe(s->genl, take_event, s);
}

static const struct subscription events = {
	.key = "seq",
	.subscribe = subscribe,
	.read = kctl_channel_events,
	.sync = kctl_channel_sync,
};

static enum exit_status watch_run(struct ctx *ctx, const void *args)
{
	const struct watch_args *a = args;

	return subscription_run(ctx, &events, a->count, a->duration, a);
}

static const struct error_row watch_errors[] = {
	{
		.error = EPERM,
		.status = EXIT_PERMISSION,
		.message = "not permitted",
		.hint = "run kctl as root or with CAP_NET_ADMIN",
	},
	{ 0 },
};

const struct command cmd_watch_proto = {
	.noun = "watch",
	.verb = "proto",
	.forgotten = { "channel" },
	.help = "print events of channels as they happen",
	.notes = "SIGINT and SIGTERM end the watch.",
	.example = "kctl watch proto --channel 7",
	.options = watch_options,
	.args_size = sizeof(struct watch_args),
	.errors = { watch_errors, stream_errors, channel_errors },
	.resolve = proto_resolve,
	.run = watch_run,
};
