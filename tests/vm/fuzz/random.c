// SPDX-License-Identifier: GPL-2.0-or-later
/* Random numbers, and arguments made from them */
#include <netinet/in.h>
#include <sys/mman.h>

#include "fuzz.h"

/* SplitMix64: every state is valid, and so is every seed. */
uint64_t random_next(struct caller *c)
{
	uint64_t z = c->random += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

uint32_t below(struct caller *c, uint32_t limit)
{
	return (uint32_t)((random_next(c) >> 32) * limit >> 32);
}

bool one_in(struct caller *c, uint32_t n)
{
	return !below(c, n);
}

int pick(struct caller *c, const int *choices, size_t count)
{
	return choices[below(c, (uint32_t)count)];
}

/* Mostly small, sometimes at the limit, rarely beyond it. */
size_t random_size(struct caller *c, size_t limit)
{
	switch (below(c, 32)) {
	case 0:
		return 0;
	case 1:
		return limit;
	case 2:
		return limit + 1;
	case 3:
		return below(c, (uint32_t)limit);
	case 4 ... 7:
		return below(c, 9000) % (limit + 1);
	default:
		return below(c, 128) % (limit + 1);
	}
}

/* Space for @size bytes, either directly before the unmapped page or elsewhere. */
void *place(struct caller *c, uint8_t *area, size_t size)
{
	if (one_in(c, 2))
		return area + BUFFER_SIZE - size;
	return area + below(c, 64);
}

void bend(struct caller *c, void *data, size_t size)
{
	uint8_t *bytes = data;

	if (!size || !one_in(c, 10))
		return;
	for (unsigned int n = 1 + below(c, 3); n; n--) {
		size_t at = below(c, (uint32_t)size);

		if (one_in(c, 2))
			bytes[at] = (uint8_t)PICK(c, 0, 1, 0x7f, 0x80, 0xff);
		else
			bytes[at] = (uint8_t)(bytes[at] ^ 1U << below(c, 8));
	}
}

size_t bend_length(struct caller *c, size_t size)
{
	if (!one_in(c, 12))
		return size;
	switch (below(c, 6)) {
	case 0:
		return 0;
	case 1:
		return size - 1;
	case 2:
		return size + 1;
	case 3:
		return below(c, (uint32_t)size + 1);
	case 4:
		return below(c, 1 << 20);
	default:
		return (size_t)PICK(c, 0x7fffffff, -1, -0x7fffffff, 4096,
				    65536);
	}
}

void *bend_pointer(struct caller *c, void *pointer)
{
	if (!one_in(c, 40))
		return pointer;
	switch (below(c, 5)) {
	case 0:
		return NULL;
	case 1:
		return c->readonly;
	case 2:
		return c->buffer + BUFFER_SIZE - below(c, 32);
	case 3:
		return (void *)0xffff888000000000;
	default:
		return (uint8_t *)pointer + 1;
	}
}

/* Two areas, each followed by a page that cannot even be read. */
static uint8_t *map_area(void)
{
	uint8_t *area = mmap(NULL, BUFFER_SIZE + 4096, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (area == MAP_FAILED || mprotect(area + BUFFER_SIZE, 4096, PROT_NONE))
		return NULL;
	return area;
}

bool caller_open(struct caller *c, uint64_t seed)
{
	*c = (struct caller){ .random = seed };
	c->buffer = map_area();
	c->answer = map_area();
	c->readonly =
		mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	c->store = store_open();
	c->ping[0] = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
	c->ping[1] = socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6);
	return c->buffer && c->answer && c->readonly != MAP_FAILED &&
	       c->store >= 0 && c->ping[0] >= 0 && c->ping[1] >= 0 &&
	       !pipe(c->pipe);
}
