// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl watch: what the kernel reports */
#include <string.h>
#include <sys/socket.h>

#include "cmd.h"
#include "icmp_names.h"
#include "ifname.h"
#include "parse.h"
#include "print_icmp.h"
#include "stream.h"

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
 * @stream: what it has in common with others
 * @args: what was asked for
 * @interfaces: names of interfaces
 */
struct watch {
	struct stream stream;
	const struct watch_args *args;
	struct ifname_cache interfaces;
};

static void take_record(void *data, const struct kctl_record *record,
			const uint8_t *packet)
{
	struct watch *w = data;
	struct icmp_extra extra = { 0 };
	struct icmp_event event;

	if (!stream_take(&w->stream, record->seq))
		return;
	icmp_decode(record->family, packet, record->captured, &event);
	extra.interface =
		ifname_get(&w->interfaces, record->ifindex, record->time);
	print_icmp(&w->stream.ctx->out, record, packet, &event, &extra);
}

static int start(struct stream *s)
{
	struct watch *w = (struct watch *)s;
	int err = kctl_watch_start(s->genl, &w->args->filter, take_record, w);

	if (!err)
		stream_ready(s);
	return err;
}

static int read_records(struct stream *s)
{
	return kctl_watch_read(s->genl);
}

static int finish(struct stream *s)
{
	struct kctl_watch_totals totals = { 0 };
	int err = kctl_watch_stop(s->genl, &totals);

	if (!err && !stream_is_complete(s))
		stream_lost(s, totals.matched);
	return err;
}

static const struct stream_ops watch_ops = {
	.start = start,
	.read = read_records,
	.finish = finish,
};

static enum exit_status cmd_watch_icmp(struct ctx *ctx, const void *args)
{
	const struct watch_args *a = args;
	struct watch w = {
		.stream = { .ops = &watch_ops,
			    .ctx = ctx,
			    .limit = a->count,
			    .duration = a->duration },
		.args = a,
	};

	return stream_run(&w.stream);
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
