// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backoff.h"
#include "job.h"
#include "message.h"
#include "worker.h"
#include "cli/parse.h"
#include "lib/libkctl.h"

#define NSEC_PER_MSEC (NSEC_PER_SEC / 1000)

/**
 * struct slot - place for a held message
 * @held: names the message; its id is 0 if the place is free
 * @pid: the process that works on it; 0: it waits for its next delivery
 * @retry_at: time of the next delivery, in ns of wait_now(), like all times here
 * @extend_every: interval for extending the hold time; 0: never
 * @extend_at: the next such time
 * @kill_at: time at which to kill a process that got SIGTERM
 * @told: the process got SIGTERM
 * @lost: the message was given back in the meantime, and must not be settled
 */
struct slot {
	struct kctl_held held;
	pid_t pid;
	int64_t retry_at;
	int64_t extend_every;
	int64_t extend_at;
	int64_t kill_at;
	bool told;
	bool lost;
};

/**
 * struct worker - state of the loop
 * @ctx: the run
 * @a: the arguments
 * @socket: the socket
 * @child_fd: readable when a child has ended
 * @buffer: buffer for a message of any size
 * @slots: @a->jobs places
 * @busy: how many of them are taken
 * @idle_since: time at which the last one became free
 * @crowded: no further process could be started; try again when a place becomes free
 * @holds_back: the module does not support delays: hold a message until it is tried
 *	again
 * @ending: take no more messages
 * @signal: the first signal, or 0
 * @result: the result
 */
struct worker {
	struct ctx *ctx;
	const struct work_args *a;
	struct kctl_proto *socket;
	int child_fd;
	void *buffer;
	struct slot *slots;
	uint32_t busy;
	int64_t idle_since;
	bool crowded;
	bool holds_back;
	bool ending;
	int signal;
	struct work_result result;
};

#define for_each_slot(w, slot)                                                 \
	for (struct slot *slot = (w)->slots; slot < (w)->slots + (w)->a->jobs; \
	     slot++)                                                           \
		if ((slot)->held.id)

/* The first failure counts. Running commands continue. */
static void fail(struct worker *w, const char *step, int error)
{
	w->ending = true;
	if (!w->result.error)
		w->result =
			(struct work_result){ .error = error, .step = step };
}

