// SPDX-License-Identifier: GPL-2.0-only
/*
 * The socket options for the whole store: parse a table and build one.
 */
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "sockopt.h"
#include "store.h"
#include "../name.h"

static_assert(sizeof(struct kctl_table) == 16);
static_assert(KCTL_TABLE_STRIDE(0) == sizeof(struct kctl_entry));
static_assert(KCTL_TABLE_STRIDE(1) == sizeof(struct kctl_entry) + 8);

/* Many small copies from user space are expensive: copy this many bytes at once. */
#define KCTL_TABLE_CHUNK	SZ_32K

/**
 * struct kctl_table_reader - position in a table of entries in user memory
 * @arg: the option value
 * @len: length of @arg
 * @copied: bytes of @arg that have been copied
 * @chunk: the bytes copied last
 * @at: bytes of @chunk that have been read
 * @filled: bytes in @chunk
 */
struct kctl_table_reader {
	sockptr_t	arg;
	size_t		len;
	size_t		copied;
	u8		*chunk;
	size_t		at;
	size_t		filled;
};

static int kctl_table_next_chunk(struct kctl_table_reader *reader)
{
	size_t size = min_t(size_t, reader->len - reader->copied, KCTL_TABLE_CHUNK);

	if (!size)
		return -EINVAL;
	if (copy_from_sockptr_offset(reader->chunk, reader->arg, reader->copied, size))
		return -EFAULT;
	reader->copied += size;
	reader->filled = size;
	reader->at = 0;
	return 0;
}

static int kctl_table_read(struct kctl_table_reader *reader, void *to, size_t size)
{
	size_t part;
	int err;

	while (size) {
		if (reader->at == reader->filled) {
			err = kctl_table_next_chunk(reader);
			if (err)
				return err;
		}
		part = min(size, reader->filled - reader->at);
		memcpy(to, reader->chunk + reader->at, part);
		reader->at += part;
		to += part;
		size -= part;
	}
	return 0;
}

/* Reads a value and the zeros that pad it up to the next entry. */
static int kctl_table_read_value(struct kctl_table_reader *reader,
				 struct kctl_store_entry *entry)
{
	size_t size = entry->entry.size;
	size_t filled = KCTL_TABLE_STRIDE(size) - sizeof(entry->entry);
	int err;

	err = kctl_table_read(reader, entry->value, filled);
	if (err)
		return err;
	return memchr_inv(entry->value + size, 0, filled - size) ? -EINVAL : 0;
}

static int kctl_table_check_entry(const struct kctl_entry *header)
{
	if (header->size > KCTL_VALUE_MAX)
		return -EMSGSIZE;
	if (header->generation || (header->flags & ~KCTL_ENTRY_PUBLIC))
		return -EINVAL;
	if (!kctl_name_ok(header->name))
		return -EINVAL;
	return kctl_sockopt_check_entry(header, header->size);
}

static struct kctl_store_entry *kctl_table_read_entry(struct kctl_table_reader *reader)
{
	struct kctl_store_entry *entry;
	struct kctl_entry header;
	int err;

	err = kctl_table_read(reader, &header, sizeof(header));
	if (err)
		return ERR_PTR(err);
	err = kctl_table_check_entry(&header);
	if (err)
		return ERR_PTR(err);

	entry = kctl_store_entry_alloc(header.size);
	if (!entry)
		return ERR_PTR(-ENOMEM);
	memcpy(&entry->entry, &header, sizeof(header));

	err = kctl_table_read_value(reader, entry);
	if (err) {
		kctl_store_entry_put(entry);
		return ERR_PTR(err);
	}
	return entry;
}

/* Stops at the limits, so that a table beyond them is not read into memory as a whole. */
static int kctl_table_read_entries(struct kctl_table_reader *reader, u32 entries,
				   struct kctl_store *store,
				   struct kctl_store_table *table)
{
	struct kctl_store_entry *entry;

	while (entries--) {
		entry = kctl_table_read_entry(reader);
		if (IS_ERR(entry))
			return PTR_ERR(entry);

		kctl_store_table_append(table, entry);
		if (!kctl_store_fits(store, table))
			return -ENOSPC;
		cond_resched();
	}
	return reader->copied == reader->len && reader->at == reader->filled ? 0 : -EINVAL;
}

