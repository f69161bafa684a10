// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "limit.h"
#include "lib/libkctl.h"

/* Upper bound of the bookkeeping of a message, which is charged too. */
#define OVERHEAD 512

/* The other limits, if the limit of all users together is not reached. */
#define SHARES                                                 \
	", a quarter of it for a user without CAP_NET_ADMIN, " \
	"and seven eighths for all of them: "

/**
 * struct numbers - state of the kernel after the failure
 * @status: counts and limits
 * @list: the channels that this user may see, or NULL
 * @channel: the channel among them, or NULL
 */
struct numbers {
	struct kctl_status *status;
	struct kctl_channels *list;
	const struct kctl_channel *channel;
};

static uint64_t number(const struct numbers *n, enum kctl_status_attr attr)
{
	return kctl_status_value(n->status, attr);
}

static void name_full(const struct numbers *n, struct limit *limit)
{
	const struct kctl_channel *c = n->channel;
	uint64_t messages = number(n, KCTL_A_STATUS_CHANNEL_MAX_MESSAGES);
	uint64_t bytes = number(n, KCTL_A_STATUS_CHANNEL_MAX_BYTES);
	uint64_t count;

	if (!c)
		return;
	count = (uint64_t)c->messages + c->held + c->delayed;
	if (count >= messages)
		snprintf(limit->hint, sizeof(limit->hint),
			 "it holds %" PRIu64 " messages, the limit is %" PRIu64
			 ": sysctl net.kctl.channel_max_messages",
			 count, messages);
	else if (c->bytes + limit->size > bytes)
		snprintf(limit->hint, sizeof(limit->hint),
			 "it holds %" PRIu64 " bytes, the limit is %" PRIu64
			 ": sysctl net.kctl.channel_max_bytes",
			 c->bytes, bytes);
}

static void name_too_large(const struct numbers *n, struct limit *limit)
{
	uint64_t bytes = number(n, KCTL_A_STATUS_CHANNEL_MAX_BYTES);

	if (!kctl_status_has(n->status, KCTL_A_STATUS_CHANNEL_MAX_BYTES))
		return;
	if (bytes < KCTL_MESSAGE_MAX && limit->size > bytes) {
		limit->step = "channel bytes";
		snprintf(limit->hint, sizeof(limit->hint),
			 "the limit is %" PRIu64
			 ": sysctl net.kctl.channel_max_bytes",
			 bytes);
	} else if (limit->size > KCTL_MESSAGE_MAX) {
		limit->step = "message bytes";
	}
}

/* The sockets of the channel if it exists, otherwise the channels. */
static void name_space(const struct numbers *n, struct limit *limit)
{
	const struct kctl_channel *c = n->channel;
	uint64_t count = number(n, KCTL_A_STATUS_CHANNELS);
	uint64_t max = number(n, KCTL_A_STATUS_CHANNELS_MAX);

	if (c) {
		limit->step = "sockets";
		snprintf(limit->hint, sizeof(limit->hint),
			 "it has %" PRIu64
			 ", the limit is %d, and a quarter of it for one user",
			 (uint64_t)c->receivers + c->senders + c->taps,
			 KCTL_CHANNEL_SOCKETS_MAX);
	} else if (count >= max) {
		limit->step = "channels";
		snprintf(limit->hint, sizeof(limit->hint),
			 "there are %" PRIu64 ", the limit is %" PRIu64
			 ": sysctl net.kctl.channels_max",
			 count, max);
	} else {
		snprintf(limit->hint, sizeof(limit->hint),
			 "there are %" PRIu64
			 " channels, the limit is %" PRIu64 SHARES
			 "sysctl net.kctl.channels_max",
			 count, max);
	}
}

static void name_memory(const struct numbers *n, struct limit *limit)
{
	uint64_t used = number(n, KCTL_A_STATUS_PROTO_BYTES);
	uint64_t max = number(n, KCTL_A_STATUS_PROTO_MAX_BYTES);

	if (used + limit->size + OVERHEAD > max) {
		limit->step = "all bytes";
		snprintf(limit->hint, sizeof(limit->hint),
			 "they hold %" PRIu64 ", the limit is %" PRIu64
			 ": sysctl net.kctl.proto_max_bytes",
			 used, max);
	} else {
		snprintf(limit->hint, sizeof(limit->hint),
			 "all hold %" PRIu64 ", the limit is %" PRIu64 SHARES
			 "sysctl net.kctl.proto_max_bytes",
			 used, max);
	}
}

static void name_limit(const struct numbers *n, struct limit *limit)
{
	switch (-limit->error) {
	case EAGAIN:
	case ETIMEDOUT:
		name_full(n, limit);
		break;
	case EMSGSIZE:
		name_too_large(n, limit);
		break;
	case ENOSPC:
		if (kctl_status_has(n->status, KCTL_A_STATUS_CHANNELS_MAX))
			name_space(n, limit);
		break;
	case ENOBUFS:
		if (kctl_status_has(n->status, KCTL_A_STATUS_PROTO_MAX_BYTES))
			name_memory(n, limit);
		break;
	}
}

/* For a receive, some errors have other reasons. */
static bool is_limit(const struct limit *limit)
{
	return limit->error == -ENOSPC || limit->error == -ENOBUFS ||
	       (limit->sends &&
		(limit->error == -EAGAIN || limit->error == -ETIMEDOUT ||
		 limit->error == -EMSGSIZE));
}

void limit_find(struct limit *limit)
{
	struct numbers n = { 0 };
	struct kctl_genl *genl;

	limit->step = NULL;
	limit->hint[0] = '\0';
	if (!is_limit(limit) || kctl_genl_open(&genl))
		return;
	if (!kctl_status_get(genl, &n.status))
		kctl_channels_get(genl, &n.list);
	for (size_t i = 0; n.list && i < n.list->count; i++)
		if (n.list->channels[i]->number == limit->channel)
			n.channel = n.list->channels[i];
	name_limit(&n, limit);
	kctl_channels_free(n.list);
	kctl_status_free(n.status);
	kctl_genl_close(genl);
}
