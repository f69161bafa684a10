// SPDX-License-Identifier: GPL-2.0-or-later
/* Extensions of ICMP errors, RFC 4884, as routers send them */
#include "packet.h"

#include "icmp/decode_ip.h"

/* A label stack with label 26000, traffic class 0, TTL 1: RFC 4950. */
static const uint8_t stack[] = { 0, 8, 1, 1, 0x06, 0x59, 0x01, 0x01 };

enum sum {
	SUM_GOOD,
	SUM_BAD,
	SUM_NONE
};

/* Append an extension structure with one object. */
static void add_structure(struct packet *p, enum sum sum, const void *object,
			  size_t size)
{
	uint8_t *structure = p->data + p->size;
	uint64_t value;

	PACKET_ADD(p, 0x20, 0, 0, 0);
	packet_add(p, object, size);
	value = internet_sum(0, (struct span){ structure, size + 4 });
	while (value >> 16)
		value = (value & 0xffff) + (value >> 16);
	if (sum == SUM_BAD)
		value ^= 0x5555;
	if (sum != SUM_NONE) {
		uint16_t field = (uint16_t)~value;

		memcpy(structure + 2, &field, sizeof(field));
	}
}

/*
 * Time exceeded with this number in its length field, and a quoted UDP packet that is
 * padded to @quoted bytes.
 */
static struct packet exceeded(uint8_t family, uint8_t length, size_t quoted)
{
	struct packet p = packet_begin(family, family == AF_INET ? 11 : 3, 0);
	size_t begin;

	if (family == AF_INET)
		PACKET_ADD(&p, 0, length, 0, 0);
	else
		PACKET_ADD(&p, length, 0, 0, 0);
	begin = p.size;
	if (family == AF_INET)
		PACKET_ADD(&p, 0x45, 0, 0, 32, 0, 0, 0, 0, 1, 17, 0, 0, 192, 0,
			   2, 2, 198, 51, 100, 7);
	else
		PACKET_ADD(&p, 0x60, 0, 0, 0, 0, 12, 17, 1, 0x20, 1, 0x0d, 0xb8,
			   0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x20, 1, 0x0d,
			   0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7);
	PACKET_ADD(&p, 0xc8, 0x22, 0x01, 0xbb, 0, 12, 0, 0);
	packet_pad(&p, quoted - (p.size - begin));
	return p;
}

#define LABEL "mpls label 26000 traffic class 0 ttl 1"

static void assert_misplaced(uint8_t family, uint8_t length, unsigned int says)
{
	struct packet p = exceeded(family, length, 128);
	char words[64];

	add_structure(&p, SUM_GOOD, stack, sizeof(stack));
	snprintf(words, sizeof(words), ", extensions at 128, length says %u",
		 says);
	assert_text(&p, LABEL);
	assert_text(&p, words);
	assert_text(&p, "443 udp");
	assert_no_text(&p, "malformed");
	snprintf(words, sizeof(words),
		 "\"extensions_at\":128,\"announced_at\":%u,", says);
	assert_json(&p, "\"labels\":[{\"label\":26000,");
	assert_json(&p, words);
}

/* The field has the length without padding: 12 or 17 words, for 48 or 68 bytes, not 32. */
static void test_a_length_without_the_padding(void **state)
{
	(void)state;
	assert_misplaced(AF_INET, 12, 48);
	assert_misplaced(AF_INET, 17, 68);
	assert_misplaced(AF_INET6, 7, 56);
}

/* 128 bytes are 32 words of IPv4 and 16 of IPv6. */
static void test_a_length_in_bytes(void **state)
{
	(void)state;
	assert_misplaced(AF_INET, 128, 512);
	assert_misplaced(AF_INET6, 128, 1024);
	/* The length is in the words of the other family. */
	assert_misplaced(AF_INET6, 32, 256);
	assert_misplaced(AF_INET, 16, 64);
}

/* The length includes the extension structure, so it leads to the end of the message. */
static void test_a_length_to_the_end(void **state)
{
	(void)state;
	assert_misplaced(AF_INET, 35, 140);
}

/* RFC 4884, section 5.5: senders from before the RFC set no length. */
static void test_no_length(void **state)
{
	struct packet p = exceeded(AF_INET, 0, 128);

	(void)state;
	add_structure(&p, SUM_GOOD, stack, sizeof(stack));
	assert_text(&p, LABEL ", extensions at 128, no length");
	assert_json(&p, "\"extensions_at\":128,");
	assert_no_json(&p, "announced_at");
}

static void test_a_correct_length(void **state)
{
	struct packet p = exceeded(AF_INET, 32, 128);

	(void)state;
	add_structure(&p, SUM_GOOD, stack, sizeof(stack));
	assert_text(&p, LABEL ", length");
	assert_no_json(&p, "extensions_at");
	/* More than 128 bytes, and no extension structure after the first 128. */
	p = exceeded(AF_INET, 64, 256);
	add_structure(&p, SUM_GOOD, stack, sizeof(stack));
	assert_text(&p, LABEL ", length");
}

