// SPDX-License-Identifier: GPL-2.0-or-later
/* Restore channels: check everything that can be checked first, then change the channels */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "saved.h"

/* The group "nogroup". */
#define NO_GROUP 65534

/* Without the module: no limit that a machine could reach. */
static const struct channel_section_limits no_limits = {
	.channels = 65536,
	.messages = INT_MAX,
	.channel_bytes = INT_MAX,
	.bytes = INT_MAX,
};

static void take_limit(uint64_t *limit, const struct kctl_status *status,
		       enum kctl_status_attr attr)
{
	if (kctl_status_has(status, attr))
		*limit = kctl_status_value(status, attr);
}

void channels_limits(struct channel_section *section)
{
	struct channel_section_limits *limits = &section->limits;
	struct kctl_status *status = NULL;
	struct kctl_genl *genl;

	*limits = no_limits;
	if (kctl_genl_open(&genl) || kctl_status_get(genl, &status)) {
		section->only_check = true;
	} else {
		take_limit(&limits->channels, status,
			   KCTL_A_STATUS_CHANNELS_MAX);
		take_limit(&limits->messages, status,
			   KCTL_A_STATUS_CHANNEL_MAX_MESSAGES);
		take_limit(&limits->channel_bytes, status,
			   KCTL_A_STATUS_CHANNEL_MAX_BYTES);
		take_limit(&limits->bytes, status,
			   KCTL_A_STATUS_PROTO_MAX_BYTES);
	}
	kctl_status_free(status);
	kctl_genl_close(genl);
}

/* @number is the channel that the error is about, or 0. */
static enum exit_status request_failed(const struct channels_restore *r,
				       uint32_t number, const char *step,
				       int err, const struct kctl_genl *genl)
{
	char subject[32], done[96] = "";

	snprintf(subject, sizeof(subject), "channel %" PRIu32, number);
	if (r->set)
		snprintf(done, sizeof(done),
			 "%" PRIu64 " channels were set, %" PRIu64
			 " messages were sent",
			 r->set, r->sent);
	return cmd_fail(r->ctx, (struct failure){
					.error = err,
					.step = step,
					.subject = subject,
					.done = done,
					.ext_ack = kctl_genl_ext_ack(genl),
				});
}

static enum exit_status failed(const struct channels_restore *r,
			       uint32_t number, const char *step, int err)
{
	return request_failed(r, number, step, err, NULL);
}

static int by_number(const void *key, const void *element)
{
	const uint32_t *number = key;
	const struct kctl_channel *const *c = element;

	return (*number > (*c)->number) - (*number < (*c)->number);
}

/* The current channel, or NULL if it does not exist. */
static const struct kctl_channel *find(const struct channels_restore *r,
				       uint32_t number)
{
	const struct kctl_channel **c =
		bsearch(&number, r->now->channels, r->now->count,
			sizeof(*r->now->channels), by_number);

	return c ? *c : NULL;
}

/* How many bytes are held is not known. */
static enum exit_status check_channel(const struct channels_restore *r,
				      const struct saved_channel *saved)
{
	const struct channel_section_limits *limits = &r->section->limits;
	const struct kctl_channel *now = find(r, saved->number);
	uint64_t waiting;

	if (!now || !saved->messages)
		return EXIT_DONE;
	if (saved->settings.has_uid && now->uid != saved->settings.uid &&
	    now->uid != geteuid())
		return failed(r, saved->number, "stranger", -EPERM);
	waiting = (uint64_t)now->messages + now->held + now->delayed;
	if (!waiting)
		return EXIT_DONE;
	if (!r->append)
		return failed(r, saved->number, "occupied", -ENOTEMPTY);
	if (waiting + saved->messages > limits->messages ||
	    now->bytes + saved->bytes > limits->channel_bytes)
		return failed(r, saved->number, "occupied", -ENOSPC);
	return EXIT_DONE;
}

/*
 * Provide a socket that is bound to @from. It is a tap, which does not affect receivers;
 * its copies are dropped when its buffer is full.
 */
static int send_from(struct channels_restore *r, uint32_t from)
{
	int err;

	/* The kernel gave this number to a socket that has been closed. */
	if (from >= KCTL_CHANNEL_EPHEMERAL)
		from = 0;
	if (r->socket && r->from == from)
		return 0;
	kctl_proto_close(r->socket);
	r->from = from;
	err = kctl_proto_open(&r->socket);
	if (err || !from)
		return err;
	err = kctl_proto_set_option(r->socket, KCTL_TAP, 1);
	return err ? err : kctl_proto_bind(r->socket, &from);
}

/* A name that another channel keeps is not available. */
static enum exit_status check_name(const struct channels_restore *r,
				   const struct saved_channel *saved)
{
	const struct saved_channel *other = r->section->channels;
	const char *name = saved->settings.name;
	const struct kctl_channel *now = NULL;

	for (size_t i = 0; name && i < r->now->count; i++)
		if (!strcmp(r->now->channels[i]->name, name))
			now = r->now->channels[i];
	if (!now || now->number == saved->number)
		return EXIT_DONE;
	for (size_t i = 0; i < r->section->count; i++, other++)
		if (other->number == now->number && other->settings.name)
			return EXIT_DONE;
	return failed(r, now->number, "named", -EEXIST);
}

