// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl proto list: list channels */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "channel.h"
#include "holder.h"
#include "owner.h"
#include "proto.h"

/**
 * struct names - cache of the last names: adjacent channels often have the same owner
 * @known: the cache is filled
 * @uid: user ID
 * @gid: group ID
 * @user: name of the user
 * @group: name of the group
 */
struct names {
	bool known;
	uint32_t uid;
	uint32_t gid;
	char user[OWNER_NAME];
	char group[OWNER_NAME];
};

static void look_up(struct names *names, const struct kctl_channel *c)
{
	if (!names->known || names->uid != c->uid)
		user_name(c->uid, names->user);
	if (!names->known || names->gid != c->gid)
		group_name(c->gid, names->group);
	names->known = true;
	names->uid = c->uid;
	names->gid = c->gid;
}

static bool knows_owner(const struct kctl_channel *c)
{
	return kctl_channel_has(c, KCTL_A_CHANNEL_UID) &&
	       kctl_channel_has(c, KCTL_A_CHANNEL_GID) &&
	       kctl_channel_has(c, KCTL_A_CHANNEL_MODE);
}

static void put_owner(struct out *out, const struct kctl_channel *c,
		      struct names *names)
{
	char mode[12];

	if (!knows_owner(c)) {
		out_text(out, " %4s %-8s %-8s", "-", "-", "-");
		return;
	}
	if (!out->json)
		look_up(names, c);
	snprintf(mode, sizeof(mode), "%04o", c->mode);
	out_string(out, "mode", " %s", mode);
	out_json_u64(out, "uid", c->uid);
	out_json_u64(out, "gid", c->gid);
	out_text(out, " %-8s %-8s", names->user, names->group);
}

static void put_flags(struct out *out, const struct kctl_channel *c)
{
	bool set = c->flags & KCTL_CHANNEL_CONFIGURED;
	bool exclusive = c->flags & KCTL_CHANNEL_EXCLUSIVE;

	if (kctl_channel_has(c, KCTL_A_CHANNEL_FLAGS)) {
		out_bool(out, "configured", NULL, set);
		out_bool(out, "exclusive", NULL, exclusive);
	}
	out_text(out, " %-8s",
		 set && exclusive ? "set,excl" :
		 set		  ? "set" :
		 exclusive	  ? "excl" :
				    "-");
}

static void put_held(struct out *out, const struct kctl_channel *c)
{
	if (kctl_channel_has(c, KCTL_A_CHANNEL_HELD))
		out_uint(out, "held", " %5u", c->held);
	else
		out_text(out, " %5s", "-");
	if (kctl_channel_has(c, KCTL_A_CHANNEL_DELAYED))
		out_json_u64(out, "delayed", c->delayed);
}

static void put_dead(struct out *out, const struct kctl_channel *c)
{
	if (kctl_channel_has(c, KCTL_A_CHANNEL_MAX_DELIVERIES))
		out_json_u64(out, "max_deliveries", c->max_deliveries);
	if (kctl_channel_has(c, KCTL_A_CHANNEL_DEAD_LETTER))
		out_json_u64(out, "dead_letter", c->dead_letter);
	if (kctl_channel_has(c, KCTL_A_CHANNEL_DEAD))
		out_json_u64(out, "dead", c->dead);
	if (kctl_channel_has(c, KCTL_A_CHANNEL_DROPPED))
		out_json_u64(out, "dropped", c->dropped);
}

static void put_limits(struct out *out, const struct kctl_channel *c)
{
	if (kctl_channel_has(c, KCTL_A_CHANNEL_RETRY_DELAY))
		out_json_u64(out, "retry_delay_ms", c->retry_delay);
	if (kctl_channel_has(c, KCTL_A_CHANNEL_HOLD_TIME_MAX))
		out_json_u64(out, "hold_time_max_ms", c->hold_time_max);
	if (kctl_channel_has(c, KCTL_A_CHANNEL_TTL))
		out_json_u64(out, "ttl_ms", c->ttl);
	if (kctl_channel_has(c, KCTL_A_CHANNEL_EXPIRED))
		out_json_u64(out, "expired", c->expired);
}