static void tell(const struct worker *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Standard error may be a full pipe: messages must not wait for its reader. */
static void tell(const struct worker *w, const char *format, ...)
{
	struct pollfd fd = { .fd = STDERR_FILENO, .events = POLLOUT };
	char text[256];
	va_list args;

	if (w->ctx->globals.quiet || poll(&fd, 1, 0) <= 0)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	cmd_notice(w->ctx, "%s", text);
}

static uint32_t milliseconds(int64_t ns)
{
	return (uint32_t)((ns + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC);
}

/* ---- the end of a message ---- */

static int settle(struct worker *w, const struct slot *slot, uint32_t verb,
		  uint32_t delay)
{
	const struct kctl_settle settle = { .id = slot->held.id,
					    .verb = verb,
					    .delay = delay };

	return kctl_proto_settle(w->socket, &settle, 1);
}

static void clear(struct worker *w, struct slot *slot)
{
	*slot = (struct slot){ 0 };
	w->crowded = false;
	if (!--w->busy)
		w->idle_since = wait_now();
}

/* Settle the message and free its place. Its hold time may have ended in the meantime. */
static void finish(struct worker *w, struct slot *slot, uint32_t verb,
		   uint32_t delay)
{
	int err = slot->lost ? 0 : settle(w, slot, verb, delay);

	if (err == -ESTALE && verb == KCTL_SETTLE_DONE)
		tell(w,
		     "the hold time was over before '%s' was done, another delivery follows",
		     w->a->command[0]);
	else if (err && err != -ESTALE)
		fail(w, NULL, err);
	clear(w, slot);
}

static uint32_t delay_of(const struct worker *w, const struct slot *slot)
{
	uint32_t random = 0;

	(void)!getrandom(&random, sizeof(random), GRND_NONBLOCK);
	return backoff_delay(milliseconds(w->a->backoff),
			     milliseconds(w->a->max_backoff),
			     slot->held.deliveries, random);
}

/* The module delays the message; if it cannot, the message keeps its place here. */
static void retry(struct worker *w, struct slot *slot, uint32_t delay)
{
	if (w->holds_back && delay && !w->ending) {
		slot->pid = 0;
		slot->kill_at = WAIT_FOREVER;
		slot->retry_at = wait_now() + delay * NSEC_PER_MSEC;
		return;
	}
	finish(w, slot, KCTL_SETTLE_RETRY, w->holds_back ? 0 : delay);
}

static void tell_failure(const struct worker *w, const struct slot *slot,
			 int status, uint32_t delay)
{
	const char *command = w->a->command[0];
	double seconds = delay / 1000.0;
	uint32_t count = slot->held.deliveries;

	if (WIFSIGNALED(status))
		tell(w,
		     "'%.80s' was ended by signal %d (delivery %" PRIu32
		     "), again in %g s",
		     command, WTERMSIG(status), count, seconds);
	else
		tell(w,
		     "'%.80s' exited with status %d (delivery %" PRIu32
		     "), again in %g s",
		     command, WEXITSTATUS(status), count, seconds);
}

static bool lets_die(const struct worker *w, int status)
{
	return w->a->dead_status && WIFEXITED(status) &&
	       (uint32_t)WEXITSTATUS(status) == w->a->dead_status;
}

static void process_ended(struct worker *w, struct slot *slot, int status)
{
	uint32_t delay;

	if (!status) {
		finish(w, slot, KCTL_SETTLE_DONE, 0);
	} else if (slot->told) {
		finish(w, slot, KCTL_SETTLE_RELEASE, 0);
	} else if (lets_die(w, status)) {
		tell(w,
		     "'%.80s' exited with status %d (delivery %" PRIu32
		     "), the message is dead",
		     w->a->command[0], WEXITSTATUS(status),
		     slot->held.deliveries);
		finish(w, slot, KCTL_SETTLE_DEAD, 0);
	} else {
		delay = delay_of(w, slot);
		tell_failure(w, slot, status, delay);
		retry(w, slot, delay);
	}
}

static void reap(struct worker *w)
{
	struct signalfd_siginfo info;
	int status;

	/* Several children may have ended for one signal. */
	while (read(w->child_fd, &info, sizeof(info)) > 0)
		;
	for_each_slot(w, slot) if (slot->pid && job_ended(slot->pid, &status))
		process_ended(w, slot, status);
}

/* ---- its beginning ---- */

static int64_t next_extension(const struct slot *slot)
{
	return slot->extend_every ? wait_now() + slot->extend_every :
				    WAIT_FOREVER;
}

static struct slot *free_slot(const struct worker *w)
{
	struct slot *slot = w->slots;

	while (slot->held.id)
		slot++;
	return slot;
}

/* The limit of processes of a user or a cgroup, of descriptors, or of memory. */
static bool is_shortage(int error)
{
	return error == -EAGAIN || error == -EMFILE || error == -ENFILE ||
	       error == -ENOMEM;
}

static void start(struct worker *w, const struct kctl_received *received,
		  size_t size)
{
	const struct job_input input = {
		.command = w->a->command,
		.mask = &w->ctx->waiter.mask,
		.channel = w->a->channel.number,
		.deliveries = received->held.deliveries,
		.dead_from = received->held.dead_from,
		.dead_deliveries = received->held.dead_deliveries,
		.dead_why = message_dead_why(received->held.dead_why),
		.from = received->from,
		.data = w->buffer,
		.size = size,
	};
	struct slot *slot = free_slot(w);
	bool executed, crowded;
	pid_t pid;

	*slot = (struct slot){ .held = received->held,
			       .retry_at = WAIT_FOREVER,
			       .extend_every = extension_interval(
				       received->held.deadline, wait_now()),
			       .kill_at = WAIT_FOREVER };
	slot->extend_at = next_extension(slot);
	w->busy++;
	pid = job_start(&input, &executed);
	if (pid > 0) {
		slot->pid = pid;
		return;
	}
	/* The message did not cause this failure. */
	crowded = w->busy > 1 && is_shortage(pid);
	if (!crowded)
		fail(w, executed ? NULL : "run", pid);
	finish(w, slot, KCTL_SETTLE_RELEASE, 0);
	w->crowded = crowded;
}

static bool takes_more(const struct worker *w)
{
	return !w->ending && !w->crowded && w->busy < w->a->jobs;
}

static void take_messages(struct worker *w)
{
	struct kctl_received received;
	ssize_t got = 0;

	while (got >= 0 && takes_more(w)) {
		got = kctl_proto_recv(w->socket, &received, sizeof(received),
				      w->buffer, KCTL_MESSAGE_MAX);
		if (got >= 0)
			start(w, &received, (size_t)got);
		else if (got != -EAGAIN)
			fail(w, NULL, (int)got);
	}
}

/* ---- signals and times ---- */

static void end_process(struct worker *w, struct slot *slot)
{
	if (slot->told)
		return;
	slot->told = true;
	slot->kill_at = wait_now() + w->a->kill_after;
	job_signal(slot->pid, SIGTERM);
}

static void end_processes(struct worker *w)
{
	for_each_slot(w, slot) if (slot->pid) end_process(w, slot);
}

/* The first signal lets the commands finish, the next one does not. */
static void take_signals(struct worker *w)
{
	struct signalfd_siginfo info;

	while (read(w->ctx->waiter.signal_fd, &info, sizeof(info)) > 0) {
		if (w->signal)
			end_processes(w);
		else
			w->signal = (int)info.ssi_signo;
		w->ending = true;
	}
}

/* Another worker may have a message that was given back: stop working on it. */
static void extend(struct worker *w, struct slot *slot)
{
	int err = settle(w, slot, KCTL_SETTLE_EXTEND, 0);

	slot->extend_at = err ? WAIT_FOREVER : next_extension(slot);
	if (err == -ESTALE) {
		slot->lost = true;
		tell(w, "the hold time is over, '%.80s' is ended",
		     w->a->command[0]);
	} else if (err) {
		fail(w, NULL, err);
	}
	if (slot->lost && slot->pid)
		end_process(w, slot);
}

/* Handle everything that is due. At the end, give back messages that wait here. */
static void keep_time(struct worker *w)
{
	int64_t now = wait_now();

	for_each_slot(w, slot)
	{
		if (now >= slot->extend_at)
			extend(w, slot);
		if (now >= slot->kill_at && slot->pid)
			job_signal(slot->pid, SIGKILL);
		if (now >= slot->kill_at)
			slot->kill_at = WAIT_FOREVER;
		if (!slot->pid && (now >= slot->retry_at || w->ending))
			finish(w, slot, KCTL_SETTLE_RETRY, 0);
	}
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t next_deadline(const struct worker *w)
{
	int64_t next = WAIT_FOREVER;

	if (!w->busy && w->a->timeout >= 0)
		next = w->idle_since + w->a->timeout;
	for_each_slot(w, slot) next =
		earlier(next, earlier(slot->extend_at,
				      earlier(slot->kill_at, slot->retry_at)));
	return next;
}

/* Wait for a message, the end of a child, a signal or a time, and handle it. */
static void wait_and_act(struct worker *w)
{
	struct pollfd fds[] = {
		{ .fd = w->ctx->waiter.signal_fd, .events = POLLIN },
		{ .fd = w->child_fd, .events = POLLIN },
		{ .fd = takes_more(w) ? kctl_proto_fd(w->socket) : -1,
		  .events = POLLIN },
	};
	int64_t deadline = next_deadline(w);
	struct timespec left;
	int ready;

	ready = ppoll(fds, 3, wait_left(deadline, &left), NULL);
	if (ready < 0 && errno != EINTR)
		fail(w, NULL, -errno);
	if (ready > 0 && fds[0].revents)
		take_signals(w);
	if (ready > 0 && fds[1].revents)
		reap(w);
	if (ready > 0 && fds[2].revents)
		take_messages(w);
	else if (!ready && !w->busy && wait_now() >= deadline)
		fail(w, NULL, -ETIMEDOUT);
	keep_time(w);
}

static void run(struct worker *w)
{
	while (!w->ending || w->busy)
		wait_and_act(w);
	/* Still blocked: main() ends the program by it. */
	if (w->signal)
		raise(w->signal);
}

/* ---- set-up ---- */

/* waiter_close() restores the mask. */
static int child_signals(void)
{
	sigset_t set;
	int fd;

	/* Children of a program that ignores SIGCHLD leave no status. */
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -errno;
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

/* A module that supports the verb and the delay reports that message 0 is not held. */
static bool knows(const struct worker *w, uint32_t verb, uint32_t delay)
{
	const struct kctl_settle none = { .verb = verb, .delay = delay };

	return kctl_proto_settle(w->socket, &none, 1) == -ESTALE;
}

static void begin_to_hold(struct worker *w)
{
	int err = kctl_proto_hold(w->socket, (int)w->a->jobs);

	if (err) {
		fail(w, "hold", err);
		return;
	}
	w->holds_back = !knows(w, KCTL_SETTLE_RETRY, 1);
	if (w->a->dead_status && !knows(w, KCTL_SETTLE_DEAD, 0))
		fail(w, "dead status", -EOPNOTSUPP);
	if (w->a->hold_time)
		err = kctl_proto_hold_time(w->socket,
					   (int)milliseconds(w->a->hold_time));
	if (err)
		fail(w, "hold time", err);
}

struct work_result worker_run(struct ctx *ctx, const struct work_args *a,
			      struct kctl_proto *socket)
{
	struct worker w = {
		.ctx = ctx,
		.a = a,
		.socket = socket,
		.child_fd = child_signals(),
		.buffer = malloc(KCTL_MESSAGE_MAX),
		.slots = calloc(a->jobs, sizeof(struct slot)),
		.idle_since = wait_now(),
	};

	if (w.child_fd < 0)
		fail(&w, NULL, w.child_fd);
	else if (!w.buffer || !w.slots)
		fail(&w, NULL, -ENOMEM);
	else
		begin_to_hold(&w);
	run(&w);
	free(w.slots);
	free(w.buffer);
	if (w.child_fd >= 0)
		close(w.child_fd);
	return w.result;
}
