/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Channels: bounded queues of messages.
 *
 * Two kinds of files live in this folder. Components hold and move messages: channel.c,
 * notify.c, bind.c, table.c, name.c, perm.c, tap.c, hold.c, release.c, deadline.c, delay.c,
 * dead.c, expire.c, event.c, pressure.c, queue.c, message.c, user.c. They do not know which
 * interface a request came from, or its network namespace: they get a struct kctl_channels,
 * the channels of that namespace. They include this folder, the UAPI headers, name.h and
 * trace.h. Interface files check a request, find the channels of its namespace, and call the
 * components: proto*.c for the socket family, genl*.c for generic netlink. Only they include
 * net.h and genl.h as well.
 *
 * Of the files above this folder, net.c embeds and initialises struct kctl_channels, genl.c
 * reports its counters and dispatches requests to genl.c here, main.c calls the init and
 * exit functions, and trace.h reads channels and messages. Nothing else calls in here.
 *
 * Includes run one way: channels.h, config.h, user.h and queue.h; channel.h; endpoint.h and
 * event.h; dead.h, hold.h, proto.h.
 */
#ifndef _KCTL_CHANNEL_H
#define _KCTL_CHANNEL_H

#include <linux/kctl.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/uidgid.h>
#include <linux/workqueue.h>
#include <net/sock.h>

#include "channels.h"
#include "config.h"
#include "queue.h"
#include "user.h"

struct kctl_channel_name;
struct kctl_endpoint;
struct kctl_left;

/* The permission bits that are used in each of the three classes of a mode. */
#define KCTL_MAY_RECEIVE	04
#define KCTL_MAY_SEND		02

/**
 * struct kctl_owed - pending tasks of the work item of a channel
 * @messages: number of messages to notify the receivers of
 * @copies: number of messages to notify the taps of
 * @room: notify the sockets that found the channel full
 * @senders: admit senders that wait
 */
struct kctl_owed {
	u32	messages;
	u32	copies;
	bool	room;
	bool	senders;
};

/**
 * enum kctl_pressure - what listeners know of the pressure in a channel
 * @KCTL_PRESSURE_NONE: the channel was not full, or has drained since
 * @KCTL_PRESSURE_EASED: the channel was full, and has been half empty since
 * @KCTL_PRESSURE_FULL: the channel was full, and has not been half empty since
 */
enum kctl_pressure {
	KCTL_PRESSURE_NONE,
	KCTL_PRESSURE_EASED,
	KCTL_PRESSURE_FULL,
};

/**
 * struct kctl_dead_letter - destination of the messages that die in a channel
 * @number: number of the dead letter channel; 0: none, the messages are dropped
 * @id: its kctl_channel.letter_id
 * @uid: its owner when it was chosen
 * @by_admin: an administrator chose it, so a change of its owner does not matter
 */
struct kctl_dead_letter {
	u32	number;
	u64	id;
	kuid_t	uid;
	bool	by_admin;
};

/**
 * struct kctl_channel - a channel
 * @lock: protects the members that follow, except @created, @number, @channels, @creator,
 *	@moved and @dropped
 * @queue: messages that wait to be received
 * @seq: sequence number of the next message, and so the number of messages that entered
 * @users: references: one for each socket bound or connected to it or tapping it, one
 *	for each call that found it, and one each for @work, @delays and @expiry while they
 *	are queued or run
 * @dead: has left the table; the memory lasts until the end of a grace period
 * @configured: stays without users and messages
 * @exclusive: the receiver accepts no other
 * @room_wanted: smallest @room of the endpoints that wait for a notification, or less;
 *	KCTL_ROOM_UNWANTED if none waits; at most KCTL_ROOM_WATCHED while @pressure is
 *	set
 * @gone: number of messages that died or that a request dropped
 * @pressure: what listeners know: whether it was full
 * @owed: pending tasks of @work
 * @work: notifies sockets and admits senders if there are many of them
 * @delays: returns messages whose delay is over; queued while any message is delayed
 * @expiry: expires messages that waited too long; queued while a message waits and @ttl
 *	is set, possibly for a time that is too early
 * @waiting_senders: struct kctl_waiter, served in order; the channel has no room for the
 *	message of the first one
 * @receivers: struct kctl_endpoint of the sockets bound to it
 * @senders: struct kctl_endpoint of the sockets connected to it
 * @taps: struct kctl_endpoint of the sockets that tap it
 * @receiver_count: length of @receivers
 * @sender_count: length of @senders
 * @tap_count: length of @taps
 * @uid: owner
 * @gid: group
 * @mode: permission to receive and to send, like the mode of a file
 * @max_deliveries: number of counted deliveries after which a message dies; 0: no limit
 * @retry_delay: delay in ms of a message that is given back, counted, without a delay;
 *	0: none
 * @hold_time_max: longest time that a receiver holds a message, in ms; 0: no limit
 * @ttl: time in ms after which a waiting message dies; 0: never
 * @ttl_since: time since which @ttl is set, in ns of CLOCK_BOOTTIME; the time to live
 *	of earlier messages begins then
 * @expired: number of messages that died because of @ttl
 * @letter: destination of dead messages; of a configured channel only
 * @letter_id: nonzero from when it is chosen as a dead letter channel until it is
 *	deleted; unique in the namespace, never reused
 * @letter_sources: number of channels that have it as their @letter, or are about to
 * @moved: number of messages that moved to a dead letter channel
 * @dropped: number of messages that died, and were dropped
 * @name: its name, or NULL
 * @created: when it was created, in ns of CLOCK_BOOTTIME
 * @number: its number
 * @channels: the channels of the network namespace
 * @creator: user that it is charged to, or NULL
 * @rcu: delays the free until look-ups in progress are done
 *
 * Nothing holds @lock for long. Sockets are notified, and senders admitted or refused, a
 * few at a time, and dropped messages are freed without the lock.
 *
 * Lock order: @lock, then the lock of the table, of the names, of the events or of a
 * socket's wait queue.
 * Nothing locks two channels at a time.
 */
