// SPDX-License-Identifier: GPL-2.0-only
/*
 * The netlink interface of the store: announces changes.
 */
#include "../genl.h"

static int kctl_genl_put_store_event(struct sk_buff *skb, enum kctl_store_action action,
				     u64 generation, const char *name)
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
 * @action: the kind of change
 * @generation: generation of the change
 * @name: name of the entry; NULL for the whole store
 *
 * Without memory the event is lost, which shows as a gap in the generations. A
 * listener that does not read loses events likewise, and delays nobody.
 *
 * Context: process, may sleep.
 */
void kctl_genl_send_store_event(struct net *net, enum kctl_store_action action,
				u64 generation, const char *name)
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
	/* The lock of the store is held: GFP_KERNEL would yield to listeners that lag. */
	genlmsg_multicast_netns(&kctl_genl_family, net, skb, 0, KCTL_GENL_GROUP_STORE_ID,
				GFP_ATOMIC);
}
