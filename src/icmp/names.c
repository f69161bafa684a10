// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Names of the IANA registries "Internet Control Message Protocol (ICMP) Parameters"
 * and "Internet Control Message Protocol version 6 (ICMPv6) Parameters", as of 2026,
 * with deprecated types and without reserved ones.
 */
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "names.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- codes ---- */

/* Destination unreachable: RFC 792, RFC 1122 (6 to 12), RFC 1812 (13 to 15) */
static const char *const unreachable4[] = {
	[0] = "network-unreachable",
	[1] = "host-unreachable",
	[2] = "protocol-unreachable",
	[3] = "port-unreachable",
	[4] = "fragmentation-needed",
	[5] = "source-route-failed",
	[6] = "network-unknown",
	[7] = "host-unknown",
	[8] = "source-host-isolated",
	[9] = "network-prohibited",
	[10] = "host-prohibited",
	[11] = "network-unreachable-for-tos",
	[12] = "host-unreachable-for-tos",
	[13] = "communication-prohibited",
	[14] = "host-precedence-violation",
	[15] = "precedence-cutoff",
};

/* Redirect: RFC 792 */
static const char *const redirect4[] = {
	[0] = "network-redirect",
	[1] = "host-redirect",
	[2] = "tos-network-redirect",
	[3] = "tos-host-redirect",
};

/* Alternate host address */
static const char *const alternate4[] = {
	[0] = "alternate-address-for-host",
};

/* Router advertisement: RFC 1256, RFC 5944 (16) */
static const char *const router4[] = {
	[0] = "normal-router-advertisement",
	[16] = "does-not-route-common-traffic",
};

/* Time exceeded: RFC 792 */
static const char *const exceeded4[] = {
	[0] = "ttl-exceeded-in-transit",
	[1] = "fragment-reassembly-time-exceeded",
};

/* Parameter problem: RFC 792, RFC 1108 (1) */
static const char *const problem4[] = {
	[0] = "pointer-indicates-error",
	[1] = "required-option-missing",
	[2] = "bad-length",
};

/* Traceroute: RFC 1393 */
static const char *const traceroute4[] = {
	[0] = "packet-forwarded",
	[1] = "no-route-packet-discarded",
};

/* Datagram conversion error: RFC 1475 */
static const char *const conversion4[] = {
	[0] = "unspecified-error",
	[1] = "dont-convert-option-present",
	[2] = "unknown-mandatory-option-present",
	[3] = "known-unsupported-option-present",
	[4] = "unsupported-transport-protocol",
	[5] = "overall-length-exceeded",
	[6] = "ip-header-length-exceeded",
	[7] = "transport-protocol-over-255",
	[8] = "port-conversion-out-of-range",
	[9] = "transport-header-length-exceeded",
	[10] = "rollover-missing-and-ack-set",
	[11] = "unknown-mandatory-transport-option-present",
};

/* Photuris: RFC 2521 */
static const char *const photuris4[] = {
	[0] = "bad-spi",
	[1] = "authentication-failed",
	[2] = "decompression-failed",
	[3] = "decryption-failed",
	[4] = "need-authentication",
	[5] = "need-authorization",
};

/* Extended echo request: RFC 8335 */
static const char *const extended_request[] = {
	[0] = "no-error",
};

/* Extended echo reply: RFC 8335 */
static const char *const extended_reply[] = {
	[0] = "no-error",
	[1] = "malformed-query",
	[2] = "no-such-interface",
	[3] = "no-such-table-entry",
	[4] = "multiple-interfaces-satisfy-query",
};

/* Destination unreachable: RFC 4443, RFC 6550 (7), RFC 8883 (8), RFC 9914 (9) */
static const char *const unreachable6[] = {
	[0] = "no-route",
	[1] = "administratively-prohibited",
	[2] = "beyond-scope-of-source",
	[3] = "address-unreachable",
	[4] = "port-unreachable",
	[5] = "source-address-failed-policy",
	[6] = "reject-route",
	[7] = "source-routing-header-error",
	[8] = "headers-too-long",
	[9] = "p-route-error",
};

/* Time exceeded: RFC 4443 */
static const char *const exceeded6[] = {
	[0] = "hop-limit-exceeded-in-transit",
	[1] = "fragment-reassembly-time-exceeded",
};

