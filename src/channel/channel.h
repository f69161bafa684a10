/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * src/channel - the commands of kctl proto, and kctl watch proto
 *
 * send.c, replay.c, recv.c, bind.c, work.c and tap.c use sockets of the protocol family; list.c,
 * set.c, delete.c, flush.c and watch.c use netlink. The other files are shared: proto reports
 * errors and sends netlink requests, receive has the receive loop, message prints
 * messages, owner converts users, groups and modes, limit finds the limit that refused an
 * operation, and holder finds the processes that have a socket. worker is the loop of work,
 * job runs its commands, and backoff computes when they are run again.
 *
 * save.c and restore.c use both interfaces, through saved.h: section is the section of a save
 * file with channels, setting has the settings of a channel, and peek reads messages and
 * leaves them in the channel.
 *
 * Only src/commands.c, src/save and the tests may include files of this folder. Its own
 * files may include src/savefile, src/cli and src/lib/libkctl.h.
 */
#ifndef KCTL_CHANNEL_H
#define KCTL_CHANNEL_H

#include "cli/cmd.h"

extern const struct command cmd_watch_proto;
extern const struct command cmd_proto_send;
extern const struct command cmd_proto_recv;
extern const struct command cmd_proto_bind;
extern const struct command cmd_proto_work;
extern const struct command cmd_proto_tap;
extern const struct command cmd_proto_replay;
extern const struct command cmd_proto_list;
extern const struct command cmd_proto_set;
extern const struct command cmd_proto_delete;
extern const struct command cmd_proto_flush;
extern const struct command cmd_proto_save;
extern const struct command cmd_proto_restore;

#endif /* KCTL_CHANNEL_H */
