/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libkctl: the sockopt interface and its store */
#ifndef KCTL_LIBKCTL_STORE_H
#define KCTL_LIBKCTL_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/kctl.h>

#include "libkctl_common.h"

KCTL_BEGIN_DECLS

/* A socket for the store. */
struct kctl_store;

/**
 * kctl_store_open() - open a handle for the store of the network namespace
 * @store: set to the handle, or to NULL on failure
 *
 * Any user may call it, even without the module.
 *
 * Return: 0, -EAFNOSUPPORT, -ENOMEM or another error of socket(2).
 */
int kctl_store_open(struct kctl_store **store);

/**
 * kctl_store_close() - close a handle
 * @store: the handle, or NULL
 */
void kctl_store_close(struct kctl_store *store);

/**
 * kctl_store_strerror() - describe the last failure of a handle
 * @store: the handle
 *
 * Return: a sentence without a full stop, as kctl_strerror() returns it; valid for ever.
 */
const char *kctl_store_strerror(const struct kctl_store *store);

/**
 * kctl_store_set() - create or replace an entry
 * @store: the handle
 * @entry: name, flags and expected generation; the size comes from @size
 * @value: the new value
 * @size: bytes of @value; the limit of the kernel is KCTL_VALUE_MAX
 *
 * Return: 0, -EPERM, -EEXIST, -ESTALE, -EINVAL, -EMSGSIZE, -ENOSPC or -ENOMEM.
 */
int kctl_store_set(struct kctl_store *store, const struct kctl_entry *entry,
		   const void *value, size_t size);

/**
 * kctl_store_get() - read an entry
 * @store: the handle
 * @name: NUL-terminated name of the entry
 * @entry: set to the entry with its value, which kctl_entry_free() releases, or to NULL on
 *	failure
 *
 * Any user may read a public entry.
 *
 * Return: 0, -EPERM, -ENOENT, -EINVAL, -ENOMEM or -EPROTO (an inconsistent answer).
 */
int kctl_store_get(struct kctl_store *store, const char *name,
		   struct kctl_entry **entry);

/**
 * kctl_entry_free() - release an entry
 * @entry: from kctl_store_get(), or NULL
 */
void kctl_entry_free(struct kctl_entry *entry);

/**
 * kctl_store_generation() - read the generation of an entry
 * @store: the handle
 * @name: NUL-terminated name of the entry
 * @generation: set to its generation, or to 0 on failure or if the entry does not exist
 *
 * Any user may read the generation of a public entry.
 *
 * Return: 0, -EPERM, -EINVAL, -ENOMEM or -EPROTO.
 */
int kctl_store_generation(struct kctl_store *store, const char *name,
			  uint64_t *generation);

/**
 * kctl_store_delete() - delete an entry
 * @store: the handle
 * @name: NUL-terminated name of the entry
 * @generation: expected generation of the entry, or 0 for any
 *
 * Return: 0, -EPERM, -ENOENT, -ESTALE or -EINVAL.
 */
int kctl_store_delete(struct kctl_store *store, const char *name,
		      uint64_t generation);

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
 * @store: the handle
 * @info: set to the answer; members that an older module does not know are 0; on failure, all
 *	are
 * @size: sizeof(*@info)
 *
 * Any user may call it.
 *
 * Return: 0 or a negative errno.
 */
int kctl_store_info(struct kctl_store *store, struct kctl_info *info,
		    size_t size);

/**
 * struct kctl_snapshot - the entries of a store at one point in time
 * @generation: generation of the store
 * @count: number of entries
 * @entries: the entries with their values, sorted by name
 *
 * The library allocates it. The program may reorder @entries and lower @count.
 */
struct kctl_snapshot {
	uint64_t generation;
	size_t count;
	const struct kctl_entry **entries;
};

/**
 * kctl_snapshot_free() - release a snapshot and its entries
 * @snapshot: the snapshot, or NULL
 */
void kctl_snapshot_free(struct kctl_snapshot *snapshot);

/**
 * kctl_store_table_get() - read the whole store
 * @store: the handle
 * @snapshot: set to the entries, which kctl_snapshot_free() releases, or to NULL on
 *	failure
 *
 * Return: 0, -EPERM, -EOPNOTSUPP, -ENOMEM, -EOVERFLOW (larger than any buffer),
 * -EPROTO (an inconsistent answer) or -EAGAIN (the store kept growing while it was
 * read).
 */
int kctl_store_table_get(struct kctl_store *store,
			 struct kctl_snapshot **snapshot);

/* A table under construction: the entries that a store is to have. */
struct kctl_table_builder;

/**
 * kctl_table_new() - begin a table
 *
 * Return: a table without entries, which kctl_table_free() releases, or NULL if memory is
 * short.
 */
struct kctl_table_builder *kctl_table_new(void);

/**
 * kctl_table_free() - release a table
 * @builder: the table, or NULL
 */
void kctl_table_free(struct kctl_table_builder *builder);

/**
 * kctl_table_reserve() - reserve memory for the next entry
 * @builder: the table
 * @size: largest size of its value, in bytes
 *
 * Return: the header of the entry, all zeros, with memory for the value after it, or NULL if
 * memory is short. The pointer is valid until the next call.
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
 * kctl_table_size() - get the size of a table
 * @builder: the table
 *
 * Return: the number of bytes that kctl_store_replace() passes to the kernel, which is also the
 * offset of the next entry.
 */
size_t kctl_table_size(const struct kctl_table_builder *builder);

/**
 * kctl_table_entry() - get an entry of a table
 * @builder: the table
 * @offset: kctl_table_size() before the entry was added
 *
 * Return: the entry; valid until the next kctl_table_reserve().
 */
const struct kctl_entry *
kctl_table_entry(const struct kctl_table_builder *builder, size_t offset);

/**
 * kctl_table_snapshot() - sort the entries of a table by name
 * @builder: the table, which must not be changed or released before the snapshot is released
 * @snapshot: set to a snapshot of generation 0, or to NULL on failure; kctl_snapshot_free()
 *	releases it, but not the entries of @builder
 *
 * Return: 0 or -ENOMEM.
 */
int kctl_table_snapshot(const struct kctl_table_builder *builder,
			struct kctl_snapshot **snapshot);

/**
 * kctl_store_replace() - replace the whole store atomically
 * @store: the handle
 * @builder: the new entries; NULL: none
 * @generation: expected generation of the store, or 0 for any
 *
 * Return: 0, -EPERM, -EOPNOTSUPP, -EEXIST (two entries with the same name), -ESTALE, -EINVAL,
 * -EMSGSIZE, -ENOSPC or -ENOMEM.
 */
int kctl_store_replace(struct kctl_store *store,
		       const struct kctl_table_builder *builder,
		       uint64_t generation);

KCTL_END_DECLS

#endif /* KCTL_LIBKCTL_STORE_H */
