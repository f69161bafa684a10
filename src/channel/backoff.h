/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long a message waits until it is tried again */
#ifndef KCTL_CHANNEL_BACKOFF_H
#define KCTL_CHANNEL_BACKOFF_H

#include <stdint.h>

/**
 * backoff_delay() - find the delay before the next delivery of a message
 * @base: delay after the first delivery, in ms
 * @most: longest delay, in ms, at most a day
 * @deliveries: how often the message was delivered, 1 or more
 * @random: any number; messages that failed together come back apart by it
 *
 * The delay doubles with each delivery. Chance shortens it by up to a half.
 *
 * Return: the delay in ms.
 */
uint32_t backoff_delay(uint32_t base, uint32_t most, uint32_t deliveries,
		       uint32_t random);

#endif /* KCTL_CHANNEL_BACKOFF_H */
