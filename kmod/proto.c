// SPDX-License-Identifier: GPL-2.0-only
/*
 * Door 3: a protocol family. Checks addresses, flags, lengths and capability,
 * copies, and hands over to the channels.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/kctl.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/uio.h>
#include <net/sock.h>

#include "channel.h"
#include "main.h"
#include "net.h"
#include "proto.h"

static_assert(sizeof(struct sockaddr_kctl) == 8);
static_assert(offsetof(struct sockaddr_kctl, skc_channel) == 4);

/*
 * Numbers below AF_MAX are all given away. These belong to protocols that Linux
 * has no code for any more, so nobody else can ask for them.
 */
static const int kctl_families[] = { AF_ASH, AF_SNA, AF_NETBEUI, AF_SECURITY };

static int kctl_family __ro_after_init;
module_param_named(family, kctl_family, int, 0444);
MODULE_PARM_DESC(family, "protocol family number (default: the first free of 18, 22, 13, 14)");

/**
 * struct kctl_sock - a socket of the family
 * @sk: the generic part
 * @destination: channel it is connected to, or 0; written under the socket's lock
 * @receiver: its part of the channel it is bound to: set once, under the socket's
 *	lock, and then constant as long as anybody can call the socket
 * @sender: its part of the channel it is connected to; under the socket's lock
 */
struct kctl_sock {
	struct sock		sk;	/* first */
	u32			destination;
	struct kctl_endpoint	receiver;
	struct kctl_endpoint	sender;
};

static struct kctl_sock *kctl_sk(struct sock *sk)
{
	return (struct kctl_sock *)sk;
}

static struct kctl_channels *kctl_channels_of(const struct sock *sk)
{
	return &kctl_pernet(sock_net(sk))->channels;
}

/* NULL if the socket is not bound. */
static struct kctl_channel *kctl_bound_channel(struct kctl_sock *ksk)
{
	/* Pairs with smp_store_release() of kctl_channel_bind(). */
	return smp_load_acquire(&ksk->receiver.channel);
}

static u32 kctl_bound_number(struct kctl_sock *ksk)
{
	struct kctl_channel *channel = kctl_bound_channel(ksk);

	return channel ? channel->number : 0;
}

/* Where a message goes that has no address; 0 for nowhere. */
static u32 kctl_default_number(struct kctl_sock *ksk)
{
	return READ_ONCE(ksk->destination) ?: kctl_bound_number(ksk);
}

static int kctl_addr_check(const struct sockaddr_kctl *addr, int len)
{
	if (len < (int)sizeof(*addr))
		return -EINVAL;
	if (addr->skc_family != kctl_family)
		return -EAFNOSUPPORT;
	if (addr->skc_zero)
		return -EINVAL;
	return 0;
}

static int kctl_addr_fill(void *uaddr, u32 number)
{
	struct sockaddr_kctl *addr = uaddr;

	*addr = (struct sockaddr_kctl) {
		.skc_family	= kctl_family,
		.skc_channel	= number,
	};
	return sizeof(*addr);
}

static int kctl_proto_bind(struct socket *sock, struct sockaddr *uaddr, int len)
{
	struct sockaddr_kctl *addr = (struct sockaddr_kctl *)uaddr;
	struct kctl_sock *ksk = kctl_sk(sock->sk);
	int err;

	err = kctl_addr_check(addr, len);
	if (err)
		return err;

	lock_sock(&ksk->sk);
	if (ksk->receiver.channel)
		err = -EINVAL;
	else
		err = kctl_channel_bind(kctl_channels_of(&ksk->sk), addr->skc_channel,
					&ksk->receiver);
	release_sock(&ksk->sk);
	return err;
}

/* Another destination can be writable where the last was not: tell who polls. */
static int kctl_sock_connect(struct kctl_sock *ksk, u32 number)
{
	int err;

	lock_sock(&ksk->sk);
	err = kctl_channel_connect(kctl_channels_of(&ksk->sk), number, &ksk->sender);
	if (!err) {
		WRITE_ONCE(ksk->destination, number);
		ksk->sk.sk_write_space(&ksk->sk);
	}
	release_sock(&ksk->sk);
	return err;
}

static void kctl_sock_disconnect(struct kctl_sock *ksk)
{
	lock_sock(&ksk->sk);
	WRITE_ONCE(ksk->destination, 0);
	kctl_channel_disconnect(&ksk->sender);
	ksk->sk.sk_write_space(&ksk->sk);
	release_sock(&ksk->sk);
}

static int kctl_proto_connect(struct socket *sock, struct sockaddr *uaddr, int len, int flags)
{
	struct sockaddr_kctl *addr = (struct sockaddr_kctl *)uaddr;
	struct kctl_sock *ksk = kctl_sk(sock->sk);
	int err;

	if (len >= (int)sizeof(addr->skc_family) && addr->skc_family == AF_UNSPEC) {
		kctl_sock_disconnect(ksk);
		return 0;
	}

	err = kctl_addr_check(addr, len);
	if (err)
		return err;
	if (!addr->skc_channel)
		return -EINVAL;
	return kctl_sock_connect(ksk, addr->skc_channel);
}

