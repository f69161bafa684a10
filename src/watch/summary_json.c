// SPDX-License-Identifier: GPL-2.0-or-later
/* Print a summary as a JSON object */
#include <arpa/inet.h>

#include "summary.h"
#include "cli/parse.h"
#include "cli/timestamp.h"
#include "icmp/names.h"

static void put_minute(struct out *out, const struct summary_row *row,
		       uint64_t now)
{
	uint32_t parts[SUMMARY_SECONDS];

	summary_minute(row, now, parts, SUMMARY_SECONDS);
	out_array(out, "minute");
	for (int i = 0; i < SUMMARY_SECONDS; i++)
		out_json_u64(out, "", parts[i]);
	out_end(out);
}

/* Print the members that depend on replies, which an option can hide. */
static void put_trips(struct out *out, const struct row_counts *c, bool asks,
		      const char *hidden_by)
{
	const struct trip_times *t = &c->trips;

	if (asks)
		out_json_u64(out, "requests", c->requests);
	if (hidden_by)
		return;
	if (asks)
		out_json_u64(out, "unanswered", c->unanswered);
	if (asks)
		out_json_u64(out, "duplicates", c->duplicates);
	if (!t->count)
		return;
	out_json_u64(out, "rtt_min_ns", t->min);
	out_json_u64(out, "rtt_avg_ns", t->sum / t->count);
	out_json_u64(out, "rtt_p50_ns", trip_quantile(t, 50));
	out_json_u64(out, "rtt_p90_ns", trip_quantile(t, 90));
	out_json_u64(out, "rtt_p99_ns", trip_quantile(t, 99));
	out_json_u64(out, "rtt_max_ns", t->max);
}

static void put_row(struct out *out, const struct summary *s,
		    const struct summary_row *row, uint64_t now)
{
	const struct icmp_type *type = icmp_type_find(row->family, row->type);
	const char *hidden_by = summary_hidden_by(s, row);
	char text[INET6_ADDRSTRLEN];
	bool asks = row->total.requests;

	out_object(out, NULL);
	out_json_string(out, "peer",
			inet_ntop(row->family, row->peer, text, sizeof(text)));
	if (row->forwarded)
		out_json_string(out, "target",
				inet_ntop(row->family, row->target, text,
					  sizeof(text)));
	out_json_string(out, "family",
			row->family == AF_INET ? "inet" : "inet6");
	out_json_u64(out, "type", row->type);
	if (type)
		out_json_string(out, "type_name", type->name);
	out_json_u64(out, "count", row->total.packets);
	out_json_u64(out, "recent", row->period.packets);
	put_trips(out, &row->total, asks, hidden_by);
	if (hidden_by)
		out_json_string(out, "hidden_by", hidden_by);
	out_object(out, "period");
	out_json_u64(out, "count", row->period.packets);
	put_trips(out, &row->period, asks, hidden_by);
	out_end(out);
	put_minute(out, row, now);
	out_end(out);
}

void summary_print_json(const struct summary *s, const struct stream *stream,
			int64_t period, uint64_t now)
{
	const struct summary_row *rows[SUMMARY_ROWS];
	size_t count = summary_rows(s, rows);
	struct out *out = stream->out;

	out_object(out, NULL);
	out_json_string(out, "event", "summary");
	out_json_time(out, "time", s->replayed ? now : timestamp_now());
	out_json_u64(out, "received", stream->received);
	if (stream->reads_file)
		out_json_u64(out, "skipped", stream->skipped);
	else
		out_json_u64(out, "lost", stream->lost);
	out_json_u64(out, "period_ns", (uint64_t)period);
	out_array(out, "rows");
	for (size_t i = 0; i < count; i++)
		put_row(out, s, rows[i], now / NSEC_PER_SEC);
	out_end(out);
	out_object(out, "others");
	out_json_u64(out, "count", s->others.count);
	out_json_u64(out, "recent", s->others.recent);
	out_end(out);
	out_end(out);
}
