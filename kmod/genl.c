// SPDX-License-Identifier: GPL-2.0-only
/*
 * Door 2: the generic netlink family. Checks attributes and capability, and hands
 * over to the watch.
 */
#include <linux/module.h>
#include <linux/netlink.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "genl.h"
#include "main.h"
#include "net.h"
#include "proto.h"

static struct netlink_range_validation kctl_snaplen_range = {
	.max = KCTL_SNAPLEN_MAX,
};

static const struct nla_policy kctl_watch_policy[] = {
	[KCTL_A_WATCH_FAMILY]	 = { .type = NLA_U32 },
	[KCTL_A_WATCH_DIRECTION] = NLA_POLICY_MASK(NLA_U32, KCTL_DIRECTION_IN |
							    KCTL_DIRECTION_OUT),
	[KCTL_A_WATCH_TYPES4]	 = NLA_POLICY_RANGE(NLA_BINARY, 1, KCTL_ICMP_TYPES),
	[KCTL_A_WATCH_TYPES6]	 = NLA_POLICY_RANGE(NLA_BINARY, 1, KCTL_ICMP_TYPES),
	[KCTL_A_WATCH_SNAPLEN]	 = NLA_POLICY_FULL_RANGE(NLA_U32, &kctl_snaplen_range),
};

/* For what takes no attributes: without a policy they would be ignored. */
static const struct nla_policy kctl_no_policy[] = {
	[1] = { .type = NLA_REJECT },
};

static struct sk_buff *kctl_genl_reply_new(struct genl_info *info, void **header)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!skb)
		return NULL;

	*header = genlmsg_put_reply(skb, info, &kctl_genl_family, 0, info->genlhdr->cmd);
	if (!*header) {
		nlmsg_free(skb);
		return NULL;
	}
	return skb;
}

static int kctl_genl_reply(struct sk_buff *skb, void *header, struct genl_info *info)
{
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

static int kctl_genl_put_store(struct sk_buff *skb, struct kctl_store *store)
{
	struct kctl_info info;

	kctl_store_get_info(store, &info);
	if (nla_put_u64_64bit(skb, KCTL_A_STATUS_STORE_GENERATION, info.generation,
			      KCTL_A_STATUS_PAD) ||
	    nla_put_u32(skb, KCTL_A_STATUS_STORE_ENTRIES, info.entries) ||
	    nla_put_u32(skb, KCTL_A_STATUS_STORE_MAX_ENTRIES, info.max_entries) ||
	    nla_put_u64_64bit(skb, KCTL_A_STATUS_STORE_BYTES, info.bytes,
			      KCTL_A_STATUS_PAD) ||
	    nla_put_u64_64bit(skb, KCTL_A_STATUS_STORE_MAX_BYTES, info.max_bytes,
			      KCTL_A_STATUS_PAD))
		return -EMSGSIZE;
	return 0;
}

static int kctl_genl_put_channels(struct sk_buff *skb, const struct kctl_channels *channels)
{
	if (nla_put_u32(skb, KCTL_A_STATUS_CHANNELS, atomic_long_read(&channels->count)) ||
	    nla_put_u32(skb, KCTL_A_STATUS_CHANNELS_MAX,
			READ_ONCE(channels->max_channels)) ||
	    nla_put_u32(skb, KCTL_A_STATUS_CHANNEL_MAX_MESSAGES,
			READ_ONCE(channels->max_messages)) ||
	    nla_put_u32(skb, KCTL_A_STATUS_CHANNEL_MAX_BYTES,
			READ_ONCE(channels->max_bytes)) ||
	    nla_put_u64_64bit(skb, KCTL_A_STATUS_PROTO_BYTES,
			      atomic_long_read(&channels->memory), KCTL_A_STATUS_PAD) ||
	    nla_put_u64_64bit(skb, KCTL_A_STATUS_PROTO_MAX_BYTES,
			      READ_ONCE(channels->max_memory), KCTL_A_STATUS_PAD))
		return -EMSGSIZE;
	return 0;
}

static int kctl_genl_put_status(struct sk_buff *skb, struct net *net)
{
	struct kctl_net *knet = kctl_pernet(net);

	if (nla_put_string(skb, KCTL_A_STATUS_MODULE_VERSION, KCTL_VERSION) ||
	    nla_put_u32(skb, KCTL_A_STATUS_ABI_VERSION, KCTL_ABI_VERSION) ||
	    nla_put_u32(skb, KCTL_A_STATUS_FAMILY, kctl_proto_family()) ||
	    nla_put_u32(skb, KCTL_A_STATUS_WATCHERS, READ_ONCE(knet->watch.active)) ||
	    nla_put_u32(skb, KCTL_A_STATUS_WATCHERS_MAX,
			READ_ONCE(knet->watch.max_watchers)) ||
	    nla_put_u32(skb, KCTL_A_STATUS_HOOKS, READ_ONCE(knet->watch.hooks)) ||
	    nla_put_u32(skb, KCTL_A_STATUS_SOCKETS, kctl_proto_sockets(net)))
		return -EMSGSIZE;

	return kctl_genl_put_store(skb, &knet->store) ?:
	       kctl_genl_put_channels(skb, &knet->channels);
}

static int kctl_genl_get_status(struct sk_buff *request, struct genl_info *info)
{
	struct sk_buff *skb;
	void *header;

	skb = kctl_genl_reply_new(info, &header);
	if (!skb)
		return -ENOMEM;

	if (kctl_genl_put_status(skb, genl_info_net(info))) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	return kctl_genl_reply(skb, header, info);
}

static void kctl_genl_parse_types(unsigned long *types, const struct nlattr *attr)
{
	const u8 *list;
	int i;

	if (!attr) {
		bitmap_fill(types, KCTL_ICMP_TYPES);
		return;
	}

	list = nla_data(attr);
	for (i = 0; i < nla_len(attr); i++)
		__set_bit(list[i], types);
}

static int kctl_genl_parse_family(struct kctl_filter *filter, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[KCTL_A_WATCH_FAMILY];
	u32 family;

	if (!attr) {
		filter->families = kctl_family_bit(AF_INET) | kctl_family_bit(AF_INET6);
		return 0;
	}

	family = nla_get_u32(attr);
	if (family != AF_INET && family != AF_INET6) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr, "family is neither IPv4 nor IPv6");
		return -EAFNOSUPPORT;
	}
	filter->families = kctl_family_bit(family);
	return 0;
}

