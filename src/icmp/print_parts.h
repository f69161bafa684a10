/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all files that print parts of an event need */
#ifndef KCTL_PRINT_PARTS_H
#define KCTL_PRINT_PARTS_H

#include <arpa/inet.h>

#include "decode.h"
#include "cli/out.h"

/* An address as text. */
struct address_text {
	char text[INET6_ADDRSTRLEN];
};

/**
 * address_text() - format an address
 * @family: AF_INET or AF_INET6
 * @addr: 4 or 16 bytes
 *
 * Return: its text, valid to the end of the expression.
 */
struct address_text address_text(uint8_t family, const uint8_t *addr);

/**
 * put_named() - print a number that can have a name
 * @out: the printer
 * @key: JSON: the key of the number; the key of the name is @key with "_name"
 * @label: text: the word in front of a number without a name
 * @number: the number
 * @name: its name, or NULL; text prints it alone, with blanks for "-"
 */
void put_named(struct out *out, const char *key, const char *label,
	       unsigned int number, const char *name);

/**
 * put_foreign() - print text from the network
 * @out: the printer
 * @key: JSON: the key of the text
 * @before: text: the words in front of it
 * @bytes: the text
 */
void put_foreign(struct out *out, const char *key, const char *before,
		 struct span bytes);

/* The longest link-layer address that the decoder returns, with its padding. */
#define LINK_ADDRESS_MAX 22

/**
 * put_link_address() - print a link-layer address
 * @out: the printer
 * @before: text: the words in front of it
 * @bytes: the address, at most LINK_ADDRESS_MAX bytes
 */
void put_link_address(struct out *out, const char *before, struct span bytes);

#endif /* KCTL_PRINT_PARTS_H */
