/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The socket family: the interface to the channels by system calls on sockets.
 *
 * Only proto*.c include this header, apart from main.c and genl.c, which register,
 * unregister and count the family. Every function checks its input from user space
 * (addresses, flags, lengths) and then calls the components.
 */
#ifndef _KCTL_PROTO_H
#define _KCTL_PROTO_H

#include <net/sock.h>

#include "hold.h"

/**
 * struct kctl_sock - a socket of the family
 * @sk: the generic socket
 * @channels: the channels of its network namespace
 * @caller: the creator, with the credentials that apply to the socket. The mode of new
 *	channels changes under the lock of the socket
 * @destination: channel it is connected to, or 0; written under the lock of the socket
 * @bound: channel it is bound to, or 0. Set once, under the lock of the socket, after
 *	@receiver or @tap; constant from then until the release
 * @exclusive: bind as an exclusive receiver; written under the lock of the socket
 * @history: recvmsg(2) reports the history of dead letters; written under the lock of the
 *	socket
 * @is_tap: bind as a tap; written under the lock of the socket, constant once it is bound
 * @receiver: endpoint in the channel it is bound to
 * @window: messages that the socket holds; empty for a tap
 * @tap: endpoint and queue in the channel it taps
 * @sender: endpoint in the channel it is connected to; under the lock of the socket
 */
struct kctl_sock {
	struct sock		sk;	/* first */
	struct kctl_channels	*channels;
	struct kctl_caller	caller;
	u32			destination;
	u32			bound;
	bool			exclusive;
	bool			history;
	bool			is_tap;
	struct kctl_endpoint	receiver;
	struct kctl_window	window;
	struct kctl_tap		tap;
	struct kctl_endpoint	sender;
};

static inline struct kctl_sock *kctl_sk(const struct sock *sk)
{
	return (struct kctl_sock *)sk;
}

/* The channel that the socket is bound to, or 0. */
static inline u32 kctl_sock_bound(const struct kctl_sock *ksk)
{
	/* Pairs with smp_store_release() in kctl_sock_bind(). */
	return smp_load_acquire(&ksk->bound);
}

/* For bound sockets only: the channel, and the queue that the socket receives from. */
static inline struct kctl_channel *kctl_sock_channel(const struct kctl_sock *ksk)
{
	return ksk->is_tap ? ksk->tap.endpoint.channel : ksk->receiver.channel;
}

static inline struct kctl_queue *kctl_sock_queue(struct kctl_sock *ksk)
{
	return ksk->is_tap ? &ksk->tap.queue : &ksk->receiver.channel->queue;
}

/* Destination of a message without an address; 0 if the socket has none. */
static inline u32 kctl_sock_destination(const struct kctl_sock *ksk)
{
	return READ_ONCE(ksk->destination) ?: kctl_sock_bound(ksk);
}

/* The endpoint of the socket that may be on the channel. */
static inline struct kctl_endpoint *kctl_sock_endpoint(struct kctl_sock *ksk, u32 number)
{
	if (number == READ_ONCE(ksk->destination))
		return &ksk->sender;
	return READ_ONCE(ksk->is_tap) ? &ksk->tap.endpoint : &ksk->receiver;
}

/* proto.c */
int kctl_proto_family(void);
int kctl_proto_sockets(struct net *net);

int kctl_proto_init(void);
void kctl_proto_exit(void);

/* proto_name.c */
struct sockaddr_kctl;

int kctl_addr_check(const struct sockaddr_kctl *addr, int len);
int kctl_addr_fill(void *uaddr, u32 number);

int kctl_proto_bind(struct socket *sock, struct sockaddr_unsized *uaddr, int len);
int kctl_proto_connect(struct socket *sock, struct sockaddr_unsized *uaddr, int len,
		       int flags);
int kctl_proto_getname(struct socket *sock, struct sockaddr *uaddr, int peer);

/* proto_message.c */
int kctl_proto_sendmsg(struct socket *sock, struct msghdr *msg, size_t size);
int kctl_proto_recvmsg(struct socket *sock, struct msghdr *msg, size_t size, int flags);

/* proto_option.c */
int kctl_proto_setsockopt(struct socket *sock, int level, int name, sockptr_t value,
			  unsigned int len);
int kctl_proto_getsockopt(struct socket *sock, int level, int name, char __user *value,
			  int __user *len);
int kctl_proto_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg);
int kctl_proto_compat_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg);

#endif /* _KCTL_PROTO_H */
