// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "subscription.h"

void subscription_begin(struct stream *s, uint64_t number)
{
	/* If an event overtakes the first sync, the stream starts at that event. */
	if (!s->ready)
		s->last = number - 1;
}

void subscription_changer(struct out *out, uint32_t uid, uint32_t pid,
			  const char *command)
{
	out_uint(out, "uid", ", uid %u", uid);
	if (pid)
		out_uint(out, "pid", ", pid %u", pid);
	else
		out_text(out, ", pid -");
	/* The name is last, because a process chooses it. */
	out_foreign(out, "command", " ", command, strlen(command));
}

/* Account for all events up to now. */
static int catch_up(struct stream *s)
{
	uint64_t number;
	int err = s->subscription->sync(s->genl, &number);

	if (err)
		return err;
	if (!s->ready)
		s->last = number;
	stream_ready(s);
	if (!stream_is_complete(s))
		stream_lost(s, number);
	return 0;
}

static int start(struct stream *s)
{
	int err = s->subscription->subscribe(s);

	return err ? err : catch_up(s);
}

static void describe(struct stream *s)
{
	out_json_u64(&s->ctx->out, s->subscription->key, s->last);
}

static int read_events(struct stream *s)
{
	int err = s->subscription->read(s->genl);

	if (err == -ENOBUFS)
		err = catch_up(s);
	/* The answer was lost, too. The next event shows how many are missing. */
	return err == -ENOBUFS ? 0 : err;
}

static const struct stream_ops ops = {
	.start = start,
	.describe = describe,
	.read = read_events,
	.finish = catch_up,
};

enum exit_status subscription_run(struct ctx *ctx,
				  const struct subscription *subscription,
				  uint64_t count, int64_t duration,
				  const void *data)
{
	struct stream s = {
		.ops = &ops,
		.ctx = ctx,
		.subscription = subscription,
		.data = data,
		.limit = count,
		.duration = duration,
		.idle = -1,
	};

	return stream_run(&s);
}
