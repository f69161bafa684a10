/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * src/watch - the commands of kctl watch
 *
 * icmp.c, store.c and list.c each define one command; watch proto is in src/channel. The other
 * files do parts of the work: options, types and prefix parse the command line, errors has the
 * error sentences, records prints, counts or writes packets, rtt measures round trips,
 * exchange decides whether a filter shows both sides of an exchange, local knows the addresses
 * of this host, summary keeps and prints the table of peers, capture writes pcap files, and
 * ifname caches interface names. replay turns a capture file into records: reader reads it,
 * and frame finds ICMP in it.
 *
 * Only src/commands.c and the tests may include files of this folder. Its own
 * files may include src/cli, src/icmp and src/lib/libkctl.h.
 */
#ifndef KCTL_WATCH_H
#define KCTL_WATCH_H

#include "cli/cmd.h"

extern const struct command cmd_watch_icmp;
extern const struct command cmd_watch_store;
extern const struct command cmd_watch_list;

#endif /* KCTL_WATCH_H */
