// SPDX-License-Identifier: GPL-2.0-or-later
/* Capture files on disks without space, see capture.h */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"
#include "cli/parse.h"
#include "watch/capture.h"

#define FILE_HEADER   24
#define PACKET_HEADER 16
#define BUFFER	      512

static size_t room;

static ssize_t write_to_disk(void *cookie, const char *data, size_t size)
{
	(void)cookie;
	(void)data;
	if (size > room) {
		errno = ENOSPC;
		return 0;
	}
	room -= size;
	return (ssize_t)size;
}

/* The error is the same, whether the write fails within a packet or in a flush. */
static void test_full_disk(void **state)
{
	static const uint8_t packet[3 * BUFFER];

	(void)state;
	for (uint32_t captured = 0; captured <= sizeof(packet); captured++) {
		const struct kctl_record record = { .captured = captured };
		FILE *disk = fopencookie(
			NULL, "w",
			(cookie_io_functions_t){ .write = write_to_disk });
		struct capture c = { 0 };

		assert_non_null(disk);
		setvbuf(disk, NULL, _IOFBF, BUFFER);
		room = FILE_HEADER;
		assert_int_equal(capture_open(&c, "-", disk, 65535), 0);
		capture_packet(&c, &record, packet);
		/* Another call that fails in between. */
		errno = ENOENT;
		assert_int_equal(capture_flush(&c), -ENOSPC);
		assert_int_equal(capture_close(&c), -ENOSPC);
		fclose(disk);
	}
}

static void test_enough_room(void **state)
{
	const struct kctl_record record = { .captured = 1 };
	FILE *disk = fopencookie(
		NULL, "w", (cookie_io_functions_t){ .write = write_to_disk });
	struct capture c = { 0 };

	(void)state;
	assert_non_null(disk);
	room = FILE_HEADER + PACKET_HEADER + 1;
	assert_int_equal(capture_open(&c, "-", disk, 65535), 0);
	capture_packet(&c, &record, (const uint8_t *)"x");
	assert_int_equal(capture_close(&c), 0);
	assert_int_equal(room, 0);
	fclose(disk);
}

static void take(struct capture *c, uint64_t seconds, int expected)
{
	const struct kctl_record record = { .time = seconds * NSEC_PER_SEC,
					    .captured = 60 };
	static const uint8_t packet[60];

	assert_int_equal(capture_turn(c, record.time), expected);
	if (!expected)
		capture_packet(c, &record, packet);
}

/* Check that a file is a capture: a header, and this number of packets of 76 bytes. */
static void assert_file(const char *name, int packets)
{
	struct stat info;
	uint32_t magic;
	FILE *file;

	if (packets < 0) {
		assert_int_equal(access(name, F_OK), -1);
		return;
	}
	file = fopen(name, "re");
	if (!file)
		fail_msg("%s", name);
	assert_int_equal(fread(&magic, sizeof(magic), 1, file), 1);
	assert_int_equal(magic, 0xa1b23c4d);
	assert_int_equal(fstat(fileno(file), &info), 0);
	assert_int_equal(info.st_size, FILE_HEADER + packets * 76);
	fclose(file);
	unlink(name);
}

