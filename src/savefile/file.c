// SPDX-License-Identifier: GPL-2.0-or-later
/* Read and write whole save files */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "savefile.h"
#include "cli/file.h"

const char *savefile_prepare(void *args, char *const *operands)
{
	const char **file = args;

	*file = operands[0] && strcmp(operands[0], "-") ? operands[0] : NULL;
	return NULL;
}

/* A file that is parsed piece by piece. */
struct source {
	int fd;
	char *buffer;
	size_t size;
};

/*
 * A line that is wrong ends it, however long the file is, and the memory that it takes is
 * that of the contents.
 */
static int parse(struct savefile_parser *p, const struct source *source)
{
	size_t size = 0, used;
	ssize_t got;
	int err;

	while ((got = read(source->fd, source->buffer + size,
			   source->size - size)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		size += (size_t)got;
		err = savefile_feed(p, source->buffer, size, &used);
		if (err)
			return err;
		size -= used;
		memmove(source->buffer, source->buffer + used, size);
	}
	return savefile_end(p, source->buffer, size);
}

/* Room for the rest of a line of the largest size, and a good piece more. */
static size_t buffer_size(const struct savefile_section *sections, size_t count)
{
	size_t largest = SAVEFILE_LINE_MAX;

	for (size_t i = 0; i < count; i++)
		if (sections[i].kind->line_max > largest)
			largest = sections[i].kind->line_max;
	return 2 * largest;
}

static int parse_fd(int fd, struct savefile_section *sections, size_t count,
		    struct savefile_error *error)
{
	struct savefile_parser *p = savefile_begin(sections, count, error);
	struct source source = { .fd = fd,
				 .size = buffer_size(sections, count) };
	int err = -ENOMEM;

	source.buffer = malloc(source.size);
	if (p && source.buffer)
		err = parse(p, &source);
	savefile_free(p);
	free(source.buffer);
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

enum exit_status savefile_read(struct ctx *ctx, const char *path,
			       struct savefile_section *sections, size_t count)
{
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	struct savefile_error error = { 0 };
	int err;

	if (fd < 0)
		return cmd_read_failed(ctx, -errno, 0, path);
	err = parse_fd(fd, sections, count, &error);
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

static enum exit_status write_text(struct ctx *ctx, const char *path,
				   const char *text, size_t size)
{
	int err;

	if (!path) {
		out_file(&ctx->out, text, size);
		return EXIT_DONE;
	}
	err = file_write(path, text, size);
	if (err)
		return cmd_fail(ctx,
				(struct failure){ .step = "write",
						  .error = err,
						  .subject = path,
						  .other = ctx->operation });
	return EXIT_DONE;
}

enum exit_status savefile_save(struct ctx *ctx, const char *path,
			       savefile_put_fn *put, const void *args)
{
	enum exit_status status;
	FILE *stream;
	char *text;
	size_t size;
	int err;

	stream = open_memstream(&text, &size);
	if (!stream)
		return cmd_fail(ctx, (struct failure){ .error = -ENOMEM });
	status = put(ctx, args, stream);
	err = savefile_close(stream, &text);
	if (!status && err)
		status = cmd_fail(ctx, (struct failure){ .error = err });
	if (!status)
		status = write_text(ctx, path, text, size);
	free(text);
	return status;
}

void savefile_put_header(const struct savefile_kind *kind, time_t now,
			 FILE *stream)
{
	char date[32] = "";
	struct tm tm;

	if (gmtime_r(&now, &tm))
		strftime(date, sizeof(date), " %Y-%m-%dT%H:%M:%SZ", &tm);
	fprintf(stream, "%s %d%s\n", kind->name, SAVEFILE_VERSION, date);
}

void savefile_put_end(size_t count, FILE *stream)
{
	fprintf(stream, "%%end %zu\n", count);
}

int savefile_close(FILE *stream, char **text)
{
	bool failed = ferror(stream);

	if (!fclose(stream) && !failed)
		return 0;
	free(*text);
	*text = NULL;
	return -ENOMEM;
}

const struct error_row savefile_errors[] = {
	{
		.step = "savefile",
		.error = EINVAL,
		.status = EXIT_REFUSED,
		.message = "{subject}",
	},
	{
		.step = "write",
		.error = EBUSY,
		.status = EXIT_REFUSED,
		.message =
			"cannot replace '{subject}' atomically: it is a mount point",
		.hint = "to write through it: kctl {other} >{subject}",
	},
	{ 0 },
};
