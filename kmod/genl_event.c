// SPDX-License-Identifier: GPL-2.0-only
/*
 * Door 2, what the kernel says first: turns what the rooms have to tell into
 * messages.
 */
#include <net/sock.h>

#include "genl.h"
#include "watch.h"

static_assert(sizeof(struct kctl_record) == 32);
static_assert(offsetof(struct kctl_record, ifindex) == 16);
static_assert(offsetof(struct kctl_record, direction) == 28);
static_assert(offsetof(struct kctl_record, packet) == sizeof(struct kctl_record));
static_assert(NLA_HDRLEN + sizeof(struct kctl_record) + KCTL_SNAPLEN_MAX == U16_MAX);

static u32 kctl_record_size(const struct kctl_packet *packet, u32 snaplen)
{
	return min(packet->skb->len - packet->offset, snaplen);
}

static int kctl_genl_put_record(struct sk_buff *skb, u64 seq,
				const struct kctl_packet *packet, u32 captured)
{
	struct kctl_record record = {
		.seq		= seq,
		.time		= ktime_get_real_ns(),
		.ifindex	= packet->ifindex,
		.length		= packet->skb->len - packet->offset,
		.captured	= captured,
		.direction	= packet->direction,
		.family		= packet->family,
	};
	struct nlattr *attr;

	attr = nla_reserve(skb, KCTL_A_EVENTS_RECORD, sizeof(record) + captured);
	if (!attr)
		return -EMSGSIZE;

	/* Attributes are aligned to 4 bytes only. */
	memcpy(nla_data(attr), &record, sizeof(record));
	return skb_copy_bits(packet->skb, packet->offset, nla_data(attr) + sizeof(record),
			     captured);
}

/**
 * kctl_genl_send_record() - send a record to a watcher
 * @sk: its netlink socket
 * @seq: number of the record
 * @packet: what was seen
 * @snaplen: how many bytes of it to send at most
 *
 * The record goes to the socket, not to a port. Nor does an overrun count against
 * the socket, as it would in netlink: the numbers tell of it, and there is nothing
 * that the watcher would have to do before it gets the next record.
 *
 * Context: any but hard interrupt, under RCU.
 *
 * Return: 0, or an error, which means that the record is lost: -ENOMEM (also if the
 * receive buffer is full), or what a filter of the socket says.
 */
int kctl_genl_send_record(struct sock *sk, u64 seq, const struct kctl_packet *packet,
			  u32 snaplen)
{
	u32 captured = kctl_record_size(packet, snaplen);
	struct sk_buff *skb;
	void *header;
	int err;

	/* Under a flood most of the work would be for nothing. */
	if (atomic_read(&sk->sk_rmem_alloc) >= READ_ONCE(sk->sk_rcvbuf))
		return -ENOMEM;

	skb = genlmsg_new(nla_total_size(sizeof(struct kctl_record) + captured),
			  GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return -ENOMEM;

	err = -EMSGSIZE;
	header = genlmsg_put(skb, 0, 0, &kctl_genl_family, 0, KCTL_CMD_ICMP_EVENTS);
	if (!header)
		goto free_skb;

	err = kctl_genl_put_record(skb, seq, packet, captured);
	if (err)
		goto free_skb;

	genlmsg_end(skb, header);
	err = sock_queue_rcv_skb(sk, skb);
	if (err)
		goto free_skb;
	return 0;

free_skb:
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
