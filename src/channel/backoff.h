/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The delay before a message is tried again, and how often its hold time is extended */
#ifndef KCTL_CHANNEL_BACKOFF_H
#define KCTL_CHANNEL_BACKOFF_H

#include <stdint.h>

/**
 * backoff_delay() - find the delay before the next delivery of a message
 * @base: delay after the first delivery, in ms
 * @most: longest delay, in ms, at most a day
 * @deliveries: how often the message was delivered, 1 or more
 * @random: any number; spreads the return of messages that failed together
 *
 * The delay doubles with each delivery, and @random shortens it by up to a half.
 *
 * Return: the delay in ms.
 */
uint32_t backoff_delay(uint32_t base, uint32_t most, uint32_t deliveries,
		       uint32_t random);

/**
 * extension_interval() - get the interval for extending a message that was just received
 * @deadline: its deadline, in ns of CLOCK_MONOTONIC; 0: none. The owner of the channel may
 *	have made it earlier than the receiver asked for
 * @now: the time, likewise
 *
 * Return: the interval in ns, a millisecond at least; 0: never.
 */
int64_t extension_interval(uint64_t deadline, int64_t now);

#endif /* KCTL_CHANNEL_BACKOFF_H */
