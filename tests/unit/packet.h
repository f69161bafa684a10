/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets that a test builds, and the output of the tool for them */
#ifndef TEST_PACKET_H
#define TEST_PACKET_H

#include "test.h"

#include <sys/socket.h>

#include "icmp/print.h"

struct packet {
	uint8_t family;
	size_t size;
	uint8_t data[1024];
};

static inline void packet_add(struct packet *p, const void *data, size_t size)
{
	assert_true(p->size + size <= sizeof(p->data));
	memcpy(p->data + p->size, data, size);
	p->size += size;
}

static inline void packet_pad(struct packet *p, size_t size)
{
	static const uint8_t zeros[512];

	packet_add(p, zeros, size);
}

#define PACKET_ADD(p, ...)                              \
	packet_add(p, (const uint8_t[]){ __VA_ARGS__ }, \
		   sizeof((const uint8_t[]){ __VA_ARGS__ }))

/* Begin an ICMP message: 192.0.2.1 > 192.0.2.2, or 2001:db8::1 > 2001:db8::2. */
static inline struct packet packet_begin(uint8_t family, uint8_t type,
					 uint8_t code)
{
	struct packet p = { .family = family };

	if (family == AF_INET)
		PACKET_ADD(&p, 0x45, 0, 0, 0, 0, 0, 0, 0, 64, 1, 0, 0, 192, 0,
			   2, 1, 192, 0, 2, 2);
	else
		PACKET_ADD(&p, 0x60, 0, 0, 0, 0, 0, 58, 64, 0x20, 1, 0x0d, 0xb8,
			   0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x20, 1, 0x0d,
			   0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2);
	PACKET_ADD(&p, type, code, 0, 0);
	return p;
}

/* Print the first @captured bytes of the packet, from a block of just that size. */
static inline char *packet_print(struct packet *p, size_t captured,
				 const struct icmp_extra *extra, bool json)
{
	struct kctl_record record = { .seq = 1,
				      .time = 1,
				      .direction = KCTL_DIRECTION_IN,
				      .family = p->family };
	struct out out = { .json = json };
	struct icmp_event event;
	size_t len, at = p->family == AF_INET ? 2 : 4;
	size_t total = p->family == AF_INET ? p->size : p->size - 40;
	uint8_t *copy = malloc(captured);
	char *text;

	p->data[at] = (uint8_t)(total >> 8);
	p->data[at + 1] = (uint8_t)total;
	assert_non_null(copy);
	memcpy(copy, p->data, captured);
	record.captured = (uint32_t)captured;
	record.length = (uint32_t)p->size;
	out.stream = open_memstream(&text, &len);
	assert_non_null(out.stream);
	icmp_decode(p->family, copy, captured, &event);
	print_icmp(&out, &record, copy, &event, extra);
	assert_int_equal(out_close(&out), 0);
	free(copy);
	return text;
}

/* Text that the text or the JSON of a packet must contain, or with false must not. */
static inline void packet_shows(struct packet *p, bool json, const char *words,
				bool expected)
{
	const struct icmp_extra extra = { .interface = "eth0", .time = "" };
	char *text = packet_print(p, p->size, &extra, json);

	if (!strstr(text, words) == expected)
		fail_msg("%s '%s': %s", expected ? "no" : "there is", words,
			 text);
	free(text);
}

#define assert_text(p, words)	 packet_shows(p, false, words, true)
#define assert_no_text(p, words) packet_shows(p, false, words, false)
#define assert_json(p, words)	 packet_shows(p, true, words, true)
#define assert_no_json(p, words) packet_shows(p, true, words, false)

#endif /* TEST_PACKET_H */
