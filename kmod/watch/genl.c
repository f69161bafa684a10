// SPDX-License-Identifier: GPL-2.0-only
/*
 * The netlink interface of the watch: receive requests, send records.
 */
#include <net/sock.h>

#include "watch.h"
#include "../genl.h"
#include "../net.h"

/* Not const, because some kernels declare the pointer in the policy without const. */
static struct netlink_range_validation kctl_snaplen_range = {
	.max = KCTL_SNAPLEN_MAX,
};

static struct netlink_range_validation kctl_coalesce_range = {
	.max = KCTL_COALESCE_MAX,
};

const struct nla_policy kctl_watch_policy[KCTL_A_WATCH_MAX + 1] = {
	[KCTL_A_WATCH_FAMILY]	 = { .type = NLA_U32 },
	[KCTL_A_WATCH_DIRECTION] = NLA_POLICY_MASK(NLA_U32, KCTL_DIRECTION_IN |
							    KCTL_DIRECTION_OUT),
	[KCTL_A_WATCH_TYPES4]	 = NLA_POLICY_RANGE(NLA_BINARY, 1, KCTL_ICMP_TYPES),
	[KCTL_A_WATCH_TYPES6]	 = NLA_POLICY_RANGE(NLA_BINARY, 1, KCTL_ICMP_TYPES),
	[KCTL_A_WATCH_SNAPLEN]	 = NLA_POLICY_FULL_RANGE(NLA_U32, &kctl_snaplen_range),
	[KCTL_A_WATCH_IFINDEX]	 = NLA_POLICY_MIN(NLA_U32, 1),
	[KCTL_A_WATCH_SRC]	 = NLA_POLICY_RANGE(NLA_BINARY, sizeof(struct in_addr),
						    sizeof(struct in6_addr)),
	[KCTL_A_WATCH_SRC_LEN]	 = NLA_POLICY_MAX(NLA_U32, 128),
	[KCTL_A_WATCH_DST]	 = NLA_POLICY_RANGE(NLA_BINARY, sizeof(struct in_addr),
						    sizeof(struct in6_addr)),
	[KCTL_A_WATCH_DST_LEN]	 = NLA_POLICY_MAX(NLA_U32, 128),
	[KCTL_A_WATCH_CODE]	 = NLA_POLICY_MAX(NLA_U32, 255),
	[KCTL_A_WATCH_SAMPLE]	 = NLA_POLICY_MIN(NLA_U32, 1),
	[KCTL_A_WATCH_COALESCE]	 = NLA_POLICY_FULL_RANGE(NLA_U32, &kctl_coalesce_range),
	[KCTL_A_WATCH_HOST]	 = NLA_POLICY_RANGE(NLA_BINARY, sizeof(struct in_addr),
						    sizeof(struct in6_addr)),
	[KCTL_A_WATCH_HOST_LEN]	 = NLA_POLICY_MAX(NLA_U32, 128),
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

static u32 kctl_genl_get_u32(struct genl_info *info, int type, u32 absent)
{
	struct nlattr *attr = info->attrs[type];

	return attr ? nla_get_u32(attr) : absent;
}

static int kctl_genl_parse_family(struct kctl_filter *filter, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[KCTL_A_WATCH_FAMILY];

	if (!attr)
		return 0;

	switch (nla_get_u32(attr)) {
	case AF_INET:
		filter->hooks &= KCTL_HOOKS_IPV4;
		return 0;
	case AF_INET6:
		filter->hooks &= KCTL_HOOKS_IPV6;
		return 0;
	default:
		NL_SET_ERR_MSG_ATTR(info->extack, attr, "family is neither IPv4 nor IPv6");
		return -EAFNOSUPPORT;
	}
}

static void kctl_genl_parse_direction(struct kctl_filter *filter, struct genl_info *info)
{
	u32 direction = kctl_genl_get_u32(info, KCTL_A_WATCH_DIRECTION,
					  KCTL_DIRECTION_IN | KCTL_DIRECTION_OUT);

	if (!(direction & KCTL_DIRECTION_IN))
		filter->hooks &= ~KCTL_HOOKS_IN;
	if (!(direction & KCTL_DIRECTION_OUT))
		filter->hooks &= ~KCTL_HOOKS_OUT;
}

/* The attribute of a prefix length follows the one of its address. */
static int kctl_genl_parse_prefix(struct kctl_filter *filter, struct genl_info *info,
				  struct kctl_prefix *prefix, int type)
{
	struct nlattr *length = info->attrs[type + 1];
	struct nlattr *attr = info->attrs[type];
	u32 max, bits;

	if (!attr) {
		if (!length)
			return 0;
		NL_SET_ERR_MSG_ATTR(info->extack, length, "prefix length without an address");
		return -EINVAL;
	}
	if (nla_len(attr) != sizeof(struct in_addr) &&
	    nla_len(attr) != sizeof(struct in6_addr)) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr, "address of neither 4 nor 16 bytes");
		return -EINVAL;
	}

	max = nla_len(attr) * BITS_PER_BYTE;
	bits = kctl_genl_get_u32(info, type + 1, max);
	if (bits > max) {
		NL_SET_ERR_MSG_ATTR(info->extack, length, "prefix longer than its address");
		return -EINVAL;
	}
	if (kctl_prefix_set(prefix, nla_data(attr), nla_len(attr), bits)) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr, "address has bits beyond its prefix");
		return -EINVAL;
	}
	filter->hooks &= nla_len(attr) == sizeof(struct in_addr) ? KCTL_HOOKS_IPV4 :
								    KCTL_HOOKS_IPV6;
	return 0;
}