/* Parameter problem: RFC 4443, RFC 7112 (3), RFC 8754 (4), RFC 8883 (5 to 10) */
static const char *const problem6[] = {
	[0] = "erroneous-header-field",
	[1] = "unrecognized-next-header",
	[2] = "unrecognized-option",
	[3] = "incomplete-header-chain",
	[4] = "sr-upper-layer-header-error",
	[5] = "unrecognized-next-header-at-router",
	[6] = "extension-header-too-big",
	[7] = "extension-header-chain-too-long",
	[8] = "too-many-extension-headers",
	[9] = "too-many-options",
	[10] = "option-too-big",
};

/* Router renumbering: RFC 2894 */
static const char *const renumbering6[] = {
	[0] = "command",
	[1] = "result",
	[255] = "sequence-number-reset",
};

/* Node information query: RFC 4620: what the query is about */
static const char *const node_query6[] = {
	[0] = "ipv6-address",
	[1] = "name",
	[2] = "ipv4-address",
};

/* Node information response: RFC 4620 */
static const char *const node_response6[] = {
	[0] = "success",
	[1] = "refused",
	[2] = "unknown-qtype",
};

/*
 * RPL control: IANA, "RPL Control Codes": RFC 6550, RFC 6997 (4, 5), RFC 6998 (6),
 * RFC 9009 (7, 8), RFC 9914 (9, 10)
 */
static const char *const rpl6[] = {
	[0x00] = "dodag-information-solicitation",
	[0x01] = "dodag-information-object",
	[0x02] = "destination-advertisement-object",
	[0x03] = "destination-advertisement-object-ack",
	[0x04] = "p2p-discovery-reply-object",
	[0x05] = "p2p-discovery-reply-object-ack",
	[0x06] = "measurement-object",
	[0x07] = "destination-cleanup-object",
	[0x08] = "destination-cleanup-object-ack",
	[0x09] = "projected-dao-request",
	[0x0a] = "projected-dao-request-ack",
	[0x80] = "secure-dodag-information-solicitation",
	[0x81] = "secure-dodag-information-object",
	[0x82] = "secure-destination-advertisement-object",
	[0x83] = "secure-destination-advertisement-object-ack",
	[0x84] = "secure-p2p-discovery-reply-object",
	[0x85] = "secure-p2p-discovery-reply-object-ack",
	[0x87] = "secure-destination-cleanup-object",
	[0x88] = "secure-destination-cleanup-object-ack",
	[0x8a] = "consistency-check",
};

/* Duplicate address request and confirmation: RFC 6775, RFC 8505 (1 to 4) */
static const char *const address_request6[] = {
	[0] = "dar",
	[1] = "edar-64-bit-rovr",
	[2] = "edar-128-bit-rovr",
	[3] = "edar-192-bit-rovr",
	[4] = "edar-256-bit-rovr",
};

static const char *const address_confirmation6[] = {
	[0] = "dac",
	[1] = "edac-64-bit-rovr",
	[2] = "edac-128-bit-rovr",
	[3] = "edac-192-bit-rovr",
	[4] = "edac-256-bit-rovr",
};

/* ---- types ---- */

#define CODES(names) .codes = (names), .codes_count = COUNT(names)

#define V4(number, text, ...)                                        \
	{                                                            \
		.family = AF_INET, .type = (number), .name = (text), \
		__VA_ARGS__                                          \
	}
#define V6(number, text, ...)                                         \
	{                                                             \
		.family = AF_INET6, .type = (number), .name = (text), \
		__VA_ARGS__                                           \
	}

