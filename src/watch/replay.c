// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/random.h>

#include "replay.h"
#include "types.h"

static bool type_matches(const struct kctl_watch_filter *filter,
			 const struct icmp_frame *icmp)
{
	if (!types_match(filter, icmp->record.family,
			 icmp->has_type ? &icmp->type : NULL))
		return false;
	return !filter->has_code ||
	       (icmp->has_type && filter->code == icmp->code);
}

static bool prefix_matches(const struct kctl_prefix *prefix, uint8_t family,
			   const uint8_t *address)
{
	uint32_t bytes = prefix->length / 8, bits = prefix->length % 8;

	if (!prefix->family)
		return true;
	if (prefix->family != family ||
	    memcmp(prefix->address, address, bytes) != 0)
		return false;
	return !bits ||
	       !((prefix->address[bytes] ^ address[bytes]) >> (8 - bits));
}

static bool is_sampled(uint32_t sample)
{
	uint32_t number;

	if (sample <= 1)
		return true;
	/* Cannot fail once the kernel has entropy; if it does, report too many packets. */
	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return true;
	return !((uint64_t)number * sample >> 32);
}

bool filter_match(const struct kctl_watch_filter *filter,
		  const struct icmp_frame *icmp)
{
	uint8_t family = icmp->record.family;

	if (filter->family && filter->family != family)
		return false;
	if (filter->direction && !(filter->direction & icmp->record.direction))
		return false;
	return type_matches(filter, icmp) &&
	       prefix_matches(&filter->src, family, icmp->src) &&
	       prefix_matches(&filter->dst, family, icmp->dst) &&
	       (prefix_matches(&filter->host, family, icmp->src) ||
		prefix_matches(&filter->host, family, icmp->dst)) &&
	       is_sampled(filter->sample);
}

static void take(struct replay *r, const struct frame *frame)
{
	struct icmp_frame icmp;

	if (!frame_icmp(r->reader.linktype, frame, &icmp)) {
		r->skipped++;
		return;
	}
	if (!filter_match(r->filter, &icmp))
		return;
	if (icmp.record.captured > r->filter->snaplen)
		icmp.record.captured = r->filter->snaplen;
	icmp.record.seq = ++r->matched;
	r->fn(r->data, &icmp.record, icmp.packet);
}

static int begin(struct replay *r)
{
	int err = reader_begin(&r->reader);

	if (err)
		return err;
	if (!frame_knows(r->reader.linktype))
		return -EPROTONOSUPPORT;
	if (r->filter->direction && !frame_has_direction(r->reader.linktype))
		return -ENOTSUP;
	err = r->begin(r->data);
	r->begun = !err;
	return err;
}

int replay_read(struct replay *r)
{
	struct frame frame;
	int err = reader_fill(&r->reader);

	if (err)
		return err;
	err = r->begun ? 0 : begin(r);
	while (!err && (!r->limit || r->matched < r->limit)) {
		err = reader_next(&r->reader, &frame);
		if (!err)
			take(r, &frame);
	}
	/* More data may have arrived: the next call checks. */
	return err == -EAGAIN ? 0 : err;
}
