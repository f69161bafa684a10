// SPDX-License-Identifier: GPL-2.0-only
/* Since 6.13 one function initializes a timer and sets its function. */
#include <linux/hrtimer.h>

void kctl_probe(struct hrtimer *timer, enum hrtimer_restart (*function)(struct hrtimer *));
void kctl_probe(struct hrtimer *timer, enum hrtimer_restart (*function)(struct hrtimer *))
{
	hrtimer_setup(timer, function, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
}
