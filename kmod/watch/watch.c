// SPDX-License-Identifier: GPL-2.0-only
/*
 * The watch: who watches, and the hooks that this takes.
 *
 * A watcher is a netlink socket. It is not known by its port alone: while a socket
 * is being closed its port is free already, and who takes it must not get records
 * that are not his. The hooks walk the list under RCU; everything else happens
 * under kctl_watch.lock.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "icmp.h"
#include "../net.h"
#include "watcher.h"

/* Every packet goes past all of them, in softirq. */
#define KCTL_WATCHERS_MAX	1024

static struct kctl_watch *kctl_watch_of(const struct net *net)
{
	return &kctl_pernet(net)->watch;
}

static struct kctl_watcher *kctl_watch_find(struct kctl_watch *watch,
					    const struct sock *sk)
{
	struct kctl_watcher *watcher;

	lockdep_assert_held(&watch->lock);
	list_for_each_entry(watcher, &watch->watchers, node)
		if (watcher->sk == sk)
			return watcher;
	return NULL;
}

static struct kctl_watcher *kctl_watch_find_closed(struct kctl_watch *watch, u32 portid)
{
	struct kctl_watcher *watcher;

	lockdep_assert_held(&watch->lock);
	list_for_each_entry(watcher, &watch->watchers, node)
		if (watcher->portid == portid && sock_flag(watcher->sk, SOCK_DEAD))
			return watcher;
	return NULL;
}

/* The status reads it without the lock. */
static unsigned int kctl_watch_add_users(struct kctl_watch *watch, enum kctl_icmp_hook hook,
					 int count)
{
	WRITE_ONCE(watch->hook_users[hook], watch->hook_users[hook] + count);
	return watch->hook_users[hook];
}

/* Unregisters those of a set of hooks that nobody needs any more. */
static void kctl_watch_put_hooks(struct net *net, struct kctl_watch *watch, u32 hooks)
{
	enum kctl_icmp_hook hook;

	for (hook = 0; hook < KCTL_ICMP_HOOKS; hook++)
		if ((hooks & BIT(hook)) && !kctl_watch_add_users(watch, hook, -1))
			kctl_icmp_unregister(net, hook);
}

static int kctl_watch_get_hooks(struct net *net, struct kctl_watch *watch, u32 hooks)
{
	enum kctl_icmp_hook hook;
	int err;

	for (hook = 0; hook < KCTL_ICMP_HOOKS; hook++) {
		if (!(hooks & BIT(hook)))
			continue;
		err = watch->hook_users[hook] ? 0 : kctl_icmp_register(net, hook);
		if (err) {
			kctl_watch_put_hooks(net, watch, hooks & (BIT(hook) - 1));
			return err;
		}
		kctl_watch_add_users(watch, hook, 1);
	}
	return 0;
}

/* Each active watcher pins the module: else it would just fall silent one day. */
static int kctl_watch_activate(struct net *net, struct kctl_watch *watch, u32 hooks)
{
	int err;

	if (!try_module_get(THIS_MODULE))
		return -ENODEV;

	err = kctl_watch_get_hooks(net, watch, hooks);
	if (err) {
		module_put(THIS_MODULE);
		return err;
	}
	watch->active++;
	return 0;
}

static void kctl_watch_deactivate(struct net *net, struct kctl_watch *watch,
				  struct kctl_watcher *watcher)
{
	kctl_watcher_stop(watcher);
	watch->active--;
	kctl_watch_put_hooks(net, watch, watcher->filter.hooks);
	module_put(THIS_MODULE);
}

static int kctl_watch_add(struct net *net, struct kctl_watch *watch,
			  struct kctl_watcher *watcher)
{
	struct kctl_watcher *old = kctl_watch_find(watch, watcher->sk);
	int err;

	if (old && !old->stopped)
		return -EBUSY;
	if (watch->active >= READ_ONCE(watch->max_watchers))
		return -ENOSPC;

	err = kctl_watch_activate(net, watch, watcher->filter.hooks);
	if (err)
		return err;

	if (old) {
		list_del_rcu(&old->node);
		kfree_rcu(old, rcu);
	}
	watcher->id = ++watch->last_id;
	list_add_tail_rcu(&watcher->node, &watch->watchers);
	return 0;
}

/**
 * kctl_watch_start() - make a netlink socket a watcher
 * @sk: the socket, which cannot be closed before this returns
 * @portid: its port
 * @filter: which packets it wants
 *
 * Context: process, may sleep.
 *
 * Return: 0; -EBUSY if it is one already; -ENOSPC if there are too many; -ENODEV if
 * the module is being unloaded; -ENOMEM.
 */
