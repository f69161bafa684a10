// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One store, and four names in it.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "races.h"

static int fd = -1;

static void begin(void)
{
	if (fd < 0)
		fd = store_open();
}

static void finish(void)
{
	int ret = store_clear(fd);

	if (ret)
		complain("cannot empty the store: %d", ret);
	close(fd);
	fd = -1;
}

static const char *any_name(void)
{
	static const char *const names[] = { "n0", "n1", "n2", "default" };

	return names[below(4)];
}

static int do_set(void)
{
	return set_entry(fd, any_name(), below(below(2) ? 100 : 60000),
			 below(2) ? KCTL_ENTRY_PUBLIC : 0, 0);
}

static int do_create(void)
{
	return set_entry(fd, any_name(), below(100), KCTL_ENTRY_CREATE, 0);
}

static int do_delete(void)
{
	struct kctl_entry entry = { .size = 0 };

	strcpy(entry.name, any_name());
	return store_delete(fd, &entry);
}

static int do_replace(void)
{
	return replace_entries(fd, below(12));
}

union answer {
	struct kctl_entry entry;
	struct kctl_table table;
	unsigned char bytes[256 << 10];
};

static __thread union answer answer;

static int do_get(void)
{
	int size;

	memset(&answer.entry, 0, sizeof(answer.entry));
	strcpy(answer.entry.name, any_name());
	size = store_get(fd, &answer.entry, sizeof(answer));
	if (size >= 0 &&
	    ((size_t)size != sizeof(answer.entry) + answer.entry.size ||
	     !is_filled(answer.entry.value, answer.entry.size)))
		complain("an entry that nobody set, of %d bytes", size);
	return size;
}

static int do_get_table(void)
{
	int size = store_get_table(fd, &answer.table, sizeof(answer));
	int at = sizeof(answer.table);
	uint32_t i;

	for (i = 0; at < size && i < answer.table.entries; i++) {
		struct kctl_entry *entry = (void *)(answer.bytes + at);

		if (!is_filled(entry->value, entry->size))
			complain("the table has an entry that nobody set");
		at += (int)KCTL_TABLE_STRIDE(entry->size);
	}
	if (size >= 0 && at != size)
		complain("a table of %d bytes ends at %d", size, at);
	return size;
}

/* Sets the value that it has just read, if it has not changed since. */
static int do_compare_and_set(void)
{
	int ret = do_get();

	if (ret < 0)
		return ret;
	return set_entry(fd, answer.entry.name, below(100), 0,
			 answer.entry.generation);
}

static int do_info(void)
{
	struct kctl_info info;
	socklen_t size = sizeof(info);
	int ret =
		result(getsockopt(fd, SOL_IP, KCTL_SO_GET_INFO, &info, &size));

	if (!ret && info.entries > 16)
		complain("%u entries", info.entries);
	return ret;
}

static const struct action actions[] = {
	{ "set", do_set },
	{ "create", do_create },
	{ "compare-and-set", do_compare_and_set },
	{ "delete", do_delete },
	{ "replace", do_replace },
	{ "get", do_get },
	{ "get-table", do_get_table },
	{ "info", do_info },
	{ NULL, NULL },
};

static const int errors[] = { EEXIST, ENOENT, ESTALE, 0 };

const struct object store_object = {
	.name = "store",
	.actions = actions,
	.errors = errors,
	.begin = begin,
	.finish = finish,
};
