/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Callers, and the resources that users hold.
 */
#ifndef _KCTL_USER_H
#define _KCTL_USER_H

#include <linux/atomic.h>
#include <linux/types.h>
#include <linux/uidgid.h>

#include "channels.h"

struct cred;

/**
 * struct kctl_user - resources that a user holds in a network namespace
 * @memory: bytes charged to the user: messages from when the user sends them until they
 *	are received, or settled if they are held; sockets, channels, copies for taps and
 *	places for held messages. When it returns to zero, the user is removed from the
 *	table and freed after a grace period
 * @channels: number of channels that the user created
 * @uid: the user
 * @rcu: delays the free until look-ups in progress are done
 */
struct kctl_user {
	atomic_long_t	memory;
	atomic_long_t	channels;
	kuid_t		uid;
	struct rcu_head	rcu;
};

/**
 * struct kctl_caller - credentials and privilege of a request
 * @cred: the credentials
 * @opener: credentials of the process that opened the netlink socket of the request; it
 *	must be permitted too. NULL if @cred alone counts
 * @user: the user that is charged, valid while something is charged to it; NULL if the
 *	caller was known to be an administrator from the start
 * @admin: the caller is known to have CAP_NET_ADMIN; false if it was not checked yet
 * @capable: checks for CAP_NET_ADMIN; called with a channel locked, so it must not
 *	sleep
 * @mode: mode of the channels that the caller creates
 *
 * The capability overrides owner and mode of a channel, and the limits of users, so it is
 * checked last. The check has side effects: success marks the task as one that used
 * privilege, and failure is audited.
 */
struct kctl_caller {
	const struct cred	*cred;
	const struct cred	*opener;
	struct kctl_user	*user;
	bool			admin;
	bool			(*capable)(const struct kctl_caller *caller);
	umode_t			mode;
};

static inline bool kctl_caller_is_admin(const struct kctl_caller *caller)
{
	return caller->admin || caller->capable(caller);
}

/**
 * struct kctl_charge - an amount to charge to a user and to the network namespace
 * @amount: the amount
 * @own: the counter of the user
 * @own_limit: its limit, for users without CAP_NET_ADMIN
 * @all: the counter of the namespace
 * @limit: its limit; an eighth of it is reserved for administrators
 */
struct kctl_charge {
	long		amount;
	atomic_long_t	*own;
	unsigned long	own_limit;
	atomic_long_t	*all;
	unsigned long	limit;
};

/* One user holds at most this part of a limit. */
static inline unsigned long kctl_limit_of_user(unsigned long limit)
{
	return limit / 4;
}

/* All users together hold at most this part; the rest is reserved for administrators. */
static inline unsigned long kctl_limit_of_users(unsigned long limit)
{
	return limit - limit / 8;
}

bool kctl_charge(const struct kctl_charge *charge, bool admin);
bool kctl_caller_charge(const struct kctl_caller *caller, const struct kctl_charge *charge);

struct kctl_user *kctl_user_get(struct kctl_channels *channels,
				const struct kctl_caller *caller, long size);
void kctl_user_put(struct kctl_channels *channels, struct kctl_user *user, long size);

#endif /* _KCTL_USER_H */
