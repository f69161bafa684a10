/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Captured bytes to ICMP event. Nothing here allocates, prints or looks beyond
 * what was captured; any bytes at all can be given.
 */
#ifndef KCTL_DECODE_H
#define KCTL_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an event or a quoted packet has, as bits of @has. */
enum {
	HAS_ADDRESSES = 1 << 0,
	HAS_TYPE = 1 << 1, /* and code */
	HAS_ID = 1 << 2,
	HAS_ECHO_SEQ = 1 << 3,
	HAS_MTU = 1 << 4,
	HAS_GATEWAY = 1 << 5,
	HAS_POINTER = 1 << 6,
	HAS_QUOTED = 1 << 7,
	HAS_PORTS = 1 << 8,
	IS_FRAGMENT =
		1 << 9, /* not the first one: its ICMP header is elsewhere */
	IS_TRUNCATED = 1 << 10, /* something that would be said was cut off */
};

/**
 * struct ip_packet - what is said about an IP packet
 * @has: HAS_ADDRESSES, HAS_PORTS, IS_FRAGMENT, IS_TRUNCATED
 * @family: AF_INET or AF_INET6
 * @protocol: what it carries, behind all extension headers; IPPROTO_*
 * @src: source address, in network order; 4 or 16 bytes
 * @dst: destination address, likewise
 * @src_port: source port
 * @dst_port: destination port
 */
struct ip_packet {
	uint32_t has;
	uint8_t family;
	uint8_t protocol;
	uint8_t src[16];
	uint8_t dst[16];
	uint16_t src_port;
	uint16_t dst_port;
};

/**
 * struct icmp_event - what is said about an ICMP packet
 * @has: which of the members mean something
 * @ip: the packet that carries it
 * @type: ICMP or ICMPv6 type
 * @code: code
 * @id: identifier
 * @echo_seq: sequence number
 * @mtu: what fits the next hop, in bytes; 0 if a router did not say
 * @gateway: the router to use instead; 4 or 16 bytes
 * @pointer: offset of the fault in the quoted packet, in bytes
 * @quoted: the packet that the message is about
 */
struct icmp_event {
	uint32_t has;
	struct ip_packet ip;
	uint8_t type;
	uint8_t code;
	uint16_t id;
	uint16_t echo_seq;
	uint32_t mtu;
	uint8_t gateway[16];
	uint32_t pointer;
	struct ip_packet quoted;
};

/**
 * icmp_decode() - take a captured packet apart
 * @family: AF_INET or AF_INET6
 * @packet: the packet, from its IP header on
 * @captured: bytes of it that are there
 * @event: gets what it says
 */
void icmp_decode(uint8_t family, const uint8_t *packet, size_t captured,
		 struct icmp_event *event);

#endif /* KCTL_DECODE_H */
