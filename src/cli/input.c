// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "input.h"

#define FIRST_READ (64 * 1024)

static int read_all(struct input *input, int fd, size_t limit)
{
	size_t capacity = 0;
	ssize_t got;
	void *larger;

	for (;;) {
		if (input->size > limit)
			return -EFBIG;
		if (input->size == capacity) {
			capacity = capacity ? 2 * capacity : FIRST_READ;
			larger = realloc(input->allocated, capacity);
			if (!larger)
				return -ENOMEM;
			input->data = input->allocated = larger;
		}
		got = read(fd, (char *)input->allocated + input->size,
			   capacity - input->size);
		if (got < 0 && errno != EINTR)
			return -errno;
		if (got == 0)
			return 0;
		if (got > 0)
			input->size += (size_t)got;
	}
}

int input_read(struct input *input, size_t limit, const char *operand,
	       const char *file)
{
	int err, fd = STDIN_FILENO;

	*input = (struct input){ 0 };
	if (!file && strcmp(operand, "-")) {
		input->data = operand;
		input->size = strlen(operand);
		return 0;
	}
	if (file) {
		fd = open(file, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return -errno;
	}
	err = read_all(input, fd, limit);
	if (file)
		close(fd);
	if (err)
		input_free(input);
	return err;
}

void input_free(struct input *input)
{
	free(input->allocated);
	*input = (struct input){ 0 };
}
