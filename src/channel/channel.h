/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * src/channel: the commands of kctl proto
 *
 * send, recv, bind and tap use sockets of the protocol family; list, set, delete
 * and flush use netlink. Only src/commands.c uses this folder; it uses src/cli and
 * src/lib.
 */
#ifndef KCTL_CHANNEL_H
#define KCTL_CHANNEL_H

#include "cli/cmd.h"

extern const struct command cmd_proto_send;
extern const struct command cmd_proto_recv;
extern const struct command cmd_proto_bind;
extern const struct command cmd_proto_tap;
extern const struct command cmd_proto_list;
extern const struct command cmd_proto_set;
extern const struct command cmd_proto_delete;
extern const struct command cmd_proto_flush;

#endif /* KCTL_CHANNEL_H */
