// SPDX-License-Identifier: GPL-2.0-only
/*
 * Passes: a packet can pass the hooks more than once, but is reported only once.
 *
 * With a virtual device such as a VRF, a packet passes the hooks once for this device and
 * once for the interface below it. The pass that counts is the one for the interface that
 * has the address.
 */
#include <linux/ipv6_route.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_bridge.h>
#include <linux/skbuff.h>
#include <net/ip6_fib.h>
#include <net/route.h>

#include "pass.h"

/* Check whether a hook runs first, which its priority does not guarantee. */
static bool kctl_hook_is_first(const struct nf_hook_state *state, const void *hook)
{
	const struct netns_nf *nf = &state->net->nf;
	const struct nf_hook_entries *entries;

	entries = state->pf == NFPROTO_IPV4 ? rcu_dereference(nf->hooks_ipv4[state->hook]) :
					      rcu_dereference(nf->hooks_ipv6[state->hook]);
	return entries && entries->hooks[0].priv == hook;
}

static bool kctl_packet_was_bridged(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	return nf_bridge_info_exists(skb);
#else
	return false;
#endif
}

/**
 * kctl_pass_in_counts() - choose one of the passes of an incoming packet
 * @skb: the packet
 * @state: the hook that it passes
 * @hook: the private data of the hook
 *
 * In a VRF, a packet passes for the interface that it arrived on and for the VRF. A
 * packet that the VRF sends to itself passes for the VRF alone.
 *
 * With br_netfilter, a packet passes before the bridge decides where it goes, and once
 * more if it is for this host. br_netfilter has a hook of the same priority that hides the
 * second pass from the hooks behind it. A new hook goes in front of older hooks of its
 * priority: if br_netfilter registered first, both passes are seen here, otherwise only
 * the first pass is certain to be.
 *
 * Context: under RCU.
 *
 * Return: whether to report the packet.
 */
bool kctl_pass_in_counts(const struct sk_buff *skb, const struct nf_hook_state *state,
			 const void *hook)
{
	if (netif_is_l3_master(state->in))
		return skb->pkt_type == PACKET_LOOPBACK;
	if (!kctl_packet_was_bridged(skb))
		return true;
	return nf_bridge_in_prerouting(skb) != kctl_hook_is_first(state, hook);
}

static bool kctl_packet_is_local(const struct sk_buff *skb, u8 pf)
{
	const struct rt6_info *rt6 = (const struct rt6_info *)skb_dst(skb);

	return pf == NFPROTO_IPV4 ? skb_rtable(skb)->rt_flags & RTCF_LOCAL :
				    rt6->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST);
}

/**
 * kctl_pass_out_counts() - choose one of the passes of an outgoing packet
 * @skb: the packet
 * @state: the hook that it passes
 *
 * In a VRF, a packet passes for the VRF and for the interface that it leaves by. A packet
 * that the VRF sends to itself passes for the VRF alone.
 *
 * Return: whether to report the packet.
 */
bool kctl_pass_out_counts(const struct sk_buff *skb, const struct nf_hook_state *state)
{
	return !netif_is_l3_master(state->out) || kctl_packet_is_local(skb, state->pf);
}
