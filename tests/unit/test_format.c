// SPDX-License-Identifier: GPL-2.0-or-later
/* Formatting quickly is formatting as printf(3) does, or leaving it to printf(3) */
#include "test.h"

#include <inttypes.h>

#include "cli/format.h"

static size_t quickly(char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static size_t quickly(char *text, size_t size, const char *format, ...)
{
	va_list args;
	size_t len;

	va_start(args, format);
	len = format_quickly(text, size, format, args);
	va_end(args);
	return len;
}

/* In a buffer of its length and not a byte more, and in one that is too short. */
#define check(...)                                                         \
	do {                                                               \
		char expected[256], got[256];                              \
		size_t len = (size_t)snprintf(expected, 256, __VA_ARGS__); \
                                                                           \
		memset(got, 'x', sizeof(got));                             \
		assert_int_equal(quickly(got, len, __VA_ARGS__), len);     \
		assert_memory_equal(got, expected, len);                   \
		assert_int_equal(got[len], 'x');                           \
		assert_int_equal(quickly(got, len - 1, __VA_ARGS__), 0);   \
	} while (0)

static void test_as_printf(void **state)
{
	static const uint64_t numbers[] = { 0,	       1,	   9,
					    10,	       4294967295, 4294967296,
					    UINT64_MAX };

	(void)state;
	check("text");
	check("%s", "text");
	check("%s%s", "", "text");
	check("<%s>: %s\n", "a", "b");
	check("100%%");
	check("%-3s|%3s|%-1s|%1s", "in", "in", "out", "out");
	check("%c%c", 'a', '\n');
	check("%-5c|%5c", 'a', 'b');
	for (size_t i = 0; i < COUNT(numbers); i++) {
		check("%" PRIu64, numbers[i]);
		check("%lx %zu", (unsigned long)numbers[i], (size_t)numbers[i]);
		check("%u %x", (unsigned int)numbers[i],
		      (unsigned int)numbers[i]);
		check("%06u|%6u|%-6u|", (unsigned int)numbers[i],
		      (unsigned int)numbers[i], (unsigned int)numbers[i]);
		check("%02x%02x", (unsigned int)numbers[i] & 255, 10U);
		check("%12" PRIu64 "%-12" PRIu64 "|", numbers[i], numbers[i]);
	}
}

static void test_left_to_printf(void **state)
{
	char text[64];

	(void)state;
	assert_int_equal(quickly(text, sizeof(text), "a %d", 1), 0);
	assert_int_equal(quickly(text, sizeof(text), "%.3f", 1.0), 0);
	assert_int_equal(quickly(text, sizeof(text), "%*u", 3, 1U), 0);
	assert_int_equal(quickly(text, sizeof(text), "%.*s", 1, "ab"), 0);
	assert_int_equal(quickly(text, sizeof(text), "%#x", 1U), 0);
	assert_int_equal(quickly(text, sizeof(text), "%hhu", 1), 0);
	assert_int_equal(quickly(text, sizeof(text), "%s", ""), 0);
	assert_int_equal(quickly(text, 0, "a"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_printf),
		cmocka_unit_test(test_left_to_printf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
