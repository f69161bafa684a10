/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records: the packets as watchers receive them, one or more to a message.
 */
#ifndef _KCTL_RECORD_H
#define _KCTL_RECORD_H

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/types.h>

struct kctl_packet;
struct mem_cgroup;
struct sk_buff;

/* Headroom of a batch, for the headers of the message that carries it. */
#define KCTL_BATCH_HEADROOM	(NLMSG_HDRLEN + GENL_HDRLEN)

/**
 * struct kctl_batch - records gathered for one message
 * @skb: attributes KCTL_A_EVENTS_RECORD, KCTL_BATCH_HEADROOM bytes in front of
 *	them; NULL while the batch is empty
 * @records: number of records in @skb
 * @offset: KCTL_A_EVENTS_OFFSET of the last record
 * @memcg: the memory cgroup that is charged for @skb
 */
struct kctl_batch {
	struct sk_buff		*skb;
	u32			records;
	s64			offset;
	struct mem_cgroup	*memcg;
};

bool kctl_batch_has_room(const struct kctl_batch *batch, u32 captured);
int kctl_batch_add(struct kctl_batch *batch, u64 seq, const struct kctl_packet *packet,
		   u32 captured, bool alone);
void kctl_batch_trim(struct kctl_batch *batch);

#endif /* _KCTL_RECORD_H */
