// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entries, and tables of them.
 *
 * An entry is never modified. A change replaces the old entry by a new one, so a reader
 * sees either of them completely, without a lock.
 *
 * A table finds its entries by open addressing: an array of slots, each empty or with a
 * pointer to an entry. A table that grows gets a new array, and readers may use the old
 * one until a grace period ends. Unlike the buckets of an rhashtable, the array is
 * charged to the cgroup of the caller that makes it grow.
 */
#include <linux/jhash.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "store.h"

static_assert(sizeof(struct kctl_store_entry) + KCTL_STORE_SMALL <= 256);

/**
 * struct kctl_store_slots - finds the entries of a table by name
 * @rcu: frees the array after the last look-up
 * @count: number of slots
 * @used: number of slots that are not empty
 * @slot: pointers to entries. The search for a name starts at the slot that its hash
 *	selects and ends at the first empty slot
 */
struct kctl_store_slots {
	struct rcu_head		rcu;
	u32			count;
	u32			used;
	struct kctl_store_entry	__rcu *slot[];
};

/*
 * The size of the whole structure, in units of slots, is a power of two, because the
 * allocator rounds up to one anyway, and at least KCTL_STORE_SLOTS. The header takes the
 * space of KCTL_STORE_NO_SLOTS.
 */
#define KCTL_STORE_NO_SLOTS	(sizeof(struct kctl_store_slots) / sizeof(void *))
#define KCTL_STORE_SLOTS	16

/* Marks the slot of a deleted entry, which must not be empty. It has no valid name. */
static struct kctl_store_entry kctl_store_deleted;

/* Names begin at multiples of 8 bytes. For these few words memcmp() is slower. */
static __always_inline bool kctl_store_name_equal(const char *name, const char *other)
{
	const u64 *a = (const u64 *)name, *b = (const u64 *)other;

	static_assert(KCTL_NAME_SIZE == 8 * sizeof(*a));
	return !((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3]) |
		 (a[4] ^ b[4]) | (a[5] ^ b[5]) | (a[6] ^ b[6]) | (a[7] ^ b[7]));
}

/* Most names are short and padded with zeros: hash their words, not all 64 bytes. */
static __always_inline u32 kctl_store_hash(const struct kctl_store_table *table, const char *name)
{
	const u32 *words = (const u32 *)name;
	u32 count = 0;

	while (count < KCTL_NAME_SIZE / sizeof(*words) && words[count])
		count++;
	return jhash2(words, count, table->seed);
}

/* The slot at which a search starts, and the next one, which wraps around. */
static __always_inline u32 kctl_store_first_slot(const struct kctl_store_slots *slots, u32 hash)
{
	return reciprocal_scale(hash, slots->count);
}

static __always_inline u32 kctl_store_next_slot(const struct kctl_store_slots *slots, u32 at)
{
	return at + 1 < slots->count ? at + 1 : 0;
}

/**
 * kctl_store_entry_alloc() - allocate an entry, charged to the caller's cgroup
 * @size: size of its value in bytes, at most KCTL_VALUE_MAX
 *
 * The allocation includes padding of the value up to a multiple of 8 bytes.
 *
 * Return: the entry, with only its size filled in and one reference held by the
 * caller; NULL without memory.
 */
struct kctl_store_entry *kctl_store_entry_alloc(size_t size)
{
	bool is_small = size <= KCTL_STORE_SMALL;
	struct kctl_store_entry *entry;
	size_t room = round_up(size, 8);

	entry = kzalloc(struct_size(entry, entry.value, is_small ? room : 0), GFP_KERNEL_ACCOUNT);
	if (!entry)
		return NULL;

	entry->value = is_small ? entry->entry.value : kvmalloc(room, GFP_KERNEL_ACCOUNT);
	if (!entry->value) {
		kfree(entry);
		return NULL;
	}
	refcount_set(&entry->refs, 1);
	entry->entry.size = size;
	return entry;
}

static void kctl_store_entry_free_value(struct kctl_store_entry *entry)
{
	if (entry->value != entry->entry.value)
		kvfree(entry->value);
}

/**
 * kctl_store_entry_put() - drop a reference to an entry
 * @entry: the entry, which is in no table. It is freed with its last reference
 *
 * Context: process, may sleep.
 */
void kctl_store_entry_put(struct kctl_store_entry *entry)
{
	if (!refcount_dec_and_test(&entry->refs))
		return;
	kctl_store_entry_free_value(entry);
	kfree_rcu(entry, rcu);
}

/**
 * kctl_store_table_alloc() - allocate a table without entries
 *
 * Nothing can be looked up in it before kctl_store_table_index().
 *
 * Return: the table; NULL without memory.
 */
struct kctl_store_table *kctl_store_table_alloc(void)
{
	struct kctl_store_table *table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);

	if (!table)
		return NULL;
	INIT_LIST_HEAD(&table->entries);
	table->seed = get_random_u32();
	return table;
}

/**
 * kctl_store_table_free() - free a table and its references to entries
 * @table: the table, which no reader can access any more
 *
 * Memory that belongs to the table alone is freed at once: with RCU, callers could
 * replace tables faster than their memory is freed.
 *
 * Context: process, may sleep.
 */
void kctl_store_table_free(struct kctl_store_table *table)
{
	struct kctl_store_entry *entry, *next;

	kvfree(rcu_dereference_protected(table->slots, true));
	list_for_each_entry_safe(entry, next, &table->entries, list) {
		if (refcount_dec_and_test(&entry->refs)) {
			kctl_store_entry_free_value(entry);
			kfree(entry);
		}
		cond_resched();
	}
	kfree(table);
}

/**
 * kctl_store_table_find() - look up an entry
 * @table: the table
 * @name: KCTL_NAME_SIZE bytes; an invalid name finds nothing
 *
 * Context: under RCU, or while the table cannot change.
 *
 * Return: the entry, without a reference taken; NULL if it does not exist.
 */