const struct icmp_type icmp_types[] = {
	V4(0, "echo-reply", .layout = ICMP_ECHO),
	V4(3, "destination-unreachable", .layout = ICMP_UNREACHABLE,
	   CODES(unreachable4)),
	V4(4, "source-quench", .layout = ICMP_ERROR),
	V4(5, "redirect", .layout = ICMP_REDIRECT4, CODES(redirect4)),
	V4(6, "alternate-host-address", CODES(alternate4)),
	V4(8, "echo-request", .layout = ICMP_ECHO),
	V4(9, "router-advertisement", .layout = ICMP_ROUTERS, CODES(router4)),
	V4(10, "router-solicitation"),
	V4(11, "time-exceeded", .layout = ICMP_MULTIPART, CODES(exceeded4)),
	V4(12, "parameter-problem", .layout = ICMP_PROBLEM4, CODES(problem4)),
	V4(13, "timestamp-request", .layout = ICMP_TIMES),
	V4(14, "timestamp-reply", .layout = ICMP_TIMES),
	V4(15, "information-request", .layout = ICMP_ECHO),
	V4(16, "information-reply", .layout = ICMP_ECHO),
	V4(17, "address-mask-request", .layout = ICMP_MASK),
	V4(18, "address-mask-reply", .layout = ICMP_MASK),
	V4(30, "traceroute", .layout = ICMP_TRACE, CODES(traceroute4)),
	V4(31, "datagram-conversion-error", .layout = ICMP_PROBLEM6,
	   CODES(conversion4)),
	V4(32, "mobile-host-redirect"),
	V4(33, "ipv6-where-are-you"),
	V4(34, "ipv6-i-am-here"),
	V4(35, "mobile-registration-request"),
	V4(36, "mobile-registration-reply"),
	V4(37, "domain-name-request", .layout = ICMP_ECHO),
	V4(38, "domain-name-reply", .layout = ICMP_ECHO),
	V4(39, "skip"),
	V4(40, "photuris", .layout = ICMP_PHOTURIS, CODES(photuris4)),
	V4(41, "experimental-mobility"),
	V4(42, "extended-echo-request", .layout = ICMP_EXTENDED_REQUEST,
	   CODES(extended_request)),
	V4(43, "extended-echo-reply", .layout = ICMP_EXTENDED_REPLY,
	   CODES(extended_reply)),
	V4(253, "experiment-1"),
	V4(254, "experiment-2"),

	V6(1, "destination-unreachable", .layout = ICMP_MULTIPART,
	   CODES(unreachable6)),
	V6(2, "packet-too-big", .layout = ICMP_TOO_BIG),
	V6(3, "time-exceeded", .layout = ICMP_MULTIPART, CODES(exceeded6)),
	V6(4, "parameter-problem", .layout = ICMP_PROBLEM6, CODES(problem6)),
	V6(100, "private-experiment-100"),
	V6(101, "private-experiment-101"),
	V6(128, "echo-request", .layout = ICMP_ECHO),
	V6(129, "echo-reply", .layout = ICMP_ECHO),
	V6(130, "multicast-listener-query", .layout = ICMP_MLD_QUERY),
	V6(131, "multicast-listener-report", .layout = ICMP_MLD_GROUP),
	V6(132, "multicast-listener-done", .layout = ICMP_MLD_GROUP),
	V6(133, "router-solicitation", .layout = ICMP_OPTIONS),
	V6(134, "router-advertisement", .layout = ICMP_ROUTER),
	V6(135, "neighbor-solicitation", .layout = ICMP_NEIGHBOR),
	V6(136, "neighbor-advertisement", .layout = ICMP_NEIGHBOR),
	V6(137, "redirect", .layout = ICMP_REDIRECT6),
	V6(138, "router-renumbering", CODES(renumbering6)),
	V6(139, "node-information-query", CODES(node_query6)),
	V6(140, "node-information-response", CODES(node_response6)),
	V6(141, "inverse-neighbor-solicitation", .layout = ICMP_OPTIONS),
	V6(142, "inverse-neighbor-advertisement", .layout = ICMP_OPTIONS),
	V6(143, "multicast-listener-report-v2", .layout = ICMP_MLD_REPORT),
	V6(144, "home-agent-address-request", .layout = ICMP_ID),
	V6(145, "home-agent-address-reply", .layout = ICMP_ID),
	V6(146, "mobile-prefix-solicitation", .layout = ICMP_ID),
	V6(147, "mobile-prefix-advertisement", .layout = ICMP_ID),
	V6(148, "certification-path-solicitation", .layout = ICMP_ID),
	V6(149, "certification-path-advertisement", .layout = ICMP_ID),
	V6(150, "experimental-mobility"),
	V6(151, "multicast-router-advertisement"),
	V6(152, "multicast-router-solicitation"),
	V6(153, "multicast-router-termination"),
	V6(154, "fmipv6"),
	V6(155, "rpl-control", CODES(rpl6)),
	V6(156, "ilnpv6-locator-update"),
	V6(157, "duplicate-address-request", CODES(address_request6)),
	V6(158, "duplicate-address-confirmation", CODES(address_confirmation6)),
	V6(159, "mpl-control"),
	V6(160, "extended-echo-request", .layout = ICMP_EXTENDED_REQUEST,
	   CODES(extended_request)),
	V6(161, "extended-echo-reply", .layout = ICMP_EXTENDED_REPLY,
	   CODES(extended_reply)),
	V6(200, "private-experiment-200"),
	V6(201, "private-experiment-201"),
	{ 0 },
};

const struct icmp_type *icmp_type_find(uint8_t family, uint8_t type)
{
	const struct icmp_type *t;

	for (t = icmp_types; t->name; t++)
		if (t->type == type && t->family == family)
			return t;
	return NULL;
}

