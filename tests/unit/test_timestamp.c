// SPDX-License-Identifier: GPL-2.0-or-later
/* Times in each format */
#include "test.h"

#include <time.h>

#include "cli/timestamp.h"

#define SECOND UINT64_C(1000000000)
#define THEN   (UINT64_C(1700000000) * SECOND) /* 2023-11-14, 22:13:20 UTC */

static void check(enum time_format format, const char *const expected[4])
{
	static const uint64_t times[4] = {
		THEN + 1999, /* 1 µs and a bit */
		THEN + SECOND - 1, /* the same second */
		THEN + 3661 * SECOND, /* an hour later */
		THEN + 60 * SECOND + 5000, /* the clock was set back */
	};
	struct timestamp t = { .format = format };

	for (int i = 0; i < 4; i++)
		assert_string_equal(timestamp_text(&t, times[i]), expected[i]);
}

static void test_formats(void **state)
{
	(void)state;
	check(TIME_OF_DAY,
	      (const char *[]){ "22:13:20.000001", "22:13:20.999999",
				"23:14:21.000000", "22:14:20.000005" });
	check(TIME_UNIX,
	      (const char *[]){ "1700000000.000001999", "1700000000.999999999",
				"1700003661.000000000",
				"1700000060.000005000" });
	check(TIME_ISO, (const char *[]){ "2023-11-14T22:13:20.000001+00:00",
					  "2023-11-14T22:13:20.999999+00:00",
					  "2023-11-14T23:14:21.000000+00:00",
					  "2023-11-14T22:14:20.000005+00:00" });
	check(TIME_DELTA, (const char *[]){ "  0.000000", "  0.999998",
					    "3660.000000", "  0.000000" });
	check(TIME_ELAPSED, (const char *[]){ "  0.000000", "  0.999998",
					      "3660.999998", " 60.000003" });
	check(TIME_NONE, (const char *[]){ "", "", "", "" });
}

/* The text has all digits, and does not depend on the time zone. */
static void test_utc(void **state)
{
	struct utc utc = { 0 };

	(void)state;
	setenv("TZ", "XXX+3:30", 1);
	tzset();
	assert_string_equal(timestamp_utc(&utc, THEN + 1),
			    "2023-11-14T22:13:20.000000001Z");
	assert_string_equal(timestamp_utc(&utc, THEN + SECOND - 1),
			    "2023-11-14T22:13:20.999999999Z");
	assert_string_equal(timestamp_utc(&utc, 0),
			    "1970-01-01T00:00:00.000000000Z");
	setenv("TZ", "UTC", 1);
	tzset();
}

static void test_zone(void **state)
{
	struct timestamp iso = { .format = TIME_ISO };
	struct timestamp plain = { .format = TIME_OF_DAY };

	(void)state;
	setenv("TZ", "XXX+3:30", 1);
	tzset();
	assert_string_equal(timestamp_text(&iso, THEN),
			    "2023-11-14T18:43:20.000000-03:30");
	assert_string_equal(timestamp_text(&plain, THEN), "18:43:20.000000");
	setenv("TZ", "UTC", 1);
	tzset();
}

/* The epoch and the largest time need no special case. */
static void test_extremes(void **state)
{
	struct timestamp t = { .format = TIME_OF_DAY };

	(void)state;
	assert_string_equal(timestamp_text(&t, 0), "00:00:00.000000");
	assert_string_equal(timestamp_text(&t, UINT64_MAX), "23:34:33.709551");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_utc),
		cmocka_unit_test(test_zone),
		cmocka_unit_test(test_extremes),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
