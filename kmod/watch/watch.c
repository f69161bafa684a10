// SPDX-License-Identifier: GPL-2.0-only
/*
 * The watch: the list of watchers, and the netfilter hooks that feed it.
 *
 * A watcher is identified by its netlink socket, not by its port alone: while a
 * socket is being closed its port is already free, and the next owner of the port
 * must not get records of the last one. Hooks walk the list under RCU; everything
 * else happens under kctl_watch.lock.
 */
#include <linux/module.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "pass.h"
#include "watch.h"

/* Every packet passes all active watchers, in softirq. */
#define KCTL_WATCHERS_MAX	1024

/*
 * Room for KCTL_WATCHERS_MAX receive buffers of 2 * 212,992 bytes, the default of
 * net.core.rmem_max, which an unprivileged socket cannot exceed (socket(7)).
 */
#define KCTL_WATCH_MAX_RCVBUFS	SZ_512M

static bool kctl_watch_pass_counts(const struct kctl_watch_hook *hook,
				   const struct kctl_packet *packet,
				   const struct nf_hook_state *state)
{
	return kctl_hook_is_in(hook->number) ? kctl_pass_in_counts(packet->skb, state, hook) :
					       kctl_pass_out_counts(packet->skb, state);
}

/*
 * Runs under RCU, which netfilter holds around its hooks. The pass of a packet is checked
 * only if a watcher wants the packet, and only once for all watchers.
 */
static void kctl_watch_report(const struct kctl_watch_hook *hook, struct kctl_packet *packet,
			      const struct nf_hook_state *state)
{
	struct kctl_watcher *watcher;
	bool counts = false;

	packet->hook = hook->number;
	packet->ifindex = (kctl_hook_is_in(hook->number) ? state->in : state->out)->ifindex;
	list_for_each_entry_rcu(watcher, &hook->watch->watchers, node) {
		if (!kctl_filter_match(&watcher->filter, packet))
			continue;
		counts = counts || kctl_watch_pass_counts(hook, packet, state);
		if (!counts)
			return;
		kctl_watcher_report(watcher, packet);
	}
}

static unsigned int kctl_watch_hook4(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	struct kctl_packet packet;

	if (kctl_icmp_parse4(&packet, skb))
		kctl_watch_report(priv, &packet, state);
	return NF_ACCEPT;
}

static unsigned int kctl_watch_hook6(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	struct kctl_packet packet;

	if (kctl_icmp_parse6(&packet, skb))
		kctl_watch_report(priv, &packet, state);
	return NF_ACCEPT;
}

/*
 * Incoming packets are seen before anything defragments, translates or drops them,
 * outgoing packets after all that, except source NAT.
 */
static const struct nf_hook_ops kctl_watch_ops[KCTL_ICMP_HOOKS] = {
	[KCTL_ICMP_IN4] = {
		.hook		= kctl_watch_hook4,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_PRE_ROUTING,
		.priority	= NF_IP_PRI_FIRST,
	},
	[KCTL_ICMP_OUT4] = {
		.hook		= kctl_watch_hook4,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_LOCAL_OUT,
		.priority	= NF_IP_PRI_LAST,
	},
	[KCTL_ICMP_IN6] = {
		.hook		= kctl_watch_hook6,
		.pf		= NFPROTO_IPV6,
		.hooknum	= NF_INET_PRE_ROUTING,
		.priority	= NF_IP6_PRI_FIRST,
	},
	[KCTL_ICMP_OUT6] = {
		.hook		= kctl_watch_hook6,
		.pf		= NFPROTO_IPV6,
		.hooknum	= NF_INET_LOCAL_OUT,
		.priority	= NF_IP6_PRI_LAST,
	},
};

static struct kctl_watcher *kctl_watch_find(struct kctl_watch *watch,
					    const struct sock *sk, u32 portid)
{
	struct kctl_watcher *watcher = xa_load(&watch->sockets, portid);

	lockdep_assert_held(&watch->lock);
	while (watcher && watcher->sk != sk)
		watcher = watcher->same_port;
	return watcher;
}

static struct kctl_watcher *kctl_watch_find_closed(struct kctl_watch *watch, u32 portid)
{
	struct kctl_watcher *watcher = xa_load(&watch->sockets, portid);

	lockdep_assert_held(&watch->lock);
	while (watcher && !sock_flag(watcher->sk, SOCK_DEAD))
		watcher = watcher->same_port;
	return watcher;
}

static int kctl_watch_add_socket(struct kctl_watch *watch, struct kctl_watcher *watcher)
{
	watcher->same_port = xa_load(&watch->sockets, watcher->portid);
	return xa_err(xa_store(&watch->sockets, watcher->portid, watcher,
			       GFP_KERNEL_ACCOUNT));
}

/* Cannot fail: xa_erase() and xa_store() of an existing index at most free memory. */
static void kctl_watch_del_socket(struct kctl_watch *watch, struct kctl_watcher *watcher)
{
	struct kctl_watcher *at = xa_load(&watch->sockets, watcher->portid);

	if (at == watcher) {
		if (watcher->same_port)
			xa_store(&watch->sockets, watcher->portid, watcher->same_port, 0);
		else
			xa_erase(&watch->sockets, watcher->portid);
		return;
	}
	while (at->same_port != watcher)
		at = at->same_port;
	at->same_port = watcher->same_port;
}

