// SPDX-License-Identifier: GPL-2.0-only
/*
 * Door 2, what the kernel says first: turns what the rooms have to tell into
 * messages.
 */
#include <net/sock.h>

#include "../genl.h"
#include "watch.h"

static_assert(sizeof(struct kctl_record) == 32);
static_assert(offsetof(struct kctl_record, ifindex) == 16);
static_assert(offsetof(struct kctl_record, direction) == 28);
static_assert(offsetof(struct kctl_record, packet) == sizeof(struct kctl_record));
static_assert(NLA_HDRLEN + sizeof(struct kctl_record) + KCTL_SNAPLEN_MAX == U16_MAX);

/* What a record takes in a message. */
static int kctl_record_size(u32 captured)
{
	return nla_total_size(sizeof(struct kctl_record) + captured);
}

static int kctl_genl_put_record(struct sk_buff *skb, u64 seq,
				const struct kctl_packet *packet, u32 captured)
{
	bool in = kctl_hook_is_in(packet->hook);
	struct kctl_record record = {
		.seq		= seq,
		.time		= ktime_get_real_ns(),
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

static int kctl_batch_begin(struct kctl_batch *batch, size_t size)
{
	struct sk_buff *skb = genlmsg_new(size, GFP_ATOMIC | __GFP_NOWARN);

	if (!skb)
		return -ENOMEM;

	batch->header = genlmsg_put(skb, 0, 0, &kctl_genl_family, 0, KCTL_CMD_ICMP_EVENTS);
	if (!batch->header) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	batch->skb = skb;
	batch->records = 0;
	return 0;
}

/**
 * kctl_batch_has_room() - can a record be added without another message?
 * @batch: the batch
 * @captured: how many bytes of a packet it has
 *
 * Return: whether it can; of an empty batch, true.
 */
bool kctl_batch_has_room(const struct kctl_batch *batch, u32 captured)
{
	return !batch->skb || skb_tailroom(batch->skb) >= kctl_record_size(captured);
}

/**
 * kctl_batch_add() - add a record to a batch
 * @batch: the batch, which has room
 * @seq: number of the record
 * @packet: what was seen
 * @captured: how many bytes of it to capture, no more than there are
 * @alone: no other record will follow
 *
 * Context: any but hard interrupt.
 *
 * Return: 0, or -ENOMEM.
 */
int kctl_batch_add(struct kctl_batch *batch, u64 seq, const struct kctl_packet *packet,
		   u32 captured, bool alone)
{
	size_t size = kctl_record_size(captured);
	int err;

	if (!batch->skb) {
		err = kctl_batch_begin(batch, alone ? size :
						      max(size, GENLMSG_DEFAULT_SIZE));
		if (err)
			return err;
	}

	err = kctl_genl_put_record(batch->skb, seq, packet, captured);
	if (!err)
		batch->records++;
	return err;
}

/**
 * kctl_batch_send() - send a batch to a watcher
 * @batch: the batch, not empty; is empty afterwards
 * @sk: its netlink socket
 *
 * The message goes to the socket, not to a port. Nor does an overrun count against
 * the socket, as it would in netlink: the numbers tell of it, and there is nothing
 * that the watcher would have to do before it gets the next record.
 *
 * Context: any but hard interrupt.
 *
 * Return: 0, or an error, which means that the records are lost: -ENOMEM (also if
 * the receive buffer is full), or what a filter of the socket says.
 */
int kctl_batch_send(struct kctl_batch *batch, struct sock *sk)
{
	struct sk_buff *skb = batch->skb;
	int err;

	genlmsg_end(skb, batch->header);
	*batch = (struct kctl_batch) {};

	err = sock_queue_rcv_skb(sk, skb);
	if (err)
		nlmsg_free(skb);
	return err;
}

static int kctl_genl_put_store_event(struct sk_buff *skb, u32 action, u64 generation,
				     const char *name)
{
	void *header;

	header = genlmsg_put(skb, 0, 0, &kctl_genl_family, 0, KCTL_CMD_STORE_EVENT);
	if (!header ||
	    nla_put_u32(skb, KCTL_A_STORE_ACTION, action) ||
	    nla_put_u64_64bit(skb, KCTL_A_STORE_GENERATION, generation,
			      KCTL_A_STORE_PAD) ||
	    (name && nla_put_string(skb, KCTL_A_STORE_NAME, name)))
		return -EMSGSIZE;

	genlmsg_end(skb, header);
	return 0;
}

/**
 * kctl_genl_send_store_event() - announce a change of the store
 * @net: network namespace of the store
 * @action: enum kctl_store_action
 * @generation: the generation that the change made
 * @name: the entry, or NULL
 *
 * Without memory the event is lost, which shows as a gap in the generations.
 *
 * Context: process, may sleep.
 */
void kctl_genl_send_store_event(struct net *net, u32 action, u64 generation,
				const char *name)
{
	struct sk_buff *skb;

	if (!genl_has_listeners(&kctl_genl_family, net, KCTL_GENL_GROUP_STORE_ID))
		return;

	skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return;

	if (kctl_genl_put_store_event(skb, action, generation, name)) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_multicast_netns(&kctl_genl_family, net, skb, 0, KCTL_GENL_GROUP_STORE_ID,
				GFP_KERNEL);
}
