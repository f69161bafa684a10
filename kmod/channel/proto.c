// SPDX-License-Identifier: GPL-2.0-only
/*
 * The socket family: create, poll, shut down and release a socket. Addresses, messages
 * and options are in proto_name.c, proto_message.c and proto_option.c.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/module.h>
#include <linux/poll.h>

#include "../net.h"
#include "proto.h"

/*
 * All numbers below AF_MAX are assigned. These belong to protocols that Linux no longer
 * implements, so no other code registers them.
 */
static const int kctl_families[] = { AF_ASH, AF_SNA, AF_NETBEUI, AF_SECURITY };

static int kctl_family __ro_after_init;
module_param_named(family, kctl_family, int, 0444);
MODULE_PARM_DESC(family, "protocol family number (default: first free one of 18, 22, 13, 14)");

#define KCTL_POLL_SEND		(EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND)

static bool kctl_sock_is_writable(struct kctl_sock *ksk, u8 shutdown)
{
	u32 number = kctl_sock_destination(ksk);

	return !number || (shutdown & SEND_SHUTDOWN) ||
	       kctl_endpoint_is_writable(kctl_sock_endpoint(ksk, number), number);
}

static __poll_t kctl_proto_poll(struct file *file, struct socket *sock, poll_table *wait)
{
	struct kctl_sock *ksk = kctl_sk(sock->sk);
	u8 shutdown;
	__poll_t mask = 0;

	sock_poll_wait(file, sock, wait);
	shutdown = READ_ONCE(ksk->sk.sk_shutdown);

	if (shutdown == SHUTDOWN_MASK)
		mask |= EPOLLHUP;
	if (shutdown & RCV_SHUTDOWN)
		mask |= EPOLLRDHUP | EPOLLIN | EPOLLRDNORM;
	if (kctl_sock_bound(ksk) && READ_ONCE(kctl_sock_queue(ksk)->count) &&
	    !READ_ONCE(ksk->receiver.window_full))
		mask |= EPOLLIN | EPOLLRDNORM;

	/*
	 * This check locks the channel, and a socket that finds it full is notified once
	 * there is room. Avoid it unless the poller wants to send.
	 */
	if ((poll_requested_events(wait) & KCTL_POLL_SEND) &&
	    kctl_sock_is_writable(ksk, shutdown))
		mask |= KCTL_POLL_SEND;
	return mask;
}

static int kctl_proto_shutdown(struct socket *sock, int how)
{
	struct sock *sk = sock->sk;

	if (how < SHUT_RD || how > SHUT_RDWR)
		return -EINVAL;

	/* SHUT_RD, SHUT_WR, SHUT_RDWR are 0, 1, 2; the bits are 1, 2, 3. */
	lock_sock(sk);
	WRITE_ONCE(sk->sk_shutdown, sk->sk_shutdown | (how + 1));
	release_sock(sk);

	sk->sk_state_change(sk);
	return 0;
}

static int kctl_proto_release(struct socket *sock)
{
	struct sock *sk = sock->sk;
	struct kctl_sock *ksk;

	if (!sk)
		return 0;

	ksk = kctl_sk(sk);
	kctl_channel_disconnect(&ksk->sender);
	kctl_window_release(&ksk->window, ksk->channels);
	kctl_channel_unbind(&ksk->receiver);
	kctl_channel_untap(&ksk->tap);
	kctl_user_put(ksk->channels, ksk->caller.user, sizeof(*ksk));
	put_cred(ksk->caller.cred);

	sock_prot_inuse_add(sock_net(sk), sk->sk_prot, -1);
	sock_orphan(sk);
	sock->sk = NULL;
	sock_put(sk);
	return 0;
}

/* No .family: it is chosen at load time, and the core only compares it with PF_UNIX. */
static const struct proto_ops kctl_proto_ops = {
	.owner		= THIS_MODULE,
	.release	= kctl_proto_release,
	.bind		= kctl_proto_bind,
	.connect	= kctl_proto_connect,
	.socketpair	= sock_no_socketpair,
	.accept		= sock_no_accept,
	.getname	= kctl_proto_getname,
	.poll		= kctl_proto_poll,
	.ioctl		= kctl_proto_ioctl,
#ifdef CONFIG_COMPAT
	.compat_ioctl	= kctl_proto_compat_ioctl,
#endif
	.gettstamp	= sock_gettstamp,
	.listen		= sock_no_listen,
	.shutdown	= kctl_proto_shutdown,
	.setsockopt	= kctl_proto_setsockopt,
	.getsockopt	= kctl_proto_getsockopt,
	.sendmsg	= kctl_proto_sendmsg,
	.recvmsg	= kctl_proto_recvmsg,
	.mmap		= sock_no_mmap,
};

static struct proto kctl_proto = {
	.name		= "KCTL",
	.owner		= THIS_MODULE,
	.obj_size	= sizeof(struct kctl_sock),
};

/*
 * Checks the capability of the process that created the socket. security_capable() is
 * not exported, but the file of the socket has the same credentials as @caller.
 * file_ns_capable() also does not set PF_SUPERPRIV, since the task that uses the socket
 * may not be privileged itself. A socket that the kernel created has no file.
 */
static bool kctl_sock_capable(const struct kctl_caller *caller)
{
	const struct kctl_sock *ksk = container_of(caller, struct kctl_sock, caller);
	const struct file *file = ksk->sk.sk_socket->file;

	return file && file_ns_capable(file, sock_net(&ksk->sk)->user_ns, CAP_NET_ADMIN);
}

