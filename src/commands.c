// SPDX-License-Identifier: GPL-2.0-or-later
/* The list of commands: only this file includes the headers of all components */
#include <stddef.h>

#include "commands.h"
#include "channel/channel.h"
#include "cli/help.h"
#include "cli/status.h"
#include "doctor/doctor.h"
#include "save/save.h"
#include "store/store.h"
#include "watch/watch.h"

/* One command a line, however many there are. */
/* clang-format off */
const struct command *const commands[] = {
	&cmd_status,
	&cmd_doctor,
	&cmd_save,
	&cmd_restore,
	&cmd_sockopt_set,
	&cmd_sockopt_get,
	&cmd_sockopt_delete,
	&cmd_sockopt_list,
	&cmd_sockopt_flush,
	&cmd_sockopt_save,
	&cmd_sockopt_restore,
	&cmd_sockopt_diff,
	&cmd_sockopt_edit,
	&cmd_sockopt_wait,
	&cmd_watch_icmp,
	&cmd_watch_store,
	&cmd_watch_proto,
	&cmd_watch_list,
	&cmd_proto_send,
	&cmd_proto_recv,
	&cmd_proto_bind,
	&cmd_proto_work,
	&cmd_proto_tap,
	&cmd_proto_replay,
	&cmd_proto_list,
	&cmd_proto_set,
	&cmd_proto_delete,
	&cmd_proto_flush,
	&cmd_proto_save,
	&cmd_proto_restore,
	&cmd_help,
	&cmd_list,
	NULL,
};
/* clang-format on */
