// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages: memory, accounting, copies.
 *
 * struct kctl_message contains the beginning of a message, and most messages as a whole.
 * A longer message continues in parts of at most two pages: a large message needs no
 * large contiguous allocation, and loses little to rounding in the allocator.
 */
#include <linux/kctl.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/uio.h>
#include <net/net_debug.h>

#include "queue.h"
#include "user.h"

/* The largest size for which kmalloc() has a cache: two pages. */
#define KCTL_PART_DATA		(2 * PAGE_SIZE - sizeof(struct kctl_part))

static struct kmem_cache *kctl_message_cache __ro_after_init;

static void kctl_parts_free(struct kctl_part *part)
{
	struct kctl_part *next;

	for (; part; part = next) {
		next = part->next;
		kfree(part);
	}
}

/* Allocate parts for @size bytes; false without memory. */
static noinline bool kctl_parts_alloc(struct kctl_part **next, size_t size)
{
	while (size) {
		size_t bytes = min_t(size_t, size, KCTL_PART_DATA);
		struct kctl_part *part;

		part = kmalloc(struct_size(part, data, bytes), GFP_KERNEL_ACCOUNT);
		if (!part)
			return false;
		part->next = NULL;
		*next = part;
		next = &part->next;
		size -= bytes;
	}
	return true;
}

/* Fill the parts with @left bytes; false after a fault. */
static noinline bool kctl_parts_fill(struct kctl_part *part, size_t left,
				     struct iov_iter *from)
{
	for (; left >= KCTL_PART_DATA; part = part->next, left -= KCTL_PART_DATA)
		if (copy_from_iter(part->data, KCTL_PART_DATA, from) != KCTL_PART_DATA)
			return false;
	return !left || copy_from_iter(part->data, left, from) == left;
}

/* Copy the first @left bytes of the parts; false after a fault. */
static noinline bool kctl_parts_copy(const struct kctl_part *part, size_t left,
				     struct iov_iter *to)
{
	for (; left >= KCTL_PART_DATA; part = part->next, left -= KCTL_PART_DATA)
		if (copy_to_iter(part->data, KCTL_PART_DATA, to) != KCTL_PART_DATA)
			return false;
	return !left || copy_to_iter(part->data, left, to) == left;
}

static struct kctl_message *kctl_message_new(size_t size)
{
	struct kctl_message *message = kmem_cache_alloc(kctl_message_cache, GFP_KERNEL);

	if (!message)
		return NULL;

	message->parts = NULL;
	if (size > KCTL_MESSAGE_INLINE &&
	    !kctl_parts_alloc(&message->parts, size - KCTL_MESSAGE_INLINE)) {
		kctl_parts_free(message->parts);
		kmem_cache_free(kctl_message_cache, message);
		return NULL;
	}
	return message;
}

/**
 * kctl_message_memory() - bytes that a message is charged
 * @size: size of its data in bytes
 *
 * Return: bytes, bookkeeping included.
 */
long kctl_message_memory(size_t size)
{
	size_t parts = size > KCTL_MESSAGE_INLINE ? size - KCTL_MESSAGE_INLINE : 0;

	return sizeof(struct kctl_message) + parts;
}

static bool kctl_message_charge(struct kctl_channels *channels,
				const struct kctl_caller *caller, long bytes)
{
	unsigned long limit = READ_ONCE(channels->max_memory);

	if (!caller->user)
		return kctl_counter_add(&channels->memory, bytes, limit);
	return kctl_caller_charge(caller, &(struct kctl_charge) {
		.amount		= bytes,
		.own		= &caller->user->memory,
		.own_limit	= kctl_limit_of_user(limit),
		.all		= &channels->memory,
		.limit		= limit,
	});
}

static void kctl_message_uncharge(struct kctl_channels *channels, struct kctl_user *user,
				  long bytes)
{
	atomic_long_sub(bytes, &channels->memory);
	kctl_user_put(channels, user, bytes);
}

/**
 * kctl_message_alloc() - allocate a message, charged to the caller's cgroup
 * @channels: the channels; the message counts against their memory limit
 * @caller: the sender; the message is also charged to its user
 * @size: size of its data in bytes, at most KCTL_MESSAGE_MAX
 *
 * Return: the message with one reference, data and origin not filled in;
 * ERR_PTR(-ENOBUFS) over a limit, ERR_PTR(-ENOMEM) without memory.
 */
