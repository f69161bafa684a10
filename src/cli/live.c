// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <dirent.h>
#include <grp.h>
#include <inttypes.h>
#include <net/if.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "live.h"
#include "netns.h"
#include "lib/libkctl.h"

/* Interfaces and namespaces can have names that break a shell. */
static void give(live_name_fn *fn, void *data, const char *name)
{
	for (const char *at = name; *at; at++)
		if (iscntrl((unsigned char)*at))
			return;
	fn(data, name);
}

void live_entries(live_name_fn *fn, void *data)
{
	struct kctl_snapshot *snapshot;
	struct kctl_store *store;

	if (kctl_store_open(&store))
		return;
	if (!kctl_store_table_get(store, &snapshot)) {
		for (size_t i = 0; i < snapshot->count; i++)
			give(fn, data, snapshot->entries[i]->name);
		kctl_snapshot_free(snapshot);
	}
	kctl_store_close(store);
}

void live_channels(live_name_fn *fn, void *data)
{
	struct kctl_channels *channels;
	struct kctl_genl *genl;
	char number[12];

	if (kctl_genl_open(&genl))
		return;
	if (!kctl_channels_get(genl, &channels)) {
		for (size_t i = 0; i < channels->count; i++) {
			snprintf(number, sizeof(number), "%" PRIu32,
				 channels->channels[i]->number);
			give(fn, data, number);
			if (*channels->channels[i]->name)
				give(fn, data, channels->channels[i]->name);
		}
		kctl_channels_free(channels);
	}
	kctl_genl_close(genl);
}

void live_interfaces(live_name_fn *fn, void *data)
{
	struct if_nameindex *all = if_nameindex();

	for (struct if_nameindex *i = all; i && i->if_name; i++)
		give(fn, data, i->if_name);
	if (all)
		if_freenameindex(all);
}

void live_namespaces(live_name_fn *fn, void *data)
{
	DIR *directory = opendir(NETNS_NAMES);
	struct dirent *entry;

	if (!directory)
		return;
	while ((entry = readdir(directory)))
		if (entry->d_name[0] != '.')
			give(fn, data, entry->d_name);
	closedir(directory);
}

void live_users(live_name_fn *fn, void *data)
{
	struct passwd *user;

	setpwent();
	while ((user = getpwent()))
		give(fn, data, user->pw_name);
	endpwent();
}

void live_groups(live_name_fn *fn, void *data)
{
	struct group *group;

	setgrent();
	while ((group = getgrent()))
		give(fn, data, group->gr_name);
	endgrent();
}
