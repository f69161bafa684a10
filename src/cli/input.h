/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Data for the kernel: from an operand, a file or standard input */
#ifndef KCTL_INPUT_H
#define KCTL_INPUT_H

#include <stddef.h>

/* Limit for a value or a message: more than any kernel limit, and still little memory. */
#define INPUT_MAX (4 * 1024 * 1024)

/**
 * struct input - data to send
 * @data: the data
 * @size: bytes of @data
 * @allocated: memory that input_free() frees
 */
struct input {
	const void *data;
	size_t size;
	void *allocated;
};

/**
 * input_read() - read the data, unchanged
 * @input: set on success; release it with input_free()
 * @limit: largest number of bytes
 * @operand: the data, or "-" for standard input; used if @file is NULL
 * @file: file to read to its end, or NULL
 *
 * Return: 0, -EFBIG if there are more than @limit, or another negative errno.
 */
int input_read(struct input *input, size_t limit, const char *operand,
	       const char *file);

/**
 * input_free() - release the data
 * @input: the input
 */
void input_free(struct input *input);

#endif /* KCTL_INPUT_H */
