// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hand-made packets. Each is decoded from a heap block of exactly its size, so that
 * AddressSanitizer detects every read beyond the captured bytes.
 */
#include "test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "icmp/decode.h"
#include "icmp/names.h"

/* 10.0.0.1 > 10.0.0.2, with a protocol and a fragment field. */
#define IPV4_FRAGMENT(protocol, fragment)                                 \
	0x45, 0, 0, 84, 0x12, 0x34, (fragment) >> 8, (fragment)&0xff, 64, \
		(protocol), 0, 0, 10, 0, 0, 1, 10, 0, 0, 2
#define IPV4(protocol) IPV4_FRAGMENT(protocol, 0x4000)

/* 2001:db8::1 > 2001:db8::2 */
#define IPV6(next)                                                             \
	0x60, 0, 0, 0, 2, 0, (next), 64, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0,   \
		0, 0, 0, 0, 0, 0, 0, 1, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, \
		0, 0, 0, 0, 0, 0, 2

/* Ports 51234 and 443, then the rest of the 8 bytes that RFC 792 quotes. */
#define PORTS 0xc8, 0x22, 0x01, 0xbb, 0, 0, 0, 0

static const uint8_t echo4[] = { IPV4(1), 8, 0,	  0xab, 0xcd, 0x12, 0x34,
				 0,	  7, 'd', 'a',	't',  'a' };

static const uint8_t fragmentation_needed[] = { IPV4(1), 3,	  4,	0,
						0,	 0,	  0,	0x05,
						0x78,	 IPV4(6), PORTS };

static const uint8_t redirect4[] = { IPV4(1), 5, 1,   0,	0,    192,
				     0,	      2, 254, IPV4(17), PORTS };

static const uint8_t pointer4[] = { IPV4(1), 12, 0, 0, 0, 20, 0, 0, 0,
				    IPV4(1), 8,	 0, 0, 0, 0,  9, 0, 7 };

static const uint8_t too_big[] = { IPV6(58), 2,	   0,	 0,	  0,	0,
				   0,	     0x05, 0x00, IPV6(6), PORTS };

/* Hop-by-hop, routing, a first fragment, authentication, then ICMPv6. */
static const uint8_t extensions6[] = {
	IPV6(0), 43, 0, 1, 4, 0, 0, 0,	 0,  44, 0, 0,	  0,	0,    0,   0, 0,
	51,	 0,  0, 1, 0, 0, 0, 9,	 58, 2,	 0, 0,	  0,	0,    0,   1, 0,
	0,	 0,  2, 0, 0, 0, 3, 128, 0,  0,	 0, 0x11, 0x22, 0x33, 0x44
};

/* RFC 4861: target, destination, a prefix option, then the redirected header. */
static const uint8_t redirect6[] = {
	IPV6(58), 137, 0, 0, 0, 0, 0, 0, 0, 0xfe, 0x80, 0,    0,	0,    0,
	0,	  0,   0, 0, 0, 0, 0, 0, 0, 0xfe, 0x20, 0x01, 0x0d,	0xb8, 0,
	0,	  0,   0, 0, 0, 0, 0, 0, 0, 0,	  2,	2,    1,	0,    0,
	0,	  0,   0, 0, 4, 7, 0, 0, 0, 0,	  0,	0,    IPV6(17), PORTS
};

static const struct {
	uint8_t family;
	const uint8_t *packet;
	size_t size;
} packets[] = {
	{ AF_INET, echo4, sizeof(echo4) },
	{ AF_INET, fragmentation_needed, sizeof(fragmentation_needed) },
	{ AF_INET, redirect4, sizeof(redirect4) },
	{ AF_INET, pointer4, sizeof(pointer4) },
	{ AF_INET6, too_big, sizeof(too_big) },
	{ AF_INET6, extensions6, sizeof(extensions6) },
	{ AF_INET6, redirect6, sizeof(redirect6) },
};

static struct icmp_event decode(uint8_t family, const void *packet, size_t size)
{
	struct icmp_event event;
	/* malloc(0) may be NULL, which would hide a read. */
	uint8_t *copy = malloc(size ? size : 1);

