// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state of network namespaces: its lifetime, and its limits (net.kctl.*).
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "channel/event.h"
#include "genl.h"
#include "net.h"

static unsigned int kctl_net_id __read_mostly;

enum kctl_sysctl {
	KCTL_SYSCTL_STORE_MAX_BYTES,
	KCTL_SYSCTL_STORE_MAX_ENTRIES,
	KCTL_SYSCTL_WATCHERS_MAX,
	KCTL_SYSCTL_WATCH_MAX_BYTES,
	KCTL_SYSCTL_CHANNELS_MAX,
	KCTL_SYSCTL_CHANNEL_MAX_MESSAGES,
	KCTL_SYSCTL_CHANNEL_MAX_BYTES,
	KCTL_SYSCTL_PROTO_MAX_BYTES,
	KCTL_SYSCTL_UNPRIVILEGED,
	KCTL_SYSCTLS
};

/* compat/const_ctl_table defines it for kernels that pass another type to handlers. */
#ifndef KCTL_CTL_TABLE
#define KCTL_CTL_TABLE	const struct ctl_table *
#endif

/* A raised limit makes room in channels, for which callers may wait. */
static int kctl_sysctl_room(KCTL_CTL_TABLE table, int write, void *buffer, size_t *size,
			    loff_t *position)
{
	int err = proc_douintvec(table, write, buffer, size, position);

	if (write && !err)
		kctl_channels_admit(table->extra1);
	return err;
}

/* Each namespace gets a copy, in which the data pointers are set. */
static const struct ctl_table kctl_sysctls[] = {
	[KCTL_SYSCTL_STORE_MAX_BYTES] = {
		.procname	= "store_max_bytes",
		.maxlen		= sizeof(unsigned long),
		.mode		= 0644,
		.proc_handler	= proc_doulongvec_minmax,
	},
	[KCTL_SYSCTL_STORE_MAX_ENTRIES] = {
		.procname	= "store_max_entries",
		.maxlen		= sizeof(unsigned int),
		.mode		= 0644,
		.proc_handler	= proc_douintvec,
	},
	[KCTL_SYSCTL_WATCHERS_MAX] = {
		.procname	= "watchers_max",
		.maxlen		= sizeof(unsigned int),
		.mode		= 0644,
		.proc_handler	= proc_douintvec,
	},
	[KCTL_SYSCTL_WATCH_MAX_BYTES] = {
		.procname	= "watch_max_bytes",
		.maxlen		= sizeof(unsigned long),
		.mode		= 0644,
		.proc_handler	= proc_doulongvec_minmax,
	},
	[KCTL_SYSCTL_CHANNELS_MAX] = {
		.procname	= "channels_max",
		.maxlen		= sizeof(unsigned int),
		.mode		= 0644,
		.proc_handler	= proc_douintvec,
	},
	[KCTL_SYSCTL_CHANNEL_MAX_MESSAGES] = {
		.procname	= "channel_max_messages",
		.maxlen		= sizeof(unsigned int),
		.mode		= 0644,
		.proc_handler	= kctl_sysctl_room,
	},
	[KCTL_SYSCTL_CHANNEL_MAX_BYTES] = {
		.procname	= "channel_max_bytes",
		.maxlen		= sizeof(unsigned int),
		.mode		= 0644,
		.proc_handler	= kctl_sysctl_room,
	},
	[KCTL_SYSCTL_PROTO_MAX_BYTES] = {
		.procname	= "proto_max_bytes",
		.maxlen		= sizeof(unsigned long),
		.mode		= 0644,
		.proc_handler	= proc_doulongvec_minmax,
	},
	[KCTL_SYSCTL_UNPRIVILEGED] = {
		.procname	= "unprivileged",
		.maxlen		= sizeof(int),
		.mode		= 0644,
		.proc_handler	= proc_dointvec_minmax,
		.extra1		= SYSCTL_ZERO,
		.extra2		= SYSCTL_ONE,
	},
	[KCTL_SYSCTLS] = { } /* kernels before 6.6 look for the end, later ones count */
};

/**
 * kctl_pernet() - find the state of a network namespace for a caller
 * @net: the namespace
 *
 * If the init function of a module fails, the module is freed without waiting for
 * callers, even for those that hold a reference to it. So no caller is served until it
 * has succeeded, and an early caller leaves nothing behind.
 *
 * Return: the state, which lives as long as @net and the module do; NULL while the
 * module is being loaded.
 */
struct kctl_net *kctl_pernet(const struct net *net)
{
	if (unlikely(READ_ONCE(THIS_MODULE->state) == MODULE_STATE_COMING))
		return NULL;
	return net_generic(net, kctl_net_id);
}

static void kctl_sysctl_set_data(struct ctl_table *table, struct kctl_net *knet)
{
	table[KCTL_SYSCTL_STORE_MAX_BYTES].data = &knet->store.max_bytes;
	table[KCTL_SYSCTL_STORE_MAX_ENTRIES].data = &knet->store.max_entries;
	table[KCTL_SYSCTL_WATCHERS_MAX].data = &knet->watch.max_watchers;
	table[KCTL_SYSCTL_WATCH_MAX_BYTES].data = &knet->watch.max_rcvbufs;
	table[KCTL_SYSCTL_CHANNELS_MAX].data = &knet->channels.max_channels;
	table[KCTL_SYSCTL_CHANNEL_MAX_MESSAGES].data = &knet->channels.max_messages;
	table[KCTL_SYSCTL_CHANNEL_MAX_BYTES].data = &knet->channels.max_bytes;
	table[KCTL_SYSCTL_CHANNEL_MAX_MESSAGES].extra1 = &knet->channels;
	table[KCTL_SYSCTL_CHANNEL_MAX_BYTES].extra1 = &knet->channels;
	table[KCTL_SYSCTL_PROTO_MAX_BYTES].data = &knet->channels.max_memory;
	table[KCTL_SYSCTL_UNPRIVILEGED].data = &knet->channels.unprivileged;
}

