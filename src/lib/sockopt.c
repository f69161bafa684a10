// SPDX-License-Identifier: GPL-2.0-or-later
/* Door 1: the store, through setsockopt(2) and getsockopt(2) */
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "libkctl.h"

int kctl_store_open(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

int kctl_entry_name(struct kctl_entry *entry, const char *name)
{
	size_t len = strlen(name);

	if (len >= sizeof(entry->name))
		return -EINVAL;
	memset(entry->name, 0, sizeof(entry->name));
	memcpy(entry->name, name, len);
	return 0;
}

int kctl_store_set(int fd, const struct kctl_entry *entry, const void *value,
		   size_t size)
{
	struct kctl_entry *change;
	int err = 0;

	/* Only what optlen cannot say is refused here, the rest by the kernel. */
	if (size > INT_MAX - sizeof(*change))
		return -EMSGSIZE;
	change = malloc(sizeof(*change) + size);
	if (!change)
		return -ENOMEM;
	*change = *entry;
	change->size = (uint32_t)size;
	if (size)
		memcpy(change->value, value, size);
	if (setsockopt(fd, SOL_IP, KCTL_SO_SET_ENTRY, change,
		       (socklen_t)(sizeof(*change) + size)))
		err = -errno;
	free(change);
	return err;
}

/*
 * One getsockopt(2) into a buffer of @capacity value bytes. Returns how many the
 * value has, which can be more.
 */
static ssize_t get_once(int fd, struct kctl_entry *entry, size_t capacity)
{
	socklen_t len = (socklen_t)(sizeof(*entry) + capacity);

	if (getsockopt(fd, SOL_IP, KCTL_SO_GET_ENTRY, entry, &len))
		return -errno;
	if (len < sizeof(*entry) || len - sizeof(*entry) != entry->size)
		return -EPROTO;
	return (ssize_t)entry->size;
}

/*
 * The first buffer holds the largest value there is today, so one call is all it
 * takes. A module with a larger limit answers with the size it needs; the entry
 * can grow again before the next call, hence the loop.
 */
int kctl_store_get(int fd, const char *name, struct kctl_entry **entry)
{
	size_t capacity = KCTL_VALUE_MAX;
	struct kctl_entry *e = NULL, *larger;
	ssize_t size;
	int err;

	for (;;) {
		larger = realloc(e, sizeof(*e) + capacity);
		err = -ENOMEM;
		if (!larger)
			break;
		e = larger;
		memset(e, 0, sizeof(*e));
		err = kctl_entry_name(e, name);
		if (err)
			break;
		size = get_once(fd, e, capacity);
		if (size >= 0 && (size_t)size <= capacity) {
			*entry = e;
			return 0;
		}
		err = (int)size;
		if (size < 0)
			break;
		capacity = (size_t)size;
	}
	free(e);
	return err;
}

int kctl_store_delete(int fd, const char *name, uint64_t generation)
{
	struct kctl_entry entry = { .generation = generation };
	int err;

	err = kctl_entry_name(&entry, name);
	if (err)
		return err;
	if (setsockopt(fd, SOL_IP, KCTL_SO_DEL_ENTRY, &entry, sizeof(entry)))
		return -errno;
	return 0;
}
