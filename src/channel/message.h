/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of a channel, for people and programs */
#ifndef KCTL_MESSAGE_H
#define KCTL_MESSAGE_H

#include "cli/out.h"
#include "lib/libkctl.h"

/**
 * enum message_format - how the bytes of a message become text
 * @MESSAGE_LINE: as they are, and a newline
 * @MESSAGE_RAW: as they are
 * @MESSAGE_NUL: as they are, and a NUL
 * @MESSAGE_HEX: as hexadecimal digits, and a newline
 */
enum message_format {
	MESSAGE_LINE,
	MESSAGE_RAW,
	MESSAGE_NUL,
	MESSAGE_HEX,
};

/**
 * message_print() - print a message
 * @out: the printer
 * @format: how its bytes become text; JSON has its own way
 * @details: text: print a line about the message first; JSON has it anyway
 * @channel: the channel it came through
 * @received: what is known of it
 * @data: the message
 * @size: bytes of it
 */
void message_print(struct out *out, enum message_format format, bool details,
		   uint32_t channel, const struct kctl_received *received,
		   const void *data, size_t size);

#endif /* KCTL_MESSAGE_H */
