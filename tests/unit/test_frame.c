// SPDX-License-Identifier: GPL-2.0-or-later
/* Recognising ICMP in the frames of a capture, and matching it against a filter */
#include "test.h"

#include <sys/socket.h>

#include "packet.h"
#include "watch/frame.h"
#include "watch/pcap.h"
#include "watch/prefix.h"
#include "watch/replay.h"

/* The frame is in a block of exactly its size, so that the sanitizer detects overreads. */
static bool find(uint32_t linktype, const struct packet *p, size_t captured,
		 struct icmp_frame *icmp)
{
	static uint8_t *copy;
	struct frame frame = { .time = 5,
			       .captured = (uint32_t)captured,
			       .length = (uint32_t)p->size };

	free(copy);
	copy = malloc(captured);
	assert_non_null(copy);
	memcpy(copy, p->data, captured);
	frame.data = copy;
	return frame_icmp(linktype, &frame, icmp);
}

static struct packet echo(uint8_t family)
{
	struct packet p = packet_begin(family, family == AF_INET ? 8 : 128, 0);

	PACKET_ADD(&p, 0, 7, 0, 1);
	p.data[family == AF_INET ? 3 : 5] = family == AF_INET ? 28 : 8;
	return p;
}

/* The packet after the header of a link. */
static struct packet behind(const uint8_t *header, size_t size,
			    const struct packet *ip)
{
	struct packet p = { 0 };

	packet_add(&p, header, size);
	packet_add(&p, ip->data, ip->size);
	return p;
}

#define BEHIND(ip, ...)                          \
	behind((const uint8_t[]){ __VA_ARGS__ }, \
	       sizeof((const uint8_t[]){ __VA_ARGS__ }), ip)

#define MACS	      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
#define SLL(to, type) 0, to, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, type
#define SLL2(to, type) \
	type, 0, 0, 0, 0, 0, 0, 2, 0, 1, to, 6, 1, 2, 3, 4, 5, 6, 0, 0

struct link_row {
	uint32_t linktype;
	struct packet frame;
	uint8_t family; /* 0: not ICMP */
	uint8_t direction;
};

/* @ip is the packet in the frame. */
static void check_link(const struct link_row *row, const struct packet *ip)
{
	const struct packet *p = &row->frame;
	struct icmp_frame icmp;
	bool found = find(row->linktype, p, p->size, &icmp);

	assert_int_equal(found, row->family != 0);
	if (!found)
		return;
	assert_int_equal(icmp.record.family, row->family);
	assert_int_equal(icmp.record.direction, row->direction);
	assert_int_equal(icmp.record.length, ip->size);
	assert_int_equal(icmp.record.captured, ip->size);
	assert_int_equal(icmp.record.time, 5);
	assert_memory_equal(icmp.packet, ip->data, ip->size);
	/* A frame that is cut anywhere is not read beyond its end. */
	for (size_t size = 0; size < p->size; size++)
		find(row->linktype, p, size, &icmp);
}

