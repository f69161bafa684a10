// SPDX-License-Identifier: GPL-2.0-or-later
/* Valid and invalid options of neighbour discovery */
#include "packet.h"

/* A router advertisement with one option. */
static struct packet advertisement(const void *option, size_t size)
{
	struct packet p = packet_begin(AF_INET6, 134, 0);

	PACKET_ADD(&p, 64, 0, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0);
	packet_add(&p, option, size);
	return p;
}

/* An option of this type and length in units of 8 bytes: zeros behind @bytes. */
static struct packet with_option(uint8_t type, uint8_t units, const void *bytes,
				 size_t size)
{
	uint8_t option[256 * 8] = { type, units };

	memcpy(option + 2, bytes, size);
	return advertisement(option, units * 8UL);
}

#define OPTION(type, units, ...)                             \
	with_option(type, units, (uint8_t[]){ __VA_ARGS__ }, \
		    sizeof((uint8_t[]){ __VA_ARGS__ }))

#define DB8 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0

static void assert_bad(struct packet p, const char *name)
{
	char words[96];

	snprintf(words, sizeof(words), "s, %s malformed, length", name);
	assert_text(&p, words);
	assert_text(&p, ", malformed");
	assert_json(&p, "\"malformed\":true}],");
	assert_json(&p, "\"malformed\":true}\n");
}

static void assert_good(struct packet p, const char *words)
{
	assert_text(&p, words);
	assert_no_text(&p, "malformed");
	assert_no_json(&p, "malformed");
}

/* RFC 8106, section 5.1: a header of one unit, and two for each address. */
static void test_dns_servers(void **state)
{
	(void)state;
	assert_bad(OPTION(25, 1, 0, 0, 0, 0, 0, 9), "dns servers");
	assert_bad(OPTION(25, 2, 0, 0, 0, 0, 0, 9, DB8), "dns servers");
	assert_bad(OPTION(25, 4, 0, 0, 0, 0, 0, 9, DB8, 1), "dns servers");
	assert_good(OPTION(25, 3, 0, 0, 0, 0, 0, 9, DB8, 1),
		    ", dns servers 2001:db8::1 lifetime 9 s, length");
}

/* RFC 4861, section 4.6.2 */
static void test_prefix(void **state)
{
	(void)state;
	for (int units = 1; units < 8; units++)
		if (units != 4)
			assert_bad(OPTION(3, (uint8_t)units, 64), "prefix");
	assert_bad(OPTION(3, 4, 129, 0xc0), "prefix");
	assert_bad(OPTION(3, 4, 255, 0xc0), "prefix");
	assert_good(OPTION(3, 4, 128, 0, 0, 0, 0, 9, 0, 0, 0, 8, 0, 0, 0, 0,
			   DB8, 1),
		    ", prefix 2001:db8::1/128 valid 9 s preferred 8 s, length");
}

/* RFC 4191, section 2.3: the option must have all significant bits of the prefix. */
static void test_route(void **state)
{
	(void)state;
	assert_bad(OPTION(24, 1, 64, 0, 0, 0, 0, 9), "route");
	assert_bad(OPTION(24, 1, 1, 0, 0, 0, 0, 9), "route");
	assert_bad(OPTION(24, 2, 65, 0, 0, 0, 0, 9, DB8), "route");
	assert_bad(OPTION(24, 3, 129, 0, 0, 0, 0, 9, DB8, 1), "route");
	assert_bad(OPTION(24, 4, 64, 0, 0, 0, 0, 9, DB8, 1), "route");
	assert_good(OPTION(24, 1, 0, 0, 0, 0, 0, 9),
		    ", route ::/0 preference medium lifetime 9 s, length");
	assert_good(OPTION(24, 2, 64, 8, 0, 0, 0, 9, 0x20, 1, 0x0d, 0xb8, 0, 0,
			   0, 7),
		    ", route 2001:db8:0:7::/64 preference high lifetime 9 s,");
	assert_good(OPTION(24, 3, 128, 0, 0, 0, 0, 9, DB8, 1),
		    ", route 2001:db8::1/128 preference medium lifetime 9 s,");
}

