// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "all_netns.h"
#include "netns.h"

static int is_name(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
}

/* Use a path, so that a name of digits is not taken for a process ID. */
static int enter(const char *name)
{
	char path[sizeof(NETNS_NAMES) + 1 + NAME_MAX];

	snprintf(path, sizeof(path), NETNS_NAMES "/%s", name);
	return netns_enter(path);
}

/* Print the heading of ip(8) before the text. */
static void put_name(struct out *out, const char *name, bool first)
{
	out_text(out, "%s", first ? "" : "\n");
	out_style(out, STYLE_HEADING);
	out_foreign(out, "netns", "netns: ", name, strlen(name));
	out_style(out, STYLE_PLAIN);
	out_text(out, "\n");
}

/* Run @c in this network namespace, which is that of ctx->netns. @first: none was printed. */
static enum exit_status run_here(struct ctx *ctx, const struct command *c,
				 const void *args, bool *first)
{
	struct out *out = &ctx->out;
	enum exit_status status;

	out_object(out, NULL);
	put_name(out, ctx->netns, *first);
	*first = false;
	/* Flush, so that an error follows the name of its namespace. */
	out_flush(out);
	status = c->run(ctx, args);
	if (status)
		out_drop(out);
	else
		out_end(out);
	return status;
}

static enum exit_status run_in(struct ctx *ctx, const struct command *c,
			       const void *args, bool *first)
{
	int err = enter(ctx->netns);

	/* It was deleted in the meantime: ignore it. */
	if (err == -ENOENT)
		return EXIT_DONE;
	if (!err)
		return run_here(ctx, c, args, first);
	/* Flush, so that the error follows the output of the previous namespaces. */
	out_flush(&ctx->out);
	return cmd_fail(ctx, (struct failure){ .step = "named netns",
					       .error = err,
					       .subject = ctx->netns });
}

static enum exit_status run_each(struct ctx *ctx, const struct command *c,
				 const void *args, struct dirent *const *names,
				 int count)
{
	enum exit_status ret = EXIT_DONE, status;
	bool first = true;

	out_array(&ctx->out, NULL);
	for (int i = 0; i < count; i++) {
		ctx->netns = names[i]->d_name;
		status = run_in(ctx, c, args, &first);
		if (!ret)
			ret = status;
	}
	out_end(&ctx->out);
	ctx->netns = NULL;
	return ret;
}

enum exit_status all_netns_run(struct ctx *ctx, const struct command *c,
			       const void *args)
{
	struct dirent **names = NULL;
	enum exit_status status;
	int count = scandir(NETNS_NAMES, &names, is_name, alphasort);

	/* ip(8) creates the directory with the first name. */
	if (count < 0 && errno == ENOENT)
		count = 0;
	if (count < 0)
		return cmd_read_failed(ctx, -errno, 0, NETNS_NAMES);
	if (!count && !ctx->globals.quiet)
		cmd_notice(ctx, "no network namespace has a name");
	status = run_each(ctx, c, args, names, count);
	for (int i = 0; i < count; i++)
		free(names[i]);
	free(names);
	return status;
}
