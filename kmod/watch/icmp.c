// SPDX-License-Identifier: GPL-2.0-only
/*
 * Find ICMP and ICMPv6 packets among all others.
 *
 * Nothing about a packet is trusted: headers may be in fragments of the skb, a raw
 * socket may have written the IP header, and the bytes after it may be truncated.
 */
#include <linux/icmp.h>
#include <linux/skbuff.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "icmp.h"

static inline bool kctl_icmp_parse(struct kctl_packet *packet, int offset)
{
	const u8 *icmp;

	icmp = skb_header_pointer(packet->skb, offset, sizeof(packet->icmp), packet->icmp);
	if (!icmp)
		return false;

	packet->type = icmp[0];
	packet->code = icmp[1];
	return true;
}

/**
 * kctl_icmp_parse4() - parse an IPv4 packet if it is ICMP
 * @packet: filled in, apart from @ifindex and @hook
 * @skb: any IPv4 packet
 *
 * Only the first fragment of a datagram has the ICMP header; parsing another one would
 * report garbage.
 *
 * Return: true for an ICMP packet with a complete header.
 */
bool kctl_icmp_parse4(struct kctl_packet *packet, const struct sk_buff *skb)
{
	const struct iphdr *ip;

	packet->skb = skb;
	packet->offset = skb_network_offset(skb);
	ip = skb_header_pointer(skb, packet->offset, sizeof(packet->ip), &packet->ip);
	if (!ip || ip->protocol != IPPROTO_ICMP)
		return false;
	if (ip->ihl < sizeof(*ip) / 4 || (ip->frag_off & htons(IP_OFFSET)))
		return false;

	packet->src = &ip->saddr;
	packet->dst = &ip->daddr;
	return kctl_icmp_parse(packet, packet->offset + ip->ihl * 4);
}

/**
 * kctl_icmp_parse6() - parse an IPv6 packet if it is ICMPv6
 * @packet: filled in, apart from @ifindex and @hook
 * @skb: any IPv6 packet
 *
 * Return: true for an ICMPv6 packet with a complete header.
 */
bool kctl_icmp_parse6(struct kctl_packet *packet, const struct sk_buff *skb)
{
	const struct ipv6hdr *ip;
	__be16 frag_off;
	u8 nexthdr;
	int offset;

	packet->skb = skb;
	packet->offset = skb_network_offset(skb);
	ip = skb_header_pointer(skb, packet->offset, sizeof(packet->ip6), &packet->ip6);
	if (!ip)
		return false;

	nexthdr = ip->nexthdr;
	offset = ipv6_skip_exthdr(skb, packet->offset + sizeof(*ip), &nexthdr, &frag_off);
	/* In any fragment but the first, this stops at the fragment header. */
	if (offset < 0 || nexthdr != IPPROTO_ICMPV6)
		return false;

	packet->src = ip->saddr.s6_addr32;
	packet->dst = ip->daddr.s6_addr32;
	return kctl_icmp_parse(packet, offset);
}
