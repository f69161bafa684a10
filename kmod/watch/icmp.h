/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KCTL_ICMP_H
#define _KCTL_ICMP_H

#include <linux/types.h>

struct net;
struct sk_buff;

/**
 * enum kctl_icmp_hook - where packets are looked at
 * @KCTL_ICMP_IN4: IPv4, as they arrive
 * @KCTL_ICMP_OUT4: IPv4, as they are sent
 * @KCTL_ICMP_IN6: IPv6, as they arrive
 * @KCTL_ICMP_OUT6: IPv6, as they are sent
 * @KCTL_ICMP_HOOKS: how many these are
 */
enum kctl_icmp_hook {
	KCTL_ICMP_IN4,
	KCTL_ICMP_OUT4,
	KCTL_ICMP_IN6,
	KCTL_ICMP_OUT6,
	KCTL_ICMP_HOOKS
};

/* Sets of hooks. */
#define KCTL_HOOKS_IPV4	(BIT(KCTL_ICMP_IN4) | BIT(KCTL_ICMP_OUT4))
#define KCTL_HOOKS_IPV6	(BIT(KCTL_ICMP_IN6) | BIT(KCTL_ICMP_OUT6))
#define KCTL_HOOKS_IN	(BIT(KCTL_ICMP_IN4) | BIT(KCTL_ICMP_IN6))
#define KCTL_HOOKS_OUT	(BIT(KCTL_ICMP_OUT4) | BIT(KCTL_ICMP_OUT6))
#define KCTL_HOOKS_ALL	(KCTL_HOOKS_IN | KCTL_HOOKS_OUT)

/**
 * struct kctl_packet - an ICMP packet as it is reported
 * @skb: the packet
 * @offset: of the IP header in @skb
 * @src: source address, in network byte order
 * @dst: destination address
 * @ifindex: interface it came in by or leaves by
 * @hook: where it was seen
 * @type: ICMP or ICMPv6 type
 * @code: its code
 */
struct kctl_packet {
	const struct sk_buff	*skb;
	int			offset;
	const __be32		*src;
	const __be32		*dst;
	u32			ifindex;
	enum kctl_icmp_hook	hook;
	u8			type;
	u8			code;
};

static inline bool kctl_hook_is_ipv4(enum kctl_icmp_hook hook)
{
	return BIT(hook) & KCTL_HOOKS_IPV4;
}

static inline bool kctl_hook_is_in(enum kctl_icmp_hook hook)
{
	return BIT(hook) & KCTL_HOOKS_IN;
}

int kctl_icmp_register(struct net *net, enum kctl_icmp_hook hook);
void kctl_icmp_unregister(struct net *net, enum kctl_icmp_hook hook);

#endif /* _KCTL_ICMP_H */
