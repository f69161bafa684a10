// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink requests about channels: list, set, delete, flush.
 */
#include <linux/cred.h>
#include <net/sock.h>

#include "../genl.h"
#include "../net.h"

/* Owner and group are reported as numbered in the user namespace of the requester. */
static int kctl_genl_put_access(struct sk_buff *skb, struct user_namespace *user_ns,
				const struct kctl_channel_info *channel)
{
	if (nla_put_u32(skb, KCTL_A_CHANNEL_UID, from_kuid_munged(user_ns, channel->uid)) ||
	    nla_put_u32(skb, KCTL_A_CHANNEL_GID, from_kgid_munged(user_ns, channel->gid)) ||
	    nla_put_u32(skb, KCTL_A_CHANNEL_MODE, channel->mode))
		return -EMSGSIZE;
	return 0;
}

static int kctl_genl_put_dead(struct sk_buff *skb, const struct kctl_channel_info *channel)
{
	if (nla_put_u32(skb, KCTL_A_CHANNEL_MAX_DELIVERIES, channel->max_deliveries) ||
	    nla_put_u32(skb, KCTL_A_CHANNEL_DEAD_LETTER, channel->letter) ||
	    nla_put_u64_64bit(skb, KCTL_A_CHANNEL_DEAD, channel->moved, KCTL_A_CHANNEL_PAD) ||
	    nla_put_u64_64bit(skb, KCTL_A_CHANNEL_DROPPED, channel->dropped,
			      KCTL_A_CHANNEL_PAD))
		return -EMSGSIZE;
	return 0;
}

static int kctl_genl_put_times(struct sk_buff *skb, const struct kctl_channel_info *channel)
{
	if (nla_put_u32(skb, KCTL_A_CHANNEL_RETRY_DELAY, channel->retry_delay) ||
	    nla_put_u32(skb, KCTL_A_CHANNEL_HOLD_TIME_MAX, channel->hold_time_max) ||
	    nla_put_u32(skb, KCTL_A_CHANNEL_TTL, channel->ttl) ||
	    nla_put_u64_64bit(skb, KCTL_A_CHANNEL_EXPIRED, channel->expired,
			      KCTL_A_CHANNEL_PAD))
		return -EMSGSIZE;
	return 0;
}

static int kctl_genl_put_totals(struct sk_buff *skb, const struct kctl_channel_info *channel)
{
	if (nla_put_u64_64bit(skb, KCTL_A_CHANNEL_SENT, channel->sent, KCTL_A_CHANNEL_PAD) ||
	    nla_put_u64_64bit(skb, KCTL_A_CHANNEL_RECEIVED, channel->received,
			      KCTL_A_CHANNEL_PAD) ||
	    nla_put_u64_64bit(skb, KCTL_A_CHANNEL_AGE, channel->age, KCTL_A_CHANNEL_PAD) ||
	    (channel->messages && nla_put_u64_64bit(skb, KCTL_A_CHANNEL_OLDEST,
						    channel->oldest, KCTL_A_CHANNEL_PAD)))
		return -EMSGSIZE;
	return 0;
}