/* Check each sender once before any message is sent: its channel may belong to another user. */
static enum exit_status check_senders(struct channels_restore *r)
{
	const struct saved_message *m;
	int err;

	for (size_t i = 0; i < r->section->count; i++) {
		for (m = r->section->channels[i].first; m; m = m->next) {
			if (m->has_uid && m->uid != getuid() && geteuid())
				return failed(r, m->uid, "user", -EPERM);
			err = send_from(r, m->from);
			if (err)
				return failed(r, m->from, "sender", err);
		}
	}
	return EXIT_DONE;
}

static enum exit_status list_channels(struct channels_restore *r)
{
	enum exit_status status = EXIT_DONE;
	struct kctl_genl *genl;
	int err = kctl_genl_open(&genl);

	if (!err)
		err = kctl_channels_get(genl, &r->now);
	if (err)
		status = request_failed(r, 0, NULL, err, genl);
	kctl_genl_close(genl);
	return status;
}

/* A dead letter channel must not have one itself, and must exist or be in the file. */
static enum exit_status check_dead_letter(const struct channels_restore *r,
					  const struct saved_channel *saved)
{
	uint32_t number = saved->settings.dead_letter;
	const struct kctl_channel *letter = find(r, number);
	const struct saved_channel *other = NULL;

	if (!saved->settings.has_dead_letter || !number)
		return EXIT_DONE;
	for (size_t i = 0; i < r->section->count; i++)
		if (r->section->channels[i].number == number)
			other = &r->section->channels[i];
	if (!other && !(letter && letter->flags & KCTL_CHANNEL_CONFIGURED))
		return failed(r, number, "letter", -ENOENT);
	if (other && other->settings.has_dead_letter)
		return failed(r, number, "letter", -ELOOP);
	if (letter && letter->dead_letter)
		return failed(r, number, "letter", -ELOOP);
	return EXIT_DONE;
}

enum exit_status channels_restore_begin(struct channels_restore *r)
{
	enum exit_status status = list_channels(r);

	/* The parser kept no messages if the limits were unknown. */
	if (!status && r->section->only_check)
		return failed(r, 0, NULL, -ENOMEM);

	for (size_t i = 0; !status && i < r->section->count; i++) {
		status = check_channel(r, &r->section->channels[i]);
		if (!status)
			status = check_name(r, &r->section->channels[i]);
		if (!status)
			status = check_dead_letter(r, &r->section->channels[i]);
	}
	return status ? status : check_senders(r);
}

/* One pass over the channels of the file; each makes one request for each. */
typedef int pass_fn(struct channels_restore *r, struct kctl_genl *genl,
		    const struct saved_channel *saved);

/* First remove settings that conflict with others, so that the order in the file is irrelevant. */
static int loosen(struct channels_restore *r, struct kctl_genl *genl,
		  const struct saved_channel *saved)
{
	const struct kctl_channel *now = find(r, saved->number);
	struct kctl_channel_settings less = { 0 };

	if (now && saved->settings.name && *now->name &&
	    strcmp(saved->settings.name, now->name))
		less.name = "";
	if (now && saved->settings.has_dead_letter && now->dead_letter &&
	    now->dead_letter != saved->settings.dead_letter)
		less.has_dead_letter = true;
	if (!less.name && !less.has_dead_letter)
		return 0;
	return kctl_channel_set(genl, saved->number, &less, sizeof(less));
}

/* A dead letter channel must be configured before another one can choose it. */
static int configure(struct channels_restore *r, struct kctl_genl *genl,
		     const struct saved_channel *saved)
{
	struct kctl_channel_settings settings = saved->settings;
	int err;

	settings.has_dead_letter = false;
	err = kctl_channel_set(genl, saved->number, &settings,
			       sizeof(settings));
	if (!err)
		r->set++;
	return err;
}

static int choose_dead_letter(struct channels_restore *r,
			      struct kctl_genl *genl,
			      const struct saved_channel *saved)
{
	const struct kctl_channel_settings settings = {
		.dead_letter = saved->settings.dead_letter,
		.has_dead_letter = true,
	};

	(void)r;
	if (!saved->settings.has_dead_letter)
		return 0;
	return kctl_channel_set(genl, saved->number, &settings,
				sizeof(settings));
}

static enum exit_status set_channels(struct channels_restore *r)
{
	static pass_fn *const passes[] = { loosen, configure,
					   choose_dead_letter };
	const struct saved_channel *c = r->section->channels;
	size_t count = r->section->count, i = 0;
	enum exit_status status = EXIT_DONE;
	struct kctl_genl *genl;
	int err = kctl_genl_open(&genl);

	if (err)
		return failed(r, 0, NULL, err);
	for (; !status && i < count * (sizeof(passes) / sizeof(*passes)); i++) {
		err = passes[i / count](r, genl, &c[i % count]);
		if (err)
			status = request_failed(r, c[i % count].number, "set",
						err, genl);
	}
	kctl_genl_close(genl);
	return status;
}

