/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes that are read from front to back, and numbers in network order */
#ifndef KCTL_SPAN_H
#define KCTL_SPAN_H

#include <stddef.h>
#include <stdint.h>

/* What is left to read. Every byte that is looked at was taken from one of these. */
struct span {
	const uint8_t *data;
	size_t size;
};

/* The next @size bytes, or NULL if they are not all there. */
static inline const uint8_t *take(struct span *s, size_t size)
{
	const uint8_t *data = s->data;

	if (s->size < size)
		return NULL;
	s->data += size;
	s->size -= size;
	return data;
}

static inline uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t be32(const uint8_t *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

#endif /* KCTL_SPAN_H */
