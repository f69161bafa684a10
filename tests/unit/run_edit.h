/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs sockopt edit with a script as the editor, and checks what it leaves */
#ifndef RUN_EDIT_H
#define RUN_EDIT_H

#include <dirent.h>
#include <sys/stat.h>

#include "mock_store.h"
#include "run_kctl.h"
#include "lib/table.h"

/* TMPDIR, and the file in it that was kept. */
static char directory[32];
static char kept[300];

static int set_up(void **state)
{
	reset(state);
	snprintf(directory, sizeof(directory), "/tmp/kctl-test-XXXXXX");
	if (!mkdtemp(directory))
		return -1;
	setenv("TMPDIR", directory, true);
	unsetenv("VISUAL");
	unsetenv("EDITOR");
	module.info.max_entries = 9;
	module.info.max_bytes = 99;
	module.expected = 9;
	module.replaced_file = tmpfile();
	ran.terminal = ran.ignored = 0;
	/* The standard input of the test may be a terminal, or missing in a background job. */
	return freopen("/dev/null", "r", stdin) ? 0 : -1;
}

/* The name of the only file in TMPDIR, or NULL if there is none. */
static const char *find_kept(void)
{
	DIR *dir = opendir(directory);
	const struct dirent *entry;
	const char *found = NULL;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		if (*entry->d_name == '.')
			continue;
		assert_null(found);
		snprintf(kept, sizeof(kept), "%s/%s", directory, entry->d_name);
		found = kept;
	}
	closedir(dir);
	return found;
}

static int tear_down(void **state)
{
	(void)state;
	if (find_kept())
		unlink(kept);
	fclose(module.replaced_file);
	return rmdir(directory);
}

static void edit_with(const char *editor)
{
	setenv("EDITOR", editor, true);
	run_kctl("kctl sockopt edit");
}

/* Compares the table of REPLACE, as lines of a save file; "" if there was none. */
static void assert_replaced(const char *expected)
{
	struct kctl_table *table = calloc(1, 8192);
	struct kctl_snapshot *snapshot = NULL;
	char lines[1024] = "";
	size_t size;

	rewind(module.replaced_file);
	size = fread(table, 1, 8192, module.replaced_file);
	if (size) {
		assert_int_equal(table->generation, 9);
		assert_int_equal(table_parse(&snapshot, table, size), 0);
	} else {
		free(table);
	}
	for (size_t i = 0; snapshot && i < snapshot->count; i++) {
		const struct kctl_entry *e = snapshot->entries[i];

		snprintf(lines + strlen(lines), sizeof(lines) - strlen(lines),
			 "%s%s \"%.*s\"\n", e->name,
			 e->flags & KCTL_ENTRY_PUBLIC ? " public" : "",
			 (int)e->size, (const char *)e->value);
	}
	assert_string_equal(lines, expected);
	kctl_snapshot_free(snapshot);
}

/* The store is unchanged, and no file is left. */
static void assert_nothing_happened(int status, const char *said)
{
	assert_exited(status);
	assert_replaced("");
	if (!strstr(ran.err, said))
		fail_msg("no '%s' in: %s", said, ran.err);
	assert_null(find_kept());
}

/* The store is unchanged, and the edited file is kept. */
static void assert_kept(const char *said)
{
	struct stat st;

	assert_exited(EXIT_REFUSED);
	assert_replaced("");
	if (!strstr(ran.err, said))
		fail_msg("no '%s' in: %s", said, ran.err);
	assert_non_null(find_kept());
	assert_int_equal(stat(kept, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	if (!strstr(ran.err, kept))
		fail_msg("no '%s' in: %s", kept, ran.err);
}

#endif /* RUN_EDIT_H */
