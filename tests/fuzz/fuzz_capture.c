// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The input is a file for `watch icmp -r`. Each packet that the reader takes for ICMP passes
 * the filter, the decoder, the round-trip table and the printer, and is written to another
 * capture.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "null_stream.h"
#include "icmp/print.h"
#include "watch/capture.h"
#include "watch/pcap.h"
#include "watch/replay.h"
#include "watch/rtt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Make the input standard input: reader_open() needs no file name for that. */
static void become_input(const uint8_t *data, size_t size)
{
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("capture", 0);
		if (fd < 0 || dup2(fd, STDIN_FILENO) != STDIN_FILENO)
			abort();
	}
	if (ftruncate(fd, (off_t)size) ||
	    pwrite(fd, data, size, 0) != (ssize_t)size ||
	    lseek(fd, 0, SEEK_SET))
		abort();
}

static int begin(void *data)
{
	return capture_open(data, "-", null_stream(), UINT16_MAX);
}

static void check_record(const struct kctl_record *r)
{
	if (!r->seq || r->captured > r->length || r->captured > UINT16_MAX ||
	    (r->family != AF_INET && r->family != AF_INET6) ||
	    r->direction > KCTL_DIRECTION_OUT || r->ifindex || r->reserved)
		abort();
}

static void take_record(void *data, const struct kctl_record *record,
			const uint8_t *packet)
{
	static struct rtt_table rtt;
	struct out out = { .stream = null_stream(), .json = record->seq & 1 };
	struct icmp_extra extra = { .time = "", .hex = record->seq & 2 };
	struct kctl_record copy = *record;
	struct rtt_result trip;
	struct icmp_event event;

	check_record(record);
	capture_packet(data, record, packet);
	icmp_decode(record->family, packet, record->captured, &event);
	if (!copy.direction)
		copy.direction = rtt_direction(&rtt, &event, record->time);
	rtt_take(&rtt, &copy, &event, &trip);
	print_icmp(&out, record, packet, &event, &extra);
	if (out.error || out.depth)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct kctl_watch_filter filters[] = {
		{ .snaplen = UINT16_MAX },
		{ .snaplen = 24,
		  .host = { .family = AF_INET,
			    .address = { 10 },
			    .length = 7 } },
		{ .snaplen = 64,
		  .direction = KCTL_DIRECTION_IN,
		  .types4 = { 8 },
		  .types4_count = 1,
		  .src = { .family = AF_INET6,
			   .address = { 0x20, 1 },
			   .length = 19 } },
	};
	struct capture capture = { 0 };
	struct replay r = { .begin = begin,
			    .fn = take_record,
			    .data = &capture };
	int err;

	if (!size)
		return 0;
	r.filter = &filters[data[0] % 3];
	become_input(data + 1, size - 1);
	if (reader_open(&r.reader, "-"))
		abort();
	while (!(err = replay_read(&r)))
		;
	/* A file never has to wait, and does not end before it was found to be a capture. */
	if (err == -EAGAIN || (err == -ENODATA && !r.begun))
		abort();
	if (capture_close(&capture))
		abort();
	reader_close(&r.reader);
	return 0;
}
