// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>
#include <sys/socket.h>

#include "icmp_names.h"

/*
 * IANA, "Internet Control Message Protocol (ICMP) Parameters" and "Internet
 * Control Message Protocol version 6 (ICMPv6) Parameters", with the deprecated
 * types and without those that are merely reserved.
 */
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
	V4(3, "destination-unreachable", .layout = ICMP_UNREACHABLE),
	V4(4, "source-quench", .layout = ICMP_ERROR),
	V4(5, "redirect", .layout = ICMP_REDIRECT4),
	V4(6, "alternate-host-address"),
	V4(8, "echo-request", .layout = ICMP_ECHO),
	V4(9, "router-advertisement"),
	V4(10, "router-solicitation"),
	V4(11, "time-exceeded", .layout = ICMP_ERROR),
	V4(12, "parameter-problem", .layout = ICMP_POINTER8),
	V4(13, "timestamp-request", .layout = ICMP_ECHO),
	V4(14, "timestamp-reply", .layout = ICMP_ECHO),
	V4(15, "information-request", .layout = ICMP_ECHO),
	V4(16, "information-reply", .layout = ICMP_ECHO),
	V4(17, "address-mask-request", .layout = ICMP_ECHO),
	V4(18, "address-mask-reply", .layout = ICMP_ECHO),
	V4(30, "traceroute"),
	V4(31, "datagram-conversion-error"),
	V4(32, "mobile-host-redirect"),
	V4(33, "ipv6-where-are-you"),
	V4(34, "ipv6-i-am-here"),
	V4(35, "mobile-registration-request"),
	V4(36, "mobile-registration-reply"),
	V4(37, "domain-name-request"),
	V4(38, "domain-name-reply"),
	V4(39, "skip"),
	V4(40, "photuris"),
	V4(41, "experimental-mobility"),
	V4(42, "extended-echo-request", .layout = ICMP_EXTENDED_ECHO),
	V4(43, "extended-echo-reply", .layout = ICMP_EXTENDED_ECHO),
	V4(253, "experiment-1"),
	V4(254, "experiment-2"),

	V6(1, "destination-unreachable", .layout = ICMP_ERROR),
	V6(2, "packet-too-big", .layout = ICMP_TOO_BIG),
	V6(3, "time-exceeded", .layout = ICMP_ERROR),
	V6(4, "parameter-problem", .layout = ICMP_POINTER32),
	V6(100, "private-experiment-100"),
	V6(101, "private-experiment-101"),
	V6(128, "echo-request", .layout = ICMP_ECHO),
	V6(129, "echo-reply", .layout = ICMP_ECHO),
	V6(130, "multicast-listener-query"),
	V6(131, "multicast-listener-report"),
	V6(132, "multicast-listener-done"),
	V6(133, "router-solicitation"),
	V6(134, "router-advertisement"),
	V6(135, "neighbor-solicitation"),
	V6(136, "neighbor-advertisement"),
	V6(137, "redirect", .layout = ICMP_REDIRECT6),
	V6(138, "router-renumbering"),
	V6(139, "node-information-query"),
	V6(140, "node-information-response"),
	V6(141, "inverse-neighbor-solicitation"),
	V6(142, "inverse-neighbor-advertisement"),
	V6(143, "multicast-listener-report-v2"),
	V6(144, "home-agent-address-request"),
	V6(145, "home-agent-address-reply"),
	V6(146, "mobile-prefix-solicitation"),
	V6(147, "mobile-prefix-advertisement"),
	V6(148, "certification-path-solicitation"),
	V6(149, "certification-path-advertisement"),
	V6(150, "experimental-mobility"),
	V6(151, "multicast-router-advertisement"),
	V6(152, "multicast-router-solicitation"),
	V6(153, "multicast-router-termination"),
	V6(154, "fmipv6"),
	V6(155, "rpl-control"),
	V6(156, "ilnpv6-locator-update"),
	V6(157, "duplicate-address-request"),
	V6(158, "duplicate-address-confirmation"),
	V6(159, "mpl-control"),
	V6(160, "extended-echo-request", .layout = ICMP_EXTENDED_ECHO),
	V6(161, "extended-echo-reply", .layout = ICMP_EXTENDED_ECHO),
	V6(200, "private-experiment-200"),
	V6(201, "private-experiment-201"),
	{ 0 },
};

