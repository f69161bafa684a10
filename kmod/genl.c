// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family: its requests, their privileges, and the status. The
 * genl.c of watch/ and channel/ have the other requests.
 */
#include <linux/capability.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/pid_namespace.h>
#include <linux/user_namespace.h>
#include <net/sock.h>

#include "channel/event.h"
#include "channel/proto.h"
#include "genl.h"
#include "net.h"

/* For requests that take no attributes: without a policy, attributes would be ignored. */
static const struct nla_policy kctl_no_policy[] = {
	[1] = { .type = NLA_REJECT },
};

/**
 * kctl_genl_opener() - find the credentials of the process that opened a socket
 * @request: a request of the socket, whose sendmsg(2) has not returned
 *
 * netlink_ns_capable() and sk_user_ns() read the same file, but do not return its
 * credentials. The file cannot be NULL: a request is processed in its sendmsg(2), and
 * the system call holds the file of the socket. A kernel socket has no file, but the
 * kernel sends no request to this family.
 *
 * Return: the credentials, without a reference.
 */
const struct cred *kctl_genl_opener(const struct sk_buff *request)
{
	return NETLINK_CB(request).sk->sk_socket->file->f_cred;
}

/**
 * kctl_genl_is_admin() - check a request for CAP_NET_ADMIN
 * @request: the request, as for kctl_genl_opener()
 *
 * Sender and opener of the socket must both have it: neither can make the other do what
 * it may not do itself. netlink_ns_capable(), and so GENL_UNS_ADMIN_PERM, does not
 * check the opener if the request was sent with an address, even that of the kernel.
 *
 * Return: whether both have the capability over the network namespace.
 */
bool kctl_genl_is_admin(const struct sk_buff *request)
{
	const struct sock *sk = NETLINK_CB(request).sk;
	struct user_namespace *user_ns = sock_net(sk)->user_ns;

	return file_ns_capable(sk->sk_socket->file, user_ns, CAP_NET_ADMIN) &&
	       ns_capable(user_ns, CAP_NET_ADMIN);
}

/**
 * kctl_genl_reply_new() - begin a reply
 * @info: the request
 * @header: set to the header of the reply, for kctl_genl_reply()
 *
 * Return: the reply; NULL without memory.
 */
struct sk_buff *kctl_genl_reply_new(struct genl_info *info, void **header)
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

/**
 * kctl_genl_reply() - send a reply
 * @skb: the reply
 * @header: from kctl_genl_reply_new()
 * @info: the request
 *
 * Return: 0 or an error of genlmsg_reply().
 */
int kctl_genl_reply(struct sk_buff *skb, void *header, struct genl_info *info)
{
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

static_assert(sizeof(struct kctl_pid) == 8);

/* in_userns() is not exported. */
static bool kctl_userns_is_within(const struct user_namespace *ns,
				  const struct user_namespace *outer)
{
	while (ns->level > outer->level)
		ns = ns->parent;
	return ns == outer;
}

/**
 * kctl_genl_put_pids() - name a process in an event
 * @skb: the event
 * @attr: attribute for a struct kctl_pid
 * @process: the process
 * @user_ns: the user namespace of the process
 * @owner: the user namespace that owns the network namespace
 *
 * An event goes to all listeners, in whatever pid namespace, so it has the number of the
 * process in each. A container does not learn the numbers outside of it, except that of its
 * own process in a pid namespace that it was given.
 *
 * Return: 0 or -EMSGSIZE.
 */
int kctl_genl_put_pids(struct sk_buff *skb, int attr, const struct pid *process,
		       const struct user_namespace *user_ns,
		       const struct user_namespace *owner)
{
	bool is_own = kctl_userns_is_within(user_ns, owner);
	int level;

	for (level = process->level; level >= 0; level--, is_own = false) {
		const struct upid *at = &process->numbers[level];
		struct kctl_pid number = { .pid = at->nr, .ns = at->ns->ns.inum };

		if (!is_own && !kctl_userns_is_within(at->ns->user_ns, owner))
			break;
		if (nla_put(skb, attr, sizeof(number), &number))
			return -EMSGSIZE;
	}
	return 0;
}

/* A dump outlives its request, so it must not start while the module is being loaded. */
static int kctl_genl_dump_start(struct netlink_callback *cb)
{
	if (!kctl_genl_is_admin(cb->skb))
		return -EPERM;
	return kctl_pernet(sock_net(NETLINK_CB(cb->skb).sk)) ? 0 : -ENODEV;
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

static int kctl_genl_put_channels(struct sk_buff *skb, struct kctl_channels *channels)
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
			      READ_ONCE(channels->max_memory), KCTL_A_STATUS_PAD) ||
	    nla_put_u64_64bit(skb, KCTL_A_STATUS_PROTO_EVENTS, kctl_events_sent(channels),
			      KCTL_A_STATUS_PAD))
		return -EMSGSIZE;
	return 0;
}

