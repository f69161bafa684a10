// SPDX-License-Identifier: GPL-2.0-or-later
#include "backoff.h"

uint32_t backoff_delay(uint32_t base, uint32_t most, uint32_t deliveries,
		       uint32_t random)
{
	uint64_t delay = base, half;

	while (--deliveries && delay && delay < most)
		delay *= 2;
	if (delay > most)
		delay = most;
	half = delay / 2;
	return (uint32_t)(delay - (half * random >> 32));
}

int64_t extension_interval(uint64_t deadline, int64_t now)
{
	const int64_t least = 1000000;
	int64_t third = ((int64_t)deadline - now) / 3;

	if (!deadline)
		return 0;
	return third > least ? third : least;
}
