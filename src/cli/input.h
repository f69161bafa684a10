/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command sends to the kernel: an operand, a file or standard input */
#ifndef KCTL_INPUT_H
#define KCTL_INPUT_H

#include <stddef.h>

/* For a value or a message: far more than the kernel takes, far less than hurts. */
#define INPUT_MAX (4 * 1024 * 1024)

/**
 * struct input - bytes to send
 * @data: the bytes
 * @size: how many
 * @allocated: what input_free() frees
 */
struct input {
	const void *data;
	size_t size;
	void *allocated;
};

/**
 * input_read() - get the bytes, unchanged
 * @input: set on success; release it with input_free()
 * @limit: bytes that there can be
 * @operand: the bytes themselves, or "-" for standard input; used if @file is NULL
 * @file: file to read to its end, or NULL
 *
 * Return: 0, -EFBIG if there are more than @limit, or another negative errno.
 */
int input_read(struct input *input, size_t limit, const char *operand,
	       const char *file);

/**
 * input_free() - release what input_read() got
 * @input: the input
 */
void input_free(struct input *input);

#endif /* KCTL_INPUT_H */