/* In tenths of a second. */
static void put_age(struct out *out, const struct kctl_channel *c)
{
	if (kctl_channel_has(c, KCTL_A_CHANNEL_AGE))
		out_json_u64(out, "age_ms", c->age);
	if (kctl_channel_has(c, KCTL_A_CHANNEL_OLDEST)) {
		out_json_u64(out, "oldest_ms", c->oldest);
		out_text(out, " %8" PRIu64 ".%u", c->oldest / 1000,
			 (unsigned int)(c->oldest / 100 % 10));
	} else {
		out_text(out, " %10s", "-");
	}
}

/* Messages per second since the channel was created. */
static void put_rate(struct out *out, const struct kctl_channel *c,
		     uint64_t messages)
{
	if (kctl_channel_has(c, KCTL_A_CHANNEL_AGE) && c->age)
		out_text(out, " %10.2f",
			 (double)messages * 1000 / (double)c->age);
	else
		out_text(out, " %10s", "-");
}

static void put_times(struct out *out, const struct kctl_channel *c,
		      bool verbose)
{
	if (!out->json && !verbose)
		return;
	put_age(out, c);
	put_rate(out, c, c->sent);
	if (kctl_channel_has(c, KCTL_A_CHANNEL_SENT))
		out_json_u64(out, "sent", c->sent);
	put_rate(out, c, c->received);
	if (kctl_channel_has(c, KCTL_A_CHANNEL_RECEIVED))
		out_json_u64(out, "received", c->received);
}

static void put_taps(struct out *out, const struct kctl_channel *c)
{
	if (kctl_channel_has(c, KCTL_A_CHANNEL_TAPS))
		out_uint(out, "taps", " %5u", c->taps);
	else
		out_text(out, " %5s", "-");
}

static const char *role_of(const struct kctl_channel *c, uint32_t socket)
{
	return socket < c->receivers	       ? "receiver" :
	       socket < c->receivers + c->taps ? "tap" :
						 "sender";
}

static void put_process(struct out *out, const struct holder *process,
			const char *role, bool is_first)
{
	char command[PROCESS_COMMAND];

	memcpy(command, process->command, sizeof(command));
	/* A process chooses its name: the name must not be able to imitate another process. */
	for (char *p = command; !out->json && *p; p++)
		if (strchr(" ,/", *p))
			*p = '_';
	out_object(out, NULL);
	out_json_string(out, "role", role);
	out_uint(out, "pid", is_first ? " %u" : ",%u", process->pid);
	out_foreign(out, "command", "/", command, strlen(command));
	out_end(out);
}

/* In text, a process is listed once, however many sockets it has before the one at @end. */
static bool is_shown(const struct kctl_channel *c, uint32_t end,
		     const struct holders *holders, uint32_t pid)
{
	const struct holder *process;
	size_t count;

	for (uint32_t i = 0; i < end; i++) {
		process = holders_of(holders, c->sockets[i], &count);
		for (; count--; process++)
			if (process->pid == pid)
				return true;
	}
	return false;
}

/* Sockets whose processes the caller may not see leave a question mark. */
static void put_processes(struct out *out, const struct kctl_channel *c,
			  const struct holders *holders)
{
	bool hidden = c->receivers + c->taps + c->senders > c->listed;
	const struct holder *process;
	bool is_first = true;
	size_t count;

	if (!kctl_channel_has(c, KCTL_A_CHANNEL_SOCKETS)) {
		out_text(out, " -\n");
		return;
	}
	out_array(out, "processes");
	for (uint32_t i = 0; i < c->listed; i++) {
		process = holders_of(holders, c->sockets[i], &count);
		hidden |= !count;
		for (; count--; process++) {
			if (!out->json && is_shown(c, i, holders, process->pid))
				continue;
			put_process(out, process, role_of(c, i), is_first);
			is_first = false;
		}
	}
	out_end(out);
	if (hidden)
		out_text(out, is_first ? " ?" : ",?");
	else if (is_first)
		out_text(out, " -");
	out_text(out, "\n");
}

