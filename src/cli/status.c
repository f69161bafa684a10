// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl status, kctl --version */
#include <errno.h>
#include <inttypes.h>

#include "status.h"
#include "lib/libkctl.h"

/**
 * struct status_row - a number on a line of its own
 * @section: heading in front of the first row of a section, otherwise NULL
 * @label: name in text
 * @key: key in JSON
 * @attr: attribute of the number
 * @limit_key: key of its limit in JSON
 * @limit_attr: attribute of its limit, or 0
 */
struct status_row {
	const char *section;
	const char *label;
	const char *key;
	enum kctl_status_attr attr;
	const char *limit_key;
	enum kctl_status_attr limit_attr;
};

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
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void print_row(struct out *out, const struct kctl_status *status,
		      const struct status_row *row)
{
	/* An older module does not send all attributes. */
	if (!kctl_status_has(status, row->attr))
		return;
	out_text(out, "  %-22s ", row->label);
	out_u64(out, row->key, "%" PRIu64, status->value[row->attr]);
	if (row->limit_attr && kctl_status_has(status, row->limit_attr))
		out_u64(out, row->limit_key, " of %" PRIu64,
			status->value[row->limit_attr]);
	out_text(out, "\n");
}

static void print_numbers(struct out *out, const struct kctl_status *status)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].section) {
			out_heading(out, "%s", rows[i].section);
			out_object(out, rows[i].section);
		}
		print_row(out, status, &rows[i]);
		if (i + 1 == ROWS || rows[i + 1].section)
			out_end(out);
	}
}

static const char *skew(uint64_t abi_version)
{
	if (abi_version > KCTL_ABI_VERSION)
		return ", newer than the tool: its new values are not shown";
	if (abi_version < KCTL_ABI_VERSION)
		return ", older than the tool: some commands may be missing";
	return "";
}

static void print_versions(struct out *out, const struct kctl_status *status)
{
	uint64_t abi = status->value[KCTL_A_STATUS_ABI_VERSION];

	out_object(out, "tool");
	out_string(out, "version", "tool     %s", KCTL_VERSION);
	out_uint(out, "abi", ", ABI %u\n", KCTL_ABI_VERSION);
	out_end(out);
	out_object(out, "module");
	out_string(out, "version", "module   %s", status->module_version);
	out_u64(out, "abi", ", ABI %" PRIu64, abi);
	out_text(out, "%s\n", skew(abi));
	out_end(out);
}

static enum exit_status status_run(struct ctx *ctx, const void *args)
{
	struct out *out = &ctx->out;
	struct kctl_status status;
	struct kctl_genl *genl = NULL;
	char ext_ack[128];
	int err;

	(void)args;
	err = kctl_genl_open(&genl, ext_ack, sizeof(ext_ack));
	if (!err)
		err = kctl_status_get(genl, &status);
	kctl_genl_close(genl);
	if (err)
		return cmd_fail(ctx, (struct failure){ .error = err,
						       .ext_ack = ext_ack });
	out_object(out, NULL);
	print_versions(out, &status);
	print_numbers(out, &status);
	out_end(out);
	return EXIT_DONE;
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

const struct command cmd_status = {
	.noun = "status",
	.help = "print versions, counters and limits",
	.example = "kctl -j status",
	.options = no_options,
	.all_netns = true,
	.run = status_run,
};
