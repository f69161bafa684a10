/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command that runs in its own process, with a message as its standard input */
#ifndef KCTL_CHANNEL_JOB_H
#define KCTL_CHANNEL_JOB_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * struct job_input - what a command gets
 * @command: the program and its arguments, NULL at the end
 * @mask: signal mask of the command
 * @channel: KCTL_CHANNEL: channel of the message
 * @deliveries: KCTL_DELIVERIES: how often it was delivered
 * @dead_from: KCTL_DEAD_FROM: channel that it died in; 0: none, and no such variables
 * @dead_deliveries: KCTL_DEAD_DELIVERIES: how often it was delivered there
 * @dead_why: KCTL_DEAD_WHY: why it died
 * @from: KCTL_FROM: channel of its sender
 * @data: the message
 * @size: its size in bytes
 */
struct job_input {
	char *const *command;
	const sigset_t *mask;
	uint32_t channel;
	uint32_t deliveries;
	uint32_t dead_from;
	uint32_t dead_deliveries;
	const char *dead_why;
	uint32_t from;
	const void *data;
	size_t size;
};

/**
 * job_start() - run a command
 * @input: what it gets
 * @executed: set to false if the error is that of execvp(3)
 *
 * The message is in sealed memory, so it does not matter whether the command reads it. The
 * process is the leader of a process group, and is killed when the calling thread ends.
 *
 * Return: its process ID, or a negative errno; there is no process then.
 */
pid_t job_start(const struct job_input *input, bool *executed);

/**
 * job_ended() - check whether a command has ended, without waiting
 * @pid: from job_start()
 * @status: set to its status as of waitpid(2) if it has
 *
 * Return: true if it has; there is no process @pid any more.
 */
bool job_ended(pid_t pid, int *status);

/**
 * job_signal() - send a signal to a command and all of its process group
 * @pid: from job_start()
 * @number: the signal
 */
void job_signal(pid_t pid, int number);

#endif /* KCTL_CHANNEL_JOB_H */