static void put_name(struct out *out, const struct kctl_channel *c)
{
	if (*c->name)
		out_string(out, "name", " %-8s", c->name);
	else
		out_text(out, " %-8s", "-");
}

static void put_channel(struct out *out, const struct kctl_channel *c,
			struct names *names, const struct holders *holders,
			bool verbose)
{
	out_object(out, NULL);
	out_uint(out, "channel", "%10u", c->number);
	put_name(out, c);
	put_owner(out, c, names);
	put_flags(out, c);
	out_uint(out, "messages", " %8u", c->messages);
	out_u64(out, "bytes", " %10" PRIu64, c->bytes);
	put_held(out, c);
	put_dead(out, c);
	put_limits(out, c);
	if (kctl_channel_has(c, KCTL_A_CHANNEL_SENDERS))
		out_json_u64(out, "senders", c->senders);
	put_taps(out, c);
	out_uint(out, "receivers", " %9u", c->receivers);
	put_times(out, c, verbose);
	put_processes(out, c, holders);
	out_end(out);
}

/* If memory is short, the processes are unknown. */
static void find_holders(struct holders *holders,
			 const struct kctl_channels *list)
{
	uint32_t *inodes = NULL, *more;
	size_t sum = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct kctl_channel *c = list->channels[i];

		if (!c->listed)
			continue;
		more = reallocarray(inodes, sum + c->listed, sizeof(*inodes));
		if (!more)
			break;
		inodes = more;
		memcpy(inodes + sum, c->sockets, c->listed * sizeof(*inodes));
		sum += c->listed;
	}
	holders_find(holders, inodes, sum);
	free(inodes);
}

static void print_channels(struct out *out, const struct kctl_channels *list,
			   bool verbose)
{
	struct names names = { 0 };
	struct holders holders;

	find_holders(&holders, list);
	out_array(out, NULL);
	out_heading(out,
		    "%10s %-8s %4s %-8s %-8s %-8s %8s %10s %5s %5s %9s%s %s",
		    "CHANNEL", "NAME", "MODE", "OWNER", "GROUP", "FLAGS",
		    "MESSAGES", "BYTES", "HELD", "TAPS", "RECEIVERS",
		    verbose ? "     OLDEST     SENT/S RECEIVED/S" : "",
		    "PROCESSES");
	for (size_t i = 0; i < list->count; i++)
		put_channel(out, list->channels[i], &names, &holders, verbose);
	out_end(out);
	free(holders.items);
}

static enum exit_status list_run(struct ctx *ctx, const void *args)
{
	enum exit_status status = EXIT_DONE;
	struct kctl_channels *list = NULL;
	struct kctl_genl *genl;
	int err;

	(void)args;
	err = kctl_genl_open(&genl);
	if (!err)
		err = kctl_channels_get(genl, &list);
	if (err)
		status = cmd_fail(
			ctx,
			(struct failure){ .error = err,
					  .ext_ack = kctl_genl_ext_ack(genl) });
	else
		print_channels(&ctx->out, list, ctx->globals.verbose);
	kctl_channels_free(list);
	kctl_genl_close(genl);
	return status;
}

static const struct error_row list_errors[] = {
	{
		.error = EINTR,
		.status = EXIT_REFUSED,
		.message = "the channels keep changing too fast to be listed",
		.hint = "try again",
	},
	{ 0 },
};

const struct command cmd_proto_list = {
	.noun = "proto",
	.verb = "list",
	.help = "list the channels",
	.notes = "-v adds the age of the oldest message, and rates.",
	.example = "kctl proto list",
	.options = no_options,
	.errors = { list_errors },
	.all_netns = true,
	.run = list_run,
};
