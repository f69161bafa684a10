// SPDX-License-Identifier: GPL-2.0-or-later
#include <netinet/in.h>
#include <net/ethernet.h>
#include <netinet/ip6.h>

#include "frame.h"
#include "pcap.h"
#include "icmp/span.h"

#define IPV4_HEADER 20
#define IPV6_HEADER 40

/* Type, code and checksum open every message; a shorter one is not ICMP. */
#define ICMP_MIN 4

#define VLAN_TAG 4

/* Outer tags of IEEE 802.1ad, and older outer tags. */
#define ETHERTYPE_QINQ	   0x88a8
#define ETHERTYPE_OLD_QINQ 0x9100

/**
 * struct link - layout of the header of a link
 * @linktype: its number
 * @size: its size in bytes; the payload follows
 * @protocol: offset of the EtherType of the payload; -1: none
 * @sent_to: offset of the byte that says to whom the frame was sent; -1: none
 * @family: family of the payload; 0: from the payload itself
 */
struct link {
	uint32_t linktype;
	uint8_t size;
	int8_t protocol;
	int8_t sent_to;
	uint8_t family;
};

static const struct link links[] = {
	{ LINKTYPE_RAW, 0, -1, -1, 0 },
	{ LINKTYPE_IPV4, 0, -1, -1, AF_INET },
	{ LINKTYPE_IPV6, 0, -1, -1, AF_INET6 },
	{ LINKTYPE_ETHERNET, 14, 12, -1, 0 },
	{ LINKTYPE_LINUX_SLL, 16, 14, 1, 0 },
	{ LINKTYPE_LINUX_SLL2, 20, 0, 10, 0 },
};

static const struct link *find_link(uint32_t linktype)
{
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (links[i].linktype == linktype)
			return &links[i];
	return NULL;
}

bool frame_knows(uint32_t linktype)
{
	return find_link(linktype);
}

bool frame_has_direction(uint32_t linktype)
{
	const struct link *link = find_link(linktype);

	return link && link->sent_to >= 0;
}

static bool is_tag(uint16_t protocol)
{
	return protocol == ETHERTYPE_VLAN || protocol == ETHERTYPE_QINQ ||
	       protocol == ETHERTYPE_OLD_QINQ;
}

/* The sender's own frames are 4; those to other hosts, 3, are neither in nor out. */
static uint8_t direction_of(uint8_t sent_to)
{
	if (sent_to == 4)
		return KCTL_DIRECTION_OUT;
	return sent_to < 3 ? KCTL_DIRECTION_IN : 0;
}

/* Skip the header and the VLAN tags. Returns the offset of the payload, or -1. */
static int strip(const struct link *link, const struct frame *frame,
		 struct icmp_frame *icmp)
{
	uint32_t offset = link->size;
	uint16_t protocol;

	icmp->record.family = link->family;
	if (frame->captured < offset)
		return -1;
	if (link->sent_to >= 0)
		icmp->record.direction =
			direction_of(frame->data[link->sent_to]);
	if (link->protocol < 0)
		return 0;
	protocol = be16(frame->data + link->protocol);
	for (; is_tag(protocol); offset += VLAN_TAG) {
		if (frame->captured - offset < VLAN_TAG)
			return -1;
		protocol = be16(frame->data + offset + 2);
	}
	if (protocol != ETHERTYPE_IP && protocol != ETHERTYPE_IPV6)
		return -1;
	icmp->record.family = protocol == ETHERTYPE_IP ? AF_INET : AF_INET6;
	return (int)offset;
}

/* Bytes beyond the length in the IP header are padding of the link. */
static void trim(struct kctl_record *record, uint32_t length)
{
	if (record->length > length)
		record->length = length;
	if (record->captured > record->length)
		record->captured = record->length;
}

/* The packet must have the bytes, even if the capture does not. */
static bool take_message(struct icmp_frame *icmp, uint32_t offset)
{
	const struct kctl_record *record = &icmp->record;

	if (record->length < offset || record->length - offset < ICMP_MIN)
		return false;
	icmp->has_type = record->captured >= offset + ICMP_MIN;
	if (icmp->has_type) {
		icmp->type = icmp->packet[offset];
		icmp->code = icmp->packet[offset + 1];
	}
	return true;
}

static bool take_ipv4(struct icmp_frame *icmp)
{
	const uint8_t *ip = icmp->packet;
	uint32_t header;

	if (icmp->record.captured < IPV4_HEADER || ip[9] != IPPROTO_ICMP ||
	    be16(ip + 6) & 0x1fff)
		return false;
	header = 4 * (ip[0] & 15U);
	if (header < IPV4_HEADER)
		return false;
	/* The length is 0 in some packets that a network card segments. */
	if (be16(ip + 2) >= header)
		trim(&icmp->record, be16(ip + 2));
	icmp->src = ip + 12;
	icmp->dst = ip + 16;
	return take_message(icmp, header);
}

/*
 * Returns the offset of the header after all extension headers, and sets its protocol: in all
 * but the first fragment, those of the fragment header. Returns 0 if the capture ends before.
 */
static uint32_t skip_extensions(const struct icmp_frame *icmp,
				uint8_t *protocol)
{
	const struct kctl_record *record = &icmp->record;
	uint32_t offset = IPV6_HEADER, size;
	const uint8_t *header;

	*protocol = icmp->packet[6];
	while (*protocol == IPPROTO_HOPOPTS || *protocol == IPPROTO_ROUTING ||
	       *protocol == IPPROTO_FRAGMENT || *protocol == IPPROTO_AH ||
	       *protocol == IPPROTO_DSTOPTS) {
		if (record->captured < offset + 4)
			return 0;
		header = icmp->packet + offset;
		size = 8 * (header[1] + 1U);
		if (*protocol == IPPROTO_FRAGMENT) {
			if (be16(header + 2) & 0xfff8)
				return offset;
			size = 8;
		} else if (*protocol == IPPROTO_AH) {
			size = 4 * (header[1] + 2U);
		}
		*protocol = header[0];
		offset += size;
	}
	return offset;
}

static bool take_ipv6(struct icmp_frame *icmp)
{
	const uint8_t *ip = icmp->packet;
	uint8_t protocol;
	uint32_t offset;

	if (icmp->record.captured < IPV6_HEADER)
		return false;
	/* The length in a jumbogram is 0. */
	if (be16(ip + 4))
		trim(&icmp->record, IPV6_HEADER + be16(ip + 4));
	icmp->src = ip + 8;
	icmp->dst = ip + 24;
	offset = skip_extensions(icmp, &protocol);
	return offset && protocol == IPPROTO_ICMPV6 &&
	       take_message(icmp, offset);
}

bool frame_icmp(uint32_t linktype, const struct frame *frame,
		struct icmp_frame *icmp)
{
	struct kctl_record *record = &icmp->record;
	uint8_t family;
	int offset;

	*icmp = (struct icmp_frame){ .record.time = frame->time };
	offset = strip(find_link(linktype), frame, icmp);
	if (offset < 0 || frame->captured == (uint32_t)offset)
		return false;
	icmp->packet = frame->data + offset;
	record->captured = frame->captured - (uint32_t)offset;
	record->length = frame->length - (uint32_t)offset;
	family = icmp->packet[0] >> 4 == 4 ? AF_INET :
		 icmp->packet[0] >> 4 == 6 ? AF_INET6 :
					     0;
	if (!family || (record->family && record->family != family))
		return false;
	record->family = family;
	return family == AF_INET ? take_ipv4(icmp) : take_ipv6(icmp);
}
