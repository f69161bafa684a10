// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entries, and tables of them.
 *
 * An entry is never modified. A change puts a new entry in the place of the old
 * one, so that a reader sees either of them whole, without a lock.
 */
#include <linux/jhash.h>
#include <linux/mm.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "store.h"

static_assert(sizeof(struct kctl_store_entry) + KCTL_STORE_SMALL <= 256);

/* Most names are short and padded with zeros: hash their words, not all 64 bytes. */
static u32 kctl_store_hash(const void *name, u32 len, u32 seed)
{
	const u32 *words = name;
	u32 count = 0;

	while (count < len / sizeof(*words) && words[count])
		count++;
	return jhash2(words, count, seed);
}

static const struct rhashtable_params kctl_store_params = {
	.hashfn			= kctl_store_hash,
	.key_len		= KCTL_NAME_SIZE,
	.key_offset		= offsetof(struct kctl_store_entry, entry.name),
	.head_offset		= offsetof(struct kctl_store_entry, node),
	.automatic_shrinking	= true,
};

/**
 * kctl_store_entry_alloc() - allocate an entry, charged to the caller's cgroup
 * @size: size of its value in bytes, at most KCTL_VALUE_MAX
 *
 * The value has room for padding up to a multiple of 8 bytes.
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

/**
 * kctl_store_entry_put() - drop a reference to an entry
 * @entry: the entry, freed with its last reference
 */
void kctl_store_entry_put(struct kctl_store_entry *entry)
{
	if (!refcount_dec_and_test(&entry->refs))
		return;
	if (entry->value != entry->entry.value)
		kvfree(entry->value);
	kfree_rcu(entry, rcu);
}

/**
 * kctl_store_table_alloc() - allocate an empty table
 * @entries: expected number of entries
 *
 * Return: the table; ERR_PTR(-ENOMEM).
 */
struct kctl_store_table *kctl_store_table_alloc(unsigned int entries)
{
	struct rhashtable_params params = kctl_store_params;
	struct kctl_store_table *table;
	int err;

	table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return ERR_PTR(-ENOMEM);

	params.nelem_hint = min_t(unsigned int, entries, U16_MAX);
	err = rhashtable_init(&table->by_name, &params);
	if (err) {
		kfree(table);
		return ERR_PTR(err);
	}
	INIT_LIST_HEAD(&table->entries);
	return table;
}

/**
 * kctl_store_table_free() - free a table and its references to entries
 * @table: the table, which is no longer reachable for readers
 */
void kctl_store_table_free(struct kctl_store_table *table)
{
	struct kctl_store_entry *entry, *next;

	rhashtable_destroy(&table->by_name);
	list_for_each_entry_safe(entry, next, &table->entries, list)
		kctl_store_entry_put(entry);
	kfree(table);
}

/**
 * kctl_store_table_find() - look up an entry
 * @table: the table
 * @name: name of the entry, padded with zeros to KCTL_NAME_SIZE bytes
 *
 * Context: under RCU, or while the table cannot change.
 *
 * Return: the entry, without a reference taken; NULL if it does not exist.
 */
struct kctl_store_entry *kctl_store_table_find(struct kctl_store_table *table,
					       const char *name)
{
	return rhashtable_lookup_fast(&table->by_name, name, kctl_store_params);
}

/**
 * kctl_store_table_put() - put an entry into a table
 * @table: the table
 * @old: the entry of the same name, which is removed; NULL if there is none
 * @entry: the entry; the table takes over the caller's reference
 *
 * Return: 0; -EEXIST if @old is NULL but the name exists; -ENOMEM.
 */
int kctl_store_table_put(struct kctl_store_table *table, struct kctl_store_entry *old,
			 struct kctl_store_entry *entry)
{
	int err;

	if (old)
		err = rhashtable_replace_fast(&table->by_name, &old->node, &entry->node,
					      kctl_store_params);
	else
		err = rhashtable_lookup_insert_fast(&table->by_name, &entry->node,
						    kctl_store_params);
	/* Its other errors mean that there is no memory for a larger hash table. */
	if (err)
		return err == -EEXIST ? err : -ENOMEM;

	table->bytes += entry->entry.size;
	if (old) {
		table->bytes -= old->entry.size;
		list_replace(&old->list, &entry->list);
		kctl_store_entry_put(old);
	} else {
		list_add_tail(&entry->list, &table->entries);
		table->count++;
	}
	return 0;
}

/**
 * kctl_store_table_del() - remove an entry from a table
 * @table: the table
 * @old: the entry; the table's reference is dropped
 *
 * Return: 0, or an error of rhashtable_remove_fast().
 */
int kctl_store_table_del(struct kctl_store_table *table, struct kctl_store_entry *old)
{
	int err;

	err = rhashtable_remove_fast(&table->by_name, &old->node, kctl_store_params);
	if (err)
		return err;

	table->bytes -= old->entry.size;
	table->count--;
	list_del(&old->list);
	kctl_store_entry_put(old);
	return 0;
}