/* GET_STATUS reads the number without the lock. */
static unsigned int kctl_watch_add_users(struct kctl_watch_hook *hook, int count)
{
	WRITE_ONCE(hook->users, hook->users + count);
	return hook->users;
}

/* Unregisters the hooks of a set that no active watcher needs any more. */
static void kctl_watch_put_hooks(struct kctl_watch *watch, u32 hooks)
{
	struct kctl_watch_hook *hook;

	for (hook = watch->hooks; hook < watch->hooks + KCTL_ICMP_HOOKS; hook++)
		if ((hooks & BIT(hook->number)) && !kctl_watch_add_users(hook, -1))
			nf_unregister_net_hook(watch->net, &hook->ops);
}

static int kctl_watch_get_hooks(struct kctl_watch *watch, u32 hooks)
{
	struct kctl_watch_hook *hook;
	int err;

	for (hook = watch->hooks; hook < watch->hooks + KCTL_ICMP_HOOKS; hook++) {
		if (!(hooks & BIT(hook->number)))
			continue;
		err = hook->users ? 0 : nf_register_net_hook(watch->net, &hook->ops);
		if (err) {
			kctl_watch_put_hooks(watch, hooks & (BIT(hook->number) - 1));
			return err;
		}
		kctl_watch_add_users(hook, 1);
	}
	return 0;
}

/*
 * An active watcher pins the module. Otherwise an unload would silence the watcher
 * without notice. The module takes this reference on itself, and the caller holds
 * none. That is safe: once the module is going, try_module_get() fails, and the exit
 * function unregisters the family, which waits until this request has returned.
 */
static int kctl_watch_activate(struct kctl_watch *watch, u32 hooks)
{
	int err;

	if (!try_module_get(THIS_MODULE))
		return -ENODEV;

	err = kctl_watch_get_hooks(watch, hooks);
	if (err) {
		module_put(THIS_MODULE);
		return err;
	}
	watch->active++;
	return 0;
}

static void kctl_watch_deactivate(struct kctl_watch *watch, struct kctl_watcher *watcher)
{
	list_del_rcu(&watcher->node);
	kctl_watcher_stop(watcher);
	watch->active--;
	kctl_watch_put_hooks(watch, watcher->filter.hooks);
	module_put(THIS_MODULE);
}

/* Checks the limits; @old is the stopped watcher of the same socket, or NULL. */
static int kctl_watch_may_add(const struct kctl_watch *watch,
			      const struct kctl_watcher *watcher,
			      const struct kctl_watcher *old)
{
	unsigned long rcvbufs = watch->rcvbufs - (old ? old->rcvbuf : 0);

	if ((!old && watch->count >= READ_ONCE(watch->max_watchers)) ||
	    rcvbufs + watcher->rcvbuf > READ_ONCE(watch->max_rcvbufs))
		return -ENOSPC;
	return 0;
}

/* Ends a stopped watcher. A hook may still see it for a moment. */
static void kctl_watch_remove(struct kctl_watch *watch, struct kctl_watcher *watcher)
{
	kctl_watch_del_socket(watch, watcher);
	watch->count--;
	WRITE_ONCE(watch->rcvbufs, watch->rcvbufs - watcher->rcvbuf);
	kfree_rcu(watcher, rcu);
}

static int kctl_watch_add(struct kctl_watch *watch, struct kctl_watcher *watcher)
{
	struct kctl_watcher *old = kctl_watch_find(watch, watcher->sk, watcher->portid);
	int err;

	if (old && !old->stopped)
		return -EBUSY;
	err = kctl_watch_may_add(watch, watcher, old) ?:
	      kctl_watch_add_socket(watch, watcher);
	if (err)
		return err;

	err = kctl_watch_activate(watch, watcher->filter.hooks);
	if (err) {
		kctl_watch_del_socket(watch, watcher);
		return err;
	}

	if (old)
		kctl_watch_remove(watch, old);
	watch->count++;
	WRITE_ONCE(watch->rcvbufs, watch->rcvbufs + watcher->rcvbuf);
	watcher->id = ++watch->last_id;
	list_add_tail_rcu(&watcher->node, &watch->watchers);
	return 0;
}

/**
 * kctl_watch_start() - make a netlink socket a watcher
 * @watch: the watch of its network namespace
 * @sk: the socket, which cannot be closed before this returns
 * @portid: port of @sk
 * @filter: its filter
 *
 * Context: process, may sleep.
 *
 * Return: 0; -EBUSY if the socket is an active watcher already; -ENOSPC if the
 * namespace has too many watchers, or their receive buffers are too large; -ENODEV if
 * the module is being unloaded; -ENOMEM.
 */
