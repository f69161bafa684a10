// SPDX-License-Identifier: GPL-2.0-or-later
/* The sockopt interface: the store, with setsockopt(2) and getsockopt(2) */
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "socket.h"
#include "table.h"

/* Bytes by which the store can grow while it is read without a second read. */
#define TABLE_SLACK 65536

/* Number of attempts to read a table that outgrows its buffer. */
#define TABLE_TRIES 8

struct kctl_store {
	int fd;
	int error; /* of the last call that failed */
};

int kctl_store_open(struct kctl_store **store)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	*store = NULL;
	if (fd < 0)
		return socket_error(AF_INET, errno);
	*store = calloc(1, sizeof(**store));
	if (!*store) {
		close(fd);
		return -ENOMEM;
	}
	(*store)->fd = fd;
	return 0;
}

void kctl_store_close(struct kctl_store *store)
{
	if (store)
		close(store->fd);
	free(store);
}

const char *kctl_store_strerror(const struct kctl_store *store)
{
	return kctl_strerror(store->error);
}

/* Converts the result of a system call to the return value of the library. */
static int result(struct kctl_store *store, int err)
{
	if (err)
		store->error = err;
	return err;
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

int kctl_store_set(struct kctl_store *store, const struct kctl_entry *entry,
		   const void *value, size_t size)
{
	struct kctl_entry *change;
	int err = 0;

	/* Check only what does not fit into optlen; the kernel checks the rest. */
	if (size > INT_MAX - sizeof(*change))
		return result(store, -EMSGSIZE);
	change = malloc(sizeof(*change) + size);
	if (!change)
		return result(store, -ENOMEM);
	*change = *entry;
	change->size = (uint32_t)size;
	if (size)
		memcpy(change->value, value, size);
	if (setsockopt(store->fd, SOL_IP, KCTL_SO_SET_ENTRY, change,
		       (socklen_t)(sizeof(*change) + size)))
		err = -errno;
	free(change);
	return result(store, err);
}

/*
 * Call getsockopt(2) once, with room for @capacity bytes of value. Returns the size
 * of the value, which can be more than that.
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
 * The first buffer has room for KCTL_VALUE_MAX bytes, so one call is enough for
 * today's modules. A module with a larger limit returns the size that it needs. The
 * entry can grow again before the next call, hence the loop.
 */
static int get_entry(int fd, const char *name, struct kctl_entry **entry)
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

int kctl_store_get(struct kctl_store *store, const char *name,
		   struct kctl_entry **entry)
{
	*entry = NULL;
	return result(store, get_entry(store->fd, name, entry));
}

void kctl_entry_free(struct kctl_entry *entry)
{
	free(entry);
}

/*
 * A buffer for the header alone is enough, except where a BPF program for getsockopt
 * makes that EFAULT. get_entry() works there.
 */
static int get_generation(int fd, const char *name, uint64_t *generation)
{
	struct kctl_entry header = { 0 }, *entry;
	socklen_t len = sizeof(header);
	int err;

	err = kctl_entry_name(&header, name);
	if (err)
		return err;
	if (!getsockopt(fd, SOL_IP, KCTL_SO_GET_ENTRY, &header, &len)) {
		*generation = header.generation;
		return 0;
	}
	err = errno == EFAULT ? get_entry(fd, name, &entry) : -errno;
	if (!err) {
		*generation = entry->generation;
		free(entry);
	}
	return err == -ENOENT ? 0 : err;
}

int kctl_store_generation(struct kctl_store *store, const char *name,
			  uint64_t *generation)
{
	*generation = 0;
	return result(store, get_generation(store->fd, name, generation));
}

int kctl_store_delete(struct kctl_store *store, const char *name,
		      uint64_t generation)
{
	struct kctl_entry entry = { .generation = generation };
	int err = kctl_entry_name(&entry, name);

	if (!err && setsockopt(store->fd, SOL_IP, KCTL_SO_DEL_ENTRY, &entry,
			       sizeof(entry)))
		err = -errno;
	return result(store, err);
}

static int get_info(int fd, struct kctl_info *info, size_t size)
{
	socklen_t len = size < INT_MAX ? (socklen_t)size : INT_MAX;

	memset(info, 0, size);
	return getsockopt(fd, SOL_IP, KCTL_SO_GET_INFO, info, &len) ? -errno :
								      0;
}

int kctl_store_info(struct kctl_store *store, struct kctl_info *info,
		    size_t size)
{
	return result(store, get_info(store->fd, info, size));
}

/* If the option does not exist: is the module not loaded, or is it too old? */
static int table_error(int fd)
{
	struct kctl_info info;
	int err = -errno;

	if (err == -ENOPROTOOPT && !get_info(fd, &info, sizeof(info)))
		return -EOPNOTSUPP;
	return err;
}

/* Largest size of a table with the entries and bytes of @info. */
static size_t table_bound(const struct kctl_info *info)
{
	return sizeof(struct kctl_table) +
	       info->entries * KCTL_TABLE_STRIDE((size_t)7) + info->bytes;
}

/*
 * Call getsockopt(2) once, with a new buffer of @capacity bytes. Returns 0, or
 * -EAGAIN if the table is larger, with @capacity set to more than its size. The kernel
 * returns that size, except where a BPF program for getsockopt makes it EFAULT.
 */
static int table_get_once(int fd, size_t *capacity, struct kctl_table **table,
			  size_t *size)
{
	socklen_t len = *capacity < INT_MAX ? (socklen_t)*capacity : INT_MAX;
	struct kctl_info info;
	int err = 0;

	*table = malloc(len);
	if (!*table)
		return -ENOMEM;
	if (getsockopt(fd, SOL_IP, KCTL_SO_GET_TABLE, *table, &len))
		err = table_error(fd);
	else if (len > *capacity)
		err = -EAGAIN;
	*size = len;
	if (err)
		free(*table);
	if (err == -EFAULT && !get_info(fd, &info, sizeof(info))) {
		*size = table_bound(&info);
		err = -EAGAIN;
	}
	*capacity = *size + *size / 8 + TABLE_SLACK;
	return err;
}

static int get_table(int fd, struct kctl_snapshot **snapshot)
{
	struct kctl_table *table;
	struct kctl_info info;
	size_t capacity, size;
	int err, tries = TABLE_TRIES;

	err = get_info(fd, &info, sizeof(info));
	if (err)
		return err;
	capacity = table_bound(&info) + TABLE_SLACK;
	do {
		err = table_get_once(fd, &capacity, &table, &size);
	} while (err == -EAGAIN && --tries);
	if (err)
		return err;
	err = table_parse(snapshot, table, size);
	if (err)
		free(table);
	return err;
}

int kctl_store_table_get(struct kctl_store *store,
			 struct kctl_snapshot **snapshot)
{
	*snapshot = NULL;
	return result(store, get_table(store->fd, snapshot));
}

int kctl_store_replace(struct kctl_store *store,
		       const struct kctl_table_builder *builder,
		       uint64_t generation)
{
	struct kctl_table empty = { .generation = generation };
	struct kctl_table *table = builder ? builder->table : NULL;
	size_t size = table ? builder->size : sizeof(empty);
	int err = 0;

	if (size > INT_MAX)
		return result(store, -EMSGSIZE);
	if (table)
		table->generation = generation;
	if (setsockopt(store->fd, SOL_IP, KCTL_SO_REPLACE,
		       table ? table : &empty, (socklen_t)size))
		err = table_error(store->fd);
	return result(store, err);
}
