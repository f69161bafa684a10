// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "lines.h"

/*
 * getdelim(3) has no limit and would take /dev/zero until memory is used up. It asks
 * for more only if the line has not ended, so everything read since lines_next() began
 * belongs to the line.
 */
static ssize_t read_limited(void *cookie, char *data, size_t size)
{
	struct lines *lines = cookie;
	ssize_t got;

	if (lines->taken > lines->limit) {
		errno = EFBIG;
		return -1;
	}
	got = read(lines->fd, data, size);
	if (got > 0)
		lines->taken += (size_t)got;
	return got;
}

int lines_open(struct lines *lines, const char *file, size_t limit)
{
	static const cookie_io_functions_t functions = { .read = read_limited };

	*lines = (struct lines){ .fd = STDIN_FILENO, .limit = limit };
	if (file)
		lines->fd = open(file, O_RDONLY | O_CLOEXEC);
	if (lines->fd < 0)
		return -errno;
	lines->stream = fopencookie(lines, "r", functions);
	if (lines->stream)
		return 0;
	if (file)
		close(lines->fd);
	return -ENOMEM;
}

int lines_next(struct lines *lines)
{
	ssize_t got;

	lines->number++;
	lines->taken = 0;
	got = getdelim(&lines->line, &lines->capacity, '\n', lines->stream);
	/* After an error, getdelim(3) returns what it read before the error. */
	if (ferror(lines->stream))
		return -errno;
	if (got < 0)
		return feof(lines->stream) ? 0 : -ENOMEM;
	lines->size = (size_t)got;
	if (lines->line[got - 1] == '\n')
		lines->size--;
	return lines->size > lines->limit ? -EFBIG : 1;
}

void lines_close(struct lines *lines)
{
	fclose(lines->stream);
	free(lines->line);
	if (lines->fd != STDIN_FILENO)
		close(lines->fd);
}
