// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The section of a save file that has channels: "channel N [SETTING=VALUE...]", and behind
 * that its messages, the oldest first: "message [from=N] [uid=N] "DATA""
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "section.h"
#include "setting.h"

/* Largest line of a message. An escaped byte takes four bytes in the file. */
#define LINE_MAX_BYTES (4 * KCTL_MESSAGE_MAX + 1024)

#define FROM "from="
#define UID  "uid="

void channel_section_put(const struct kctl_channel *channel, FILE *stream)
{
	fprintf(stream, "channel %" PRIu32, channel->number);
	settings_put(channel, stream);
	putc_unlocked('\n', stream);
}

void channel_section_put_message(const struct saved_message *message,
				 const void *data, FILE *stream)
{
	fputs("message ", stream);
	if (message->from)
		fprintf(stream, FROM "%" PRIu32 " ", message->from);
	if (message->has_uid)
		fprintf(stream, UID "%" PRIu32 " ", message->uid);
	savefile_put_quoted(data, message->size, stream);
	putc_unlocked('\n', stream);
}

/* A number from 1 to 4294967295. */
static bool take_number(const struct word *word, uint32_t *number)
{
	uint64_t value;

	if (!word_number(word, &value) || !value || value > UINT32_MAX)
		return false;
	*number = (uint32_t)value;
	return true;
}

static int take_channel_number(struct savefile_parser *p, uint32_t *number)
{
	struct word word = parser_take_word(p);

	if (!take_number(&word, number))
		return parser_fail(p, "bad channel '%.*s'", word_quoted(&word),
				   word.text);
	if (*number >= KCTL_CHANNEL_EPHEMERAL)
		return parser_fail(
			p,
			"channel %" PRIu32
			" is ephemeral: only the kernel can create it",
			*number);
	return 0;
}

static int check_duplicate(struct savefile_parser *p,
			   const struct channel_section *s, uint32_t number)
{
	if (number > s->largest)
		return 0;
	for (size_t i = 0; i < s->count; i++)
		if (s->channels[i].number == number)
			return parser_fail(p,
					   "channel %" PRIu32
					   " is already in line %zu",
					   number, s->channels[i].line);
	return 0;
}

static int check_name(struct savefile_parser *p,
		      const struct channel_section *s, const char *name)
{
	for (size_t i = 0; name && i < s->count; i++)
		if (s->channels[i].settings.name &&
		    !strcmp(s->channels[i].settings.name, name))
			return parser_fail(p,
					   "name '%s' is already in line %zu",
					   name, s->channels[i].line);
	return 0;
}

/* The name belongs to the section. */
static void free_name(const struct saved_channel *channel)
{
	free((char *)channel->settings.name);
}

static int add_channel(struct channel_section *s,
		       const struct saved_channel *channel)
{
	size_t capacity = s->capacity ? 2 * s->capacity : 64;
	struct saved_channel *larger;

	if (s->count == s->capacity) {
		larger = reallocarray(s->channels, capacity, sizeof(*larger));
		if (!larger)
			return -ENOMEM;
		s->channels = larger;
		s->capacity = capacity;
	}
	s->channels[s->count++] = *channel;
	if (channel->number > s->largest)
		s->largest = channel->number;
	return 0;
}

static int take_channel(struct savefile_parser *p, struct channel_section *s)
{
	struct saved_channel channel = { .line = p->line };
	int err = take_channel_number(p, &channel.number);

	if (!err)
		err = settings_take(p, &channel.settings);
	if (!err)
		err = check_duplicate(p, s, channel.number);
	if (!err)
		err = check_name(p, s, channel.settings.name);
	if (!err && s->count >= s->limits.channels)
		err = parser_fail(p,
				  "there is no space for more than %" PRIu64
				  " channels (sysctl net.kctl.channels_max)",
				  s->limits.channels);
	if (!err)
		err = add_channel(s, &channel);
	if (err)
		free_name(&channel);
	return err;
}

/* The number behind @prefix in @word: 1; 0 if the word does not begin so; -1 if it is none. */
static int take_after(const struct word *word, const char *prefix,
		      uint64_t *number)
{
	size_t size = strlen(prefix);
	struct word rest = { word->text + size, word->size - size };

	if (word->size < size || memcmp(word->text, prefix, size))
		return 0;
	return word_number(&rest, number) && *number < UINT64_C(1) << 32 ? 1 :
									   -1;
}