	assert_non_null(copy);
	if (size)
		memcpy(copy, packet, size);
	icmp_decode(family, size ? copy : copy + 1, size, &event);
	free(copy);
	return event;
}

static void assert_address(uint8_t family, const uint8_t *addr,
			   const char *expected)
{
	char text[INET6_ADDRSTRLEN];

	assert_non_null(inet_ntop(family, addr, text, sizeof(text)));
	assert_string_equal(text, expected);
}

static void test_echo4(void **state)
{
	struct icmp_event e = decode(AF_INET, echo4, sizeof(echo4));

	(void)state;
	assert_int_equal(e.has,
			 HAS_ADDRESSES | HAS_TYPE | HAS_ID | HAS_ECHO_SEQ);
	assert_address(AF_INET, e.ip.src, "10.0.0.1");
	assert_address(AF_INET, e.ip.dst, "10.0.0.2");
	assert_int_equal(e.type, 8);
	assert_int_equal(e.code, 0);
	assert_int_equal(e.id, 0x1234);
	assert_int_equal(e.echo_seq, 7);
}

static void test_fragmentation_needed(void **state)
{
	struct icmp_event e = decode(AF_INET, fragmentation_needed,
				     sizeof(fragmentation_needed));

	(void)state;
	assert_int_equal(e.has,
			 HAS_ADDRESSES | HAS_TYPE | HAS_MTU | HAS_QUOTED);
	assert_int_equal(e.mtu, 1400);
	assert_int_equal(e.quoted.has, HAS_ADDRESSES | HAS_PORTS);
	assert_int_equal(e.quoted.protocol, IPPROTO_TCP);
	assert_int_equal(e.quoted.src_port, 51234);
	assert_int_equal(e.quoted.dst_port, 443);
	assert_address(AF_INET, e.quoted.src, "10.0.0.1");
}

/* Only "fragmentation needed" has an MTU: for other codes those bytes are unused. */
static void test_port_unreachable_has_no_mtu(void **state)
{
	uint8_t packet[sizeof(fragmentation_needed)];
	struct icmp_event e;

	(void)state;
	memcpy(packet, fragmentation_needed, sizeof(packet));
	packet[21] = 3;
	e = decode(AF_INET, packet, sizeof(packet));
	assert_int_equal(e.has, HAS_ADDRESSES | HAS_TYPE | HAS_QUOTED);
}

static void test_redirect4(void **state)
{
	struct icmp_event e = decode(AF_INET, redirect4, sizeof(redirect4));

	(void)state;
	assert_int_equal(e.has,
			 HAS_ADDRESSES | HAS_TYPE | HAS_GATEWAY | HAS_QUOTED);
	assert_address(AF_INET, e.gateway, "192.0.2.254");
	assert_int_equal(e.quoted.dst_port, 443);
}

static void test_pointer4(void **state)
{
	struct icmp_event e = decode(AF_INET, pointer4, sizeof(pointer4));
	uint8_t packet[sizeof(pointer4)];

	(void)state;
	assert_int_equal(e.has,
			 HAS_ADDRESSES | HAS_TYPE | HAS_POINTER | HAS_QUOTED);
	assert_int_equal(e.pointer, 20);
	/* The quoted packet is ICMP, which has no ports. */
	assert_int_equal(e.quoted.has,
			 HAS_ADDRESSES | HAS_TYPE | HAS_ID | HAS_ECHO_SEQ);
	assert_int_equal(e.quoted.type, 8);
	assert_int_equal(e.quoted.id, 9);
	assert_int_equal(e.quoted.echo_seq, 7);

	memcpy(packet, pointer4, sizeof(packet));
	packet[21] = 1;
	e = decode(AF_INET, packet, sizeof(packet));
	assert_int_equal(e.has, HAS_ADDRESSES | HAS_TYPE | HAS_QUOTED);
}

