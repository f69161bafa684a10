/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * src/icmp: from packet bytes to an event, and from an event to words. It has no sockets.
 *
 * decode*.c take a packet apart into an event, names.c has the names of the IANA, and
 * print*.c print an event. Calls run one way, from print.c to its parts to names and
 * decoder, and from decode.c to its parts to names. src/watch calls this folder; this
 * folder calls the printer and encoders of src/cli, and includes the UAPI header.
 *
 * The decoder accepts any bytes. It does not allocate or print, and never reads
 * beyond the captured bytes.
 *
 * An event is flat except for its list: options, group records and the like stay in
 * the packet, and the functions below return them one by one.
 */
#ifndef KCTL_DECODE_H
#define KCTL_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "span.h"

/* Bits of @has: the valid members of an event, a packet or an object. */
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
	HAS_BODY = 1 << 9, /* the union member of the layout */
	HAS_INDEX = 1 << 10,
	HAS_ADDRESS = 1 << 11,
	HAS_NAME = 1 << 12,
	/* A fragment other than the first, without an ICMP header. */
	IS_FRAGMENT = 1 << 13,
	/* The capture ends inside a field that the event needs. */
	IS_TRUNCATED = 1 << 14,
	/* The packet ends inside such a field, or contradicts itself. */
	IS_MALFORMED = 1 << 15,
	HAS_LINK_ADDRESS = 1 << 16,
};

/**
 * enum checksum - the result of a checksum
 * @CHECKSUM_UNKNOWN: not checked: the capture lacks bytes that it covers
 * @CHECKSUM_GOOD: correct
 * @CHECKSUM_BAD: wrong
 */
enum checksum {
	CHECKSUM_UNKNOWN,
	CHECKSUM_GOOD,
	CHECKSUM_BAD,
};

/**
 * enum icmp_list - the elements of the list of an event
 * @LIST_NONE: no list
 * @LIST_ROUTERS: routers of an IPv4 router advertisement; icmp_router_next()
 * @LIST_OPTIONS: options of neighbour discovery; nd_option_next()
 * @LIST_SOURCES: IPv6 addresses
 * @LIST_RECORDS: group records of MLDv2; mld_record_next()
 * @LIST_OBJECTS: extension objects, RFC 4884; icmp_object_next()
 */
enum icmp_list {
	LIST_NONE,
	LIST_ROUTERS,
	LIST_OPTIONS,
	LIST_SOURCES,
	LIST_RECORDS,
	LIST_OBJECTS,
};

/**
 * struct ip_packet - an IP packet
 * @has: HAS_ADDRESSES, HAS_PORTS, IS_FRAGMENT; of a quoted ICMP message
 *	HAS_TYPE, HAS_ID, HAS_ECHO_SEQ
 * @family: AF_INET or AF_INET6
 * @protocol: protocol after all extension headers; IPPROTO_*
 * @src: source address, in network order; 4 or 16 bytes
 * @dst: destination address, likewise
 * @src_port: source port
 * @dst_port: destination port
 * @tos: type of service, or traffic class
 * @ttl: time to live, or hop limit
 * @length: length in bytes, from the header; 0 for a jumbogram
 * @type: ICMP or ICMPv6 type
 * @code: code
 * @id: identifier
 * @echo_seq: sequence number
 */
struct ip_packet {
	uint32_t has;
	uint8_t family;
	uint8_t protocol;
	uint8_t src[16];
	uint8_t dst[16];
	uint16_t src_port;
	uint16_t dst_port;
	uint8_t tos;
	uint8_t ttl;
	uint32_t length;
	uint8_t type;
	uint8_t code;
	uint16_t id;
	uint16_t echo_seq;
};

/* In ms since midnight UTC; any other value has the highest bit set. */
struct icmp_times {
	uint32_t originate;
	uint32_t receive;
	uint32_t transmit;
};

/* Router advertisement of IPv4. */
struct icmp_routers {
	uint16_t lifetime; /* in s */
	uint8_t entry_size; /* of the list, in bytes */
};

/* Traceroute, RFC 1393: hops so far, and the speed of the link in bytes/s. */
struct icmp_trace {
	uint16_t hops_out;
	uint16_t hops_back;
	uint32_t speed;
};

/* Extended echo: @local is of the request, the others are of the reply. */
struct icmp_probe {
	bool local;
	bool active;
	bool ipv4;
	bool ipv6;
	uint8_t state;
};

/* Router advertisement of IPv6. */
struct nd_router {
	uint8_t hop_limit;
	bool managed;
	bool other;
	bool home_agent;
	bool proxy;
	bool snac;
	uint8_t preference; /* of RFC 4191: 0 medium, 1 high, 3 low */
	uint16_t lifetime; /* in s */
	uint32_t reachable; /* in ms */
	uint32_t retransmit; /* in ms */
};