/* RFC 8781, section 4: codes 6 and 7 name no length, and the option has 16 bytes. */
static void test_pref64(void **state)
{
	(void)state;
	assert_bad(OPTION(38, 1, 0x02, 0x58, 0, 0x64), "pref64");
	assert_bad(OPTION(38, 2, 0x02, 0x5e, 0, 0x64), "pref64");
	assert_bad(OPTION(38, 2, 0x02, 0x5f, 0, 0x64), "pref64");
	assert_good(OPTION(38, 2, 0x02, 0x5d, 0, 0x64, 0xff, 0x9b),
		    ", pref64 64:ff9b::/32 lifetime 600 s, length");
	assert_good(OPTION(38, 2, 0x02, 0x58, 0, 0x64, 0xff, 0x9b),
		    ", pref64 64:ff9b::/96 lifetime 600 s, length");
	assert_bad(OPTION(38, 3, 0x02, 0x58, 0, 0x64, 0xff, 0x9b), "pref64");
}

#define SEARCH(...) OPTION(31, 4, 0, 0, 0, 0, 0, 9, __VA_ARGS__)

/* RFC 8106, section 5.2: whole names, then zeros. */
static void test_search_list(void **state)
{
	uint8_t label[256 - 8];

	(void)state;
	assert_bad(OPTION(31, 1, 0, 0, 0, 0, 0, 9), "dns search list");
	/* No name; a name without an end; a name that ends beyond the option. */
	assert_bad(SEARCH(0), "dns search list");
	assert_bad(SEARCH(3, 'l', 'a', 'n', 0, 20, 'x'), "dns search list");
	assert_bad(OPTION(31, 2, 0, 0, 0, 0, 0, 9, 7, 'e', 'x', 'a', 'm', 'p',
			  'l', 'e'),
		   "dns search list");
	/* A compression pointer, a label of 64 bytes, and junk after the end. */
	assert_bad(SEARCH(3, 'l', 'a', 'n', 0xc0, 0), "dns search list");
	assert_bad(SEARCH(3, 'l', 'a', 'n', 0, 0, 0, 'x'), "dns search list");
	memset(label, 'x', sizeof(label));
	memset(label, 0, 6);
	label[6] = 64;
	label[sizeof(label) - 1] = 0;
	assert_bad(with_option(31, 31, label, 31 * 8 - 2), "dns search list");
	assert_good(SEARCH(3, 'l', 'a', 'n', 0, 1, 'x', 1, 'y', 0),
		    ", dns search list lan x.y lifetime 9 s, length");
}

/* RFC 1035, section 2.3.4: at most 255 bytes, here in labels of one byte. */
static void test_name_of_255_bytes(void **state)
{
	uint8_t bytes[33 * 8 - 2] = { 0 };

	(void)state;
	for (size_t i = 0; i < 127; i++) {
		bytes[6 + 2 * i] = 1;
		bytes[7 + 2 * i] = 'x';
	}
	assert_good(with_option(31, 33, bytes, sizeof(bytes)),
		    ".x.x.x lifetime 0 s, length");
	bytes[6 + 2 * 126] = 2;
	bytes[8 + 2 * 126] = 'x';
	assert_bad(with_option(31, 33, bytes, sizeof(bytes)),
		   "dns search list");
}

/* A label can have any byte, RFC 2181, section 11. */
static void test_strange_labels(void **state)
{
	struct packet p = SEARCH(3, 'a', '.', 'b', 2, '\\', 0, 2, 0xc3, 0xbc, 2,
				 0xff, 27, 0);

	(void)state;
	assert_good(p, " a\\.b.\\\\\\000.\303\274.\\xff\\x1b lifetime");
	assert_json(&p, "\"a\\\\.b.\\\\\\\\\\\\000.\303\274.\\\\xff\\u001B\"");
}

