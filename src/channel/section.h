/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The section of a save file that has channels, as described in kctl-proto(8). These
 * functions open no file and do not talk to the kernel.
 */
#ifndef KCTL_CHANNEL_SECTION_H
#define KCTL_CHANNEL_SECTION_H

#include "lib/libkctl.h"
#include "savefile/savefile.h"

/**
 * struct channel_section_limits - what the kernel can hold
 * @channels: number of channels
 * @messages: number of messages in a channel
 * @channel_bytes: bytes of all messages in a channel
 * @bytes: bytes of all messages, with what the kernel needs for each
 */
struct channel_section_limits {
	uint64_t channels;
	uint64_t messages;
	uint64_t channel_bytes;
	uint64_t bytes;
};

/* The minimum that the kernel charges for a message in addition to its data. */
#define MESSAGE_OVERHEAD 64

/**
 * struct saved_message - a message
 * @next: the next one of its channel, or NULL
 * @from: channel that the sender was bound to, or 0
 * @uid: user of the sender
 * @has_uid: @uid is known
 * @size: bytes of @data
 * @data: the message
 */
struct saved_message {
	struct saved_message *next;
	uint32_t from;
	uint32_t uid;
	bool has_uid;
	size_t size;
	uint8_t data[];
};

/**
 * struct saved_channel - a channel
 * @number: the channel
 * @line: its line in the file
 * @settings: its settings
 * @messages: number of its messages
 * @bytes: sum of their sizes
 * @first: the oldest message, or NULL; always NULL if messages are only checked
 * @last: the latest message, or NULL
 */
struct saved_channel {
	uint32_t number;
	size_t line;
	struct kctl_channel_settings settings;
	uint64_t messages;
	uint64_t bytes;
	struct saved_message *first;
	struct saved_message *last;
};

/**
 * struct channel_section - what the section has
 * @channels: the channels in the order of the file
 * @count: number of @channels
 * @capacity: number of @channels for which memory is allocated
 * @largest: the largest number of a channel so far
 * @bytes: bytes of all messages, as in struct channel_section_limits
 * @limits: what the kernel can hold
 * @only_check: keep no messages
 */
struct channel_section {
	struct saved_channel *channels;
	size_t count;
	size_t capacity;
	uint32_t largest;
	uint64_t bytes;
	struct channel_section_limits limits;
	bool only_check;
};

/* Its content is a struct channel_section, zeroed but for @limits and @only_check. */
extern const struct savefile_kind channel_section_kind;

/**
 * channel_section_free() - release a section
 * @s: the section
 */
void channel_section_free(struct channel_section *s);

/**
 * channel_section_put() - write the line of a channel
 * @channel: the channel
 * @stream: where to write
 */
void channel_section_put(const struct kctl_channel *channel, FILE *stream);

/**
 * channel_section_put_message() - write the line of a message of the channel above
 * @message: its size and sender
 * @data: the message
 * @stream: where to write
 */
void channel_section_put_message(const struct saved_message *message,
				 const void *data, FILE *stream);

#endif /* KCTL_CHANNEL_SECTION_H */