static void test_too_big(void **state)
{
	struct icmp_event e = decode(AF_INET6, too_big, sizeof(too_big));

	(void)state;
	assert_int_equal(e.has,
			 HAS_ADDRESSES | HAS_TYPE | HAS_MTU | HAS_QUOTED);
	assert_address(AF_INET6, e.ip.src, "2001:db8::1");
	assert_int_equal(e.mtu, 1280);
	assert_int_equal(e.quoted.src_port, 51234);
	assert_address(AF_INET6, e.quoted.dst, "2001:db8::2");
}

static void test_extensions6(void **state)
{
	struct icmp_event e =
		decode(AF_INET6, extensions6, sizeof(extensions6));

	(void)state;
	assert_int_equal(e.has,
			 HAS_ADDRESSES | HAS_TYPE | HAS_ID | HAS_ECHO_SEQ);
	assert_int_equal(e.type, 128);
	assert_int_equal(e.id, 0x1122);
	assert_int_equal(e.echo_seq, 0x3344);
}

static void test_redirect6(void **state)
{
	struct icmp_event e = decode(AF_INET6, redirect6, sizeof(redirect6));

	(void)state;
	assert_int_equal(e.has, HAS_ADDRESSES | HAS_TYPE | HAS_GATEWAY |
					HAS_QUOTED | HAS_BODY);
	assert_address(AF_INET6, e.gateway, "fe80::fe");
	assert_address(AF_INET6, e.neighbor.address, "2001:db8::2");
	assert_int_equal(e.quoted.protocol, IPPROTO_UDP);
	assert_int_equal(e.quoted.dst_port, 443);
}

static void test_options4(void **state)
{
	const uint8_t packet[] = { 0x46, 0, 0, 84, 0, 0, 0, 0, 64, 1, 0, 0, 10,
				   0, 0, 1, 10, 0, 0, 2,
				   /* record route, padding */
				   7, 3, 4, 0, 0, 0, 0, 0, 0, 1, 0, 2 };
	struct icmp_event e = decode(AF_INET, packet, sizeof(packet));

	(void)state;
	assert_int_equal(e.type, 0);
	assert_int_equal(e.id, 1);
	assert_int_equal(e.echo_seq, 2);
}

static void test_fragments(void **state)
{
	const uint8_t first4[] = {
		IPV4_FRAGMENT(1, 0x2000), 8, 0, 0, 0, 0, 1, 0, 2
	};
	const uint8_t later4[] = {
		IPV4_FRAGMENT(1, 0x00b9), 8, 0, 0, 0, 0, 1, 0, 2
	};
	const uint8_t later6[] = { IPV6(44), 58, 0, 0x05, 0xa8, 0, 0, 0, 1,
				   128,	     0,	 0, 0,	  0,	1, 0, 2 };
	struct icmp_event e;

	(void)state;
	e = decode(AF_INET, first4, sizeof(first4));
	assert_true(e.has & HAS_TYPE);
	assert_false(e.has & IS_FRAGMENT);
	e = decode(AF_INET, later4, sizeof(later4));
	assert_int_equal(e.has, HAS_ADDRESSES | IS_FRAGMENT);
	e = decode(AF_INET6, later6, sizeof(later6));
	assert_int_equal(e.has, HAS_ADDRESSES | IS_FRAGMENT);
}

static void test_quoted_fragment_has_no_ports(void **state)
{
	const uint8_t packet[] = { IPV4(1), 11, 1, 0, 0,
				   0,	    0,	0, 0, IPV4_FRAGMENT(17, 0x00b9),
				   PORTS };
	struct icmp_event e = decode(AF_INET, packet, sizeof(packet));

	(void)state;
	assert_true(e.has & HAS_QUOTED);
	assert_int_equal(e.quoted.has, HAS_ADDRESSES | IS_FRAGMENT);
}

static void test_extended_echo(void **state)
{
	const uint8_t packet[] = { IPV4(1), 42, 0, 0, 0, 0x12, 0x34, 9, 1 };
	struct icmp_event e = decode(AF_INET, packet, sizeof(packet));

	(void)state;
	assert_int_equal(e.id, 0x1234);
	assert_int_equal(e.echo_seq, 9);
}