static int kctl_genl_parse_filter(struct kctl_filter *filter, struct genl_info *info)
{
	int err;

	filter->hooks = KCTL_HOOKS_ALL;
	filter->ifindex = kctl_genl_get_u32(info, KCTL_A_WATCH_IFINDEX, 0);
	filter->code = kctl_genl_get_u32(info, KCTL_A_WATCH_CODE, KCTL_ANY_CODE);
	filter->sample = kctl_genl_get_u32(info, KCTL_A_WATCH_SAMPLE, 1);
	filter->snaplen = kctl_genl_get_u32(info, KCTL_A_WATCH_SNAPLEN,
					    KCTL_SNAPLEN_DEFAULT);
	filter->coalesce = kctl_genl_get_u32(info, KCTL_A_WATCH_COALESCE,
					     KCTL_COALESCE_DEFAULT);
	kctl_genl_parse_types(filter->types4, info->attrs[KCTL_A_WATCH_TYPES4]);
	kctl_genl_parse_types(filter->types6, info->attrs[KCTL_A_WATCH_TYPES6]);
	kctl_genl_parse_direction(filter, info);

	err = kctl_genl_parse_family(filter, info) ?:
	      kctl_genl_parse_prefix(filter, info, &filter->src, KCTL_A_WATCH_SRC) ?:
	      kctl_genl_parse_prefix(filter, info, &filter->dst, KCTL_A_WATCH_DST) ?:
	      kctl_genl_parse_prefix(filter, info, &filter->host, KCTL_A_WATCH_HOST);
	if (!err && !filter->hooks) {
		NL_SET_ERR_MSG(info->extack, "no family and direction are left to match");
		err = -EINVAL;
	}
	return err;
}

/**
 * kctl_genl_watch_start() - KCTL_CMD_WATCH_START
 * @request: the request; its socket becomes the watcher
 * @info: its attributes
 *
 * Return: 0 or an error, see <linux/kctl.h>.
 */
int kctl_genl_watch_start(struct sk_buff *request, struct genl_info *info)
{
	struct kctl_net *knet = kctl_pernet(genl_info_net(info));
	struct kctl_filter filter = {};
	int err;

	if (!knet)
		return -ENODEV;
	if (!kctl_genl_is_admin(request))
		return -EPERM;

	err = kctl_genl_parse_filter(&filter, info);
	if (err)
		return err;

	err = kctl_watch_start(&knet->watch, NETLINK_CB(request).sk, info->snd_portid,
			       &filter);
	if (err == -EBUSY)
		NL_SET_ERR_MSG(info->extack, "this socket is a watcher already");
	if (err == -ENOSPC)
		NL_SET_ERR_MSG(info->extack,
			       "the watchers reach net.kctl.watchers_max or watch_max_bytes");
	return err;
}

