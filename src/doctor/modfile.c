// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <glob.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "modfile.h"

#define MODULES "/lib/modules"

/* With -0, modinfo(8) separates most names from their values by a "=". */
#define SEPARATORS ":="

/* Run modinfo(8) with its output in @pipe. Users often have no sbin in their PATH. */
static bool spawn_modinfo(const char *kernel, const int ends[2], pid_t *pid)
{
	static const char *const places[] = { "/usr/sbin/modinfo",
					      "/sbin/modinfo",
					      "/usr/bin/modinfo" };
	char *const argv[] = { (char[]){ "modinfo" }, (char[]){ "-0" },
			       (char[]){ "-k" },      (char *)kernel,
			       (char[]){ "kctl" },    NULL };
	posix_spawn_file_actions_t actions;
	bool started = false;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
					 O_WRONLY, 0);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (!started)
			started = !posix_spawn(pid, places[i], &actions, NULL,
					       argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return started;
}

/* Read all of @fd, at most @size - 1 bytes, and the rest without keeping it. */
static size_t read_all(int fd, char *text, size_t size)
{
	char rest[512];
	size_t used = 0;
	ssize_t got;

	while ((got = read(fd, text + used, size - 1 - used)) > 0)
		used += (size_t)got;
	while (used == size - 1 && read(fd, rest, sizeof(rest)) > 0)
		;
	text[used] = '\0';
	return used;
}

/* The output of modinfo(8): fields that end with a NUL byte. */
static size_t run_modinfo(const char *kernel, char *text, size_t size)
{
	size_t used = 0;
	int ends[2], status;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return 0;
	if (spawn_modinfo(kernel, ends, &pid)) {
		close(ends[1]);
		ends[1] = -1;
		used = read_all(ends[0], text, size);
		/* Without a status, as the parent ignores SIGCHLD, the output decides. */
		if (waitpid(pid, &status, 0) == pid && status)
			used = 0;
	}
	close(ends[0]);
	if (ends[1] >= 0)
		close(ends[1]);
	return used;
}

static bool is_named(const char *field, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(field, name, len) && field[len] &&
	       strchr(SEPARATORS, field[len]);
}

/* Take "name=value" of modinfo(8). */
static void take_field(struct modfile *file, const char *field)
{
	const char *value = field + strcspn(field, SEPARATORS);

	if (!*value)
		return;
	value += 1 + strspn(value + 1, " ");
	if (is_named(field, "filename"))
		snprintf(file->path, sizeof(file->path), "%s", value);
	else if (is_named(field, "version"))
		snprintf(file->version, sizeof(file->version), "%s", value);
	else if (is_named(field, "vermagic"))
		snprintf(file->magic, sizeof(file->magic), "%s", value);
	else if (is_named(field, "sig_id"))
		file->is_signed = true;
}

bool modfile_find(struct modfile *file, const char *kernel)
{
	char text[8192];
	size_t size = run_modinfo(kernel, text, sizeof(text));
	struct stat status;

	*file = (struct modfile){ 0 };
	for (size_t at = 0; at < size; at += strlen(text + at) + 1)
		take_field(file, text + at);
	snprintf(file->kernel, sizeof(file->kernel), "%.*s",
		 (int)strcspn(file->magic, " "), file->magic);
	if (!stat(file->path, &status))
		file->changed = status.st_ctime;
	return file->path[0];
}

static bool find_first(const char *pattern, char *path, size_t size)
{
	glob_t found;
	bool any;

	any = !glob(pattern, GLOB_BRACE, NULL, &found);
	if (any)
		snprintf(path, size, "%s", found.gl_pathv[0]);
	globfree(&found);
	return any;
}

bool modfile_search(char *path, size_t size, const char *kernel)
{
	char pattern[192];

	snprintf(pattern, sizeof(pattern),
		 MODULES
		 "/%s/{updates,updates/dkms,extra}/kctl.ko{,.xz,.zst,.gz}",
		 kernel);
	return find_first(pattern, path, size);
}

bool modfile_any_kernel(void)
{
	char path[128];

	return find_first(MODULES "/*/modules.order", path, sizeof(path));
}

bool modfile_in_dkms(void)
{
	char path[128];

	return find_first("/usr/src/kctl-*/dkms.conf", path, sizeof(path));
}

bool modfile_has(const char *kernel, const char *name)
{
	char path[160];

	snprintf(path, sizeof(path), MODULES "/%s/%s", kernel, name);
	return !access(path, F_OK);
}
