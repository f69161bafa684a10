/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of a printed ICMP event: print_icmp.c puts them together */
#ifndef KCTL_PRINT_PARTS_H
#define KCTL_PRINT_PARTS_H

#include "decode.h"
#include "cli/out.h"

/* Names are words joined by "-"; people read them with blanks. */
#define WORDS_SIZE 64

const char *words(const char *name, char text[WORDS_SIZE]);

/**
 * put_address() - print an address
 * @out: the printer
 * @key: JSON: its key
 * @before: text: what stands before it
 * @family: AF_INET or AF_INET6
 * @addr: 4 or 16 bytes
 */
void put_address(struct out *out, const char *key, const char *before,
		 uint8_t family, const uint8_t *addr);

/**
 * put_foreign() - print text that came over the network
 * @out: the printer
 * @key: JSON: its key
 * @bytes: the text; what could upset a terminal does not reach it
 */
void put_foreign(struct out *out, const char *key, struct span bytes);

/* What the packet says about itself, by the layout of its type; print_body.c */
void put_body(struct out *out, const struct icmp_event *e);

/* The list of the event; print_list.c and, what it needs, print_nd.c */
void put_list(struct out *out, const struct icmp_event *e);
void put_option(struct out *out, const struct nd_option *option);

/* The preference of a router, RFC 4191. */
const char *preference_name(uint8_t preference);

#endif /* KCTL_PRINT_PARTS_H */