static int kctl_genl_parse_filter(struct kctl_filter *filter, struct genl_info *info)
{
	struct nlattr *direction = info->attrs[KCTL_A_WATCH_DIRECTION];
	struct nlattr *snaplen = info->attrs[KCTL_A_WATCH_SNAPLEN];

	filter->directions = direction ? nla_get_u32(direction) :
					 KCTL_DIRECTION_IN | KCTL_DIRECTION_OUT;
	if (!filter->directions) {
		NL_SET_ERR_MSG_ATTR(info->extack, direction, "no direction would match");
		return -EINVAL;
	}

	filter->snaplen = snaplen ? nla_get_u32(snaplen) : KCTL_SNAPLEN_DEFAULT;
	kctl_genl_parse_types(filter->types4, info->attrs[KCTL_A_WATCH_TYPES4]);
	kctl_genl_parse_types(filter->types6, info->attrs[KCTL_A_WATCH_TYPES6]);
	return kctl_genl_parse_family(filter, info);
}

static int kctl_genl_watch_start(struct sk_buff *request, struct genl_info *info)
{
	struct kctl_filter filter = {};
	int err;

	if (!kctl_is_open())
		return -ENODEV;

	err = kctl_genl_parse_filter(&filter, info);
	if (err)
		return err;

	err = kctl_watch_start(NETLINK_CB(request).sk, info->snd_portid, &filter);
	if (err == -EBUSY)
		NL_SET_ERR_MSG(info->extack, "this socket is a watcher already");
	if (err == -ENOSPC)
		NL_SET_ERR_MSG(info->extack, "there are net.kctl.watchers_max watchers");
	return err;
}

