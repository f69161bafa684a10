// SPDX-License-Identifier: GPL-2.0-only
/*
 * The store: its current table, generations, and limits.
 */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "store.h"
#include "../name.h"
#include "../trace.h"

#define KCTL_STORE_MAX_BYTES	SZ_16M
#define KCTL_STORE_MAX_ENTRIES	65536

static struct kctl_store_table *kctl_store_table(const struct kctl_store *store)
{
	return rcu_dereference_protected(store->table, lockdep_is_held(&store->lock));
}

static void kctl_store_changed(struct kctl_store *store, enum kctl_store_action action,
			       const char *name)
{
	lockdep_assert_held(&store->lock);
	store->generation++;
	store->notify(store, action, name);
}

static bool kctl_store_is_stale(const struct kctl_store_entry *old, u64 expected)
{
	return expected && (!old || old->entry.generation != expected);
}

/* A change that does not make the store larger is allowed even above the limits. */
static bool kctl_store_has_room(const struct kctl_store *store,
				const struct kctl_store_entry *old, u32 size)
{
	const struct kctl_store_table *table = kctl_store_table(store);
	u32 old_size = old ? old->entry.size : 0;

	if (!old && table->count >= READ_ONCE(store->max_entries))
		return false;
	return size <= old_size ||
	       table->bytes - old_size + size <= READ_ONCE(store->max_bytes);
}

static void kctl_store_stamp(const struct kctl_store *store, struct kctl_store_entry *entry,
			     u64 now)
{
	entry->entry.flags &= ~KCTL_ENTRY_CREATE;
	entry->entry.generation = store->generation + 1;
	entry->entry.changed = now;
}

static int kctl_store_set_locked(struct kctl_store *store, struct kctl_store_entry *entry)
{
	struct kctl_store_table *table = kctl_store_table(store);
	struct kctl_store_entry *old;
	int err;

	old = kctl_store_table_find(table, entry->entry.name);
	/* The name of an existing entry is valid, so it is not checked again. */
	if (!old && !kctl_name_ok(entry->entry.name))
		return -EINVAL;
	if (old && (entry->entry.flags & KCTL_ENTRY_CREATE))
		return -EEXIST;
	if (kctl_store_is_stale(old, entry->entry.generation))
		return -ESTALE;
	if (!kctl_store_has_room(store, old, entry->entry.size))
		return -ENOSPC;

	kctl_store_stamp(store, entry, ktime_get_real_ns());
	err = kctl_store_table_put(table, old, entry);
	if (err)
		return err;

	kctl_store_changed(store, KCTL_STORE_SET, entry->entry.name);
	trace_store_set(&entry->entry);
	return 0;
}

/**
 * kctl_store_set() - create or replace an entry
 * @store: the store
 * @entry: the new entry with name, flags, size and value; its generation is the one
 *	that the old entry must have, or 0. On success the store takes over the
 *	caller's reference
 *
 * Context: process, may sleep.
 *
 * Return: 0; -EINVAL if the name is not valid; -EEXIST, -ESTALE or -ENOSPC as in
 * <linux/kctl.h>; -ENOMEM.
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
	struct kctl_store_table *table = kctl_store_table(store);
	struct kctl_store_entry *old;

	old = kctl_store_table_find(table, request->name);
	if (!old)
		return -ENOENT;
	if (kctl_store_is_stale(old, request->generation))
		return -ESTALE;

	kctl_store_table_del(table, old);
	kctl_store_changed(store, KCTL_STORE_DELETE, request->name);
	trace_store_delete(request->name, store->generation);
	return 0;
}

/**
 * kctl_store_delete() - delete an entry
 * @store: the store
 * @request: name of the entry, and the generation that it must have, or 0
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
 * kctl_store_fits() - check a table against the limits of a store
 * @store: the store
 * @table: a table that is not in the store yet
 *
 * Return: true if the table is within the current limits.
 */
bool kctl_store_fits(const struct kctl_store *store, const struct kctl_store_table *table)
{
	return table->count <= READ_ONCE(store->max_entries) &&
	       table->bytes <= READ_ONCE(store->max_bytes);
}

