// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The input is a file for `restore`. The error of a rejected file must name an existing line.
 * An accepted file, written as `save` does and read again, must have the same content.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/parse_channels.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One more than the number of newlines: the last line may end without one. */
static void check_error(const struct savefile_error *error, const char *text,
			size_t size)
{
	size_t lines = 1;

	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n';
	if (!error->line || error->line > lines || !error->reason[0] ||
	    strnlen(error->reason, sizeof(error->reason)) ==
		    sizeof(error->reason))
		abort();
}

static void check_same(const struct kctl_snapshot *one,
		       const struct kctl_snapshot *two)
{
	if (one->count != two->count)
		abort();
	for (size_t i = 0; i < one->count; i++) {
		const struct kctl_entry *a = one->entries[i];
		const struct kctl_entry *b = two->entries[i];

		if (a->size != b->size ||
		    memcmp(a, b, sizeof(*a) + (size_t)a->size))
			abort();
	}
}

static struct kctl_snapshot *sort(const struct kctl_table_builder *table)
{
	struct kctl_snapshot *snapshot;

	if (kctl_table_snapshot(table, &snapshot))
		abort();
	for (size_t i = 1; i < snapshot->count; i++)
		if (strcmp(snapshot->entries[i - 1]->name,
			   snapshot->entries[i]->name) >= 0)
			abort();
	return snapshot;
}

static void check_round_trip(const struct kctl_table_builder *table)
{
	struct kctl_table_builder *again = kctl_table_new();
	struct kctl_snapshot *one = sort(table), *two;
	struct savefile_error error;
	size_t size;
	char *text;

	if (!again || savefile_format(one, 0, &text, &size) ||
	    savefile_parse(text, size, again, &error))
		abort();
	two = sort(again);
	check_same(one, two);
	kctl_snapshot_free(one);
	kctl_snapshot_free(two);
	kctl_table_free(again);
	free(text);
}

/* What the module would report about a channel after the restore. */
static void put_channel(const struct saved_channel *saved, FILE *stream)
{
	struct kctl_channel channel = {
		.present = (uint64_t)saved->settings.has_uid
				   << KCTL_A_CHANNEL_UID |
			   (uint64_t)saved->settings.has_gid
				   << KCTL_A_CHANNEL_GID |
			   (uint64_t)saved->settings.has_mode
				   << KCTL_A_CHANNEL_MODE |
			   UINT64_C(1) << KCTL_A_CHANNEL_MAX_DELIVERIES |
			   UINT64_C(1) << KCTL_A_CHANNEL_DEAD_LETTER |
			   UINT64_C(1) << KCTL_A_CHANNEL_RETRY_DELAY |
			   UINT64_C(1) << KCTL_A_CHANNEL_HOLD_TIME_MAX |
			   UINT64_C(1) << KCTL_A_CHANNEL_TTL |
			   UINT64_C(1) << KCTL_A_CHANNEL_NAME,
		.number = saved->number,
		.uid = saved->settings.uid,
		.gid = saved->settings.gid,
		.mode = saved->settings.mode,
		.max_deliveries = saved->settings.max_deliveries,
		.dead_letter = saved->settings.dead_letter,
		.retry_delay = saved->settings.retry_delay,
		.hold_time_max = saved->settings.hold_time_max,
		.ttl = saved->settings.ttl,
	};

	if (saved->settings.name)
		strcpy(channel.name, saved->settings.name);
	channel_section_put(&channel, stream);
	for (const struct saved_message *m = saved->first; m; m = m->next)
		channel_section_put_message(m, m->data, stream);
}

/* A value of 0 is not written. */
static bool is_same(const struct kctl_channel_settings *a,
		    const struct kctl_channel_settings *b)
{
	if (!a->name != !b->name || (a->name && strcmp(a->name, b->name)))
		return false;
	return a->uid == b->uid && a->gid == b->gid && a->mode == b->mode &&
	       a->has_uid == b->has_uid && a->has_gid == b->has_gid &&
	       a->has_mode == b->has_mode &&
	       a->max_deliveries == b->max_deliveries &&
	       a->dead_letter == b->dead_letter &&
	       a->retry_delay == b->retry_delay &&
	       a->hold_time_max == b->hold_time_max && a->ttl == b->ttl;
}

static void check_same_channel(const struct saved_channel *a,
			       const struct saved_channel *b)
{
	const struct saved_message *m = a->first, *n = b->first;

	if (a->number != b->number || a->messages != b->messages ||
	    !is_same(&a->settings, &b->settings))
		abort();
	for (; m && n; m = m->next, n = n->next)
		if (m->from != n->from || m->uid != n->uid ||
		    m->has_uid != n->has_uid || m->size != n->size ||
		    memcmp(m->data, n->data, n->size))
			abort();
	if (m || n)
		abort();
}

static void check_channels(const struct channel_section *one, size_t lines)
{
	struct channel_section two = { .limits = parse_limits };
	struct savefile_error error;
	size_t size;
	char *text;
	FILE *stream = open_memstream(&text, &size);

	savefile_put_header(&channel_section_kind, 0, stream);
	for (size_t i = 0; i < one->count; i++)
		put_channel(&one->channels[i], stream);
	savefile_put_end(lines, stream);
	if (savefile_close(stream, &text) ||
	    channels_parse(text, size, &two, &error) || one->count != two.count)
		abort();
	for (size_t i = 0; i < one->count; i++)
		check_same_channel(&one->channels[i], &two.channels[i]);
	channel_section_free(&two);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct store_section_limits limits = { 100000, 1 << 30 };
	struct channel_section channels = { .limits = parse_limits };
	struct savefile_error error = { 0 };
	struct store_section store;
	struct savefile_section sections[] = {
		{ .kind = &store_section_kind, .content = &store },
		{ .kind = &channel_section_kind, .content = &channels },
	};
	int err;

	if (store_section_init(&store, &limits))
		return 0;
	err = parse_sections((const char *)data, size, sections, 2, &error);
	if (err == -EINVAL) {
		check_error(&error, (const char *)data, size);
	} else if (err) {
		abort();
	} else {
		check_round_trip(store.table);
		check_channels(&channels, sections[1].count);
	}
	store_section_free(&store);
	channel_section_free(&channels);
	return 0;
}
