/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Read all messages that wait in a channel, and leave them there */
#ifndef KCTL_CHANNEL_PEEK_H
#define KCTL_CHANNEL_PEEK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct peeked - a message, followed by its data
 * @from: channel that the sender was bound to, or 0
 * @uid: user of the sender
 * @has_uid: 1 if @uid is known
 * @size: bytes of the data
 */
struct peeked {
	uint32_t from;
	uint32_t uid;
	uint32_t has_uid;
	uint32_t size;
};

/**
 * peek_channel() - read messages of a channel, and leave them in it
 * @channel: the channel; no receiver of it is exclusive
 * @most: how many to read
 * @messages: set to the messages, for peek_next(); the caller closes it
 *
 * The messages are held while they are read: other receivers find the channel empty,
 * and the deliveries do not count, even if the caller is killed in between.
 *
 * Return: 0 or a negative errno.
 */
int peek_channel(uint32_t channel, uint32_t most, FILE **messages);

/**
 * peek_next() - take the next message
 * @messages: from peek_channel()
 * @message: set to its properties
 * @data: set to its data; has room for KCTL_MESSAGE_MAX bytes
 *
 * Return: false at the end.
 */
bool peek_next(FILE *messages, struct peeked *message, void *data);

#endif /* KCTL_CHANNEL_PEEK_H */
