// SPDX-License-Identifier: GPL-2.0-only
/*
 * The socket family: sendmsg(2), recvmsg(2) and ancillary data.
 */
#include <linux/ktime.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/time_namespace.h>
#include <linux/uio.h>
#include <net/compat.h>
#include <net/scm.h>

#include "proto.h"
#include "../trace.h"

static int kctl_destination(struct kctl_sock *ksk, const struct msghdr *msg, u32 *number)
{
	const struct sockaddr_kctl *addr = msg->msg_name;
	int err;

	if (!addr) {
		*number = kctl_sock_destination(ksk);
		return *number ? 0 : -EDESTADDRREQ;
	}

	err = kctl_addr_check(addr, msg->msg_namelen);
	if (err)
		return err;
	*number = addr->skc_channel;
	return *number ? 0 : -EINVAL;
}

/* Sign with the SCM_CREDENTIALS of the sender, if scm_send() accepts them. */
static noinline int kctl_message_sign_as(struct kctl_message *message, struct socket *sock,
					 struct msghdr *msg)
{
	struct scm_cookie scm;
	int err;

	err = scm_send(sock, msg, &scm, true);
	if (err)
		return err;
	message->pid = get_pid(scm.pid);
	message->uid = scm.creds.uid;
	message->gid = scm.creds.gid;
	scm_destroy(&scm);
	return 0;
}

static int kctl_message_sign(struct kctl_message *message, struct socket *sock,
			     struct msghdr *msg)
{
	if (msg->msg_controllen)
		return kctl_message_sign_as(message, sock, msg);

	message->pid = get_pid(task_tgid(current));
	current_uid_gid(&message->uid, &message->gid);
	return 0;
}

static struct kctl_message *kctl_message_from_user(struct socket *sock, struct msghdr *msg,
						   size_t size)
{
	struct kctl_sock *ksk = kctl_sk(sock->sk);
	struct kctl_message *message;
	int err;

	if (size > KCTL_MESSAGE_MAX || size > READ_ONCE(ksk->channels->max_bytes))
		return ERR_PTR(-EMSGSIZE);

	message = kctl_message_alloc(ksk->channels, &ksk->caller, size);
	if (IS_ERR(message))
		return message;

	message->from = kctl_sock_bound(ksk);
	err = kctl_message_sign(message, sock, msg);
	if (!err)
		err = kctl_message_fill(message, &msg->msg_iter);
	if (err) {
		kctl_message_drop(ksk->channels, message);
		return ERR_PTR(err);
	}
	return message;
}

/*
 * The family never raises SIGPIPE, so MSG_NOSIGNAL changes nothing. sendmmsg(2) sets
 * MSG_BATCH, splice(2) MSG_MORE and MSG_SPLICE_PAGES: each call still sends one message.
 */
#define KCTL_SEND_FLAGS (MSG_DONTWAIT | MSG_NOSIGNAL | MSG_EOR | MSG_CMSG_COMPAT | \
			 MSG_BATCH | MSG_MORE | MSG_SPLICE_PAGES)

/**
 * kctl_proto_sendmsg() - sendmsg(2)
 * @sock: the socket
 * @msg: the message and its destination
 * @size: bytes of its data
 *
 * Return: @size or an error, see <linux/kctl.h>.
 */
int kctl_proto_sendmsg(struct socket *sock, struct msghdr *msg, size_t size)
{
	struct kctl_sock *ksk = kctl_sk(sock->sk);
	struct kctl_message *message;
	u32 number;
	int err;

	if (msg->msg_flags & ~KCTL_SEND_FLAGS)
		return -EOPNOTSUPP;
	if (READ_ONCE(ksk->sk.sk_shutdown) & SEND_SHUTDOWN)
		return -EPIPE;

	err = kctl_destination(ksk, msg, &number);
	if (err)
		return err;

	message = kctl_message_from_user(sock, msg, size);
	if (IS_ERR(message))
		return PTR_ERR(message);

	err = kctl_channel_send(ksk->channels, number, &ksk->caller,
				kctl_sock_endpoint(ksk, number), message,
				sock_sndtimeo(&ksk->sk, msg->msg_flags & MSG_DONTWAIT));
	if (err) {
		/* io_uring retries with the same iterator once the channel has room. */
		iov_iter_revert(&msg->msg_iter, size);
		kctl_message_drop(ksk->channels, message);
		return err;
	}
	return size;
}

