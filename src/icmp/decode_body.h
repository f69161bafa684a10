/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bodies of ICMP messages: how the parts of the decoder are put together */
#ifndef KCTL_DECODE_BODY_H
#define KCTL_DECODE_BODY_H

#include "decode.h"

/**
 * struct icmp_body - what a function that decodes a body gets
 * @h: the four bytes behind type, code and checksum
 * @s: what was captured of the rest
 * @length: bytes of the rest on the wire, as the IP header says
 * @e: the event to put it into
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

/* decode_ext.c: takes what is left of the message for a structure of extensions */
void decode_extensions(struct icmp_body *b);

/* Whether that is one that begins at @s, although nothing announced it. */
bool is_extension_structure(struct span s);

/* decode_nd.c */
void decode_options(struct icmp_body *b);
void decode_router(struct icmp_body *b);
void decode_neighbor(struct icmp_body *b);

/* What the redirected-header option of a redirect quotes; without it, no data. */
struct span find_redirected(struct span options);

/* decode_mld.c */
void decode_mld_query(struct icmp_body *b);
void decode_mld_group(struct icmp_body *b);
void decode_mld_report(struct icmp_body *b);

#endif /* KCTL_DECODE_BODY_H */
