// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl status, kctl --version */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "openmetrics.h"
#include "status.h"
#include "status_row.h"
#include "lib/libkctl.h"

static const struct status_row rows[] = {
	{
		.section = "store",
		.label = "entries",
		.key = "entries",
		.attr = KCTL_A_STATUS_STORE_ENTRIES,
		.limit_key = "max_entries",
		.limit_attr = KCTL_A_STATUS_STORE_MAX_ENTRIES,
	},
	{
		.label = "bytes",
		.key = "bytes",
		.attr = KCTL_A_STATUS_STORE_BYTES,
		.limit_key = "max_bytes",
		.limit_attr = KCTL_A_STATUS_STORE_MAX_BYTES,
	},
	{
		.label = "generation",
		.key = "generation",
		.attr = KCTL_A_STATUS_STORE_GENERATION,
	},
	{
		.section = "watch",
		.label = "watchers",
		.key = "watchers",
		.attr = KCTL_A_STATUS_WATCHERS,
		.limit_key = "watchers_max",
		.limit_attr = KCTL_A_STATUS_WATCHERS_MAX,
	},
	{
		.label = "receive buffers",
		.key = "bytes",
		.attr = KCTL_A_STATUS_WATCH_BYTES,
		.limit_key = "max_bytes",
		.limit_attr = KCTL_A_STATUS_WATCH_MAX_BYTES,
	},
	{
		.label = "hooks",
		.key = "hooks",
		.attr = KCTL_A_STATUS_HOOKS,
	},
	{
		.section = "proto",
		.label = "family",
		.key = "family",
		.attr = KCTL_A_STATUS_FAMILY,
	},
	{
		.label = "sockets",
		.key = "sockets",
		.attr = KCTL_A_STATUS_SOCKETS,
	},
	{
		.label = "channels",
		.key = "channels",
		.attr = KCTL_A_STATUS_CHANNELS,
		.limit_key = "channels_max",
		.limit_attr = KCTL_A_STATUS_CHANNELS_MAX,
	},
	{
		.label = "memory",
		.key = "bytes",
		.attr = KCTL_A_STATUS_PROTO_BYTES,
		.limit_key = "max_bytes",
		.limit_attr = KCTL_A_STATUS_PROTO_MAX_BYTES,
	},
	{
		.label = "per channel, messages",
		.key = "channel_max_messages",
		.attr = KCTL_A_STATUS_CHANNEL_MAX_MESSAGES,
	},
	{
		.label = "per channel, bytes",
		.key = "channel_max_bytes",
		.attr = KCTL_A_STATUS_CHANNEL_MAX_BYTES,
	},
	{
		.label = "events",
		.key = "events",
		.attr = KCTL_A_STATUS_PROTO_EVENTS,
	},
	{ 0 },
};

enum limit_state limit_state(uint64_t used, uint64_t max)
{
	if (used >= max)
		return LIMIT_REACHED;
	return used >= max - max / 10 ? LIMIT_NEAR : LIMIT_FINE;
}

/* Only text has the mark: a reader of JSON can compare the numbers. */
static void mark_limit(struct out *out, uint64_t used, uint64_t max)
{
	static const char *const marks[] = {
		[LIMIT_NEAR] = "  near the limit",
		[LIMIT_REACHED] = "  limit reached",
	};
	enum limit_state state = limit_state(used, max);

	if (state == LIMIT_FINE)
		return;
	out_style(out, STYLE_TROUBLE);
	out_text(out, "%s", marks[state]);
	out_style(out, STYLE_PLAIN);
}

static void print_row(struct out *out, const struct kctl_status *status,
		      const struct status_row *row)
{
	/* An older module does not send all attributes. */
	if (!kctl_status_has(status, row->attr))
		return;
	out_text(out, "  %-22s ", row->label);
	out_u64(out, row->key, "%" PRIu64,
		kctl_status_value(status, row->attr));
	if (row->limit_attr && kctl_status_has(status, row->limit_attr)) {
		out_u64(out, row->limit_key, " of %" PRIu64,
			kctl_status_value(status, row->limit_attr));
		mark_limit(out, kctl_status_value(status, row->attr),
			   kctl_status_value(status, row->limit_attr));
	}
	out_text(out, "\n");
}

