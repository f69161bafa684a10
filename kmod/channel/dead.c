// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dead letters.
 *
 * A channel has no reference to its dead letter channel, but stores its number and the id
 * that it got when it was chosen. A reference would keep a channel of another user in the
 * table. A deleted channel loses its id, so a later channel of the same number, which may
 * belong to another user, gets nothing.
 *
 * Dead letters keep their sender and may exceed limits. So both channels must have the same
 * owner, also at the time when a message dies, unless an administrator chose the channel.
 */
#include "dead.h"

/**
 * kctl_left_init() - initialise an empty struct kctl_left
 * @left: the struct
 */
void kctl_left_init(struct kctl_left *left)
{
	kctl_queue_init(&left->done);
	kctl_queue_init(&left->dead);
	left->letter = (struct kctl_dead_letter) {};
	*left->name = 0;
}

/* ---- messages -------------------------------------------------------------- */

/**
 * kctl_channel_bury() - dispose of a message that died
 * @channel: the channel, locked
 * @message: the message, which was taken from the channel and does not count as held
 *	there
 * @why: enum kctl_dead_why
 * @left: gets the message
 */
void kctl_channel_bury(struct kctl_channel *channel, struct kctl_message *message, u32 why,
		       struct kctl_left *left)
{
	struct kctl_history history;

	lockdep_assert_held(&channel->lock);
	channel->gone++;
	history = (struct kctl_history) {
		.from		= channel->number,
		.deliveries	= min_t(u32, message->returns, KCTL_HISTORY_DELIVERIES_MAX),
		.why		= why,
	};
	kctl_channel_copy_name(channel, left->name);
	if (!channel->letter.number) {
		atomic64_inc(&channel->dropped);
		kctl_event_note_dead(channel->channels, &history, left->name, 0);
		kctl_queue_add(&left->done, &message->item);
		return;
	}
	if (!left->dead.count)
		left->letter = channel->letter;
	WRITE_ONCE(message->history, history);
	WRITE_ONCE(message->returns, 0);
	kctl_queue_add(&left->dead, &message->item);
}

/**
 * kctl_channel_kill() - let a message die
 * @channel: the channel, locked
 * @message: the message, which counts as held there
 * @why: enum kctl_dead_why
 * @left: gets the message
 */
void kctl_channel_kill(struct kctl_channel *channel, struct kctl_message *message, u32 why,
		       struct kctl_left *left)
{
	kctl_queue_unhold(&channel->queue, &message->item);
	kctl_channel_bury(channel, message, why, left);
}

/**
 * kctl_channel_fail() - give back a message that could not be processed, or let it die
 * @channel: the channel, locked
 * @message: the message, which counts as held there
 * @delay: as for kctl_channel_give_back(); 0: the delay of the channel, if it has one
 * @left: gets the message if this was its last delivery, or it has expired
 *
 * Return: as kctl_channel_give_back().
 */
bool kctl_channel_fail(struct kctl_channel *channel, struct kctl_message *message, u32 delay,
		       struct kctl_left *left)
{
	WRITE_ONCE(message->returns, message->returns + 1);
	if (!channel->max_deliveries || message->returns < channel->max_deliveries)
		return kctl_channel_give_back(channel, message, delay ?: channel->retry_delay,
					      left);
	kctl_channel_kill(channel, message, KCTL_DEAD_DELIVERIES, left);
	return false;
}

/**
 * kctl_channel_fail_some() - give back a batch of messages that could not be processed
 * @channel: the channel, locked
 * @messages: the messages, which count as held there
 * @left: gets those that die
 *
 * Return: whether there are more.
 */
bool kctl_channel_fail_some(struct kctl_channel *channel, struct kctl_queue *messages,
			    struct kctl_left *left)
{
	struct kctl_delivery delivery;
	u32 count = 0, back = 0;

	while (count++ < KCTL_BATCH && kctl_queue_take(messages, &delivery, false))
		back += kctl_channel_fail(channel, delivery.message, 0, left);
	if (back)
		kctl_channel_notify_of_many(channel, back);
	return messages->count;
}

/* Dead letters of an owner must not take the memory that is reserved for administrators. */
static bool kctl_dead_letter_accepts(const struct kctl_dead_letter *letter,
				     const struct kctl_channel *channel)
{
	const struct kctl_channels *channels = channel->channels;

	if (channel->letter_id != letter->id)
		return false;
	return letter->by_admin ||
	       (uid_eq(channel->uid, letter->uid) &&
		atomic_long_read(&channels->memory) <=
		kctl_limit_of_users(READ_ONCE(channels->max_memory)));
}

/* Note that the remaining dead letters move to @to, or are dropped if @to is 0. */
static void kctl_left_note(const struct kctl_left *left, struct kctl_channels *channels, u32 to)
{
	const struct kctl_item *item;

	for (item = left->dead.first; item; item = item->next)
		kctl_event_note_dead(channels, &item->message->history, left->name, to);
}

/* Whatever is left in the queue afterwards was not accepted. */
static void kctl_left_move(struct kctl_left *left, struct kctl_channels *channels)
{
	struct kctl_channel *target = kctl_channel_find(channels, left->letter.number);

	if (!target)
		return;
	spin_lock(&target->lock);
	if (kctl_dead_letter_accepts(&left->letter, target)) {
		kctl_left_note(left, channels, target->number);
		kctl_channel_append(target, &left->dead);
	}
	kctl_channel_unlock_put(target);
}

