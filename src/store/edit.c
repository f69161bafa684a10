// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl sockopt edit: change the whole store in an editor */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "editor.h"
#include "store.h"
#include "storefile.h"
#include "cli/file.h"
#include "cli/input.h"

#define SUFFIX ".kctl"
#define APPLY_HINT \
	"compare: kctl sockopt diff {subject}, apply: kctl sockopt restore {subject}"

/**
 * struct draft - the store while it is edited
 * @store: the store as it was read
 * @text: the file as it was written
 * @size: bytes of @text
 * @path: the file; short enough for an error that names it several times
 * @keep: leave the file to the user
 * @again: start the editor again
 */
struct draft {
	struct kctl_snapshot *store;
	char *text;
	size_t size;
	char path[160];
	bool keep;
	bool again;
};

static enum exit_status create_file(struct ctx *ctx, struct draft *d)
{
	const char *directory = getenv("TMPDIR");
	int err = -ENAMETOOLONG;

	if (!directory || !*directory)
		directory = "/tmp";
	if (snprintf(d->path, sizeof(d->path), "%s/kctl-XXXXXX" SUFFIX,
		     directory) < (int)sizeof(d->path))
		err = file_write_temporary(d->path, (int)strlen(SUFFIX),
					   d->text, d->size);
	if (!err)
		return EXIT_DONE;
	return cmd_fail(ctx,
			(struct failure){
				.step = "write",
				.error = err,
				.subject = directory,
				.hint = "TMPDIR can name another directory" });
}

/* Accept the text as it was written, whatever the current limits of the store. */
static bool is_untouched(const struct draft *d)
{
	struct input input;
	bool same;

	if (input_read(&input, d->size, NULL, d->path))
		return false;
	same = input.size == d->size && !memcmp(input.data, d->text, d->size);
	input_free(&input);
	return same;
}

/* Returns 1 if the file has the same entries as the store, 0 if not, or -ENOMEM. */
static int is_same_store(const struct draft *d,
			 const struct store_section *file)
{
	struct kctl_snapshot *edited;
	int ret = kctl_table_snapshot(file->table, &edited);

	if (ret)
		return ret;
	ret = edited->count == d->store->count;
	for (size_t i = 0; ret && i < edited->count; i++)
		ret = !strcmp(edited->entries[i]->name,
			      d->store->entries[i]->name) &&
		      storefile_same_entry(edited->entries[i],
					   d->store->entries[i]);
	kctl_snapshot_free(edited);
	return ret;
}

static enum exit_status replace_failed(struct ctx *ctx, struct draft *d,
				       int err)
{
	char kept[256];

	d->keep = true;
	snprintf(kept, sizeof(kept), "the edited file is %s", d->path);
	return store_replace_failed(
		ctx, (struct failure){ .error = err,
				       .subject = d->path,
				       .wanted = d->store->generation,
				       .done = kept });
}

static enum exit_status apply(struct ctx *ctx, struct draft *d,
			      const struct store_section *file)
{
	int ret = is_same_store(d, file);

	if (ret > 0) {
		cmd_notice(ctx, "nothing was changed");
		return EXIT_DONE;
	}
	/* The kernel lets only one program at a time replace the store; others wait. */
	editor_end(ctx);
	if (!ret)
		ret = store_replace_unchanged(file->table,
					      d->store->generation);
	return ret ? replace_failed(ctx, d, ret) : EXIT_DONE;
}

/* The error of the file is printed. */
static void offer(struct ctx *ctx, struct draft *d)
{
	if (editor_can_ask(ctx)) {
		d->again = editor_ask_again(ctx);
		return;
	}
	d->keep = true;
	cmd_notice(ctx, "nothing was changed, the edited file is %s", d->path);
}

static enum exit_status no_file(struct ctx *ctx, const char *path, int err)
{
	return cmd_fail(ctx, (struct failure){ .step = "left",
					       .error = err,
					       .subject = path });
}

/* Many editors write a new file and rename it, so only the path identifies the file. */
static enum exit_status take_file(struct ctx *ctx, struct draft *d)
{
	struct store_section file;
	enum exit_status status;
	struct stat st;

	if (lstat(d->path, &st))
		return no_file(ctx, d->path, -errno);
	if (!S_ISREG(st.st_mode))
		return no_file(ctx, d->path, -EINVAL);
	if (is_untouched(d)) {
		cmd_notice(ctx, "nothing was changed");
		return EXIT_DONE;
	}
	status = storefile_read(ctx, d->path, &file);
	if (status)
		offer(ctx, d);
	else
		status = apply(ctx, d, &file);
	store_section_free(&file);
	return status;
}

static enum exit_status edit(struct ctx *ctx, struct draft *d)
{
	enum exit_status status = create_file(ctx, d);

	if (status)
		return status;
	do {
		d->again = false;
		status = editor_run(ctx, d->path);
		if (!status && !editor_stopped())
			status = take_file(ctx, d);
	} while (d->again);
	if (!d->keep)
		unlink(d->path);
	return status;
}

static enum exit_status edit_run(struct ctx *ctx, const void *args)
{
	struct draft d = { 0 };
	enum exit_status status;
	int err;

	(void)args;
	err = store_read(&d.store);
	if (!err)
		err = store_format_draft(d.store, time(NULL), &d.text, &d.size);
	if (!err)
		err = editor_begin(ctx);
	if (err)
		status = cmd_fail(ctx, (struct failure){ .error = err });
	else
		status = edit(ctx, &d);
	kctl_snapshot_free(d.store);
	free(d.text);
	return status;
}

static const struct error_row edit_errors[] = {
	{
		.step = "left",
		.error = ENOENT,
		.status = EXIT_REFUSED,
		.message =
			"the editor has deleted '{subject}', nothing was changed",
	},
	{
		.step = "left",
		.status = EXIT_REFUSED,
		.message =
			"the editor has left no file at '{subject}', nothing was changed",
	},
	{
		.step = "stale",
		.error = ESTALE,
		.status = EXIT_REFUSED,
		.message =
			"the store has generation {actual}, not {wanted}, nothing was changed",
		.hint = APPLY_HINT,
	},
	{
		.error = ESTALE,
		.status = EXIT_REFUSED,
		.message =
			"the store has another generation, nothing was changed",
		.hint = APPLY_HINT,
	},
	{
		.error = EINTR,
		.status = EXIT_REFUSED,
		.message =
			"a signal ended the wait for another program, nothing was changed",
		.hint = APPLY_HINT,
	},
	{
		.error = ENOSPC,
		.status = EXIT_REFUSED,
		.message =
			"the store has no space for the edited entries, nothing was changed",
		.hint = STORE_LIMITS_HINT,
	},
	{
		.error = EMSGSIZE,
		.status = EXIT_REFUSED,
		.message = "no store can hold the edited entries",
	},
	{ 0 },
};

const struct command cmd_sockopt_edit = {
	.noun = "sockopt",
	.verb = "edit",
	.help = "change the store in an editor",
	.notes =
		"The editor is $VISUAL, else $EDITOR, else editor, else vi. If the store has\n"
		"changed in between, nothing changes, and the edited file is kept.",
	.example = "kctl sockopt edit",
	.options = no_options,
	.errors = { edit_errors, editor_errors, savefile_errors,
		    store_read_errors },
	.run = edit_run,
};
