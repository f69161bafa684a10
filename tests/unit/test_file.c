// SPDX-License-Identifier: GPL-2.0-or-later
/* Files that are replaced as a whole, and what can prevent that */
#include "test.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/file.h"

static char directory[32];

/* The file is a mount point. rename() below replaces the function of the same name. */
static bool mounted;

int rename(const char *from, const char *to)
{
	if (mounted) {
		errno = EBUSY;
		return -1;
	}
	return link(from, to) && (unlink(to) || link(from, to)) ? -1 :
								  unlink(from);
}

static int enter(void **state)
{
	(void)state;
	mounted = false;
	snprintf(directory, sizeof(directory), "/tmp/kctl-test-XXXXXX");
	return mkdtemp(directory) ? chdir(directory) : -1;
}

static int leave(void **state)
{
	static const char *const names[] = { "link", "hop", "d/target", "d",
					     "file" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		remove(names[i]);
	return chdir("/") || rmdir(directory);
}

static void expect(const char *path, const char *content)
{
	char text[16] = "";
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	assert_int_equal(fread(text, 1, sizeof(text) - 1, file),
			 strlen(content));
	fclose(file);
	assert_string_equal(text, content);
}

/* Regression: a link to a missing file was replaced by a file. */
static void test_dangling_link_is_followed(void **state)
{
	struct stat about;

	(void)state;
	assert_int_equal(mkdir("d", 0700), 0);
	assert_int_equal(symlink("d/target", "hop"), 0);
	assert_int_equal(symlink("hop", "link"), 0);
	assert_int_equal(file_write("link", "new", 3), 0);
	expect("d/target", "new");
	assert_int_equal(lstat("link", &about), 0);
	assert_true(S_ISLNK(about.st_mode));
	assert_int_equal(lstat("d/target", &about), 0);
	assert_int_equal(about.st_mode & 0777, 0600);
	/* Now the file exists. */
	assert_int_equal(chmod("d/target", 0640), 0);
	assert_int_equal(file_write("link", "newer", 5), 0);
	expect("d/target", "newer");
	assert_int_equal(lstat("d/target", &about), 0);
	assert_int_equal(about.st_mode & 0777, 0640);
}

static void test_links_that_lead_nowhere(void **state)
{
	(void)state;
	assert_int_equal(symlink("nowhere/target", "link"), 0);
	assert_int_equal(file_write("link", "x", 1), -ENOENT);
	assert_int_equal(symlink("hop", "hop"), 0);
	assert_int_equal(file_write("hop", "x", 1), -ELOOP);
}

static void test_mount_point_keeps_its_content(void **state)
{
	(void)state;
	assert_int_equal(file_write("file", "old", 3), 0);
	mounted = true;
	assert_int_equal(file_write("file", "new", 3), -EBUSY);
	expect("file", "old");
	/* leave() removes the directory, which fails if any other file is left. */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_dangling_link_is_followed,
						enter, leave),
		cmocka_unit_test_setup_teardown(test_links_that_lead_nowhere,
						enter, leave),
		cmocka_unit_test_setup_teardown(
			test_mount_point_keeps_its_content, enter, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
