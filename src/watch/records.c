// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "records.h"
#include "icmp/print.h"

/* Write a packet, if there is a capture. Returns false if the packet must not be counted. */
static bool write_packet(struct watch *w, const struct kctl_record *record,
			 const uint8_t *packet)
{
	struct stream *s = &w->stream;
	int err;

	if (w->turn_error || stream_is_complete(s))
		return false;
	if (!w->capture.stream)
		return true;
	err = capture_turn(&w->capture, record->time);
	if (err == -ENODATA) {
		/* The last file is full: end as if --count were reached. */
		s->limit = s->received;
		return false;
	}
	w->turn_error = err;
	if (err)
		return false;
	capture_packet(&w->capture, record, packet);
	/* Keep the errno: later, the stream only reports that there was an error. */
	if (!w->capture.own && w->capture.error)
		s->ctx->out.error = w->capture.error;
	return true;
}

/* Count a packet without decoding it, as packets are not printed. */
static int count_record(void *data, const struct kctl_record *record,
			const uint8_t *packet)
{
	struct watch *w = data;

	if (write_packet(w, record, packet))
		stream_take(&w->stream, record->seq);
	return 0;
}

/*
 * Return a copy that has a direction, and whose time can be compared with those of other
 * records: the difference is the time that passed.
 */
static struct kctl_record *comparable(struct watch *w,
				      const struct kctl_record *record,
				      const struct icmp_event *event,
				      struct kctl_record *copy)
{
	*copy = *record;
	if (w->args->read) {
		if (!copy->direction)
			copy->direction =
				rtt_direction(w->rtt, event, record->time);
		/* Times in a capture can go back; its clock does not. */
		if (w->latest < record->time)
			w->latest = record->time;
		return copy;
	}
	w->has_clock = kctl_watch_clock(w->stream.genl, record, &w->latest);
	copy->time = w->latest;
	return copy;
}

void records_table(struct watch *w, uint64_t now)
{
	summary_expire(w->summary, w->rtt, now);
	summary_print(w->summary, &w->stream, now);
}

/* Print the tables of a replay, but none for a period without a packet. */
static void replay_tables(struct watch *w, uint64_t time)
{
	uint64_t period = (uint64_t)w->args->summary;

	w->stream.skipped = w->replay.skipped;
	if (!w->ticks) {
		summary_replay(w->summary, time);
		w->ticks = time + period;
	} else if (time >= w->ticks) {
		records_table(w, w->ticks);
		w->ticks += period * (1 + (time - w->ticks) / period);
	}
}

static int summarize_record(void *data, const struct kctl_record *record,
			    const uint8_t *packet)
{
	struct watch *w = data;
	struct kctl_record copy;
	struct rtt_result trip;
	struct icmp_event event;

	/* Print the tables of the packets before this one. */
	if (w->args->read)
		replay_tables(w, record->time);
	if (!write_packet(w, record, packet) ||
	    !stream_take(&w->stream, record->seq))
		return 0;
	icmp_decode(record->family, packet, record->captured, &event);
	rtt_take(w->rtt, comparable(w, record, &event, &copy), &event, &trip);
	copy.time = w->latest;
	summary_take(w->summary, &copy, &event, &trip);
	return 0;
}

/* The time between two packets must not depend on changes of the clock. */
static const char *time_text(struct watch *w, const struct kctl_record *record,
			     const struct kctl_record *comparable)
{
	enum time_format format = w->time.format;
	bool passed = format == TIME_DELTA || format == TIME_ELAPSED;

	return timestamp_text(&w->time,
			      passed ? comparable->time : record->time);
}

static int print_record(void *data, const struct kctl_record *record,
			const uint8_t *packet)
{
	struct watch *w = data;
	struct rtt_result trip;
	struct icmp_event event;
	struct kctl_record copy;
	struct icmp_extra extra = {
		.hex = w->args->hex,
		.verbose = w->stream.ctx->globals.verbose,
	};

	if (!stream_take(&w->stream, record->seq))
		return 0;
	icmp_decode(record->family, packet, record->captured, &event);
	rtt_take(w->rtt, comparable(w, record, &event, &copy), &event, &trip);
	extra.duplicate = trip.is_duplicate;
	extra.rtt = trip.is_reply && !trip.is_duplicate ? &trip.ns : NULL;
	extra.time = time_text(w, record, &copy);
	if (!w->args->read)
		extra.interface = ifname_get(&w->interfaces, record->ifindex,
					     record->time);
	print_icmp(w->stream.out, record, packet, &event, &extra);
	return 0;
}

kctl_record_fn *records_function(const struct watch_args *a)
{
	if (a->summary)
		return summarize_record;
	return a->totals_only || a->file ? count_record : print_record;
}