static int kctl_genl_put_counters(struct sk_buff *skb,
				  const struct kctl_watch_counters *counters)
{
	if (nla_put_u64_64bit(skb, KCTL_A_WATCH_MATCHED, counters->matched,
			      KCTL_A_WATCH_PAD) ||
	    nla_put_u64_64bit(skb, KCTL_A_WATCH_DELIVERED, counters->delivered,
			      KCTL_A_WATCH_PAD) ||
	    nla_put_u64_64bit(skb, KCTL_A_WATCH_LOST, counters->lost, KCTL_A_WATCH_PAD))
		return -EMSGSIZE;
	return 0;
}

/**
 * kctl_genl_watch_stop() - KCTL_CMD_WATCH_STOP
 * @request: the request; its socket is the watcher
 * @info: where to reply to
 *
 * Return: 0 or an error, see <linux/kctl.h>.
 */
int kctl_genl_watch_stop(struct sk_buff *request, struct genl_info *info)
{
	struct kctl_net *knet = kctl_pernet(genl_info_net(info));
	struct kctl_watch_counters counters;
	struct sk_buff *skb;
	void *header;
	int err;

	if (!knet)
		return -ENODEV;
	if (!kctl_genl_is_admin(request))
		return -EPERM;

	err = kctl_watch_stop(&knet->watch, NETLINK_CB(request).sk, info->snd_portid,
			      &counters);
	if (err) {
		NL_SET_ERR_MSG(info->extack, "this socket is no watcher");
		return err;
	}

	skb = kctl_genl_reply_new(info, &header);
	if (!skb)
		return -ENOMEM;

	if (kctl_genl_put_counters(skb, &counters)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	return kctl_genl_reply(skb, header, info);
}

static int kctl_genl_put_hooks(struct sk_buff *skb, u32 hooks)
{
	if (!(hooks & KCTL_HOOKS_IPV6) && nla_put_u32(skb, KCTL_A_WATCH_FAMILY, AF_INET))
		return -EMSGSIZE;
	if (!(hooks & KCTL_HOOKS_IPV4) && nla_put_u32(skb, KCTL_A_WATCH_FAMILY, AF_INET6))
		return -EMSGSIZE;
	if (!(hooks & KCTL_HOOKS_OUT) &&
	    nla_put_u32(skb, KCTL_A_WATCH_DIRECTION, KCTL_DIRECTION_IN))
		return -EMSGSIZE;
	if (!(hooks & KCTL_HOOKS_IN) &&
	    nla_put_u32(skb, KCTL_A_WATCH_DIRECTION, KCTL_DIRECTION_OUT))
		return -EMSGSIZE;
	return 0;
}

static int kctl_genl_put_types(struct sk_buff *skb, int type, const unsigned long *types)
{
	unsigned int number, count = 0;
	u8 list[KCTL_ICMP_TYPES];

	if (bitmap_full(types, KCTL_ICMP_TYPES))
		return 0;
	for_each_set_bit(number, types, KCTL_ICMP_TYPES)
		list[count++] = number;
	return nla_put(skb, type, count, list);
}

static int kctl_genl_put_prefix(struct sk_buff *skb, int type,
				const struct kctl_prefix *prefix)
{
	if (!prefix->words)
		return 0;
	return nla_put(skb, type, prefix->words * sizeof(__be32), prefix->addr) ?:
	       nla_put_u32(skb, type + 1, prefix->bits);
}

static int kctl_genl_put_filter(struct sk_buff *skb, const struct kctl_filter *filter)
{
	if ((filter->ifindex &&
	     nla_put_u32(skb, KCTL_A_WATCH_IFINDEX, filter->ifindex)) ||
	    (filter->code != KCTL_ANY_CODE &&
	     nla_put_u32(skb, KCTL_A_WATCH_CODE, filter->code)) ||
	    (filter->sample > 1 &&
	     nla_put_u32(skb, KCTL_A_WATCH_SAMPLE, filter->sample)) ||
	    nla_put_u32(skb, KCTL_A_WATCH_SNAPLEN, filter->snaplen) ||
	    nla_put_u32(skb, KCTL_A_WATCH_COALESCE, filter->coalesce))
		return -EMSGSIZE;

	return kctl_genl_put_hooks(skb, filter->hooks) ?:
	       kctl_genl_put_types(skb, KCTL_A_WATCH_TYPES4, filter->types4) ?:
	       kctl_genl_put_types(skb, KCTL_A_WATCH_TYPES6, filter->types6) ?:
	       kctl_genl_put_prefix(skb, KCTL_A_WATCH_SRC, &filter->src) ?:
	       kctl_genl_put_prefix(skb, KCTL_A_WATCH_DST, &filter->dst) ?:
	       kctl_genl_put_prefix(skb, KCTL_A_WATCH_HOST, &filter->host);
}

static int kctl_genl_put_watcher(struct sk_buff *skb, struct netlink_callback *cb,
				 const struct kctl_watcher_info *watcher)
{
	void *header;
	int err;

	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			     &kctl_genl_family, NLM_F_MULTI, KCTL_CMD_GET_WATCHERS);
	if (!header)
		return -EMSGSIZE;

	err = nla_put_u32(skb, KCTL_A_WATCH_PORT, watcher->portid) ?:
	      kctl_genl_put_filter(skb, &watcher->filter) ?:
	      kctl_genl_put_counters(skb, &watcher->counters);
	if (err) {
		genlmsg_cancel(skb, header);
		return err;
	}
	genlmsg_end(skb, header);
	return 0;
}

