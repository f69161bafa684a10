// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * races list     print the pairs, a line each: OBJECT CALL CALL
 * races          read lines OBJECT CALL CALL MILLISECONDS, and race each
 *
 * For each pair, print errors, the number of rounds, and in how many of them both calls
 * overlapped.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "races.h"

static const struct object *const objects[] = {
	&channel_object, &store_object,	    &watch_object,
	&memory_object,	 &namespace_object, &module_object,
};

#define OBJECTS (sizeof(objects) / sizeof(*objects))

static atomic_uint complaints, turn, ready, done, inside;
static atomic_bool over, met;
static const struct object *object;

uint32_t below(uint32_t limit)
{
	static __thread uint32_t state;

	if (!state)
		state = (uint32_t)syscall(SYS_gettid) * 2654435761U | 1;
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return limit ? state % limit : 0;
}

/* Report at most ten errors. */
void complain(const char *format, ...)
{
	va_list args;

	if (atomic_fetch_add(&complaints, 1) >= 10)
		return;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

static bool may_fail_with(int err)
{
	const int *allowed;

	for (allowed = object->errors; *allowed; allowed++)
		if (*allowed == err)
			return true;
	return false;
}

/* Waits for a moment first, so that the calls overlap at a different point each time. */
static void run(const struct action *action)
{
	uint32_t times = 1 + below(3), i;
	volatile uint32_t moment = below(2000);

	while (moment)
		moment--;
	for (i = 0; i < times; i++) {
		int ret;

		if (atomic_fetch_add(&inside, 1))
			atomic_store(&met, true);
		ret = action->run();
		atomic_fetch_sub(&inside, 1);
		if (ret < 0 && !may_fail_with(-ret))
			complain("%s %s: %s", object->name, action->name,
				 strerrorname_np(-ret));
	}
}

/* ---- the threads ---- */

static void wait_for(const atomic_uint *number, unsigned int value)
{
	while (atomic_load(number) != value)
		if (!below(100))
			sched_yield();
}

/* Reports that it runs: otherwise the call of the other thread would end first. */
static void *be_second(void *arg)
{
	unsigned int now = 0;

	for (;;) {
		wait_for(&turn, ++now);
		if (atomic_load(&over))
			return NULL;
		atomic_store(&ready, now);
		run(arg);
		atomic_store(&done, now);
	}
}

static void *send_packets(void *arg)
{
	while (!atomic_load(&over)) {
		ping(*(const int *)arg);
		usleep(200);
	}
	return NULL;
}

/* A socket is open, so the kernel must refuse to unload the module. */
static void *try_to_unload(void *arg)
{
	(void)arg;
	while (!atomic_load(&over)) {
		if (!syscall(SYS_delete_module, "kctl", O_NONBLOCK))
			complain("the module was unloaded while in use");
		else if (errno != EAGAIN)
			complain("unload: %s", strerrorname_np(errno));
		usleep(1000);
	}
	return NULL;
}

struct score {
	unsigned int rounds;
	unsigned int met;
};

static struct score rounds_until(int64_t end, const struct action *first)
{
	struct score score = { .rounds = 0 };

	do {
		object->begin();
		atomic_store(&turn, ++score.rounds);
		wait_for(&ready, score.rounds);
		run(first);
		wait_for(&done, score.rounds);
		score.met += atomic_exchange(&met, false);
		if (object->end)
			object->end();
	} while (now_ns() < end);
	return score;
}

static void race(const struct action *first, const struct action *second,
		 unsigned long milliseconds)
{
	int64_t end = now_ns() + (int64_t)milliseconds * 1000000;
	pthread_t threads[3];
	int count = 0, keeper = -1, i;
	/* Opened here, so that it does not get the number of a socket that a race has closed. */
	int pinger = echo_open();
	struct score score;

	atomic_store(&over, false);
	atomic_store(&turn, 0);
	atomic_store(&ready, 0);
	atomic_store(&done, 0);
	atomic_store(&complaints, 0);
	pthread_create(&threads[count++], NULL, be_second, (void *)second);
	pthread_create(&threads[count++], NULL, send_packets, &pinger);
	if (!object->unloads) {
		keeper = channel_open();
		pthread_create(&threads[count++], NULL, try_to_unload, NULL);
	}
	score = rounds_until(end, first);
	atomic_store(&over, true);
	atomic_fetch_add(&turn, 1);
	for (i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	object->finish();
	close(pinger);
	if (keeper >= 0)
		close(keeper);
	printf("%u rounds, %u met\n", score.rounds, score.met);
	fflush(stdout);
}

/* ---- the command line ---- */

static void list(void)
{
	const struct action *one, *other;
	size_t i;

	for (i = 0; i < OBJECTS; i++) {
		for (one = objects[i]->actions; one->name; one++) {
			for (other = one; other->name; other++)
				printf("%s %s %s\n", objects[i]->name,
				       one->name, other->name);
			if (objects[i]->only_with_first)
				break;
		}
	}
}

static const struct action *find_action(const char *name)
{
	const struct action *action;

	for (action = object->actions; action->name; action++)
		if (!strcmp(action->name, name))
			return action;
	fprintf(stderr, "no such call: %s\n", name);
	exit(2);
}

static const struct object *find_object(const char *name)
{
	size_t i;

	for (i = 0; i < OBJECTS; i++)
		if (!strcmp(objects[i]->name, name))
			return objects[i];
	fprintf(stderr, "no such object: %s\n", name);
	exit(2);
}

int main(int argc, char **argv)
{
	char name[32], one[32], other[32];
	unsigned long milliseconds;

	if (argc == 2 && !strcmp(argv[1], "list")) {
		list();
		return 0;
	}
	if (argc != 1) {
		fprintf(stderr, "usage: races [list]\n");
		return 2;
	}
	while (scanf("%31s %31s %31s %lu", name, one, other, &milliseconds) ==
	       4) {
		object = find_object(name);
		race(find_action(one), find_action(other), milliseconds);
	}
	return 0;
}
