/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The store: named values, changed one by one or all at once, read without a lock.
 *
 * The interfaces are sockopt*.c (the socket options) and genl.c (announcements). They
 * check lengths and privileges, look up the state of the namespace and pass a struct
 * kctl_store to the component behind them: store.c (the current table and its limits)
 * and table.c (entries and tables of them), which know neither struct kctl_net nor
 * netlink and announce changes through the function that was passed to
 * kctl_store_init(). Only the interfaces and net.c call them.
 */
#ifndef _KCTL_STORE_H
#define _KCTL_STORE_H

#include <linux/kctl.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/wait.h>

struct kctl_store;
struct kctl_store_slots;

/**
 * struct kctl_store_table - a set of entries
 * @slots: the entries by name, looked up under RCU
 * @entries: the same entries in order of creation, for writers
 * @bytes: sum of the sizes of all values
 * @count: number of entries
 * @seed: of the hashes of names
 */
struct kctl_store_table {
	struct kctl_store_slots	__rcu *slots;
	struct list_head	entries;
	u64			bytes;
	u32			count;
	u32			seed;
};

/**
 * typedef kctl_store_notify_fn - announces changes, in their order
 * @store: the changed store; its lock is held
 * @action: the kind of change
 * @name: name of the entry; NULL for all entries
 */
typedef void kctl_store_notify_fn(struct kctl_store *store, enum kctl_store_action action,
				  const char *name);

/**
 * struct kctl_store - the store of one network namespace
 * @replacing: held from the allocation of a new table until the old one is freed, so that
 *	tables do not add up. Reading the new one from user memory may block for ever, so
 *	others wait interruptibly. Taken before @lock
 * @lock: serializes changes and protects all members up to @reading_ended. Readers
 *	need only RCU
 * @generation: generation of the last change
 * @table: the current entries
 * @reading_bytes: sum of the bytes of all snapshots
 * @reading_entries: sum of the entries of all snapshots
 * @reading_ended: changes when a caller that waits for snapshots should check again
 * @readers: callers that wait for snapshots
 * @notify: announces every change
 * @max_bytes: limit of the bytes in the table (sysctl)
 * @max_entries: limit of the entries in the table (sysctl)
 */
struct kctl_store {
	struct mutex		replacing;	/* see above */
	struct mutex		lock;		/* see above */
	u64			generation;
	struct kctl_store_table	__rcu *table;
	u64			reading_bytes;
	u64			reading_entries;
	unsigned int		reading_ended;
	wait_queue_head_t	readers;
	kctl_store_notify_fn	*notify;
	unsigned long		max_bytes;
	unsigned int		max_entries;
};

/* An entry with a value up to this size is one allocation, of 256 bytes at most. */
#define KCTL_STORE_SMALL	112

/**
 * struct kctl_store_entry - an entry, constant once it can be looked up
 * @list: in kctl_store_table.entries
 * @rcu: frees the entry after its last look-up, when it is in no table
 * @refs: one held by the table, one by each reader that copies a large value
 * @hash: of its name, with the seed of the table
 * @value: the value. Unlike the rest, a large value is freed with the last
 *	reference and not after RCU, so that a store under many changes holds no
 *	memory beyond its limits
 * @entry: the header that user space sees, followed by the value if that is no
 *	larger than KCTL_STORE_SMALL
 */
struct kctl_store_entry {
	union {
		struct list_head	list;
		struct rcu_head		rcu;
	};
	refcount_t		refs;
	u32			hash;
	void			*value;
	struct kctl_entry	entry;
};

/* The header and a small value: a fortified copy to the header alone must not write both. */
static inline void *kctl_store_entry_bytes(struct kctl_store_entry *entry)
{
	return (void *)entry + offsetof(struct kctl_store_entry, entry);
}

/**
 * struct kctl_store_snapshot - a consistent set of all entries
 * @generation: generation of the store
 * @bytes: sum of the sizes of all values
 * @count: number of @entries
 * @entries: the entries, each with a reference
 */
struct kctl_store_snapshot {
	u64			generation;
	u64			bytes;
	u32			count;
	struct kctl_store_entry	*entries[];
};

/* table.c */
struct kctl_store_entry *kctl_store_entry_alloc(size_t size);
void kctl_store_entry_put(struct kctl_store_entry *entry);

struct kctl_store_table *kctl_store_table_alloc(void);
void kctl_store_table_free(struct kctl_store_table *table);
struct kctl_store_entry *kctl_store_table_find(struct kctl_store_table *table,
					       const char *name);
int kctl_store_table_put(struct kctl_store_table *table, struct kctl_store_entry *old,
			 struct kctl_store_entry *entry);
void kctl_store_table_del(struct kctl_store_table *table, struct kctl_store_entry *old);
void kctl_store_table_append(struct kctl_store_table *table, struct kctl_store_entry *entry);
int kctl_store_table_index(struct kctl_store_table *table, u32 entries);

/* store.c */
int kctl_store_set(struct kctl_store *store, struct kctl_store_entry *entry);
int kctl_store_delete(struct kctl_store *store, const struct kctl_entry *request);
bool kctl_store_fits(const struct kctl_store *store, const struct kctl_store_table *table);
int kctl_store_replace(struct kctl_store *store, struct kctl_store_table *table,
		       u64 expected);
struct kctl_store_entry *kctl_store_find(struct kctl_store *store, const char *name);
struct kctl_store_snapshot *kctl_store_snapshot(struct kctl_store *store);
void kctl_store_snapshot_free(struct kctl_store *store,
			      struct kctl_store_snapshot *snapshot);
void kctl_store_get_info(struct kctl_store *store, struct kctl_info *info);

int kctl_store_init(struct kctl_store *store, kctl_store_notify_fn *notify);
void kctl_store_exit(struct kctl_store *store);

#endif /* _KCTL_STORE_H */
