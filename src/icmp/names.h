/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of ICMP types and codes, and what a message of each type consists of */
#ifndef KCTL_ICMP_NAMES_H
#define KCTL_ICMP_NAMES_H

#include <stdbool.h>
#include <stdint.h>

/**
 * enum icmp_layout - what follows type, code and checksum
 * @ICMP_PLAIN: nothing that is said
 * @ICMP_ROUTERS: routers of IPv4
 * @ICMP_OPTIONS: options of neighbour discovery, after four bytes
 * @ICMP_ROUTER: router advertisement of IPv6
 * @ICMP_NEIGHBOR: flags, target, options
 * @ICMP_MLD_QUERY: query for multicast listeners
 * @ICMP_MLD_GROUP: multicast group, after four bytes
 * @ICMP_MLD_REPORT: records of multicast groups
 * @ICMP_ID: identifier
 * @ICMP_TRACE: identifier, hops, link speed, MTU
 * @ICMP_ECHO: identifier, sequence number
 * @ICMP_TIMES: likewise, and three timestamps
 * @ICMP_MASK: likewise, and an address mask
 * @ICMP_EXTENDED_REQUEST: identifier, sequence number of one byte, extensions
 * @ICMP_EXTENDED_REPLY: identifier, sequence number of one byte, flags
 * @ICMP_ERROR: the quoted packet, after four bytes
 * @ICMP_MULTIPART: likewise, and extensions
 * @ICMP_UNREACHABLE: likewise, and the MTU if that is why
 * @ICMP_PROBLEM4: pointer of one byte, quoted packet, extensions
 * @ICMP_PROBLEM6: pointer of four bytes, quoted packet
 * @ICMP_PHOTURIS: pointer of two bytes, quoted packet
 * @ICMP_TOO_BIG: MTU, quoted packet
 * @ICMP_REDIRECT4: gateway, quoted packet
 * @ICMP_REDIRECT6: target, destination, and the quoted packet in an option
 */
enum icmp_layout {
	ICMP_PLAIN,
	ICMP_ROUTERS,
	ICMP_OPTIONS,
	ICMP_ROUTER,
	ICMP_NEIGHBOR,
	ICMP_MLD_QUERY,
	ICMP_MLD_GROUP,
	ICMP_MLD_REPORT,
	/* From here on they have an identifier, */
	ICMP_ID,
	ICMP_TRACE,
	/* a sequence number, too, */
	ICMP_ECHO,
	ICMP_TIMES,
	ICMP_MASK,
	ICMP_EXTENDED_REQUEST,
	ICMP_EXTENDED_REPLY,
	/* from here on a quoted packet. */
	ICMP_ERROR,
	ICMP_MULTIPART,
	ICMP_UNREACHABLE,
	ICMP_PROBLEM4,
	ICMP_PROBLEM6,
	ICMP_PHOTURIS,
	ICMP_TOO_BIG,
	ICMP_REDIRECT4,
	ICMP_REDIRECT6,
};

static inline bool icmp_layout_has_id(enum icmp_layout layout)
{
	return layout >= ICMP_ID && layout < ICMP_ERROR;
}

static inline bool icmp_layout_has_seq(enum icmp_layout layout)
{
	return layout >= ICMP_ECHO && layout < ICMP_ERROR;
}

static inline bool icmp_layout_is_extended(enum icmp_layout layout)
{
	return layout == ICMP_EXTENDED_REQUEST || layout == ICMP_EXTENDED_REPLY;
}

static inline bool icmp_layout_is_error(enum icmp_layout layout)
{
	return layout >= ICMP_ERROR;
}

/**
 * struct icmp_type - an assigned type
 * @family: AF_INET for ICMP, AF_INET6 for ICMPv6
 * @type: its number
 * @layout: what its messages consist of
 * @name: its name, in words joined by "-"; the end of the table has none
 * @codes: names of its codes; NULL where there is none
 * @codes_count: how many
 */
struct icmp_type {
	uint8_t family;
	uint8_t type;
	enum icmp_layout layout;
	const char *name;
	const char *const *codes;
	uint16_t codes_count;
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

/* The same for parts of messages: such a name, or NULL. */
const char *nd_option_name(uint8_t type);
const char *mld_record_name(uint8_t type);
const char *probe_state_name(uint8_t state);
const char *interface_role_name(uint8_t role);
const char *preference_name(uint8_t preference);

#endif /* KCTL_ICMP_NAMES_H */
