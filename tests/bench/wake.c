// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * wake ROOT CMD [ARG...]: start a command that waits for a change of the store, change
 * an entry once it sleeps, and print the nanoseconds until it prints a line.
 */
#include <err.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"

static pid_t start(char **argv, int output)
{
	posix_spawn_file_actions_t actions;
	int error;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	error = posix_spawn(&pid, argv[0], &actions, NULL, argv, NULL);
	if (error)
		errx(1, "%s: %s", argv[0], strerror(error));
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

/* Its last system call before it sleeps is ppoll(2), number 271. */
static void wait_until_asleep(pid_t pid)
{
	char path[64], call[16] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/syscall", pid);
	while (strncmp(call, "271 ", 4)) {
		usleep(10000);
		file = fopen(path, "r");
		if (!file || !fgets(call, sizeof(call), file))
			errx(1, "%s: it has ended", path);
		fclose(file);
	}
	/* By now the kernel has also finished the work that follows the start of the command. */
	usleep(100000);
}

int main(int argc, char **argv)
{
	int fd = store_open();
	long long begin, took;
	int output[2];
	char byte;
	pid_t pid;

	if (argc < 3)
		errx(2, "usage: wake ROOT CMD [ARG...]");
	if (fd < 0 || pipe2(output, O_CLOEXEC) || chroot(argv[1]) || chdir("/"))
		err(1, "%s", argv[1]);
	pid = start(argv + 2, output[1]);
	wait_until_asleep(pid);
	begin = now_ns();
	if (setsockopt(fd, SOL_IP, KCTL_SO_SET_VALUE, "x", 1))
		err(1, "setsockopt");
	if (read(output[0], &byte, 1) != 1)
		err(1, "read");
	took = now_ns() - begin;
	waitpid(pid, NULL, 0);
	printf("%lld\n", took);
	return 0;
}