static int kctl_proto_getname(struct socket *sock, struct sockaddr *uaddr, int peer)
{
	struct kctl_sock *ksk = kctl_sk(sock->sk);
	u32 destination = READ_ONCE(ksk->destination);

	if (peer && !destination)
		return -ENOTCONN;
	return kctl_addr_fill(uaddr, peer ? destination : kctl_bound_number(ksk));
}

static int kctl_destination(struct kctl_sock *ksk, const struct msghdr *msg, u32 *number)
{
	const struct sockaddr_kctl *addr = msg->msg_name;
	int err;

	if (!addr) {
		*number = kctl_default_number(ksk);
		return *number ? 0 : -EDESTADDRREQ;
	}

	err = kctl_addr_check(addr, msg->msg_namelen);
	if (err)
		return err;
	*number = addr->skc_channel;
	return *number ? 0 : -EINVAL;
}

static struct kctl_message *kctl_message_from_user(struct kctl_sock *ksk,
						   struct msghdr *msg, size_t size)
{
	struct kctl_channels *channels = kctl_channels_of(&ksk->sk);
	struct kctl_message *message;

	if (size > KCTL_MESSAGE_MAX || size > READ_ONCE(channels->max_bytes))
		return ERR_PTR(-EMSGSIZE);

	message = kctl_message_alloc(channels, size);
	if (IS_ERR(message))
		return message;

	message->from = kctl_bound_number(ksk);
	if (!copy_from_iter_full(message->data, size, &msg->msg_iter)) {
		kctl_message_put(channels, message);
		return ERR_PTR(-EFAULT);
	}
	return message;
}

/*
 * MSG_NOSIGNAL: there is never a SIGPIPE. MSG_BATCH comes from sendmmsg(2), MSG_MORE
 * and MSG_SPLICE_PAGES from splice(2); each message stands for itself all the same.
 */
#define KCTL_SEND_FLAGS (MSG_DONTWAIT | MSG_NOSIGNAL | MSG_EOR | MSG_CMSG_COMPAT | \
			 MSG_BATCH | MSG_MORE | MSG_SPLICE_PAGES)

static int kctl_proto_sendmsg(struct socket *sock, struct msghdr *msg, size_t size)
{
	struct kctl_sock *ksk = kctl_sk(sock->sk);
	struct kctl_channels *channels = kctl_channels_of(&ksk->sk);
	struct kctl_message *message;
	u32 number;
	int err;

	if ((msg->msg_flags & ~KCTL_SEND_FLAGS) || msg->msg_controllen)
		return -EOPNOTSUPP;
	if (READ_ONCE(ksk->sk.sk_shutdown) & SEND_SHUTDOWN)
		return -EPIPE;

	err = kctl_destination(ksk, msg, &number);
	if (err)
		return err;

	message = kctl_message_from_user(ksk, msg, size);
	if (IS_ERR(message))
		return PTR_ERR(message);

	err = kctl_channel_send(channels, number, message, &ksk->sk,
				sock_sndtimeo(&ksk->sk, msg->msg_flags & MSG_DONTWAIT));
	if (err) {
		kctl_message_put(channels, message);
		return err;
	}
	return size;
}

/* Returns the length to report, or an error, and then the message is untouched. */
static int kctl_message_to_user(const struct kctl_message *message, struct msghdr *msg,
				size_t size, int flags)
{
	size_t copied = min_t(size_t, size, message->size);

	/* Dying: let a receiver have it that lives. */
	if (fatal_signal_pending(current))
		return -ERESTARTSYS;
	if (copy_to_iter(message->data, copied, &msg->msg_iter) != copied)
		return -EFAULT;

	if (msg->msg_name)
		msg->msg_namelen = kctl_addr_fill(msg->msg_name, message->from);
	if (copied < message->size)
		msg->msg_flags |= MSG_TRUNC;
	return flags & MSG_TRUNC ? message->size : copied;
}

/* MSG_WAITALL has no meaning for datagrams, and recv(2) allows it. */
#define KCTL_RECV_FLAGS (MSG_DONTWAIT | MSG_PEEK | MSG_TRUNC | MSG_WAITALL | \
			 MSG_NOSIGNAL | MSG_CMSG_CLOEXEC | MSG_CMSG_COMPAT)

static int kctl_proto_recvmsg(struct socket *sock, struct msghdr *msg, size_t size, int flags)
{
	struct kctl_sock *ksk = kctl_sk(sock->sk);
	struct kctl_channel *channel = kctl_bound_channel(ksk);
	struct kctl_message *message;
	bool peek = flags & MSG_PEEK;
	int ret;

	if (flags & ~KCTL_RECV_FLAGS)
		return -EOPNOTSUPP;
	if (!channel)
		return -ENOTCONN;

	message = kctl_channel_receive(channel, &ksk->sk, peek,
				       sock_rcvtimeo(&ksk->sk, flags & MSG_DONTWAIT));
	if (IS_ERR_OR_NULL(message))
		return PTR_ERR_OR_ZERO(message);

	ret = kctl_message_to_user(message, msg, size, flags);
	if (ret < 0 && !peek)
		kctl_channel_unreceive(channel, message);
	else
		kctl_message_put(kctl_channels_of(&ksk->sk), message);
	return ret;
}