/* A wrong or missing checksum proves nothing, so only the length field leads to extensions. */
static void test_only_a_checksum_proves_extensions(void **state)
{
	static const enum sum sums[] = { SUM_BAD, SUM_NONE };
	struct packet p;

	(void)state;
	for (size_t i = 0; i < COUNT(sums); i++) {
		p = exceeded(AF_INET, 17, 128);
		add_structure(&p, sums[i], stack, sizeof(stack));
		assert_no_text(&p, "mpls");
		assert_text(&p, ", malformed");
		p = exceeded(AF_INET, 0, 128);
		add_structure(&p, sums[i], stack, sizeof(stack));
		assert_no_text(&p, "mpls");
		assert_no_text(&p, "malformed");
		p = exceeded(AF_INET, 32, 128);
		add_structure(&p, sums[i], stack, sizeof(stack));
		assert_text(&p, LABEL);
		assert_no_text(&p, "malformed");
	}
	/* RFC 4884, section 7: a checksum of zero was not computed. */
	assert_no_text(&p, "bad checksum of extensions");
}

/* If the capture ends before the extensions, their place is unknown. */
static void test_a_wrong_length_in_a_capture(void **state)
{
	const struct icmp_extra extra = { .interface = "eth0", .time = "" };
	struct packet p = exceeded(AF_INET, 17, 128);

	(void)state;
	add_structure(&p, SUM_GOOD, stack, sizeof(stack));
	for (size_t size = 1; size < p.size; size++) {
		char *text = packet_print(&p, size, &extra, false);

		assert_null(strstr(text, "malformed"));
		assert_null(strstr(text, "mpls"));
		assert_non_null(strstr(text, ", truncated"));
		free(text);
	}
}

/* Append an extension structure with one object of this class and type. */
static struct packet with_object(struct packet p, uint8_t class, uint8_t type,
				 const void *bytes, size_t size)
{
	uint8_t object[128] = { 0, (uint8_t)(4 + size), class, type };

	memcpy(object + 4, bytes, size);
	add_structure(&p, SUM_GOOD, object, 4 + size);
	return p;
}

/* An extended echo request, RFC 8335, identifier 7. */
static struct packet probe_begin(void)
{
	struct packet p = packet_begin(AF_INET, 42, 0);

	PACKET_ADD(&p, 0, 7, 9, 1);
	return p;
}

#define OBJECT(class, type, ...)                             \
	with_object(exceeded(AF_INET, 32, 128), class, type, \
		    (uint8_t[]){ __VA_ARGS__ },              \
		    sizeof((uint8_t[]){ __VA_ARGS__ }))
#define PROBE(type, ...)                                                \
	with_object(probe_begin(), 3, type, (uint8_t[]){ __VA_ARGS__ }, \
		    sizeof((uint8_t[]){ __VA_ARGS__ }))

static void assert_bad(struct packet p)
{
	assert_text(&p, " malformed, length ");
	assert_text(&p, ", malformed");
	assert_json(&p, "\"malformed\":true}],");
	assert_json(&p, "\"malformed\":true}\n");
}

static void assert_good(struct packet p, const char *words)
{
	assert_text(&p, words);
	assert_no_text(&p, "malformed");
}

/* Objects that end inside a field that their type announces. */
static void test_short_objects(void **state)
{
	(void)state;
	assert_bad(OBJECT(1, 1, 0, 0, 0x10));
	assert_bad(OBJECT(1, 1, 0, 0, 0x10, 1, 2));
	assert_bad(OBJECT(2, 8, 0, 0));
	assert_bad(OBJECT(2, 4, 0, 1, 0, 0, 10, 0));
	assert_bad(OBJECT(2, 4, 0, 9, 0, 0, 10, 0, 0, 1));
	assert_bad(OBJECT(2, 1, 5, 220));
	assert_bad(OBJECT(4, 1, 0, 70));
	assert_good(OBJECT(2, 8, 0, 0, 0, 3),
		    ", incoming interface index 3, length");
	/* Unknown types can have any contents. */
	assert_good(OBJECT(4, 2, 1), ", extension class 4 type 2,");
}

/* RFC 5837, section 4.3: a multiple of 4 bytes up to 64. */
static void test_interface_names(void **state)
{
	(void)state;
	assert_bad(OBJECT(2, 2, 5, 'e', 't', 'h', '0'));
	assert_bad(OBJECT(2, 2, 0, 'e', 't', 'h'));
	assert_bad(OBJECT(2, 2, 8, 'e', 't', 'h'));
	assert_bad(OBJECT(2, 2, 68, 'e', [67] = 0));
	assert_good(OBJECT(2, 2, 64, 'e', [63] = 0),
		    ", incoming interface e, length");
	assert_good(OBJECT(2, 2, 8, 'e', 't', 'h', '0', 0, 0, 0),
		    ", incoming interface eth0, length");
}

