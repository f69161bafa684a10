/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KCTL_NETNS_H
#define KCTL_NETNS_H

/**
 * netns_enter() - move this thread into a named network namespace
 * @name: its name in /run/netns, see ip-netns(8)
 *
 * Return: 0, -ENOENT, -EINVAL (the file is not a network namespace) or -EPERM.
 */
int netns_enter(const char *name);

#endif /* KCTL_NETNS_H */
