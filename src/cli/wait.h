/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waiting for the first of these: a readable socket, a deadline, a signal that ends
 * the program, or the exit of the process that reads standard output.
 */
#ifndef KCTL_WAIT_H
#define KCTL_WAIT_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

/* No deadline. */
#define WAIT_FOREVER INT64_MAX

/**
 * enum wait_result - reason for the end of a wait
 * @WAIT_INPUT: a socket is readable
 * @WAIT_DEADLINE: the deadline has passed
 * @WAIT_SIGNAL: SIGINT or SIGTERM is pending
 * @WAIT_NO_READER: standard output has no reader any more
 */
enum wait_result {
	WAIT_INPUT,
	WAIT_DEADLINE,
	WAIT_SIGNAL,
	WAIT_NO_READER,
};

/**
 * struct waiter - state of waiting
 * @signal_fd: readable while SIGINT or SIGTERM is pending; both are blocked
 * @output_fd: the file descriptor of @stream
 * @pipe_size: size in bytes that the pipe at @output_fd had before waiter_narrow(), or 0
 * @also_fd: a second socket to wait for, or -1
 * @error: 0, or the negative errno of a write, after which nothing is written
 * @stream: stream to print to; a signal ends a print that blocks
 * @mask: signal mask before waiter_open()
 */
struct waiter {
	int signal_fd;
	int output_fd;
	int pipe_size;
	int also_fd;
	int error;
	FILE *stream;
	sigset_t mask;
};

/**
 * waiter_open() - block SIGINT and SIGTERM and receive them with wait_for()
 * @w: the waiter; must outlive its stream
 * @output_fd: file descriptor for @w->stream, which will close it
 *
 * Return: 0, or a negative errno; the signal mask is then as before.
 */
int waiter_open(struct waiter *w, int output_fd);

/**
 * waiter_close() - restore the signal mask
 * @w: the waiter; its stream is closed
 *
 * A signal that arrived in the meantime is delivered now, which usually ends the
 * program: the function does not return then.
 */
void waiter_close(struct waiter *w);

/**
 * wait_left() - get the time left until a deadline, for ppoll(2)
 * @deadline: in ns of wait_now(), or WAIT_FOREVER
 * @left: set to the time left, 0 if the deadline has passed
 *
 * Return: @left, or NULL if there is no deadline.
 */
const struct timespec *wait_left(int64_t deadline, struct timespec *left);

/**
 * wait_for() - wait for a socket, a deadline, a signal or the loss of the reader
 * @w: the waiter
 * @fd: the socket
 * @deadline: in ns of wait_now(), or WAIT_FOREVER
 *
 * Return: enum wait_result, or a negative errno.
 */
int wait_for(const struct waiter *w, int fd, int64_t deadline);

/**
 * waiter_narrow() - let a pipe that is standard output have room only while it is empty
 * @w: the waiter
 *
 * The pipe gets the size of one page, so that wait_for_reader() can detect when it was
 * read completely.
 *
 * Return: true if standard output is a pipe, and narrow now.
 */
bool waiter_narrow(struct waiter *w);

/**
 * waiter_widen() - restore the size of the pipe, for others that write to it
 * @w: the waiter
 */
void waiter_widen(struct waiter *w);

/**
 * wait_for_reader() - wait until the reader has read all of a narrow pipe
 * @w: the waiter, after waiter_narrow()
 *
 * A signal may be meant for the reader too, which then needs a moment to read or to end.
 *
 * Return: WAIT_INPUT if the reader has read all; WAIT_NO_READER if it ended before that;
 * WAIT_SIGNAL if that is not known; or a negative errno.
 */
int wait_for_reader(struct waiter *w);

/**
 * wait_now() - read the clock for deadlines
 *
 * Return: ns on the monotonic clock.
 */
int64_t wait_now(void);

/**
 * wait_until() - sleep until a time; return immediately if it has passed
 * @deadline: in ns of wait_now()
 */
void wait_until(int64_t deadline);

#endif /* KCTL_WAIT_H */
