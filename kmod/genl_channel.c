// SPDX-License-Identifier: GPL-2.0-only
/*
 * Door 2, requests about the channels.
 */
#include <net/sock.h>

#include "genl.h"
#include "net.h"

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

/**
 * kctl_genl_get_channels() - KCTL_CMD_GET_CHANNELS
 * @skb: where to put the next channels
 * @cb: the dump
 *
 * Return: bytes put, 0 at the end.
 */
int kctl_genl_get_channels(struct sk_buff *skb, struct netlink_callback *cb)
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
