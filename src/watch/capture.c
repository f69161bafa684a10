// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The pcap file format, which pcap-savefile(5) and draft-ietf-opsawg-pcap specify.
 * Integers are in the byte order of the writer; readers recognise it by the magic
 * number.
 */
#include <errno.h>
#include <string.h>

#include "capture.h"
#include "cli/parse.h"

/* The magic number of files with time stamps in nanoseconds. */
#define PCAP_MAGIC_NS 0xa1b23c4d

#define PCAP_VERSION_MAJOR 2
#define PCAP_VERSION_MINOR 4

/* Each packet begins with its IPv4 or IPv6 header. */
#define LINKTYPE_RAW 101

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
	uint32_t nanoseconds;
	uint32_t captured;
	uint32_t length;
};

_Static_assert(sizeof(struct pcap_file_header) == 24, "no padding");
_Static_assert(sizeof(struct pcap_packet_header) == 16, "no padding");

/* The buffer can be full in the middle of a packet: the first write tells why. */
static void put(struct capture *c, const void *data, size_t size)
{
	if (fwrite(data, 1, size, c->stream) != size && !c->error)
		c->error = errno;
}

int capture_open(struct capture *c, const char *path, FILE *standard,
		 uint32_t snaplen)
{
	const struct pcap_file_header header = {
		.magic = PCAP_MAGIC_NS,
		.version_major = PCAP_VERSION_MAJOR,
		.version_minor = PCAP_VERSION_MINOR,
		.snaplen = snaplen,
		.linktype = LINKTYPE_RAW,
	};
	int err;

	c->own = strcmp(path, "-") != 0;
	c->stream = c->own ? fopen(path, "we") : standard;
	if (!c->stream)
		return -errno;
	put(c, &header, sizeof(header));
	/* A reader at the other end of a pipe can start before the first packet. */
	err = capture_flush(c);
	if (err)
		capture_close(c);
	return err;
}

void capture_packet(struct capture *c, const struct kctl_record *record,
		    const uint8_t *packet)
{
	const struct pcap_packet_header header = {
		.seconds = (uint32_t)(record->time / NSEC_PER_SEC),
		.nanoseconds = (uint32_t)(record->time % NSEC_PER_SEC),
		.captured = record->captured,
		.length = record->length,
	};

	put(c, &header, sizeof(header));
	put(c, packet, record->captured);
}

int capture_flush(struct capture *c)
{
	if (fflush(c->stream) && !c->error)
		c->error = errno;
	return -c->error;
}

int capture_close(struct capture *c)
{
	int err = 0;

	if (c->stream) {
		err = capture_flush(c);
		if (c->own && fclose(c->stream) && !err)
			err = -errno;
	}
	*c = (struct capture){ 0 };
	return err;
}
