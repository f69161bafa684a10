// SPDX-License-Identifier: GPL-2.0-or-later
/* The section of a save file that has channels is read back as it was written */
#include "test.h"

#include <errno.h>

#include "parse_channels.h"

#define MESSAGES 200

/* Returns the same sequence on every machine. */
static uint32_t random_state = 4711;

static uint32_t next_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state;
}

static void fill(uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		data[i] = (uint8_t)(next_random() % 3 ?
					    next_random() :
					    '"' + next_random() % 3);
}

/* @user is 0 if the user is unknown, otherwise its number plus 1. */
static void put(uint32_t from, uint32_t user, const void *data, size_t size,
		FILE *stream)
{
	const struct saved_message message = {
		.from = from,
		.uid = user ? user - 1 : 0,
		.has_uid = user,
		.size = size,
	};

	channel_section_put_message(&message, data, stream);
}

static void test_round_trip(void **state)
{
	const struct kctl_channel channel = {
		.present = UINT64_MAX,
		.number = 7,
		.uid = 1000,
		.gid = 4294967294,
		.mode = 0622,
		.max_deliveries = 3,
		.dead_letter = 9,
		.retry_delay = 86400000,
		.hold_time_max = 60000,
		.ttl = 4294967295,
		.name = "jobs",
	};
	static uint8_t data[MESSAGES][KCTL_VALUE_MAX];
	struct channel_section s = { .limits = parse_limits };
	struct savefile_error error = { 0 };
	const struct saved_message *m;
	size_t size, sizes[MESSAGES];
	char *text;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	savefile_put_header(&channel_section_kind, 0, stream);
	channel_section_put(&channel, stream);
	for (uint32_t i = 0; i < MESSAGES; i++) {
		sizes[i] = i % 20 ? i : next_random() % KCTL_VALUE_MAX;
		fill(data[i], sizes[i]);
		put(i % 3, i % 5, data[i], sizes[i], stream);
	}
	savefile_put_end(MESSAGES + 1, stream);
	assert_int_equal(savefile_close(stream, &text), 0);

	if (channels_parse(text, size, &s, &error))
		fail_msg("%zu: %s", error.line, error.reason);
	assert_int_equal(s.count, 1);
	assert_int_equal(s.channels[0].number, 7);
	assert_true(s.channels[0].settings.has_uid);
	assert_int_equal(s.channels[0].settings.uid, 1000);
	assert_int_equal(s.channels[0].settings.gid, 4294967294);
	assert_int_equal(s.channels[0].settings.mode, 0622);
	assert_int_equal(s.channels[0].settings.max_deliveries, 3);
	assert_int_equal(s.channels[0].settings.dead_letter, 9);
	assert_int_equal(s.channels[0].settings.retry_delay, 86400000);
	assert_int_equal(s.channels[0].settings.hold_time_max, 60000);
	assert_int_equal(s.channels[0].settings.ttl, 4294967295);
	assert_string_equal(s.channels[0].settings.name, "jobs");
	assert_int_equal(s.channels[0].messages, MESSAGES);
	m = s.channels[0].first;
	for (uint32_t i = 0; i < MESSAGES; i++, m = m->next) {
		assert_int_equal(m->from, i % 3);
		assert_int_equal(m->has_uid, i % 5 > 0);
		assert_int_equal(m->uid, i % 5 ? i % 5 - 1 : 0);
		assert_int_equal(m->size, sizes[i]);
		assert_memory_equal(m->data, data[i], sizes[i]);
	}
	assert_null(m);
	channel_section_free(&s);
	free(text);
}

/* The format is stable: every later version must read these files. */
static void test_golden(void **state)
{
	static const char golden[] = "%kctl-channels 1 1970-01-01T00:00:00Z\n"
				     "channel 7 owner=0 group=5 mode=0600\n"
				     "message \"a\\n\\x00\\xff\"\n"
				     "message from=4294967295 uid=1000 \"\"\n"
				     "channel 8\n"
				     "%end 4\n";
	const struct kctl_channel seven = {
		.present = 1 << KCTL_A_CHANNEL_UID | 1 << KCTL_A_CHANNEL_GID |
			   1 << KCTL_A_CHANNEL_MODE,
		.number = 7,
		.gid = 5,
		.mode = 0600,
	};
	/* From an older module, which does not report the other members. */
	const struct kctl_channel eight = { .number = 8 };
	struct channel_section s = { .limits = parse_limits };
	struct savefile_error error;
	size_t size;
	char *text;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	savefile_put_header(&channel_section_kind, 0, stream);
	channel_section_put(&seven, stream);
	put(0, 0, "a\n\0\xff", 4, stream);
	put(UINT32_MAX, 1001, "", 0, stream);
	channel_section_put(&eight, stream);
	savefile_put_end(4, stream);
	assert_int_equal(savefile_close(stream, &text), 0);
	assert_string_equal(text, golden);
	assert_int_equal(channels_parse(text, size, &s, &error), 0);
	assert_false(s.channels[1].settings.has_uid);
	assert_false(s.channels[1].settings.has_mode);
	channel_section_free(&s);
	free(text);
}

/* Returns the error in a file under @limits, or NULL. */
static const char *refused(struct channel_section_limits limits,
			   const char *lines)
{
	static struct savefile_error error;
	struct channel_section s = { .limits = limits };
	char text[300];
	int err;

	snprintf(text, sizeof(text), "%%kctl-channels 1\n%s%%end\n", lines);
	err = channels_parse(text, strlen(text), &s, &error);
	channel_section_free(&s);
	return err ? error.reason : NULL;
}

static void test_limits(void **state)
{
	static const char two[] = "channel 1\nmessage \"ab\"\nmessage \"c\"\n"
				  "channel 2\n";
	const struct channel_section_limits fits = { 2, 2, 3, 3 + 2 * 64 };
	struct channel_section_limits limits = fits;

	(void)state;
	assert_null(refused(fits, two));
	limits.channels = 1;
	assert_string_equal(
		refused(limits, two),
		"there is no space for more than 1 channels (sysctl net.kctl.channels_max)");
	limits = fits;
	limits.messages = 1;
	assert_string_equal(
		refused(limits, two),
		"channel 1 has no space for more than 1 messages (sysctl net.kctl.channel_max_messages)");
	limits = fits;
	limits.channel_bytes = 2;
	assert_string_equal(
		refused(limits, two),
		"channel 1 has no space for more than 2 bytes (sysctl net.kctl.channel_max_bytes)");
	limits = fits;
	limits.bytes--;
	assert_string_equal(
		refused(limits, two),
		"there is no space for more than 130 bytes of messages (sysctl net.kctl.proto_max_bytes)");
	/* The first message of a channel passes a limit of 0, as in the kernel. */
	limits = fits;
	limits.messages = 0;
	assert_null(refused(limits, "channel 1\nmessage \"ab\"\n"));
}

static void test_only_check(void **state)
{
	static const char text[] = "%kctl-channels 1\nchannel 1\n"
				   "message \"a\"\n%end 2\n";
	struct channel_section s = { .limits = parse_limits,
				     .only_check = true };
	struct savefile_error error;

	(void)state;
	assert_int_equal(channels_parse(text, sizeof(text) - 1, &s, &error), 0);
	assert_int_equal(s.channels[0].messages, 1);
	assert_null(s.channels[0].first);
	channel_section_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_only_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