static __poll_t kctl_proto_poll(struct file *file, struct socket *sock, poll_table *wait)
{
	struct kctl_sock *ksk = kctl_sk(sock->sk);
	struct kctl_channel *channel;
	u8 shutdown;
	u32 number;
	__poll_t mask = 0;

	sock_poll_wait(file, sock, wait);
	shutdown = READ_ONCE(ksk->sk.sk_shutdown);
	channel = kctl_bound_channel(ksk);
	number = kctl_default_number(ksk);

	if (shutdown == SHUTDOWN_MASK)
		mask |= EPOLLHUP;
	if (shutdown & RCV_SHUTDOWN)
		mask |= EPOLLRDHUP | EPOLLIN | EPOLLRDNORM;
	if (channel && kctl_channel_is_readable(channel))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (!number || (shutdown & SEND_SHUTDOWN) ||
	    kctl_channel_is_writable(kctl_channels_of(&ksk->sk), number))
		mask |= EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND;
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
	kctl_channel_unbind(&ksk->receiver);

	sock_prot_inuse_add(sock_net(sk), sk->sk_prot, -1);
	sock_orphan(sk);
	sock->sk = NULL;
	sock_put(sk);
	return 0;
}

/* No family: it is chosen later, and of foreign operations nobody asks for it. */
static const struct proto_ops kctl_proto_ops = {
	.owner		= THIS_MODULE,
	.release	= kctl_proto_release,
	.bind		= kctl_proto_bind,
	.connect	= kctl_proto_connect,
	.socketpair	= sock_no_socketpair,
	.accept		= sock_no_accept,
	.getname	= kctl_proto_getname,
	.poll		= kctl_proto_poll,
	.ioctl		= sock_no_ioctl,
	.gettstamp	= sock_gettstamp,
	.listen		= sock_no_listen,
	.shutdown	= kctl_proto_shutdown,
	.sendmsg	= kctl_proto_sendmsg,
	.recvmsg	= kctl_proto_recvmsg,
	.mmap		= sock_no_mmap,
};

static struct proto kctl_proto = {
	.name		= "KCTL",
	.owner		= THIS_MODULE,
	.obj_size	= sizeof(struct kctl_sock),
};

static int kctl_proto_create(struct net *net, struct socket *sock, int protocol, int kern)
{
	struct kctl_sock *ksk;
	struct sock *sk;

	if (!kctl_is_open())
		return -EAFNOSUPPORT;
	if (!ns_capable(net->user_ns, CAP_NET_ADMIN))
		return -EPERM;
	if (sock->type != SOCK_DGRAM)
		return -ESOCKTNOSUPPORT;
	if (protocol)
		return -EPROTONOSUPPORT;

	sk = sk_alloc(net, kctl_family, GFP_KERNEL, &kctl_proto, kern);
	if (!sk)
		return -ENOMEM;

	sock->ops = &kctl_proto_ops;
	sock_init_data(sock, sk);
	sock_prot_inuse_add(net, &kctl_proto, 1);

	ksk = kctl_sk(sk);
	ksk->destination = 0;
	ksk->receiver = (struct kctl_endpoint) { .sk = sk };
	ksk->sender = (struct kctl_endpoint) { .sk = sk };
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
 * kctl_proto_sockets() - how many sockets of the family are open?
 * @net: in this network namespace
 *
 * Return: their number.
 */
int kctl_proto_sockets(struct net *net)
{
	return sock_prot_inuse_get(net, &kctl_proto);
}

/* The number must be known to whoever comes in, so it is set before. */
static int __init kctl_family_register(int family)
{
	kctl_family = family;
	kctl_proto_family_ops.family = family;
	return sock_register(&kctl_proto_family_ops);
}

static int __init kctl_family_choose(void)
{
	int err = -EEXIST;
	size_t i;

	if (kctl_family) {
		if (kctl_family < 0 || kctl_family >= AF_MAX)
			return -EINVAL;
		return kctl_family_register(kctl_family);
	}

	for (i = 0; err == -EEXIST && i < ARRAY_SIZE(kctl_families); i++)
		err = kctl_family_register(kctl_families[i]);
	return err;
}

/**
 * kctl_proto_init() - open door 3
 *
 * Return: 0; -EEXIST if the protocol family, or every one we could take, is taken;
 * -EINVAL if its number is out of range; -ENOMEM.
 */
int __init kctl_proto_init(void)
{
	int err;

	err = proto_register(&kctl_proto, 1);
	if (err)
		return err;

	err = kctl_family_choose();
	if (err) {
		pr_err("cannot take protocol family %d: %pe\n", kctl_family, ERR_PTR(err));
		proto_unregister(&kctl_proto);
	}
	return err;
}

/**
 * kctl_proto_exit() - close door 3
 */
void kctl_proto_exit(void)
{
	sock_unregister(kctl_family);
	proto_unregister(&kctl_proto);
}