/* The quoted packet ends where RFC 4884 says, even if extensions look like ports. */
static void test_quoted_packet_ends_where_extensions_begin(void **state)
{
	const uint8_t packet[] = { IPV4(1), 11,	      0,    0, 0,    0, 5, 0,
				   0,	    IPV4(17), 0x20, 0, 0,    0, 0, 8,
				   1,	    1,	      0,    1, 0x01, 5 };
	struct icmp_event e = decode(AF_INET, packet, sizeof(packet));

	(void)state;
	assert_int_equal(e.quoted.has, HAS_ADDRESSES);
	assert_true(e.has & IS_TRUNCATED);
	assert_int_equal(e.list_kind, LIST_OBJECTS);
	assert_int_equal(e.list_checksum, CHECKSUM_UNKNOWN);
	assert_int_equal(e.list.size, 8);
}

/* A router solicitation with 8 bytes beyond the length in its IP header. */
static void test_padding_is_not_decoded(void **state)
{
	uint8_t packet[] = { IPV6(58), 133, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3,
			     4,	       5,   6, 7, 2, 1, 2, 3, 4, 5, 6, 7 };
	struct icmp_event e;

	(void)state;
	packet[4] = 0;
	packet[5] = 16;
	e = decode(AF_INET6, packet, sizeof(packet));
	assert_int_equal(e.has, HAS_ADDRESSES | HAS_TYPE);
	assert_int_equal(e.list_kind, LIST_OPTIONS);
	assert_int_equal(e.list.size, 8);
	packet[5] = 24;
	e = decode(AF_INET6, packet, sizeof(packet));
	assert_int_equal(e.list.size, 16);
}

/* An option of length 0 is malformed, even in a truncated capture. */
static void test_empty_option_is_malformed(void **state)
{
	const uint8_t packet[] = { IPV6(58), 133, 0, 0, 0, 0, 0, 0, 0, 1, 0 };

	(void)state;
	assert_int_equal(decode(AF_INET6, packet, sizeof(packet)).has,
			 HAS_ADDRESSES | HAS_TYPE | IS_MALFORMED);
}

/* RFC 3810, section 8.1: 24 bytes are of version 1, and 28 or more of version 2. */
static void test_query_between_the_versions(void **state)
{
	uint8_t packet[40 + 28] = { IPV6(58), 130 };
	struct icmp_event e;

	(void)state;
	for (uint8_t size = 24; size <= 28; size++) {
		packet[4] = 0;
		packet[5] = size;
		e = decode(AF_INET6, packet, 40UL + size);
		assert_int_equal(!!(e.has & IS_MALFORMED),
				 size != 24 && size != 28);
		assert_int_equal(e.group.v2, size == 28);
	}
}

static void test_other_packets(void **state)
{
	const uint8_t udp[] = { IPV4(17), PORTS };
	const uint8_t short_header[] = { 0x41, 0, 0, 84, 0, 0, 0, 0, 64, 1, 0,
					 0,    0, 0, 0,	 0, 0, 0, 0, 0,	 8, 0 };
	const uint8_t unknown[] = { IPV4(1), 77, 5, 0, 0, 0, 0, 0, 0 };
	struct icmp_event e;

	(void)state;
	assert_int_equal(decode(AF_INET, udp, sizeof(udp)).has, HAS_ADDRESSES);
	assert_false(decode(AF_INET, short_header, sizeof(short_header)).has &
		     HAS_TYPE);
	assert_int_equal(decode(AF_INET6, echo4, sizeof(echo4)).has,
			 IS_TRUNCATED);
	e = decode(AF_INET, unknown, sizeof(unknown));
	assert_int_equal(e.has, HAS_ADDRESSES | HAS_TYPE);
	assert_int_equal(e.type, 77);
	assert_int_equal(e.code, 5);
}

