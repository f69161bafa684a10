// SPDX-License-Identifier: GPL-2.0-only
/*
 * The netlink interface of the channels: announces events.
 */
#include <linux/cred.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#include "event.h"
#include "../genl.h"

static int kctl_genl_put_process(struct sk_buff *skb, struct user_namespace *owner,
				 const struct kctl_event *event)
{
	const struct cred *cred = event->cred;

	if (!cred)
		return 0;
	if (nla_put_u32(skb, KCTL_A_PROTO_UID, from_kuid_munged(owner, cred->uid)) ||
	    nla_put_string(skb, KCTL_A_PROTO_COMMAND, event->command))
		return -EMSGSIZE;
	return kctl_genl_put_pids(skb, KCTL_A_PROTO_PID, event->process, cred->user_ns, owner);
}

static int kctl_genl_put_settings(struct sk_buff *skb, struct user_namespace *owner,
				  const struct kctl_event *event)
{
	const struct kctl_settings *settings = &event->settings;
	u32 changed = event->changed;
	size_t i;

	if ((changed & BIT(KCTL_A_CHANNEL_UID) &&
	     nla_put_u32(skb, KCTL_A_CHANNEL_UID, from_kuid_munged(owner, settings->uid))) ||
	    (changed & BIT(KCTL_A_CHANNEL_GID) &&
	     nla_put_u32(skb, KCTL_A_CHANNEL_GID, from_kgid_munged(owner, settings->gid))) ||
	    (changed & BIT(KCTL_A_CHANNEL_NAME) &&
	     nla_put_string(skb, KCTL_A_CHANNEL_NAME, event->name)))
		return -EMSGSIZE;
	for (i = 0; i < KCTL_SETTINGS; i++) {
		const struct kctl_setting *setting = &kctl_setting_table[i];

		if (changed & BIT(setting->attr) &&
		    nla_put_u32(skb, setting->attr, kctl_setting_value(settings, setting)))
			return -EMSGSIZE;
	}
	return 0;
}

static int kctl_genl_put_set(struct sk_buff *skb, struct user_namespace *owner,
			     const struct kctl_event *event)
{
	struct nlattr *nest = nla_nest_start(skb, KCTL_A_PROTO_SETTINGS);

	if (!nest || kctl_genl_put_settings(skb, owner, event))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int kctl_genl_put_dead_message(struct sk_buff *skb, const struct kctl_event *event)
{
	if ((event->to && nla_put_u32(skb, KCTL_A_PROTO_TO, event->to)) ||
	    nla_put_u32(skb, KCTL_A_PROTO_WHY, event->dead.why) ||
	    nla_put_u32(skb, KCTL_A_PROTO_DELIVERIES, event->dead.deliveries))
		return -EMSGSIZE;
	return 0;
}

static int kctl_genl_put_proto_event(struct sk_buff *skb, struct user_namespace *owner,
				     const struct kctl_event *event)
{
	void *header;

	header = genlmsg_put(skb, 0, 0, &kctl_genl_family, 0, KCTL_CMD_PROTO_EVENT);
	if (!header ||
	    nla_put_u64_64bit(skb, KCTL_A_PROTO_SEQ, event->seq, KCTL_A_PROTO_PAD) ||
	    nla_put_u32(skb, KCTL_A_PROTO_ACTION, event->action) ||
	    nla_put_u32(skb, KCTL_A_PROTO_CHANNEL, event->channel) ||
	    (*event->name && nla_put_string(skb, KCTL_A_PROTO_NAME, event->name)) ||
	    (event->action == KCTL_PROTO_SET && kctl_genl_put_set(skb, owner, event)) ||
	    (event->action == KCTL_PROTO_DEAD && kctl_genl_put_dead_message(skb, event)) ||
	    kctl_genl_put_process(skb, owner, event))
		return -EMSGSIZE;

	genlmsg_end(skb, header);
	return 0;
}

/**
 * kctl_genl_wants_proto_events() - check whether there are listeners to events of
 * channels
 * @net: network namespace of the channels
 *
 * Return: whether there may be a listener: one in another network namespace counts too.
 */
bool kctl_genl_wants_proto_events(struct net *net)
{
	return genl_has_listeners(&kctl_genl_family, net, KCTL_GENL_GROUP_PROTO_ID);
}

/**
 * kctl_genl_send_proto_event() - send an event of a channel to all listeners
 * @net: network namespace of the channels
 * @event: the event
 *
 * Without memory the event is lost, which shows as a gap in the numbers.
 *
 * Context: process, may sleep.
 */
void kctl_genl_send_proto_event(struct net *net, const struct kctl_event *event)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!skb)
		return;
	if (kctl_genl_put_proto_event(skb, net->user_ns, event)) {
		nlmsg_free(skb);
		return;
	}
	/* No lock is held, so this may yield to a slow listener. */
	genlmsg_multicast_netns(&kctl_genl_family, net, skb, 0, KCTL_GENL_GROUP_PROTO_ID,
				GFP_KERNEL);
}