/* A caller that waits for snapshots may be able to continue. */
static void kctl_store_reading_ended(struct kctl_store *store)
{
	lockdep_assert_held(&store->lock);
	WRITE_ONCE(store->reading_ended, store->reading_ended + 1);
	wake_up_interruptible_all(&store->readers);
}

static struct kctl_store_table *kctl_store_replace_locked(struct kctl_store *store,
							  struct kctl_store_table *table,
							  u64 expected)
{
	struct kctl_store_table *old = kctl_store_table(store);
	u64 now = ktime_get_real_ns();
	struct kctl_store_entry *entry;

	if (expected && expected != store->generation)
		return ERR_PTR(-ESTALE);
	if (!kctl_store_fits(store, table))
		return ERR_PTR(-ENOSPC);

	list_for_each_entry(entry, &table->entries, list) {
		kctl_store_stamp(store, entry, now);
		cond_resched();
	}

	rcu_assign_pointer(store->table, table);
	kctl_store_changed(store, KCTL_STORE_REPLACE, NULL);
	kctl_store_reading_ended(store);
	trace_store_replace(table->count, table->bytes, store->generation);
	return old;
}

/**
 * kctl_store_replace() - replace all entries at once
 * @store: the store
 * @table: the new entries, indexed, without generation and time. On success the store
 *	takes over the table
 * @expected: the generation that the store must have, or 0
 *
 * Context: process, may sleep; the caller holds @store->replacing.
 *
 * Return: 0; -ESTALE or -ENOSPC as in <linux/kctl.h>.
 */
int kctl_store_replace(struct kctl_store *store, struct kctl_store_table *table,
		       u64 expected)
{
	struct kctl_store_table *old;

	lockdep_assert_held(&store->replacing);
	mutex_lock(&store->lock);
	old = kctl_store_replace_locked(store, table, expected);
	mutex_unlock(&store->lock);
	if (IS_ERR(old))
		return PTR_ERR(old);

	synchronize_rcu();
	kctl_store_table_free(old);
	return 0;
}

/**
 * kctl_store_find() - look up an entry
 * @store: the store
 * @name: KCTL_NAME_SIZE bytes; an invalid name finds nothing
 *
 * Context: under RCU, which keeps the entry, but not a large value. An entry without
 * references was just removed from the table.
 *
 * Return: the entry, without a reference taken; NULL if it does not exist.
 */
struct kctl_store_entry *kctl_store_find(struct kctl_store *store, const char *name)
{
	return kctl_store_table_find(rcu_dereference(store->table), name);
}

/*
 * An entry that a snapshot refers to stays in memory when it is replaced. The limits of
 * the store apply to all snapshots together; a single snapshot is always allowed.
 */
static bool kctl_store_can_read(const struct kctl_store *store)
{
	const struct kctl_store_table *table = kctl_store_table(store);
	u64 entries = store->reading_entries + table->count;
	u64 bytes = store->reading_bytes + table->bytes;

	return !store->reading_entries ||
	       (entries <= READ_ONCE(store->max_entries) && bytes <= READ_ONCE(store->max_bytes));
}

/* Waits until a snapshot is possible. Returns the number of its entries, or an error. */
static s64 kctl_store_wait_to_read(struct kctl_store *store)
{
	unsigned int ended;
	bool can_read;
	s64 count;

	for (;;) {
		mutex_lock(&store->lock);
		can_read = kctl_store_can_read(store);
		count = kctl_store_table(store)->count;
		ended = store->reading_ended;
		mutex_unlock(&store->lock);

		if (can_read)
			return count;
		if (wait_event_interruptible(store->readers,
					     READ_ONCE(store->reading_ended) != ended))
			return -ERESTARTSYS;
	}
}

