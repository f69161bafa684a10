// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "capture.h"
#include "pcap.h"
#include "cli/parse.h"

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
		.fraction = (uint32_t)(record->time % NSEC_PER_SEC),
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