/* The group of the original process is unknown: use nogroup, and the original user. */
static int send_message(struct kctl_proto *socket, uint32_t channel,
			const struct saved_message *m)
{
	if (!m->has_uid || m->uid == getuid())
		return kctl_proto_send(socket, channel, 0, m->data, m->size);
	return kctl_proto_send_as(socket, channel, 0, m->uid, NO_GROUP, m->data,
				  m->size);
}

static enum exit_status send_messages(struct channels_restore *r,
				      const struct saved_channel *c)
{
	int err;

	for (const struct saved_message *m = c->first; m; m = m->next) {
		err = send_from(r, m->from);
		if (err)
			return failed(r, m->from, "sender", err);
		err = send_message(r->socket, c->number, m);
		if (err)
			return failed(r, c->number, "send", err);
		r->sent++;
	}
	return EXIT_DONE;
}

enum exit_status channels_restore_run(struct channels_restore *r)
{
	enum exit_status status = set_channels(r);

	for (size_t i = 0; !status && i < r->section->count; i++)
		status = send_messages(r, &r->section->channels[i]);
	return status;
}

void channels_restore_end(struct channels_restore *r)
{
	kctl_proto_close(r->socket);
	kctl_channels_free(r->now);
}

const struct error_row saved_errors[] = {
	{
		.step = "occupied",
		.error = ENOTEMPTY,
		.status = EXIT_REFUSED,
		.message = "{subject} is not empty, nothing was changed",
		.hint = "to append the messages: --append; after a restore that failed, flush the channel first",
	},
	{
		.step = "occupied",
		.error = ENOSPC,
		.status = EXIT_REFUSED,
		.message =
			"{subject} has no space for the messages, nothing was changed",
		.hint = "see sysctl net.kctl.channel_max_messages and channel_max_bytes",
	},
	{
		.step = "stranger",
		.status = EXIT_REFUSED,
		.message =
			"{subject} now belongs to another user, nothing was changed",
		.hint = "that user would receive its messages: kctl proto list",
	},
	{
		.step = "user",
		.status = EXIT_PERMISSION,
		.message =
			"the file has messages of other users, nothing was changed",
		.hint = "run kctl as root, which may send in their names",
	},
	{
		.step = "letter",
		.error = ENOENT,
		.status = EXIT_REFUSED,
		.message =
			"the dead letter {subject} is not configured, nothing was changed",
		.hint = "configure it first: kctl proto set",
	},
	{
		.step = "letter",
		.status = EXIT_REFUSED,
		.message =
			"the dead letter {subject} has a dead letter channel itself, nothing was changed",
		.hint = "see them all: kctl proto list -j",
	},
	{
		.step = "named",
		.status = EXIT_REFUSED,
		.message =
			"{subject} has the name of a saved channel, nothing was changed",
		.hint = "list the channels: kctl proto list",
	},
	{
		.step = "peek",
		.error = EADDRINUSE,
		.status = EXIT_REFUSED,
		.message = "{subject} now has an exclusive receiver",
		.hint = "try again",
	},
	{
		.step = "peek",
		.error = EOPNOTSUPP,
		.status = EXIT_MISSING,
		.message =
			"the loaded module is too old to read messages without taking them",
		.hint = "compare the versions: kctl --version",
	},
	{
		.step = "peek",
		.error = EACCES,
		.status = EXIT_PERMISSION,
		.message =
			"not permitted to receive from {subject} and to send to it",
		.hint = "run kctl as root or with CAP_NET_ADMIN",
	},
	{
		.step = "peek",
		.status = EXIT_REFUSED,
		.message = "the messages of {subject} cannot be read: {errno}",
	},
	{
		.step = "sender",
		.error = EACCES,
		.status = EXIT_PERMISSION,
		.message = "not permitted to send from {subject}",
		.hint = "run kctl as root or with CAP_NET_ADMIN",
	},
	{
		.step = "sender",
		.status = EXIT_REFUSED,
		.message = "cannot send from {subject}: {errno}",
	},
	{
		.step = "set",
		.error = EPERM,
		.status = EXIT_PERMISSION,
		.message = "not permitted to set {subject}",
		.hint = "run kctl as its owner, or with CAP_NET_ADMIN to give it away",
	},
	{
		.step = "set",
		.error = EINVAL,
		.status = EXIT_REFUSED,
		.message = "{subject} cannot have these settings",
		.hint = "the user and the group must exist in this user namespace",
	},
	{
		.step = "set",
		.status = EXIT_REFUSED,
		.message = "cannot set {subject}: {errno}",
	},
	{
		.step = "send",
		.error = EAGAIN,
		.status = EXIT_REFUSED,
		.message = "{subject} is full",
		.hint = "see sysctl net.kctl.channel_max_messages and channel_max_bytes",
	},
	{
		.step = "send",
		.error = EACCES,
		.status = EXIT_PERMISSION,
		.message = "not permitted to send to {subject}",
		.hint = "run kctl as root or with CAP_NET_ADMIN",
	},
	{
		.step = "send",
		.status = EXIT_REFUSED,
		.message = "cannot send to {subject}: {errno}",
	},
	{ 0 },
};
