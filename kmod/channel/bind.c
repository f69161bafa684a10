// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sockets on a channel: receivers, senders, taps.
 */
#include <linux/err.h>
#include <linux/memcontrol.h>
#include <linux/sched.h>
#include <net/sock.h>

#include "endpoint.h"

/*
 * Sockets are notified one by one under the lock, so their number is limited. Users that
 * only the mode of the channel admits must not take all places: some are reserved for the
 * owner and administrators, and some of these for administrators alone.
 */
#define KCTL_PLACES		KCTL_CHANNEL_SOCKETS_MAX
#define KCTL_PLACES_OF_OWNER	(KCTL_PLACES - KCTL_PLACES / 16)
#define KCTL_PLACES_OF_OTHERS	(KCTL_PLACES - KCTL_PLACES / 8)
#define KCTL_PLACES_OF_USER	(KCTL_PLACES / 4)

static u32 kctl_endpoints_of(const struct list_head *list, kuid_t uid)
{
	const struct kctl_endpoint *endpoint;
	u32 count = 0;

	list_for_each_entry(endpoint, list, node)
		count += uid_eq(endpoint->caller->cred->fsuid, uid);
	return count;
}

static u32 kctl_channel_places_of(const struct kctl_channel *channel, kuid_t uid)
{
	return kctl_endpoints_of(&channel->receivers, uid) +
	       kctl_endpoints_of(&channel->senders, uid) +
	       kctl_endpoints_of(&channel->taps, uid);
}

static int kctl_channel_check_place(const struct kctl_channel *channel,
				    const struct kctl_caller *caller)
{
	u32 taken = channel->receiver_count + channel->sender_count + channel->tap_count;

	if (taken < KCTL_PLACES_OF_USER)
		return 0;
	if (taken < KCTL_PLACES_OF_OWNER && kctl_caller_is_owner(caller, channel))
		return 0;
	if (taken < KCTL_PLACES_OF_OTHERS &&
	    kctl_channel_places_of(channel, caller->cred->fsuid) < KCTL_PLACES_OF_USER)
		return 0;
	return taken < KCTL_PLACES && kctl_caller_is_admin(caller) ? 0 : -ENOSPC;
}

static void kctl_channel_add_endpoint(struct kctl_channel *channel,
				      struct list_head *list,
				      struct kctl_endpoint *endpoint)
{
	channel->users++;
	list_add_tail(&endpoint->node, list);
	endpoint->room = KCTL_ROOM_LEAST;
	endpoint->full_seen = false;
	/* Pairs with the address dependency of READ_ONCE() in kctl_channel_send(). */
	smp_store_release(&endpoint->channel, channel);
}

/* The reference of the endpoint becomes the caller's. */
static void kctl_channel_del_endpoint(struct kctl_channel *channel,
				      struct kctl_endpoint *endpoint)
{
	list_del(&endpoint->node);
	WRITE_ONCE(endpoint->channel, NULL);
}

/* The caller has a reference to the channel, beside that of the endpoint. */
static void kctl_channel_del_sender(struct kctl_channel *channel, struct kctl_endpoint *sender)
{
	kctl_channel_del_endpoint(channel, sender);
	channel->sender_count--;
	channel->users--;
}

/*
 * The channel that an endpoint is on, with a reference; or NULL. The endpoint may leave
 * the channel at any time, and its reference may be the last.
 */
static struct kctl_channel *kctl_endpoint_get(const struct kctl_endpoint *endpoint)
{
	struct kctl_channel *channel;
	bool on;

	rcu_read_lock();
	channel = READ_ONCE(endpoint->channel);
	if (channel) {
		spin_lock(&channel->lock);
		on = READ_ONCE(endpoint->channel) == channel;
		channel->users += on;
		spin_unlock(&channel->lock);
		if (!on)
			channel = NULL;
	}
	rcu_read_unlock();
	return channel;
}

/* The rank of a caller in a conflict about KCTL_EXCLUSIVE. */
static int kctl_caller_rank(const struct kctl_caller *caller,
			    const struct kctl_channel *channel)
{
	return kctl_caller_is_admin(caller) ? 2 : kctl_caller_is_owner(caller, channel);
}

/*
 * An exclusive receiver keeps out receivers of its rank or below: a user with read
 * permission must not lock out the owner, nor the owner an administrator.
 */
static bool kctl_channel_excludes(const struct kctl_channel *channel,
				  const struct kctl_caller *caller)
{
	const struct kctl_endpoint *receiver;

	if (!channel->exclusive)
		return false;
	receiver = list_first_entry(&channel->receivers, struct kctl_endpoint, node);
	return kctl_caller_rank(receiver->caller, channel) >= kctl_caller_rank(caller, channel);
}

