/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Make the record that the kernel would have made of a frame in a capture: skip the header of
 * the link, and find ICMP and ICMPv6 among all other packets.
 */
#ifndef KCTL_WATCH_FRAME_H
#define KCTL_WATCH_FRAME_H

#include <linux/kctl.h>

#include "reader.h"

/**
 * struct icmp_frame - an ICMP packet of a capture
 * @packet: its IP header and all captured bytes after it
 * @src: its source address, 4 or 16 bytes
 * @dst: its destination address, likewise
 * @has_type: @type and @code are valid: the capture does not end before them
 * @type: ICMP or ICMPv6 type
 * @code: code
 * @record: its record, without a number: time, lengths, family, and the direction if the
 *	capture has one, else 0
 */
struct icmp_frame {
	const uint8_t *packet;
	const uint8_t *src;
	const uint8_t *dst;
	bool has_type;
	uint8_t type;
	uint8_t code;
	struct kctl_record record;
};

/**
 * frame_knows() - check if the header of a link is known
 * @linktype: link type of the capture
 *
 * Return: true if frame_icmp() can find packets.
 */
bool frame_knows(uint32_t linktype);

/**
 * frame_has_direction() - check if a link type has the direction of packets
 * @linktype: link type of the capture
 *
 * Return: true if frames say if this host sent them.
 */
bool frame_has_direction(uint32_t linktype);

/**
 * frame_icmp() - find the ICMP packet in a frame
 * @linktype: link type of the capture, which frame_knows()
 * @frame: any frame
 * @icmp: set to the packet
 *
 * Like the kernel, it finds ICMP only in the first fragment of a datagram.
 *
 * Return: true for a packet with a complete IP header and, unless the capture ends before
 * it, type, code and checksum of ICMP.
 */
bool frame_icmp(uint32_t linktype, const struct frame *frame,
		struct icmp_frame *icmp);

#endif /* KCTL_WATCH_FRAME_H */