/**
 * kctl_left_dispose() - move and free the messages that left a channel
 * @left: the messages; must be initialised before it is used again
 * @channel: the channel, not locked; the caller has a reference, or a socket on it
 *
 * Context: process, may sleep.
 */
void kctl_left_dispose(struct kctl_left *left, struct kctl_channel *channel)
{
	struct kctl_channels *channels = channel->channels;
	u32 dead = left->dead.count;

	if (dead) {
		kctl_left_move(left, channels);
		kctl_left_note(left, channels, 0);
		atomic64_add(dead - left->dead.count, &channel->moved);
		atomic64_add(left->dead.count, &channel->dropped);
		kctl_queue_free(&left->dead, channels);
	}
	kctl_queue_free(&left->done, channels);
}

/* ---- configuration --------------------------------------------------------- */

/**
 * kctl_dead_letter_exists() - check that a dead letter channel was not deleted
 * @channels: the channels of the network namespace
 * @letter: the dead letter channel
 *
 * Return: true if it still exists.
 */
bool kctl_dead_letter_exists(struct kctl_channels *channels,
			     const struct kctl_dead_letter *letter)
{
	struct kctl_channel *channel = kctl_channel_find(channels, letter->number);
	bool exists;

	if (!channel)
		return false;
	spin_lock(&channel->lock);
	exists = channel->letter_id == letter->id;
	kctl_channel_unlock_put(channel);
	return exists;
}

static int kctl_dead_letter_join(struct kctl_channel *channel, const struct kctl_caller *caller,
				 bool admin, struct kctl_dead_letter *letter)
{
	if (!channel->configured)
		return -ENOENT;
	if (!admin && !kctl_caller_is_owner(caller, channel))
		return -EACCES;
	if (channel->letter.number)
		return -ELOOP;

	channel->letter_sources++;
	if (!channel->letter_id)
		channel->letter_id = atomic64_inc_return(&channel->channels->letter_ids);
	*letter = (struct kctl_dead_letter) {
		.number	  = channel->number,
		.id	  = channel->letter_id,
		.uid	  = channel->uid,
		.by_admin = admin,
	};
	return 0;
}

/**
 * kctl_dead_letter_choose() - choose a dead letter channel
 * @channels: the channels of the network namespace
 * @number: number of the channel
 * @source: number of the channel that chooses it
 * @caller: the caller
 * @letter: filled in; kctl_dead_letter_leave() undoes it
 *
 * Until kctl_dead_letter_leave() the channel cannot get a dead letter channel itself. The
 * caller checks that no other channel has chosen the source.
 *
 * Return: 0; -EINVAL if the number is ephemeral; -ELOOP if it is the number of the source,
 * or the channel has a dead letter channel; -ENOENT if the channel is not configured;
 * -EACCES if it belongs to another user and the caller is not an administrator.
 */
int kctl_dead_letter_choose(struct kctl_channels *channels, u32 number, u32 source,
			    const struct kctl_caller *caller, struct kctl_dead_letter *letter)
{
	struct kctl_channel *channel;
	bool admin;
	int err;

	if (kctl_channel_is_ephemeral(number))
		return -EINVAL;
	if (number == source)
		return -ELOOP;
	channel = kctl_channel_find(channels, number);
	if (!channel)
		return -ENOENT;

	/*
	 * Checked first, unlike elsewhere: the choice of an administrator outlasts a change
	 * of owner.
	 */
	admin = kctl_caller_is_admin(caller);
	spin_lock(&channel->lock);
	err = kctl_dead_letter_join(channel, caller, admin, letter);
	kctl_channel_unlock_put(channel);
	return err;
}

/**
 * kctl_dead_letter_leave() - undo kctl_dead_letter_choose()
 * @channels: the channels of the network namespace
 * @letter: the dead letter channel, if there is one; empty afterwards
 */
void kctl_dead_letter_leave(struct kctl_channels *channels, struct kctl_dead_letter *letter)
{
	struct kctl_channel *channel;

	if (!letter->number)
		return;
	channel = kctl_channel_find(channels, letter->number);
	if (channel) {
		spin_lock(&channel->lock);
		channel->letter_sources -= channel->letter_id == letter->id;
		kctl_channel_unlock_put(channel);
	}
	*letter = (struct kctl_dead_letter) {};
}

static void kctl_channel_forget_letter(struct kctl_channel *channel)
{
	struct kctl_settings old;

	kctl_settings_get(channel, &old);
	channel->letter = (struct kctl_dead_letter) {};
	kctl_event_note_set(channel, &old);
}

/**
 * kctl_dead_letter_forget() - remove a dead letter channel from the settings of all
 * channels
 * @channels: the channels of the network namespace
 * @number: number of the channel, which was deleted
 * @id: the id that it had
 *
 * Context: process, may sleep.
 */
void kctl_dead_letter_forget(struct kctl_channels *channels, u32 number, u64 id)
{
	struct kctl_channel *channel;
	unsigned long at;

	xa_for_each(&channels->table, at, channel) {
		/* Without a reference, it may have ended. */
		channel = kctl_channel_find(channels, at);
		if (!channel)
			continue;
		spin_lock(&channel->lock);
		if (channel->letter.number == number && channel->letter.id == id)
			kctl_channel_forget_letter(channel);
		kctl_channel_unlock_put(channel);
		cond_resched();
	}
}
