// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "lines.h"

int lines_open(struct lines *lines, const char *file, size_t limit)
{
	int err;

	*lines = (struct lines){ .limit = limit, .stream = stdin };
	/* Pages of it that no line reaches are never there. */
	lines->line = malloc(limit);
	if (!lines->line)
		return -ENOMEM;
	if (file)
		lines->stream = fopen(file, "re");
	if (lines->stream)
		return 0;
	err = -errno;
	free(lines->line);
	return err;
}

int lines_next(struct lines *lines)
{
	int c;

	lines->size = 0;
	lines->number++;
	while ((c = getc_unlocked(lines->stream)) != EOF && c != '\n') {
		if (lines->size == lines->limit)
			return -EFBIG;
		lines->line[lines->size++] = (char)c;
	}
	if (ferror(lines->stream))
		return -errno;
	return c != EOF || lines->size;
}

void lines_close(struct lines *lines)
{
	free(lines->line);
	if (lines->stream != stdin)
		fclose(lines->stream);
}
