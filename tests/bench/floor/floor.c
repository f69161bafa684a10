// SPDX-License-Identifier: GPL-2.0-only
/*
 * The minimum cost of calls like those of kctl: a socket option and a socket family that only
 * copy from and to user memory, without locks, permissions or queues. Only for measurements in
 * a virtual machine: all callers share a buffer. Never installed.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/netfilter.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <net/sock.h>

#include "floor.h"

static void *buffer;
static size_t message_size;

static int floor_set(struct sock *sk, int optval, sockptr_t arg,
		     unsigned int len)
{
	if (len != FLOOR_ENTRY)
		return -EINVAL;
	return copy_from_sockptr(buffer, arg, FLOOR_ENTRY) ? -EFAULT : 0;
}

static int floor_get(struct sock *sk, int optval, void __user *user, int *len)
{
	if (*len != FLOOR_ENTRY)
		return -EINVAL;
	if (copy_from_user(buffer, user, FLOOR_HEADER) ||
	    copy_to_user(user, buffer, FLOOR_ENTRY))
		return -EFAULT;
	return 0;
}

static struct nf_sockopt_ops floor_sockopt_ops = {
	.pf = PF_INET,
	.set_optmin = FLOOR_SO,
	.set_optmax = FLOOR_SO + 1,
	.set = floor_set,
	.get_optmin = FLOOR_SO,
	.get_optmax = FLOOR_SO + 1,
	.get = floor_get,
	.owner = THIS_MODULE,
};

static int floor_sendmsg(struct socket *sock, struct msghdr *msg, size_t size)
{
	if (size > FLOOR_MESSAGE)
		return -EMSGSIZE;
	if (!copy_from_iter_full(buffer, size, &msg->msg_iter))
		return -EFAULT;
	message_size = size;
	return size;
}

static int floor_recvmsg(struct socket *sock, struct msghdr *msg, size_t size,
			 int flags)
{
	size = min(size, message_size);
	if (copy_to_iter(buffer, size, &msg->msg_iter) != size)
		return -EFAULT;
	return size;
}

static int floor_release(struct socket *sock)
{
	struct sock *sk = sock->sk;

	sock_orphan(sk);
	sock->sk = NULL;
	sock_put(sk);
	return 0;
}

static const struct proto_ops floor_ops = {
	.family = FLOOR_FAMILY,
	.owner = THIS_MODULE,
	.release = floor_release,
	.bind = sock_no_bind,
	.connect = sock_no_connect,
	.socketpair = sock_no_socketpair,
	.accept = sock_no_accept,
	.getname = sock_no_getname,
	.ioctl = sock_no_ioctl,
	.listen = sock_no_listen,
	.shutdown = sock_no_shutdown,
	.sendmsg = floor_sendmsg,
	.recvmsg = floor_recvmsg,
	.mmap = sock_no_mmap,
};

static struct proto floor_proto = {
	.name = "floor",
	.owner = THIS_MODULE,
	.obj_size = sizeof(struct sock),
};

static int floor_create(struct net *net, struct socket *sock, int protocol,
			int kern)
{
	struct sock *sk;

	sk = sk_alloc(net, FLOOR_FAMILY, GFP_KERNEL, &floor_proto, kern);
	if (!sk)
		return -ENOMEM;
	sock->ops = &floor_ops;
	sock_init_data(sock, sk);
	return 0;
}

static const struct net_proto_family floor_family = {
	.family = FLOOR_FAMILY,
	.create = floor_create,
	.owner = THIS_MODULE,
};

static int __init floor_init(void)
{
	int err;

	buffer = kzalloc(FLOOR_MESSAGE, GFP_KERNEL);
	if (!buffer)
		return -ENOMEM;
	err = nf_register_sockopt(&floor_sockopt_ops);
	if (err)
		goto free_buffer;
	err = proto_register(&floor_proto, 0);
	if (err)
		goto unregister_sockopt;
	err = sock_register(&floor_family);
	if (err)
		goto unregister_proto;
	return 0;

unregister_proto:
	proto_unregister(&floor_proto);
unregister_sockopt:
	nf_unregister_sockopt(&floor_sockopt_ops);
free_buffer:
	kfree(buffer);
	return err;
}

static void __exit floor_exit(void)
{
	sock_unregister(FLOOR_FAMILY);
	proto_unregister(&floor_proto);
	nf_unregister_sockopt(&floor_sockopt_ops);
	kfree(buffer);
}

module_init(floor_init);
module_exit(floor_exit);

MODULE_DESCRIPTION("The least that calls like those of kctl can cost");
MODULE_LICENSE("GPL");
