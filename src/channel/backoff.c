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
