// SPDX-License-Identifier: GPL-2.0-or-later
/* The store */
#include <netinet/in.h>
#include <stdio.h>

#include "fuzz.h"

#define NAMES	       12
#define TABLE_ENTRIES  24
#define ENTRY_REFUSALS EPERM, EINVAL, ESTALE

static void random_name(struct caller *c, char name[KCTL_NAME_SIZE])
{
	uint32_t n = below(c, NAMES);

	memset(name, 0, KCTL_NAME_SIZE);
	if (n == 0)
		memcpy(name, KCTL_NAME_DEFAULT, sizeof(KCTL_NAME_DEFAULT));
	else if (n == 1)
		memset(name, 'x', KCTL_NAME_SIZE - 1);
	else
		snprintf(name, KCTL_NAME_SIZE, "a/b:c.d-%u", n);
}

static int set(struct caller *c, int option, void *data, size_t size)
{
	bend(c, data, size < 256 ? size : 256);
	return result(setsockopt(c->store, SOL_IP, option,
				 bend_pointer(c, data),
				 (socklen_t)bend_length(c, size)));
}

static int get(struct caller *c, int option, void *data, size_t size)
{
	socklen_t length = (socklen_t)bend_length(c, size);
	void *value = bend_pointer(c, data);

	if (one_in(c, 64))
		return result(getsockopt(c->store, SOL_IP, option, value,
					 bend_pointer(c, c->readonly)));
	return result(getsockopt(c->store, SOL_IP, option, value, &length));
}

static int call_set_value(struct caller *c)
{
	size_t size = random_size(c, KCTL_VALUE_MAX);

	return set(c, KCTL_SO_SET_VALUE, place(c, c->buffer, size), size);
}

static size_t fill_entry(struct caller *c, struct kctl_entry *entry,
			 size_t size)
{
	memset(entry, 0, sizeof(*entry));
	random_name(c, entry->name);
	entry->size = (uint32_t)size;
	if (one_in(c, 4))
		entry->flags = below(c, 4);
	if (one_in(c, 6))
		entry->generation = 1 + below(c, 20);
	return sizeof(*entry) + size;
}

static int call_set_entry(struct caller *c)
{
	size_t size = random_size(c, KCTL_VALUE_MAX);
	struct kctl_entry *entry = place(c, c->buffer, sizeof(*entry) + size);

	return set(c, KCTL_SO_SET_ENTRY, entry, fill_entry(c, entry, size));
}

static int call_delete_entry(struct caller *c)
{
	struct kctl_entry *entry = place(c, c->buffer, sizeof(*entry));
	size_t size = fill_entry(c, entry, 0);

	if (!one_in(c, 20))
		entry->flags = 0;
	return set(c, KCTL_SO_DEL_ENTRY, entry, size);
}

/* The names are different most of the time. */
static size_t fill_table(struct caller *c, struct kctl_table *table,
			 uint32_t count)
{
	static const uint8_t zeros[200];
	size_t at = sizeof(*table);

	memset(table, 0, sizeof(*table));
	table->entries = count;
	for (uint32_t i = 0; i < count; i++) {
		struct kctl_entry *entry = (void *)((char *)table + at);
		size_t size = below(c, 200);
		char name[16];

		snprintf(name, sizeof(name), "t%u",
			 one_in(c, 400) ? below(c, count) : i);
		at += store_put(entry, name, zeros, size);
		entry->flags = below(c, 2);
	}
	return at;
}

static int call_replace(struct caller *c)
{
	struct kctl_table *table = (void *)c->buffer;
	size_t size = fill_table(c, table, below(c, TABLE_ENTRIES));
	uint8_t *end = c->buffer + BUFFER_SIZE;

	if (one_in(c, 10))
		table->generation = 1 + below(c, 1000);
	/* The table ends at the end of the area: the byte after it is not mapped. */
	table = memmove(end - size, table, size);
	return set(c, KCTL_SO_REPLACE, table, size);
}

static int call_get_value(struct caller *c)
{
	size_t size = random_size(c, KCTL_VALUE_MAX);

	return get(c, KCTL_SO_GET_VALUE, place(c, c->answer, size), size);
}

static int call_get_entry(struct caller *c)
{
	size_t size =
		sizeof(struct kctl_entry) + random_size(c, KCTL_VALUE_MAX);
	struct kctl_entry *entry = place(c, c->answer, size);

	memset(entry, 0, sizeof(*entry));
	random_name(c, entry->name);
	bend(c, entry, sizeof(*entry));
	return get(c, KCTL_SO_GET_ENTRY, entry, size);
}

static int call_get_info(struct caller *c)
{
	size_t size = sizeof(struct kctl_info);

	return get(c, KCTL_SO_GET_INFO, place(c, c->answer, size), size);
}

static int call_get_table(struct caller *c)
{
	size_t size = random_size(c, 1 << 20);

	return get(c, KCTL_SO_GET_TABLE, place(c, c->answer, size), size);
}

/* Numbers in the module's range that are not options. */
static int call_no_option(struct caller *c)
{
	int option = KCTL_SO_REPLACE + 1 +
		     (int)below(c, KCTL_SO_MAX - KCTL_SO_REPLACE - 1);

	if (one_in(c, 2))
		return set(c, option, c->buffer, random_size(c, 4096));
	return get(c, option, c->answer, random_size(c, 4096));
}

const struct operation store_operations[] = {
	{ "SET_VALUE", call_set_value, ERRORS(EPERM, EINVAL, EMSGSIZE, ENOSPC),
	  8, false },
	{ "SET_ENTRY", call_set_entry,
	  ERRORS(ENTRY_REFUSALS, EEXIST, EMSGSIZE, ENOSPC), 16, false },
	{ "DEL_ENTRY", call_delete_entry, ERRORS(ENTRY_REFUSALS, ENOENT), 8,
	  false },
	{ "REPLACE", call_replace,
	  ERRORS(ENTRY_REFUSALS, EEXIST, EMSGSIZE, ENOSPC), 4, false },
	{ "GET_VALUE", call_get_value, ERRORS(EPERM, EINVAL, ENOENT), 8,
	  false },
	{ "GET_ENTRY", call_get_entry, ERRORS(EPERM, EINVAL, ENOENT), 16,
	  false },
	{ "GET_INFO", call_get_info, ERRORS(EINVAL), 4, false },
	{ "GET_TABLE", call_get_table, ERRORS(EPERM, EINVAL), 4, false },
	{ "no such option", call_no_option, ERRORS(EPERM, EINVAL, ENOPROTOOPT),
	  2, true },
	{ 0 },
};