/* Neighbour solicitation or advertisement, or the destination of a redirect. */
struct nd_neighbor {
	uint8_t address[16];
	bool router;
	bool solicited;
	bool override;
};

/* MLD, any version. */
struct mld_group {
	uint8_t group[16];
	uint32_t max_response; /* in ms */
	bool v2; /* MLDv2: the members below and the list of sources are valid */
	bool suppress;
	uint8_t robustness;
	uint16_t interval; /* in s */
};

/**
 * struct icmp_event - a decoded ICMP packet
 * @has: the valid members
 * @ip: the IP packet that carries it
 * @type: ICMP or ICMPv6 type
 * @code: code
 * @checksum: result of the checksum
 * @id: identifier
 * @echo_seq: sequence number
 * @mtu: MTU of the next hop, in bytes; 0 if the router does not report one
 * @gateway: the router to use instead; 4 or 16 bytes
 * @pointer: offset of the fault in the quoted packet, in bytes
 * @quoted: the packet that the message quotes
 * @times: timestamp request and reply
 * @mask: address mask request and reply: the mask
 * @routers: router advertisement of IPv4
 * @trace: traceroute
 * @probe: extended echo request and reply
 * @router: router advertisement of IPv6
 * @neighbor: neighbour solicitation, advertisement; redirect of IPv6
 * @group: multicast listener messages
 * @list_kind: the kind of elements in @list
 * @list_checksum: result of the checksum of LIST_OBJECTS
 * @misplaced: LIST_OBJECTS: their offset in bytes from the start of the quoted packet,
 *	if the length field does not lead there; else 0
 * @announced: with @misplaced: the offset in the length field; 0 if it has none
 * @list: the complete elements of the list, in the packet
 */
struct icmp_event {
	uint32_t has;
	struct ip_packet ip;
	uint8_t type;
	uint8_t code;
	enum checksum checksum;
	uint16_t id;
	uint16_t echo_seq;
	uint32_t mtu;
	uint8_t gateway[16];
	uint32_t pointer;
	struct ip_packet quoted;
	union {
		struct icmp_times times;
		uint8_t mask[4];
		struct icmp_routers routers;
		struct icmp_trace trace;
		struct icmp_probe probe;
		struct nd_router router;
		struct nd_neighbor neighbor;
		struct mld_group group;
	};
	enum icmp_list list_kind;
	enum checksum list_checksum;
	uint16_t misplaced;
	uint16_t announced;
	struct span list;
};

/**
 * icmp_decode() - decode a captured packet
 * @family: AF_INET or AF_INET6
 * @packet: the packet, from its IP header on; the event points into it
 * @captured: number of captured bytes
 * @event: gets the result
 */
void icmp_decode(uint8_t family, const uint8_t *packet, size_t captured,
		 struct icmp_event *event);

/* ---- elements of lists: each function returns false after the last ---- */

/* RFC 1256 */
struct icmp_router {
	uint8_t address[4];
	int32_t preference;
};

bool icmp_router_next(struct span *list, uint8_t entry_size,
		      struct icmp_router *router);

/**
 * enum nd_kind - the valid members of an option of neighbour discovery
 * @ND_OTHER: none but the type
 * @ND_LINK_ADDRESS: a link-layer address: @bytes
 * @ND_PREFIX: @address, @prefix, @on_link, @autonomous, @router_address, @pd_preferred,
 *	@lifetime, @preferred
 * @ND_MTU: @mtu
 * @ND_ROUTE: @address, @prefix, @preference, @lifetime
 * @ND_SERVERS: name servers: @lifetime, and addresses in @bytes
 * @ND_SEARCH: search domains: @lifetime, and names in DNS format in @bytes
 * @ND_PORTAL: a URI: @bytes
 * @ND_PREF64: @address, @prefix, @lifetime
 * @ND_ADDRESSES: addresses in @bytes
 * @ND_ENCRYPTED_DNS: a resolver: @priority, @lifetime, its name in DNS format in @name,
 *	addresses in @bytes, and @params; svc_param_next()
 */
enum nd_kind {
	ND_OTHER,
	ND_LINK_ADDRESS,
	ND_PREFIX,
	ND_MTU,
	ND_ROUTE,
	ND_SERVERS,
	ND_SEARCH,
	ND_PORTAL,
	ND_PREF64,
	ND_ADDRESSES,
	ND_ENCRYPTED_DNS,
};