struct kctl_store_entry *kctl_store_table_find(struct kctl_store_table *table,
					       const char *name)
{
	u32 hash = kctl_store_hash(table, name), at;
	struct kctl_store_slots *slots;
	struct kctl_store_entry *entry;

	/* Writers hold the lock of the store instead, which the table does not know. */
	slots = rcu_dereference_raw(table->slots);
	for (at = kctl_store_first_slot(slots, hash);; at = kctl_store_next_slot(slots, at)) {
		entry = rcu_dereference_raw(slots->slot[at]);
		if (!entry || (entry->hash == hash &&
			       kctl_store_name_equal(entry->entry.name, name)))
			break;
	}
	return entry == &kctl_store_deleted ? NULL : entry;
}

/* The slot of an entry that is in the table. */
static struct kctl_store_entry __rcu **
kctl_store_slot(struct kctl_store_table *table, const struct kctl_store_entry *entry)
{
	struct kctl_store_slots *slots = rcu_dereference_protected(table->slots, true);
	u32 at = kctl_store_first_slot(slots, entry->hash);

	while (rcu_access_pointer(slots->slot[at]) != entry)
		at = kctl_store_next_slot(slots, at);
	return &slots->slot[at];
}

/* Takes the first slot that is free. */
static int kctl_store_slots_add(struct kctl_store_slots *slots, struct kctl_store_entry *entry)
{
	struct kctl_store_entry *other;
	u32 at = kctl_store_first_slot(slots, entry->hash);

	for (;; at = kctl_store_next_slot(slots, at)) {
		other = rcu_dereference_protected(slots->slot[at], true);
		if (!other || other == &kctl_store_deleted)
			break;
		if (other->hash == entry->hash &&
		    kctl_store_name_equal(other->entry.name, entry->entry.name))
			return -EEXIST;
	}
	slots->used += !other;
	rcu_assign_pointer(slots->slot[at], entry);
	return 0;
}

/**
 * kctl_store_table_index() - make the entries of a table ready for look-ups
 * @table: the table
 * @entries: number of entries that it will have
 *
 * Afterwards, about a quarter to a half of the slots are used.
 *
 * Context: process, may sleep.
 *
 * Return: 0; -EEXIST if two entries have the same name; -ENOMEM.
 */
int kctl_store_table_index(struct kctl_store_table *table, u32 entries)
{
	size_t size = roundup_pow_of_two(max_t(size_t, 2UL * entries, KCTL_STORE_SLOTS));
	struct kctl_store_slots *slots, *old;
	struct kctl_store_entry *entry;
	int err;

	slots = kvcalloc(size, sizeof(*slots->slot), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!slots)
		return -ENOMEM;

	slots->count = size - KCTL_STORE_NO_SLOTS;
	list_for_each_entry(entry, &table->entries, list) {
		err = kctl_store_slots_add(slots, entry);
		if (err) {
			kvfree(slots);
			return err;
		}
		cond_resched();
	}

	old = rcu_dereference_protected(table->slots, true);
	rcu_assign_pointer(table->slots, slots);
	if (old)
		kvfree_rcu(old, rcu);
	return 0;
}

static void kctl_store_table_link(struct kctl_store_table *table,
				  struct kctl_store_entry *entry)
{
	list_add_tail(&entry->list, &table->entries);
	table->bytes += entry->entry.size;
	table->count++;
}

/**
 * kctl_store_table_append() - append an entry to a table
 * @table: the table
 * @entry: the entry, whose name may be in the table already. The table takes over the
 *	caller's reference
 *
 * The entry cannot be looked up before kctl_store_table_index().
 */
void kctl_store_table_append(struct kctl_store_table *table, struct kctl_store_entry *entry)
{
	entry->hash = kctl_store_hash(table, entry->entry.name);
	kctl_store_table_link(table, entry);
}

/**
 * kctl_store_table_put() - put an entry into a table
 * @table: the table
 * @old: the entry of the same name, which is removed; NULL if there is none
 * @entry: the entry; the table takes over the caller's reference
 *
 * Context: process, may sleep.
 *
 * Return: 0, or -ENOMEM.
 */
int kctl_store_table_put(struct kctl_store_table *table, struct kctl_store_entry *old,
			 struct kctl_store_entry *entry)
{
	struct kctl_store_slots *slots = rcu_dereference_protected(table->slots, true);
	int err;

	if (old) {
		entry->hash = old->hash;
		rcu_assign_pointer(*kctl_store_slot(table, old), entry);
		list_replace(&old->list, &entry->list);
		table->bytes += entry->entry.size;
		table->bytes -= old->entry.size;
		kctl_store_entry_put(old);
		return 0;
	}

	if (slots->used > slots->count / 4 * 3) {
		err = kctl_store_table_index(table, table->count + 1);
		if (err)
			return err;
		slots = rcu_dereference_protected(table->slots, true);
	}
	entry->hash = kctl_store_hash(table, entry->entry.name);
	err = kctl_store_slots_add(slots, entry);
	if (err)
		return err;
	kctl_store_table_link(table, entry);
	return 0;
}

/**
 * kctl_store_table_del() - remove an entry from a table
 * @table: the table
 * @old: the entry; the table's reference is dropped
 *
 * Context: process, may sleep.
 */
void kctl_store_table_del(struct kctl_store_table *table, struct kctl_store_entry *old)
{
	struct kctl_store_entry __rcu **slot = kctl_store_slot(table, old);

	rcu_assign_pointer(*slot, &kctl_store_deleted);
	list_del(&old->list);
	table->bytes -= old->entry.size;
	table->count--;
	kctl_store_entry_put(old);
}
