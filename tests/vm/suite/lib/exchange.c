// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * exchange layout | set NAME VALUE | get NAME | replace NAME VALUE | table: the store,
 * as a program sees it that is built for 32 or for 64 bits.
 */
#include <err.h>
#include <inttypes.h>
#include <linux/kctl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

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

/* Returns the bytes up to where the next entry would be. */
static size_t fill_in(struct kctl_entry *entry, const char *name,
		      const char *value)
{
	snprintf(entry->name, sizeof(entry->name), "%s", name);
	entry->size = (__u32)strlen(value);
	memcpy(entry->value, value, entry->size);
	return KCTL_TABLE_STRIDE(entry->size);
}

static int set(const char *name, const char *value)
{
	fill_in(&buffer.entry, name, value);
	return setsockopt(fd, SOL_IP, KCTL_SO_SET_ENTRY, &buffer,
			  (socklen_t)(sizeof(buffer.entry) + strlen(value)));
}

static int replace(const char *name, const char *value)
{
	void *first = &buffer.table + 1;
	size_t size = sizeof(buffer.table) + fill_in(first, name, value);

	buffer.table.entries = 1;
	return setsockopt(fd, SOL_IP, KCTL_SO_REPLACE, &buffer,
			  (socklen_t)size);
}

static void print(const struct kctl_entry *entry)
{
	printf("%s %" PRIu64 " %" PRIu64 " %" PRIu32 " %.*s\n", entry->name,
	       (uint64_t)entry->generation, (uint64_t)entry->changed,
	       entry->flags, (int)entry->size, (const char *)entry->value);
}

static int get(const char *name)
{
	socklen_t size = sizeof(buffer);

	fill_in(&buffer.entry, name, "");
	if (getsockopt(fd, SOL_IP, KCTL_SO_GET_ENTRY, &buffer, &size))
		return -1;
	print(&buffer.entry);
	return 0;
}

static int table(void)
{
	socklen_t size = sizeof(buffer);
	const char *at = (const char *)(&buffer.table + 1);

	if (getsockopt(fd, SOL_IP, KCTL_SO_GET_TABLE, &buffer, &size))
		return -1;
	printf("%" PRIu64 " %" PRIu32 " %u\n",
	       (uint64_t)buffer.table.generation, buffer.table.entries,
	       (unsigned int)size);
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

	fd = socket(AF_INET, SOCK_DGRAM, 0);
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
	if (ret)
		err(1, "%s", argv[1]);
	return 0;
}
