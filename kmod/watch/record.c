// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records: put packets into the format that <linux/kctl.h> describes.
 */
#include <linux/kctl.h>
#include <linux/memcontrol.h>
#include <linux/sched/mm.h>
#include <linux/skbuff.h>
#include <linux/timekeeping.h>
#include <net/netlink.h>

#include "icmp.h"
#include "record.h"

static_assert(sizeof(struct kctl_record) == 32);
static_assert(offsetof(struct kctl_record, ifindex) == 16);
static_assert(offsetof(struct kctl_record, direction) == 28);
static_assert(offsetof(struct kctl_record, packet) == sizeof(struct kctl_record));
static_assert(NLA_HDRLEN + sizeof(struct kctl_record) + KCTL_SNAPLEN_MAX == U16_MAX);

/* Most bytes that a record takes in a message: a new offset may precede it. */
static unsigned int kctl_record_size(u32 captured)
{
	return nla_total_size_64bit(sizeof(s64)) +
	       nla_total_size(sizeof(struct kctl_record) + captured);
}

/* An offset applies to all records that follow it, because the clock is rarely set. */
static int kctl_batch_put_offset(struct kctl_batch *batch, s64 offset)
{
	if (batch->records && batch->offset == offset)
		return 0;
	batch->offset = offset;
	return nla_put_s64(batch->skb, KCTL_A_EVENTS_OFFSET, offset, KCTL_A_EVENTS_PAD);
}

static int kctl_record_put(struct sk_buff *skb, u64 seq, u64 time,
			   const struct kctl_packet *packet, u32 captured)
{
	bool in = kctl_hook_is_in(packet->hook);
	struct kctl_record record = {
		.seq		= seq,
		.time		= time,
		.ifindex	= packet->ifindex,
		.length		= packet->skb->len - packet->offset,
		.captured	= captured,
		.direction	= in ? KCTL_DIRECTION_IN : KCTL_DIRECTION_OUT,
		.family		= kctl_hook_is_ipv4(packet->hook) ? AF_INET : AF_INET6,
	};
	struct nlattr *attr;
	int err;

	attr = nla_reserve(skb, KCTL_A_EVENTS_RECORD, sizeof(record) + captured);
	if (!attr)
		return -EMSGSIZE;

	/* Attributes are aligned to 4 bytes only. */
	memcpy(nla_data(attr), &record, sizeof(record));
	err = skb_copy_bits(packet->skb, packet->offset, nla_data(attr) + sizeof(record),
			    captured);
	if (err)
		nlmsg_trim(skb, attr);
	return err;
}

/*
 * Records are allocated in the context of any packet, but charged to the cgroup of the
 * process that started the watch. Unlike GFP_ATOMIC, GFP_NOWAIT cannot exceed its
 * limit.
 */
#define KCTL_GFP_BATCH	(GFP_NOWAIT | __GFP_NOWARN | __GFP_ACCOUNT)

static int kctl_batch_begin(struct kctl_batch *batch, unsigned int size)
{
	struct mem_cgroup *old = set_active_memcg(batch->memcg);

	batch->skb = alloc_skb(size, KCTL_GFP_BATCH);
	set_active_memcg(old);
	if (!batch->skb)
		return -ENOMEM;

	skb_reserve(batch->skb, KCTL_BATCH_HEADROOM);
	batch->records = 0;
	return 0;
}

/**
 * kctl_batch_has_room() - check whether a record fits into a batch
 * @batch: the batch
 * @captured: captured bytes of the packet
 *
 * Return: true if the record fits; it always fits into an empty batch.
 */
bool kctl_batch_has_room(const struct kctl_batch *batch, u32 captured)
{
	return !batch->skb || skb_tailroom(batch->skb) >= kctl_record_size(captured);
}

/**
 * kctl_batch_add() - add a record to a batch
 * @batch: the batch, which has room
 * @seq: sequence number of the record
 * @packet: the packet
 * @captured: bytes of the packet to capture, at most its length
 * @alone: no other record will follow in this batch
 *
 * Context: any but hard interrupt.
 *
 * Return: 0, or -ENOMEM.
 */
int kctl_batch_add(struct kctl_batch *batch, u64 seq, const struct kctl_packet *packet,
		   u32 captured, bool alone)
{
	unsigned int size = KCTL_BATCH_HEADROOM + kctl_record_size(captured);
	ktime_t now = ktime_get();
	ktime_t real = ktime_mono_to_real(now);
	int err;

	if (!batch->skb) {
		err = kctl_batch_begin(batch, alone ? size :
						      max_t(unsigned int, size, NLMSG_GOODSIZE));
		if (err)
			return err;
	}

	err = kctl_batch_put_offset(batch, ktime_to_ns(ktime_sub(real, now))) ?:
	      kctl_record_put(batch->skb, seq, ktime_to_ns(real), packet, captured);
	if (!err)
		batch->records++;
	return err;
}

/**
 * kctl_batch_trim() - release the memory that a batch does not use
 * @batch: the batch, which is not empty
 *
 * A batch that ends with its period may contain two records in space for forty. Such
 * batches would fill a receive buffer with a fraction of the records that it is meant
 * for. As in netlink, a batch is copied only if less than half of it is used.
 *
 * Context: any but hard interrupt.
 */
void kctl_batch_trim(struct kctl_batch *batch)
{
	struct sk_buff *skb = batch->skb;
	int unused = skb_tailroom(skb);
	struct mem_cgroup *old;

	if (2 * unused < skb->truesize)
		return;

	/* Without memory for the copy, the batch stays as it is. */
	old = set_active_memcg(batch->memcg);
	pskb_expand_head(skb, 0, -unused, KCTL_GFP_BATCH);
	set_active_memcg(old);
}
