// SPDX-License-Identifier: GPL-2.0-only
/*
 * The socket family: socket options and ioctl(2).
 */
#include <linux/compat.h>
#include <linux/sockios.h>
#include <linux/uaccess.h>
#include <asm/ioctls.h>

#include "proto.h"

/* These options take effect at bind(2) and cannot change after it. */
static int kctl_sock_set_bind_option(struct kctl_sock *ksk, bool *option, int value)
{
	if (ksk->bound)
		return -EINVAL;
	WRITE_ONCE(*option, value);
	return 0;
}

/* A tap holds nothing: it gets copies, which need not be settled. */
static int kctl_sock_set_tap(struct kctl_sock *ksk, int value)
{
	if (value && (ksk->window.limit || ksk->window.time))
		return -EINVAL;
	return kctl_sock_set_bind_option(ksk, &ksk->is_tap, value);
}

static int kctl_sock_set_hold(struct kctl_sock *ksk, int value)
{
	if (value < 0 || value > KCTL_HOLD_MAX || (value && ksk->is_tap))
		return -EINVAL;
	return kctl_window_set(&ksk->window, ksk->channels, value);
}

static int kctl_sock_set_hold_time(struct kctl_sock *ksk, int value)
{
	if (value < 0 || value > KCTL_TIME_MAX || (value && ksk->is_tap))
		return -EINVAL;
	WRITE_ONCE(ksk->window.time, value);
	return 0;
}

static int kctl_sock_set_option(struct kctl_sock *ksk, int name, int value)
{
	switch (name) {
	case KCTL_EXCLUSIVE:
		return kctl_sock_set_bind_option(ksk, &ksk->exclusive, value);
	case KCTL_TAP:
		return kctl_sock_set_tap(ksk, value);
	case KCTL_HOLD:
		return kctl_sock_set_hold(ksk, value);
	case KCTL_HOLD_TIME:
		return kctl_sock_set_hold_time(ksk, value);
	case KCTL_MODE:
		if (value & ~0666)
			return -EINVAL;
		WRITE_ONCE(ksk->caller.mode, value);
		return 0;
	case KCTL_HISTORY:
		WRITE_ONCE(ksk->history, value);
		return 0;
	case KCTL_CREDENTIALS:
		/* Where the core allows SO_PASSCRED, it sets this flag too. */
		assign_bit(SOCK_PASSCRED, &ksk->sk.sk_socket->flags, value);
		return 0;
	}
	return -ENOPROTOOPT;
}

static bool kctl_settle_is_valid(const struct kctl_settle *settle)
{
	switch (settle->verb) {
	case KCTL_SETTLE_RETRY:
	case KCTL_SETTLE_RELEASE:
		return settle->delay <= KCTL_TIME_MAX;
	case KCTL_SETTLE_DONE:
	case KCTL_SETTLE_EXTEND:
	case KCTL_SETTLE_DEAD:
		return !settle->delay;
	}
	return false;
}

static bool kctl_settles_are_valid(const struct kctl_settle *settles, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		if (!kctl_settle_is_valid(&settles[i]))
			return false;
	return true;
}

/* The socket is not locked: a settle must not wait for a bind(2) that waits for memory. */
static noinline int kctl_sock_settle(struct kctl_sock *ksk, sockptr_t value, unsigned int len)
{
	struct kctl_settle settles[KCTL_SETTLE_MAX];
	u32 count = len / sizeof(*settles);

	if (!len || len % sizeof(*settles) || count > KCTL_SETTLE_MAX)
		return -EINVAL;
	if (copy_from_sockptr(settles, value, len))
		return -EFAULT;
	if (!kctl_settles_are_valid(settles, count))
		return -EINVAL;
	if (!kctl_sock_bound(ksk) || ksk->is_tap)
		return -ENOTCONN;
	return kctl_window_settle(&ksk->window, settles, count);
}

/**
 * kctl_proto_setsockopt() - setsockopt(2), except SOL_SOCKET
 * @sock: the socket
 * @level: level of the option
 * @name: the option
 * @value: its value
 * @len: bytes of @value
 *
 * Return: 0; -EOPNOTSUPP at another level; -ENOPROTOOPT; -EINVAL; -EFAULT; for KCTL_HOLD
 * and KCTL_SETTLE also the errors in enum kctl_proto_option.
 */
int kctl_proto_setsockopt(struct socket *sock, int level, int name, sockptr_t value,
			  unsigned int len)
{
	struct kctl_sock *ksk = kctl_sk(sock->sk);
	int number, err;

	if (level != SOL_KCTL)
		return -EOPNOTSUPP;
	if (name == KCTL_SETTLE)
		return kctl_sock_settle(ksk, value, len);
	if (len < sizeof(number))
		return -EINVAL;
	if (copy_from_sockptr(&number, value, sizeof(number)))
		return -EFAULT;

	lock_sock(&ksk->sk);
	err = kctl_sock_set_option(ksk, name, number);
	release_sock(&ksk->sk);
	return err;
}

