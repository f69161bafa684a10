// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "holder.h"
#include "cli/parse.h"

#define PATH_SIZE sizeof("/proc/4294967295/fd/4294967295")

/* The sockets to find, and the process whose descriptors are looked at. */
struct search {
	struct holders *holders;
	const uint32_t *inodes;
	size_t count;
	struct holder found; /* its command is read with the first socket */
};

static int by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int by_inode(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;
	int order = by_number(&x->inode, &y->inode);

	return order ? order : by_number(&x->pid, &y->pid);
}

/* The number in a name of digits alone. */
static bool number_of(const char *name, uint32_t *number)
{
	uint64_t value;

	if (*name < '0' || *name > '9' || !parse_u64(name, &value) ||
	    value > UINT32_MAX)
		return false;
	*number = (uint32_t)value;
	return true;
}

/* A process may have a socket open several times. */
static bool is_known(const struct holders *holders, const struct holder *holder)
{
	const struct holder *at = holders->items + holders->count;

	while (at > holders->items && (--at)->pid == holder->pid)
		if (at->inode == holder->inode)
			return true;
	return false;
}

static void add_found(struct search *search)
{
	struct holders *holders = search->holders;
	struct holder *items;

	if (is_known(holders, &search->found))
		return;
	if (!*search->found.command)
		process_command(search->found.pid, search->found.command);
	items = reallocarray(holders->items, holders->count + 1,
			     sizeof(*items));
	if (!items)
		return;
	holders->items = items;
	items[holders->count++] = search->found;
}

/* A descriptor of a socket is a link to socket:[INODE]. */
static void look_at(struct search *search, int dir, const char *fd)
{
	char link[sizeof("socket:[4294967295]")], end;
	ssize_t len = readlinkat(dir, fd, link, sizeof(link) - 1);

	if (len < 0)
		return;
	link[len] = '\0';
	if (sscanf(link, "socket:[%" SCNu32 "%c", &search->found.inode, &end) ==
		    2 &&
	    bsearch(&search->found.inode, search->inodes, search->count,
		    sizeof(*search->inodes), by_number))
		add_found(search);
}

static void look_into(struct search *search, uint32_t pid)
{
	char path[PATH_SIZE];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/fd", pid);
	dir = opendir(path);
	if (!dir)
		return;
	search->found = (struct holder){ .pid = pid };
	while ((entry = readdir(dir)))
		look_at(search, dirfd(dir), entry->d_name);
	closedir(dir);
}

void holders_find(struct holders *holders, uint32_t *inodes, size_t count)
{
	struct search search = { .holders = holders,
				 .inodes = inodes,
				 .count = count };
	struct dirent *entry;
	uint32_t pid;
	DIR *dir;

	*holders = (struct holders){ 0 };
	dir = count ? opendir("/proc") : NULL;
	if (!dir)
		return;
	qsort(inodes, count, sizeof(*inodes), by_number);
	while ((entry = readdir(dir)))
		if (number_of(entry->d_name, &pid))
			look_into(&search, pid);
	closedir(dir);
	if (holders->count)
		qsort(holders->items, holders->count, sizeof(*holders->items),
		      by_inode);
}

const struct holder *holders_of(const struct holders *holders, uint32_t inode,
				size_t *count)
{
	size_t begin = 0, end = holders->count, middle;

	while (begin < end) {
		middle = begin + (end - begin) / 2;
		if (holders->items[middle].inode < inode)
			begin = middle + 1;
		else
			end = middle;
	}
	while (end < holders->count && holders->items[end].inode == inode)
		end++;
	*count = end - begin;
	return *count ? holders->items + begin : NULL;
}
