// SPDX-License-Identifier: GPL-2.0-or-later
/* Waiting for several events at once, and writing to a reader that does not read */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/parse.h"
#include "cli/wait.h"

struct fixture {
	struct waiter waiter;
	int output[2];
	int socket[2];
};

struct child_test {
	const char *name;
	void (*run)(struct fixture *f);
	int status; /* of waitpid(2) */
};

/* Runs a test in its own child process, because the test changes the handling of signals. */
static void in_child(void **state)
{
	const struct child_test *test = *state;
	struct fixture f;
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (!pid) {
		signal(SIGPIPE, SIG_IGN);
		signal(SIGINT, SIG_IGN);
		alarm(10);
		if (pipe(f.output) || pipe(f.socket) ||
		    waiter_open(&f.waiter, f.output[1]))
			_exit(99);
		test->run(&f);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, test->status);
}

#define CHECK(condition)                        \
	do {                                    \
		if (!(condition))               \
			_exit(__LINE__ & 0x7f); \
	} while (0)

static void deadline(struct fixture *f)
{
	int64_t begin = wait_now();

	CHECK(wait_for(&f->waiter, f->socket[0], begin) == WAIT_DEADLINE);
	CHECK(wait_for(&f->waiter, f->socket[0], begin + NSEC_PER_SEC / 50) ==
	      WAIT_DEADLINE);
	CHECK(wait_now() - begin >= NSEC_PER_SEC / 50);
	CHECK(wait_now() - begin < 5 * NSEC_PER_SEC);
}

static void input(struct fixture *f)
{
	CHECK(write(f->socket[1], "x", 1) == 1);
	/* Available input takes precedence over a deadline that has passed. */
	CHECK(wait_for(&f->waiter, f->socket[0], 0) == WAIT_INPUT);
	CHECK(wait_for(&f->waiter, f->socket[0], WAIT_FOREVER) == WAIT_INPUT);
}

static void reader_gone(struct fixture *f)
{
	close(f->output[0]);
	CHECK(wait_for(&f->waiter, f->socket[0], WAIT_FOREVER) ==
	      WAIT_NO_READER);
}

/* If its other end is closed, a socket reports POLLHUP, not POLLERR. */
static void socket_gone(struct fixture *f)
{
	int pair[2];

	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	CHECK(dup2(pair[1], f->output[1]) == f->output[1]);
	close(pair[0]);
	CHECK(wait_for(&f->waiter, f->socket[0], WAIT_FOREVER) ==
	      WAIT_NO_READER);
}

/* Output after a hole would look like a continuation of the output before it. */
static void nothing_after_a_hole(struct fixture *f)
{
	static char data[1 << 20];

	raise(SIGTERM);
	CHECK(fwrite(data, 1, sizeof(data), f->waiter.stream) != sizeof(data) ||
	      fflush(f->waiter.stream));
	CHECK(read(f->output[0], data, sizeof(data)) > 0);
	clearerr(f->waiter.stream);
	fputs("more", f->waiter.stream);
	CHECK(fflush(f->waiter.stream));
	CHECK(fcntl(f->output[0], F_SETFL, O_NONBLOCK) == 0);
	CHECK(read(f->output[0], data, sizeof(data)) == -1);
	waiter_close(&f->waiter);
}

/* The signal takes precedence, and stays pending until the waiter is closed. */
static void pending_signal(struct fixture *f)
{
	CHECK(write(f->socket[1], "x", 1) == 1);
	raise(SIGTERM);
	CHECK(wait_for(&f->waiter, f->socket[0], WAIT_FOREVER) == WAIT_SIGNAL);
	CHECK(wait_for(&f->waiter, f->socket[0], WAIT_FOREVER) == WAIT_SIGNAL);
	CHECK(fputs("the end", f->waiter.stream) >= 0);
	CHECK(fclose(f->waiter.stream) == 0);
	waiter_close(&f->waiter);
}

static void ignored_signal(struct fixture *f)
{
	raise(SIGINT);
	CHECK(wait_for(&f->waiter, f->socket[0], 0) == WAIT_DEADLINE);
	waiter_close(&f->waiter);
}

/* The pipe is full and nobody reads: a signal still ends the write. */
static void stuck_reader(struct fixture *f)
{
	static char much[1 << 20];

	raise(SIGTERM);
	CHECK(fwrite(much, 1, sizeof(much), f->waiter.stream) != sizeof(much) ||
	      fflush(f->waiter.stream));
	CHECK(errno == EINTR);
	waiter_close(&f->waiter);
}

static struct shared {
	int interrupts;
} * shared;

static void interrupt(int number)
{
	(void)number;
	shared->interrupts++;
}

/* Interrupts process @pid until it has seen enough signals, then reads. */
static void interrupt_and_read(const struct fixture *f, pid_t pid)
{
	static char much[PIPE_BUF];

	close(f->output[1]);
	while (getppid() == pid && *(volatile int *)&shared->interrupts < 100) {
		kill(pid, SIGUSR1);
		usleep(1000);
	}
	while (read(f->output[0], much, sizeof(much)) > 0)
		;
	_exit(0);
}

/* A signal that is not blocked interrupts poll(2), but no output is dropped. */
static void interrupted_poll(struct fixture *f)
{
	static char much[300000];
	pid_t pid = getpid();

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(shared != MAP_FAILED);
	signal(SIGUSR1, interrupt);
	if (!fork())
		interrupt_and_read(f, pid);
	close(f->output[0]);
	CHECK(fwrite(much, 1, sizeof(much), f->waiter.stream) == sizeof(much));
	CHECK(fclose(f->waiter.stream) == 0);
	CHECK(shared->interrupts >= 100);
}

