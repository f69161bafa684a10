// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#include "autoload.h"
#include "file.h"

/* The name of the program; empty if the kernel must not load modules on demand. */
#define PROGRAM_FILE "/proc/sys/kernel/modprobe"

static bool module_is_missing(void)
{
	return access("/sys/module/kctl", F_OK) && !access("/sys/module", F_OK);
}

static void run_quietly(const char *program)
{
	char *const argv[] = { (char[]){ "modprobe" }, (char[]){ "-q" },
			       (char[]){ "-b" },       (char[]){ "--" },
			       (char[]){ "kctl" },     NULL };
	/* The environment in which the kernel runs it, without variables of the user. */
	char *const environment[] = {
		(char[]){ "HOME=/" },
		(char[]){ "PATH=/sbin:/usr/sbin:/bin:/usr/bin" }, NULL
	};
	posix_spawn_file_actions_t actions;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		posix_spawn_file_actions_addopen(&actions, fd, "/dev/null",
						 O_RDWR, 0);
	if (!posix_spawn(&pid, program, &actions, NULL, argv, environment))
		waitpid(pid, NULL, 0);
	posix_spawn_file_actions_destroy(&actions);
}

void autoload(void)
{
	char program[PATH_MAX];

	if (!geteuid() && module_is_missing() &&
	    file_first_line(PROGRAM_FILE, program, sizeof(program)) && *program)
		run_quietly(program);
}
