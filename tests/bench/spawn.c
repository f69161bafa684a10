// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * spawn [-f|-m] ROOT CMD [ARG...]: run a command whose root is ROOT, and print the nanoseconds
 * from its start to its exit; with -f the number of its page faults instead, with -m its peak
 * memory in KiB. The output of the command is dropped unless it fails.
 */
#include <err.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"

static int run(char **argv, int output)
{
	char path[] = "PATH=/bin", *const environment[] = { path, NULL };
	posix_spawn_file_actions_t actions;
	int error, status;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
	error = posix_spawn(&pid, argv[0], &actions, NULL, argv, environment);
	if (error)
		errx(1, "%s: %s", argv[0], strerror(error));
	if (waitpid(pid, &status, 0) < 0)
		err(1, "waitpid");
	posix_spawn_file_actions_destroy(&actions);
	return status;
}

int main(int argc, char **argv)
{
	char what = argc > 1 && argv[1][0] == '-' ? argv[1][1] : 0;
	long long begin, took;
	int output, status;
	char said[1000] = "";
	struct rusage usage;

	argc -= !!what;
	argv += !!what;
	if (argc < 3)
		errx(2, "usage: spawn [-f|-m] ROOT CMD [ARG...]");
	output = memfd_create("output", MFD_CLOEXEC);
	if (output < 0 || chroot(argv[1]) || chdir("/"))
		err(1, "%s", argv[1]);
	begin = now_ns();
	status = run(argv + 2, output);
	took = now_ns() - begin;
	if (status) {
		if (pread(output, said, sizeof(said) - 1, 0) < 0)
			err(1, "pread");
		errx(1, "%s ends with status %#x: %s", argv[2], status, said);
	}
	getrusage(RUSAGE_CHILDREN, &usage);
	printf("%lld\n", what == 'f' ? usage.ru_minflt + usage.ru_majflt :
			 what == 'm' ? usage.ru_maxrss :
				       took);
	return 0;
}
