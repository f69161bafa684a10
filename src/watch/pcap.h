/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pcap file format, which pcap-savefile(5) and draft-ietf-opsawg-pcap specify: a
 * header, then packets, each with its own header. Integers are in the byte order of the
 * writer; readers recognise it by the magic number.
 */
#ifndef KCTL_WATCH_PCAP_H
#define KCTL_WATCH_PCAP_H

#include <stdint.h>

/* The magic numbers of files with time stamps in microseconds and in nanoseconds. */
#define PCAP_MAGIC_US 0xa1b2c3d4
#define PCAP_MAGIC_NS 0xa1b23c4d

#define PCAP_VERSION_MAJOR 2
#define PCAP_VERSION_MINOR 4

/* The largest packet that tcpdump reads, of any link type. */
#define PCAP_CAPTURED_MAX 262144

/* The link header of packets. The upper bits of the field have other properties of the frames. */
enum linktype {
	LINKTYPE_ETHERNET = 1,
	LINKTYPE_RAW = 101, /* its IPv4 or IPv6 header */
	LINKTYPE_LINUX_SLL = 113, /* what `tcpdump -i any` writes */
	LINKTYPE_IPV4 = 228,
	LINKTYPE_IPV6 = 229,
	LINKTYPE_LINUX_SLL2 = 276,
};

#define LINKTYPE_MASK 0x03ffffff

struct pcap_file_header {
	uint32_t magic;
	uint16_t version_major;
	uint16_t version_minor;
	uint32_t reserved[2];
	uint32_t snaplen;
	uint32_t linktype;
};

struct pcap_packet_header {
	uint32_t seconds;
	uint32_t fraction; /* microseconds or nanoseconds */
	uint32_t captured;
	uint32_t length;
};

_Static_assert(sizeof(struct pcap_file_header) == 24, "no padding");
_Static_assert(sizeof(struct pcap_packet_header) == 16, "no padding");

#endif /* KCTL_WATCH_PCAP_H */
