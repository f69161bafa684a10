// SPDX-License-Identifier: GPL-2.0-or-later
/* Is a limit zero, reached or near, or a channel full? */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "cli/status.h"

/**
 * struct limit - a limit of a network namespace
 * @name: its sysctl, below net.kctl
 * @max: its attribute
 * @used: attribute of what counts towards it, or 0
 * @initial: its default
 */
static const struct limit {
	const char *name;
	enum kctl_status_attr max;
	enum kctl_status_attr used;
	unsigned int initial;
} limits[] = {
	{ "store_max_entries", KCTL_A_STATUS_STORE_MAX_ENTRIES,
	  KCTL_A_STATUS_STORE_ENTRIES, 65536 },
	{ "store_max_bytes", KCTL_A_STATUS_STORE_MAX_BYTES,
	  KCTL_A_STATUS_STORE_BYTES, 16777216 },
	{ "watchers_max", KCTL_A_STATUS_WATCHERS_MAX, KCTL_A_STATUS_WATCHERS,
	  1024 },
	{ "watch_max_bytes", KCTL_A_STATUS_WATCH_MAX_BYTES,
	  KCTL_A_STATUS_WATCH_BYTES, 536870912 },
	{ "channels_max", KCTL_A_STATUS_CHANNELS_MAX, KCTL_A_STATUS_CHANNELS,
	  4096 },
	{ "channel_max_messages", KCTL_A_STATUS_CHANNEL_MAX_MESSAGES, 0, 1024 },
	{ "channel_max_bytes", KCTL_A_STATUS_CHANNEL_MAX_BYTES, 0, 1048576 },
	{ "proto_max_bytes", KCTL_A_STATUS_PROTO_MAX_BYTES,
	  KCTL_A_STATUS_PROTO_BYTES, 67108864 },
};

/*
 * The prefix that runs the next command in the network namespace of --netns. A name of
 * digits alone is the ID of a process, as for --netns.
 */
static const char *inside(const struct doctor *doctor, char *text, size_t size)
{
	const char *netns = doctor->netns;

	if (!netns)
		return "";
	if (strchr(netns, '/'))
		snprintf(text, size, "nsenter --net=%s ", netns);
	else if (netns[strspn(netns, "0123456789")])
		snprintf(text, size, "ip netns exec %s ", netns);
	else
		snprintf(text, size, "nsenter --target %s --net ", netns);
	return text;
}

static void check_limit(struct doctor *doctor, const struct limit *limit)
{
	uint64_t used = kctl_status_value(doctor->module, limit->used);
	uint64_t max = kctl_status_value(doctor->module, limit->max);
	enum limit_state state = limit->used ? limit_state(used, max) :
					       LIMIT_FINE;
	struct failure failure = { .step = "near",
				   .subject = limit->name,
				   .actual = used,
				   .wanted = max };
	char next[400], where[300];

	if (!kctl_status_has(doctor->module, limit->max) ||
	    (max && state == LIMIT_FINE))
		return;
	snprintf(next, sizeof(next), "%ssysctl net.kctl.%s=%" PRIu64,
		 inside(doctor, where, sizeof(where)), limit->name,
		 max ? 2 * max : limit->initial);
	failure.hint = next;
	if (!max)
		failure.step = "zero";
	else if (state == LIMIT_REACHED)
		failure.step = "reached";
	report(doctor, state == LIMIT_NEAR ? RESULT_NOTE : RESULT_PROBLEM,
	       "limits", failure);
}

static void check_channel(struct doctor *doctor,
			  const struct kctl_channel *channel)
{
	const struct kctl_status *status = doctor->module;
	uint64_t messages =
		(uint64_t)channel->messages + channel->held + channel->delayed;
	char number[12], next[340];

	if (!messages)
		return;
	if (messages < kctl_status_value(status,
					 KCTL_A_STATUS_CHANNEL_MAX_MESSAGES) &&
	    channel->bytes <
		    kctl_status_value(status, KCTL_A_STATUS_CHANNEL_MAX_BYTES))
		return;
	snprintf(number, sizeof(number), "%" PRIu32, channel->number);
	/* The list names the processes that should receive. */
	snprintf(next, sizeof(next), "kctl %s%s%sproto list",
		 doctor->netns ? "-n " : "", doctor->netns ? doctor->netns : "",
		 doctor->netns ? " " : "");
	report(doctor, RESULT_PROBLEM, "limits",
	       (struct failure){
		       .step = "full", .subject = number, .hint = next });
}

/* Without privilege there is no list; the check of privileges has reported that. */
static void check_channels(struct doctor *doctor)
{
	struct kctl_channels *list;
	struct kctl_genl *genl;

	if (kctl_genl_open(&genl))
		return;
	if (!kctl_channels_get(genl, &list)) {
		for (size_t i = 0; i < list->count; i++)
			check_channel(doctor, list->channels[i]);
		kctl_channels_free(list);
	}
	kctl_genl_close(genl);
}

void check_limits(struct doctor *doctor)
{
	unsigned int before = doctor->problems;

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		check_limit(doctor, &limits[i]);
	check_channels(doctor);
	if (doctor->problems == before)
		report_good(doctor, "limits", "no limit is reached");
}