static void print_numbers(struct out *out, const struct kctl_status *status)
{
	const struct status_row *row;

	for (row = rows; row->key; row++) {
		if (row->section) {
			out_heading(out, "%s", row->section);
			out_object(out, row->section);
		}
		print_row(out, status, row);
		if (!row[1].key || row[1].section)
			out_end(out);
	}
}

const char *status_skew(uint64_t abi)
{
	if (abi > KCTL_ABI_VERSION)
		return "newer than the tool, which does not show its new values";
	if (abi < KCTL_ABI_VERSION)
		return "older than the tool: some commands may be missing";
	return "";
}

static void print_versions(struct out *out, const struct kctl_status *status)
{
	uint64_t abi = kctl_status_value(status, KCTL_A_STATUS_ABI_VERSION);

	out_object(out, "tool");
	out_string(out, "version", "tool     %s", KCTL_VERSION);
	out_uint(out, "abi", ", ABI %u\n", KCTL_ABI_VERSION);
	out_end(out);
	out_object(out, "module");
	out_string(out, "version", "module   %s",
		   kctl_status_module_version(status));
	out_u64(out, "abi", ", ABI %" PRIu64, abi);
	out_text(out, "%s%s\n", *status_skew(abi) ? ", " : "",
		 status_skew(abi));
	out_end(out);
}

struct status_args {
	bool openmetrics;
};

static const char *status_check(const struct globals *globals, const void *args)
{
	const struct status_args *a = args;

	if (a->openmetrics && globals->json)
		return "--format openmetrics and --json exclude each other";
	/* Each metric may occur once in a file. */
	if (a->openmetrics && globals->all_netns)
		return "--format openmetrics and --all-netns exclude each other";
	return NULL;
}

static enum exit_status read_failed(struct ctx *ctx, int err,
				    struct kctl_genl *genl)
{
	return cmd_fail(ctx,
			(struct failure){ .error = err,
					  .ext_ack = kctl_genl_ext_ack(genl) });
}

static void print_status(struct out *out, const struct kctl_status *status)
{
	out_object(out, NULL);
	print_versions(out, status);
	print_numbers(out, status);
	out_end(out);
}

static enum exit_status status_run(struct ctx *ctx, const void *args)
{
	const struct status_args *a = args;
	enum exit_status status = EXIT_DONE;
	struct kctl_status *read = NULL;
	struct kctl_genl *genl;
	int err;

	err = kctl_genl_open(&genl);
	if (!err)
		err = kctl_status_get(genl, &read);
	if (err)
		status = read_failed(ctx, err, genl);
	else if (a->openmetrics)
		openmetrics_print(&ctx->out, rows, read, ctx->globals.netns);
	else
		print_status(&ctx->out, read);
	kctl_status_free(read);
	kctl_genl_close(genl);
	return status;
}

enum exit_status cmd_version(struct ctx *ctx)
{
	struct out *out = &ctx->out;
	char module[32];

	out_object(out, NULL);
	out_string(out, "tool", "kctl %s\n", KCTL_VERSION);
	if (kctl_module_version(module, sizeof(module))) {
		out_json_null(out, "module");
		out_text(out, "module not loaded\n");
	} else {
		out_string(out, "module", "module %s\n", module);
	}
	out_end(out);
	return EXIT_DONE;
}

static bool opt_format(const struct opt *opt, const char *arg, void *dest)
{
	(void)opt;
	*(bool *)dest = !strcmp(arg, "openmetrics");
	return *(bool *)dest || !strcmp(arg, "text");
}

static const struct opt status_options[] = {
	{
		.name = "format",
		.arg = "text|openmetrics",
		.help = "print text, or metrics for Prometheus",
		.expects = "text or openmetrics",
		.parse = opt_format,
		.offset = offsetof(struct status_args, openmetrics),
	},
	{ 0 },
};

const struct command cmd_status = {
	.noun = "status",
	.help = "print versions, counters and limits",
	.example = "kctl -j status",
	.options = status_options,
	.args_size = sizeof(struct status_args),
	.no_load = true,
	.all_netns = true,
	.check = status_check,
	.run = status_run,
};
