// SPDX-License-Identifier: GPL-2.0-or-later
#include <byteswap.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pcap.h"
#include "reader.h"
#include "cli/parse.h"

/* The first block of a pcapng file is of this type; it reads the same from both ends. */
#define PCAPNG_SECTION 0x0a0d0d0a

/* A packet of any size fits, so reader_fill() always finds room. */
#define BUFFER_SIZE (sizeof(struct pcap_packet_header) + PCAP_CAPTURED_MAX)

int reader_open(struct reader *r, const char *path)
{
	*r = (struct reader){ .fd = STDIN_FILENO };
	r->own = strcmp(path, "-") != 0;
	if (r->own)
		r->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (r->fd < 0)
		return -errno;
	r->buffer = malloc(BUFFER_SIZE);
	return r->buffer ? 0 : -ENOMEM;
}

static int end_of_file(const struct reader *r)
{
	if (!r->begun)
		return -EILSEQ;
	return r->next == r->end ? -ENODATA : -EBADMSG;
}

int reader_fill(struct reader *r)
{
	struct pollfd pollfd = { .fd = r->fd, .events = POLLIN };
	ssize_t got;

	memmove(r->buffer, r->buffer + r->next, r->end - r->next);
	r->end -= r->next;
	r->next = 0;
	/* Reading an empty pipe would block, and no signal would end that. */
	if (!poll(&pollfd, 1, 0))
		return -EAGAIN;
	got = read(r->fd, r->buffer + r->end, BUFFER_SIZE - r->end);
	if (got < 0)
		return errno == EINTR ? -EAGAIN : -errno;
	r->end += (size_t)got;
	return got ? 0 : end_of_file(r);
}

/* Copy the next bytes, without consuming them. */
static bool peek(const struct reader *r, void *data, size_t size)
{
	if (r->end - r->next < size)
		return false;
	memcpy(data, r->buffer + r->next, size);
	return true;
}

static uint32_t in_our_order(const struct reader *r, uint32_t number)
{
	return r->swapped ? bswap_32(number) : number;
}

static bool take_magic(struct reader *r, uint32_t magic)
{
	r->swapped = magic == bswap_32(PCAP_MAGIC_US) ||
		     magic == bswap_32(PCAP_MAGIC_NS);
	magic = in_our_order(r, magic);
	r->nanoseconds = magic == PCAP_MAGIC_NS;
	return r->nanoseconds || magic == PCAP_MAGIC_US;
}

int reader_begin(struct reader *r)
{
	struct pcap_file_header header;
	uint16_t version;

	/* A file that is not a capture can be shorter than the header of one. */
	if (!peek(r, &header.magic, sizeof(header.magic)))
		return -EAGAIN;
	if (header.magic == PCAPNG_SECTION)
		return -EMEDIUMTYPE;
	if (!take_magic(r, header.magic))
		return -EILSEQ;
	if (!peek(r, &header, sizeof(header)))
		return -EAGAIN;
	version = r->swapped ? bswap_16(header.version_major) :
			       header.version_major;
	if (version != PCAP_VERSION_MAJOR)
		return -EPROTO;
	r->linktype = in_our_order(r, header.linktype) & LINKTYPE_MASK;
	r->next += sizeof(header);
	r->begun = true;
	return 0;
}

int reader_next(struct reader *r, struct frame *frame)
{
	struct pcap_packet_header header;

	if (!peek(r, &header, sizeof(header)))
		return -EAGAIN;
	frame->captured = in_our_order(r, header.captured);
	frame->length = in_our_order(r, header.length);
	if (frame->captured > PCAP_CAPTURED_MAX)
		return -EOVERFLOW;
	if (r->end - r->next - sizeof(header) < frame->captured)
		return -EAGAIN;
	frame->data = r->buffer + r->next + sizeof(header);
	/* 64 bits hold any pair of numbers, even a fraction of more than a second. */
	frame->time = (uint64_t)in_our_order(r, header.seconds) * NSEC_PER_SEC +
		      (uint64_t)in_our_order(r, header.fraction) *
			      (r->nanoseconds ? 1 : 1000);
	if (frame->length < frame->captured)
		frame->length = frame->captured;
	r->next += sizeof(header) + frame->captured;
	return 0;
}

void reader_close(struct reader *r)
{
	if (r->own && r->fd >= 0)
		close(r->fd);
	free(r->buffer);
	*r = (struct reader){ 0 };
}
