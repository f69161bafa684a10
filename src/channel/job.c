// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "job.h"

/* Since Linux 6.3, which logs a call without it. */
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

static int write_all(int fd, const void *data, size_t size)
{
	const char *at = data;
	ssize_t written;

	while (size) {
		written = write(fd, at, size);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		at += written;
		size -= (size_t)written;
	}
	return 0;
}

static int seal(int fd)
{
	const int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW |
			  F_SEAL_WRITE;

	if (lseek(fd, 0, SEEK_SET) || fcntl(fd, F_ADD_SEALS, seals))
		return -errno;
	return 0;
}

/* A file in memory with the message: returns its descriptor, or a negative errno. */
static int message_file(const struct job_input *input)
{
	const unsigned int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int err, fd = memfd_create("message", flags | MFD_NOEXEC_SEAL);

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("message", flags);
	if (fd < 0)
		return -errno;
	err = write_all(fd, input->data, input->size);
	if (!err)
		err = seal(fd);
	if (!err)
		return fd;
	close(fd);
	return err;
}

static int put_number(const char *name, uint32_t number)
{
	char text[16];

	snprintf(text, sizeof(text), "%" PRIu32, number);
	return setenv(name, text, true);
}

/* This program may have inherited them for another message. */
static int put_history(const struct job_input *input)
{
	if (!input->dead_from)
		return unsetenv("KCTL_DEAD_FROM") ||
		       unsetenv("KCTL_DEAD_DELIVERIES") ||
		       unsetenv("KCTL_DEAD_WHY");
	return put_number("KCTL_DEAD_FROM", input->dead_from) ||
	       put_number("KCTL_DEAD_DELIVERIES", input->dead_deliveries) ||
	       setenv("KCTL_DEAD_WHY", input->dead_why, true);
}

/* In the new process: returns only if the command cannot be executed. */
static void execute(const struct job_input *input, int file, pid_t parent)
{
	pid_t now;

	/* If the worker is killed, another one gets the message: do not work on it twice. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		return;
	/* The parent may have died before the call. 0: it is in another PID namespace. */
	now = getppid();
	if (now && now != parent)
		raise(SIGKILL);
	if (setpgid(0, 0) || dup2(file, STDIN_FILENO) < 0 ||
	    put_number("KCTL_CHANNEL", input->channel) ||
	    put_number("KCTL_DELIVERIES", input->deliveries) ||
	    put_number("KCTL_FROM", input->from) || put_history(input) ||
	    sigprocmask(SIG_SETMASK, input->mask, NULL))
		return;
	execvp(input->command[0], input->command);
}

/* The errno that the process has written to @fd, or 0 once it executes the command. */
static int execution_error(int fd)
{
	int err = 0;
	ssize_t got;

	do {
		got = read(fd, &err, sizeof(err));
	} while (got < 0 && errno == EINTR);
	return got == sizeof(err) ? err : 0;
}

static pid_t start(const struct job_input *input, int file, bool *executed)
{
	pid_t pid, parent = getpid();
	int report[2], err;

	if (pipe2(report, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (!pid) {
		execute(input, file, parent);
		err = errno;
		(void)!write(report[1], &err, sizeof(err));
		_exit(127);
	}
	err = pid < 0 ? errno : 0;
	close(report[1]);
	if (!err) {
		err = execution_error(report[0]);
		*executed = !err;
		if (err)
			waitpid(pid, NULL, 0);
	}
	close(report[0]);
	return err ? -err : pid;
}

pid_t job_start(const struct job_input *input, bool *executed)
{
	int file = message_file(input);
	pid_t pid;

	*executed = true;
	if (file < 0)
		return file;
	pid = start(input, file, executed);
	close(file);
	return pid;
}

bool job_ended(pid_t pid, int *status)
{
	return waitpid(pid, status, WNOHANG) == pid;
}

void job_signal(pid_t pid, int number)
{
	kill(-pid, number);
}
