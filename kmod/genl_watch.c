// SPDX-License-Identifier: GPL-2.0-only
/*
 * Door 2, requests to the watch: checks the filter and hands over.
 */
#include <net/sock.h>

#include "genl.h"
#include "main.h"
#include "watch.h"

static struct netlink_range_validation kctl_snaplen_range = {
	.max = KCTL_SNAPLEN_MAX,
};

const struct nla_policy kctl_watch_policy[KCTL_A_WATCH_MAX + 1] = {
	[KCTL_A_WATCH_FAMILY]	 = { .type = NLA_U32 },
	[KCTL_A_WATCH_DIRECTION] = NLA_POLICY_MASK(NLA_U32, KCTL_DIRECTION_IN |
							    KCTL_DIRECTION_OUT),
	[KCTL_A_WATCH_TYPES4]	 = NLA_POLICY_RANGE(NLA_BINARY, 1, KCTL_ICMP_TYPES),
	[KCTL_A_WATCH_TYPES6]	 = NLA_POLICY_RANGE(NLA_BINARY, 1, KCTL_ICMP_TYPES),
	[KCTL_A_WATCH_SNAPLEN]	 = NLA_POLICY_FULL_RANGE(NLA_U32, &kctl_snaplen_range),
};

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

/**
 * kctl_genl_watch_start() - KCTL_CMD_WATCH_START
 * @request: the request; its socket becomes the watcher
 * @info: its attributes
 *
 * Return: 0 or what <linux/kctl.h> says.
 */
int kctl_genl_watch_start(struct sk_buff *request, struct genl_info *info)
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

/**
 * kctl_genl_watch_stop() - KCTL_CMD_WATCH_STOP
 * @request: the request; its socket is the watcher
 * @info: where to reply to
 *
 * Return: 0 or what <linux/kctl.h> says.
 */
int kctl_genl_watch_stop(struct sk_buff *request, struct genl_info *info)
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