static int kctl_genl_watch_stop(struct sk_buff *request, struct genl_info *info)
{
	struct kctl_watch_counters counters;
	struct sk_buff *skb;
	void *header;
	int err;

	err = kctl_watch_stop(NETLINK_CB(request).sk, &counters);
	if (err) {
		NL_SET_ERR_MSG(info->extack, "this socket is no watcher");
		return err;
	}

	skb = kctl_genl_reply_new(info, &header);
	if (!skb)
		return -ENOMEM;

	if (nla_put_u64_64bit(skb, KCTL_A_WATCH_MATCHED, counters.matched,
			      KCTL_A_WATCH_PAD) ||
	    nla_put_u64_64bit(skb, KCTL_A_WATCH_LOST, counters.lost, KCTL_A_WATCH_PAD)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	return kctl_genl_reply(skb, header, info);
}

static int kctl_genl_put_channel(struct sk_buff *skb, struct netlink_callback *cb,
				 const struct kctl_channel_info *channel)
{
	void *header;

	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			     &kctl_genl_family, NLM_F_MULTI, KCTL_CMD_GET_CHANNELS);
	if (!header)
		return -EMSGSIZE;

	if (nla_put_u32(skb, KCTL_A_CHANNEL_NUMBER, channel->number) ||
	    nla_put_u32(skb, KCTL_A_CHANNEL_MESSAGES, channel->messages) ||
	    nla_put_u64_64bit(skb, KCTL_A_CHANNEL_BYTES, channel->bytes,
			      KCTL_A_CHANNEL_PAD) ||
	    nla_put_u32(skb, KCTL_A_CHANNEL_RECEIVERS, channel->receivers)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

/**
 * struct kctl_channel_cursor - how far a dump of the channels is
 * @from: least number that has not been told of. A number, not a channel: channels
 *	come and go meanwhile
 */
struct kctl_channel_cursor {
	u64	from;
};

static_assert(sizeof(struct kctl_channel_cursor) <=
	      sizeof_field(struct netlink_callback, ctx));

/* A dump that has started goes on later; so it must not start too early. */
static int kctl_genl_start_dump(struct netlink_callback *cb)
{
	return kctl_is_open() ? 0 : -ENODEV;
}

static int kctl_genl_get_channels(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct kctl_channels *channels = &kctl_pernet(sock_net(skb->sk))->channels;
	struct kctl_channel_cursor *cursor = (void *)cb->ctx;
	struct kctl_channel_info channel;

	while (kctl_channels_next(channels, cursor->from, &channel)) {
		if (kctl_genl_put_channel(skb, cb, &channel))
			break;
		cursor->from = (u64)channel.number + 1;
	}
	return skb->len;
}

static const struct genl_multicast_group kctl_genl_groups[] = {
	[KCTL_GENL_GROUP_STORE_ID] = {
		.name	= KCTL_GENL_GROUP_STORE,
		.flags	= GENL_MCAST_CAP_NET_ADMIN,
	},
};

static const struct genl_ops kctl_genl_ops[] = {
	{
		.cmd		= KCTL_CMD_GET_STATUS,
		.policy		= kctl_no_policy,
		.maxattr	= ARRAY_SIZE(kctl_no_policy) - 1,
		.doit		= kctl_genl_get_status,
	},
	{
		.cmd		= KCTL_CMD_WATCH_START,
		.flags		= GENL_UNS_ADMIN_PERM,
		.policy		= kctl_watch_policy,
		.maxattr	= ARRAY_SIZE(kctl_watch_policy) - 1,
		.doit		= kctl_genl_watch_start,
	},
	{
		.cmd		= KCTL_CMD_WATCH_STOP,
		.flags		= GENL_UNS_ADMIN_PERM,
		.policy		= kctl_no_policy,
		.maxattr	= ARRAY_SIZE(kctl_no_policy) - 1,
		.doit		= kctl_genl_watch_stop,
	},
	{
		.cmd		= KCTL_CMD_GET_CHANNELS,
		.flags		= GENL_UNS_ADMIN_PERM,
		.policy		= kctl_no_policy,
		.maxattr	= ARRAY_SIZE(kctl_no_policy) - 1,
		.start		= kctl_genl_start_dump,
		.dumpit		= kctl_genl_get_channels,
	},
};

struct genl_family kctl_genl_family __ro_after_init = {
	.name		= KCTL_GENL_NAME,
	.version	= KCTL_GENL_VERSION,
	.module		= THIS_MODULE,
	.ops		= kctl_genl_ops,
	.n_ops		= ARRAY_SIZE(kctl_genl_ops),
	.mcgrps		= kctl_genl_groups,
	.n_mcgrps	= ARRAY_SIZE(kctl_genl_groups),
	.netnsok	= true,
	.parallel_ops	= true,
};

static int kctl_genl_notify(struct notifier_block *block, unsigned long event, void *ptr)
{
	const struct netlink_notify *notify = ptr;

	if (event == NETLINK_URELEASE && notify->protocol == NETLINK_GENERIC)
		kctl_watch_forget(notify->net, notify->portid);
	return NOTIFY_DONE;
}

static struct notifier_block kctl_genl_notifier = {
	.notifier_call = kctl_genl_notify,
};

/**
 * kctl_genl_init() - open door 2
 *
 * Return: 0 or an error of genl_register_family().
 */
int __init kctl_genl_init(void)
{
	int err;

	err = netlink_register_notifier(&kctl_genl_notifier);
	if (err)
		return err;

	err = genl_register_family(&kctl_genl_family);
	if (err)
		netlink_unregister_notifier(&kctl_genl_notifier);
	return err;
}

/**
 * kctl_genl_exit() - close door 2
 */
void kctl_genl_exit(void)
{
	genl_unregister_family(&kctl_genl_family);
	netlink_unregister_notifier(&kctl_genl_notifier);
}