static int kctl_genl_put_channel(struct sk_buff *skb, struct netlink_callback *cb,
				 const struct kctl_channel_info *channel)
{
	struct user_namespace *user_ns = sk_user_ns(NETLINK_CB(cb->skb).sk);
	void *header;

	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			     &kctl_genl_family, NLM_F_MULTI, KCTL_CMD_GET_CHANNELS);
	if (!header)
		return -EMSGSIZE;

	if (nla_put_u32(skb, KCTL_A_CHANNEL_NUMBER, channel->number) ||
	    (*channel->name && nla_put_string(skb, KCTL_A_CHANNEL_NAME, channel->name)) ||
	    nla_put_u32(skb, KCTL_A_CHANNEL_MESSAGES, channel->messages) ||
	    nla_put_u64_64bit(skb, KCTL_A_CHANNEL_BYTES, channel->bytes,
			      KCTL_A_CHANNEL_PAD) ||
	    nla_put_u32(skb, KCTL_A_CHANNEL_RECEIVERS, channel->receivers) ||
	    nla_put_u32(skb, KCTL_A_CHANNEL_SENDERS, channel->senders) ||
	    nla_put_u32(skb, KCTL_A_CHANNEL_TAPS, channel->taps) ||
	    kctl_genl_put_access(skb, user_ns, channel) ||
	    nla_put_u32(skb, KCTL_A_CHANNEL_FLAGS, channel->flags) ||
	    nla_put(skb, KCTL_A_CHANNEL_SOCKETS, channel->listed * sizeof(*channel->sockets),
		    channel->sockets) ||
	    nla_put_u32(skb, KCTL_A_CHANNEL_HELD, channel->held) ||
	    nla_put_u32(skb, KCTL_A_CHANNEL_DELAYED, channel->delayed) ||
	    kctl_genl_put_dead(skb, channel) || kctl_genl_put_times(skb, channel) ||
	    kctl_genl_put_totals(skb, channel)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

/**
 * struct kctl_channel_cursor - position of a dump of the channels
 * @from: smallest number not reported yet. Not a pointer, as channels come and go
 *	during the dump
 * @all: the dump has the channels of all users
 * @owner: otherwise: the dump has the channels of this user
 */
struct kctl_channel_cursor {
	u64	from;
	bool	all;
	kuid_t	owner;
};

static_assert(sizeof(struct kctl_channel_cursor) <=
	      sizeof_field(struct netlink_callback, ctx));

/**
 * kctl_genl_get_channels_start() - begin KCTL_CMD_GET_CHANNELS
 * @cb: the dump, which outlives the request, so permission is checked here
 *
 * A caller that is not an administrator gets the channels that it may configure and
 * delete: opener and sender must both be the owner.
 *
 * Return: 0; -EPERM; -ENODEV while the module is being loaded.
 */
int kctl_genl_get_channels_start(struct netlink_callback *cb)
{
	struct kctl_net *knet = kctl_pernet(sock_net(NETLINK_CB(cb->skb).sk));
	struct kctl_channel_cursor *cursor = (void *)cb->ctx;

	if (!knet)
		return -ENODEV;

	cursor->owner = current_fsuid();
	cursor->all = kctl_genl_is_admin(cb->skb);
	if (cursor->all)
		return 0;
	if (!READ_ONCE(knet->channels.unprivileged) ||
	    !uid_eq(kctl_genl_opener(cb->skb)->fsuid, cursor->owner))
		return -EPERM;
	return 0;
}

/**
 * kctl_genl_get_channels() - KCTL_CMD_GET_CHANNELS
 * @skb: where to put the next channels
 * @cb: the dump
 *
 * Return: length of @skb, 0 at the end of the dump.
 */
int kctl_genl_get_channels(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct kctl_channels *channels = &kctl_pernet(sock_net(skb->sk))->channels;
	struct kctl_channel_cursor *cursor = (void *)cb->ctx;
	struct kctl_channel_info channel;

	while (kctl_channels_next(channels, cursor->from, &channel)) {
		/* Skipped channels do not fill the message, so the loop may be long. */
		cond_resched();
		if ((cursor->all || uid_eq(channel.uid, cursor->owner)) &&
		    kctl_genl_put_channel(skb, cb, &channel))
			break;
		cursor->from = (u64)channel.number + 1;
	}
	return skb->len;
}

/* Not const: some kernels declare the member of the policy without it. */
static struct netlink_range_validation kctl_time_range = {
	.max = KCTL_TIME_MAX,
};

const struct nla_policy kctl_channel_policy[KCTL_A_CHANNEL_MAX + 1] = {
	[KCTL_A_CHANNEL_NUMBER]	= NLA_POLICY_MIN(NLA_U32, 1),
	[KCTL_A_CHANNEL_UID]	= { .type = NLA_U32 },
	[KCTL_A_CHANNEL_GID]	= { .type = NLA_U32 },
	[KCTL_A_CHANNEL_MODE]	= NLA_POLICY_MASK(NLA_U32, 0666),
	[KCTL_A_CHANNEL_MAX_DELIVERIES] = { .type = NLA_U32 },
	[KCTL_A_CHANNEL_DEAD_LETTER] = { .type = NLA_U32 },
	[KCTL_A_CHANNEL_RETRY_DELAY] = NLA_POLICY_FULL_RANGE(NLA_U32, &kctl_time_range),
	[KCTL_A_CHANNEL_HOLD_TIME_MAX] = NLA_POLICY_FULL_RANGE(NLA_U32, &kctl_time_range),
	[KCTL_A_CHANNEL_TTL]	= { .type = NLA_U32 },
	[KCTL_A_CHANNEL_NAME]	= { .type = NLA_NUL_STRING, .len = KCTL_NAME_SIZE - 1 },
};

/**
 * struct kctl_requester - the sender of a request
 * @caller: the credentials, as the components check them
 * @channels: the channels of its network namespace
 * @request: the request
 */
struct kctl_requester {
	struct kctl_caller	caller;
	struct kctl_channels	*channels;
	const struct sk_buff	*request;
};

static bool kctl_requester_capable(const struct kctl_caller *caller)
{
	const struct kctl_requester *requester =
		container_of(caller, struct kctl_requester, caller);

	return kctl_genl_is_admin(requester->request);
}

/*
 * As with the capability, opener and sender must both be allowed: neither can make the
 * other do what it may not do itself.
 */
static void kctl_genl_requester(const struct sk_buff *request,
				struct kctl_channels *channels,
				struct kctl_requester *requester)
{
	*requester = (struct kctl_requester) {
		.caller = {
			.cred	= current_cred(),
			.opener = kctl_genl_opener(request),
			.capable = kctl_requester_capable,
			.mode	= KCTL_CHANNEL_MODE_DEFAULT,
		},
		.channels = channels,
		.request = request,
	};
}

/* Copies the new name of a channel to @text, KCTL_NAME_SIZE bytes. */
static int kctl_genl_channel_name(struct genl_info *info, u32 number, char *text)
{
	const struct nlattr *attr = info->attrs[KCTL_A_CHANNEL_NAME];

	strscpy_pad(text, nla_data(attr), KCTL_NAME_SIZE);
	if (!*text)
		return 0;
	if (!kctl_channel_name_ok(text)) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr, "not a name for a channel");
		return -EINVAL;
	}
	if (kctl_channel_is_ephemeral(number)) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr, "an ephemeral channel has no name");
		return -EINVAL;
	}
	return 0;
}