/* A name of 63 bytes can end inside a character; the other characters are printed. */
static void test_foreign_names_of_interfaces(void **state)
{
	struct packet p = OBJECT(2, 2, 8, 'g', 'r', 0xc3, 0xbc, 'n', 27, 0xc3);

	(void)state;
	assert_text(&p, " interface gr\303\274n\\x1b\\xc3, length");
	assert_json(&p, "\"name\":\"gr\303\274n\\u001B\\\\xc3\"");
	p = PROBE(1, 0xc3, 0xbc, 0xff, 0);
	assert_text(&p, ", interface \303\274\\xff, length");
	assert_json(&p, "\"name\":\"\303\274\\\\xff\"");
	p = OBJECT(5, 2, 4, 0xc3, 0xbc, 0xff);
	assert_text(&p, ", node \303\274\\xff, length");
	assert_json(&p, "\"name\":\"\303\274\\\\xff\"");
}

static void test_node_identification(void **state)
{
	struct packet p =
		OBJECT(5, 6, 0, 1, 0, 0, 192, 0, 2, 9, 4, 'r', '1', 0);

	(void)state;
	assert_good(p, ", node r1 address 192.0.2.9, length");
	assert_json(&p, "{\"class\":5,\"class_type\":6,\"name\":\"r1\","
			"\"address\":\"192.0.2.9\"}");
	assert_good(OBJECT(5, 2, 4, 'r', '1', 0), ", node r1, length");
	assert_good(OBJECT(5, 0, 0), ", node, length");
	assert_bad(OBJECT(5, 4, 0, 1, 0, 0, 192, 0));
	assert_bad(OBJECT(5, 2, 8, 'r', '1', 0));
}

/* The state has three bits, and six of the values have names. */
static void test_state_without_a_name(void **state)
{
	struct packet p = packet_begin(AF_INET, 43, 0);

	(void)state;
	PACKET_ADD(&p, 0, 7, 1, 7 << 5 | 4);
	assert_text(&p, "seq 1, state 7, active, length");
	assert_json(&p, "\"state\":7,");
}

/* RFC 8335, section 2.1: the address of the interface has a length of its own. */
static void test_probe_by_address(void **state)
{
	struct packet p = PROBE(3, 0, 6, 6, 0, 2, 0, 0x5e, 0, 0, 1, 0, 0);

	(void)state;
	assert_good(p, ", interface link layer address 02:00:5e:00:00:01,");
	assert_json(&p, "\"link_address\":\"02:00:5e:00:00:01\"");
	assert_good(PROBE(3, 0, 6, 8, 0, 2, 0, 0x5e, 0, 0, 0, 0, 1),
		    " link layer address 02:00:5e:00:00:00:00:01,");
	assert_good(PROBE(3, 0x40, 5, 6, 0, 2, 0, 0x5e, 0, 0, 1),
		    " link layer address 02:00:5e:00:00:01,");
	assert_good(PROBE(3, 0x40, 6, 8, 0, 2, 0, 0, 0, 0, 0, 0, 1),
		    " link layer address 02:00:00:00:00:00:00:01,");
	assert_good(PROBE(3, 0, 1, 4, 0, 10, 0, 0, 1),
		    ", interface address 10.0.0.1, length");
	assert_bad(PROBE(3, 0, 1, 6, 0, 10, 0, 0, 1, 0, 0));
	assert_bad(PROBE(3, 0, 2, 4, 0, 10, 0, 0, 1));
	assert_bad(PROBE(3, 0, 6, 4, 0, 10, 0, 0, 1));
	assert_bad(PROBE(3, 0, 99, 4, 0, 10, 0, 0, 1));
	assert_bad(PROBE(2, 0, 0, 3));
	assert_bad(PROBE(1, 0, 0, 0, 0));
}

/* Text has the header of the quoted packet with -v, JSON always. */
static void test_quoted_header(void **state)
{
	const struct icmp_extra extra = { .interface = "eth0",
					  .time = "",
					  .verbose = true };
	struct packet p = exceeded(AF_INET6, 0, 60);
	char *text;

	(void)state;
	p.data[48] = 0x6b;
	p.data[49] = 0x80;
	text = packet_print(&p, p.size, &extra, false);
	assert_non_null(strstr(text,
			       "443 udp class 0xb8 hop limit 1 length 52, "
			       "length"));
	free(text);
	assert_json(&p, "\"tos\":184,\"ttl\":1,\"length\":52}");
	/* A jumbogram, RFC 2675, has its length elsewhere. */
	p.data[53] = 0;
	assert_json(&p, "\"tos\":184,\"ttl\":1}");
	assert_text(&p, "443 udp, length");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_length_without_the_padding),
		cmocka_unit_test(test_a_length_in_bytes),
		cmocka_unit_test(test_a_length_to_the_end),
		cmocka_unit_test(test_no_length),
		cmocka_unit_test(test_a_correct_length),
		cmocka_unit_test(test_only_a_checksum_proves_extensions),
		cmocka_unit_test(test_a_wrong_length_in_a_capture),
		cmocka_unit_test(test_short_objects),
		cmocka_unit_test(test_interface_names),
		cmocka_unit_test(test_foreign_names_of_interfaces),
		cmocka_unit_test(test_node_identification),
		cmocka_unit_test(test_state_without_a_name),
		cmocka_unit_test(test_probe_by_address),
		cmocka_unit_test(test_quoted_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