static void test_links(void **state)
{
	struct packet v4 = echo(AF_INET), v6 = echo(AF_INET6);
	const struct link_row rows[] = {
		{ LINKTYPE_RAW, v4, AF_INET, 0 },
		{ LINKTYPE_RAW, v6, AF_INET6, 0 },
		{ LINKTYPE_IPV4, v4, AF_INET, 0 },
		{ LINKTYPE_IPV4, v6, 0, 0 },
		{ LINKTYPE_IPV6, v6, AF_INET6, 0 },
		{ LINKTYPE_IPV6, v4, 0, 0 },
		{ LINKTYPE_ETHERNET, BEHIND(&v4, MACS, 8, 0), AF_INET, 0 },
		{ LINKTYPE_ETHERNET, BEHIND(&v6, MACS, 0x86, 0xdd), AF_INET6,
		  0 },
		{ LINKTYPE_ETHERNET, BEHIND(&v6, MACS, 8, 0), 0, 0 },
		{ LINKTYPE_ETHERNET, BEHIND(&v4, MACS, 8, 6), 0, 0 },
		{ LINKTYPE_ETHERNET, BEHIND(&v4, MACS, 0x81, 0, 0, 5, 8, 0),
		  AF_INET, 0 },
		{ LINKTYPE_ETHERNET,
		  BEHIND(&v4, MACS, 0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 8, 0),
		  AF_INET, 0 },
		{ LINKTYPE_LINUX_SLL, BEHIND(&v4, SLL(0, 8), 0), AF_INET,
		  KCTL_DIRECTION_IN },
		{ LINKTYPE_LINUX_SLL, BEHIND(&v4, SLL(2, 8), 0), AF_INET,
		  KCTL_DIRECTION_IN },
		{ LINKTYPE_LINUX_SLL, BEHIND(&v4, SLL(3, 8), 0), AF_INET, 0 },
		{ LINKTYPE_LINUX_SLL, BEHIND(&v6, SLL(4, 0x86), 0xdd), AF_INET6,
		  KCTL_DIRECTION_OUT },
		{ LINKTYPE_LINUX_SLL, BEHIND(&v4, SLL(255, 8), 0), AF_INET, 0 },
		{ LINKTYPE_LINUX_SLL2, BEHIND(&v4, SLL2(4, 8)), AF_INET,
		  KCTL_DIRECTION_OUT },
		{ LINKTYPE_LINUX_SLL2, BEHIND(&v4, SLL2(1, 8)), AF_INET,
		  KCTL_DIRECTION_IN },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_link(&rows[i], rows[i].family == AF_INET6 ? &v6 : &v4);
	assert_false(frame_knows(0));
	assert_false(frame_knows(105));
	assert_false(frame_has_direction(LINKTYPE_RAW));
	assert_false(frame_has_direction(LINKTYPE_ETHERNET));
	assert_true(frame_has_direction(LINKTYPE_LINUX_SLL));
	assert_true(frame_has_direction(LINKTYPE_LINUX_SLL2));
}

/* A capture of 20 bytes has the addresses, but not the type: `--snaplen 20 -w`. */
static void test_cut(void **state)
{
	struct packet v4 = echo(AF_INET), v6 = echo(AF_INET6);
	struct icmp_frame icmp;

	(void)state;
	for (size_t size = 0; size <= v4.size; size++) {
		assert_int_equal(find(LINKTYPE_RAW, &v4, size, &icmp),
				 size >= 20);
		if (size < 20)
			continue;
		assert_int_equal(icmp.has_type, size >= 24);
		assert_int_equal(icmp.record.captured, size);
		assert_int_equal(icmp.record.length, v4.size);
	}
	for (size_t size = 0; size <= v6.size; size++)
		assert_int_equal(find(LINKTYPE_RAW, &v6, size, &icmp),
				 size >= 40);
}

/* Ethernet padding is not part of the packet; the kernel cuts it off, too. */
static void test_padding(void **state)
{
	struct packet v4 = echo(AF_INET), v6 = echo(AF_INET6);
	struct icmp_frame icmp;

	(void)state;
	packet_pad(&v4, 18);
	assert_true(find(LINKTYPE_RAW, &v4, v4.size, &icmp));
	assert_int_equal(icmp.record.length, 28);
	assert_int_equal(icmp.record.captured, 28);
	assert_true(find(LINKTYPE_RAW, &v4, 22, &icmp));
	assert_int_equal(icmp.record.length, 28);
	assert_int_equal(icmp.record.captured, 22);
	packet_pad(&v6, 18);
	assert_true(find(LINKTYPE_RAW, &v6, v6.size, &icmp));
	assert_int_equal(icmp.record.length, 48);
	/* The length is 0 if a network card segments the packet, or in a jumbogram. */
	v4.data[3] = 0;
	v6.data[5] = 0;
	assert_true(find(LINKTYPE_RAW, &v4, v4.size, &icmp));
	assert_int_equal(icmp.record.length, v4.size);
	assert_true(find(LINKTYPE_RAW, &v6, v6.size, &icmp));
	assert_int_equal(icmp.record.length, v6.size);
	/* The length in the header exceeds that of the packet. */
	v4.data[2] = 0xff;
	assert_true(find(LINKTYPE_RAW, &v4, v4.size, &icmp));
	assert_int_equal(icmp.record.length, v4.size);
	/* Too short for type, code and checksum. */
	v4.data[2] = 0;
	v4.data[3] = 23;
	assert_false(find(LINKTYPE_RAW, &v4, v4.size, &icmp));
	v4.data[3] = 24;
	assert_true(find(LINKTYPE_RAW, &v4, v4.size, &icmp));
}

static void assert_is_icmp(const struct packet *p, bool expected)
{
	struct icmp_frame icmp;

	assert_int_equal(find(LINKTYPE_RAW, p, p->size, &icmp), expected);
	for (size_t size = 0; size < p->size; size++)
		find(LINKTYPE_RAW, p, size, &icmp);
}

static void test_ipv4_headers(void **state)
{
	static const struct {
		uint8_t at;
		uint8_t value;
		bool is_icmp;
	} rows[] = {
		{ 0, 0x44, false }, /* a header of 16 bytes */
		{ 0, 0x47, false }, /* options to the end */
		{ 0, 0x46, true },  { 0, 0x50, false }, { 0, 0x05, false },
		{ 6, 0x20, true }, /* more fragments */
		{ 6, 0x40, true },  { 6, 0x1f, false }, { 6, 0x10, false },
		{ 7, 1, false },    { 9, 17, false },	{ 9, 58, false },
	};
	struct packet p;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		p = echo(AF_INET);
		p.data[rows[i].at] = rows[i].value;
		assert_is_icmp(&p, rows[i].is_icmp);
	}
}

