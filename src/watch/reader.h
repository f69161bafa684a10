/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Read a capture file in the pcap format, also from a pipe while it is written. Every
 * byte of it is from a stranger.
 */
#ifndef KCTL_WATCH_READER_H
#define KCTL_WATCH_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct reader - an open capture file; zeroed if there is none
 * @fd: its descriptor, to poll(2) for POLLIN
 * @own: reader_open() opened @fd, so reader_close() closes it
 * @begun: the file header was read; the members below are valid
 * @swapped: the file has the other byte order
 * @nanoseconds: time stamps are in nanoseconds, not microseconds
 * @linktype: what a packet begins with: enum linktype, or a number that is not in it
 * @buffer: bytes of the file that were read
 * @next: offset in @buffer of the first byte that was not returned
 * @end: offset in @buffer of the end of the bytes
 */
struct reader {
	int fd;
	bool own;
	bool begun;
	bool swapped;
	bool nanoseconds;
	uint32_t linktype;
	uint8_t *buffer;
	size_t next;
	size_t end;
};

/**
 * struct frame - a packet of a capture, with the header of its link
 * @time: in ns since the epoch
 * @data: the captured bytes, valid until the next call of reader_fill()
 * @captured: number of bytes of @data, at most PCAP_CAPTURED_MAX
 * @length: length of the packet in bytes, at least @captured
 */
struct frame {
	uint64_t time;
	const uint8_t *data;
	uint32_t captured;
	uint32_t length;
};

/**
 * reader_open() - open a capture file
 * @r: the reader
 * @path: the file, or "-" for standard input
 *
 * Return: 0 or a negative errno.
 */
int reader_open(struct reader *r, const char *path);

/**
 * reader_fill() - read the available bytes, without waiting
 * @r: the reader, new or after one of the functions below returned -EAGAIN
 *
 * Return: 0, -EAGAIN if there is nothing to read yet, -ENODATA at the end of the file,
 * -EILSEQ if it ends before its header does, -EBADMSG if it ends in the middle of a
 * packet, or a negative errno of read(2).
 */
int reader_fill(struct reader *r);

/**
 * reader_begin() - take the header of the file
 * @r: the reader
 *
 * Return: 0, -EAGAIN if reader_fill() must read more, -EILSEQ if the file is no capture,
 * -EMEDIUMTYPE if it is in the format pcapng, -EPROTO if it has another version.
 */
int reader_begin(struct reader *r);

/**
 * reader_next() - get the next packet
 * @r: the reader, after reader_begin()
 * @frame: set to the packet
 *
 * Return: 0, -EAGAIN if reader_fill() must read more, -EOVERFLOW if the packet is larger
 * than PCAP_CAPTURED_MAX: such a file is damaged.
 */
int reader_next(struct reader *r, struct frame *frame);

/**
 * reader_close() - close the file
 * @r: the reader, which may be zeroed
 */
void reader_close(struct reader *r);

#endif /* KCTL_WATCH_READER_H */
