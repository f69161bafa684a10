// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owners and modes of channels.
 */
#include <linux/bsearch.h>
#include <linux/cred.h>

#include "dead.h"
#include "../trace.h"

static int kctl_gid_compare(const void *one, const void *other)
{
	const kgid_t *a = one, *b = other;

	return gid_gt(*a, *b) - gid_lt(*a, *b);
}

/* in_group_p() for credentials that need not be the current ones. */
static bool kctl_cred_is_in_group(const struct cred *cred, kgid_t gid)
{
	const struct group_info *groups = cred->group_info;

	return gid_eq(cred->fsgid, gid) ||
	       bsearch(&gid, groups->gid, groups->ngroups, sizeof(gid), kctl_gid_compare);
}

static bool kctl_caller_is_in_group(const struct kctl_caller *caller, kgid_t gid)
{
	return kctl_cred_is_in_group(caller->cred, gid) &&
	       (!caller->opener || kctl_cred_is_in_group(caller->opener, gid));
}

/**
 * kctl_caller_is_owner() - check whether a caller owns a channel
 * @caller: the caller
 * @channel: the channel, locked
 *
 * Return: whether it does.
 */
bool kctl_caller_is_owner(const struct kctl_caller *caller, const struct kctl_channel *channel)
{
	return uid_eq(caller->cred->fsuid, channel->uid) &&
	       (!caller->opener || uid_eq(caller->opener->fsuid, channel->uid));
}

/**
 * kctl_caller_is_one() - check that opener and sender of a request are one user
 * @caller: the caller
 *
 * The owner and group of a new channel must be unambiguous. A setgid program that is
 * made to write to a netlink socket has the user of the opener, but a group that the
 * opener may lack.
 *
 * Return: whether opener and sender of a request have the same user and the same group.
 */
bool kctl_caller_is_one(const struct kctl_caller *caller)
{
	return !caller->opener || (uid_eq(caller->opener->fsuid, caller->cred->fsuid) &&
				   gid_eq(caller->opener->fsgid, caller->cred->fsgid));
}

/**
 * kctl_channel_mode_allows() - check the mode of a channel
 * @channel: the channel, locked
 * @caller: the caller, a socket of the family: it has no opener
 * @what: KCTL_MAY_RECEIVE or KCTL_MAY_SEND
 *
 * As for a file, the first class that the caller belongs to decides: owner, group, others.
 *
 * Return: whether the mode allows @what.
 */
bool kctl_channel_mode_allows(const struct kctl_channel *channel,
			      const struct kctl_caller *caller, umode_t what)
{
	umode_t mode = channel->mode;

	if (uid_eq(caller->cred->fsuid, channel->uid))
		mode >>= 6;
	else if (kctl_cred_is_in_group(caller->cred, channel->gid))
		mode >>= 3;
	return mode & what;
}

/* As for a file: owners can change the group to one of their own, but not the owner. */
static bool kctl_owner_may_change(const struct kctl_channel *channel,
				  const struct kctl_caller *caller,
				  const struct kctl_channel_change *change)
{
	if (!kctl_caller_is_owner(caller, channel))
		return false;
	if (uid_valid(change->uid) && !uid_eq(change->uid, channel->uid))
		return false;
	return !gid_valid(change->gid) || gid_eq(change->gid, channel->gid) ||
	       kctl_caller_is_in_group(caller, change->gid);
}

/* On entry @letter and @name are the new ones, on return the old ones. */
static int kctl_channel_change(struct kctl_channel *channel,
			       const struct kctl_channel_change *change,
			       struct kctl_dead_letter *letter,
			       struct kctl_channel_name **name)
{
	struct kctl_settings old;
	int err;

	if (letter->number && channel->letter_sources)
		return -ELOOP;
	kctl_settings_get(channel, &old);
	err = change->name ? kctl_channel_rename(channel, name) : 0;
	if (err)
		return err;
	/* The new owner may not be permitted to choose this dead letter channel. */
	if (change->letter >= 0 ||
	    (uid_valid(change->uid) && !uid_eq(change->uid, channel->uid)))
		swap(channel->letter, *letter);
	if (change->max_deliveries >= 0)
		channel->max_deliveries = change->max_deliveries;
	if (change->retry_delay >= 0)
		channel->retry_delay = change->retry_delay;
	if (change->hold_time_max >= 0)
		channel->hold_time_max = change->hold_time_max;
	if (change->ttl >= 0)
		kctl_channel_set_ttl(channel, change->ttl);
	if (uid_valid(change->uid))
		channel->uid = change->uid;
	if (gid_valid(change->gid))
		channel->gid = change->gid;
	if (change->mode >= 0)
		channel->mode = change->mode;
	channel->configured = !kctl_channel_is_ephemeral(channel->number);
	trace_channel_set(channel->number, channel);
	kctl_event_note_set(channel, &old);
	kctl_channel_dismiss(channel);
	return 0;
}

static struct kctl_channel *kctl_channel_get_to_set(struct kctl_channels *channels,
						    u32 number,
						    const struct kctl_caller *caller)
{
	struct kctl_channel *channel = kctl_channel_find(channels, number);

	if (channel)
		return channel;
	if (kctl_channel_is_ephemeral(number))
		return ERR_PTR(-ENOENT);
	return kctl_channel_get(channels, number, caller);
}

static int kctl_channel_set_own(struct kctl_channels *channels, u32 number,
				const struct kctl_caller *caller,
				const struct kctl_channel_change *change,
				struct kctl_dead_letter *letter)
{
	struct kctl_channel_name *name = NULL;
	struct kctl_channel *channel;
	int err = -EPERM;

