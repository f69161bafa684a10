// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * All metrics are gauges: the two formats write counters and information differently.
 * Their names are those of the JSON keys.
 */
#include <inttypes.h>
#include <string.h>

#include "openmetrics.h"
#include "foreign.h"

/* Print a label; its value can be the name of any file. */
static void print_label(struct out *out, const char *name, const char *value)
{
	size_t size = strlen(value), used;
	char text[FOREIGN_CHARACTER];

	out_text(out, "%s=\"", name);
	for (; size; value += used, size -= used) {
		used = foreign_next(value, size, text);
		/* In this format too, a newline is \n; other escapes are plain text in it. */
		out_text(out, "%s%s",
			 *value != '\n' && (*text == '"' || *text == '\\') ?
				 "\\" :
				 "",
			 text);
	}
	out_text(out, "\"");
}

static void print_metric(struct out *out, const struct kctl_status *status,
			 const char *netns, const char *section,
			 const char *key, enum kctl_status_attr attr)
{
	if (!kctl_status_has(status, attr))
		return;
	out_text(
		out,
		"# HELP kctl_%s_%s %s of kctl status, in one network namespace\n",
		section, key, key);
	out_text(out, "# TYPE kctl_%s_%s gauge\n", section, key);
	out_text(out, "kctl_%s_%s", section, key);
	if (netns) {
		out_text(out, "{");
		print_label(out, "netns", netns);
		out_text(out, "}");
	}
	out_text(out, " %" PRIu64 "\n", kctl_status_value(status, attr));
}

static void print_build(struct out *out, const struct kctl_status *status,
			const char *netns)
{
	out_text(out, "# HELP kctl_build versions of tool and module\n"
		      "# TYPE kctl_build gauge\nkctl_build{");
	print_label(out, "tool", KCTL_VERSION);
	out_text(out, ",");
	print_label(out, "module", kctl_status_module_version(status));
	out_text(out, ",abi=\"%" PRIu64 "\"",
		 kctl_status_value(status, KCTL_A_STATUS_ABI_VERSION));
	if (netns) {
		out_text(out, ",");
		print_label(out, "netns", netns);
	}
	out_text(out, "} 1\n");
}

void openmetrics_print(struct out *out, const struct status_row *rows,
		       const struct kctl_status *status, const char *netns)
{
	const struct status_row *row;
	const char *section = NULL;

	print_build(out, status, netns);
	for (row = rows; row->key; row++) {
		section = row->section ? row->section : section;
		print_metric(out, status, netns, section, row->key, row->attr);
		if (row->limit_attr)
			print_metric(out, status, netns, section,
				     row->limit_key, row->limit_attr);
	}
	out_text(out, "# EOF\n");
}
