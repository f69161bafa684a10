// SPDX-License-Identifier: GPL-2.0-or-later
/* Capture files on disks without space, see capture.h */
#include <errno.h>
#include <stdio.h>

#include "test.h"
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

/* The error is the same wherever the buffer was full: in a packet, or when it is flushed. */
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
		/* Something else that fails in between. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_enough_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