/*
 * The limits protect the host. In a namespace that the initial user namespace does
 * not own, root is not the administrator of the host, and the limits are read-only.
 */
static int kctl_sysctl_register(struct net *net, struct kctl_net *knet)
{
	struct ctl_table *table;
	size_t i;

	table = kmemdup(kctl_sysctls, sizeof(kctl_sysctls), GFP_KERNEL_ACCOUNT);
	if (!table)
		return -ENOMEM;

	kctl_sysctl_set_data(table, knet);
	for (i = 0; net->user_ns != &init_user_ns && i < KCTL_SYSCTLS; i++)
		table[i].mode = 0444;

	knet->sysctl_header = register_net_sysctl_sz(net, "net/kctl", table, KCTL_SYSCTLS);
	if (!knet->sysctl_header) {
		kfree(table);
		return -ENOMEM;
	}
	knet->sysctl_table = table;
	return 0;
}

static void kctl_sysctl_unregister(struct kctl_net *knet)
{
	unregister_net_sysctl_table(knet->sysctl_header);
	kfree(knet->sysctl_table);
}

static void kctl_net_store_changed(struct kctl_store *store, enum kctl_store_action action,
				   const char *name)
{
	struct kctl_net *knet = container_of(store, struct kctl_net, store);

	kctl_genl_send_store_event(knet->net, action, store->generation, name);
}

static bool kctl_net_events_wanted(const struct kctl_channels *channels)
{
	return kctl_genl_wants_proto_events(container_of(channels, struct kctl_net,
							 channels)->net);
}

static void kctl_net_send_event(const struct kctl_channels *channels,
				const struct kctl_event *event)
{
	kctl_genl_send_proto_event(container_of(channels, struct kctl_net, channels)->net, event);
}

static const struct kctl_event_ops kctl_net_event_ops = {
	.wanted	= kctl_net_events_wanted,
	.send	= kctl_net_send_event,
};

/* A new namespace begins with the defaults, or the host's limits if those are lower. */
static void kctl_net_inherit(struct kctl_net *knet, const struct kctl_net *host)
{
	struct kctl_channels *channels = &knet->channels;
	struct kctl_store *store = &knet->store;
	struct kctl_watch *watch = &knet->watch;

	store->max_bytes = min(store->max_bytes, READ_ONCE(host->store.max_bytes));
	store->max_entries = min(store->max_entries, READ_ONCE(host->store.max_entries));
	watch->max_watchers = min(watch->max_watchers, READ_ONCE(host->watch.max_watchers));
	watch->max_rcvbufs = min(watch->max_rcvbufs, READ_ONCE(host->watch.max_rcvbufs));
	channels->max_channels = min(channels->max_channels,
				     READ_ONCE(host->channels.max_channels));
	channels->max_messages = min(channels->max_messages,
				     READ_ONCE(host->channels.max_messages));
	channels->max_bytes = min(channels->max_bytes, READ_ONCE(host->channels.max_bytes));
	channels->max_memory = min(channels->max_memory, READ_ONCE(host->channels.max_memory));
}

static int __net_init kctl_pernet_init(struct net *net)
{
	struct kctl_net *knet = net_generic(net, kctl_net_id);
	int err;

	knet->net = net;
	err = kctl_store_init(&knet->store, kctl_net_store_changed);
	if (err)
		return err;

	kctl_watch_init(&knet->watch, net, kctl_genl_send_records);
	kctl_channels_init(&knet->channels, &kctl_net_event_ops);
	kctl_net_inherit(knet, net_generic(&init_net, kctl_net_id));

	err = kctl_sysctl_register(net, knet);
	if (err)
		goto exit_components;
	return 0;

exit_components:
	kctl_channels_exit(&knet->channels);
	kctl_watch_exit(&knet->watch);
	kctl_store_exit(&knet->store);
	return err;
}

static void __net_exit kctl_pernet_exit(struct net *net)
{
	struct kctl_net *knet = net_generic(net, kctl_net_id);

	kctl_sysctl_unregister(knet);
	kctl_channels_exit(&knet->channels);
	kctl_watch_exit(&knet->watch);
	kctl_store_exit(&knet->store);
}

static struct pernet_operations kctl_pernet_ops = {
	.init	= kctl_pernet_init,
	.exit	= kctl_pernet_exit,
	.id	= &kctl_net_id,
	.size	= sizeof(struct kctl_net),
};

/**
 * kctl_net_init() - set up the state of all present and future network namespaces
 *
 * Return: 0, or -ENOMEM.
 */
int __init kctl_net_init(void)
{
	return register_pernet_subsys(&kctl_pernet_ops);
}

/**
 * kctl_net_exit() - free the state of every network namespace
 *
 * The interfaces are unregistered.
 */
void kctl_net_exit(void)
{
	unregister_pernet_subsys(&kctl_pernet_ops);
}