/*
 * The stream must report an error as a short count. After a negative count, glibc would read
 * beyond the data, which ends before an unreadable page here.
 */
static void short_count(struct fixture *f)
{
	const size_t size = 1 << 20;
	char *much = mmap(NULL, 2 * size, PROT_READ,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	/* Remove cmocka's handler. */
	signal(SIGSEGV, SIG_DFL);
	CHECK(much != MAP_FAILED);
	CHECK(mprotect(much + size, size, PROT_NONE) == 0);
	raise(SIGTERM);
	CHECK(fwrite(much, 1, size, f->waiter.stream) < size);
	CHECK(ferror(f->waiter.stream));
	waiter_close(&f->waiter);
}

/* A signal must still end a program that could not open its waiter. */
static void failed_open(struct fixture *f)
{
	const struct rlimit none = { 0 };
	struct waiter second;
	sigset_t before, after;

	waiter_close(&f->waiter);
	CHECK(sigprocmask(SIG_BLOCK, NULL, &before) == 0);
	CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0);
	CHECK(waiter_open(&second, f->output[1]) == -EMFILE);
	CHECK(sigprocmask(SIG_BLOCK, NULL, &after) == 0);
	CHECK(!sigismember(&before, SIGTERM));
	CHECK(!sigismember(&after, SIGTERM));
}

static void all_is_written(struct fixture *f)
{
	static char much[300000];
	size_t total = 0;
	ssize_t got;

	if (!fork()) {
		close(f->output[0]);
		CHECK(fwrite(much, 1, sizeof(much), f->waiter.stream) ==
		      sizeof(much));
		CHECK(fclose(f->waiter.stream) == 0);
		_exit(0);
	}
	close(f->output[1]);
	while ((got = read(f->output[0], much, sizeof(much))) > 0)
		total += (size_t)got;
	CHECK(total == sizeof(much));
}

/* A narrow pipe has no room until its reader has read all of it. */
static void narrow_pipe(struct fixture *f)
{
	const int page = (int)sysconf(_SC_PAGESIZE);
	int size = fcntl(f->output[0], F_GETPIPE_SZ);
	char data[3];

	CHECK(size > page);
	CHECK(waiter_narrow(&f->waiter));
	CHECK(fcntl(f->output[0], F_GETPIPE_SZ) == page);
	CHECK(wait_for_reader(&f->waiter) == WAIT_INPUT);
	CHECK(fputs("abc", f->waiter.stream) >= 0);
	CHECK(!fflush(f->waiter.stream));
	CHECK(read(f->output[0], data, 2) == 2);
	raise(SIGTERM);
	CHECK(wait_for_reader(&f->waiter) == WAIT_SIGNAL);
	/* Another program that writes to the pipe widens it. */
	CHECK(fcntl(f->output[0], F_SETPIPE_SZ, size) == size);
	CHECK(wait_for_reader(&f->waiter) == WAIT_SIGNAL);
	CHECK(fcntl(f->output[0], F_GETPIPE_SZ) == page);
	CHECK(read(f->output[0], data, 1) == 1);
	CHECK(wait_for_reader(&f->waiter) == WAIT_INPUT);
	waiter_widen(&f->waiter);
	CHECK(fcntl(f->output[0], F_GETPIPE_SZ) == size);
	waiter_close(&f->waiter);
}

static void left_unread(struct fixture *f)
{
	CHECK(waiter_narrow(&f->waiter));
	CHECK(fputs("abc", f->waiter.stream) >= 0);
	CHECK(!fflush(f->waiter.stream));
	close(f->output[0]);
	CHECK(wait_for_reader(&f->waiter) == WAIT_NO_READER);
}

/* The pipe has more than a page of data from others; a file is not a pipe. */
static void cannot_be_narrow(struct fixture *f)
{
	static char much[20000];
	int file = open("/dev/null", O_WRONLY);

	CHECK(write(f->output[1], much, sizeof(much)) == sizeof(much));
	CHECK(!waiter_narrow(&f->waiter));
	waiter_widen(&f->waiter);
	CHECK(dup2(file, f->output[1]) == f->output[1]);
	CHECK(!waiter_narrow(&f->waiter));
}

static struct child_test children[] = {
	{ "deadline", deadline, 0 },
	{ "input", input, 0 },
	{ "reader_gone", reader_gone, 0 },
	{ "pending_signal", pending_signal, SIGTERM },
	{ "ignored_signal", ignored_signal, 0 },
	{ "stuck_reader", stuck_reader, SIGTERM },
	{ "socket_gone", socket_gone, 0 },
	{ "nothing_after_a_hole", nothing_after_a_hole, SIGTERM },
	{ "narrow_pipe", narrow_pipe, SIGTERM },
	{ "left_unread", left_unread, 0 },
	{ "cannot_be_narrow", cannot_be_narrow, 0 },
	{ "all_is_written", all_is_written, 0 },
	{ "interrupted_poll", interrupted_poll, 0 },
	{ "short_count", short_count, SIGTERM },
	{ "failed_open", failed_open, 0 },
};

int main(void)
{
	struct CMUnitTest tests[COUNT(children)] = { 0 };

	for (size_t i = 0; i < COUNT(children); i++)
		tests[i] = (struct CMUnitTest){
			.name = children[i].name,
			.test_func = in_child,
			.initial_state = &children[i],
		};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
