/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IP headers: the part of the decoder below ICMP */
#ifndef KCTL_DECODE_IP_H
#define KCTL_DECODE_IP_H

#include "decode.h"

/**
 * struct ip_payload - what an IP header says about what it carries
 * @length: bytes of it, on the wire
 * @partial: it is a fragment, or its length is not known
 * @pseudo: source and final destination address, as the checksum of IPv6 has
 *	them: behind routing headers and the home address option
 * @unsure: the final destination is not known
 */
struct ip_payload {
	size_t length;
	bool partial;
	uint8_t pseudo[2][16];
	bool unsure;
};

/**
 * ip_take() - take an IP header off, and extension headers
 * @s: the packet; is left with what it carries
 * @family: AF_INET or AF_INET6
 * @ip: gets what the header says
 * @payload: gets the rest
 *
 * Return: false if the header is not all there; @ip has what there is.
 */
bool ip_take(struct span *s, uint8_t family, struct ip_packet *ip,
	     struct ip_payload *payload);

/**
 * internet_checksum() - check a checksum of RFC 1071
 * @sum: of what is not in @s, such as a pseudo header
 * @s: all that it covers, itself included
 *
 * Return: whether it is right.
 */
bool internet_checksum(uint64_t sum, struct span s);

/* The sum of 16-bit words, for @sum of internet_checksum(). */
uint64_t internet_sum(uint64_t sum, struct span s);

#endif /* KCTL_DECODE_IP_H */
