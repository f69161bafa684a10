/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bodies of ICMP messages: the parts that decode.c calls */
#ifndef KCTL_DECODE_BODY_H
#define KCTL_DECODE_BODY_H

#include "decode.h"

/**
 * struct icmp_body - the body of an ICMP message
 * @h: the four bytes after type, code and checksum
 * @s: the captured bytes of the rest
 * @length: length of the rest on the wire, from the IP header
 * @e: the event that gets the result
 */
struct icmp_body {
	const uint8_t *h;
	struct span s;
	size_t length;
	struct icmp_event *e;
};

/* decode_error.c */
void decode_quoted(struct icmp_body *b);
void decode_multipart(struct icmp_body *b);
void decode_unreachable(struct icmp_body *b);
void decode_too_big(struct icmp_body *b);
void decode_problem4(struct icmp_body *b);
void decode_problem6(struct icmp_body *b);
void decode_photuris(struct icmp_body *b);
void decode_redirect4(struct icmp_body *b);
void decode_redirect6(struct icmp_body *b);

/* decode_ext.c: decode the rest of the message as an extension structure */
void decode_extensions(struct icmp_body *b);

/* Check whether @s begins like an extension structure. */
bool has_extension_version(struct span s);

/* Check whether @s is an extension structure with a correct checksum. */
bool is_extension_structure(struct span s);

/* decode_nd.c */
void decode_options(struct icmp_body *b);
void decode_router(struct icmp_body *b);
void decode_neighbor(struct icmp_body *b);

/* Find the packet in the redirected-header option; without it, data is NULL. */
struct span find_redirected(struct span options);

/* decode_mld.c */
void decode_mld_query(struct icmp_body *b);
void decode_mld_group(struct icmp_body *b);
void decode_mld_report(struct icmp_body *b);

#endif /* KCTL_DECODE_BODY_H */