/* A redirect can also end after its addresses, or after an option. */
static bool may_end(const uint8_t *packet, size_t size)
{
	return packet == redirect6 && (size == 80 || size == 88);
}

/*
 * A packet that is cut anywhere yields a part of the whole packet's event. It is truncated
 * if a field is missing.
 */
static void test_every_truncation(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(packets); i++) {
		struct icmp_event whole = decode(
			packets[i].family, packets[i].packet, packets[i].size);

		assert_false(whole.has & IS_TRUNCATED);
		for (size_t size = 0; size < packets[i].size; size++) {
			struct icmp_event e = decode(packets[i].family,
						     packets[i].packet, size);
			uint32_t less = e.has & ~(uint32_t)IS_TRUNCATED;

			assert_int_equal(less & ~whole.has, 0);
			if (less != whole.has ||
			    e.quoted.has != whole.quoted.has)
				assert_true(e.has & IS_TRUNCATED ||
					    may_end(packets[i].packet, size));
		}
	}
}

/* Random bytes: the test fails only if AddressSanitizer or UBSan reports an error. */
static void test_random_bytes(void **state)
{
	unsigned int seed = 4711;
	uint8_t packet[160];

	(void)state;
	for (int round = 0; round < 200000; round++) {
		size_t i, size = (size_t)rand_r(&seed) % sizeof(packet);
		bool v4 = round & 1;

		for (i = 0; i < size; i++)
			packet[i] = (uint8_t)(rand_r(&seed) >> 8);
		/* Without this, decoding mostly ends at the first byte. */
		if (size > 20 && round & 2) {
			packet[0] = v4 ? 0x45 + (packet[0] & 3) : 0x60;
			packet[v4 ? 9 : 6] = v4 ? 1 :
						  (uint8_t[]){
							  58, 0, 43, 44, 51, 60
						  }[round % 6];
			packet[v4 ? 6 : 1] = 0;
			packet[7] = 0;
		}
		decode(v4 ? AF_INET : AF_INET6, packet, size);
	}
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(icmp_type_find(AF_INET, 8)->name, "echo-request");
	assert_string_equal(icmp_type_find(AF_INET6, 128)->name,
			    "echo-request");
	assert_null(icmp_type_find(AF_INET, 128));
	assert_null(icmp_type_find(AF_INET, 1));
	assert_string_equal(icmp_code_name(AF_INET, 3, 4),
			    "fragmentation-needed");
	assert_string_equal(icmp_code_name(AF_INET6, 1, 4), "port-unreachable");
	assert_null(icmp_code_name(AF_INET, 8, 0));
	assert_null(icmp_code_name(AF_INET, 3, 16));
}

/* --type takes names, so each name must be unique within a family. */
static void test_names_are_unique(void **state)
{
	const struct icmp_type *a, *b;

	(void)state;
	for (a = icmp_types; a->name; a++) {
		assert_int_equal(
			strspn(a->name,
			       "abcdefghijklmnopqrstuvwxyz0123456789-"),
			strlen(a->name));
		for (b = a + 1; b->name; b++) {
			if (a->family != b->family)
				continue;
			assert_string_not_equal(a->name, b->name);
			assert_true(a->type < b->type);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_echo4),
		cmocka_unit_test(test_fragmentation_needed),
		cmocka_unit_test(test_port_unreachable_has_no_mtu),
		cmocka_unit_test(test_redirect4),
		cmocka_unit_test(test_pointer4),
		cmocka_unit_test(test_too_big),
		cmocka_unit_test(test_extensions6),
		cmocka_unit_test(test_redirect6),
		cmocka_unit_test(test_options4),
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_quoted_fragment_has_no_ports),
		cmocka_unit_test(test_extended_echo),
		cmocka_unit_test(
			test_quoted_packet_ends_where_extensions_begin),
		cmocka_unit_test(test_padding_is_not_decoded),
		cmocka_unit_test(test_empty_option_is_malformed),
		cmocka_unit_test(test_query_between_the_versions),
		cmocka_unit_test(test_other_packets),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_random_bytes),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_names_are_unique),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