static void test_other_lengths(void **state)
{
	static const struct {
		uint8_t type;
		uint8_t units;
		const char *name;
	} rows[] = {
		{ 1, 4, "source link layer address" },
		{ 2, 4, "target link layer address" },
		{ 4, 1, "redirected header" },
		{ 4, 5, "redirected header" },
		{ 5, 2, "mtu" },
		{ 7, 2, "advertisement interval" },
		{ 8, 2, "home agent" },
		{ 9, 1, "source addresses" },
		{ 9, 2, "source addresses" },
		{ 10, 4, "target addresses" },
		{ 13, 1, "timestamp" },
		{ 23, 2, "map" },
		{ 34, 1, "6lowpan context" },
		{ 35, 2, "authoritative border router" },
		{ 36, 2, "6lowpan capability" },
		/* The option has no URI. */
		{ 37, 1, "captive portal" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_bad(OPTION(rows[i].type, rows[i].units, 0),
			   rows[i].name);
	assert_bad(OPTION(37, 1, 'u', ':', 0, 'x'), "captive portal");
	assert_good(OPTION(37, 1, 'u', ':', 'x'), ", captive portal u:x, ");
	assert_good(OPTION(5, 1, 0, 0, 0, 0, 5, 220), ", mtu 1500, length");
	assert_good(OPTION(1, 1, 2, 0, 0x5e, 0, 0, 1),
		    ", source link layer address 02:00:5e:00:00:01, length");
	assert_good(OPTION(9, 3, 0, 0, 0, 0, 0, 0, DB8, 1),
		    ", source addresses 2001:db8::1, length");
	/* An unknown option. */
	assert_good(OPTION(99, 7, 1), ", option 99, length");
}

/* RFC 6275, section 7.2, and RFC 9762, section 5 */
static void test_prefix_flags(void **state)
{
	struct packet p = OPTION(3, 4, 64, 0xb0, 0, 0, 0, 9, 0, 0, 0, 8, 0, 0,
				 0, 0, DB8, 1);

	(void)state;
	assert_good(p, "/64 on-link router-address pd-preferred valid 9 s");
	assert_json(&p, "\"autonomous\":false,\"router_address\":true,"
			"\"pd_preferred\":true,");
}

/* RFC 4862, section 5.5.3, c */
static void test_prefix_that_hosts_ignore(void **state)
{
	struct packet p = OPTION(3, 4, 64, 0xc0, 0, 0, 0, 8, 0, 0, 0, 9, 0, 0,
				 0, 0, DB8, 1);

	(void)state;
	assert_good(p, " valid 8 s preferred 9 s exceeds-valid, length");
	assert_json(&p, "\"preferred_exceeds_valid\":true");
	p = OPTION(3, 4, 64, 0xc0, 0, 0, 0, 9, 0, 0, 0, 9, 0, 0, 0, 0, DB8, 1);
	assert_good(p, " valid 9 s preferred 9 s, length");
	assert_json(&p, "\"preferred_exceeds_valid\":false");
}

static void test_router_of_a_stub_network(void **state)
{
	struct packet p = OPTION(5, 1, 0, 0, 0, 0, 5, 220);

	(void)state;
	assert_no_text(&p, "snac");
	assert_json(&p, "\"snac\":false");
	p.data[40 + 5] = 0x02;
	assert_good(p, ", hop limit 64, snac, lifetime");
	assert_json(&p, "\"snac\":true");
}

#define PRIORITY_AND_LIFETIME 0, 1, 0, 0, 7, 8
#define NAME		      0, 5, 3, 'd', 'n', 's', 0

/* RFC 9463, section 6.1 */
static void test_encrypted_dns(void **state)
{
	struct packet p = OPTION(144, 8, PRIORITY_AND_LIFETIME, NAME, 0, 16,
				 DB8, 1, 0, 20, 0, 1, 0, 6, 2, 'h', '2', 2, 'h',
				 '3', 0, 3, 0, 2, 3, 85, 1, 1, 0, 0);

	(void)state;
	assert_text(&p, ", encrypted dns dns 2001:db8::1 priority 1 alpn h2,h3 "
			"port 853 key 257 lifetime 1800 s, length");
	assert_no_text(&p, "malformed");
	assert_json(&p, "\"name\":\"dns\",\"addresses\":[\"2001:db8::1\"],"
			"\"priority\":1,\"params\":[{\"key\":1,"
			"\"key_name\":\"alpn\",\"alpn\":[\"h2\",\"h3\"]},"
			"{\"key\":3,\"key_name\":\"port\",\"port\":853},"
			"{\"key\":257}],\"lifetime\":1800}");
	/* Only the name; and the same with lengths of zero. */
	assert_good(OPTION(144, 2, PRIORITY_AND_LIFETIME, NAME),
		    ", encrypted dns dns priority 1 lifetime 1800 s, length");
	assert_good(OPTION(144, 3, PRIORITY_AND_LIFETIME, NAME),
		    ", encrypted dns dns priority 1 lifetime 1800 s, length");
	assert_good(OPTION(144, 5, PRIORITY_AND_LIFETIME, NAME, 0, 0, 0, 16, 0,
			   2, 0, 0, 0, 7, 0, 8, '/', 'q', '{', '?', 'd', 'n',
			   's', '}'),
		    " priority 1 no default alpn dohpath /q{?dns} lifetime");
}

/* Names of protocols and URIs follow the rule for all text from the network. */
static void test_foreign_text_of_options(void **state)
{
	struct packet p = OPTION(144, 5, PRIORITY_AND_LIFETIME, 0, 5, 3, 0xc3,
				 0xbc, 0xff, 0, 0, 0, 0, 9, 0, 1, 0, 5, 4, 0xc3,
				 0xbc, 0, 0xff);

	(void)state;
	assert_text(&p,
		    " dns \303\274\\xff priority 1 alpn \303\274\\x00\\xff ");
	assert_json(&p, "\"name\":\"\303\274\\\\xff\"");
	assert_json(&p, "\"alpn\":[\"\303\274\\u0000\\\\xff\"]");
	p = OPTION(37, 2, 'u', ':', 0xc3, 0xbc, 0xff);
	assert_text(&p, " captive portal u:\303\274\\xff, ");
	assert_json(&p, "\"uri\":\"u:\303\274\\\\xff\"");
}

static void test_encrypted_dns_that_is_wrong(void **state)
{
	(void)state;
	assert_bad(OPTION(144, 1, PRIORITY_AND_LIFETIME), "encrypted dns");
	/* No name; a name without an end; several names; a truncated name. */
	assert_bad(OPTION(144, 2, PRIORITY_AND_LIFETIME, 0, 0),
		   "encrypted dns");
	assert_bad(OPTION(144, 2, PRIORITY_AND_LIFETIME, 0, 4, 3, 'd', 'n',
			  's'),
		   "encrypted dns");
	assert_bad(OPTION(144, 3, PRIORITY_AND_LIFETIME, 0, 6, 1, 'd', 0, 1,
			  'n', 0),
		   "encrypted dns");
	assert_bad(OPTION(144, 2, PRIORITY_AND_LIFETIME, 0, 7, 3, 'd', 'n',
			  's'),
		   "encrypted dns");
	/* An address and a half; a truncated address; truncated parameters. */
	assert_bad(OPTION(144, 6, PRIORITY_AND_LIFETIME, NAME, 0, 24, DB8, 1),
		   "encrypted dns");
	assert_bad(OPTION(144, 3, PRIORITY_AND_LIFETIME, NAME, 0, 16, DB8),
		   "encrypted dns");
	assert_bad(OPTION(144, 3, PRIORITY_AND_LIFETIME, NAME, 0, 0, 0, 9),
		   "encrypted dns");
	/* Junk in the padding. */
	assert_bad(OPTION(144, 4, PRIORITY_AND_LIFETIME, NAME, 0, 0, 0, 0, 0,
			  1),
		   "encrypted dns");
}

#define PARAMS(size, ...) \
	OPTION(144, 5, PRIORITY_AND_LIFETIME, NAME, 0, 0, 0, size, __VA_ARGS__)

/* RFC 9460, sections 2.2 and 7 */
static void test_wrong_service_parameters(void **state)
{
	(void)state;
	assert_good(PARAMS(6, 0, 3, 0, 2, 3, 85), " port 853 lifetime");
	assert_bad(PARAMS(3, 0, 3, 0), "encrypted dns");
	assert_bad(PARAMS(5, 0, 3, 0, 2, 3), "encrypted dns");
	assert_bad(PARAMS(5, 0, 3, 0, 1, 3), "encrypted dns");
	assert_bad(PARAMS(4, 0, 1, 0, 0), "encrypted dns");
	assert_bad(PARAMS(6, 0, 1, 0, 2, 2, 'h'), "encrypted dns");
	assert_bad(PARAMS(5, 0, 1, 0, 1, 0), "encrypted dns");
	assert_bad(PARAMS(5, 0, 0, 0, 1, 1), "encrypted dns");
	assert_bad(PARAMS(5, 0, 2, 0, 1, 1), "encrypted dns");
	assert_bad(PARAMS(4, 0, 7, 0, 0), "encrypted dns");
	/* A repeated key, and keys out of order. */
	assert_bad(PARAMS(8, 0, 2, 0, 0, 0, 2, 0, 0), "encrypted dns");
	assert_bad(PARAMS(8, 1, 1, 0, 0, 0, 2, 0, 0), "encrypted dns");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dns_servers),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_route),
		cmocka_unit_test(test_pref64),
		cmocka_unit_test(test_search_list),
		cmocka_unit_test(test_name_of_255_bytes),
		cmocka_unit_test(test_strange_labels),
		cmocka_unit_test(test_other_lengths),
		cmocka_unit_test(test_prefix_flags),
		cmocka_unit_test(test_prefix_that_hosts_ignore),
		cmocka_unit_test(test_router_of_a_stub_network),
		cmocka_unit_test(test_encrypted_dns),
		cmocka_unit_test(test_foreign_text_of_options),
		cmocka_unit_test(test_encrypted_dns_that_is_wrong),
		cmocka_unit_test(test_wrong_service_parameters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