int kctl_watch_start(struct kctl_watch *watch, struct sock *sk, u32 portid,
		     const struct kctl_filter *filter)
{
	struct kctl_watcher *watcher;
	int err;

	watcher = kctl_watcher_alloc(sk, portid, filter, watch->send);
	if (!watcher)
		return -ENOMEM;

	mutex_lock(&watch->lock);
	err = kctl_watch_add(watch, watcher);
	mutex_unlock(&watch->lock);

	if (err)
		kctl_watcher_free(watcher);
	return err;
}

/**
 * kctl_watch_stop() - stop sending records to a watcher
 * @watch: the watch of its network namespace
 * @sk: its socket
 * @portid: port of @sk
 * @counters: set to its final counters, the same however often it is stopped
 *
 * Context: process, may sleep.
 *
 * Return: 0, or -ENOENT if the socket was never a watcher.
 */
int kctl_watch_stop(struct kctl_watch *watch, const struct sock *sk, u32 portid,
		    struct kctl_watch_counters *counters)
{
	struct kctl_watcher *watcher;

	mutex_lock(&watch->lock);
	watcher = kctl_watch_find(watch, sk, portid);
	if (watcher) {
		if (!watcher->stopped)
			kctl_watch_deactivate(watch, watcher);
		*counters = watcher->counters;
	}
	mutex_unlock(&watch->lock);

	return watcher ? 0 : -ENOENT;
}

/**
 * kctl_watch_forget() - end the watcher of a netlink socket that is closed
 * @watch: the watch of the socket's network namespace
 * @portid: port of the socket, which may already belong to another socket
 *
 * Context: process, may sleep.
 */
void kctl_watch_forget(struct kctl_watch *watch, u32 portid)
{
	struct kctl_watcher *watcher;

	/*
	 * Called for every socket of every generic netlink family; nearly all of them were
	 * never watchers. A socket that was a watcher sees its own entry of the table.
	 */
	if (xa_empty(&watch->sockets))
		return;

	/*
	 * A second closed socket of the same port may be on its way here. The first
	 * call ends both: each watcher is removed before its socket is freed.
	 */
	mutex_lock(&watch->lock);
	while ((watcher = kctl_watch_find_closed(watch, portid))) {
		if (!watcher->stopped)
			kctl_watch_deactivate(watch, watcher);
		kctl_watch_remove(watch, watcher);
	}
	mutex_unlock(&watch->lock);
}

/**
 * kctl_watch_next() - describe the next active watcher
 * @watch: the watch of a network namespace
 * @after: id of the last described watcher, 0 to begin with
 * @info: filled in
 *
 * Context: process, may sleep.
 *
 * Return: true if there is one.
 */
bool kctl_watch_next(struct kctl_watch *watch, u64 after, struct kctl_watcher_info *info)
{
	struct kctl_watcher *watcher;
	bool found = false;

	mutex_lock(&watch->lock);
	list_for_each_entry(watcher, &watch->watchers, node) {
		found = watcher->id > after;
		if (found) {
			kctl_watcher_get_info(watcher, info);
			break;
		}
	}
	mutex_unlock(&watch->lock);
	return found;
}

/**
 * kctl_watch_hooks() - count the registered netfilter hooks
 * @watch: the watch of a network namespace
 *
 * Return: their number, 0 without active watchers.
 */
unsigned int kctl_watch_hooks(const struct kctl_watch *watch)
{
	const struct kctl_watch_hook *hook;
	unsigned int count = 0;

	for (hook = watch->hooks; hook < watch->hooks + KCTL_ICMP_HOOKS; hook++)
		if (READ_ONCE(hook->users))
			count++;
	return count;
}

/**
 * kctl_watch_init() - begin without watchers
 * @watch: the watch of a network namespace
 * @net: the namespace
 * @send: sends a batch of records to a watcher
 */
void kctl_watch_init(struct kctl_watch *watch, struct net *net, kctl_watcher_send_fn *send)
{
	enum kctl_icmp_hook number;

	mutex_init(&watch->lock);
	INIT_LIST_HEAD(&watch->watchers);
	xa_init_flags(&watch->sockets, XA_FLAGS_ACCOUNT);
	watch->net = net;
	watch->send = send;
	watch->max_watchers = KCTL_WATCHERS_MAX;
	watch->max_rcvbufs = KCTL_WATCH_MAX_RCVBUFS;

	for (number = 0; number < KCTL_ICMP_HOOKS; number++) {
		struct kctl_watch_hook *hook = &watch->hooks[number];

		hook->ops = kctl_watch_ops[number];
		hook->ops.priv = hook;
		hook->watch = watch;
		hook->number = number;
	}
}

/**
 * kctl_watch_exit() - free the remaining stopped watchers
 * @watch: the watch of a network namespace. No watcher is active: an active watcher
 *	holds the module, and its socket the namespace
 */
void kctl_watch_exit(struct kctl_watch *watch)
{
	struct kctl_watcher *watcher, *next;
	unsigned long portid;

	WARN_ON(watch->active);
	xa_for_each(&watch->sockets, portid, watcher) {
		for (; watcher; watcher = next) {
			next = watcher->same_port;
			kfree_rcu(watcher, rcu);
		}
	}
	xa_destroy(&watch->sockets);
}
