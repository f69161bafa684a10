// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl watch: what the kernel reports */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>

#include "cmd.h"
#include "icmp_names.h"
#include "ifname.h"
#include "lib/libkctl.h"
#include "parse.h"
#include "print_icmp.h"

/* Datagrams to read before signals and deadlines get their turn again. */
#define BURST 64

/* A set of ICMP and one of ICMPv6 types, as --type gives them. */
struct type_sets {
	bool given;
	bool types4[256];
	bool types6[256];
};

struct watch_args {
	bool v4;
	bool v6;
	bool in;
	bool out;
	uint32_t snaplen;
	uint64_t count;
	int64_t duration;
	struct type_sets types;
	struct kctl_watch_filter filter;
};

static const struct watch_args defaults = { .snaplen = KCTL_SNAPLEN_DEFAULT };

/* One type: a number is one of both families, a name of those that have it. */
static bool add_type(struct type_sets *sets, const char *word)
{
	const struct icmp_type *type;
	bool found = false;
	uint64_t number;

	if (parse_u64(word, &number)) {
		if (number > 255)
			return false;
		sets->types4[number] = true;
		sets->types6[number] = true;
		return true;
	}
	for (type = icmp_types; type->name; type++) {
		if (strcmp(type->name, word))
			continue;
		(type->family == AF_INET ? sets->types4 :
					   sets->types6)[type->type] = true;
		found = true;
	}
	return found;
}

static bool opt_types(const struct opt *opt, const char *arg, void *dest)
{
	struct type_sets *sets = dest;
	char word[64];
	size_t len;

	(void)opt;
	sets->given = true;
	for (;; arg += len + 1) {
		len = strcspn(arg, ",");
		if (len >= sizeof(word))
			return false;
		memcpy(word, arg, len);
		word[len] = '\0';
		if (!add_type(sets, word))
			return false;
		if (!arg[len])
			return true;
	}
}