int kctl_watch_start(struct sock *sk, u32 portid, const struct kctl_filter *filter)
{
	struct kctl_watch *watch = kctl_watch_of(sock_net(sk));
	struct kctl_watcher *watcher;
	int err;

	watcher = kctl_watcher_alloc(sk, portid, filter);
	if (!watcher)
		return -ENOMEM;

	mutex_lock(&watch->lock);
	err = kctl_watch_add(sock_net(sk), watch, watcher);
	mutex_unlock(&watch->lock);

	if (err)
		kfree(watcher);
	return err;
}

/**
 * kctl_watch_stop() - send a watcher no more records
 * @sk: its socket
 * @counters: its final counters, the same however often it is stopped
 *
 * Context: process, may sleep.
 *
 * Return: 0, or -ENOENT if it was never started.
 */
int kctl_watch_stop(const struct sock *sk, struct kctl_watch_counters *counters)
{
	struct kctl_watch *watch = kctl_watch_of(sock_net(sk));
	struct kctl_watcher *watcher;

	mutex_lock(&watch->lock);
	watcher = kctl_watch_find(watch, sk);
	if (watcher) {
		if (!watcher->stopped)
			kctl_watch_deactivate(sock_net(sk), watch, watcher);
		*counters = watcher->counters;
	}
	mutex_unlock(&watch->lock);

	return watcher ? 0 : -ENOENT;
}

/**
 * kctl_watch_forget() - a netlink socket is closed: its watcher, if any, ends
 * @net: network namespace of the socket
 * @portid: its port, which can be another's by now
 *
 * Context: process, may sleep.
 */
void kctl_watch_forget(struct net *net, u32 portid)
{
	struct kctl_watch *watch = kctl_watch_of(net);
	struct kctl_watcher *watcher;

	/* Called for every socket of every family; what it started, it sees here. */
	if (list_empty(&watch->watchers))
		return;

	/*
	 * Another socket of this port can be on its way here, too. Whoever comes
	 * first takes all: each watcher has left the list before its socket is freed.
	 */
	mutex_lock(&watch->lock);
	while ((watcher = kctl_watch_find_closed(watch, portid))) {
		list_del_rcu(&watcher->node);
		if (!watcher->stopped)
			kctl_watch_deactivate(net, watch, watcher);
		kfree_rcu(watcher, rcu);
	}
	mutex_unlock(&watch->lock);
}

/**
 * kctl_watch_next() - describe one watcher after the other
 * @net: network namespace
 * @after: id of the last that was described, 0 to begin with
 * @info: description of the next that is active
 *
 * Context: process, may sleep.
 *
 * Return: whether there is one.
 */
bool kctl_watch_next(struct net *net, u64 after, struct kctl_watcher_info *info)
{
	struct kctl_watch *watch = kctl_watch_of(net);
	struct kctl_watcher *watcher;
	bool found = false;

	mutex_lock(&watch->lock);
	list_for_each_entry(watcher, &watch->watchers, node) {
		found = watcher->id > after && !watcher->stopped;
		if (found) {
			kctl_watcher_get_info(watcher, info);
			break;
		}
	}
	mutex_unlock(&watch->lock);
	return found;
}

/**
 * kctl_watch_hooks() - how many netfilter hooks are registered?
 * @watch: the watch of a network namespace
 *
 * Return: their number, none unless somebody watches.
 */
unsigned int kctl_watch_hooks(const struct kctl_watch *watch)
{
	enum kctl_icmp_hook hook;
	unsigned int count = 0;

	for (hook = 0; hook < KCTL_ICMP_HOOKS; hook++)
		if (READ_ONCE(watch->hook_users[hook]))
			count++;
	return count;
}

/**
 * kctl_watch_report() - give a packet to every watcher that asked for it
 * @net: network namespace it was seen in
 * @packet: the packet
 *
 * Context: any but hard interrupt, under RCU.
 */
void kctl_watch_report(struct net *net, const struct kctl_packet *packet)
{
	struct kctl_watch *watch = kctl_watch_of(net);
	struct kctl_watcher *watcher;

	list_for_each_entry_rcu(watcher, &watch->watchers, node)
		if (kctl_filter_match(&watcher->filter, packet))
			kctl_watcher_report(watcher, packet);
}

/**
 * kctl_watch_init() - begin with no watchers
 * @watch: the watch of a network namespace
 */
void kctl_watch_init(struct kctl_watch *watch)
{
	mutex_init(&watch->lock);
	INIT_LIST_HEAD(&watch->watchers);
	watch->max_watchers = KCTL_WATCHERS_MAX;
}

/**
 * kctl_watch_exit() - free what is left of stopped watchers
 * @watch: the watch of a network namespace. Nobody is active: an active watcher
 *	holds the module, and its socket the namespace
 */
void kctl_watch_exit(struct kctl_watch *watch)
{
	struct kctl_watcher *watcher, *next;

	WARN_ON(watch->active);
	list_for_each_entry_safe(watcher, next, &watch->watchers, node)
		kfree_rcu(watcher, rcu);
}
