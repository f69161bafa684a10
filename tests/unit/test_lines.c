// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading lines: the limit, any bytes, and errors */
#include "test.h"

#include <errno.h>
#include <unistd.h>

#include "cli/lines.h"

#define LIMIT 10000

static char name[] = "/tmp/kctl-lines-XXXXXX";
static struct lines lines;

/* Writes @before, followed by @count times @byte. */
static void write_file(const char *before, size_t size, char byte, size_t count)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	fwrite(before, 1, size, file);
	while (count--)
		putc(byte, file);
	fclose(file);
	assert_int_equal(lines_open(&lines, name, LIMIT), 0);
}

static int make_file(void **state)
{
	int fd = mkstemp(name);

	(void)state;
	if (fd < 0)
		return -1;
	return close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(name);
}

static void assert_line(const char *text, size_t size)
{
	assert_int_equal(lines_next(&lines), 1);
	assert_int_equal(lines.size, size);
	assert_memory_equal(lines.line, text, size);
}

static void test_lines(void **state)
{
	static const char text[] = "one\n\na\0b\r\n\nlast";

	(void)state;
	write_file(text, sizeof(text) - 1, 0, 0);
	assert_line("one", 3);
	assert_line("", 0);
	assert_line("a\0b\r", 4);
	assert_line("", 0);
	assert_int_equal(lines.number, 4);
	assert_line("last", 4);
	assert_int_equal(lines_next(&lines), 0);
	assert_int_equal(lines_next(&lines), 0);
	lines_close(&lines);
	write_file("", 0, 0, 0);
	assert_int_equal(lines_next(&lines), 0);
	lines_close(&lines);
}

static void test_limit(void **state)
{
	(void)state;
	/* The longest line, with and without a newline at its end. */
	write_file("a\n", 2, 'b', LIMIT);
	assert_line("a", 1);
	assert_int_equal(lines_next(&lines), 1);
	assert_int_equal(lines.size, LIMIT);
	assert_int_equal(lines_next(&lines), 0);
	lines_close(&lines);
	write_file("a\n", 2, 'b', LIMIT + 1);
	assert_line("a", 1);
	assert_int_equal(lines_next(&lines), -EFBIG);
	assert_int_equal(lines.number, 2);
	lines_close(&lines);
	write_file("", 0, '\n', 3 * LIMIT);
	for (int i = 0; i < 3 * LIMIT; i++)
		assert_line("", 0);
	assert_int_equal(lines_next(&lines), 0);
	lines_close(&lines);
}

/* A line that is too long is not read to its end, because it may be endless. */
static void test_endless_line(void **state)
{
	(void)state;
	assert_int_equal(lines_open(&lines, "/dev/zero", LIMIT), 0);
	assert_int_equal(lines_next(&lines), -EFBIG);
	assert_true(lines.capacity < 4 * LIMIT);
	lines_close(&lines);
}

static void test_errors(void **state)
{
	(void)state;
	assert_int_equal(lines_open(&lines, "/nonexistent", LIMIT), -ENOENT);
	assert_int_equal(lines_open(&lines, "/", LIMIT), 0);
	assert_int_equal(lines_next(&lines), -EISDIR);
	lines_close(&lines);
}

/* A line is returned before the next line or the end of the file arrives. */
static void test_pipe(void **state)
{
	int ends[2], keep = dup(STDIN_FILENO);

	(void)state;
	assert_int_equal(pipe(ends), 0);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	assert_int_equal(lines_open(&lines, NULL, LIMIT), 0);
	assert_int_equal(write(ends[1], "a\nb", 3), 3);
	assert_line("a", 1);
	assert_int_equal(write(ends[1], "c\n", 2), 2);
	assert_line("bc", 2);
	close(ends[1]);
	assert_int_equal(lines_next(&lines), 0);
	lines_close(&lines);
	dup2(keep, STDIN_FILENO);
	close(keep);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_endless_line),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_pipe),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