static const struct opt icmp_options[] = {
	{
		.letter = '4',
		.help = "only ICMP for IPv4",
		.parse = opt_flag,
		.offset = offsetof(struct watch_args, v4),
	},
	{
		.letter = '6',
		.help = "only ICMPv6",
		.parse = opt_flag,
		.offset = offsetof(struct watch_args, v6),
	},
	{
		.name = "in",
		.help = "only what arrives",
		.parse = opt_flag,
		.offset = offsetof(struct watch_args, in),
	},
	{
		.name = "out",
		.help = "only what is sent from here",
		.parse = opt_flag,
		.offset = offsetof(struct watch_args, out),
	},
	{
		.name = "type",
		.arg = "T[,T...]",
		.help = "only these types: numbers, or names as in -j",
		.expects =
			"ICMP types, as numbers from 0 to 255 or names like echo-request,",
		.parse = opt_types,
		.offset = offsetof(struct watch_args, types),
	},
	{
		.name = "snaplen",
		.arg = "N",
		.help = "capture N bytes of a packet, 128 if left out",
		.parse = opt_u32,
		.offset = offsetof(struct watch_args, snaplen),
		.max = KCTL_SNAPLEN_MAX,
	},
	{
		.name = "count",
		.arg = "N",
		.help = "end after N packets",
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

static size_t list_types(const bool set[256], uint8_t list[256])
{
	size_t count = 0;

	for (int type = 0; type < 256; type++)
		if (set[type])
			list[count++] = (uint8_t)type;
	return count;
}

/*
 * An empty set of types means all to the kernel. So where the types are all of
 * one family, the other family is ruled out as such.
 */
static const char *add_types_to_filter(struct kctl_watch_filter *filter,
				       const struct type_sets *sets)
{
	if (filter->family != AF_INET6)
		filter->types4_count = list_types(sets->types4, filter->types4);
	if (filter->family != AF_INET)
		filter->types6_count = list_types(sets->types6, filter->types6);
	if (!filter->types4_count && !filter->types6_count)
		return filter->family == AF_INET ?
			       "with -4, no type of --type is left" :
			       "with -6, no type of --type is left";
	if (!filter->types6_count)
		filter->family = AF_INET;
	else if (!filter->types4_count)
		filter->family = AF_INET6;
	return NULL;
}

static const char *icmp_prepare(void *args, char *const *operands)
{
	struct watch_args *a = args;
	struct kctl_watch_filter *filter = &a->filter;

	(void)operands;
	filter->snaplen = a->snaplen;
	if (a->v4 != a->v6)
		filter->family = a->v4 ? AF_INET : AF_INET6;
	if (a->in != a->out)
		filter->direction = a->in ? KCTL_DIRECTION_IN :
					    KCTL_DIRECTION_OUT;
	return a->types.given ? add_types_to_filter(filter, &a->types) : NULL;
}

/**
 * struct watch - a watch that goes on
 * @ctx: the run
 * @genl: the handle
 * @count: end after so many packets; 0 for no end
 * @received: packets printed
 * @lost: packets that are missing between those, or behind the last
 * @last_seq: number of the last record seen
 * @ready: the beginning has been told
 * @interfaces: names of interfaces
 */
struct watch {
	struct ctx *ctx;
	struct kctl_genl *genl;
	uint64_t count;
	uint64_t received;
	uint64_t lost;
	uint64_t last_seq;
	bool ready;
	struct ifname_cache interfaces;
};

static bool is_complete(const struct watch *w)
{
	return w->count && w->received == w->count;
}

/* Once the kernel has acknowledged; a packet that overtakes that proves it. */
static void tell_ready(struct watch *w)
{
	struct out *out = &w->ctx->out;

	if (w->ready)
		return;
	w->ready = true;
	out_object(out, NULL);
	out_string(out, "event", "ready", NULL);
	out_end(out);
	if (w->ctx->globals.verbose)
		cmd_notice(w->ctx, "watching");
}

/* Packets up to @seq matched; those that were not seen are lost. */
static void tell_lost(struct watch *w, uint64_t seq)
{
	struct out *out = &w->ctx->out;
	uint64_t count = seq - w->last_seq;

	if (seq <= w->last_seq)
		return;
	w->lost += count;
	w->last_seq = seq;
	out_object(out, NULL);
	out_string(out, "event", "lost", NULL);
	out_style(out, STYLE_LOSS);
	out_u64(out, "count", count, "lost %" PRIu64 " event%s", count,
		count == 1 ? "" : "s");
	out_style(out, STYLE_PLAIN);
	out_text(out, "\n");
	out_end(out);
}

static void tell_end(struct watch *w, bool by_signal)
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

static void take_record(void *data, const struct kctl_record *record,
			const uint8_t *packet)
{
	struct watch *w = data;
	struct icmp_event event;

	/* What came behind the last one that was wanted is nobody's loss. */
	if (is_complete(w))
		return;
	tell_ready(w);
	tell_lost(w, record->seq - 1);
	w->last_seq = record->seq;
	w->received++;
	icmp_decode(record->family, packet, record->captured, &event);
	print_icmp(&w->ctx->out, record, &event,
		   ifname_get(&w->interfaces, record->ifindex, record->time));
}

/* Reads and prints until there is a reason to end; returns it as cmd_wait() does. */
static int follow(struct watch *w, int64_t deadline)
{
	int fd = kctl_genl_fd(w->genl);
	int ret, err, i;

	while (!is_complete(w)) {
		if (!out_flush(&w->ctx->out))
			return WAIT_NO_READER;
		ret = cmd_wait(w->ctx, fd, deadline);
		if (ret != WAIT_INPUT)
			return ret;
		for (i = 0, err = 0; i < BURST && !err && !is_complete(w); i++)
			err = kctl_watch_read(w->genl);
		if (err && err != -EAGAIN)
			return err;
		if (deadline != WAIT_FOREVER && wait_now() >= deadline)
			return WAIT_DEADLINE;
	}
	return WAIT_INPUT;
}

/* Ends the watch and accounts for every packet that matched before it ended. */
static int finish(struct watch *w)
{
	struct kctl_watch_totals totals = { 0 };
	int err;

	if (is_complete(w))
		return 0;
	err = kctl_watch_stop(w->genl, &totals);
	if (!err && !is_complete(w))
		tell_lost(w, totals.matched);
	return err;
}

static int watch(struct watch *w, const struct watch_args *a)
{
	int64_t deadline = WAIT_FOREVER;
	int why, err;

	err = kctl_watch_start(w->genl, &a->filter, take_record, w);
	if (err)
		return err;
	tell_ready(w);
	if (a->duration)
		deadline = wait_now() + a->duration;
	why = follow(w, deadline);
	if (why < 0 || why == WAIT_NO_READER)
		return why < 0 ? why : 0;
	err = finish(w);
	tell_end(w, why == WAIT_SIGNAL);
	return err;
}

static enum exit_status cmd_watch_icmp(struct ctx *ctx, const void *args)
{
	const struct watch_args *a = args;
	struct watch w = { .ctx = ctx, .count = a->count };
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

const struct command watch_commands[] = {
	{
		.noun = "watch",
		.verb = "icmp",
		.alias_noun = "netlink",
		.alias_verb = "watch-icmp",
		.help = "print ICMP packets as they come and go",
		.notes =
			"What no option rules out is printed. SIGINT and SIGTERM end it, too.",
		.options = icmp_options,
		.defaults = &defaults,
		.args_size = sizeof(struct watch_args),
		.prepare = icmp_prepare,
		.run = cmd_watch_icmp,
	},
	{ 0 },
};
