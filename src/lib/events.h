/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events of a multicast group of the family; private to the library */
#ifndef LIBKCTL_EVENTS_H
#define LIBKCTL_EVENTS_H

#include "genl.h"

/**
 * events_subscribe() - join a group
 * @genl: the handle, without a subscription or a watch
 * @group: number of the group; 0: the module has none
 * @fn: called for each message that is not an answer; it calls events_begin()
 *
 * Return: 0, or a negative errno, which leaves the handle unchanged.
 */
int events_subscribe(struct kctl_genl *genl, uint32_t group,
		     genl_message_fn *fn);

/**
 * events_begin() - check a message of a subscription
 * @genl: the handle
 * @nlh: the message
 * @cmd: enum kctl_cmd of the events
 *
 * Return: 1 if it is such an event, 0 if it is to be ignored, or -ENOPROTOOPT if the family was
 * removed.
 */
int events_begin(struct kctl_genl *genl, const struct nlmsghdr *nlh,
		 enum kctl_cmd cmd);

/**
 * events_take_string() - copy a string from an attribute
 * @text: the destination, NUL-terminated
 * @size: bytes at @text
 * @attr: the attribute
 */
void events_take_string(char *text, size_t size, const struct nlattr *attr);

/**
 * events_take_pid() - take the ID of a process, if it is the ID in our pid namespace
 * @genl: the handle
 * @attr: a struct kctl_pid
 * @pid: set to the ID, or left unchanged
 */
void events_take_pid(const struct kctl_genl *genl, const struct nlattr *attr,
		     uint32_t *pid);

/**
 * events_read() - read a datagram of events, without waiting
 * @genl: the handle
 *
 * Return: as kctl_store_events().
 */
int events_read(struct kctl_genl *genl);

/**
 * events_sync() - read all events and a number of the status
 * @genl: the handle
 * @attr: the attribute of the number
 * @value: set to the number, or to 0 on failure
 *
 * Return: as kctl_store_sync().
 */
int events_sync(struct kctl_genl *genl, enum kctl_status_attr attr,
		uint64_t *value);

#endif /* LIBKCTL_EVENTS_H */