/* An IPv6 packet with this chain of headers behind the first. */
static struct packet chain(uint8_t first, const uint8_t *headers, size_t size)
{
	struct packet ip = echo(AF_INET6), p = { 0 };

	ip.data[5] = (uint8_t)(8 + size);
	ip.data[6] = first;
	packet_add(&p, ip.data, 40);
	packet_add(&p, headers, size);
	packet_add(&p, ip.data + 40, 8);
	return p;
}

#define CHAIN(first, ...)                              \
	chain(first, (const uint8_t[]){ __VA_ARGS__ }, \
	      sizeof((const uint8_t[]){ __VA_ARGS__ }))

static void test_ipv6_headers(void **state)
{
	struct packet p = echo(AF_INET6);
	struct icmp_frame icmp;

	(void)state;
	p = CHAIN(0, 58, 0, 5, 2, 0, 0, 1, 0);
	assert_is_icmp(&p, true);
	assert_true(find(LINKTYPE_RAW, &p, p.size, &icmp));
	assert_int_equal(icmp.type, 128);
	/* The capture ends within the chain, so the protocol is unknown. */
	assert_false(find(LINKTYPE_RAW, &p, 43, &icmp));
	p = CHAIN(43, 60, 0, 0, 0, 0, 0, 0, 0, 58, 0, 1, 4, 0, 0, 0, 0);
	assert_is_icmp(&p, true);
	/* The length of an authentication header is in units of 4 bytes, minus 2. */
	p = CHAIN(51, 58, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	assert_is_icmp(&p, true);
	assert_true(find(LINKTYPE_RAW, &p, p.size, &icmp));
	assert_int_equal(icmp.type, 128);
	p = CHAIN(44, 58, 9, 0, 1, 0, 0, 0, 1);
	assert_is_icmp(&p, true);
	p = CHAIN(44, 58, 0, 0, 8, 0, 0, 0, 1);
	assert_is_icmp(&p, false);
	/* A header longer than the packet, and the end of a chain. */
	p = CHAIN(0, 58, 255, 0, 0, 0, 0, 0, 0);
	assert_is_icmp(&p, false);
	p = CHAIN(0, 59, 0, 0, 0, 0, 0, 0, 0);
	assert_is_icmp(&p, false);
	p = CHAIN(17, 58, 0, 0, 0, 0, 0, 0, 0);
	assert_is_icmp(&p, false);
}

static struct kctl_prefix prefix(const char *text)
{
	struct kctl_prefix p;

	assert_true(prefix_parse(text, &p));
	return p;
}

static bool matches(const struct kctl_watch_filter *filter,
		    const struct packet *p)
{
	struct icmp_frame icmp;

	assert_true(find(LINKTYPE_RAW, p, p->size, &icmp));
	return filter_match(filter, &icmp);
}

/* From 192.0.2.1 to 192.0.2.2, from 2001:db8::1 to 2001:db8::2. */
static void test_addresses(void **state)
{
	static const struct {
		const char *prefix;
		bool src, dst;
	} rows[] = {
		{ "192.0.2.1", true, false },
		{ "192.0.2.2", false, true },
		{ "192.0.2.0/30", true, true },
		{ "192.0.2.2/31", false, true },
		{ "192.0.2.0/31", true, false },
		{ "0.0.0.0/0", true, true },
		{ "128.0.0.0/1", true, true },
		{ "0.0.0.0/1", false, false },
		{ "192.0.3.0/24", false, false },
		{ "2001:db8::1", true, false },
		{ "2001:db8::2/127", false, true },
		{ "2001:db8::/32", true, true },
		{ "::/0", true, true },
		{ "2001:db9::/32", false, false },
	};
	struct packet v4 = echo(AF_INET), v6 = echo(AF_INET6);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct kctl_prefix p = prefix(rows[i].prefix);
		struct kctl_watch_filter src = { .src = p }, dst = { .dst = p },
					 host = { .host = p };
		bool is_v4 = p.family == AF_INET;
		const struct packet *same = is_v4 ? &v4 : &v6;
		const struct packet *other = is_v4 ? &v6 : &v4;

		assert_int_equal(matches(&src, same), rows[i].src);
		assert_int_equal(matches(&dst, same), rows[i].dst);
		assert_int_equal(matches(&host, same),
				 rows[i].src || rows[i].dst);
		assert_false(matches(&src, other));
		assert_false(matches(&dst, other));
		assert_false(matches(&host, other));
	}
}

