// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <string.h>

#include "owner.h"
#include "proto.h"
#include "setting.h"

/**
 * struct setting - a setting of a channel
 * @name: its name in the file
 * @attr: the attribute of the list that reports it
 * @from: offset of the value in struct kctl_channel
 * @to: offset of the value in struct kctl_channel_settings
 * @has: offset of the bool there that says that it is set; 0 if it is set by itself
 * @is_rare: 0 or "" means none and is not written, as older modules refuse it
 * @put: writes the value at @from
 * @take: parses a value, and stores it at @to; false: it is none
 */
struct setting {
	const char *name;
	enum kctl_channel_attr attr;
	size_t from;
	size_t to;
	size_t has;
	bool is_rare;
	void (*put)(const void *from, FILE *stream);
	bool (*take)(const struct word *word, void *to);
};

static void put_u32(const void *from, FILE *stream)
{
	fprintf(stream, "%" PRIu32, *(const uint32_t *)from);
}

/* The largest number is no user and no group. */
static bool take_id(const struct word *word, void *to)
{
	uint64_t number;

	if (!word_number(word, &number) || number >= UINT32_MAX)
		return false;
	*(uint32_t *)to = (uint32_t)number;
	return true;
}

static void put_mode(const void *from, FILE *stream)
{
	fprintf(stream, "%04" PRIo32, *(const uint32_t *)from);
}

static bool take_mode(const struct word *word, void *to)
{
	struct id_arg mode;
	char text[8];

	if (word->size >= sizeof(text))
		return false;
	memcpy(text, word->text, word->size);
	text[word->size] = '\0';
	if (!opt_mode(NULL, text, &mode))
		return false;
	*(uint32_t *)to = mode.id;
	return true;
}

static bool take_u32(const struct word *word, void *to)
{
	uint64_t number;

	if (!word_number(word, &number) || number > UINT32_MAX)
		return false;
	*(uint32_t *)to = (uint32_t)number;
	return true;
}

static bool take_time(const struct word *word, void *to)
{
	return take_u32(word, to) && *(uint32_t *)to <= KCTL_TIME_MAX;
}

static void put_name(const void *from, FILE *stream)
{
	fputs(from, stream);
}

/* The section frees it. */
static bool take_name(const struct word *word, void *to)
{
	char *name = strndup(word->text, word->size);

	*(char **)to = name;
	return name && is_channel_name(name);
}

#define SETTING(word, attribute, member, ...)                                \
	{                                                                    \
		.name = (word), .attr = (attribute),                         \
		.from = offsetof(struct kctl_channel, member),               \
		.to = offsetof(struct kctl_channel_settings, member),        \
		.has = offsetof(struct kctl_channel_settings, has_##member), \
		__VA_ARGS__                                                  \
	}

/* Each setting in this table is saved and restored. */
static const struct setting settings[] = {
	SETTING("owner", KCTL_A_CHANNEL_UID, uid, .put = put_u32,
		.take = take_id),
	SETTING("group", KCTL_A_CHANNEL_GID, gid, .put = put_u32,
		.take = take_id),
	SETTING("mode", KCTL_A_CHANNEL_MODE, mode, .put = put_mode,
		.take = take_mode),
	SETTING("max-deliveries", KCTL_A_CHANNEL_MAX_DELIVERIES, max_deliveries,
		.is_rare = true, .put = put_u32, .take = take_u32),
	SETTING("dead-letter", KCTL_A_CHANNEL_DEAD_LETTER, dead_letter,
		.is_rare = true, .put = put_u32, .take = take_u32),
	SETTING("retry-delay-ms", KCTL_A_CHANNEL_RETRY_DELAY, retry_delay,
		.is_rare = true, .put = put_u32, .take = take_time),
	SETTING("hold-time-max-ms", KCTL_A_CHANNEL_HOLD_TIME_MAX, hold_time_max,
		.is_rare = true, .put = put_u32, .take = take_time),
	SETTING("ttl-ms", KCTL_A_CHANNEL_TTL, ttl, .is_rare = true,
		.put = put_u32, .take = take_u32),
	{
		.name = "name",
		.attr = KCTL_A_CHANNEL_NAME,
		.from = offsetof(struct kctl_channel, name),
		.to = offsetof(struct kctl_channel_settings, name),
		.is_rare = true,
		.put = put_name,
		.take = take_name,
	},
};

#define COUNT (sizeof(settings) / sizeof(settings[0]))

void settings_put(const struct kctl_channel *channel, FILE *stream)
{
	for (const struct setting *s = settings; s < settings + COUNT; s++) {
		const void *from = (const char *)channel + s->from;
		uint32_t first;

		memcpy(&first, from, sizeof(first));
		if (!kctl_channel_has(channel, s->attr) ||
		    (s->is_rare && !first))
			continue;
		fprintf(stream, " %s=", s->name);
		s->put(from, stream);
	}
}

static const struct setting *find(const struct word *name)
{
	for (const struct setting *s = settings; s < settings + COUNT; s++)
		if (word_is(name, s->name))
			return s;
	return NULL;
}

/* @seen has a bit for each setting of the line so far. */
static int take(struct savefile_parser *p, const struct word *word,
		struct kctl_channel_settings *to, uint32_t *seen)
{
	const char *equals = memchr(word->text, '=', word->size);
	struct word name = *word, value = { 0 };
	const struct setting *setting;
	uint32_t bit;

	if (equals) {
		name.size = (size_t)(equals - word->text);
		value.text = equals + 1;
		value.size = word->size - name.size - 1;
	}
	setting = find(&name);
	if (!setting || !equals)
		return parser_fail(p, "unknown setting '%.*s'",
				   word_quoted(word), word->text);
	bit = UINT32_C(1) << (setting - settings);
	if (*seen & bit)
		return parser_fail(p, "setting '%s' appears twice",
				   setting->name);
	*seen |= bit;
	if (setting->has)
		*(bool *)((char *)to + setting->has) = true;
	if (!setting->take(&value, (char *)to + setting->to))
		return parser_fail(p, "bad %s '%.*s'", setting->name,
				   word_quoted(&value), value.text);
	return 0;
}

int settings_take(struct savefile_parser *p, struct kctl_channel_settings *to)
{
	struct word word = parser_take_word(p);
	uint32_t seen = 0;
	int err = 0;

	for (; !err && word.size; word = parser_take_word(p))
		err = take(p, &word, to, &seen);
	return err;
}
