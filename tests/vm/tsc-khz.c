// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tsc-khz: print the frequency of the time stamp counter, in kHz.
 *
 * A guest uses this machine's counter. The guest would measure it against a timer that is
 * late whenever other guests run, so its result would be wrong, or there would be none.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

struct moment {
	uint64_t ns;
	uint64_t tsc;
};

static uint64_t clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Of many readings of both clocks, returns the one with the shortest interruption. */
static struct moment look(void)
{
	struct moment found = { 0, 0 };
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < 1000; i++) {
		uint64_t before = clock_ns(), tsc = __rdtsc();
		uint64_t took = clock_ns() - before;

		if (took < least) {
			least = took;
			found = (struct moment){ before + took / 2, tsc };
		}
	}
	return found;
}

int main(void)
{
	const struct timespec pause = { .tv_nsec = 50000000 };
	struct moment first = look(), last;

	nanosleep(&pause, NULL);
	last = look();
	printf("%" PRIu64 "\n",
	       (last.tsc - first.tsc) * 1000000 / (last.ns - first.ns));
	return 0;
}
