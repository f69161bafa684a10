// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls with data that contains its own size, so that a mixture of two is detected */
#include <stdio.h>
#include <string.h>

#include "races.h"

/* Larger than a page, and than a message without a separate allocation. */
#define LARGEST 70000

static __thread _Alignas(8) unsigned char bytes[LARGEST];

static void fill(unsigned char *data, size_t size)
{
	memset(data, (int)(size & 0xff), size);
}

bool is_filled(const unsigned char *data, size_t size)
{
	if (!size)
		return true;
	return data[0] == (size & 0xff) && !memcmp(data, data + 1, size - 1);
}

int send_to(int fd, uint32_t channel, size_t size)
{
	fill(bytes, size);
	return channel_send(fd, channel, bytes, size);
}

int receive(int fd, int flags)
{
	int ret = result(recv(fd, bytes, sizeof(bytes), flags));

	if (ret > 0 && !is_filled(bytes, (size_t)ret))
		complain("a message of %d bytes that nobody sent", ret);
	return ret;
}

static size_t put_entry(void *to, const char *name, size_t size)
{
	static __thread unsigned char value[LARGEST];

	fill(value, size);
	return store_put(to, name, value, size);
}

int set_entry(int fd, const char *name, size_t size, uint32_t flags,
	      uint64_t generation)
{
	struct kctl_entry *entry = (void *)bytes;

	put_entry(entry, name, size);
	entry->flags = flags;
	entry->generation = generation;
	return store_set(fd, entry);
}

int replace_entries(int fd, unsigned int entries)
{
	struct kctl_table *table = (void *)bytes;
	size_t size = sizeof(*table);
	unsigned int i;

	*table = (struct kctl_table){ .entries = entries };
	for (i = 0; i < entries; i++) {
		char name[KCTL_NAME_SIZE];

		snprintf(name, sizeof(name), "n%u", i);
		size += put_entry(bytes + size, name, below(3000));
	}
	return store_replace(fd, table, size);
}