/* A file is full after the packet that exceeds the size, as in tcpdump. */
static void test_sizes(void **state)
{
	static const struct {
		struct rotation rotation;
		int packets;
		struct {
			const char *name;
			int packets;
		} files[4];
	} rows[] = {
		{ { .size = 100 },
		  5,
		  { { "a", 2 }, { "a1", 2 }, { "a2", 1 }, { "a3", -1 } } },
		{ { .size = 99, .count = 2 },
		  3,
		  { { "a", -1 }, { "a0", 1 }, { "a1", 1 }, { "a2", -1 } } },
		{ { .size = 99, .count = 1 },
		  3,
		  { { "a", 1 }, { "a0", -1 }, { "a1", -1 }, { "a2", -1 } } },
		{ { .size = 99, .count = 11 },
		  2,
		  { { "a", -1 }, { "a00", 1 }, { "a01", 1 }, { "a02", -1 } } },
		{ { .size = 1 },
		  2,
		  { { "a", 0 }, { "a1", 1 }, { "a2", 1 }, { "a3", -1 } } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct capture c = { 0 };

		assert_int_equal(
			capture_rotate(&c, "a", &rows[i].rotation, 60, 0), 0);
		for (int j = 0; j < rows[i].packets; j++)
			take(&c, 0, 0);
		assert_int_equal(capture_close(&c), 0);
		for (size_t j = 0; j < COUNT(rows[i].files); j++)
			assert_file(rows[i].files[j].name,
				    rows[i].files[j].packets);
	}
}

static void test_periods(void **state)
{
	const struct rotation r = { .seconds = 60, .count = 2 };
	const struct rotation both = { .seconds = 60, .size = 99, .count = 3 };
	struct capture c = { 0 };

	(void)state;
	assert_int_equal(capture_rotate(&c, "%H-%M", &r, 60,
					3600 * UINT64_C(1000000000)),
			 0);
	take(&c, 3600, 0);
	take(&c, 3659, 0);
	take(&c, 3725, 0);
	take(&c, 3784, 0);
	take(&c, 3785, -ENODATA);
	assert_int_equal(capture_close(&c), 0);
	assert_file("01-00", 2);
	assert_file("01-02", 2);
	/* Numbers start again in each period, and no number ends the capture. */
	assert_int_equal(capture_rotate(&c, "%H", &both, 60, 0), 0);
	take(&c, 1, 0);
	take(&c, 2, 0);
	take(&c, 3600, 0);
	take(&c, 7200, 0);
	take(&c, 10800, 0);
	assert_int_equal(capture_close(&c), 0);
	assert_file("000", 1);
	assert_file("001", 1);
	assert_file("010", 1);
	assert_file("020", 1);
	assert_file("030", 1);
}

/* Setting the clock back does not prolong a period. */
static void test_clock_set_back(void **state)
{
	const struct rotation r = { .seconds = 60 };
	struct capture c = { 0 };

	(void)state;
	assert_int_equal(capture_rotate(&c, "%H-%M", &r, 60,
					7200 * UINT64_C(1000000000)),
			 0);
	take(&c, 7200, 0);
	take(&c, 3600, 0);
	take(&c, 3659, 0);
	take(&c, 3660, 0);
	assert_int_equal(capture_close(&c), 0);
	assert_file("02-00", 3);
	assert_file("01-01", 1);
}

/* A first period without a packet is not counted. */
static void test_empty_period(void **state)
{
	const struct rotation r = { .seconds = 60, .count = 1 };
	struct capture c = { 0 };

	(void)state;
	assert_int_equal(capture_rotate(&c, "%M", &r, 60, 0), 0);
	take(&c, 120, 0);
	take(&c, 180, -ENODATA);
	assert_int_equal(capture_close(&c), 0);
	assert_file("00", 0);
	assert_file("02", 1);
}

static void test_next_file_fails(void **state)
{
	const struct rotation r = { .size = 1 };
	char name[2 * CAPTURE_NAME];
	struct capture c = { 0 };

	(void)state;
	assert_int_equal(mkdir("a1", 0700), 0);
	assert_int_equal(capture_rotate(&c, "a", &r, 60, 0), 0);
	take(&c, 0, -EISDIR);
	assert_string_equal(c.name, "a1");
	assert_int_equal(capture_close(&c), 0);
	rmdir("a1");
	assert_file("a", 0);
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(capture_rotate(&c, name, &r, 60, 0), -ENAMETOOLONG);
	assert_int_equal(capture_rotate(&c, "nowhere/a", &r, 60, 0), -ENOENT);
}

int main(void)
{
	char directory[] = "/tmp/kctl-test-XXXXXX";
	int failed;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_periods),
		cmocka_unit_test(test_clock_set_back),
		cmocka_unit_test(test_empty_period),
		cmocka_unit_test(test_next_file_fails),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_enough_room),
	};

	setenv("TZ", "UTC", 1);
	if (!mkdtemp(directory) || chdir(directory))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(directory);
	return failed;
}
