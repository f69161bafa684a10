// SPDX-License-Identifier: GPL-2.0-or-later
/* What the channels refuse, in words */
#include <errno.h>

#include <linux/kctl.h>

#include "cli/error_table.h"

const struct error_row error_proto_rows[] = {
	/* Who may. Where netlink is asked, no sysctl makes a difference. */
	{
		.operation = "proto list",
		.error = EPERM,
		.status = EXIT_PERMISSION,
		.message = "not permitted",
		.hint = "run it as root, or with CAP_NET_ADMIN",
	},
	{
		.operation = "proto set",
		.error = EPERM,
		.status = EXIT_PERMISSION,
		.message = "not permitted",
		.hint = "it takes the owner of {subject}, or CAP_NET_ADMIN to give it away",
	},
	{
		.operation = "proto delete",
		.error = EPERM,
		.status = EXIT_PERMISSION,
		.message = "not permitted",
		.hint = "it takes the owner of {subject}, or CAP_NET_ADMIN",
	},
	{
		.operation = "proto flush",
		.error = EPERM,
		.status = EXIT_PERMISSION,
		.message = "not permitted",
		.hint = "it takes the owner of {subject}, or CAP_NET_ADMIN",
	},
	{
		.operation = "proto",
		.error = EPERM,
		.status = EXIT_PERMISSION,
		.message = "not permitted",
		.hint = "run it as root, or with CAP_NET_ADMIN; or let everybody: sysctl net.kctl.unprivileged=1",
	},
	{
		.operation = "proto send",
		.error = EACCES,
		.status = EXIT_PERMISSION,
		.message = "not permitted to send to {subject}",
		.hint = "its owner can change that: kctl proto set --mode",
	},
	{
		.operation = "proto",
		.error = EACCES,
		.status = EXIT_PERMISSION,
		.message = "not permitted to receive from {subject}",
		.hint = "its owner can change that: kctl proto set --mode",
	},
	/* What is there, and what is not. */
	{
		.operation = "proto",
		.error = ENOENT,
		.status = EXIT_REFUSED,
		.message = "there is no {subject}",
		.hint = "see what there is: kctl proto list",
	},
	{
		.operation = "proto",
		.error = EADDRINUSE,
		.status = EXIT_REFUSED,
		.message =
			"{subject} has a receiver, and who is exclusive is the only one",
	},
	{
		.operation = "proto set",
		.error = EINVAL,
		.status = EXIT_REFUSED,
		.message = "{subject} cannot have that owner, group or mode",
		.hint = "a user or group has to exist in this user namespace",
	},
	{
		.operation = "proto list",
		.error = EINTR,
		.status = EXIT_REFUSED,
		.message = "the channels keep changing too fast to be listed",
		.hint = "try again",
	},
	{
		.operation = "proto send",
		.error = EAGAIN,
		.status = EXIT_TIMEOUT,
		.message = "{subject} is full",
	},
	{
		.operation = "proto send",
		.error = ETIMEDOUT,
		.status = EXIT_TIMEOUT,
		.message = "{subject} stayed full for {wait}",
	},
	{
		.operation = "proto send",
		.error = EMSGSIZE,
		.status = EXIT_REFUSED,
		.limit = KCTL_MESSAGE_MAX,
		.message =
			"message is {size} bytes, the limit is {limit}, or less if the channel is smaller",
		.hint = "see its limits: kctl status",
	},
	{
		.operation = "proto send",
		.error = ENOBUFS,
		.status = EXIT_REFUSED,
		.message = "too many bytes wait in all channels together",
		.hint = "see the limits: kctl status",
	},
	{
		.operation = "proto",
		.error = ENOSPC,
		.status = EXIT_REFUSED,
		.message =
			"there are too many channels, or too many sockets on {subject}",
		.hint = "see the limits: kctl status",
	},
	{
		.operation = "proto send",
		.error = ECONNREFUSED,
		.status = EXIT_REFUSED,
		.message = "nobody is bound to {subject}",
		.hint = "channels from 2147483648 on end with their last receiver",
	},
	{
		.operation = "proto",
		.error = ETIMEDOUT,
		.status = EXIT_TIMEOUT,
		.message = "no message on {subject} within {wait}",
	},
	{
		.operation = "proto",
		.error = EMSGSIZE,
		.status = EXIT_MISSING,
		.limit = KCTL_MESSAGE_MAX,
		.message = "a message of more than {limit} bytes was cut",
		.hint = "this tool is older than the module: kctl --version",
	},
	{ 0 },
};
