// SPDX-License-Identifier: GPL-2.0-only
/*
 * kctl: three interfaces between user space and the kernel; see <linux/kctl.h>.
 * This file only sequences.
 */
#include <linux/module.h>
#include <linux/rcupdate.h>

#include "channel/event.h"
#include "channel/proto.h"
#include "genl.h"
#include "net.h"
#include "store/sockopt.h"

static int __init kctl_init(void)
{
	int err;

	err = kctl_message_init();
	if (err)
		return err;

	err = kctl_notify_init();
	if (err)
		goto exit_message;

	err = kctl_event_init();
	if (err)
		goto exit_notify;

	err = kctl_net_init();
	if (err)
		goto exit_event;

	/*
	 * Registered first of the interfaces, as it is the likeliest to fail: its number may
	 * be taken.
	 */
	err = kctl_proto_init();
	if (err)
		goto exit_net;

	err = kctl_genl_init();
	if (err)
		goto exit_proto;

	err = kctl_sockopt_init();
	if (err)
		goto exit_genl;

	return 0;

exit_genl:
	kctl_genl_exit();
exit_proto:
	kctl_proto_exit();
	/*
	 * A caller may have entered before the interface was unregistered. It was
	 * refused without sleeping (see kctl_pernet()), but may be preempted on its way
	 * out, still in the text of the module, and the module loader does not wait for
	 * it. This call does: it waits for every task that was preempted before.
	 */
	synchronize_rcu_tasks();
exit_net:
	kctl_net_exit();
exit_event:
	kctl_event_exit();
exit_notify:
	kctl_notify_exit();
exit_message:
	kctl_message_exit();
	return err;
}

static void __exit kctl_exit(void)
{
	kctl_sockopt_exit();
	kctl_event_close();
	kctl_genl_exit();
	kctl_proto_exit();
	/* Hooks that were unregistered just now may still be running. */
	synchronize_rcu();
	kctl_net_exit();
	kctl_event_exit();
	kctl_notify_exit();
	kctl_message_exit();
}

module_init(kctl_init);
module_exit(kctl_exit);

MODULE_DESCRIPTION("Named values, ICMP watch and message channels through sockopt, netlink and sockets");
MODULE_AUTHOR("The kctl authors");
MODULE_VERSION(KCTL_VERSION);
MODULE_LICENSE("GPL");
