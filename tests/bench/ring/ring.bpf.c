// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Programs for the ingress of an interface. They copy each ICMP packet into a ring buffer,
 * with a number and the time, and let it pass. One program wakes the reader whenever it has
 * read everything before; the other one wakes it for each 64th packet.
 */
#include <stddef.h>

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "ring.h"

#define RING_BYTES (16 << 20)
#define WAKE_EACH  64

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RING_BYTES);
} ring SEC(".maps");

static __u64 last;

static __always_inline int is_icmp(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data,
	     *end = (void *)(long)skb->data_end;
	const struct iphdr *ip = data + ETH_HLEN;

	return skb->protocol == bpf_htons(ETH_P_IP) &&
	       (void *)(ip + 1) <= end && ip->protocol == IPPROTO_ICMP;
}

static __always_inline void report(struct __sk_buff *skb, __u64 number,
				   __u64 flags)
{
	struct ring_record *record =
		bpf_ringbuf_reserve(&ring, sizeof(*record), 0);
	__u32 length = skb->len - ETH_HLEN;

	if (!record)
		return;
	record->number = number;
	record->time = bpf_ktime_get_ns();
	record->length = length;
	if (length > RING_SNAPLEN)
		length = RING_SNAPLEN;
	record->captured = length;
	if (!length ||
	    bpf_skb_load_bytes(skb, ETH_HLEN, record->packet, length))
		record->captured = 0;
	bpf_ringbuf_submit(record, flags);
}

SEC("tc")
int adaptive(struct __sk_buff *skb)
{
	if (is_icmp(skb))
		report(skb, __sync_fetch_and_add(&last, 1) + 1, 0);
	return TC_ACT_OK;
}

SEC("tc")
int batched(struct __sk_buff *skb)
{
	__u64 number;

	if (!is_icmp(skb))
		return TC_ACT_OK;
	number = __sync_fetch_and_add(&last, 1) + 1;
	report(skb, number,
	       number % WAKE_EACH ? BPF_RB_NO_WAKEUP : BPF_RB_FORCE_WAKEUP);
	return TC_ACT_OK;
}

char license_text[] SEC("license") = "GPL";