static void kctl_sock_init(struct kctl_sock *ksk, struct kctl_channels *channels, bool admin)
{
	struct sock *sk = &ksk->sk;

	ksk->channels = channels;
	ksk->caller = (struct kctl_caller) {
		.cred	= get_current_cred(),
		.admin	= admin,
		.capable = kctl_sock_capable,
		.mode	= KCTL_CHANNEL_MODE_DEFAULT,
	};
	ksk->destination = 0;
	ksk->bound = 0;
	ksk->exclusive = false;
	ksk->history = false;
	ksk->is_tap = false;
	ksk->receiver = (struct kctl_endpoint) { .sk = sk, .caller = &ksk->caller };
	kctl_window_init(&ksk->window, &ksk->receiver);
	ksk->sender = ksk->receiver;
	ksk->tap.endpoint = ksk->receiver;
	ksk->tap.drops = 0;
	ksk->tap.asked = false;
	kctl_queue_init(&ksk->tap.queue);
}

/*
 * Charge a new socket to its creator. The socket has no file yet, so the current task is
 * checked for the capability.
 */
static int kctl_sock_count(struct kctl_sock *ksk)
{
	struct kctl_channels *channels = ksk->channels;
	struct kctl_user *user = kctl_user_get(channels, &ksk->caller, sizeof(*ksk));

	if (IS_ERR_OR_NULL(user))
		return PTR_ERR_OR_ZERO(user);
	if (atomic_long_read(&user->memory) >
		    kctl_limit_of_user(READ_ONCE(channels->max_memory)) &&
	    !ns_capable(sock_net(&ksk->sk)->user_ns, CAP_NET_ADMIN)) {
		kctl_user_put(channels, user, sizeof(*ksk));
		return -ENOBUFS;
	}
	ksk->caller.user = user;
	return 0;
}

static int kctl_proto_create(struct net *net, struct socket *sock, int protocol, int kern)
{
	struct kctl_net *knet = kctl_pernet(net);
	struct kctl_channels *channels;
	struct sock *sk;
	bool admin;
	int err;

	if (!knet)
		return -EAFNOSUPPORT;
	channels = &knet->channels;
	/*
	 * Do not check for a capability that is not needed: ns_capable() would set
	 * PF_SUPERPRIV, or audit a denial. ns_capable_noaudit() sets PF_SUPERPRIV too,
	 * and has_ns_capability_noaudit() is not exported. kctl_sock_capable() checks
	 * later, if the mode of a channel denies access.
	 */
	admin = !READ_ONCE(channels->unprivileged);
	if (admin && !ns_capable(net->user_ns, CAP_NET_ADMIN))
		return -EPERM;
	if (sock->type != SOCK_DGRAM)
		return -ESOCKTNOSUPPORT;
	if (protocol)
		return -EPROTONOSUPPORT;

	sk = sk_alloc(net, kctl_family, GFP_KERNEL, &kctl_proto, kern);
	if (!sk)
		return -ENOMEM;

	kctl_sock_init(kctl_sk(sk), channels, admin);
	err = kctl_sock_count(kctl_sk(sk));
	if (err) {
		put_cred(kctl_sk(sk)->caller.cred);
		sk_free(sk);
		return err;
	}

	sock->ops = &kctl_proto_ops;
	sock_init_data(sock, sk);
	sock_prot_inuse_add(net, &kctl_proto, 1);
	return 0;
}

static struct net_proto_family kctl_proto_family_ops __ro_after_init = {
	.owner	= THIS_MODULE,
	.create	= kctl_proto_create,
};

/**
 * kctl_proto_family() - the number of the protocol family
 *
 * Return: the number, below AF_MAX.
 */
int kctl_proto_family(void)
{
	return kctl_family;
}

/**
 * kctl_proto_sockets() - get the number of open sockets of the family
 * @net: the network namespace
 *
 * Return: their number.
 */
int kctl_proto_sockets(struct net *net)
{
	return sock_prot_inuse_get(net, &kctl_proto);
}

/*
 * The number is set first: sockets can be created as soon as the family is registered.
 * -EEXIST is replaced, as module loaders take it to mean that the module is loaded
 * already.
 */
static int __init kctl_family_register(int family)
{
	int err;

	kctl_family = family;
	kctl_proto_family_ops.family = family;
	err = sock_register(&kctl_proto_family_ops);
	return err == -EEXIST ? -EBUSY : err;
}

static int __init kctl_family_choose(void)
{
	int err = -EBUSY;
	size_t i;

	if (kctl_family) {
		if (kctl_family < 0 || kctl_family >= AF_MAX)
			return -EINVAL;
		return kctl_family_register(kctl_family);
	}

	for (i = 0; err == -EBUSY && i < ARRAY_SIZE(kctl_families); i++)
		err = kctl_family_register(kctl_families[i]);
	return err;
}

/**
 * kctl_proto_init() - register the socket family
 *
 * Return: 0; -EBUSY if the requested number, or every number to choose from, is in use;
 * -EINVAL if the requested number is out of range; -ENOMEM.
 */
int __init kctl_proto_init(void)
{
	int err;

	err = proto_register(&kctl_proto, 1);
	if (err)
		return err;

	err = kctl_family_choose();
	if (err) {
		pr_err("cannot register protocol family %d: %pe\n", kctl_family, ERR_PTR(err));
		proto_unregister(&kctl_proto);
	}
	return err;
}

/**
 * kctl_proto_exit() - unregister the socket family
 */
void kctl_proto_exit(void)
{
	sock_unregister(kctl_family);
	proto_unregister(&kctl_proto);
}
