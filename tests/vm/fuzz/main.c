// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fuzz SECONDS SEED: run rounds of random calls, each round in its own network namespace.
 * At the end of a round nothing may be left in the namespace. Round n with seed s makes the
 * same calls as round 1 with seed s + n - 1. The program writes the seed of each round to the
 * kernel log, so a warning there can be reproduced.
 */
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "fuzz.h"

#define PROCESSES  3
#define THREADS	   3
#define CALLS	   2000 /* of each thread, in each round */
#define OPERATIONS 64
#define ROUND_MAX  600 /* seconds; a call that never ends is a bug */
#define NOBODY	   65534

/* The results of an operation, summed over all threads. */
struct tally {
	uint64_t done;
	uint64_t refused;
	uint64_t unknown;
	uint64_t errors[ERRNO_MAX + 1];
};

static const struct operation *operations[OPERATIONS];
static size_t count;
static unsigned int weights;
static struct tally *tallies;

static void add_operations(const struct operation *table)
{
	for (; table->name; table++) {
		operations[count++] = table;
		weights += table->often;
	}
}

static double now(void)
{
	return (double)now_ns() / 1e9;
}

static void add_one(uint64_t *number)
{
	__atomic_add_fetch(number, 1, __ATOMIC_RELAXED);
}

/* ---- one round ----------------------------------------------------------------- */

static size_t random_operation(struct caller *c)
{
	uint32_t at = below(c, weights);
	size_t i = 0;

	while (at >= operations[i]->often)
		at -= operations[i++]->often;
	return i;
}

static void call_one(struct caller *c)
{
	size_t i = random_operation(c);
	int ret = operations[i]->call(c);

	if (ret == GENL_UNKNOWN)
		add_one(&tallies[i].unknown);
	else if (ret >= 0)
		add_one(&tallies[i].done);
	else
		add_one(&tallies[i].refused);
	if (ret < 0)
		add_one(&tallies[i].errors[-ret <= ERRNO_MAX ? -ret : 0]);
}

static void *run_thread(void *argument)
{
	struct caller *c = argument;

	for (int i = 0; i < CALLS; i++)
		call_one(c);
	return NULL;
}

static void become_nobody(void)
{
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		_exit(3);
}

static void run_process(uint64_t seed, unsigned int which)
{
	static struct caller callers[THREADS];
	pthread_t threads[THREADS];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int i = 0; i < PROTO_SOCKETS; i++)
		proto_open(PROTO_FD + i, SOCK_DGRAM, 0);
	for (int i = 0; i < GENL_SOCKETS; i++)
		netlink_open(GENL_FD + i, SOCK_RAW);
	for (uint64_t i = 0; i < THREADS; i++)
		if (!caller_open(&callers[i],
				 (seed << 8) + which * THREADS + i))
			_exit(3);
	if (which == PROCESSES - 1)
		become_nobody();
	signal(SIGPIPE, SIG_IGN);
	interrupt_calls(9000);
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, run_thread, &callers[i]))
			_exit(3);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	_exit(0);
}

static bool new_namespace(void)
{
	struct ifreq request = { .ifr_name = "lo",
				 .ifr_flags = IFF_UP | IFF_LOOPBACK };
	int fd, ret;

	if (unshare(CLONE_NEWNET))
		return false;
	fd = store_open();
	ret = ioctl(fd, SIOCSIFFLAGS, &request);
	close(fd);
	return !ret;
}

/* In one round of four, kill a process before it ends. */
static void kill_one(uint64_t seed, const pid_t *pids)
{
	if (seed % 4)
		return;
	usleep((useconds_t)(seed / 4 % 16) * 20000);
	kill(pids[seed / 64 % PROCESSES], SIGKILL);
}

/* Print the system call of each thread of a process, and where in the kernel it sleeps. */
static void show_threads(pid_t pid)
{
	char command[128];

	snprintf(command, sizeof(command),
		 "cd /proc/%d/task && head -n 20 */syscall */stack", pid);
	if (system(command))
		printf("process %d has ended\n", pid);
}

/* Only kill_one() sends a fatal signal. */
static bool ended_well(int status)
{
	return WIFEXITED(status) ? !WEXITSTATUS(status) :
				   WTERMSIG(status) == SIGKILL;
}

/* Returns a description of the problem, or NULL. */
static const char *wait_for_all(const pid_t *pids, double deadline)
{
	int left = PROCESSES, status;

	while (left && now() < deadline) {
		pid_t pid = waitpid(-1, &status, WNOHANG);

		if (!pid)
			usleep(2000);
		else if (pid < 0 || !ended_well(status))
			return "a process failed";
		else
			left--;
	}
	if (!left)
		return NULL;
	for (int i = 0; i < PROCESSES; i++) {
		show_threads(pids[i]);
		kill(pids[i], SIGKILL);
	}
	return "a process did not end";
}

/* ---- what is left -------------------------------------------------------------- */