const struct icmp_type *icmp_type_by_name(uint8_t family, const char *name)
{
	const struct icmp_type *t;

	for (t = icmp_types; t->name; t++)
		if (t->family == family && !strcmp(t->name, name))
			return t;
	return NULL;
}

static const char *find(const char *const *names, size_t count, uint8_t number)
{
	return number < count ? names[number] : NULL;
}

const char *icmp_code_name(uint8_t family, uint8_t type, uint8_t code)
{
	const struct icmp_type *t = icmp_type_find(family, type);

	return t ? find(t->codes, t->codes_count, code) : NULL;
}

int icmp_code_by_name(const struct icmp_type *type, const char *name)
{
	for (int code = 0; code < type->codes_count; code++)
		if (type->codes[code] && !strcmp(type->codes[code], name))
			return code;
	return -1;
}

/* ---- parts of messages ---- */

const char *nd_option_name(uint8_t type)
{
	/* IANA, "IPv6 Neighbor Discovery Option Formats" */
	static const char *const names[] = {
		[1] = "source-link-layer-address",
		[2] = "target-link-layer-address",
		[3] = "prefix",
		[4] = "redirected-header",
		[5] = "mtu",
		[6] = "nbma-shortcut-limit",
		[7] = "advertisement-interval",
		[8] = "home-agent",
		[9] = "source-addresses",
		[10] = "target-addresses",
		[11] = "cga",
		[12] = "rsa-signature",
		[13] = "timestamp",
		[14] = "nonce",
		[15] = "trust-anchor",
		[16] = "certificate",
		[17] = "ip-address",
		[18] = "new-router-prefix",
		[19] = "link-layer-address",
		[20] = "neighbor-advertisement-acknowledgment",
		[21] = "pvd-id",
		[23] = "map",
		[24] = "route",
		[25] = "dns-servers",
		[26] = "flags-extension",
		[27] = "handover-key-request",
		[28] = "handover-key-reply",
		[29] = "handover-assist",
		[30] = "mobile-node-identifier",
		[31] = "dns-search-list",
		[32] = "proxy-signature",
		[33] = "address-registration",
		[34] = "6lowpan-context",
		[35] = "authoritative-border-router",
		[36] = "6lowpan-capability",
		[37] = "captive-portal",
		[38] = "pref64",
		[39] = "crypto-id",
		[40] = "ndp-signature",
		[41] = "resource-directory-address",
		[42] = "consistent-uptime",
		[138] = "card-request",
		[139] = "card-reply",
		[144] = "encrypted-dns",
		[253] = "experiment-1",
		[254] = "experiment-2",
	};

	return find(names, COUNT(names), type);
}

const char *mld_record_name(uint8_t type)
{
	/* RFC 3810, section 5.2.12 */
	static const char *const names[] = {
		[1] = "is-include",	   [2] = "is-exclude",
		[3] = "change-to-include", [4] = "change-to-exclude",
		[5] = "allow-new-sources", [6] = "block-old-sources",
	};

	return find(names, COUNT(names), type);
}

const char *probe_state_name(uint8_t state)
{
	/* RFC 8335, section 3 */
	static const char *const names[] = {
		[1] = "incomplete", [2] = "reachable", [3] = "stale",
		[4] = "delay",	    [5] = "probe",     [6] = "failed",
	};

	return find(names, COUNT(names), state);
}

const char *interface_role_name(uint8_t role)
{
	/* RFC 5837, section 4.1 */
	static const char *const names[] = {
		[0] = "incoming",
		[1] = "sub-ip",
		[2] = "outgoing",
		[3] = "next-hop",
	};

	return find(names, COUNT(names), role);
}

const char *preference_name(uint8_t preference)
{
	/* RFC 4191, section 2.1 */
	static const char *const names[] = {
		[0] = "medium",
		[1] = "high",
		[2] = "reserved",
		[3] = "low",
	};

	return find(names, COUNT(names), preference);
}

const char *svc_key_name(uint16_t key)
{
	/* IANA, "Service Parameter Keys": RFC 9460, RFC 9461 (7), RFC 9540 (8) */
	static const char *const names[] = {
		[0] = "mandatory", [1] = "alpn",     [2] = "no-default-alpn",
		[3] = "port",	   [4] = "ipv4hint", [5] = "ech",
		[6] = "ipv6hint",  [7] = "dohpath",  [8] = "ohttp",
	};

	return key < COUNT(names) ? names[key] : NULL;
}
