/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A capture file of the packets that a watch reports */
#ifndef KCTL_WATCH_CAPTURE_H
#define KCTL_WATCH_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/kctl.h>
#include <pcap/pcap.h>

/**
 * struct capture - a capture file that is being written
 * @stream: where it goes, or NULL
 * @own: @stream is a file that was opened for it
 * @library: libpcap, which is loaded only now
 * @pcap: what it has to know
 * @dump: its pcap_dump()
 * @close: its pcap_close()
 */
struct capture {
	FILE *stream;
	bool own;
	void *library;
	pcap_t *pcap;
	void (*dump)(u_char *stream, const struct pcap_pkthdr *header,
		     const u_char *packet);
	void (*close)(pcap_t *pcap);
};

/**
 * capture_open() - begin a capture file
 * @c: the capture
 * @path: the file, which is emptied, or "-"
 * @standard: the stream for "-"
 * @snaplen: bytes of a packet at most
 *
 * Return: 0, -ELIBACC if there is no libpcap, or another negative errno.
 */
int capture_open(struct capture *c, const char *path, FILE *standard,
		 uint32_t snaplen);

/**
 * capture_packet() - write a packet
 * @c: the capture
 * @record: header of the record it came in
 * @packet: the packet; errors are kept until capture_flush()
 */
void capture_packet(struct capture *c, const struct kctl_record *record,
		    const uint8_t *packet);

/**
 * capture_flush() - write out what was gathered
 * @c: the capture
 *
 * Return: 0 or a negative errno, that of an earlier write perhaps.
 */
int capture_flush(struct capture *c);

/**
 * capture_close() - end a capture file
 * @c: the capture; all zeros is one, too
 *
 * Return: 0 or a negative errno.
 */
int capture_close(struct capture *c);

#endif /* KCTL_WATCH_CAPTURE_H */
