// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "savefile.h"
#include "storefile.h"

/* Room for the rest of a line of the largest size, and a good piece more. */
#define BUFFER (2 * SAVEFILE_LINE_MAX)

/* What the store can hold. Without the module: what a table of any store can have. */
static struct savefile_limits store_limits(void)
{
	struct savefile_limits limits = {
		.entries = INT_MAX / KCTL_TABLE_STRIDE(0),
		.bytes = INT_MAX,
	};
	struct kctl_store *store;
	struct kctl_info info;

	if (kctl_store_open(&store))
		return limits;
	if (!kctl_store_info(store, &info, sizeof(info))) {
		limits.entries = info.max_entries;
		limits.bytes = info.max_bytes;
	}
	kctl_store_close(store);
	return limits;
}

/*
 * Parse the file piece by piece: a line that is wrong ends it, however long the file is,
 * and the memory that it takes is that of the entries.
 */
static int parse(struct savefile_parser *p, int fd, char *buffer)
{
	size_t size = 0, used;
	ssize_t got;
	int err;

	while ((got = read(fd, buffer + size, BUFFER - size)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		size += (size_t)got;
		err = savefile_feed(p, buffer, size, &used);
		if (err)
			return err;
		size -= used;
		memmove(buffer, buffer + used, size);
	}
	return savefile_end(p, buffer, size);
}

static int parse_fd(int fd, struct storefile *file,
		    struct savefile_error *error)
{
	const struct savefile_limits limits = store_limits();
	struct savefile_parser *p = savefile_begin(file->table, &limits, error);
	char *buffer = malloc(BUFFER);
	int err = -ENOMEM;

	if (p && buffer)
		err = parse(p, fd, buffer);
	if (p) {
		file->generation = savefile_generation(p);
		file->count = savefile_count(p);
	}
	savefile_free(p);
	free(buffer);
	return err;
}

static enum exit_status bad_file(struct ctx *ctx, const char *path,
				 const struct savefile_error *error)
{
	char subject[480];

	snprintf(subject, sizeof(subject), "%.250s:%zu: %s",
		 path ? path : "standard input", error->line, error->reason);
	return cmd_fail(ctx, (struct failure){ .step = "savefile",
					       .error = -EINVAL,
					       .subject = subject });
}

enum exit_status storefile_read(struct ctx *ctx, const char *path,
				struct storefile *file)
{
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	struct savefile_error error = { 0 };
	int err;

	*file = (struct storefile){ .generation = SAVEFILE_UNNAMED };
	if (fd < 0)
		return cmd_read_failed(ctx, -errno, 0, path);
	file->table = kctl_table_new();
	err = file->table ? parse_fd(fd, file, &error) : -ENOMEM;
	if (path)
		close(fd);
	if (!err)
		return EXIT_DONE;
	if (error.line)
		return bad_file(ctx, path, &error);
	if (err == -ENOMEM)
		return cmd_fail(ctx, (struct failure){ .error = err });
	return cmd_read_failed(ctx, err, 0, path);
}

bool storefile_same_entry(const struct kctl_entry *a,
			  const struct kctl_entry *b)
{
	return a->flags == b->flags && a->size == b->size &&
	       !memcmp(a->value, b->value, a->size);
}

const struct error_row storefile_errors[] = {
	{
		.step = "savefile",
		.error = EINVAL,
		.status = EXIT_REFUSED,
		.message = "{subject}",
	},
	{ 0 },
};
