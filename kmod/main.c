// SPDX-License-Identifier: GPL-2.0-only
/*
 * kctl: three doors between user space and the kernel; see <linux/kctl.h>.
 */
#include <linux/module.h>
#include <linux/rcupdate.h>

#include "genl.h"
#include "main.h"
#include "net.h"
#include "channel/proto.h"
#include "store/sockopt.h"

static bool kctl_open;

/**
 * kctl_is_open() - may callers come in?
 *
 * Nothing waits for callers when the init function of a module fails, and their
 * references to it do not count. So until nothing can fail any more the doors are
 * there, but shut: nobody who comes early leaves anything behind.
 *
 * Return: whether the module has been initialised.
 */
bool kctl_is_open(void)
{
	return READ_ONCE(kctl_open);
}

static int __init kctl_init(void)
{
	int err;

	err = kctl_message_init();
	if (err)
		return err;

	err = kctl_net_init();
	if (err)
		goto exit_message;

	err = kctl_genl_init();
	if (err)
		goto exit_net;

	err = kctl_proto_init();
	if (err)
		goto exit_genl;

	err = kctl_sockopt_init();
	if (err)
		goto exit_proto;

	WRITE_ONCE(kctl_open, true);
	return 0;

exit_proto:
	kctl_proto_exit();
exit_genl:
	kctl_genl_exit();
exit_net:
	kctl_net_exit();
exit_message:
	kctl_message_exit();
	/* Whoever found a door shut is still on the way out: these few lines. */
	synchronize_rcu_tasks();
	return err;
}

static void __exit kctl_exit(void)
{
	kctl_sockopt_exit();
	kctl_proto_exit();
	kctl_genl_exit();
	/* The last hooks may have been unregistered just now, and still be running. */
	synchronize_rcu();
	kctl_net_exit();
	kctl_message_exit();
}

module_init(kctl_init);
module_exit(kctl_exit);

MODULE_DESCRIPTION("Named values, ICMP watch and message channels through sockopt, netlink and sockets");
MODULE_AUTHOR("The kctl authors");
MODULE_VERSION(KCTL_VERSION);
MODULE_LICENSE("GPL");