/**
 * struct kctl_watcher_cursor - position of a dump of the watchers
 * @after: id of the last dumped watcher; not a pointer, as the watcher may end in the
 *	meantime
 */
struct kctl_watcher_cursor {
	u64	after;
};

static_assert(sizeof(struct kctl_watcher_cursor) <=
	      sizeof_field(struct netlink_callback, ctx));

/**
 * kctl_genl_get_watchers() - KCTL_CMD_GET_WATCHERS
 * @skb: filled with the next watchers
 * @cb: the dump
 *
 * Return: bytes put, 0 at the end.
 */
int kctl_genl_get_watchers(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct kctl_watch *watch = &kctl_pernet(sock_net(skb->sk))->watch;
	struct kctl_watcher_cursor *cursor = (void *)cb->ctx;
	struct kctl_watcher_info watcher;

	while (kctl_watch_next(watch, cursor->after, &watcher)) {
		if (kctl_genl_put_watcher(skb, cb, &watcher))
			break;
		cursor->after = watcher.id;
	}
	return skb->len;
}

/**
 * kctl_genl_send_records() - send a batch of records to a watcher
 * @sk: its netlink socket
 * @skb: the batch; always consumed
 *
 * The message goes to the socket, not to a port. Unlike in netlink, an overrun does
 * not set an error on the socket: the sequence numbers report it, and the watcher
 * has nothing to do before it can get the next record.
 *
 * Context: any but hard interrupt.
 *
 * A socket filter is not run. It would run in the softirq of every packet, up to 4,096
 * instructions for each of many watchers, and the watch has a filter of its own.
 *
 * Return: 0, or an error, which means that the records are lost: -ENOMEM (also if
 * the receive buffer is full), or -ENOBUFS.
 */
int kctl_genl_send_records(struct sock *sk, struct sk_buff *skb)
{
	struct genlmsghdr *genl;
	struct nlmsghdr *nlh;
	int err;

	genl = skb_push(skb, GENL_HDRLEN);
	*genl = (struct genlmsghdr) {
		.cmd		= KCTL_CMD_ICMP_EVENTS,
		.version	= KCTL_GENL_VERSION,
	};
	nlh = skb_push(skb, NLMSG_HDRLEN);
	*nlh = (struct nlmsghdr) {
		.nlmsg_len	= skb->len,
		.nlmsg_type	= kctl_genl_family.id,
	};

	err = __sock_queue_rcv_skb(sk, skb);
	if (err)
		kfree_skb(skb);
	return err;
}
