/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Find the limit that refused an operation on a channel */
#ifndef KCTL_CHANNEL_LIMIT_H
#define KCTL_CHANNEL_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct limit - an operation that was refused, and the limit it has reached
 * @error: its negative errno
 * @channel: number of the channel
 * @size: size in bytes of the message, or 0
 * @sends: it was a send, so that -EAGAIN, -ETIMEDOUT and -EMSGSIZE are caused by limits
 *	too
 * @step: set to the step of a row of channel_errors or of send, or to NULL
 * @hint: set to the limit, or to ""
 */
struct limit {
	int error;
	uint32_t channel;
	uint64_t size;
	bool sends;
	const char *step;
	char hint[256];
};

/**
 * limit_find() - find the limit that an operation has reached
 * @limit: the operation
 *
 * It reads the current numbers from the kernel, which may have changed since the
 * failure. If the user may not see the channel, or the module is older, the row of the
 * error applies unchanged.
 */
void limit_find(struct limit *limit);

#endif /* KCTL_CHANNEL_LIMIT_H */
