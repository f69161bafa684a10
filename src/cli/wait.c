// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "parse.h"
#include "wait.h"

/* Room for a burst of lines, so that one write(2) takes them all. */
#define STREAM_BUFFER (64 * 1024)

/* Time for the reader to read or to end, if it received the signal, too. */
#define MOMENT_MS 100

int64_t wait_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

void wait_until(int64_t deadline)
{
	struct timespec ts = {
		.tv_sec = deadline / NSEC_PER_SEC,
		.tv_nsec = deadline % NSEC_PER_SEC,
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) ==
	       EINTR)
		;
}

/*
 * Wait until standard output has room. A signal that is not blocked, such as SIGCONT,
 * interrupts poll(2), which then does not set revents, so poll again. Return EINTR only if a
 * blocked signal is pending and there is no room.
 */
static int wait_for_room(const struct waiter *w)
{
	struct pollfd fds[] = {
		{ .fd = w->output_fd, .events = POLLOUT },
		{ .fd = w->signal_fd, .events = POLLIN },
	};

	while (poll(fds, 2, -1) < 0)
		if (errno != EINTR)
			return -errno;
	return fds[0].revents ? 0 : -EINTR;
}

/*
 * A write to standard output blocks while its reader does not read, and with blocked
 * signals nothing could end that. So wait with poll(2), which promises room for
 * PIPE_BUF bytes, and write no more than that at once. If a signal is pending and
 * there is no room, drop the rest, and all that follows: a line with a hole would look
 * complete.
 *
 * fopencookie(3) takes fewer bytes than @size for an error, and forbids a negative
 * number.
 */
static ssize_t stream_write(void *cookie, const char *data, size_t size)
{
	struct waiter *w = cookie;
	size_t done = 0;

	while (done < size && !w->error) {
		size_t chunk = size - done < PIPE_BUF ? size - done : PIPE_BUF;
		int err = wait_for_room(w);
		ssize_t written;

		written = err ? 0 : write(w->output_fd, data + done, chunk);
		if (written < 0 && errno != EINTR && errno != EAGAIN)
			err = -errno;
		if (written > 0)
			done += (size_t)written;
		w->error = err;
	}
	errno = -w->error;
	return (ssize_t)done;
}

static int stream_close(void *cookie)
{
	const struct waiter *w = cookie;

	return close(w->output_fd);
}

static FILE *stream_open(struct waiter *w)
{
	cookie_io_functions_t functions = {
		.write = stream_write,
		.close = stream_close,
	};
	FILE *stream = fopencookie(w, "w", functions);

	if (stream)
		setvbuf(stream, NULL, _IOFBF, STREAM_BUFFER);
	return stream;
}

/* A signal that is ignored, as in a background job, stays ignored. */
static void add_signal(sigset_t *set, int number)
{
	struct sigaction action;

	if (!sigaction(number, NULL, &action) && action.sa_handler != SIG_IGN)
		sigaddset(set, number);
}

int waiter_open(struct waiter *w, int output_fd)
{
	sigset_t set;
	int err;

	sigemptyset(&set);
	add_signal(&set, SIGINT);
	add_signal(&set, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &set, &w->mask))
		return -errno;
	w->output_fd = output_fd;
	w->pipe_size = 0;
	w->error = 0;
	w->also_fd = -1;
	w->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	err = w->signal_fd < 0 ? -errno : 0;
	w->stream = err ? NULL : stream_open(w);
	if (w->stream)
		return 0;
	if (!err)
		close(w->signal_fd);
	sigprocmask(SIG_SETMASK, &w->mask, NULL);
	return err ? err : -ENOMEM;
}

void waiter_close(struct waiter *w)
{
	close(w->signal_fd);
	sigprocmask(SIG_SETMASK, &w->mask, NULL);
}

const struct timespec *wait_left(int64_t deadline, struct timespec *left)
{
	int64_t ns;

	if (deadline == WAIT_FOREVER)
		return NULL;
	ns = deadline - wait_now();
	if (ns < 0)
		ns = 0;
	left->tv_sec = ns / NSEC_PER_SEC;
	left->tv_nsec = ns % NSEC_PER_SEC;
	return left;
}

int wait_for(const struct waiter *w, int fd, int64_t deadline)
{
	struct pollfd fds[] = {
		{ .fd = w->signal_fd, .events = POLLIN },
		/* No events: poll(2) always reports errors, and only they matter. */
		{ .fd = w->output_fd },
		{ .fd = fd, .events = POLLIN },
		{ .fd = w->also_fd, .events = POLLIN },
	};
	struct timespec ts;

	while (ppoll(fds, 4, wait_left(deadline, &ts), NULL) < 0)
		if (errno != EINTR)
			return -errno;
	if (fds[0].revents)
		return WAIT_SIGNAL;
	/* A pipe reports POLLERR, and a socket only POLLHUP. */
	if (fds[1].revents)
		return WAIT_NO_READER;
	return fds[2].revents || fds[3].revents ? WAIT_INPUT : WAIT_DEADLINE;
}

/* A pipe of one page has one buffer, so it has room once that buffer was read completely. */
bool waiter_narrow(struct waiter *w)
{
	int page = (int)sysconf(_SC_PAGESIZE);
	int size = fcntl(w->output_fd, F_GETPIPE_SZ);

	if (size < 0 || fcntl(w->output_fd, F_SETPIPE_SZ, page) != page)
		return false;
	w->pipe_size = size;
	return true;
}

void waiter_widen(struct waiter *w)
{
	if (w->pipe_size)
		(void)fcntl(w->output_fd, F_SETPIPE_SZ, w->pipe_size);
	w->pipe_size = 0;
}

/* Another program that narrowed the same pipe has restored its size. */
static bool narrow_again(const struct waiter *w)
{
	int page = (int)sysconf(_SC_PAGESIZE);

	return fcntl(w->output_fd, F_GETPIPE_SZ) > page &&
	       fcntl(w->output_fd, F_SETPIPE_SZ, page) == page;
}

int wait_for_reader(struct waiter *w)
{
	struct pollfd fds[] = {
		{ .fd = w->output_fd, .events = POLLOUT },
		{ .fd = w->signal_fd, .events = POLLIN },
	};

	do {
		while (poll(fds, 2, -1) < 0)
			if (errno != EINTR)
				return -errno;
		if (!fds[0].revents)
			(void)poll(fds, 1, MOMENT_MS);
	} while (fds[0].revents & POLLOUT && narrow_again(w));
	if (fds[0].revents & POLLOUT)
		return WAIT_INPUT;
	return fds[0].revents ? WAIT_NO_READER : WAIT_SIGNAL;
}