/*
 * Converts with the current offsets, since the wall clock may have been set. The offsets
 * change only then, so all receivers of a message get the same time.
 */
static s64 kctl_wall_time(u64 boottime)
{
	return boottime + ktime_to_ns(ktime_mono_to_any(0, TK_OFFS_REAL)) -
	       ktime_to_ns(ktime_mono_to_any(0, TK_OFFS_BOOT));
}

/* sock_recv_timestamp() for a message that is not in an skb. */
static void kctl_put_time(struct msghdr *msg, const struct sock *sk, u64 time)
{
	struct timespec64 ts = ns_to_timespec64(kctl_wall_time(time));
	bool ns = sock_flag(sk, SOCK_RCVTSTAMPNS);
	long fraction = ns ? ts.tv_nsec : ts.tv_nsec / NSEC_PER_USEC;

	/* A timeval has the layout of a timespec. */
	if (sock_flag(sk, SOCK_TSTAMP_NEW)) {
		struct __kernel_timespec value = { ts.tv_sec, fraction };

		put_cmsg(msg, SOL_SOCKET, ns ? SO_TIMESTAMPNS_NEW : SO_TIMESTAMP_NEW,
			 sizeof(value), &value);
	} else {
		struct __kernel_old_timespec value = { ts.tv_sec, fraction };

		put_cmsg(msg, SOL_SOCKET, ns ? SO_TIMESTAMPNS_OLD : SO_TIMESTAMP_OLD,
			 sizeof(value), &value);
	}
}

static void kctl_put_credentials(struct msghdr *msg, const struct kctl_message *message)
{
	struct ucred credentials = {
		.pid = pid_vnr(message->pid),
		.uid = from_kuid_munged(current_user_ns(), message->uid),
		.gid = from_kgid_munged(current_user_ns(), message->gid),
	};

	put_cmsg(msg, SOL_SOCKET, SCM_CREDENTIALS, sizeof(credentials), &credentials);
}

/* The ancillary data that the socket asked for, in the order of other families. */
static __always_inline void kctl_put_ancillary(struct msghdr *msg, struct socket *sock,
					       struct kctl_delivery *delivery)
{
	const struct sock *sk = sock->sk;

	if (sock_flag(sk, SOCK_RCVTSTAMP))
		kctl_put_time(msg, sk, delivery->message->time);
	if (sock_flag(sk, SOCK_RXQ_OVFL) && delivery->drops)
		put_cmsg(msg, SOL_SOCKET, SO_RXQ_OVFL, sizeof(delivery->drops),
			 &delivery->drops);
	if (test_bit(SOCK_PASSCRED, &sock->flags))
		kctl_put_credentials(msg, delivery->message);
}

/* Returns the length to report, or an error that leaves the message intact. */
static __always_inline int kctl_delivery_to_user(struct kctl_delivery *delivery,
						 struct socket *sock, struct msghdr *msg,
						 size_t size, int flags)
{
	const struct kctl_message *message = delivery->message;
	size_t copied = min_t(size_t, size, message->size);
	int err;

	/* Leave the message to a receiver that is not being killed. */
	if (fatal_signal_pending(current))
		return -ERESTARTSYS;
	err = kctl_message_copy(message, &msg->msg_iter, copied);
	if (err)
		return err;

	if (msg->msg_name)
		msg->msg_namelen = kctl_addr_fill(msg->msg_name, message->from);
	if (copied < message->size)
		msg->msg_flags |= MSG_TRUNC;
	kctl_put_ancillary(msg, sock, delivery);
	return flags & MSG_TRUNC ? message->size : copied;
}

/* A message must not be held unless its id can be reported: it could not be settled. */
static bool kctl_has_room_for_held(const struct msghdr *msg)
{
	size_t header = sizeof(struct cmsghdr);

#ifdef CONFIG_COMPAT
	if (msg->msg_flags & MSG_CMSG_COMPAT)
		header = sizeof(struct compat_cmsghdr);
#endif
	return msg->msg_control && msg->msg_controllen >= header + sizeof(struct kctl_held);
}

