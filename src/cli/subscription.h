/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stream of the events of a netlink group, whose numbers have no gaps */
#ifndef KCTL_SUBSCRIPTION_H
#define KCTL_SUBSCRIPTION_H

#include "stream.h"

/**
 * struct subscription - a kind of events
 * @key: JSON key of the number of an event
 * @subscribe: joins the group, with a callback that prints events
 * @read: reads a datagram of events; returns as kctl_store_events()
 * @sync: reads all events, and the number of the last one; returns as kctl_store_sync()
 */
struct subscription {
	const char *key;
	int (*subscribe)(struct stream *s);
	int (*read)(struct kctl_genl *genl);
	int (*sync)(struct kctl_genl *genl, uint64_t *number);
};

/**
 * subscription_begin() - take an event into account, before stream_take() or stream_pass()
 * @s: the stream
 * @number: number of the event
 */
void subscription_begin(struct stream *s, uint64_t number);

/**
 * subscription_changer() - print the process that made a change
 * @out: the printer
 * @uid: its real user
 * @pid: its number; 0 if it is of another pid namespace, and has none here
 * @command: its name
 */
void subscription_changer(struct out *out, uint32_t uid, uint32_t pid,
			  const char *command);

/**
 * subscription_run() - print events until there is a reason to end
 * @ctx: the run
 * @subscription: their kind
 * @count: number of events after which it ends; 0: no limit
 * @duration: ns after which it ends; 0: no limit
 * @data: for the callback
 *
 * Return: the exit status; an error has been printed.
 */
enum exit_status subscription_run(struct ctx *ctx,
				  const struct subscription *subscription,
				  uint64_t count, int64_t duration,
				  const void *data);

#endif /* KCTL_SUBSCRIPTION_H */
