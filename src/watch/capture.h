/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Write the packets of a watch to a capture file */
#ifndef KCTL_WATCH_CAPTURE_H
#define KCTL_WATCH_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/kctl.h>

/* Room for the name of a file with its number and its time. */
#define CAPTURE_NAME 4096

/**
 * struct rotation - when a capture goes on in another file; zeroed: never
 * @size: size of a file in bytes after which it is full; 0: no limit
 * @seconds: time after which a file is full; 0: no limit
 * @count: with @size, number of files, after which the first one is overwritten; otherwise
 *	number of files after which the capture ends; 0: no limit
 */
struct rotation {
	uint64_t size;
	uint64_t seconds;
	uint32_t count;
};

/**
 * struct capture - an open capture file; zeroed if there is none
 * @stream: output stream, or NULL
 * @own: capture_open() opened @stream, so capture_close() closes it
 * @error: errno of the first write that failed, or 0
 * @rotation: when to go on in another file
 * @path: name of the files, as the user has it
 * @snaplen: maximum number of bytes captured of a packet
 * @size: size of this file in bytes
 * @begun: start of the period of this file, in ns since the epoch
 * @number: number of this file for @rotation.size
 * @periods: number of periods that have ended
 * @name: name of this file
 */
struct capture {
	FILE *stream;
	bool own;
	int error;
	struct rotation rotation;
	const char *path;
	uint32_t snaplen;
	uint64_t size;
	uint64_t begun;
	uint32_t number;
	uint32_t periods;
	char name[CAPTURE_NAME];
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
 * capture_rotate() - create the first file of a capture in several files
 * @c: the capture, zeroed
 * @path: name of the files: with a time limit, a format of strftime(3) for the start of
 *	each; with a size limit, a number is appended to all, or to all but the first if
 *	their number has no limit
 * @rotation: the limits
 * @snaplen: maximum number of bytes captured of a packet
 * @now: the time, in ns since the epoch
 *
 * Names are those that tcpdump(8) gives.
 *
 * Return: 0 or a negative errno; -ENAMETOOLONG if the name does not fit.
 */
int capture_rotate(struct capture *c, const char *path,
		   const struct rotation *rotation, uint32_t snaplen,
		   uint64_t now);

/**
 * capture_turn() - go on in the next file, if this one is full
 * @c: an open capture
 * @time: time of the next packet, in ns since the epoch
 *
 * Return: 0, -ENODATA if this was the last file, or another negative errno; @c->name is the
 * file that cannot be written.
 */
int capture_turn(struct capture *c, uint64_t time);

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