struct kctl_channel {
	spinlock_t		lock;	/* protects the members below, see above */
	struct kctl_queue	queue;
	u64			seq;
	u32			users;
	bool			dead;
	bool			configured;
	bool			exclusive;
	u32			room_wanted;
	enum kctl_pressure	pressure;
	u64			gone;
	struct kctl_owed	owed;
	struct work_struct	work;
	struct delayed_work	delays;
	struct delayed_work	expiry;
	struct list_head	waiting_senders;
	struct list_head	receivers;
	struct list_head	senders;
	struct list_head	taps;
	u32			receiver_count;
	u32			sender_count;
	u32			tap_count;
	kuid_t			uid;
	kgid_t			gid;
	umode_t			mode;
	u32			max_deliveries;
	u32			retry_delay;
	u32			hold_time_max;
	u32			ttl;
	u64			ttl_since;
	u64			expired;
	struct kctl_dead_letter	letter;
	u64			letter_id;
	u32			letter_sources;
	atomic64_t		moved;
	atomic64_t		dropped;
	struct kctl_channel_name *name;
	u64			created;
	u32			number;
	struct kctl_channels	*channels;
	struct kctl_user	*creator;
	struct rcu_head		rcu;
};

/* Larger than any message. */
#define KCTL_ROOM_UNWANTED	U32_MAX
#define KCTL_ROOM_WATCHED	(U32_MAX - 1)

/* A channel in which only an empty message fits counts as full. */
#define KCTL_ROOM_LEAST		1

/*
 * The kernel assigned the number of an ephemeral channel. Once the socket that got it is
 * closed, no other socket can know the number: messages left in the channel would hold
 * memory for ever.
 */
static inline bool kctl_channel_is_ephemeral(u32 number)
{
	return number >= KCTL_CHANNEL_EPHEMERAL;
}

void kctl_channel_end(struct kctl_channel *channel) __releases(&channel->lock);

/**
 * kctl_channel_unlock_put() - unlock a channel and drop a reference to it
 * @channel: the channel; removed from its table and freed if nothing uses it any more
 */
static inline void kctl_channel_unlock_put(struct kctl_channel *channel)
	__releases(&channel->lock)
{
	channel->users--;
	if (likely(channel->users || channel->queue.count || channel->configured))
		spin_unlock(&channel->lock);
	else
		kctl_channel_end(channel);
}

/**
 * kctl_channel_has_room() - check whether a message fits into a channel
 * @channel: the channel, locked
 * @size: bytes of the message
 *
 * Held messages count like waiting ones. If a limit was lowered below the contents,
 * messages still pass one by one.
 *
 * Return: whether it fits.
 */
static inline bool kctl_channel_has_room(const struct kctl_channel *channel, u32 size)
{
	const struct kctl_channels *channels = channel->channels;
	const struct kctl_queue *queue = &channel->queue;
	u32 count = queue->count + queue->held;

	lockdep_assert_held(&channel->lock);
	if (!count)
		return true;
	return count < READ_ONCE(channels->max_messages) &&
	       queue->bytes + queue->held_bytes + size <= READ_ONCE(channels->max_bytes);
}