static void test_types(void **state)
{
	struct packet v4 = echo(AF_INET), v6 = echo(AF_INET6);
	struct kctl_watch_filter all = { 0 }, four = { .family = AF_INET },
				 eight = { .types4 = { 0, 8 },
					   .types4_count = 2 },
				 reply = { .types6 = { 129 },
					   .types6_count = 1 },
				 none = { .has_code = true },
				 one = { .has_code = true, .code = 1 },
				 far = { .has_code = true, .code = 256 };
	struct icmp_frame icmp;

	(void)state;
	assert_true(matches(&all, &v4));
	assert_true(matches(&all, &v6));
	assert_true(matches(&four, &v4));
	assert_false(matches(&four, &v6));
	assert_true(matches(&eight, &v4));
	assert_true(matches(&eight, &v6));
	assert_true(matches(&reply, &v4));
	assert_false(matches(&reply, &v6));
	assert_true(matches(&none, &v4));
	assert_false(matches(&one, &v4));
	assert_false(matches(&far, &v4));
	v4.data[20] = 3;
	v4.data[21] = 1;
	assert_false(matches(&eight, &v4));
	assert_true(matches(&one, &v4));
	/* An unknown type does not match a filter for a type. */
	assert_true(find(LINKTYPE_RAW, &v4, 20, &icmp));
	assert_true(filter_match(&all, &icmp));
	assert_false(filter_match(&eight, &icmp));
	assert_false(filter_match(&one, &icmp));
	assert_true(filter_match(&reply, &icmp));
}

static void test_direction(void **state)
{
	struct packet v4 = echo(AF_INET), p = BEHIND(&v4, SLL(4, 8), 0);
	struct kctl_watch_filter in = { .direction = KCTL_DIRECTION_IN },
				 out = { .direction = KCTL_DIRECTION_OUT };
	struct icmp_frame icmp;

	(void)state;
	assert_true(find(LINKTYPE_LINUX_SLL, &p, p.size, &icmp));
	assert_true(filter_match(&out, &icmp));
	assert_false(filter_match(&in, &icmp));
	p.data[1] = 3;
	assert_true(find(LINKTYPE_LINUX_SLL, &p, p.size, &icmp));
	assert_false(filter_match(&out, &icmp));
	assert_false(filter_match(&in, &icmp));
}

/* The test fails by chance with a probability of 10^-30. */
static void test_sample(void **state)
{
	struct kctl_watch_filter filter = { .sample = 4 };
	struct packet p = echo(AF_INET);
	int count = 0;

	(void)state;
	for (int i = 0; i < 4000; i++)
		count += matches(&filter, &p);
	assert_in_range(count, 650, 1350);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_padding),
		cmocka_unit_test(test_ipv4_headers),
		cmocka_unit_test(test_ipv6_headers),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_direction),
		cmocka_unit_test(test_sample),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
