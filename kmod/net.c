// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state of network namespaces: its lifetime, and its limits (net.kctl.*).
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <net/netns/generic.h>

#include "genl.h"
#include "net.h"

static unsigned int kctl_net_id __read_mostly;

static const struct ctl_table kctl_sysctls[] = {
	{
		.procname	= "store_max_bytes",
		.data		= (void *)offsetof(struct kctl_net, store.max_bytes),
		.maxlen		= sizeof(unsigned long),
		.mode		= 0644,
		.proc_handler	= proc_doulongvec_minmax,
	},
	{
		.procname	= "store_max_entries",
		.data		= (void *)offsetof(struct kctl_net, store.max_entries),
		.maxlen		= sizeof(unsigned int),
		.mode		= 0644,
		.proc_handler	= proc_douintvec,
	},
	{
		.procname	= "watchers_max",
		.data		= (void *)offsetof(struct kctl_net, watch.max_watchers),
		.maxlen		= sizeof(unsigned int),
		.mode		= 0644,
		.proc_handler	= proc_douintvec,
	},
	{
		.procname	= "channels_max",
		.data		= (void *)offsetof(struct kctl_net, channels.max_channels),
		.maxlen		= sizeof(unsigned int),
		.mode		= 0644,
		.proc_handler	= proc_douintvec,
	},
	{
		.procname	= "channel_max_messages",
		.data		= (void *)offsetof(struct kctl_net, channels.max_messages),
		.maxlen		= sizeof(unsigned int),
		.mode		= 0644,
		.proc_handler	= proc_douintvec,
	},
	{
		.procname	= "channel_max_bytes",
		.data		= (void *)offsetof(struct kctl_net, channels.max_bytes),
		.maxlen		= sizeof(unsigned int),
		.mode		= 0644,
		.proc_handler	= proc_douintvec,
	},
	{
		.procname	= "proto_max_bytes",
		.data		= (void *)offsetof(struct kctl_net, channels.max_memory),
		.maxlen		= sizeof(unsigned long),
		.mode		= 0644,
		.proc_handler	= proc_doulongvec_minmax,
	},
	{
		.procname	= "unprivileged",
		.data		= (void *)offsetof(struct kctl_net, channels.unprivileged),
		.maxlen		= sizeof(int),
		.mode		= 0644,
		.proc_handler	= proc_dointvec_minmax,
		.extra1		= SYSCTL_ZERO,
		.extra2		= SYSCTL_ONE,
	},
	{ } /* kernels before 6.6 look for the end, later ones count */
};

#define KCTL_SYSCTLS	(ARRAY_SIZE(kctl_sysctls) - 1)

/**
 * kctl_pernet() - find the state of a network namespace for a caller
 * @net: the namespace
 *
 * If the init function of a module fails, the module is freed without waiting for
 * callers, even for those that hold a reference to it. So nothing is served until
 * it has succeeded, and a caller that comes early leaves nothing behind.
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

/*
 * The limits protect the host. In a namespace whose owner is not the initial
 * user namespace root is not the host's administrator: read, but do not write.
 */
static int kctl_sysctl_register(struct net *net, struct kctl_net *knet)
{
	struct ctl_table *table;
	size_t i;

	table = kmemdup(kctl_sysctls, sizeof(kctl_sysctls), GFP_KERNEL_ACCOUNT);
	if (!table)
		return -ENOMEM;

	for (i = 0; i < KCTL_SYSCTLS; i++) {
		table[i].data = (void *)knet + (size_t)table[i].data;
		if (net->user_ns != &init_user_ns)
			table[i].mode = 0444;
	}

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

static int __net_init kctl_pernet_init(struct net *net)
{
	struct kctl_net *knet = net_generic(net, kctl_net_id);
	int err;

	knet->net = net;
	err = kctl_store_init(&knet->store, kctl_net_store_changed);
	if (err)
		return err;

	kctl_watch_init(&knet->watch, net, kctl_genl_send_records);
	kctl_channels_init(&knet->channels);

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
 * kctl_net_init() - set up the state of every network namespace, now and later
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
