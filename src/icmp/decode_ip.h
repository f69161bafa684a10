/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IP headers: the decoder below ICMP */
#ifndef KCTL_DECODE_IP_H
#define KCTL_DECODE_IP_H

#include "decode.h"

/**
 * struct ip_payload - the payload of an IP packet, from its headers
 * @length: length on the wire, in bytes
 * @partial: the packet is a fragment, or the length is not known
 * @pseudo: source and final destination, as the checksum of IPv6 covers them: from
 *	routing headers and the home address option if there are any
 * @unsure: the final destination is unknown
 */
struct ip_payload {
	size_t length;
	bool partial;
	uint8_t pseudo[2][16];
	bool unsure;
};

/**
 * ip_take() - decode and remove an IP header and its extension headers
 * @s: the packet; on return, its payload
 * @family: AF_INET or AF_INET6
 * @ip: gets addresses, protocol and flags
 * @payload: gets the description of the payload
 *
 * Return: false if a header is incomplete; @ip has the fields before that.
 */
bool ip_take(struct span *s, uint8_t family, struct ip_packet *ip,
	     struct ip_payload *payload);

/**
 * internet_checksum() - check a checksum, RFC 1071
 * @sum: sum of covered bytes outside @s, such as a pseudo header
 * @s: the other covered bytes, with the checksum
 *
 * Return: true if the checksum is correct.
 */
bool internet_checksum(uint64_t sum, struct span s);

/* Add the 16-bit words of @s to @sum, for internet_checksum(). */
uint64_t internet_sum(uint64_t sum, struct span s);

#endif /* KCTL_DECODE_IP_H */