static int kctl_channel_may_bind(const struct kctl_channel *channel,
				 const struct kctl_caller *caller, bool exclusive,
				 bool holds)
{
	int err = kctl_channel_may(channel, caller, KCTL_MAY_RECEIVE) ?:
		  holds ? kctl_channel_may_hold(channel, caller) : 0;

	if (err)
		return err;
	if (channel->receiver_count && (exclusive || kctl_channel_excludes(channel, caller)))
		return -EADDRINUSE;
	return kctl_channel_check_place(channel, caller);
}

/**
 * kctl_channel_bind() - make a socket a receiver of a channel
 * @channels: the channels of its network namespace
 * @number: number of the channel, or 0 for an ephemeral one
 * @caller: the caller of bind(2)
 * @receiver: the endpoint of the socket, in no list yet
 * @exclusive: accept no other receiver
 * @holds: the receiver holds what it receives
 *
 * Context: process, may sleep.
 *
 * Return: 0; -EADDRINUSE if the channel has a receiver, and the old or the new one is
 * exclusive; -EADDRNOTAVAIL if the number is ephemeral and not in use; -EACCES; -ENOSPC if
 * the namespace has too many channels, or this channel too many sockets; -ENOMEM.
 */
int kctl_channel_bind(struct kctl_channels *channels, u32 number,
		      const struct kctl_caller *caller, struct kctl_endpoint *receiver,
		      bool exclusive, bool holds)
{
	struct kctl_channel *channel = kctl_channel_get_to_bind(channels, number, caller);
	int err;

	if (IS_ERR(channel))
		return PTR_ERR(channel);

	spin_lock(&channel->lock);
	err = kctl_channel_may_bind(channel, caller, exclusive, holds);
	if (!err) {
		kctl_channel_add_endpoint(channel, &channel->receivers, receiver);
		channel->receiver_count++;
		channel->exclusive = exclusive;
	}
	kctl_channel_unlock_put(channel);
	return err;
}

/**
 * kctl_channel_unbind() - undo kctl_channel_bind()
 * @receiver: the endpoint of the socket, bound or not; no call uses it to receive any
 *	more
 */
void kctl_channel_unbind(struct kctl_endpoint *receiver)
{
	struct kctl_channel *channel = receiver->channel;
	struct kctl_queue dropped = {};
	struct kctl_channels *channels;

	if (!channel)
		return;

	channels = channel->channels;
	spin_lock(&channel->lock);
	kctl_channel_del_endpoint(channel, receiver);
	channel->receiver_count--;
	channel->exclusive = false;
	if (!channel->receiver_count && kctl_channel_is_ephemeral(channel->number))
		kctl_channel_abandon(channel, -ECONNREFUSED, &dropped);
	kctl_channel_unlock_put(channel);
	kctl_queue_free(&dropped, channels);
}

/**
 * kctl_channel_tap() - make a socket a tap of a channel
 * @channels: the channels of its network namespace
 * @number: number of the channel
 * @caller: the caller of bind(2)
 * @tap: the tap of the socket, in no list yet
 *
 * Context: process, may sleep.
 *
 * Return: 0; -EADDRNOTAVAIL if the number is ephemeral and not in use; -EACCES; -ENOSPC if
 * the namespace has too many channels, or this channel too many sockets; -ENOMEM.
 */
int kctl_channel_tap(struct kctl_channels *channels, u32 number,
		     const struct kctl_caller *caller, struct kctl_tap *tap)
{
	struct kctl_channel *channel = kctl_channel_get_to_bind(channels, number, caller);
	int err;

	if (IS_ERR(channel))
		return PTR_ERR(channel);

	spin_lock(&channel->lock);
	err = kctl_channel_may(channel, caller, KCTL_MAY_RECEIVE) ?:
	      kctl_channel_check_place(channel, caller);
	if (!err) {
		tap->memcg = get_mem_cgroup_from_mm(current->mm);
		kctl_channel_add_endpoint(channel, &channel->taps, &tap->endpoint);
		channel->tap_count++;
	}
	kctl_channel_unlock_put(channel);
	return err;
}

/**
 * kctl_channel_untap() - undo kctl_channel_tap()
 * @tap: the tap of the socket, in use or not; no call uses it to receive any more
 */
void kctl_channel_untap(struct kctl_tap *tap)
{
	struct kctl_channel *channel = tap->endpoint.channel;
	struct kctl_channels *channels;

	if (!channel)
		return;

	channels = channel->channels;
	spin_lock(&channel->lock);
	kctl_channel_del_endpoint(channel, &tap->endpoint);
	channel->tap_count--;
	kctl_channel_unlock_put(channel);
	/* No sender copies to the tap any more. */
	kctl_queue_free(&tap->queue, channels);
	mem_cgroup_put(tap->memcg);
}

