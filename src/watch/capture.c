// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "capture.h"
#include "pcap.h"
#include "cli/parse.h"

/* The buffer can be full in the middle of a packet: keep the error of the first failed write. */
static void put(struct capture *c, const void *data, size_t size)
{
	if (fwrite(data, 1, size, c->stream) != size && !c->error)
		c->error = errno;
	c->size += size;
}

static int close_file(struct capture *c)
{
	int err = capture_flush(c);

	if (c->own && fclose(c->stream) && !err)
		err = -errno;
	c->stream = NULL;
	return err;
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
	/* Lets the reader of a pipe start before the first packet. */
	err = capture_flush(c);
	if (err)
		close_file(c);
	return err;
}

/* The digits of the largest file number of a ring, as tcpdump(8) counts them. */
static int digits(uint32_t count)
{
	int width = 0;

	for (uint32_t largest = count ? count - 1 : 0; largest; largest /= 10)
		width++;
	return width;
}

/* Without a size limit, the number of a file is 0. */
static int name_file(struct capture *c)
{
	int width = c->rotation.size ? digits(c->rotation.count) : 0;
	size_t (*format)(char *, size_t, const char *, const struct tm *) =
		strftime;
	time_t begun = (time_t)(c->begun / NSEC_PER_SEC);
	size_t used = strlen(c->path);
	struct tm tm;

	if (used >= sizeof(c->name) - 16)
		return -ENAMETOOLONG;
	strcpy(c->name, c->path);
	if (c->rotation.seconds) {
		if (!localtime_r(&begun, &tm))
			return -EOVERFLOW;
		/* The format is from the user, so the compiler cannot check it. */
		used = format(c->name, sizeof(c->name) - 16, c->path, &tm);
		if (!used)
			return -ENAMETOOLONG;
	}
	if (width || c->number)
		snprintf(c->name + used, sizeof(c->name) - used, "%0*" PRIu32,
			 width, c->number);
	return 0;
}

static int next_file(struct capture *c)
{
	int err = name_file(c);

	c->size = 0;
	return err ? err : capture_open(c, c->name, NULL, c->snaplen);
}

int capture_rotate(struct capture *c, const char *path,
		   const struct rotation *rotation, uint32_t snaplen,
		   uint64_t now)
{
	c->path = path;
	c->rotation = *rotation;
	c->snaplen = snaplen;
	c->begun = now;
	return next_file(c);
}

/* Close this file and open the next one. */
static int turn(struct capture *c)
{
	int err = close_file(c);

	return err ? err : next_file(c);
}

int capture_turn(struct capture *c, uint64_t time)
{
	const struct rotation *r = &c->rotation;

	/* The clock was set back, which must not prolong the period. */
	if (time < c->begun)
		c->begun = time;
	if (r->seconds && time >= c->begun + r->seconds * NSEC_PER_SEC) {
		/* A watch can begin with a period without a packet. */
		if (!r->size && c->size > sizeof(struct pcap_file_header) &&
		    ++c->periods == r->count)
			return -ENODATA;
		c->begun = time;
		c->number = 0;
		return turn(c);
	}
	if (!r->size || c->size <= r->size)
		return 0;
	c->number = c->number + 1 == r->count ? 0 : c->number + 1;
	return turn(c);
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
	int err = c->stream ? close_file(c) : 0;

	*c = (struct capture){ 0 };
	return err;
}
