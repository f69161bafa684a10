/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libkctl: the sockopt interface and its store */
#ifndef KCTL_LIBKCTL_STORE_H
#define KCTL_LIBKCTL_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/kctl.h>

/**
 * kctl_store_open() - open a socket for the functions below
 *
 * Any user may call it.
 *
 * Return: a file descriptor that the caller closes, or a negative errno.
 */
int kctl_store_open(void);

/**
 * kctl_store_set() - create or replace an entry
 * @fd: from kctl_store_open()
 * @entry: name, flags and expected generation; the size comes from @size
 * @value: the new value
 * @size: bytes of @value; the limit of the kernel is KCTL_VALUE_MAX
 *
 * Return: 0, -EPERM, -EEXIST, -ESTALE, -EINVAL, -EMSGSIZE, -ENOSPC or -ENOMEM.
 */
int kctl_store_set(int fd, const struct kctl_entry *entry, const void *value,
		   size_t size);

/**
 * kctl_store_get() - read an entry
 * @fd: from kctl_store_open()
 * @name: NUL-terminated name of the entry
 * @entry: set to the entry with its value; the caller frees it
 *
 * Any user may read a public entry.
 *
 * Return: 0, -EPERM, -ENOENT, -EINVAL, -ENOMEM or -EPROTO (an inconsistent answer).
 */
int kctl_store_get(int fd, const char *name, struct kctl_entry **entry);

/**
 * kctl_store_generation() - read the generation of an entry
 * @fd: from kctl_store_open()
 * @name: NUL-terminated name of the entry
 * @generation: set to its generation, or to 0 if the entry does not exist
 *
 * Any user may read that of a public entry.
 *
 * Return: 0, -EPERM, -EINVAL, -ENOMEM or -EPROTO.
 */
int kctl_store_generation(int fd, const char *name, uint64_t *generation);

/**
 * kctl_store_delete() - delete an entry
 * @fd: from kctl_store_open()
 * @name: NUL-terminated name of the entry
 * @generation: expected generation of the entry, or 0 for any
 *
 * Return: 0, -EPERM, -ENOENT, -ESTALE or -EINVAL.
 */
int kctl_store_delete(int fd, const char *name, uint64_t generation);

/**
 * kctl_entry_name() - set the name in the header of an entry
 * @entry: the header; the bytes after the name become zero
 * @name: NUL-terminated name
 *
 * It checks only the length. The kernel checks the characters.
 *
 * Return: 0, or -EINVAL if @name is too long.
 */
int kctl_entry_name(struct kctl_entry *entry, const char *name);

/**
 * kctl_store_info() - read generation, counts and limits of the store
 * @fd: from kctl_store_open()
 * @info: set to the answer; members that an older module does not know are 0
 *
 * Any user may call it.
 *
 * Return: 0 or a negative errno.
 */
int kctl_store_info(int fd, struct kctl_info *info);

/**
 * struct kctl_snapshot - the whole store at one point in time
 * @generation: generation of the store
 * @count: number of entries
 * @entries: the entries with their values, sorted by name
 * @table: memory of the entries
 */
struct kctl_snapshot {
	uint64_t generation;
	size_t count;
	const struct kctl_entry **entries;
	struct kctl_table *table;
};

/**
 * kctl_snapshot_init() - parse a table
 * @snapshot: set on success; kctl_snapshot_free() releases it and @table
 * @table: answer to KCTL_SO_GET_TABLE, in memory from malloc(3)
 * @size: bytes of @table
 *
 * Return: 0, -ENOMEM, or -EPROTO if the table is inconsistent.
 */
int kctl_snapshot_init(struct kctl_snapshot *snapshot, struct kctl_table *table,
		       size_t size);

/**
 * kctl_snapshot_free() - release a snapshot
 * @snapshot: the snapshot; can be all zeros
 */
void kctl_snapshot_free(struct kctl_snapshot *snapshot);

/**
 * kctl_store_table_get() - read the whole store
 * @fd: from kctl_store_open()
 * @snapshot: set on success; kctl_snapshot_free() releases it
 *
 * Return: 0, -EPERM, -EOPNOTSUPP, -ENOMEM, -EOVERFLOW (larger than any buffer),
 * -EPROTO (an inconsistent answer) or -EAGAIN (the store kept growing while it was
 * read).
 */
int kctl_store_table_get(int fd, struct kctl_snapshot *snapshot);

/**
 * struct kctl_table_builder - a table under construction
 * @table: the table, or NULL while it is empty
 * @size: bytes of @table
 * @capacity: bytes allocated
 *
 * An empty one is all zeros.
 */
struct kctl_table_builder {
	struct kctl_table *table;
	size_t size;
	size_t capacity;
};

/**
 * kctl_table_reserve() - reserve memory for the next entry
 * @builder: the table
 * @size: largest size of its value, in bytes
 *
 * Return: the header of the entry, all zeros, with memory for the value after it, or
 * NULL if there is no memory. The pointer is valid until the next call.
 */
struct kctl_entry *kctl_table_reserve(struct kctl_table_builder *builder,
				      size_t size);

/**
 * kctl_table_commit() - add the entry to the table
 * @builder: the table
 * @entry: from kctl_table_reserve(); its size is at most the reserved one
 */
void kctl_table_commit(struct kctl_table_builder *builder,
		       const struct kctl_entry *entry);

/**
 * kctl_table_free() - release a table
 * @builder: the table; it is empty afterwards
 */
void kctl_table_free(struct kctl_table_builder *builder);

/**
 * kctl_store_replace() - replace the whole store atomically
 * @fd: from kctl_store_open()
 * @builder: the new entries; can be empty
 * @generation: expected generation of the store, or 0 for any
 *
 * Return: 0, -EPERM, -EOPNOTSUPP, -EEXIST (two entries with one name), -ESTALE,
 * -EINVAL, -EMSGSIZE, -ENOSPC or -ENOMEM.
 */
int kctl_store_replace(int fd, const struct kctl_table_builder *builder,
		       uint64_t generation);

#endif /* KCTL_LIBKCTL_STORE_H */
