/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of ICMP types and codes, and what a message of each type consists of */
#ifndef KCTL_ICMP_NAMES_H
#define KCTL_ICMP_NAMES_H

#include <stdint.h>

/**
 * enum icmp_layout - what follows type, code and checksum
 * @ICMP_PLAIN: nothing that is said
 * @ICMP_ECHO: identifier, sequence number
 * @ICMP_EXTENDED_ECHO: identifier, sequence number of one byte
 * @ICMP_ERROR: the quoted packet, after four bytes
 * @ICMP_UNREACHABLE: likewise, and the MTU if that is why
 * @ICMP_TOO_BIG: MTU, quoted packet
 * @ICMP_POINTER8: pointer of one byte, quoted packet
 * @ICMP_POINTER32: pointer of four bytes, quoted packet
 * @ICMP_REDIRECT4: gateway, quoted packet
 * @ICMP_REDIRECT6: target, destination, and the quoted packet in an option
 */
enum icmp_layout {
	ICMP_PLAIN,
	ICMP_ECHO,
	ICMP_EXTENDED_ECHO,
	ICMP_ERROR,
	ICMP_UNREACHABLE,
	ICMP_TOO_BIG,
	ICMP_POINTER8,
	ICMP_POINTER32,
	ICMP_REDIRECT4,
	ICMP_REDIRECT6,
};

/**
 * struct icmp_type - an assigned type
 * @family: AF_INET for ICMP, AF_INET6 for ICMPv6
 * @type: its number
 * @layout: what its messages consist of
 * @name: its name, in words joined by "-"; the end of the table has none
 */
struct icmp_type {
	uint8_t family;
	uint8_t type;
	enum icmp_layout layout;
	const char *name;
};

/* All assigned types. */
extern const struct icmp_type icmp_types[];

/**
 * icmp_type_find() - look a type up
 * @family: AF_INET or AF_INET6
 * @type: its number
 *
 * Return: the type, or NULL if it is not assigned.
 */
const struct icmp_type *icmp_type_find(uint8_t family, uint8_t type);

/**
 * icmp_code_name() - name of a code
 * @family: AF_INET or AF_INET6
 * @type: the type it belongs to
 * @code: its number
 *
 * Return: its name, in words joined by "-", or NULL.
 */
const char *icmp_code_name(uint8_t family, uint8_t type, uint8_t code);

#endif /* KCTL_ICMP_NAMES_H */