void kctl_channel_admit_waiting(struct kctl_channel *channel);

/**
 * kctl_channel_admit() - admit waiting senders, and notify senders that were refused
 * @channel: the channel, locked; room was made
 */
static inline void kctl_channel_admit(struct kctl_channel *channel)
{
	if (!list_empty(&channel->waiting_senders) ||
	    channel->room_wanted != KCTL_ROOM_UNWANTED)
		kctl_channel_admit_waiting(channel);
}

/* Most tasks or sockets that are handled in one critical section of a channel. */
#define KCTL_BATCH	16

/* Most sockets that a call notifies itself. */
#define KCTL_NOTIFY_AT_ONCE	64

/**
 * kctl_channel_let_others() - let others have the lock of a channel
 * @channel: the channel, locked; the caller has a reference, or a socket on it
 *
 * Context: process, may sleep.
 */
static inline void kctl_channel_let_others(struct kctl_channel *channel)
{
	spin_unlock(&channel->lock);
	cond_resched();
	spin_lock(&channel->lock);
}

/* table.c */
struct kctl_channel *kctl_channel_find(struct kctl_channels *channels, u32 number);
struct kctl_channel *kctl_channel_create(struct kctl_channels *channels, u32 number,
					 const struct kctl_caller *caller);
struct kctl_channel *kctl_channel_get(struct kctl_channels *channels, u32 number,
				      const struct kctl_caller *caller);
struct kctl_channel *kctl_channel_get_to_bind(struct kctl_channels *channels, u32 number,
					      const struct kctl_caller *caller);
struct kctl_channel *kctl_channel_get_to_send(struct kctl_channels *channels, u32 number,
					      const struct kctl_caller *caller);
bool kctl_channels_next(struct kctl_channels *channels, u64 from,
			struct kctl_channel_info *info);
void kctl_channels_init(struct kctl_channels *channels,
			const struct kctl_event_ops *events);
void kctl_channels_exit(struct kctl_channels *channels);

/* name.c */
bool kctl_channel_name_ok(const char *text);
struct kctl_channel_name *kctl_channel_name_alloc(const char *text);
void kctl_channel_name_free(struct kctl_channel_name *name);
int kctl_channel_rename(struct kctl_channel *channel, struct kctl_channel_name **name);
void kctl_channel_copy_name(const struct kctl_channel *channel, char *text);
u32 kctl_channel_number_of(struct kctl_channels *channels, const char *text);

/* bind.c; the rest of it is in endpoint.h */
void kctl_channel_dismiss(struct kctl_channel *channel);
void kctl_channel_list_sockets(const struct kctl_channel *channel,
			       struct kctl_channel_info *info);

/* perm.c */
bool kctl_caller_is_one(const struct kctl_caller *caller);
bool kctl_caller_is_owner(const struct kctl_caller *caller, const struct kctl_channel *channel);
bool kctl_channel_mode_allows(const struct kctl_channel *channel,
			      const struct kctl_caller *caller, umode_t what);
int kctl_channel_set(struct kctl_channels *channels, u32 number,
		     const struct kctl_caller *caller,
		     const struct kctl_channel_change *change);
int kctl_channel_delete(struct kctl_channels *channels, u32 number,
			const struct kctl_caller *caller);
int kctl_channel_flush(struct kctl_channels *channels, u32 number,
		       const struct kctl_caller *caller);

/* notify.c; the rest of it is in endpoint.h */
int kctl_notify_init(void);
void kctl_notify_exit(void);
void kctl_notify_work(struct work_struct *work);
void kctl_notify_wait(struct kctl_channels *channels);
void kctl_channel_work_queued(struct kctl_channel *channel);
void kctl_channel_work_done(struct kctl_channel *channel) __releases(&channel->lock);
bool kctl_work_at(struct delayed_work *work, u64 time);
void kctl_channel_notify_of_many(struct kctl_channel *channel, u32 messages);
bool kctl_channel_notify_taps_later(struct kctl_channel *channel);
void kctl_channel_notify_senders(struct kctl_channel *channel);
void kctl_channel_admit_later(struct kctl_channel *channel);

/* delay.c */
bool kctl_channel_give_back(struct kctl_channel *channel, struct kctl_message *message,
			    u32 delay, struct kctl_left *left);
void kctl_channel_unreceive(struct kctl_channel *channel, struct kctl_queue *queue,
			    struct kctl_delivery *delivery, struct sock *sk);