struct kctl_message *kctl_message_alloc(struct kctl_channels *channels,
					const struct kctl_caller *caller, size_t size)
{
	struct kctl_message *message;
	long bytes = kctl_message_memory(size);

	if (!kctl_message_charge(channels, caller, bytes))
		return ERR_PTR(-ENOBUFS);

	message = kctl_message_new(size);
	if (!message) {
		kctl_message_uncharge(channels, caller->user, bytes);
		return ERR_PTR(-ENOMEM);
	}

	message->item.message = message;
	message->item.drops = 0;
	refcount_set(&message->refs, 1);
	message->pid = NULL;
	message->user = caller->user;
	message->size = size;
	message->returns = 0;
	message->history = (struct kctl_history) {};
	message->entered = 0;
	return message;
}

/**
 * kctl_message_put() - drop a reference to a message, other than the owner's
 * @channels: the channels it was allocated for
 * @message: the message, freed with its last reference
 */
void kctl_message_put(struct kctl_channels *channels, struct kctl_message *message)
{
	if (!refcount_dec_and_test(&message->refs))
		return;

	atomic_long_sub(kctl_message_memory(message->size), &channels->memory);
	put_pid(message->pid);
	if (message->parts)
		kctl_parts_free(message->parts);
	kmem_cache_free(kctl_message_cache, message);
}

/**
 * kctl_message_drop() - drop the owner's reference to a message
 * @channels: the channels it was allocated for
 * @message: the message; no longer charged to its sender, even if taps still refer to
 *	it
 */
void kctl_message_drop(struct kctl_channels *channels, struct kctl_message *message)
{
	if (message->user)
		kctl_user_put(channels, message->user, kctl_message_memory(message->size));
	kctl_message_put(channels, message);
}

/*
 * The beginning of a message is copied with the size of its array, a constant that the
 * compiler checks. With a variable size, CONFIG_HARDENED_USERCOPY looks up the object at
 * that address, which costs a fifth of the time of a small message.
 *
 * So the iterator alone limits these copies to the size of the message. Precondition of
 * both functions: when the copy starts, the iterator counts exactly the bytes to copy.
 * kctl_proto_sendmsg() gets such an iterator, as sock_sendmsg() passes what the iterator
 * counts as the size; kctl_message_copy() truncates the iterator itself, and its caller
 * passes a size within it. With a longer iterator they stay within the array, but copy
 * bytes that were never sent: hence the checks on kernels with CONFIG_DEBUG_NET.
 */

/**
 * kctl_message_fill() - copy data into a message
 * @message: the message, not sent yet
 * @from: the data; counts as many bytes as the message has
 *
 * Return: 0, or -EFAULT.
 */
int kctl_message_fill(struct kctl_message *message, struct iov_iter *from)
{
	size_t size = message->size;
	size_t bytes = min(size, sizeof(message->data));

	DEBUG_NET_WARN_ON_ONCE(iov_iter_count(from) != size);
	if (copy_from_iter(message->data, sizeof(message->data), from) != bytes)
		return -EFAULT;
	if (message->parts && !kctl_parts_fill(message->parts, size - bytes, from))
		return -EFAULT;
	return 0;
}

/**
 * kctl_message_copy() - copy data of a message to a receiver
 * @message: the message
 * @to: where it goes; counts @size bytes or more, and is truncated to @size
 * @size: bytes to copy, at most the size of the message
 *
 * Return: 0, or -EFAULT.
 */
int kctl_message_copy(const struct kctl_message *message, struct iov_iter *to, size_t size)
{
	size_t bytes = min(size, sizeof(message->data));

	iov_iter_truncate(to, size);
	DEBUG_NET_WARN_ON_ONCE(iov_iter_count(to) != size || size > message->size);
	if (copy_to_iter(message->data, sizeof(message->data), to) != bytes)
		return -EFAULT;
	if (message->parts && !kctl_parts_copy(message->parts, size - bytes, to))
		return -EFAULT;
	return 0;
}

/**
 * kctl_message_describe() - describe how often a message was received, and how it died
 * @message: the message, which others may settle at the same time, so that it dies
 *
 * Return: the description; members that only held messages have are 0.
 */
struct kctl_held kctl_message_describe(const struct kctl_message *message)
{
	const struct kctl_history history = READ_ONCE(message->history);

	return (struct kctl_held) {
		.deliveries	 = READ_ONCE(message->returns) + 1,
		.dead_from	 = history.from,
		.dead_deliveries = history.deliveries,
		.dead_why	 = history.why,
	};
}

/**
 * kctl_message_init() - create the cache of messages
 *
 * Return: 0 or -ENOMEM.
 */
int __init kctl_message_init(void)
{
	kctl_message_cache = KMEM_CACHE_USERCOPY(kctl_message, SLAB_ACCOUNT, data);
	return kctl_message_cache ? 0 : -ENOMEM;
}

/**
 * kctl_message_exit() - undo kctl_message_init(); all messages have been freed
 */
void kctl_message_exit(void)
{
	kmem_cache_destroy(kctl_message_cache);
}
