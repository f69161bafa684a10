/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the programs of a benchmark share. */
#ifndef BENCH_H
#define BENCH_H

#include <time.h>

/* Nanoseconds since some moment. */
static inline long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

#endif /* BENCH_H */
