/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names for completion that only the kernel or the system knows */
#ifndef KCTL_LIVE_H
#define KCTL_LIVE_H

/* Called with each name; a name never has control characters in it. */
typedef void live_name_fn(void *data, const char *name);

/* Call a function with each name. An error means fewer names. */
typedef void live_fn(live_name_fn *fn, void *data);

live_fn live_entries; /* of the store */
live_fn live_channels; /* their numbers */
live_fn live_interfaces;
live_fn live_namespaces;
live_fn live_users;
live_fn live_groups;

#endif /* KCTL_LIVE_H */
