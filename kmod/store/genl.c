// SPDX-License-Identifier: GPL-2.0-only
/*
 * The netlink interface of the store: announce changes.
 */
#include <linux/cred.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#include "../genl.h"

/* The current task makes the change, in setsockopt(2). */
static int kctl_genl_put_changer(struct sk_buff *skb, struct user_namespace *owner)
{
	char command[TASK_COMM_LEN];

	get_task_comm(command, current->group_leader);
	if (nla_put_u32(skb, KCTL_A_STORE_UID, from_kuid_munged(owner, current_uid())) ||
	    nla_put_string(skb, KCTL_A_STORE_COMMAND, command))
		return -EMSGSIZE;
	return kctl_genl_put_pids(skb, KCTL_A_STORE_PID, task_tgid(current), current_user_ns(),
				  owner);
}

static int kctl_genl_put_store_event(struct sk_buff *skb, struct user_namespace *owner,
				     enum kctl_store_action action, u64 generation,
				     const char *name)
{
	void *header;

	header = genlmsg_put(skb, 0, 0, &kctl_genl_family, 0, KCTL_CMD_STORE_EVENT);
	if (!header ||
	    nla_put_u32(skb, KCTL_A_STORE_ACTION, action) ||
	    nla_put_u64_64bit(skb, KCTL_A_STORE_GENERATION, generation,
			      KCTL_A_STORE_PAD) ||
	    (name && nla_put_string(skb, KCTL_A_STORE_NAME, name)) ||
	    kctl_genl_put_changer(skb, owner))
		return -EMSGSIZE;

	genlmsg_end(skb, header);
	return 0;
}

/* Not inlined, so that its caller saves no registers if there are no listeners. */
static noinline void kctl_genl_multicast_store_event(struct net *net,
						     enum kctl_store_action action,
						     u64 generation, const char *name)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!skb)
		return;
	if (kctl_genl_put_store_event(skb, net->user_ns, action, generation, name)) {
		nlmsg_free(skb);
		return;
	}
	/* The lock of the store is held, and GFP_KERNEL would yield to slow listeners. */
	genlmsg_multicast_netns(&kctl_genl_family, net, skb, 0, KCTL_GENL_GROUP_STORE_ID,
				GFP_ATOMIC);
}

/**
 * kctl_genl_send_store_event() - announce a change of the store
 * @net: network namespace of the store
 * @action: the kind of change
 * @generation: generation of the change
 * @name: name of the entry; NULL for the whole store
 *
 * The event names the calling process.
 *
 * Without memory the event is lost, which shows as a gap in the generations. A listener
 * that does not read also loses events, and delays nobody.
 *
 * Context: process, may sleep.
 */
void kctl_genl_send_store_event(struct net *net, enum kctl_store_action action,
				u64 generation, const char *name)
{
	if (genl_has_listeners(&kctl_genl_family, net, KCTL_GENL_GROUP_STORE_ID))
		kctl_genl_multicast_store_event(net, action, generation, name);
}
