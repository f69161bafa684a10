/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ICMP packets: the hooks that see them, and their parsed fields.
 */
#ifndef _KCTL_ICMP_H
#define _KCTL_ICMP_H

#include <linux/bits.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/types.h>

struct sk_buff;

/*
 * Type, code and checksum open every ICMP and ICMPv6 message (RFC 792, RFC 4443
 * section 2.1). A shorter message is not ICMP.
 */
#define KCTL_ICMP_MIN		4

/**
 * enum kctl_icmp_hook - the places where packets are inspected
 * @KCTL_ICMP_IN4: IPv4 packets as they arrive
 * @KCTL_ICMP_OUT4: IPv4 packets as they are sent
 * @KCTL_ICMP_IN6: IPv6 packets as they arrive
 * @KCTL_ICMP_OUT6: IPv6 packets as they are sent
 * @KCTL_ICMP_HOOKS: number of hooks
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
 * struct kctl_packet - an ICMP or ICMPv6 packet
 * @skb: the packet
 * @src: source address, in network byte order
 * @dst: destination address, in network byte order
 * @offset: offset of the IP header in @skb
 * @ifindex: interface that the packet came in by or leaves by
 * @hook: the hook that saw the packet
 * @type: ICMP or ICMPv6 type
 * @code: ICMP or ICMPv6 code
 * @ip: copy of an IPv4 header that is not linear in @skb
 * @ip6: copy of an IPv6 header that is not linear in @skb
 * @icmp: likewise of the beginning of the message
 */
struct kctl_packet {
	const struct sk_buff	*skb;
	const __be32		*src;
	const __be32		*dst;
	int			offset;
	u32			ifindex;
	enum kctl_icmp_hook	hook;
	u8			type;
	u8			code;
	union {
		struct iphdr	ip;
		struct ipv6hdr	ip6;
	};
	u8			icmp[KCTL_ICMP_MIN];
};

static inline bool kctl_hook_is_ipv4(enum kctl_icmp_hook hook)
{
	return BIT(hook) & KCTL_HOOKS_IPV4;
}

static inline bool kctl_hook_is_in(enum kctl_icmp_hook hook)
{
	return BIT(hook) & KCTL_HOOKS_IN;
}

bool kctl_icmp_parse4(struct kctl_packet *packet, const struct sk_buff *skb);
bool kctl_icmp_parse6(struct kctl_packet *packet, const struct sk_buff *skb);

#endif /* _KCTL_ICMP_H */