struct icmp_code {
	uint8_t family;
	uint8_t type;
	uint8_t code;
	const char *name;
};

#define CODE4(number, value, text)                 \
	{                                          \
		AF_INET, (number), (value), (text) \
	}
#define CODE6(number, value, text)                  \
	{                                           \
		AF_INET6, (number), (value), (text) \
	}

static const struct icmp_code codes[] = {
	/* Destination unreachable: RFC 792, RFC 1122 (6 to 12), RFC 1812 (13 to 15) */
	CODE4(3, 0, "network-unreachable"),
	CODE4(3, 1, "host-unreachable"),
	CODE4(3, 2, "protocol-unreachable"),
	CODE4(3, 3, "port-unreachable"),
	CODE4(3, 4, "fragmentation-needed"),
	CODE4(3, 5, "source-route-failed"),
	CODE4(3, 6, "network-unknown"),
	CODE4(3, 7, "host-unknown"),
	CODE4(3, 8, "source-host-isolated"),
	CODE4(3, 9, "network-prohibited"),
	CODE4(3, 10, "host-prohibited"),
	CODE4(3, 11, "network-unreachable-for-tos"),
	CODE4(3, 12, "host-unreachable-for-tos"),
	CODE4(3, 13, "communication-prohibited"),
	CODE4(3, 14, "host-precedence-violation"),
	CODE4(3, 15, "precedence-cutoff"),
	/* Redirect: RFC 792 */
	CODE4(5, 0, "network-redirect"),
	CODE4(5, 1, "host-redirect"),
	CODE4(5, 2, "tos-network-redirect"),
	CODE4(5, 3, "tos-host-redirect"),
	/* Time exceeded: RFC 792 */
	CODE4(11, 0, "ttl-exceeded-in-transit"),
	CODE4(11, 1, "fragment-reassembly-time-exceeded"),
	/* Parameter problem: RFC 792, RFC 1122 (1), RFC 1108 (2) */
	CODE4(12, 0, "pointer-indicates-error"),
	CODE4(12, 1, "required-option-missing"),
	CODE4(12, 2, "bad-length"),
	/* Destination unreachable: RFC 4443, RFC 6550 (7), RFC 8883 (8) */
	CODE6(1, 0, "no-route"),
	CODE6(1, 1, "administratively-prohibited"),
	CODE6(1, 2, "beyond-scope-of-source"),
	CODE6(1, 3, "address-unreachable"),
	CODE6(1, 4, "port-unreachable"),
	CODE6(1, 5, "source-address-failed-policy"),
	CODE6(1, 6, "reject-route"),
	CODE6(1, 7, "source-routing-header-error"),
	CODE6(1, 8, "headers-too-long"),
	/* Time exceeded: RFC 4443 */
	CODE6(3, 0, "hop-limit-exceeded-in-transit"),
	CODE6(3, 1, "fragment-reassembly-time-exceeded"),
	/* Parameter problem: RFC 4443, RFC 7112 (3), RFC 8754 (4), RFC 8883 (5 to 10) */
	CODE6(4, 0, "erroneous-header-field"),
	CODE6(4, 1, "unrecognized-next-header"),
	CODE6(4, 2, "unrecognized-option"),
	CODE6(4, 3, "incomplete-header-chain"),
	CODE6(4, 4, "sr-upper-layer-header-error"),
	CODE6(4, 5, "unrecognized-next-header-at-router"),
	CODE6(4, 6, "extension-header-too-big"),
	CODE6(4, 7, "extension-header-chain-too-long"),
	CODE6(4, 8, "too-many-extension-headers"),
	CODE6(4, 9, "too-many-options"),
	CODE6(4, 10, "option-too-big"),
};

const struct icmp_type *icmp_type_find(uint8_t family, uint8_t type)
{
	const struct icmp_type *t;

	for (t = icmp_types; t->name; t++)
		if (t->family == family && t->type == type)
			return t;
	return NULL;
}

const char *icmp_code_name(uint8_t family, uint8_t type, uint8_t code)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i].family == family && codes[i].type == type &&
		    codes[i].code == code)
			return codes[i].name;
	return NULL;
}
