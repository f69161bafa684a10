/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of ICMP types and codes, and the layout of each type */
#ifndef KCTL_ICMP_NAMES_H
#define KCTL_ICMP_NAMES_H

#include <stdbool.h>
#include <stdint.h>

/**
 * enum icmp_layout - the fields after type, code and checksum
 * @ICMP_PLAIN: nothing that is decoded
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
 * @ICMP_UNREACHABLE: likewise, and the MTU for code 4
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
	/* From here on with an identifier, */
	ICMP_ID,
	ICMP_TRACE,
	/* from here on with a sequence number too, */
	ICMP_ECHO,
	ICMP_TIMES,
	ICMP_MASK,
	ICMP_EXTENDED_REQUEST,
	ICMP_EXTENDED_REPLY,
	/* from here on with a quoted packet instead. */
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
 * @type: number of the type
 * @layout: layout of its messages
 * @name: words joined by "-"; NULL ends the table
 * @codes: names of its codes; NULL for a code without a name
 * @codes_count: number of elements in @codes
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
 * icmp_type_find() - find a type
 * @family: AF_INET or AF_INET6
 * @type: number of the type
 *
 * Return: the type, or NULL if it is not assigned.
 */
const struct icmp_type *icmp_type_find(uint8_t family, uint8_t type);

/**
 * icmp_type_by_name() - find a type by its name
 * @family: AF_INET or AF_INET6
 * @name: words joined by "-"
 *
 * Return: the type, or NULL if the family has none of that name.
 */
const struct icmp_type *icmp_type_by_name(uint8_t family, const char *name);

/**
 * icmp_code_by_name() - find a code by its name
 * @type: a type
 * @name: words joined by "-"
 *
 * Return: the number of the code, or -1 if the type has none of that name.
 */
int icmp_code_by_name(const struct icmp_type *type, const char *name);

/**
 * icmp_code_name() - name of a code
 * @family: AF_INET or AF_INET6
 * @type: number of the type
 * @code: number of the code
 *
 * Return: words joined by "-", or NULL.
 */
const char *icmp_code_name(uint8_t family, uint8_t type, uint8_t code);

/* Names of parts of messages: words joined by "-", or NULL. */
const char *nd_option_name(uint8_t type);
const char *mld_record_name(uint8_t type);
const char *probe_state_name(uint8_t state);
const char *interface_role_name(uint8_t role);
const char *preference_name(uint8_t preference);
const char *svc_key_name(uint16_t key);

#endif /* KCTL_ICMP_NAMES_H */