static int kctl_sock_get_owner(struct kctl_sock *ksk, u32 *value)
{
	u32 number = kctl_sock_destination(ksk);
	kuid_t uid;

	if (!number || !kctl_channel_owner(kctl_sock_endpoint(ksk, number), &uid))
		return -ENOTCONN;
	*value = from_kuid_munged(current_user_ns(), uid);
	return 0;
}

static int kctl_sock_resolve(const struct kctl_sock *ksk, char __user *value, int __user *len,
			     int size)
{
	struct kctl_resolve request;

	if (size < (int)sizeof(request))
		return -EINVAL;
	if (copy_from_user(&request, value, sizeof(request)))
		return -EFAULT;
	if (!kctl_channel_name_ok(request.name))
		return -EINVAL;

	request.channel = kctl_channel_number_of(ksk->channels, request.name);
	if (!request.channel)
		return -ENOENT;
	if (put_user((int)sizeof(request), len) || copy_to_user(value, &request, sizeof(request)))
		return -EFAULT;
	return 0;
}

/* Returns -ENOPROTOOPT for an unknown option. */
static int kctl_sock_get_option(struct kctl_sock *ksk, int name, u32 *value)
{
	switch (name) {
	case KCTL_EXCLUSIVE:
		*value = READ_ONCE(ksk->exclusive);
		return 0;
	case KCTL_TAP:
		*value = READ_ONCE(ksk->is_tap);
		return 0;
	case KCTL_MODE:
		*value = READ_ONCE(ksk->caller.mode);
		return 0;
	case KCTL_DROPS:
		*value = READ_ONCE(ksk->tap.drops);
		return 0;
	case KCTL_CREDENTIALS:
		*value = test_bit(SOCK_PASSCRED, &ksk->sk.sk_socket->flags);
		return 0;
	case KCTL_OWNER:
		return kctl_sock_get_owner(ksk, value);
	case KCTL_HOLD:
		*value = READ_ONCE(ksk->window.limit);
		return 0;
	case KCTL_HELD:
		*value = READ_ONCE(ksk->window.count);
		return 0;
	case KCTL_HOLD_TIME:
		*value = READ_ONCE(ksk->window.time);
		return 0;
	case KCTL_HISTORY:
		*value = READ_ONCE(ksk->history);
		return 0;
	}
	return -ENOPROTOOPT;
}

/**
 * kctl_proto_getsockopt() - getsockopt(2), except SOL_SOCKET
 * @sock: the socket
 * @level: level of the option
 * @name: the option
 * @value: where to put its value
 * @len: size of @value; the number of bytes written on return
 *
 * Return: 0; -EOPNOTSUPP at another level; -ENOPROTOOPT; -EINVAL; -ENOTCONN; -ENOENT;
 * -EFAULT.
 */
int kctl_proto_getsockopt(struct socket *sock, int level, int name, char __user *value,
			  int __user *len)
{
	struct kctl_sock *ksk = kctl_sk(sock->sk);
	u32 number;
	int size, err;

	if (level != SOL_KCTL)
		return -EOPNOTSUPP;
	if (get_user(size, len))
		return -EFAULT;
	if (size < 0)
		return -EINVAL;
	if (name == KCTL_RESOLVE)
		return kctl_sock_resolve(ksk, value, len, size);

	err = kctl_sock_get_option(ksk, name, &number);
	if (err)
		return err;

	size = min_t(int, size, sizeof(number));
	if (put_user(size, len) || copy_to_user(value, &number, size))
		return -EFAULT;
	return 0;
}

static u32 kctl_sock_inq(struct kctl_sock *ksk)
{
	if (!kctl_sock_bound(ksk))
		return 0;
	return kctl_channel_next_size(kctl_sock_channel(ksk), kctl_sock_queue(ksk));
}

/* A channel may hold up to 4 GiB, which the type of the answer cannot express. */
static int kctl_sock_outq(const struct kctl_sock *ksk)
{
	u64 bytes = kctl_channel_bytes(ksk->channels, kctl_sock_destination(ksk));

	return min_t(u64, bytes, INT_MAX);
}

/**
 * kctl_proto_ioctl() - ioctl(2)
 * @sock: the socket
 * @cmd: SIOCINQ or SIOCOUTQ; the core handles others
 * @arg: int __user *, where to put the answer
 *
 * Return: 0; -EFAULT; -ENOIOCTLCMD.
 */
int kctl_proto_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg)
{
	struct kctl_sock *ksk = kctl_sk(sock->sk);
	int __user *answer = (int __user *)arg;

	switch (cmd) {
	case SIOCINQ:
		return put_user((int)kctl_sock_inq(ksk), answer);
	case SIOCOUTQ:
		return put_user(kctl_sock_outq(ksk), answer);
	}
	return -ENOIOCTLCMD;
}

#ifdef CONFIG_COMPAT
/**
 * kctl_proto_compat_ioctl() - ioctl(2) of a 32-bit program
 * @sock: the socket
 * @cmd: as in kctl_proto_ioctl()
 * @arg: likewise, as a 32-bit pointer
 *
 * Return: as kctl_proto_ioctl().
 */
int kctl_proto_compat_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg)
{
	return kctl_proto_ioctl(sock, cmd, (unsigned long)compat_ptr(arg));
}
#endif
