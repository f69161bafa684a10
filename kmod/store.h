/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The store: named values, changed one at a time, read without a lock.
 */
#ifndef _KCTL_STORE_H
#define _KCTL_STORE_H

#include <linux/kctl.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>

/**
 * struct kctl_store - the entries of one network namespace
 * @lock: serializes changes and protects the three members below. Readers of
 *	@entries need RCU only
 * @generation: generation of the last change
 * @bytes: sum of the sizes of all values
 * @count: number of entries
 * @entries: struct kctl_store_entry by name
 * @max_bytes: limit of @bytes (sysctl)
 * @max_entries: limit of @count (sysctl)
 */
struct kctl_store {
	struct mutex		lock;	/* changes, see above */
	u64			generation;
	u64			bytes;
	u32			count;
	struct rhashtable	entries;
	unsigned long		max_bytes;
	unsigned int		max_entries;
};

/**
 * struct kctl_store_entry - an entry, constant once it can be looked up
 * @node: in kctl_store.entries
 * @rcu: frees it after its last reader
 * @refs: one of the store, one of each reader that copies it to user space
 * @entry: what user space sees, value included
 */
struct kctl_store_entry {
	struct rhash_head	node;
	struct rcu_head		rcu;
	refcount_t		refs;
	struct kctl_entry	entry;
};

struct kctl_store_entry *kctl_store_entry_alloc(size_t size);
void kctl_store_entry_put(struct kctl_store_entry *entry);

int kctl_store_set(struct kctl_store *store, struct kctl_store_entry *entry);
int kctl_store_delete(struct kctl_store *store, const struct kctl_entry *request);
struct kctl_store_entry *kctl_store_get(struct kctl_store *store, const char *name);
void kctl_store_get_info(struct kctl_store *store, struct kctl_info *info);

int kctl_store_init(struct kctl_store *store);
void kctl_store_exit(struct kctl_store *store);

#endif /* _KCTL_STORE_H */