static const struct {
	int attr;
	const char *name;
} empty[] = {
	{ KCTL_A_STATUS_STORE_ENTRIES, "entries" },
	{ KCTL_A_STATUS_STORE_BYTES, "bytes of the store" },
	{ KCTL_A_STATUS_WATCHERS, "watchers" },
	{ KCTL_A_STATUS_HOOKS, "hooks" },
	{ KCTL_A_STATUS_SOCKETS, "sockets" },
	{ KCTL_A_STATUS_CHANNELS, "channels" },
	{ KCTL_A_STATUS_PROTO_BYTES, "bytes of messages" },
};

#define EMPTY (sizeof(empty) / sizeof(empty[0]))

static const char *find_left(uint64_t *number)
{
	struct counters counters;

	if (!counters_read(&counters))
		return "answers";
	for (size_t i = 0; i < EMPTY; i++) {
		*number = counters.value[empty[i].attr];
		if (*number)
			return empty[i].name;
	}
	return NULL;
}

/* The sockets of a killed process, and RCU callbacks, may need a moment to finish. */
static bool nothing_left(uint64_t seed)
{
	double deadline = now() + 20;
	uint64_t number = 0;
	int fd = store_open();
	bool clear = !store_clear(fd) && channels_clear();
	const char *left;

	close(fd);
	if (!clear) {
		printf("seed %llu: the namespace cannot be emptied\n",
		       (unsigned long long)seed);
		return false;
	}
	while ((left = find_left(&number)) && now() < deadline)
		usleep(5000);
	if (left)
		printf("seed %llu: %llu %s left\n", (unsigned long long)seed,
		       (unsigned long long)number, left);
	return !left;
}

static bool run_round(uint64_t seed)
{
	pid_t pids[PROCESSES];
	const char *wrong;

	if (!new_namespace())
		return false;
	for (unsigned int i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		if (pids[i] < 0)
			return false;
		if (!pids[i])
			run_process(seed, i);
	}
	kill_one(seed, pids);
	wrong = wait_for_all(pids, now() + ROUND_MAX);
	if (wrong) {
		printf("seed %llu: %s\n", (unsigned long long)seed, wrong);
		return false;
	}
	/* Every second namespace is destroyed without being emptied first. */
	return seed % 2 || nothing_left(seed);
}

/* ---- all rounds ---------------------------------------------------------------- */

static void log_seed(uint64_t seed)
{
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	dprintf(fd, "<7>fuzz: seed %llu\n", (unsigned long long)seed);
	close(fd);
}

static bool is_expected(const struct operation *operation, int error)
{
	const int *e = operation->errors;

	if (error == EBADF || error == EFAULT || error == EINTR ||
	    error == ENOMEM)
		return true;
	while (*e && *e != error)
		e++;
	return *e;
}

/* Returns true if the operation both succeeded and failed, and only as the contract says. */
static bool report_one(const struct operation *operation,
		       const struct tally *tally)
{
	bool good = tally->refused && !tally->done == operation->never;

	printf("%-28s %9llu %9llu %7llu ", operation->name,
	       (unsigned long long)tally->done,
	       (unsigned long long)tally->refused,
	       (unsigned long long)tally->unknown);
	for (int error = 0; error <= ERRNO_MAX; error++) {
		if (!tally->errors[error])
			continue;
		printf(" %s %llu", strerrorname_np(error) ?: "?",
		       (unsigned long long)tally->errors[error]);
		if (is_expected(operation, error))
			continue;
		printf("(unexpected)");
		good = false;
	}
	printf("%s\n", good ? "" : "  <- FAILED");
	return good;
}

static bool report(uint64_t seed, uint64_t rounds, double seconds)
{
	uint64_t calls = 0;
	bool good = true;

	printf("%-28s %9s %9s %7s  %s\n", "operation", "granted", "refused",
	       "unknown", "with");
	for (size_t i = 0; i < count; i++) {
		good &= report_one(operations[i], &tallies[i]);
		calls += tallies[i].done + tallies[i].refused +
			 tallies[i].unknown;
	}
	printf("seed %llu: %llu rounds, %llu calls, %.0f s\n",
	       (unsigned long long)seed, (unsigned long long)rounds,
	       (unsigned long long)calls, seconds);
	return good;
}

int main(int argc, char **argv)
{
	double begun = now(), seconds = argc == 3 ? atof(argv[1]) : 0;
	uint64_t seed = argc == 3 ? strtoull(argv[2], NULL, 10) : 0, rounds = 0;
	int fd = genl_open();
	bool good;

	if (seconds <= 0 || channel_family() < 0 || genl_resolve(fd, &genl)) {
		fprintf(stderr, "usage: fuzz SECONDS SEED, with the module\n");
		return 2;
	}
	close(fd);
	add_operations(store_operations);
	add_operations(netlink_operations);
	add_operations(channel_operations);
	add_operations(message_operations);
	add_operations(system_operations);
	tallies = mmap(NULL, sizeof(*tallies) * OPERATIONS,
		       PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		       0);
	if (tallies == MAP_FAILED)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	good = hold_patches();
	while (good && now() - begun < seconds) {
		log_seed(seed + rounds);
		good = run_round(seed + rounds++);
	}
	good &= report(seed, rounds, now() - begun);
	return !good;
}
