/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libkctl, door 1: the store */
#ifndef KCTL_LIBKCTL_STORE_H
#define KCTL_LIBKCTL_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/kctl.h>

/**
 * kctl_store_open() - open a socket through which the store can be reached
 *
 * Anybody may call it; what can be done with it is another matter.
 *
 * Return: a file descriptor that the caller closes, or a negative errno.
 */
int kctl_store_open(void);

/**
 * kctl_store_set() - change an entry, or make one
 * @fd: from kctl_store_open()
 * @entry: header of the change: its name, flags and generation count; its size
 *	is taken from @size
 * @value: the new value
 * @size: bytes of @value; the kernel takes up to KCTL_VALUE_MAX
 *
 * Return: 0, or -EPERM, -EEXIST, -ESTALE, -EINVAL, -EMSGSIZE, -ENOSPC, -ENOMEM.
 */
int kctl_store_set(int fd, const struct kctl_entry *entry, const void *value,
		   size_t size);

/**
 * kctl_store_get() - read an entry
 * @fd: from kctl_store_open()
 * @name: NUL-terminated name of the entry
 * @entry: set to the entry with its value; the caller frees it
 *
 * Anybody may read a public entry.
 *
 * Return: 0, or -EPERM, -ENOENT, -EINVAL, -ENOMEM, -EPROTO (an answer that
 * contradicts itself).
 */
int kctl_store_get(int fd, const char *name, struct kctl_entry **entry);

/**
 * kctl_store_generation() - read the generation of an entry
 * @fd: from kctl_store_open()
 * @name: NUL-terminated name of the entry
 * @generation: set to its generation, 0 if there is no such entry
 *
 * Anybody may ask about a public entry.
 *
 * Return: 0, or -EPERM, -EINVAL, -ENOMEM, -EPROTO.
 */
int kctl_store_generation(int fd, const char *name, uint64_t *generation);

/**
 * kctl_store_delete() - delete an entry
 * @fd: from kctl_store_open()
 * @name: NUL-terminated name of the entry
 * @generation: the generation it must have, or 0 for any
 *
 * Return: 0, or -EPERM, -ENOENT, -ESTALE, -EINVAL.
 */
int kctl_store_delete(int fd, const char *name, uint64_t generation);

/**
 * kctl_entry_name() - put a name into the header of an entry
 * @entry: the header; bytes behind the name are cleared
 * @name: NUL-terminated name
 *
 * Only the length is checked: what a name may consist of is for the kernel.
 *
 * Return: 0, or -EINVAL if @name does not fit.
 */
int kctl_entry_name(struct kctl_entry *entry, const char *name);

/**
 * kctl_store_info() - ask for generation, counts and limits of the store
 * @fd: from kctl_store_open()
 * @info: gets the answer; what an older module does not know is 0
 *
 * Anybody may call it.
 *
 * Return: 0 or a negative errno.
 */
int kctl_store_info(int fd, struct kctl_info *info);

/**
 * struct kctl_snapshot - a whole store, as it was at one moment
 * @generation: of the last change of the store
 * @count: number of entries
 * @entries: the entries, each with its value, sorted by name
 * @table: where they are
 */
struct kctl_snapshot {
	uint64_t generation;
	size_t count;
	const struct kctl_entry **entries;
	struct kctl_table *table;
};

/**
 * kctl_snapshot_init() - take a table apart
 * @snapshot: set on success; kctl_snapshot_free() releases it, and @table with it
 * @table: from malloc(3); what the kernel answered to KCTL_SO_GET_TABLE
 * @size: bytes of it
 *
 * Return: 0, -ENOMEM, or -EPROTO if the table contradicts itself.
 */
int kctl_snapshot_init(struct kctl_snapshot *snapshot, struct kctl_table *table,
		       size_t size);

/**
 * kctl_snapshot_free() - release a snapshot
 * @snapshot: the snapshot; all zeros is one, too
 */
void kctl_snapshot_free(struct kctl_snapshot *snapshot);

/**
 * kctl_store_table_get() - read the whole store
 * @fd: from kctl_store_open()
 * @snapshot: set on success; kctl_snapshot_free() releases it
 *
 * Return: 0, or -EPERM, -EOPNOTSUPP, -ENOMEM, -EOVERFLOW (no buffer could hold
 * it), -EPROTO (an answer that contradicts itself), -EAGAIN (the store kept
 * growing while it was read).
 */
int kctl_store_table_get(int fd, struct kctl_snapshot *snapshot);

/**
 * struct kctl_table_builder - a table that is being put together
 * @table: the table, or NULL as long as nothing was put into it
 * @size: bytes of it
 * @capacity: bytes allocated
 *
 * All zeros is an empty one.
 */
struct kctl_table_builder {
	struct kctl_table *table;
	size_t size;
	size_t capacity;
};

/**
 * kctl_table_reserve() - make room for the next entry
 * @builder: the table
 * @size: bytes that its value can have
 *
 * Return: the header of the entry, all zeros, with room for the value behind it;
 * it moves with the next entry. NULL without memory.
 */
struct kctl_entry *kctl_table_reserve(struct kctl_table_builder *builder,
				      size_t size);

/**
 * kctl_table_commit() - take the entry into the table
 * @builder: the table
 * @entry: from kctl_table_reserve(); its size is no more than was reserved
 */
void kctl_table_commit(struct kctl_table_builder *builder,
		       const struct kctl_entry *entry);

/**
 * kctl_table_free() - release a table
 * @builder: the table, empty again afterwards
 */
void kctl_table_free(struct kctl_table_builder *builder);

/**
 * kctl_store_replace() - replace the whole store at once
 * @fd: from kctl_store_open()
 * @builder: what there shall be; can be empty
 * @generation: the generation that the store must have, or 0 for any
 *
 * Return: 0, or -EPERM, -EOPNOTSUPP, -EEXIST (a name comes twice), -ESTALE,
 * -EINVAL, -EMSGSIZE, -ENOSPC, -ENOMEM.
 */
int kctl_store_replace(int fd, const struct kctl_table_builder *builder,
		       uint64_t generation);

#endif /* KCTL_LIBKCTL_STORE_H */
