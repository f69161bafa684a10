// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl watch list: list active watchers */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ifname.h"
#include "prefix.h"
#include "watch.h"
#include "cli/process.h"
#include "icmp/names.h"
#include "lib/libkctl.h"

/* The PID of a process in another network namespace matches by chance only. */
static bool is_here(uint32_t pid)
{
	char path[40], theirs[40], ours[40];
	ssize_t len, own;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/ns/net", pid);
	len = readlink(path, theirs, sizeof(theirs));
	own = readlink("/proc/self/ns/net", ours, sizeof(ours));
	return len > 0 && len == own && !memcmp(theirs, ours, (size_t)len);
}

/*
 * By default, the netlink port ID of a socket is the PID of the process that opened
 * it. A program can choose another port ID, so the name is only a hint.
 */
static bool process_name(uint32_t port, char name[PROCESS_COMMAND])
{
	if (!is_here(port))
		return false;
	process_command(port, name);
	return *name;
}

static void put_types(struct out *out, const char *key, uint8_t family,
		      const uint8_t *types, size_t count)
{
	if (!count)
		return;
	out_array(out, key);
	out_text(out, family == AF_INET ? " icmp" : " icmpv6");
	for (size_t i = 0; i < count; i++) {
		const struct icmp_type *type = icmp_type_find(family, types[i]);

		out_json_u64(out, key, types[i]);
		out_text(out, i ? "," : " ");
		if (type)
			out_text(out, "%s", type->name);
		else
			out_text(out, "%u", types[i]);
	}
	out_end(out);
}

static void put_prefix(struct out *out, const char *key,
		       const struct kctl_prefix *prefix)
{
	char text[PREFIX_STRLEN];

	if (!prefix->family)
		return;
	prefix_format(prefix, text);
	out_text(out, " %s", key);
	out_string(out, key, " %s", text);
}

static void put_interface(struct out *out, uint32_t ifindex)
{
	struct ifname_cache cache = { 0 };
	const char *name;

	if (!ifindex)
		return;
	name = ifname_get(&cache, ifindex, 0);
	out_json_u64(out, "ifindex", ifindex);
	out_foreign(out, "interface", " dev ", name, strlen(name));
}

/* Print the filter as options, in one column; text omits defaults. */
static void put_filter(struct out *out, const struct kctl_watch_filter *f)
{
	if (f->family)
		out_string(out, "family", " %s",
			   f->family == AF_INET ? "inet" : "inet6");
	if (f->direction == KCTL_DIRECTION_IN)
		out_string(out, "direction", " %s", "in");
	if (f->direction == KCTL_DIRECTION_OUT)
		out_string(out, "direction", " %s", "out");
	put_interface(out, f->ifindex);
	put_prefix(out, "src", &f->src);
	put_prefix(out, "dst", &f->dst);
	put_prefix(out, "host", &f->host);
	put_types(out, "types4", AF_INET, f->types4, f->types4_count);
	put_types(out, "types6", AF_INET6, f->types6, f->types6_count);
	if (f->has_code)
		out_uint(out, "code", " code %u", f->code);
	if (f->sample > 1)
		out_uint(out, "sample", " sample 1/%u", f->sample);
	out_uint(out, "snaplen",
		 f->snaplen == KCTL_SNAPLEN_DEFAULT ? NULL : " snaplen %u",
		 f->snaplen);
	if (f->has_coalesce)
		out_uint(out, "coalesce",
			 f->coalesce == KCTL_COALESCE_DEFAULT ? NULL :
								" coalesce %u",
			 f->coalesce);
}

/* A column of 15: PROCESS_COMMAND without its NUL. */
static void put_process(struct out *out, const char *name)
{
	out_foreign(out, "process", " ", name, strlen(name));
	out_text(out, "%*s", PROCESS_COMMAND - 1 - (int)strlen(name), "");
}

static void put_watcher(struct out *out, const struct kctl_watcher *w)
{
	char name[PROCESS_COMMAND];

	out_object(out, NULL);
	out_uint(out, "port", "%10u", w->port);
	if (process_name(w->port, name))
		put_process(out, name);
	else
		out_text(out, " %-15s", "-");
	out_u64(out, "matched", " %12" PRIu64, w->matched);
	out_u64(out, "delivered", " %12" PRIu64, w->delivered);
	out_u64(out, "lost", " %10" PRIu64 " ", w->lost);
	put_filter(out, w->filter);
	out_text(out, "\n");
	out_end(out);
}

static void print_watchers(struct out *out, const struct kctl_watchers *list)
{
	out_array(out, NULL);
	out_heading(out, "%10s %-15s %12s %12s %10s  %s", "PORT", "PROCESS",
		    "MATCHED", "DELIVERED", "LOST", "FILTER");
	for (size_t i = 0; i < list->count; i++)
		put_watcher(out, list->watchers[i]);
	out_end(out);
}

static enum exit_status list_run(struct ctx *ctx, const void *args)
{
	enum exit_status status = EXIT_DONE;
	struct kctl_watchers *list = NULL;
	struct kctl_genl *genl;
	int err;

	(void)args;
	err = kctl_genl_open(&genl);
	if (!err)
		err = kctl_watchers_get(genl, &list);
	if (err)
		status = cmd_fail(
			ctx,
			(struct failure){ .error = err,
					  .ext_ack = kctl_genl_ext_ack(genl) });
	else
		print_watchers(&ctx->out, list);
	kctl_watchers_free(list);
	kctl_genl_close(genl);
	return status;
}

static const struct error_row list_errors[] = {
	{
		.error = EINTR,
		.status = EXIT_REFUSED,
		.message = "the watchers keep changing too fast to be listed",
		.hint = "try again",
	},
	{ 0 },
};

const struct command cmd_watch_list = {
	.noun = "watch",
	.verb = "list",
	.help = "list active watchers, their filters and their losses",
	.notes =
		"The process name is a hint: it belongs to the process whose PID is the port.",
	.example = "kctl watch list",
	.options = no_options,
	.errors = { list_errors },
	.all_netns = true,
	.run = list_run,
};
