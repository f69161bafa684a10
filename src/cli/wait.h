/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waiting: for the kernel, for a deadline, for a signal that ends the program and
 * for the reader of standard output to go away, whichever comes first.
 */
#ifndef KCTL_WAIT_H
#define KCTL_WAIT_H

#include <signal.h>
#include <stdint.h>
#include <stdio.h>

/* A deadline that never comes. */
#define WAIT_FOREVER INT64_MAX

/**
 * enum wait_result - what came first
 * @WAIT_INPUT: a socket is readable
 * @WAIT_DEADLINE: the deadline
 * @WAIT_SIGNAL: SIGINT or SIGTERM
 * @WAIT_NO_READER: nobody will ever read what is printed
 */
enum wait_result {
	WAIT_INPUT,
	WAIT_DEADLINE,
	WAIT_SIGNAL,
	WAIT_NO_READER,
};

/**
 * struct waiter - what is waited for besides the socket
 * @signal_fd: readable while SIGINT or SIGTERM is pending; both are blocked
 * @output_fd: where @stream goes
 * @also_fd: another socket that is waited for, or -1
 * @stream: a stream to print on, which a signal ends even if nobody reads it
 * @mask: signals that were blocked before
 */
struct waiter {
	int signal_fd;
	int output_fd;
	int also_fd;
	FILE *stream;
	sigset_t mask;
};

/**
 * waiter_open() - begin to take signals this way
 * @w: the waiter; must live as long as its stream
 * @output_fd: file descriptor that @w->stream shall write to, and close
 *
 * Return: 0 or a negative errno.
 */
int waiter_open(struct waiter *w, int output_fd);

/**
 * waiter_close() - take signals as before
 * @w: the waiter; its stream has been closed
 *
 * A signal that came meanwhile is pending still, and does now what it would have
 * done then: as a rule this does not return.
 */
void waiter_close(struct waiter *w);

/**
 * wait_for() - wait for whatever comes first
 * @w: the waiter
 * @fd: the socket
 * @deadline: in ns of wait_now(), or WAIT_FOREVER
 *
 * Return: enum wait_result, or a negative errno.
 */
int wait_for(const struct waiter *w, int fd, int64_t deadline);

/**
 * wait_now() - read the clock of deadlines
 *
 * Return: ns since some moment.
 */
int64_t wait_now(void);

/**
 * wait_until() - sleep until a moment; at once if it is past
 * @deadline: in ns of wait_now()
 */
void wait_until(int64_t deadline);

#endif /* KCTL_WAIT_H */
