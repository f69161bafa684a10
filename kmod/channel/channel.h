/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Channels: bounded queues of messages.
 *
 * Two kinds of files live in this folder. Components hold and move messages: channel.c,
 * notify.c, bind.c, table.c, name.c, perm.c, tap.c, hold.c, release.c, deadline.c, delay.c,
 * dead.c, expire.c, event.c, pressure.c, queue.c, message.c, user.c. They know neither the
 * interface a request came by nor its network namespace; they get a struct kctl_channels, the
 * channels of that namespace, and include this folder, the UAPI headers, name.h and trace.h.
 * Interface files check a request, find the channels of its namespace, and call the
 * components: proto*.c for the socket family, genl*.c for generic netlink. They alone
 * include net.h, main.h and genl.h as well.
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

/* The bits of a mode that mean something, in each of its three classes. */
#define KCTL_MAY_RECEIVE	04
#define KCTL_MAY_SEND		02

/**
 * struct kctl_owed - what a work item has to do for a channel
 * @messages: notify the receivers of so many messages
 * @copies: notify the taps of so many messages
 * @room: notify the sockets that found no room
 * @senders: admit senders that wait
 */
struct kctl_owed {
	u32	messages;
	u32	copies;
	bool	room;
	bool	senders;
};

/**
 * enum kctl_pressure - whether those who listen know that a channel was full
 * @KCTL_PRESSURE_NONE: it was not, or has drained since
 * @KCTL_PRESSURE_EASED: it was, and has been half empty since
 * @KCTL_PRESSURE_FULL: it was, and not half empty since
 */
enum kctl_pressure {
	KCTL_PRESSURE_NONE,
	KCTL_PRESSURE_EASED,
	KCTL_PRESSURE_FULL,
};

/**
 * struct kctl_dead_letter - where the messages go that die in a channel
 * @number: number of the dead letter channel; 0 if there is none, and they are dropped
 * @id: kctl_channel.letter_id of it
 * @uid: its owner when it was chosen
 * @by_admin: an administrator has chosen: its owner may be another by now
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
 * @seq: sequence number of the next message, which is the number of those before
 * @users: references: one for each socket bound or connected to it or tapping it, one
 *	for each call that found it, and one each for @work, @delays and @expiry while they
 *	are queued or run
 * @dead: has left the table; the memory lasts until the end of a grace period
 * @configured: stays without users and messages
 * @exclusive: the receiver accepts no other
 * @room_wanted: bytes of the smallest message that a socket to be notified of room has
 *	for it, or less; KCTL_ROOM_UNWANTED if none is to be notified; at most
 *	KCTL_ROOM_WATCHED while there is @pressure
 * @gone: number of messages that died, or were dropped by a request
 * @pressure: whether those who listen know that it was full
 * @owed: what @work has to do
 * @work: notifies sockets and admits senders if they are many
 * @delays: brings back messages whose delay is over; queued while any is delayed
 * @expiry: lets messages die that waited too long; queued while any waits and there is a
 *	@ttl, perhaps for too early a time
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
 * @mode: rights to receive and to send, as the mode of a file
 * @max_deliveries: deliveries that count, after which a message dies; 0: no limit
 * @retry_delay: delay of what is given back, counted, without one, in ms; 0: none
 * @hold_time_max: longest time that a receiver holds a message, in ms; 0: no limit
 * @ttl: time after which a message that waits dies, in ms; 0: never
 * @ttl_since: what entered before counts as if it entered then, in ns of CLOCK_BOOTTIME
 * @expired: number of messages that died so
 * @letter: where such messages go; of a channel that is configured
 * @letter_id: as long as it is configured: nonzero once it was chosen as a dead letter
 *	channel; no other channel of the namespace ever has the same
 * @letter_sources: number of channels whose @letter it is, or is about to be
 * @moved: number of messages that moved to a dead letter channel
 * @dropped: number of messages that died, and were dropped
 * @name: its name, or NULL
 * @created: when it was created, in ns of CLOCK_BOOTTIME
 * @number: its number
 * @channels: the channels of the network namespace
 * @creator: user that it counts for, or NULL
 * @rcu: delays the free until look-ups in progress are done
 *
 * Nothing holds @lock for long. What there may be many of is notified, admitted or refused
 * a few at a time, and messages that are dropped are freed without it.
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

/* More than any message has. */
#define KCTL_ROOM_UNWANTED	U32_MAX
#define KCTL_ROOM_WATCHED	(U32_MAX - 1)

/* A channel in which only an empty message fits counts as full. */
#define KCTL_ROOM_LEAST		1

/*
 * The kernel assigned the number of an ephemeral channel. Once the socket that got it is
 * closed, no other can know the number: messages left there would hold memory for ever.
 */
static inline bool kctl_channel_is_ephemeral(u32 number)
{
	return number >= KCTL_CHANNEL_EPHEMERAL;
}

void kctl_channel_end(struct kctl_channel *channel) __releases(&channel->lock);

/**
 * kctl_channel_unlock_put() - unlock a channel and drop a reference to it
 * @channel: the channel; leaves its table, and is freed, if nothing uses it any more
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
 * Messages that are held count as those that wait. Under a limit that was lowered
 * meanwhile, messages still pass one by one.
 *
 * Return: whether it fits.
 */
static inline bool kctl_channel_has_room(const struct kctl_channel *channel, u32 size)
{
	const struct kctl_channels *channels = channel->channels;
	const struct kctl_queue *queue = &channel->queue;
	u32 count = queue->count + queue->held;

	if (!count)
		return true;
	return count < READ_ONCE(channels->max_messages) &&
	       queue->bytes + queue->held_bytes + size <= READ_ONCE(channels->max_bytes);
}

void kctl_channel_admit_waiting(struct kctl_channel *channel);

/**
 * kctl_channel_admit() - admit senders that wait, and notify those that were refused
 * @channel: the channel, locked; room was made
 */
static inline void kctl_channel_admit(struct kctl_channel *channel)
{
	if (!list_empty(&channel->waiting_senders) ||
	    channel->room_wanted != KCTL_ROOM_UNWANTED)
		kctl_channel_admit_waiting(channel);
}

/* Number of tasks or sockets that a channel is locked for at a time. */
#define KCTL_BATCH	16

/* Sockets that a call notifies itself. */
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
 * kctl_channel_expire() - let messages die that waited too long, before one is received
 * @channel: the channel, locked; the caller has a reference, or a socket on it
 * @timeout: time that the caller would wait for a message, in jiffies. With 0, those that
 *	enter the channel meanwhile are left to the work item
 *
 * Context: process, may sleep. The lock is released in between if there are any.
 *
 * Return: 0; an error if the next message has waited too long all the same: -EAGAIN without
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
 * kctl_channel_may() - check whether a caller may receive from a channel, or send to it
 * @channel: the channel, locked
 * @caller: the caller
 * @what: KCTL_MAY_RECEIVE or KCTL_MAY_SEND
 *
 * Return: 0 or -EACCES.
 */
static inline int kctl_channel_may(const struct kctl_channel *channel,
				   const struct kctl_caller *caller, umode_t what)
{
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
 * What is held keeps others from sending, as messages that are sent do.
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
