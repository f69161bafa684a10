/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bounded reads from front to back, and numbers in network order */
#ifndef KCTL_SPAN_H
#define KCTL_SPAN_H

#include <stddef.h>
#include <stdint.h>

/* The bytes that are left to read. The decoder reads through spans only. */
struct span {
	const uint8_t *data;
	size_t size;
};

/* Take the next @size bytes; NULL if fewer are left. */
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