/**
 * kctl_channel_connect() - make a socket a sender to a channel
 * @channels: the channels of its network namespace
 * @number: number of the channel
 * @caller: the caller of connect(2)
 * @sender: the endpoint of the socket; leaves the channel it was connected to. The
 *	caller holds the lock of the socket, so no other call can connect it
 *
 * Context: process, may sleep.
 *
 * Return: 0; -EACCES; -ENOSPC if the namespace has too many channels, or this channel too
 * many sockets; -ECONNREFUSED if the channel is ephemeral and no socket is bound to it;
 * -ENOMEM. After an error the socket is connected as before.
 */
int kctl_channel_connect(struct kctl_channels *channels, u32 number,
			 const struct kctl_caller *caller, struct kctl_endpoint *sender)
{
	struct kctl_channel *channel = kctl_channel_get_to_send(channels, number, caller);
	int err;

	if (IS_ERR(channel))
		return PTR_ERR(channel);

	spin_lock(&channel->lock);
	err = kctl_channel_may_send(channel, caller) ?:
	      kctl_channel_check_place(channel, caller);
	if (err) {
		kctl_channel_unlock_put(channel);
		return err;
	}
	/* Count it now, so that the limit holds while the lock is released. */
	channel->sender_count++;
	spin_unlock(&channel->lock);

	kctl_channel_disconnect(sender);

	spin_lock(&channel->lock);
	kctl_channel_add_endpoint(channel, &channel->senders, sender);
	/* The mode may have changed while the lock was released. */
	if (kctl_channel_may(channel, caller, KCTL_MAY_SEND))
		kctl_channel_del_sender(channel, sender);
	kctl_channel_unlock_put(channel);
	return 0;
}

/**
 * kctl_channel_disconnect() - undo kctl_channel_connect()
 * @sender: the endpoint of the socket, connected or not; no other call can connect it
 */
void kctl_channel_disconnect(struct kctl_endpoint *sender)
{
	struct kctl_channel *channel = kctl_endpoint_get(sender);

	if (!channel)
		return;

	spin_lock(&channel->lock);
	/* It may have been dismissed. */
	if (sender->channel)
		kctl_channel_del_sender(channel, sender);
	kctl_channel_unlock_put(channel);
}

/**
 * kctl_channel_dismiss() - disconnect the senders that are no longer permitted to send
 * @channel: the channel, locked, with a reference of the caller
 *
 * They lose their places on the channel. Their sockets remain connected to its number:
 * each send checks the mode, and pollers are woken to see the result.
 */
void kctl_channel_dismiss(struct kctl_channel *channel)
{
	struct kctl_endpoint *sender, *next;

	lockdep_assert_held(&channel->lock);
	list_for_each_entry_safe(sender, next, &channel->senders, node) {
		if (!kctl_channel_may(channel, sender->caller, KCTL_MAY_SEND))
			continue;
		kctl_channel_del_sender(channel, sender);
		sender->sk->sk_write_space(sender->sk);
	}
}

/**
 * kctl_channel_owner() - find the owner of the channel that a socket is on
 * @endpoint: an endpoint of the socket
 * @uid: set to the owner
 *
 * Return: whether the endpoint is on a channel.
 */
bool kctl_channel_owner(const struct kctl_endpoint *endpoint, kuid_t *uid)
{
	struct kctl_channel *channel = kctl_endpoint_get(endpoint);

	if (!channel)
		return false;

	spin_lock(&channel->lock);
	*uid = channel->uid;
	kctl_channel_unlock_put(channel);
	return true;
}

static void kctl_endpoints_list(const struct list_head *endpoints,
				struct kctl_channel_info *info)
{
	const struct kctl_endpoint *endpoint;

	list_for_each_entry(endpoint, endpoints, node) {
		if (info->listed == ARRAY_SIZE(info->sockets))
			return;
		info->sockets[info->listed++] = sock_i_ino(endpoint->sk);
	}
}

/**
 * kctl_channel_list_sockets() - describe the sockets on a channel
 * @channel: the channel, locked
 * @info: the sockets are added to its list until it is full
 */
void kctl_channel_list_sockets(const struct kctl_channel *channel,
			       struct kctl_channel_info *info)
{
	lockdep_assert_held(&channel->lock);
	kctl_endpoints_list(&channel->receivers, info);
	kctl_endpoints_list(&channel->taps, info);
	kctl_endpoints_list(&channel->senders, info);
}
