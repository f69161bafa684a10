// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * exchange layout | set NAME VALUE | get NAME | replace NAME VALUE | table: the store,
 * as a program sees it that is built for 32 or for 64 bits.
 */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "client.h"

static int fd;

static union {
	struct kctl_entry entry;
	struct kctl_table table;
	char bytes[4096];
} buffer;

static int layout(void)
{
	printf("entry %zu %zu %zu %zu %zu\n", sizeof(struct kctl_entry),
	       offsetof(struct kctl_entry, generation),
	       offsetof(struct kctl_entry, changed),
	       offsetof(struct kctl_entry, flags),
	       offsetof(struct kctl_entry, size));
	printf("table %zu %zu\n", sizeof(struct kctl_table),
	       offsetof(struct kctl_table, entries));
	printf("info %zu %zu %zu\n", sizeof(struct kctl_info),
	       offsetof(struct kctl_info, max_bytes),
	       offsetof(struct kctl_info, abi_version));
	printf("record %zu\n", sizeof(struct kctl_record));
	printf("address %zu\n", sizeof(struct sockaddr_kctl));
	return 0;
}

static int set(const char *name, const char *value)
{
	store_put(&buffer.entry, name, value, strlen(value));
	return store_set(fd, &buffer.entry);
}

static int replace(const char *name, const char *value)
{
	void *first = &buffer.table + 1;
	size_t size = store_put(first, name, value, strlen(value));

	buffer.table.entries = 1;
	return store_replace(fd, &buffer.table, sizeof(buffer.table) + size);
}

static void print(const struct kctl_entry *entry)
{
	printf("%s %" PRIu64 " %" PRIu64 " %" PRIu32 " %.*s\n", entry->name,
	       (uint64_t)entry->generation, (uint64_t)entry->changed,
	       entry->flags, (int)entry->size, (const char *)entry->value);
}

static int get(const char *name)
{
	int size;

	store_put(&buffer.entry, name, "", 0);
	size = store_get(fd, &buffer.entry, sizeof(buffer));
	if (size >= 0)
		print(&buffer.entry);
	return size;
}

static int table(void)
{
	int size = store_get_table(fd, &buffer.table, sizeof(buffer));
	const char *at = (const char *)(&buffer.table + 1);

	if (size < 0)
		return size;
	printf("%" PRIu64 " %" PRIu32 " %d\n",
	       (uint64_t)buffer.table.generation, buffer.table.entries, size);
	for (__u32 i = 0; i < buffer.table.entries; i++) {
		const struct kctl_entry *entry = (const void *)at;

		print(entry);
		at += KCTL_TABLE_STRIDE(entry->size);
	}
	return 0;
}

int main(int argc, char **argv)
{
	int ret = 1;

	fd = store_open();
	if (fd < 0)
		err(1, "socket");
	if (argc == 2 && !strcmp(argv[1], "layout"))
		ret = layout();
	else if (argc == 2 && !strcmp(argv[1], "table"))
		ret = table();
	else if (argc == 3 && !strcmp(argv[1], "get"))
		ret = get(argv[2]);
	else if (argc == 4 && !strcmp(argv[1], "set"))
		ret = set(argv[2], argv[3]);
	else if (argc == 4 && !strcmp(argv[1], "replace"))
		ret = replace(argv[2], argv[3]);
	else
		errx(2, "bad arguments");
	if (ret < 0)
		err(1, "%s", argv[1]);
	return 0;
}