/* Converts a time of CLOCK_MONOTONIC to the caller's time namespace. */
static u64 kctl_deadline_to_user(u64 deadline)
{
	struct timespec64 time = ns_to_timespec64(deadline);

	if (!deadline)
		return 0;
	timens_add_monotonic(&time);
	return timespec64_to_ns(&time);
}

/* Returns -ENODATA if the socket no longer holds messages. */
static noinline int kctl_recv_and_hold(struct socket *sock, struct msghdr *msg, size_t size,
				       int flags)
{
	struct kctl_sock *ksk = kctl_sk(sock->sk);
	struct kctl_delivery delivery;
	struct kctl_held held;
	int ret;

	if (!kctl_has_room_for_held(msg))
		return -EINVAL;
	ret = kctl_window_receive(&ksk->window,
				  sock_rcvtimeo(&ksk->sk, flags & MSG_DONTWAIT), &delivery,
				  &held);
	if (!delivery.message)
		return ret;

	held.deadline = kctl_deadline_to_user(held.deadline);
	/* First, as the check above guarantees room for one control message only. */
	ret = put_cmsg(msg, SOL_KCTL, SCM_KCTL_HELD, sizeof(held), &held);
	if (!ret)
		ret = kctl_delivery_to_user(&delivery, sock, msg, size, flags);
	if (ret < 0)
		kctl_window_unreceive(&ksk->window, held.id);
	else
		trace_channel_receive(ksk->receiver.channel->number, delivery.message);
	kctl_message_put(ksk->channels, delivery.message);
	return ret;
}

/* Of a message that is not held. */
static noinline void kctl_put_history(struct msghdr *msg, const struct kctl_message *message)
{
	struct kctl_held held = kctl_message_describe(message);

	if (held.dead_from)
		put_cmsg(msg, SOL_KCTL, SCM_KCTL_HELD, sizeof(held), &held);
}

/* MSG_WAITALL has no effect on datagrams, and recv(2) allows it. */
#define KCTL_RECV_FLAGS (MSG_DONTWAIT | MSG_PEEK | MSG_TRUNC | MSG_WAITALL | \
			 MSG_NOSIGNAL | MSG_CMSG_CLOEXEC | MSG_CMSG_COMPAT)

/**
 * kctl_proto_recvmsg() - recvmsg(2)
 * @sock: the socket
 * @msg: where to put the message
 * @size: size of the buffer for data, in bytes
 * @flags: MSG_*
 *
 * Return: the number of bytes received, or an error, see <linux/kctl.h>.
 */
int kctl_proto_recvmsg(struct socket *sock, struct msghdr *msg, size_t size, int flags)
{
	struct kctl_sock *ksk = kctl_sk(sock->sk);
	struct kctl_delivery delivery;
	bool peek = flags & MSG_PEEK;
	struct kctl_channel *channel;
	struct kctl_queue *queue;
	int ret;

	if (flags & ~KCTL_RECV_FLAGS)
		return -EOPNOTSUPP;
	if (!kctl_sock_bound(ksk))
		return -ENOTCONN;
	if (unlikely(READ_ONCE(ksk->window.limit)) && !peek) {
		ret = kctl_recv_and_hold(sock, msg, size, flags);
		if (ret != -ENODATA)
			return ret;
	}

	channel = kctl_sock_channel(ksk);
	queue = kctl_sock_queue(ksk);
	ret = kctl_channel_receive(channel, queue, &ksk->sk, peek,
				   sock_rcvtimeo(&ksk->sk, flags & MSG_DONTWAIT), &delivery);
	if (!delivery.message)
		return ret;

	ret = kctl_delivery_to_user(&delivery, sock, msg, size, flags);
	if (ret < 0 && !peek) {
		kctl_channel_unreceive(channel, queue, &delivery, &ksk->sk);
		return ret;
	}
	if (unlikely(READ_ONCE(ksk->history)) && !ksk->is_tap)
		kctl_put_history(msg, delivery.message);
	if (!peek)
		trace_channel_receive(channel->number, delivery.message);
	kctl_delivery_put(ksk->channels, &delivery);
	return ret;
}
