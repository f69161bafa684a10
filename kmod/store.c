// SPDX-License-Identifier: GPL-2.0-only
/*
 * The store: entries and generations.
 *
 * An entry is never modified. A change puts a new entry in the place of the old
 * one, so that a reader sees either, whole, without a lock.
 */
#include <linux/mm.h>
#include <linux/rhashtable.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "store.h"

#define KCTL_STORE_MAX_BYTES	SZ_16M
#define KCTL_STORE_MAX_ENTRIES	65536

static const struct rhashtable_params kctl_store_params = {
	.key_len		= KCTL_NAME_SIZE,
	.key_offset		= offsetof(struct kctl_store_entry, entry.name),
	.head_offset		= offsetof(struct kctl_store_entry, node),
	.automatic_shrinking	= true,
};

/**
 * kctl_store_entry_alloc() - allocate an entry, charged to the caller's cgroup
 * @size: size of its value in bytes, at most KCTL_VALUE_MAX
 *
 * Return: the entry, with nothing but its size filled in and one reference held
 * by the caller; NULL without memory.
 */
struct kctl_store_entry *kctl_store_entry_alloc(size_t size)
{
	struct kctl_store_entry *entry;

	entry = kvmalloc(struct_size(entry, entry.value, size), GFP_KERNEL_ACCOUNT);
	if (!entry)
		return NULL;

	refcount_set(&entry->refs, 1);
	memset(&entry->entry, 0, sizeof(entry->entry));
	entry->entry.size = size;
	return entry;
}

/**
 * kctl_store_entry_put() - drop a reference to an entry
 * @entry: the entry, freed with its last reference
 */
void kctl_store_entry_put(struct kctl_store_entry *entry)
{
	if (refcount_dec_and_test(&entry->refs))
		kvfree_rcu(entry, rcu);
}

static struct kctl_store_entry *kctl_store_find(struct kctl_store *store,
						const char *name)
{
	lockdep_assert_held(&store->lock);
	return rhashtable_lookup_fast(&store->entries, name, kctl_store_params);
}

static bool kctl_store_is_stale(const struct kctl_store_entry *old, u64 expected)
{
	return expected && (!old || old->entry.generation != expected);
}

/* A change that makes the store no larger is welcome above the limits, too. */
static bool kctl_store_has_room(const struct kctl_store *store,
				const struct kctl_store_entry *old, u32 size)
{
	u32 old_size = old ? old->entry.size : 0;

	if (!old && store->count >= READ_ONCE(store->max_entries))
		return false;
	return size <= old_size ||
	       store->bytes - old_size + size <= READ_ONCE(store->max_bytes);
}

static int kctl_store_publish(struct kctl_store *store, struct kctl_store_entry *old,
			      struct kctl_store_entry *entry)
{
	if (old)
		return rhashtable_replace_fast(&store->entries, &old->node, &entry->node,
					       kctl_store_params);
	return rhashtable_insert_fast(&store->entries, &entry->node, kctl_store_params);
}

static int kctl_store_set_locked(struct kctl_store *store, struct kctl_store_entry *entry)
{
	struct kctl_store_entry *old = kctl_store_find(store, entry->entry.name);
	int err;

	if (old && (entry->entry.flags & KCTL_ENTRY_CREATE))
		return -EEXIST;
	if (kctl_store_is_stale(old, entry->entry.generation))
		return -ESTALE;
	if (!kctl_store_has_room(store, old, entry->entry.size))
		return -ENOSPC;

	entry->entry.flags &= ~KCTL_ENTRY_CREATE;
	entry->entry.generation = store->generation + 1;
	entry->entry.changed = ktime_get_real_ns();

	err = kctl_store_publish(store, old, entry);
	if (err)
		return err;

	store->generation++;
	store->bytes += entry->entry.size;
	store->count++;
	if (old) {
		store->bytes -= old->entry.size;
		store->count--;
		kctl_store_entry_put(old);
	}
	return 0;
}

