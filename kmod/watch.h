/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The watch: who wants to know of which ICMP packets.
 */
#ifndef _KCTL_WATCH_H
#define _KCTL_WATCH_H

#include <linux/bitmap.h>
#include <linux/kctl.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/socket.h>

struct net;
struct sk_buff;
struct sock;

/* ICMP and ICMPv6 types have 8 bits (RFC 792, RFC 4443). */
#define KCTL_ICMP_TYPES		256

/**
 * struct kctl_watch - the watchers of one network namespace
 * @lock: serializes changes of the three members below
 * @watchers: struct kctl_watcher; read under RCU
 * @active: how many of them have not been stopped
 * @hooks: how many netfilter hooks are registered: none unless somebody watches
 * @max_watchers: limit of @active (sysctl)
 */
struct kctl_watch {
	struct mutex		lock;	/* changes, see above */
	struct list_head	watchers;
	unsigned int		active;
	unsigned int		hooks;
	unsigned int		max_watchers;
};

/**
 * struct kctl_filter - which packets a watcher asks for
 * @families: bit 0 for IPv4, bit 1 for IPv6: see kctl_family_bit()
 * @directions: enum kctl_direction
 * @snaplen: bytes to capture of each
 * @types4: ICMP types
 * @types6: ICMPv6 types
 */
struct kctl_filter {
	u32	families;
	u32	directions;
	u32	snaplen;
	DECLARE_BITMAP(types4, KCTL_ICMP_TYPES);
	DECLARE_BITMAP(types6, KCTL_ICMP_TYPES);
};

/**
 * struct kctl_packet - an ICMP packet as the filter sees it
 * @skb: the packet
 * @offset: of the IP header in @skb
 * @ifindex: interface it came in by or leaves by
 * @family: AF_INET or AF_INET6
 * @direction: enum kctl_direction, one bit
 * @type: ICMP or ICMPv6 type
 */
struct kctl_packet {
	const struct sk_buff	*skb;
	int			offset;
	int			ifindex;
	u8			family;
	u8			direction;
	u8			type;
};

/**
 * struct kctl_watch_counters - what became of the packets a watcher asked for
 * @matched: let through by the filter
 * @lost: of those, could not be delivered
 */
struct kctl_watch_counters {
	u64	matched;
	u64	lost;
};

static inline u32 kctl_family_bit(u8 family)
{
	return family == AF_INET ? BIT(0) : BIT(1);
}

int kctl_watch_start(struct sock *sk, u32 portid, const struct kctl_filter *filter);
int kctl_watch_stop(const struct sock *sk, struct kctl_watch_counters *counters);
void kctl_watch_forget(struct net *net, u32 portid);
void kctl_watch_report(struct net *net, const struct kctl_packet *packet);

void kctl_watch_init(struct kctl_watch *watch);
void kctl_watch_exit(struct kctl_watch *watch);

#endif /* _KCTL_WATCH_H */