static int take_sender(struct savefile_parser *p, struct saved_message *message)
{
	struct word word = parser_take_word(p);
	uint64_t from = 1, uid = 0;
	int is_from = take_after(&word, FROM, &from);
	int is_uid = take_after(&word, UID, &uid);

	if (is_from < 0 || is_uid < 0 || !from || uid == UINT32_MAX)
		return parser_fail(p, "bad sender '%.*s'", word_quoted(&word),
				   word.text);
	if ((is_from && message->from) || (is_uid && message->has_uid))
		return parser_fail(p, "sender '%.*s' appears twice",
				   word_quoted(&word), word.text);
	if (is_from)
		message->from = (uint32_t)from;
	else if (is_uid)
		message->uid = (uint32_t)uid;
	else
		return parser_fail(p, "unknown word '%.*s' of a message",
				   word_quoted(&word), word.text);
	message->has_uid |= is_uid;
	parser_skip_blanks(p);
	return 0;
}

/* Parse the rest of the line into @message, which has room for it. */
static int take_data(struct savefile_parser *p, struct saved_message *message)
{
	struct quoted data = { .what = "message",
			       .bytes = message->data,
			       .max = KCTL_MESSAGE_MAX };
	int err;

	parser_skip_blanks(p);
	while (p->at < p->end && *p->at != '"') {
		err = take_sender(p, message);
		if (err)
			return err;
	}
	if (p->at == p->end || *p->at != '"')
		return parser_fail(p, "a message in double quotes is missing");
	err = parser_take_quoted(p, &data);
	message->size = data.size;
	return err;
}

/* As in the kernel, a channel accepts one message even if its limit of messages is 0. */
static int check_space(struct savefile_parser *p, struct channel_section *s,
		       struct saved_channel *channel, size_t size)
{
	const struct channel_section_limits *limits = &s->limits;

	channel->messages++;
	channel->bytes += size;
	s->bytes += size + MESSAGE_OVERHEAD;
	if (channel->messages > limits->messages && channel->messages > 1)
		return parser_fail(
			p,
			"channel %" PRIu32
			" has no space for more than %" PRIu64
			" messages (sysctl net.kctl.channel_max_messages)",
			channel->number, limits->messages);
	if (channel->bytes > limits->channel_bytes)
		return parser_fail(p,
				   "channel %" PRIu32
				   " has no space for more than %" PRIu64
				   " bytes (sysctl net.kctl.channel_max_bytes)",
				   channel->number, limits->channel_bytes);
	if (s->bytes > limits->bytes)
		return parser_fail(
			p,
			"there is no space for more than %" PRIu64
			" bytes of messages (sysctl net.kctl.proto_max_bytes)",
			limits->bytes);
	return 0;
}

static void add_message(struct saved_channel *channel,
			struct saved_message *message)
{
	if (channel->last)
		channel->last->next = message;
	else
		channel->first = message;
	channel->last = message;
}

/* Free the memory that escaped bytes did not need. */
static struct saved_message *shrink(struct saved_message *message)
{
	struct saved_message *smaller =
		realloc(message, sizeof(*message) + message->size);

	return smaller ? smaller : message;
}

static int take_message(struct savefile_parser *p, struct channel_section *s)
{
	struct saved_channel *channel;
	struct saved_message *message;
	int err;

	if (!s->count)
		return parser_fail(p, "a message before the first channel");
	channel = &s->channels[s->count - 1];
	message = malloc(sizeof(*message) + (size_t)(p->end - p->at));
	if (!message)
		return -ENOMEM;
	*message = (struct saved_message){ 0 };
	err = take_data(p, message);
	if (!err)
		err = check_space(p, s, channel, message->size);
	if (err || s->only_check)
		free(message);
	else
		add_message(channel, shrink(message));
	return err;
}

static int take_line(struct savefile_parser *p, void *content)
{
	struct word word = parser_take_word(p);

	if (word_is(&word, "channel"))
		return take_channel(p, content);
	if (word_is(&word, "message"))
		return take_message(p, content);
	return parser_fail(
		p, "unknown word '%.*s': a line has a channel or a message",
		word_quoted(&word), word.text);
}

const struct savefile_kind channel_section_kind = {
	.name = "%kctl-channels",
	.items = "lines",
	.line_max = LINE_MAX_BYTES,
	.take = take_line,
};

static void free_messages(struct saved_message *message)
{
	struct saved_message *next;

	for (; message; message = next) {
		next = message->next;
		free(message);
	}
}

void channel_section_free(struct channel_section *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free_messages(s->channels[i].first);
		free_name(&s->channels[i]);
	}
	free(s->channels);
}