/* Returns NULL if entries or other snapshots were added since @room was determined. */
static struct kctl_store_snapshot *
kctl_store_snapshot_fill(struct kctl_store *store, struct kctl_store_snapshot *snapshot,
			 u32 room)
{
	const struct kctl_store_table *table = kctl_store_table(store);
	struct kctl_store_entry *entry;

	if (table->count > room || !kctl_store_can_read(store))
		return NULL;

	snapshot->generation = store->generation;
	snapshot->bytes = table->bytes;
	snapshot->count = 0;
	list_for_each_entry(entry, &table->entries, list) {
		refcount_inc(&entry->refs);
		snapshot->entries[snapshot->count++] = entry;
		cond_resched();
	}
	store->reading_bytes += snapshot->bytes;
	store->reading_entries += snapshot->count;
	return snapshot;
}

/**
 * kctl_store_snapshot() - take references to all entries, consistently
 * @store: the store
 *
 * The entries can then be copied to user space without a lock: the copy may block for
 * ever.
 *
 * Context: process, may sleep.
 *
 * Return: the snapshot, to be freed by the caller; ERR_PTR(-ENOMEM);
 * ERR_PTR(-ERESTARTSYS) if other snapshots hold too much and a signal came first.
 */
struct kctl_store_snapshot *kctl_store_snapshot(struct kctl_store *store)
{
	struct kctl_store_snapshot *snapshot, *filled;
	s64 room;

	do {
		room = kctl_store_wait_to_read(store);
		if (room < 0)
			return ERR_PTR(room);

		snapshot = kvmalloc(struct_size(snapshot, entries, room),
				    GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
		if (!snapshot)
			return ERR_PTR(-ENOMEM);

		mutex_lock(&store->lock);
		filled = kctl_store_snapshot_fill(store, snapshot, room);
		mutex_unlock(&store->lock);
		if (!filled)
			kvfree(snapshot);
	} while (!filled);
	return snapshot;
}

/**
 * kctl_store_snapshot_free() - free a snapshot and its references to entries
 * @store: the store
 * @snapshot: the snapshot
 *
 * Context: process, may sleep.
 */
void kctl_store_snapshot_free(struct kctl_store *store, struct kctl_store_snapshot *snapshot)
{
	u32 i;

	for (i = 0; i < snapshot->count; i++) {
		kctl_store_entry_put(snapshot->entries[i]);
		cond_resched();
	}

	mutex_lock(&store->lock);
	store->reading_bytes -= snapshot->bytes;
	store->reading_entries -= snapshot->count;
	kctl_store_reading_ended(store);
	mutex_unlock(&store->lock);
	kvfree(snapshot);
}

/**
 * kctl_store_get_info() - describe the store as a whole
 * @store: the store
 * @info: filled in, apart from @abi_version
 */
void kctl_store_get_info(struct kctl_store *store, struct kctl_info *info)
{
	memset(info, 0, sizeof(*info));
	info->max_bytes = READ_ONCE(store->max_bytes);
	info->max_entries = READ_ONCE(store->max_entries);

	mutex_lock(&store->lock);
	info->generation = store->generation;
	info->bytes = kctl_store_table(store)->bytes;
	info->entries = kctl_store_table(store)->count;
	mutex_unlock(&store->lock);
}

/**
 * kctl_store_init() - begin with an empty store
 * @store: the store
 * @notify: announces every change
 *
 * Return: 0, or -ENOMEM.
 */
int kctl_store_init(struct kctl_store *store, kctl_store_notify_fn *notify)
{
	struct kctl_store_table *table = kctl_store_table_alloc();
	int err;

	if (!table)
		return -ENOMEM;
	err = kctl_store_table_index(table, 0);
	if (err) {
		kctl_store_table_free(table);
		return err;
	}

	mutex_init(&store->replacing);
	mutex_init(&store->lock);
	init_waitqueue_head(&store->readers);
	RCU_INIT_POINTER(store->table, table);
	store->notify = notify;
	store->max_bytes = KCTL_STORE_MAX_BYTES;
	store->max_entries = KCTL_STORE_MAX_ENTRIES;
	return 0;
}

/**
 * kctl_store_exit() - free a store and its entries
 * @store: the store, which is no longer reachable
 */
void kctl_store_exit(struct kctl_store *store)
{
	kctl_store_table_free(rcu_dereference_protected(store->table, true));
}