static int kctl_genl_put_status(struct sk_buff *skb, struct kctl_net *knet)
{
	if (nla_put_string(skb, KCTL_A_STATUS_MODULE_VERSION, KCTL_VERSION) ||
	    nla_put_u32(skb, KCTL_A_STATUS_ABI_VERSION, KCTL_ABI_VERSION) ||
	    nla_put_u32(skb, KCTL_A_STATUS_FAMILY, kctl_proto_family()) ||
	    nla_put_u32(skb, KCTL_A_STATUS_WATCHERS, READ_ONCE(knet->watch.active)) ||
	    nla_put_u32(skb, KCTL_A_STATUS_WATCHERS_MAX,
			READ_ONCE(knet->watch.max_watchers)) ||
	    nla_put_u64_64bit(skb, KCTL_A_STATUS_WATCH_BYTES,
			      READ_ONCE(knet->watch.rcvbufs), KCTL_A_STATUS_PAD) ||
	    nla_put_u64_64bit(skb, KCTL_A_STATUS_WATCH_MAX_BYTES,
			      READ_ONCE(knet->watch.max_rcvbufs), KCTL_A_STATUS_PAD) ||
	    nla_put_u32(skb, KCTL_A_STATUS_HOOKS, kctl_watch_hooks(&knet->watch)) ||
	    nla_put_u32(skb, KCTL_A_STATUS_SOCKETS, kctl_proto_sockets(knet->net)))
		return -EMSGSIZE;

	return kctl_genl_put_store(skb, &knet->store) ?:
	       kctl_genl_put_channels(skb, &knet->channels);
}

static int kctl_genl_get_status(struct sk_buff *request, struct genl_info *info)
{
	struct kctl_net *knet = kctl_pernet(genl_info_net(info));
	struct sk_buff *skb;
	void *header;

	if (!knet)
		return -ENODEV;

	skb = kctl_genl_reply_new(info, &header);
	if (!skb)
		return -ENOMEM;

	if (kctl_genl_put_status(skb, knet)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	return kctl_genl_reply(skb, header, info);
}

static const struct genl_multicast_group kctl_genl_groups[] = {
	[KCTL_GENL_GROUP_STORE_ID] = {
		.name	= KCTL_GENL_GROUP_STORE,
		.flags	= GENL_MCAST_CAP_NET_ADMIN,
	},
	[KCTL_GENL_GROUP_PROTO_ID] = {
		.name	= KCTL_GENL_GROUP_PROTO,
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
		.maxattr	= KCTL_A_WATCH_MAX,
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
		.policy		= kctl_no_policy,
		.maxattr	= ARRAY_SIZE(kctl_no_policy) - 1,
		.start		= kctl_genl_get_channels_start,
		.dumpit		= kctl_genl_get_channels,
	},
	{
		.cmd		= KCTL_CMD_GET_WATCHERS,
		.flags		= GENL_UNS_ADMIN_PERM,
		.policy		= kctl_no_policy,
		.maxattr	= ARRAY_SIZE(kctl_no_policy) - 1,
		.start		= kctl_genl_dump_start,
		.dumpit		= kctl_genl_get_watchers,
	},
	{
		.cmd		= KCTL_CMD_SET_CHANNEL,
		.policy		= kctl_channel_policy,
		.maxattr	= KCTL_A_CHANNEL_MAX,
		.doit		= kctl_genl_set_channel,
	},
	{
		.cmd		= KCTL_CMD_DEL_CHANNEL,
		.policy		= kctl_channel_policy,
		.maxattr	= KCTL_A_CHANNEL_MAX,
		.doit		= kctl_genl_empty_channel,
	},
	{
		.cmd		= KCTL_CMD_FLUSH_CHANNEL,
		.policy		= kctl_channel_policy,
		.maxattr	= KCTL_A_CHANNEL_MAX,
		.doit		= kctl_genl_empty_channel,
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
	struct kctl_net *knet;

	if (event != NETLINK_URELEASE || notify->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;

	knet = kctl_pernet(notify->net);
	if (knet)
		kctl_watch_forget(&knet->watch, notify->portid);
	return NOTIFY_DONE;
}

static struct notifier_block kctl_genl_notifier = {
	.notifier_call = kctl_genl_notify,
};

/**
 * kctl_genl_init() - register the generic netlink family
 *
 * Return: 0; -EBUSY if another family has the name; -ENOMEM.
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
	/* Module loaders take -EEXIST to mean that the module is loaded already. */
	return err == -EEXIST ? -EBUSY : err;
}

/**
 * kctl_genl_exit() - unregister the generic netlink family
 */
void kctl_genl_exit(void)
{
	genl_unregister_family(&kctl_genl_family);
	netlink_unregister_notifier(&kctl_genl_notifier);
}
