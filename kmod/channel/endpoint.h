/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Endpoints: the sockets on a channel, which receive from it, send to it or tap it.
 */
#ifndef _KCTL_ENDPOINT_H
#define _KCTL_ENDPOINT_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <net/sock.h>

#include "channel.h"

struct mem_cgroup;

/**
 * struct kctl_endpoint - a socket in a list of a channel
 * @node: in kctl_channel.receivers, kctl_channel.senders or kctl_channel.taps
 * @sk: the socket, notified when it can receive or send again
 * @caller: the creator of the socket
 * @channel: the channel, or NULL. Constant for a receiver or a tap while @node is in
 *	use; a sender may be dismissed, under the lock of the channel
 * @room: bytes that must be free for the socket to be writable: the size of the largest
 *	message that was refused since the socket was last notified of room, otherwise
 *	KCTL_ROOM_LEAST. With less, a sender that polls and retries would spin
 * @full_seen: the socket found less than @room, and is notified once there is as much
 * @window_full: the receiver holds as many messages as it may, and is not notified of
 *	messages; poll reads this without the lock
 *
 * The lock of the channel protects @room, @full_seen and @window_full.
 */
struct kctl_endpoint {
	struct list_head	node;
	struct sock		*sk;
	const struct kctl_caller *caller;
	struct kctl_channel	*channel;
	u32			room;
	bool			full_seen;
	bool			window_full;
};

/**
 * struct kctl_tap - state of a socket that taps a channel
 * @endpoint: the endpoint in kctl_channel.taps
 * @queue: copies that wait to be received; protected by the lock of the channel
 * @drops: number of messages that the tap missed; likewise
 * @asked: @admin is valid; likewise
 * @admin: its creator has CAP_NET_ADMIN; likewise
 * @memcg: the memory cgroup of the process that bound it, with a reference while @endpoint
 *	is in the list
 */
struct kctl_tap {
	struct kctl_endpoint	endpoint;
	struct kctl_queue	queue;
	u32			drops;
	bool			asked;
	bool			admin;
	struct mem_cgroup	*memcg;
};

/**
 * kctl_endpoint_notify() - call sk_data_ready() of a socket if a task waits for it
 * @endpoint: an endpoint of the socket, on a channel that is locked
 *
 * Every message passes through here, and most find no poller: the receiver sleeps in
 * recvmsg(2) or is busy. So the two conditions of sock_def_readable() are checked inline,
 * which saves an indirect call and an RCU section in that case: 2 % of the instructions
 * of a send of 64 bytes, and 3.5 % if the channel has a tap.
 *
 * A socket leaves its channels before it is orphaned, and takes their locks to leave, so
 * sk_wq does not change while the channel is locked.
 */
static inline void kctl_endpoint_notify(const struct kctl_endpoint *endpoint)
{
	struct sock *sk = endpoint->sk;
	struct socket_wq *wq;

	wq = rcu_dereference_protected(sk->sk_wq,
				       lockdep_is_held(&endpoint->channel->lock));
	if ((skwq_has_sleeper(wq) || sock_flag(sk, SOCK_FASYNC)) && !endpoint->window_full)
		sk->sk_data_ready(sk);
}

/* bind.c */
int kctl_channel_bind(struct kctl_channels *channels, u32 number,
		      const struct kctl_caller *caller, struct kctl_endpoint *receiver,
		      bool exclusive, bool holds);
void kctl_channel_unbind(struct kctl_endpoint *receiver);
int kctl_channel_connect(struct kctl_channels *channels, u32 number,
			 const struct kctl_caller *caller, struct kctl_endpoint *sender);
void kctl_channel_disconnect(struct kctl_endpoint *sender);
bool kctl_channel_owner(const struct kctl_endpoint *endpoint, kuid_t *uid);
int kctl_channel_tap(struct kctl_channels *channels, u32 number,
		     const struct kctl_caller *caller, struct kctl_tap *tap);
void kctl_channel_untap(struct kctl_tap *tap);

/* notify.c */
void kctl_endpoint_notify_many(const struct kctl_endpoint *endpoint, u32 messages);
void kctl_endpoint_refuse(struct kctl_endpoint *endpoint, struct kctl_channel *channel,
			  u32 size);
bool kctl_endpoint_is_writable(struct kctl_endpoint *endpoint, u32 number);

/* tap.c */
void kctl_taps_copy(struct kctl_channel *channel, struct kctl_message *message);

#endif /* _KCTL_ENDPOINT_H */
