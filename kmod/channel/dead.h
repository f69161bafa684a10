/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Dead letters: messages that no receiver could process, and the channel that they move
 * to.
 *
 * A message dies under the lock of its channel, and moves after the lock is released:
 * nothing locks two channels at a time. In between it belongs to the call in which it
 * died.
 */
#ifndef _KCTL_DEAD_H
#define _KCTL_DEAD_H

#include "event.h"

/**
 * struct kctl_left - messages that left a channel for good
 * @done: messages to be freed
 * @dead: messages to be moved to @letter
 * @letter: the dead letter channel, unless @dead is empty
 * @name: for events: the name of the channel that they died in, or ""
 *
 * A call fills it under the lock of the channel, with one batch at most.
 */
struct kctl_left {
	struct kctl_queue	done;
	struct kctl_queue	dead;
	struct kctl_dead_letter	letter;
	char			name[KCTL_NAME_SIZE];
};

/* dead.c */
void kctl_left_init(struct kctl_left *left);
void kctl_left_dispose(struct kctl_left *left, struct kctl_channel *channel);
void kctl_channel_bury(struct kctl_channel *channel, struct kctl_message *message, u32 why,
		       struct kctl_left *left);
void kctl_channel_kill(struct kctl_channel *channel, struct kctl_message *message, u32 why,
		       struct kctl_left *left);
bool kctl_channel_fail(struct kctl_channel *channel, struct kctl_message *message, u32 delay,
		       struct kctl_left *left);
bool kctl_channel_fail_some(struct kctl_channel *channel, struct kctl_queue *messages,
			    struct kctl_left *left);
int kctl_dead_letter_choose(struct kctl_channels *channels, u32 number, u32 source,
			    const struct kctl_caller *caller, struct kctl_dead_letter *letter);
bool kctl_dead_letter_exists(struct kctl_channels *channels,
			     const struct kctl_dead_letter *letter);
void kctl_dead_letter_leave(struct kctl_channels *channels, struct kctl_dead_letter *letter);
void kctl_dead_letter_forget(struct kctl_channels *channels, u32 number, u64 id);

#endif /* _KCTL_DEAD_H */
