// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl proto save: write the channels to a file */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "channel.h"
#include "peek.h"
#include "proto.h"
#include "saved.h"

/**
 * struct save - state of writing the section of the channels
 * @stream: where to write
 * @messages: with messages
 * @data: room for a message
 * @lines: number of lines so far
 * @held: messages that are omitted, as they are held or delayed
 * @exclusive: messages that are omitted, as their channel has an exclusive receiver
 * @ephemeral: ephemeral channels that are omitted
 */
struct save {
	FILE *stream;
	bool messages;
	uint8_t *data;
	size_t lines;
	uint64_t held;
	uint64_t exclusive;
	uint64_t ephemeral;
};

static void put_messages(struct save *save, FILE *messages)
{
	struct peeked message;

	while (peek_next(messages, &message, save->data)) {
		const struct saved_message saved = {
			.from = message.from,
			.uid = message.uid,
			.has_uid = message.has_uid,
			.size = message.size,
		};

		channel_section_put_message(&saved, save->data, save->stream);
		save->lines++;
	}
	fclose(messages);
}

/* A second receiver would end the exclusivity. */
static int save_messages(struct save *save, const struct kctl_channel *c)
{
	FILE *messages;
	int err;

	save->held += (uint64_t)c->held + c->delayed;
	if (!c->messages)
		return 0;
	if (c->flags & KCTL_CHANNEL_EXCLUSIVE) {
		save->exclusive += c->messages;
		return 0;
	}
	err = peek_channel(c->number, c->messages, &messages);
	if (!err)
		put_messages(save, messages);
	return err;
}

static int save_channel(struct save *save, const struct kctl_channel *c)
{
	bool keeps_messages = save->messages &&
			      (c->messages || c->held || c->delayed);

	if (!(c->flags & KCTL_CHANNEL_CONFIGURED) && !keeps_messages)
		return 0;
	if (c->number >= KCTL_CHANNEL_EPHEMERAL) {
		save->ephemeral++;
		return 0;
	}
	channel_section_put(c, save->stream);
	save->lines++;
	return save->messages ? save_messages(save, c) : 0;
}

/* Write the notice to the file too, which would otherwise look complete. */
static void tell_left(struct ctx *ctx, FILE *stream, uint64_t count,
		      const char *what)
{
	if (!count)
		return;
	cmd_notice(ctx, "not saved: %s: %" PRIu64, what, count);
	fprintf(stream, "# not saved: %s: %" PRIu64 "\n", what, count);
}

static enum exit_status save_failed(struct ctx *ctx, int err, uint32_t channel,
				    const struct kctl_genl *genl)
{
	char subject[32];

	snprintf(subject, sizeof(subject), "channel %" PRIu32, channel);
	return cmd_fail(ctx, (struct failure){
				     .error = err,
				     .step = channel ? "peek" : NULL,
				     .subject = subject,
				     .ext_ack = kctl_genl_ext_ack(genl),
			     });
}

static enum exit_status save_list(struct ctx *ctx, struct save *save,
				  const struct kctl_channels *list)
{
	int err;

	savefile_put_header(&channel_section_kind, time(NULL), save->stream);
	for (size_t i = 0; i < list->count; i++) {
		err = save_channel(save, list->channels[i]);
		if (err)
			return save_failed(ctx, err, list->channels[i]->number,
					   NULL);
	}
	tell_left(ctx, save->stream, save->held,
		  "messages that are held or delayed");
	tell_left(ctx, save->stream, save->exclusive,
		  "messages for exclusive receivers");
	tell_left(ctx, save->stream, save->ephemeral, "ephemeral channels");
	savefile_put_end(save->lines, save->stream);
	return EXIT_DONE;
}

enum exit_status channels_save(struct ctx *ctx, const void *args, FILE *stream)
{
	const struct channels_save_args *a = args;
	struct save save = { .stream = stream, .messages = a->messages };
	struct kctl_channels *list = NULL;
	enum exit_status status;
	struct kctl_genl *genl;
	int err;

	err = kctl_genl_open(&genl);
	if (!err)
		err = kctl_channels_get(genl, &list);
	save.data = malloc(KCTL_MESSAGE_MAX);
	if (!err && !save.data)
		err = -ENOMEM;
	if (err)
		status = save_failed(ctx, err, 0, genl);
	else
		status = save_list(ctx, &save, list);
	free(save.data);
	kctl_channels_free(list);
	kctl_genl_close(genl);
	return status;
}

const struct opt channels_save_options[] = {
	{
		.name = "messages",
		.help = "save the messages that wait in channels too",
		.parse = opt_flag,
		.offset = offsetof(struct channels_save_args, messages),
	},
	{ 0 },
};

static enum exit_status save_run(struct ctx *ctx, const void *args)
{
	const struct channels_save_args *a = args;

	return savefile_save(ctx, a->file, channels_save, a);
}

const struct command cmd_proto_save = {
	.noun = "proto",
	.verb = "save",
	.operands = "[FILE]",
	.max_operands = 1,
	.help = "write the channels to a file",
	.notes =
		"Saves the channels that set made persistent, with all their settings.\n"
		"Without FILE, or with -, write to standard output. kctl-proto(8) describes the\n"
		"format.",
	.example = "kctl proto save --messages /root/channels",
	.options = channels_save_options,
	.args_size = sizeof(struct channels_save_args),
	.errors = { savefile_errors, saved_errors, channel_errors },
	.prepare = savefile_prepare,
	.run = save_run,
};
