// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages: their memory, and who pays for it.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "channel.h"

/**
 * kctl_message_alloc() - allocate a message, charged to the caller's cgroup
 * @channels: whose memory limit it counts against
 * @size: size of its data in bytes, at most KCTL_MESSAGE_MAX
 *
 * Return: the message with one reference, its data and origin not filled in;
 * ERR_PTR(-ENOBUFS) over the limit, ERR_PTR(-ENOMEM) without memory.
 */
struct kctl_message *kctl_message_alloc(struct kctl_channels *channels, size_t size)
{
	struct kctl_message *message;
	long bytes = struct_size(message, data, size);

	if (!kctl_counter_add(&channels->memory, bytes, READ_ONCE(channels->max_memory)))
		return ERR_PTR(-ENOBUFS);

	message = kvmalloc(bytes, GFP_KERNEL_ACCOUNT);
	if (!message) {
		atomic_long_sub(bytes, &channels->memory);
		return ERR_PTR(-ENOMEM);
	}

	refcount_set(&message->refs, 1);
	message->size = size;
	return message;
}

/**
 * kctl_message_put() - drop a reference to a message
 * @channels: where it was allocated
 * @message: the message, freed with its last reference
 */
void kctl_message_put(struct kctl_channels *channels, struct kctl_message *message)
{
	if (!refcount_dec_and_test(&message->refs))
		return;

	atomic_long_sub(struct_size(message, data, message->size), &channels->memory);
	kvfree(message);
}