/**
 * struct nd_option - an option of neighbour discovery
 * @type: type of the option
 * @malformed: its length or its contents contradict its RFC; @kind is ND_OTHER
 * @kind: the valid members
 * @on_link: addresses of the prefix are on the link
 * @autonomous: hosts choose addresses from the prefix
 * @router_address: @address is that of the router, with the prefix in it: RFC 6275
 * @pd_preferred: hosts should request their own prefix with DHCPv6: RFC 9762
 * @prefix: length of the prefix in bits
 * @preference: as in struct nd_router
 * @lifetime: valid lifetime in s; all ones is infinity
 * @preferred: preferred lifetime in s; likewise
 * @mtu: MTU of the link
 * @priority: of the resolver among others; the lowest is tried first
 * @address: the prefix
 * @bytes: the part of the option that @kind names
 * @name: one domain name
 * @params: service parameters, RFC 9460
 */
struct nd_option {
	uint8_t type;
	bool malformed;
	enum nd_kind kind;
	bool on_link;
	bool autonomous;
	bool router_address;
	bool pd_preferred;
	uint8_t prefix;
	uint8_t preference;
	uint32_t lifetime;
	uint32_t preferred;
	uint32_t mtu;
	uint16_t priority;
	uint8_t address[16];
	struct span bytes;
	struct span name;
	struct span params;
};

bool nd_option_next(struct span *list, struct nd_option *option);

/* Size of a domain name in text form: up to 4 characters for each of its 255 bytes. */
#define ND_NAME_SIZE 1024

/**
 * nd_name_next() - get the next domain name in text form
 * @bytes: names in DNS format; stays where it is if there is none
 * @name: gets the labels, joined by "."; a label has \000 for NUL and a \ in front of
 *	"." and "\"
 *
 * Return: false if @bytes does not begin with a complete name of at least one label.
 */
bool nd_name_next(struct span *bytes, char name[ND_NAME_SIZE]);

/* IANA, "DNS SVCB", "Service Parameter Keys (SvcParamKeys)": those that are decoded */
enum svc_key {
	SVC_MANDATORY = 0,
	SVC_ALPN = 1,
	SVC_NO_DEFAULT_ALPN = 2,
	SVC_PORT = 3,
	SVC_DOHPATH = 7,
};

/* A service parameter, RFC 9460, section 2.2. */
struct svc_param {
	uint16_t key;
	struct span value;
};

bool svc_param_next(struct span *params, struct svc_param *param);

/* The next name of a protocol in the value of alpn, RFC 9460, section 7.1.1. */
bool svc_alpn_next(struct span *value, struct span *name);

/* RFC 3810: @sources are IPv6 addresses. */
struct mld_record {
	uint8_t type;
	uint8_t group[16];
	struct span sources;
};

bool mld_record_next(struct span *list, struct mld_record *record);

/**
 * enum object_kind - the valid members of an extension object
 * @OBJECT_OTHER: none but class and type
 * @OBJECT_LABELS: MPLS label stack, RFC 4950: @bytes; mpls_label_next()
 * @OBJECT_INTERFACE: interface, RFC 5837: @role and the members in @has
 * @OBJECT_QUERY: interface that is probed, RFC 8335: the members in @has
 * @OBJECT_POINTER: extended information on the error, RFC 8883: @pointer
 * @OBJECT_NODE: the node that reports the error: the members in @has
 */
enum object_kind {
	OBJECT_OTHER,
	OBJECT_LABELS,
	OBJECT_INTERFACE,
	OBJECT_QUERY,
	OBJECT_POINTER,
	OBJECT_NODE,
};

/**
 * struct icmp_object - an extension object
 * @class: class of the object
 * @ctype: type within the class
 * @malformed: its contents contradict its RFC; @kind is OBJECT_OTHER
 * @kind: the valid members
 * @has: HAS_INDEX, HAS_ADDRESS, HAS_LINK_ADDRESS, HAS_NAME, HAS_MTU
 * @role: 0 incoming, 1 sub-IP part of incoming, 2 outgoing, 3 next hop
 * @family: of @address; AF_INET or AF_INET6
 * @address: 4 or 16 bytes
 * @index: index of the interface in its router
 * @mtu: MTU of the interface
 * @pointer: offset of the fault
 * @bytes: labels, the name of the interface or node, or the link-layer address
 */
struct icmp_object {
	uint8_t class;
	uint8_t ctype;
	bool malformed;
	enum object_kind kind;
	uint32_t has;
	uint8_t role;
	uint8_t family;
	uint8_t address[16];
	uint32_t index;
	uint32_t mtu;
	uint32_t pointer;
	struct span bytes;
};

bool icmp_object_next(struct span *list, struct icmp_object *object);

/* RFC 3032 */
struct mpls_label {
	uint32_t label;
	uint8_t traffic_class;
	bool bottom;
	uint8_t ttl;
};

bool mpls_label_next(struct span *bytes, struct mpls_label *label);

#endif /* KCTL_DECODE_H */
