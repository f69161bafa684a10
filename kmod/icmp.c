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

/* -1 if there is no ICMP message at @offset. */
static int kctl_icmp_type(const struct sk_buff *skb, int offset)
{
	u8 buf[KCTL_ICMP_MIN];
	const u8 *icmp = skb_header_pointer(skb, offset, sizeof(buf), buf);

	return icmp ? icmp[0] : -1;
}

/*
 * Only the first fragment of a datagram has the ICMP header: to take the bytes of
 * another one for it would be to report garbage.
 */
static int kctl_icmp_type4(const struct sk_buff *skb, int offset)
{
	const struct iphdr *ip;
	struct iphdr buf;

	ip = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!ip || ip->protocol != IPPROTO_ICMP)
		return -1;
	if (ip->ihl < sizeof(*ip) / 4 || (ip->frag_off & htons(IP_OFFSET)))
		return -1;
	return kctl_icmp_type(skb, offset + ip->ihl * 4);
}

static int kctl_icmp_type6(const struct sk_buff *skb, int offset)
{
	const struct ipv6hdr *ip;
	struct ipv6hdr buf;
	__be16 frag_off;
	u8 nexthdr;

	ip = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!ip)
		return -1;

	nexthdr = ip->nexthdr;
	offset = ipv6_skip_exthdr(skb, offset + sizeof(*ip), &nexthdr, &frag_off);
	/* In all but the first fragment it stops at the fragment header. */
	if (offset < 0 || nexthdr != IPPROTO_ICMPV6)
		return -1;
	return kctl_icmp_type(skb, offset);
}

static void kctl_icmp_report(const struct sk_buff *skb, const struct nf_hook_state *state,
			     u8 family, int type)
{
	bool in = state->hook == NF_INET_PRE_ROUTING;
	const struct net_device *dev = in ? state->in : state->out;
	struct kctl_packet packet = {
		.skb		= skb,
		.offset		= skb_network_offset(skb),
		.ifindex	= dev->ifindex,
		.family		= family,
		.direction	= in ? KCTL_DIRECTION_IN : KCTL_DIRECTION_OUT,
		.type		= type,
	};

	kctl_watch_report(state->net, &packet);
}

static unsigned int kctl_icmp_hook4(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	int type = kctl_icmp_type4(skb, skb_network_offset(skb));

	if (type >= 0)
		kctl_icmp_report(skb, state, AF_INET, type);
	return NF_ACCEPT;
}

static unsigned int kctl_icmp_hook6(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	int type = kctl_icmp_type6(skb, skb_network_offset(skb));

	if (type >= 0)
		kctl_icmp_report(skb, state, AF_INET6, type);
	return NF_ACCEPT;
}

/*
 * In: before anybody defragments, translates or drops. Out: after all that, as the
 * packet will leave.
 */
static const struct nf_hook_ops kctl_icmp_hooks[KCTL_ICMP_HOOKS] = {
	{
		.hook		= kctl_icmp_hook4,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_PRE_ROUTING,
		.priority	= NF_IP_PRI_FIRST,
	},
	{
		.hook		= kctl_icmp_hook4,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_LOCAL_OUT,
		.priority	= NF_IP_PRI_LAST,
	},
	{
		.hook		= kctl_icmp_hook6,
		.pf		= NFPROTO_IPV6,
		.hooknum	= NF_INET_PRE_ROUTING,
		.priority	= NF_IP6_PRI_FIRST,
	},
	{
		.hook		= kctl_icmp_hook6,
		.pf		= NFPROTO_IPV6,
		.hooknum	= NF_INET_LOCAL_OUT,
		.priority	= NF_IP6_PRI_LAST,
	},
};

/**
 * kctl_icmp_register() - begin to look at the packets of a network namespace
 * @net: the namespace
 *
 * Return: 0, or -ENOMEM.
 */
int kctl_icmp_register(struct net *net)
{
	return nf_register_net_hooks(net, kctl_icmp_hooks, KCTL_ICMP_HOOKS);
}

/**
 * kctl_icmp_unregister() - look no more
 * @net: the namespace
 */
void kctl_icmp_unregister(struct net *net)
{
	nf_unregister_net_hooks(net, kctl_icmp_hooks, KCTL_ICMP_HOOKS);
}
