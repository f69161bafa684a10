// SPDX-License-Identifier: GPL-2.0-only
/*
 * Users: accounting of their resources in a network namespace, with limits.
 *
 * Without limits of users, one user could exhaust the limits of the namespace and lock out
 * all others. A socket of a known administrator has no user: it is charged to the
 * namespace only.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/slab.h>

#include "user.h"

/**
 * kctl_charge() - charge an amount to a user and to the network namespace
 * @charge: the amount and the limits
 * @admin: the user is an administrator, and may use the whole limit of the namespace
 *
 * Return: whether it was charged; otherwise a limit would be exceeded.
 */
bool kctl_charge(const struct kctl_charge *charge, bool admin)
{
	unsigned long own_limit = admin ? ULONG_MAX : charge->own_limit;
	unsigned long limit = admin ? charge->limit : kctl_limit_of_users(charge->limit);

	if (!kctl_counter_add(charge->own, charge->amount, own_limit))
		return false;
	if (kctl_counter_add(charge->all, charge->amount, limit))
		return true;
	atomic_long_sub(charge->amount, charge->own);
	return false;
}

/**
 * kctl_caller_charge() - charge an amount to a caller and to the network namespace
 * @caller: the caller, with a user; checked for CAP_NET_ADMIN only if that decides the
 *	outcome
 * @charge: the amount and the limits
 *
 * Return: as kctl_charge().
 */
bool kctl_caller_charge(const struct kctl_caller *caller, const struct kctl_charge *charge)
{
	return kctl_charge(charge, false) ||
	       (kctl_caller_is_admin(caller) && kctl_charge(charge, true));
}

/* A user whose memory has returned to zero is being removed from the table. */
static struct kctl_user *kctl_user_find(struct kctl_channels *channels, kuid_t uid, long size)
{
	struct kctl_user *user;

	rcu_read_lock();
	user = xa_load(&channels->users, __kuid_val(uid));
	if (user && !atomic_long_add_unless(&user->memory, size, 0))
		user = NULL;
	rcu_read_unlock();
	return user;
}

static struct kctl_user *kctl_user_create(struct kctl_channels *channels, kuid_t uid,
					  long size)
{
	struct kctl_user *user = kzalloc(sizeof(*user), GFP_KERNEL_ACCOUNT);
	int err;

	if (!user)
		return ERR_PTR(-ENOMEM);
	user->uid = uid;
	atomic_long_set(&user->memory, size);

	/* xa_insert() takes the lock, and so waits until such a user is removed. */
	err = xa_insert(&channels->users, __kuid_val(uid), user, GFP_KERNEL);
	if (!err)
		return user;
	kfree(user);
	return ERR_PTR(err);
}

/**
 * kctl_user_get() - find the user of a caller, and charge an object to it
 * @channels: the channels of the network namespace
 * @caller: the caller
 * @size: its size in bytes
 *
 * Context: process, may sleep.
 *
 * Return: the user, valid until kctl_user_put() at least; NULL if the caller is known
 * to be an administrator; ERR_PTR(-ENOMEM).
 */
struct kctl_user *kctl_user_get(struct kctl_channels *channels,
				const struct kctl_caller *caller, long size)
{
	kuid_t uid = caller->cred->fsuid;
	struct kctl_user *user;

	if (caller->admin)
		return NULL;
	do {
		user = kctl_user_find(channels, uid, size) ?:
		       kctl_user_create(channels, uid, size);
	} while (user == ERR_PTR(-EBUSY));
	return user;
}

/**
 * kctl_user_put() - uncharge an object from a user
 * @channels: the channels of the network namespace
 * @user: the user, or NULL; freed with its last object
 * @size: its size in bytes
 */
void kctl_user_put(struct kctl_channels *channels, struct kctl_user *user, long size)
{
	long memory;
	bool last;

	if (!user)
		return;
	memory = atomic_long_read(&user->memory);
	while (likely(memory != size))
		if (atomic_long_try_cmpxchg(&user->memory, &memory, memory - size))
			return;

	xa_lock(&channels->users);
	last = atomic_long_sub_and_test(size, &user->memory);
	if (last)
		__xa_erase(&channels->users, __kuid_val(user->uid));
	xa_unlock(&channels->users);
	if (last)
		kfree_rcu(user, rcu);
}
