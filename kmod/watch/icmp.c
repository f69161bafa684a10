// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netfilter hooks that find the ICMP and ICMPv6 packets among all others.
 *
 * They look on and let everything pass. Nothing about a packet is taken for
 * granted: headers may lie in fragments of the skb, a raw socket may have written
 * the IP header, and what follows it may be cut short.
 */
#include <linux/icmp.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "icmp.h"
#include "watch.h"

/*
 * Type, code and checksum open every ICMP and ICMPv6 message (RFC 792, RFC 4443
 * section 2.1); what is shorter is none.
 */
#define KCTL_ICMP_MIN		4

/* Gives the packet, whose addresses are known, to the watch if it is ICMP at @offset. */
static void kctl_icmp_report(struct kctl_packet *packet, int offset,
			     const struct nf_hook_state *state)
{
	u8 buf[KCTL_ICMP_MIN];
	const u8 *icmp;

	icmp = skb_header_pointer(packet->skb, offset, sizeof(buf), buf);
	if (!icmp)
		return;

	packet->type = icmp[0];
	packet->code = icmp[1];
	packet->ifindex = (state->in ?: state->out)->ifindex;
	kctl_watch_report(state->net, packet);
}

/*
 * Only the first fragment of a datagram has the ICMP header: to take the bytes of
 * another one for it would be to report garbage.
 */
static unsigned int kctl_icmp_hook4(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	struct kctl_packet packet = {
		.skb	= skb,
		.offset	= skb_network_offset(skb),
		.hook	= (unsigned long)priv,
	};
	const struct iphdr *ip;
	struct iphdr buf;

	ip = skb_header_pointer(skb, packet.offset, sizeof(buf), &buf);
	if (!ip || ip->protocol != IPPROTO_ICMP)
		return NF_ACCEPT;
	if (ip->ihl < sizeof(*ip) / 4 || (ip->frag_off & htons(IP_OFFSET)))
		return NF_ACCEPT;

	packet.src = &ip->saddr;
	packet.dst = &ip->daddr;
	kctl_icmp_report(&packet, packet.offset + ip->ihl * 4, state);
	return NF_ACCEPT;
}

static unsigned int kctl_icmp_hook6(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	struct kctl_packet packet = {
		.skb	= skb,
		.offset	= skb_network_offset(skb),
		.hook	= (unsigned long)priv,
	};
	const struct ipv6hdr *ip;
	struct ipv6hdr buf;
	__be16 frag_off;
	u8 nexthdr;
	int offset;

	ip = skb_header_pointer(skb, packet.offset, sizeof(buf), &buf);
	if (!ip)
		return NF_ACCEPT;

	nexthdr = ip->nexthdr;
	offset = ipv6_skip_exthdr(skb, packet.offset + sizeof(*ip), &nexthdr, &frag_off);
	/* In all but the first fragment it stops at the fragment header. */
	if (offset < 0 || nexthdr != IPPROTO_ICMPV6)
		return NF_ACCEPT;

	packet.src = ip->saddr.s6_addr32;
	packet.dst = ip->daddr.s6_addr32;
	kctl_icmp_report(&packet, offset, state);
	return NF_ACCEPT;
}

/*
 * In: before anybody defragments, translates or drops. Out: after all that, as the
 * packet will leave.
 */
static const struct nf_hook_ops kctl_icmp_hooks[KCTL_ICMP_HOOKS] = {
	[KCTL_ICMP_IN4] = {
		.hook		= kctl_icmp_hook4,
		.priv		= (void *)KCTL_ICMP_IN4,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_PRE_ROUTING,
		.priority	= NF_IP_PRI_FIRST,
	},
	[KCTL_ICMP_OUT4] = {
		.hook		= kctl_icmp_hook4,
		.priv		= (void *)KCTL_ICMP_OUT4,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_LOCAL_OUT,
		.priority	= NF_IP_PRI_LAST,
	},
	[KCTL_ICMP_IN6] = {
		.hook		= kctl_icmp_hook6,
		.priv		= (void *)KCTL_ICMP_IN6,
		.pf		= NFPROTO_IPV6,
		.hooknum	= NF_INET_PRE_ROUTING,
		.priority	= NF_IP6_PRI_FIRST,
	},
	[KCTL_ICMP_OUT6] = {
		.hook		= kctl_icmp_hook6,
		.priv		= (void *)KCTL_ICMP_OUT6,
		.pf		= NFPROTO_IPV6,
		.hooknum	= NF_INET_LOCAL_OUT,
		.priority	= NF_IP6_PRI_LAST,
	},
};

/**
 * kctl_icmp_register() - begin to look at packets of a network namespace
 * @net: the namespace
 * @hook: which packets
 *
 * Return: 0, or -ENOMEM.
 */
int kctl_icmp_register(struct net *net, enum kctl_icmp_hook hook)
{
	return nf_register_net_hook(net, &kctl_icmp_hooks[hook]);
}

/**
 * kctl_icmp_unregister() - look no more
 * @net: the namespace
 * @hook: at which packets
 */
void kctl_icmp_unregister(struct net *net, enum kctl_icmp_hook hook)
{
	nf_unregister_net_hook(net, &kctl_icmp_hooks[hook]);
}
