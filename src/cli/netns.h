/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KCTL_NETNS_H
#define KCTL_NETNS_H

/* Where ip-netns(8) keeps the names. */
#define NETNS_NAMES "/run/netns"

/**
 * netns_enter() - move this thread into another network namespace
 * @netns: its name in /run/netns, see ip-netns(8); the ID of a process in it, if no
 *	namespace has that name; or a file, with a "/" in its path
 *
 * Return: 0; -ENOENT; -EINVAL if the file is not a network namespace; -EACCES or -EPERM;
 * or another error of open(2).
 */
int netns_enter(const char *netns);

#endif /* KCTL_NETNS_H */
