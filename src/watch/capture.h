/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Write the packets of a watch to a capture file */
#ifndef KCTL_WATCH_CAPTURE_H
#define KCTL_WATCH_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/kctl.h>

/**
 * struct capture - an open capture file; zeroed if there is none
 * @stream: output stream, or NULL
 * @own: capture_open() opened @stream, so capture_close() closes it
 * @error: errno of the first write that failed, or 0
 */
struct capture {
	FILE *stream;
	bool own;
	int error;
};

/**
 * capture_open() - create a capture file and write its header
 * @c: the capture
 * @path: file to create or truncate, or "-" for @standard
 * @standard: stream to use for "-"
 * @snaplen: maximum number of bytes captured of a packet
 *
 * Return: 0 or a negative errno.
 */
int capture_open(struct capture *c, const char *path, FILE *standard,
		 uint32_t snaplen);

/**
 * capture_packet() - write a packet
 * @c: an open capture
 * @record: record header of the packet
 * @packet: the captured bytes
 *
 * The next capture_flush() reports a write error.
 */
void capture_packet(struct capture *c, const struct kctl_record *record,
		    const uint8_t *packet);

/**
 * capture_flush() - write buffered packets to the file
 * @c: an open capture
 *
 * Return: 0, or a negative errno for this or an earlier write.
 */
int capture_flush(struct capture *c);

/**
 * capture_close() - close a capture file
 * @c: the capture, which may be zeroed
 *
 * Return: 0 or a negative errno.
 */
int capture_close(struct capture *c);

#endif /* KCTL_WATCH_CAPTURE_H */