/* Returns a negative value if the attribute is absent: no change. */
static s64 kctl_genl_get_u32(const struct genl_info *info, enum kctl_channel_attr type)
{
	return info->attrs[type] ? nla_get_u32(info->attrs[type]) : -1LL;
}

static int kctl_genl_channel_change(struct genl_info *info, struct user_namespace *user_ns,
				    struct kctl_channel_change *change)
{
	struct nlattr *uid = info->attrs[KCTL_A_CHANNEL_UID];
	struct nlattr *gid = info->attrs[KCTL_A_CHANNEL_GID];

	*change = (struct kctl_channel_change) {
		.uid	= uid ? make_kuid(user_ns, nla_get_u32(uid)) : INVALID_UID,
		.gid	= gid ? make_kgid(user_ns, nla_get_u32(gid)) : INVALID_GID,
		.mode	= kctl_genl_get_u32(info, KCTL_A_CHANNEL_MODE),
		.max_deliveries = kctl_genl_get_u32(info, KCTL_A_CHANNEL_MAX_DELIVERIES),
		.letter	= kctl_genl_get_u32(info, KCTL_A_CHANNEL_DEAD_LETTER),
		.retry_delay = kctl_genl_get_u32(info, KCTL_A_CHANNEL_RETRY_DELAY),
		.hold_time_max = kctl_genl_get_u32(info, KCTL_A_CHANNEL_HOLD_TIME_MAX),
		.ttl	= kctl_genl_get_u32(info, KCTL_A_CHANNEL_TTL),
	};
	if (uid && !uid_valid(change->uid)) {
		NL_SET_ERR_MSG_ATTR(info->extack, uid, "no such user in this user namespace");
		return -EINVAL;
	}
	if (gid && !gid_valid(change->gid)) {
		NL_SET_ERR_MSG_ATTR(info->extack, gid, "no such group in this user namespace");
		return -EINVAL;
	}
	return 0;
}

/* Common to all requests about one channel: get its number, and the requester. */
static int kctl_genl_channel_begin(struct sk_buff *request, struct genl_info *info,
				   struct kctl_requester *requester, u32 *number)
{
	struct kctl_net *knet = kctl_pernet(genl_info_net(info));

	if (!knet)
		return -ENODEV;
	if (!info->attrs[KCTL_A_CHANNEL_NUMBER]) {
		NL_SET_ERR_MSG(info->extack, "channel number is missing");
		return -EINVAL;
	}
	*number = nla_get_u32(info->attrs[KCTL_A_CHANNEL_NUMBER]);
	kctl_genl_requester(request, &knet->channels, requester);
	return 0;
}

/**
 * kctl_genl_set_channel() - KCTL_CMD_SET_CHANNEL
 * @request: the request
 * @info: its attributes
 *
 * Return: 0 or an error, see enum kctl_cmd.
 */
int kctl_genl_set_channel(struct sk_buff *request, struct genl_info *info)
{
	struct kctl_channel_change change;
	struct kctl_requester requester;
	char name[KCTL_NAME_SIZE];
	u32 number;
	int err;

	err = kctl_genl_channel_begin(request, info, &requester, &number);
	if (err)
		return err;
	err = kctl_genl_channel_change(info, sk_user_ns(NETLINK_CB(request).sk), &change);
	if (err)
		return err;
	if (info->attrs[KCTL_A_CHANNEL_NAME]) {
		err = kctl_genl_channel_name(info, number, name);
		if (err)
			return err;
		change.name = name;
	}
	err = kctl_channel_set(requester.channels, number, &requester.caller, &change);
	if (err == -EEXIST)
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[KCTL_A_CHANNEL_NAME],
				    "another channel has this name");
	return err;
}

/**
 * kctl_genl_empty_channel() - KCTL_CMD_DEL_CHANNEL and KCTL_CMD_FLUSH_CHANNEL
 * @request: the request
 * @info: its attributes
 *
 * Return: 0 or an error, see enum kctl_cmd.
 */
int kctl_genl_empty_channel(struct sk_buff *request, struct genl_info *info)
{
	struct kctl_requester requester;
	u32 number;
	int err;

	err = kctl_genl_channel_begin(request, info, &requester, &number);
	if (err)
		return err;
	if (info->genlhdr->cmd == KCTL_CMD_DEL_CHANNEL)
		return kctl_channel_delete(requester.channels, number, &requester.caller);
	return kctl_channel_flush(requester.channels, number, &requester.caller);
}