	if (change->name && *change->name) {
		name = kctl_channel_name_alloc(change->name);
		if (!name)
			return -ENOMEM;
	}
	channel = kctl_channel_get_to_set(channels, number, caller);
	if (IS_ERR(channel)) {
		kctl_channel_name_free(name);
		return PTR_ERR(channel);
	}

	spin_lock(&channel->lock);
	if (kctl_owner_may_change(channel, caller, change) || kctl_caller_is_admin(caller))
		err = kctl_channel_change(channel, change, letter, &name);
	kctl_channel_unlock_put(channel);
	kctl_channel_name_free(name);
	return err;
}

static bool kctl_change_is_for_configured(const struct kctl_channel_change *change)
{
	return change->max_deliveries > 0 || change->letter > 0 ||
	       change->retry_delay > 0 || change->hold_time_max > 0 || change->ttl > 0;
}

/**
 * kctl_channel_set() - configure a channel
 * @channels: the channels of the network namespace
 * @number: number of the channel; created unless it is ephemeral
 * @caller: the caller
 * @change: the changes. Senders that are no longer permitted to send are disconnected
 *
 * Context: process, may sleep.
 *
 * Return: 0; -EPERM if the caller may not create it, or not make this change; -ENOENT if the
 * number is ephemeral and not in use; -ENOSPC if the namespace has too many channels; -ENOMEM;
 * -EEXIST if another channel has the name; -EINVAL for a limit of deliveries, a dead letter
 * channel or a time of an ephemeral channel; -ELOOP if the channel is itself a dead letter
 * channel and @change sets one; errors of kctl_dead_letter_choose().
 */
int kctl_channel_set(struct kctl_channels *channels, u32 number,
		     const struct kctl_caller *caller,
		     const struct kctl_channel_change *change)
{
	struct kctl_dead_letter letter = {}, chosen;
	int err = 0;

	if (kctl_channel_is_ephemeral(number) && kctl_change_is_for_configured(change))
		return -EINVAL;
	if (change->letter > 0)
		err = kctl_dead_letter_choose(channels, change->letter, number, caller, &letter);
	if (err)
		return err;
	chosen = letter;
	err = kctl_channel_set_own(channels, number, caller, change, &letter);
	kctl_dead_letter_leave(channels, &letter);
	/* A concurrent deletion of that channel may have passed this one before it was changed. */
	if (!err && chosen.number && !kctl_dead_letter_exists(channels, &chosen))
		kctl_dead_letter_forget(channels, chosen.number, chosen.id);
	return err;
}

/*
 * Undo kctl_channel_set(), except owner, group and mode. Returns the id by which other channels
 * refer to it; 0 if it is not a dead letter channel.
 */
static u64 kctl_channel_unset(struct kctl_channel *channel, struct kctl_dead_letter *letter,
			      struct kctl_channel_name **name)
{
	u64 id = channel->letter_sources ? channel->letter_id : 0;

	channel->configured = false;
	channel->max_deliveries = 0;
	channel->retry_delay = 0;
	channel->hold_time_max = 0;
	channel->ttl = 0;
	channel->letter_id = 0;
	channel->letter_sources = 0;
	swap(channel->letter, *letter);
	(void)kctl_channel_rename(channel, name);
	return id;
}

/*
 * Flush or delete. Both drop the messages. Deletion also undoes the configuration, and
 * refuses the messages of waiting senders, which would fill the channel again.
 */
static int kctl_channel_empty_own(struct kctl_channels *channels, u32 number,
				  const struct kctl_caller *caller, bool delete)
{
	struct kctl_channel *channel = kctl_channel_find(channels, number);
	struct kctl_dead_letter letter = {};
	struct kctl_channel_name *name = NULL;
	struct kctl_queue dropped = {};
	int err = -EPERM;
	u64 id = 0;

	if (!channel)
		return -ENOENT;

	spin_lock(&channel->lock);
	if (kctl_caller_is_owner(caller, channel) || kctl_caller_is_admin(caller)) {
		if (delete) {
			kctl_event_note_request(channel, KCTL_PROTO_DELETED);
			id = kctl_channel_unset(channel, &letter, &name);
			kctl_channel_abandon(channel, -EIDRM, &dropped);
		} else {
			kctl_channel_empty(channel, &dropped);
		}
		err = 0;
	}
	kctl_channel_unlock_put(channel);
	kctl_channel_name_free(name);
	kctl_queue_free(&dropped, channels);
	kctl_dead_letter_leave(channels, &letter);
	if (id)
		kctl_dead_letter_forget(channels, number, id);
	return err;
}

/**
 * kctl_channel_delete() - empty a channel, and remove it once no socket uses it; waiting
 *	senders fail with -EIDRM
 * @channels: the channels of the network namespace
 * @number: number of the channel
 * @caller: the caller
 *
 * Context: process, may sleep.
 *
 * Return: 0; -ENOENT if it does not exist; -EPERM if the caller does not own it.
 */
int kctl_channel_delete(struct kctl_channels *channels, u32 number,
			const struct kctl_caller *caller)
{
	return kctl_channel_empty_own(channels, number, caller, true);
}

/**
 * kctl_channel_flush() - empty a channel; waiting senders are admitted
 * @channels: the channels of the network namespace
 * @number: number of the channel
 * @caller: the caller
 *
 * Context: process, may sleep.
 *
 * Return: 0; -ENOENT if it does not exist; -EPERM if the caller does not own it.
 */
int kctl_channel_flush(struct kctl_channels *channels, u32 number,
		       const struct kctl_caller *caller)
{
	return kctl_channel_empty_own(channels, number, caller, false);
}
