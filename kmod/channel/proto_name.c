// SPDX-License-Identifier: GPL-2.0-only
/*
 * The socket family: addresses, bind(2), connect(2), getsockname(2).
 */
#include "proto.h"

static_assert(sizeof(struct sockaddr_kctl) == 8);
static_assert(offsetof(struct sockaddr_kctl, skc_channel) == 4);
static_assert(sizeof(struct kctl_resolve) == 68);

/**
 * kctl_addr_check() - validate an address of the family
 * @addr: the address, @len bytes of it
 * @len: length of the address
 *
 * Return: 0; -EINVAL if the address is too short, or a reserved field is not zero;
 * -EAFNOSUPPORT.
 */
int kctl_addr_check(const struct sockaddr_kctl *addr, int len)
{
	if (len < (int)sizeof(*addr))
		return -EINVAL;
	if (addr->skc_family != kctl_proto_family())
		return -EAFNOSUPPORT;
	if (addr->skc_zero)
		return -EINVAL;
	return 0;
}

/**
 * kctl_addr_fill() - write the address of a channel
 * @uaddr: where to write it, a struct sockaddr_storage
 * @number: number of the channel
 *
 * Return: length of the address.
 */
int kctl_addr_fill(void *uaddr, u32 number)
{
	struct sockaddr_kctl *addr = uaddr;

	*addr = (struct sockaddr_kctl) {
		.skc_family	= kctl_proto_family(),
		.skc_channel	= number,
	};
	return sizeof(*addr);
}

/* A tap of a new ephemeral channel would see nothing: no sender knows the number. */
static int kctl_sock_bind(struct kctl_sock *ksk, u32 number)
{
	int err;

	if (ksk->bound || (ksk->is_tap && !number))
		return -EINVAL;

	if (ksk->is_tap)
		err = kctl_channel_tap(ksk->channels, number, &ksk->caller, &ksk->tap);
	else
		err = kctl_channel_bind(ksk->channels, number, &ksk->caller, &ksk->receiver,
					ksk->exclusive, ksk->window.limit);
	if (err)
		return err;

	/* Pairs with smp_load_acquire() in kctl_sock_bound(). */
	smp_store_release(&ksk->bound, kctl_sock_channel(ksk)->number);
	/* A task that polls the socket already can receive the messages that wait. */
	if (READ_ONCE(kctl_sock_queue(ksk)->count))
		ksk->sk.sk_data_ready(&ksk->sk);
	return 0;
}

/**
 * kctl_proto_bind() - bind(2)
 * @sock: the socket
 * @uaddr: the channel
 * @len: length of @uaddr
 *
 * Return: 0 or an error, see <linux/kctl.h>.
 */
int kctl_proto_bind(struct socket *sock, struct sockaddr_unsized *uaddr, int len)
{
	struct sockaddr_kctl *addr = (struct sockaddr_kctl *)uaddr;
	struct kctl_sock *ksk = kctl_sk(sock->sk);
	int err;

	err = kctl_addr_check(addr, len);
	if (err)
		return err;

	lock_sock(&ksk->sk);
	err = kctl_sock_bind(ksk, addr->skc_channel);
	release_sock(&ksk->sk);
	return err;
}

/* The new destination may have room although the last one was full: notify pollers. */
static int kctl_sock_connect(struct kctl_sock *ksk, u32 number)
{
	int err;

	lock_sock(&ksk->sk);
	err = kctl_channel_connect(ksk->channels, number, &ksk->caller, &ksk->sender);
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

/**
 * kctl_proto_connect() - connect(2)
 * @sock: the socket
 * @uaddr: the channel, or AF_UNSPEC to disconnect
 * @len: length of @uaddr
 * @flags: flags of the file; unused, as the call never waits
 *
 * Return: 0 or an error, see <linux/kctl.h>.
 */
int kctl_proto_connect(struct socket *sock, struct sockaddr_unsized *uaddr, int len,
		       int flags)
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

/**
 * kctl_proto_getname() - getsockname(2) and getpeername(2)
 * @sock: the socket
 * @uaddr: where to put the address, a struct sockaddr_storage
 * @peer: return the channel it is connected to, not the one it is bound to
 *
 * Return: length of the address; -ENOTCONN.
 */
int kctl_proto_getname(struct socket *sock, struct sockaddr *uaddr, int peer)
{
	struct kctl_sock *ksk = kctl_sk(sock->sk);
	u32 destination = READ_ONCE(ksk->destination);

	if (peer && !destination)
		return -ENOTCONN;
	return kctl_addr_fill(uaddr, peer ? destination : kctl_sock_bound(ksk));
}
