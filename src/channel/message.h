/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Print the messages of a channel */
#ifndef KCTL_MESSAGE_H
#define KCTL_MESSAGE_H

#include "cli/out.h"
#include "lib/libkctl.h"

/**
 * enum message_format - text format of a message
 * @MESSAGE_LINE: the bytes and a newline; escaped on a terminal, and on one line with
 *	details
 * @MESSAGE_RAW: the bytes
 * @MESSAGE_NUL: the bytes and a NUL
 * @MESSAGE_HEX: hexadecimal digits and a newline
 */
enum message_format {
	MESSAGE_LINE,
	MESSAGE_RAW,
	MESSAGE_NUL,
	MESSAGE_HEX,
};

/**
 * message_dead_why() - get the reason why a message is dead
 * @why: enum kctl_dead_why
 *
 * Return: a word.
 */
const char *message_dead_why(uint32_t why);

/**
 * message_print() - print a message
 * @out: the printer
 * @format: text format; JSON output ignores it
 * @details: in text, print sender and time on a line of their own first; JSON always
 *	includes them
 * @channel: number of the channel
 * @received: metadata of the message
 * @data: bytes of the message
 * @size: number of bytes
 */
void message_print(struct out *out, enum message_format format, bool details,
		   uint32_t channel, const struct kctl_received *received,
		   const void *data, size_t size);

#endif /* KCTL_MESSAGE_H */