/**
 * kctl_store_set() - create an entry, or replace the one of the same name
 * @store: the store
 * @entry: the new entry: name, flags, size and value of it, and in its generation
 *	the one that the old entry must have, or 0. The store takes over the
 *	caller's reference when it succeeds
 *
 * Context: process, may sleep.
 *
 * Return: 0; -EEXIST, -ESTALE or -ENOSPC as <linux/kctl.h> has them; -ENOMEM.
 */
int kctl_store_set(struct kctl_store *store, struct kctl_store_entry *entry)
{
	int err;

	mutex_lock(&store->lock);
	err = kctl_store_set_locked(store, entry);
	mutex_unlock(&store->lock);
	return err;
}

static int kctl_store_delete_locked(struct kctl_store *store,
				    const struct kctl_entry *request)
{
	struct kctl_store_entry *old = kctl_store_find(store, request->name);
	int err;

	if (!old)
		return -ENOENT;
	if (kctl_store_is_stale(old, request->generation))
		return -ESTALE;

	err = rhashtable_remove_fast(&store->entries, &old->node, kctl_store_params);
	if (err)
		return err;

	store->generation++;
	store->bytes -= old->entry.size;
	store->count--;
	kctl_store_entry_put(old);
	return 0;
}

/**
 * kctl_store_delete() - delete an entry
 * @store: the store
 * @request: its name, and the generation that it must have, or 0
 *
 * Context: process, may sleep.
 *
 * Return: 0, -ENOENT or -ESTALE.
 */
int kctl_store_delete(struct kctl_store *store, const struct kctl_entry *request)
{
	int err;

	mutex_lock(&store->lock);
	err = kctl_store_delete_locked(store, request);
	mutex_unlock(&store->lock);
	return err;
}

/**
 * kctl_store_get() - look an entry up
 * @store: the store
 * @name: its name, zeros up to KCTL_NAME_SIZE bytes behind it
 *
 * Return: the entry, with a reference for the caller; NULL if there is none.
 */
struct kctl_store_entry *kctl_store_get(struct kctl_store *store, const char *name)
{
	struct kctl_store_entry *entry;

	/* An entry without references has just left the table: look again. */
	rcu_read_lock();
	do {
		entry = rhashtable_lookup(&store->entries, name, kctl_store_params);
	} while (entry && !refcount_inc_not_zero(&entry->refs));
	rcu_read_unlock();
	return entry;
}

/**
 * kctl_store_get_info() - describe the store as a whole
 * @store: the store
 * @info: filled in, apart from abi_version
 */
void kctl_store_get_info(struct kctl_store *store, struct kctl_info *info)
{
	memset(info, 0, sizeof(*info));
	info->max_bytes = READ_ONCE(store->max_bytes);
	info->max_entries = READ_ONCE(store->max_entries);

	mutex_lock(&store->lock);
	info->generation = store->generation;
	info->bytes = store->bytes;
	info->entries = store->count;
	mutex_unlock(&store->lock);
}

/**
 * kctl_store_init() - make an empty store
 * @store: the store
 *
 * Return: 0, or -ENOMEM.
 */
int kctl_store_init(struct kctl_store *store)
{
	mutex_init(&store->lock);
	store->max_bytes = KCTL_STORE_MAX_BYTES;
	store->max_entries = KCTL_STORE_MAX_ENTRIES;
	return rhashtable_init(&store->entries, &kctl_store_params);
}

static void kctl_store_entry_destroy(void *ptr, void *unused)
{
	kctl_store_entry_put(ptr);
}

/**
 * kctl_store_exit() - free a store and its entries
 * @store: the store, which nobody can reach any more
 */
void kctl_store_exit(struct kctl_store *store)
{
	rhashtable_free_and_destroy(&store->entries, kctl_store_entry_destroy, NULL);
}