void kctl_delay_work(struct work_struct *work);
void kctl_channel_cancel(struct kctl_channel *channel, struct delayed_work *work);
void kctl_channel_drop(struct kctl_channel *channel, struct kctl_queue *dropped);

/* expire.c */
void kctl_channel_begin_life(struct kctl_channel *channel, struct kctl_message *message);
bool kctl_channel_first_is_due(const struct kctl_channel *channel);
void kctl_channel_plan_expiry(struct kctl_channel *channel);
int kctl_channel_expire_all(struct kctl_channel *channel, long timeout);
bool kctl_channel_let_expire(struct kctl_channel *channel, struct kctl_message *message,
			     struct kctl_left *left);
void kctl_channel_set_ttl(struct kctl_channel *channel, u32 ttl);
void kctl_expiry_work(struct work_struct *work);

/**
 * kctl_channel_expire() - expire messages that waited too long, before one is received
 * @channel: the channel, locked; the caller has a reference, or a socket on it
 * @timeout: time that the caller would wait for a message, in jiffies. With 0, messages
 *	that enter the channel meanwhile are left to the work item
 *
 * Context: process, may sleep. The lock is released in between if a message expires.
 *
 * Return: 0; an error if the next message has waited too long nevertheless: -EAGAIN without
 * a timeout; -ERESTARTSYS or -EINTR after a signal.
 */
static inline int kctl_channel_expire(struct kctl_channel *channel, long timeout)
{
	return unlikely(channel->ttl) ? kctl_channel_expire_all(channel, timeout) : 0;
}

/* pressure.c */
void kctl_channel_press(struct kctl_channel *channel);
void kctl_channel_relieve(struct kctl_channel *channel);

/**
 * kctl_channel_may() - check whether a caller may receive from a channel or send to it
 * @channel: the channel, locked
 * @caller: the caller
 * @what: KCTL_MAY_RECEIVE or KCTL_MAY_SEND
 *
 * Return: 0 or -EACCES.
 */
static inline int kctl_channel_may(const struct kctl_channel *channel,
				   const struct kctl_caller *caller, umode_t what)
{
	lockdep_assert_held(&channel->lock);
	if (caller->admin || kctl_channel_mode_allows(channel, caller, what) ||
	    caller->capable(caller))
		return 0;
	return -EACCES;
}

/**
 * kctl_channel_may_hold() - check whether a receiver may hold messages
 * @channel: the channel, locked
 * @caller: the caller, which may receive
 *
 * Held messages fill the channel like sent ones, so holding requires permission to
 * send.
 *
 * Return: 0 or -EACCES.
 */
static inline int kctl_channel_may_hold(const struct kctl_channel *channel,
					const struct kctl_caller *caller)
{
	return kctl_channel_may(channel, caller, KCTL_MAY_SEND);
}

/**
 * kctl_channel_may_send() - check whether a caller may send to a channel
 * @channel: the channel, locked
 * @caller: the caller
 *
 * Return: 0; -ECONNREFUSED if the channel is ephemeral and no socket is bound to it;
 * -EACCES.
 */
static inline int kctl_channel_may_send(const struct kctl_channel *channel,
					const struct kctl_caller *caller)
{
	if (kctl_channel_is_ephemeral(channel->number) && !channel->receiver_count)
		return -ECONNREFUSED;
	return kctl_channel_may(channel, caller, KCTL_MAY_SEND);
}

/* channel.c */
void kctl_channels_admit(struct kctl_channels *channels);
bool kctl_channel_admit_some(struct kctl_channel *channel);
void kctl_channel_abandon(struct kctl_channel *channel, int error,
			  struct kctl_queue *dropped);
void kctl_channel_empty(struct kctl_channel *channel, struct kctl_queue *dropped);
bool kctl_channel_return(struct kctl_channel *channel, struct kctl_message *message,
			 struct kctl_left *left);
void kctl_channel_append(struct kctl_channel *channel, struct kctl_queue *messages);
int kctl_channel_send(struct kctl_channels *channels, u32 number,
		      const struct kctl_caller *caller,
		      struct kctl_endpoint *endpoint,
		      struct kctl_message *message, long timeout);
int kctl_channel_receive(struct kctl_channel *channel, struct kctl_queue *queue,
			 struct sock *sk, bool peek, long timeout,
			 struct kctl_delivery *delivery);
u64 kctl_channel_bytes(struct kctl_channels *channels, u32 number);
u32 kctl_channel_next_size(struct kctl_channel *channel, struct kctl_queue *queue);

#endif /* _KCTL_CHANNEL_H */