static int kctl_table_read_all(struct kctl_table_reader *reader, struct kctl_store *store)
{
	struct kctl_store_table *table;
	struct kctl_table header;
	int err;

	err = kctl_table_read(reader, &header, sizeof(header));
	if (err)
		return err;
	if (header.reserved)
		return -EINVAL;

	table = kctl_store_table_alloc();
	if (!table)
		return -ENOMEM;

	/* The number in the header is not trusted: index the entries that were read. */
	err = kctl_table_read_entries(reader, header.entries, store, table) ?:
	      kctl_store_table_index(table, table->count) ?:
	      kctl_store_replace(store, table, header.generation);
	if (err)
		kctl_store_table_free(table);
	return err;
}

/**
 * kctl_sockopt_replace() - KCTL_SO_REPLACE
 * @store: the store
 * @arg: the option value
 * @len: its length
 *
 * Return: 0; -EEXIST for a duplicate name; -EINVAL, -EMSGSIZE, -ESTALE or -ENOSPC
 * as in <linux/kctl.h>; -ERESTARTSYS for a signal while another caller replaces the
 * store; -EFAULT, -ENOMEM.
 */
int kctl_sockopt_replace(struct kctl_store *store, sockptr_t arg, unsigned int len)
{
	struct kctl_table_reader reader = { .arg = arg, .len = len };
	int err;

	if (mutex_lock_interruptible(&store->replacing))
		return -ERESTARTSYS;

	err = -ENOMEM;
	reader.chunk = kmalloc(KCTL_TABLE_CHUNK, GFP_KERNEL_ACCOUNT);
	if (reader.chunk)
		err = kctl_table_read_all(&reader, store);
	kfree(reader.chunk);
	mutex_unlock(&store->replacing);
	return err;
}

/**
 * struct kctl_table_writer - position in an answer in user memory
 * @user: rest of the buffer
 * @room: bytes in @user
 */
struct kctl_table_writer {
	void __user	*user;
	size_t		room;
};

static int kctl_table_write(struct kctl_table_writer *writer, const void *from, size_t size)
{
	size = min(size, writer->room);
	if (copy_to_user(writer->user, from, size))
		return -EFAULT;
	writer->user += size;
	writer->room -= size;
	return 0;
}

static int kctl_table_write_entry(struct kctl_table_writer *writer,
				  const struct kctl_store_entry *entry)
{
	static const u64 zero;
	size_t head = sizeof(entry->entry);
	size_t size = entry->entry.size;

	return kctl_table_write(writer, &entry->entry, head) ?:
	       kctl_table_write(writer, entry->value, size) ?:
	       kctl_table_write(writer, &zero, KCTL_TABLE_STRIDE(size) - head - size);
}

static int kctl_table_write_all(struct kctl_table_writer *writer,
				const struct kctl_store_snapshot *snapshot)
{
	struct kctl_table header = {
		.generation	= snapshot->generation,
		.entries	= snapshot->count,
	};
	int err;
	u32 i;

	err = kctl_table_write(writer, &header, sizeof(header));
	for (i = 0; !err && writer->room && i < snapshot->count; i++) {
		err = kctl_table_write_entry(writer, snapshot->entries[i]);
		cond_resched();
	}
	return err;
}

static size_t kctl_table_size(const struct kctl_store_snapshot *snapshot)
{
	size_t size = sizeof(struct kctl_table);
	u32 i;

	for (i = 0; i < snapshot->count; i++) {
		size += KCTL_TABLE_STRIDE(snapshot->entries[i]->entry.size);
		cond_resched();
	}
	return size;
}

/**
 * kctl_sockopt_get_table() - KCTL_SO_GET_TABLE
 * @store: the store
 * @user: the buffer
 * @len: its length
 *
 * Return: length of the whole answer; -EFAULT, -ENOMEM; -EOVERFLOW if no buffer
 * could be large enough; -ERESTARTSYS for a signal while other callers read too much.
 */
int kctl_sockopt_get_table(struct kctl_store *store, void __user *user, int len)
{
	struct kctl_table_writer writer = { .user = user, .room = len };
	struct kctl_store_snapshot *snapshot;
	size_t size;
	int err;

	snapshot = kctl_store_snapshot(store);
	if (IS_ERR(snapshot))
		return PTR_ERR(snapshot);

	err = kctl_table_write_all(&writer, snapshot);
	size = kctl_table_size(snapshot);
	kctl_store_snapshot_free(store, snapshot);

	if (err)
		return err;
	return size <= INT_MAX ? size : -EOVERFLOW;
}
