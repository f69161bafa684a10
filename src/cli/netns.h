/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KCTL_NETNS_H
#define KCTL_NETNS_H

/**
 * netns_enter() - move this thread into a named network namespace
 * @name: its name, as ip-netns(8) keeps it in /run/netns
 *
 * Return: 0, or -ENOENT, -EINVAL (something else is there), -EPERM.
 */
int netns_enter(const char *name);

#endif /* KCTL_NETNS_H */
