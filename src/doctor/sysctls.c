// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Are the settings of sysctl.d in force? They are set when the system boots, and net.kctl
 * exists only once the module is loaded: see sysctl.d(5). Of several lines for one name
 * the last counts; a file hides one of the same name in a later directory.
 */
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "cli/file.h"

/* Names that are looked at. There are nine; others are mistakes. */
#define SETTINGS_MAX 32

static const char *const directories[] = {
	"/etc/sysctl.d",
	"/run/sysctl.d",
	"/usr/local/lib/sysctl.d",
	"/usr/lib/sysctl.d",
};

#define DIRECTORIES (sizeof(directories) / sizeof(directories[0]))

/**
 * struct setting - a line that sets a limit
 * @name: its sysctl, below net.kctl
 * @value: the value
 * @path: the file
 * @line: number of the line
 */
struct setting {
	char name[64];
	char value[32];
	char path[160];
	int line;
};

struct settings {
	struct setting list[SETTINGS_MAX];
	size_t count;
};

static const char *base(const char *path)
{
	return strrchr(path, '/') + 1;
}

static int compare(const void *a, const void *b)
{
	return strcmp(base(*(char *const *)a), base(*(char *const *)b));
}

/* The place for @name: that of an earlier line, or a new one; NULL if there is none. */
static struct setting *place(struct settings *settings, const char *name)
{
	size_t i;

	for (i = 0; i < settings->count; i++)
		if (!strcmp(settings->list[i].name, name))
			return &settings->list[i];
	if (i == SETTINGS_MAX)
		return NULL;
	settings->count++;
	return &settings->list[i];
}

/* Take "net.kctl.NAME = VALUE"; a "/" is as good as a ".", and a "-" may precede it. */
static void take_line(struct settings *settings, char *text, const char *path,
		      int line)
{
	char name[64], value[32], *at;
	struct setting *setting;

	for (at = text; *at && *at != '='; at++)
		if (*at == '/')
			*at = '.';
	text += strspn(text, " \t-");
	if (sscanf(text, "net.kctl.%63[^ \t=] = %31[^ \t\n]", name, value) != 2)
		return;
	setting = place(settings, name);
	if (!setting)
		return;
	*setting = (struct setting){ .line = line };
	strcpy(setting->name, name);
	strcpy(setting->value, value);
	snprintf(setting->path, sizeof(setting->path), "%s", path);
}

static void take_file(struct settings *settings, const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;
	int line = 0;

	if (!file)
		return;
	while (getline(&text, &size, file) >= 0)
		take_line(settings, text, path, ++line);
	free(text);
	fclose(file);
}

static void find_settings(struct settings *settings)
{
	char pattern[64];
	glob_t found = { 0 };
	size_t i, j;

	for (i = 0; i < DIRECTORIES; i++) {
		snprintf(pattern, sizeof(pattern), "%s/*.conf", directories[i]);
		glob(pattern, i ? GLOB_APPEND : 0, NULL, &found);
	}
	/* Within a name, the order of the directories is kept. */
	for (i = 0; i < found.gl_pathc; i++)
		for (j = 0; j < i && found.gl_pathv[i][0]; j++)
			if (!compare(&found.gl_pathv[i], &found.gl_pathv[j]))
				strcpy(found.gl_pathv[i], "/");
	if (found.gl_pathc)
		qsort(found.gl_pathv, found.gl_pathc, sizeof(char *), compare);
	for (i = 0; i < found.gl_pathc; i++)
		take_file(settings, found.gl_pathv[i]);
	globfree(&found);
	take_file(settings, "/etc/sysctl.conf");
}

/* The value of a sysctl; false if there is none of that name. */
static bool read_value(const char *name, char *value, size_t size)
{
	char path[96];

	snprintf(path, sizeof(path), "/proc/sys/net/kctl/%s", name);
	return file_first_line(path, value, size);
}

static void check_setting(struct doctor *doctor, const struct setting *setting)
{
	struct failure failure = { .step = "unknown-sysctl" };
	char value[32], subject[192], other[160], next[192];

	snprintf(subject, sizeof(subject), "%s:%d", setting->path,
		 setting->line);
	failure.subject = subject;
	failure.other = other;
	snprintf(other, sizeof(other), "net.kctl.%s", setting->name);
	if (read_value(setting->name, value, sizeof(value))) {
		if (!strcmp(value, setting->value))
			return;
		snprintf(other, sizeof(other),
			 "net.kctl.%s is %s instead of %s", setting->name,
			 value, setting->value);
		snprintf(next, sizeof(next), "sysctl --load %s", setting->path);
		failure.step = "stale-sysctl";
		failure.hint = next;
	}
	report(doctor, RESULT_PROBLEM, "sysctl", failure);
}

void check_sysctls(struct doctor *doctor)
{
	struct settings settings = { 0 };

	/* They are meant for the namespace that the system booted with. */
	if (doctor->elsewhere)
		return;
	find_settings(&settings);
	for (size_t i = 0; i < settings.count; i++)
		check_setting(doctor, &settings.list[i]);
}
