// SPDX-License-Identifier: GPL-2.0-or-later
/* Print a summary: on a terminal, to a file, or as JSON */
#include <arpa/inet.h>
#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "exchange.h"
#include "summary.h"
#include "cli/parse.h"
#include "icmp/names.h"

/* Width of the columns COUNT to P99, each with a leading blank. */
#define NUMBERS_WIDTH (9 + 8 + 7 + 5 + 7 + 7 + 7)
#define NUMBERS	      " %8s %7s %6s %4s %6s %6s %6s"

#define PEER_MIN 9
#define TYPE_MIN 12

/* Maximum number of characters of a sparkline. */
#define SPARK_MAX 30

/**
 * struct layout - layout of the table
 * @live: the output is a terminal: overwrite the previous table
 * @lines: number of rows that fit
 * @peer: width of column PEER
 * @type: width of column TYPE
 * @spark: number of characters of the sparkline, or 0
 * @unicode: the locale is UTF-8
 */
struct layout {
	bool live;
	size_t lines;
	int peer;
	int type;
	int spark;
	bool unicode;
};

/* The sparkline alone depends on the locale, so the tool does not call setlocale(). */
static bool is_unicode(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", NULL);
	bool unicode;

	if (!locale)
		return false;
	unicode = !strcmp(nl_langinfo_l(CODESET, locale), "UTF-8");
	freelocale(locale);
	return unicode;
}

static bool is_terminal(const struct stream *stream)
{
	const char *term = getenv("TERM");

	return !stream->out->json && isatty(STDOUT_FILENO) && term &&
	       strcmp(term, "dumb");
}

static const char *peer_text(const struct summary_row *row,
			     char text[INET6_ADDRSTRLEN])
{
	return inet_ntop(row->family, row->peer, text, INET6_ADDRSTRLEN);
}

static const char *type_text(const struct summary_row *row, char text[64])
{
	const struct icmp_type *type = icmp_type_find(row->family, row->type);
	char *p;

	if (type)
		snprintf(text, 64, "%s", type->name);
	else
		snprintf(text, 64, "%s type %u",
			 row->family == AF_INET ? "icmp" : "icmpv6", row->type);
	while ((p = strchr(text, '-')))
		*p = ' ';
	return text;
}

static int max(int a, int b)
{
	return a > b ? a : b;
}

/* Fit columns to their content, then shrink them to the width of the terminal. */
static void lay_out(struct layout *l, const struct stream *stream,
		    const struct summary_row *const *rows, size_t count)
{
	/* Each character stands for a whole number of seconds. */
	static const int sparks[] = { 30, 20, 15, 12, 10, 6 };
	char text[INET6_ADDRSTRLEN > 64 ? INET6_ADDRSTRLEN : 64];
	struct winsize size = { 0 };
	int left;

	*l = (struct layout){ .live = is_terminal(stream),
			      .lines = SUMMARY_ROWS,
			      .peer = PEER_MIN,
			      .type = TYPE_MIN,
			      .spark = 20,
			      .unicode = is_unicode() };
	for (size_t i = 0; i < count; i++) {
		l->peer = max(l->peer, (int)strlen(peer_text(rows[i], text)));
		l->type = max(l->type, (int)strlen(type_text(rows[i], text)));
	}
	if (!l->live || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) ||
	    !size.ws_col || !size.ws_row)
		return;
	/* Two lines of heading, one for the other packets, one for the cursor. */
	l->lines = size.ws_row > 5 ? size.ws_row - 4U : 1;
	left = size.ws_col - NUMBERS_WIDTH - 1;
	if (left < PEER_MIN + TYPE_MIN) {
		l->live = false;
		return;
	}
	if (l->peer + l->type > left)
		l->type = max(left - l->peer, TYPE_MIN);
	if (l->peer + l->type > left)
		l->peer = left - l->type;
	left -= l->peer + l->type + 1;
	l->spark = 0;
	for (size_t i = 0; !l->spark && i < sizeof(sparks) / sizeof(int); i++)
		if (sparks[i] <= left)
			l->spark = sparks[i];
}

/* Divide the last minute into parts and count the packets in each, oldest first. */
static void parts_of_minute(const struct summary_row *row, uint64_t now,
			    uint32_t *parts, unsigned int count)
{
	unsigned int width = SUMMARY_SECONDS / count;

	for (unsigned int i = 0; i < SUMMARY_SECONDS; i++) {
		uint64_t second = now - SUMMARY_SECONDS + 1 + i;

		if (i % width == 0)
			parts[i / width] = 0;
		if (second <= row->second &&
		    row->second - second < SUMMARY_SECONDS)
			parts[i / width] +=
				row->minute[second % SUMMARY_SECONDS];
	}
}

static void put_spark(struct out *out, const struct layout *l,
		      const struct summary_row *row, uint64_t now)
{
	static const char *const blocks[2][9] = {
		{ " ", ".", ":", "-", "=", "+", "*", "%", "#" },
		{ " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" },
	};
	uint32_t parts[SPARK_MAX], most = 1;

	if (!l->spark)
		return;
	parts_of_minute(row, now, parts, (unsigned int)l->spark);
	for (int i = 0; i < l->spark; i++)
		if (parts[i] > most)
			most = parts[i];
	out_text(out, "  ");
	for (int i = 0; i < l->spark; i++)
		/* Round up, so that a single packet is visible. */
		out_text(out, "%s",
			 blocks[l->unicode]
			       [((uint64_t)parts[i] * 8 + most - 1) / most]);
}

/* Shorten a number that is not below @limit: 12345k. */
static const char *short_number(double number, char text[16], double limit)
{
	static const char units[] = " kMGTPE";
	size_t unit = 0;

	for (; number >= limit && units[unit + 1]; unit++)
		number /= 1000;
	snprintf(text, 16, unit ? "%.0f%c" : "%.0f", number, units[unit]);
	return text;
}

static const char *milliseconds(uint64_t ns, char text[16])
{
	double ms = (double)ns / 1e6;

	snprintf(text, 16,
		 ms < 100   ? "%.3f" :
		 ms < 10000 ? "%.1f" :
			      "%.0f",
		 ms);
	return text;
}

/* The option that can hide the replies to a row of requests, or NULL. */
static const char *replies_hidden_by(const struct summary *s,
				     const struct summary_row *row)
{
	const struct exchange *e = exchange_find(row->family, row->type);

	return row->requests && e ? exchange_hidden_by(e, s->filter) : NULL;
}

static void put_numbers(struct out *out, const struct summary *s,
			const struct summary_row *row, double seconds)
{
	const struct trip_times *t = &row->trips;
	char count[16], rate[16], lost[16] = "", more[16] = "", min[16] = "",
				  avg[16] = "", p99[16] = "";

	short_number((double)row->count, count, 1e7);
	if ((double)row->recent < 1000 * seconds)
		snprintf(rate, sizeof(rate), "%.1f",
			 (double)row->recent / seconds);
	else
		short_number((double)row->recent / seconds, rate, 1e6);
	if (replies_hidden_by(s, row)) {
		out_text(out, NUMBERS, count, rate, "-", "-", "-", "-", "-");
		return;
	}
	if (row->requests)
		snprintf(lost, sizeof(lost), "%.1f%%",
			 100.0 * (double)row->unanswered /
				 (double)row->requests);
	if (row->requests || row->duplicates)
		short_number((double)row->duplicates, more, 1e3);
	if (t->count) {
		milliseconds(t->min, min);
		milliseconds(t->sum / t->count, avg);
		milliseconds(trip_quantile(t, 99), p99);
	}
	out_text(out, NUMBERS, count, rate, lost, more, min, avg, p99);
}

static void put_text_row(struct out *out, const struct summary *s,
			 const struct layout *l, const struct summary_row *row,
			 double seconds, uint64_t now)
{
	char peer[INET6_ADDRSTRLEN], type[64];

	out_text(out, "%-*.*s %-*.*s", l->peer, l->peer, peer_text(row, peer),
		 l->type, l->type, type_text(row, type));
	put_numbers(out, s, row, seconds);
	put_spark(out, l, row, now);
	out_text(out, "\n");
}

static void put_json_minute(struct out *out, const struct summary_row *row,
			    uint64_t now)
{
	uint32_t parts[SUMMARY_SECONDS];

	parts_of_minute(row, now, parts, SUMMARY_SECONDS);
	out_array(out, "minute");
	for (int i = 0; i < SUMMARY_SECONDS; i++)
		out_json_u64(out, "", parts[i]);
	out_end(out);
}

/* What depends on replies, which the filter can hide. */
static void put_json_trips(struct out *out, const struct summary *s,
			   const struct summary_row *row)
{
	const char *option = replies_hidden_by(s, row);
	const struct trip_times *t = &row->trips;

	if (row->requests)
		out_json_u64(out, "requests", row->requests);
	if (option) {
		out_json_string(out, "hidden_by", option);
		return;
	}
	if (row->requests)
		out_json_u64(out, "unanswered", row->unanswered);
	if (row->requests || row->duplicates)
		out_json_u64(out, "duplicates", row->duplicates);
	if (t->count) {
		out_json_u64(out, "rtt_min_ns", t->min);
		out_json_u64(out, "rtt_avg_ns", t->sum / t->count);
		out_json_u64(out, "rtt_p99_ns", trip_quantile(t, 99));
	}
}

static void put_json_row(struct out *out, const struct summary *s,
			 const struct summary_row *row, uint64_t now)
{
	const struct icmp_type *type = icmp_type_find(row->family, row->type);
	char peer[INET6_ADDRSTRLEN];

	out_object(out, NULL);
	out_json_string(out, "peer", peer_text(row, peer));
	out_json_string(out, "family",
			row->family == AF_INET ? "inet" : "inet6");
	out_json_u64(out, "type", row->type);
	if (type)
		out_json_string(out, "type_name", type->name);
	out_json_u64(out, "count", row->count);
	out_json_u64(out, "recent", row->recent);
	put_json_trips(out, s, row);
	put_json_minute(out, row, now);
	out_end(out);
}

static void print_json(struct summary *s, const struct stream *stream,
		       const struct summary_row *const *rows, size_t count,
		       int64_t period, uint64_t now)
{
	struct out *out = stream->out;

	out_object(out, NULL);
	out_json_string(out, "event", "summary");
	out_json_u64(out, "received", stream->received);
	out_json_u64(out, "lost", stream->lost);
	out_json_u64(out, "period_ns", (uint64_t)period);
	out_array(out, "rows");
	for (size_t i = 0; i < count; i++)
		put_json_row(out, s, rows[i], now);
	out_end(out);
	out_object(out, "others");
	out_json_u64(out, "count", s->others.count);
	out_json_u64(out, "recent", s->others.recent);
	out_end(out);
	out_end(out);
}

static void put_heading(const struct summary *s, const struct stream *stream,
			const struct layout *l)
{
	struct out *out = stream->out;

	out_heading(out, "%.1f s, %" PRIu64 " received, %" PRIu64 " lost",
		    (double)(wait_now() - s->begun) / 1e9, stream->received,
		    stream->lost);
	out_text(out, "%-*s %-*s" NUMBERS "%s\n", l->peer, "PEER", l->type,
		 "TYPE", "COUNT", "RATE/S", "LOSS", "DUP", "MIN/MS", "AVG/MS",
		 "P99/MS",
		 !l->spark     ? "" :
		 l->spark < 12 ? "  MINUTE" :
				 "  LAST MINUTE");
}

/* Erase the previous table on a terminal, or separate the tables by a blank line. */
static void go_up(struct summary *s, const struct layout *l, struct out *out)
{
	if (l->live && s->lines)
		out_text(out, "\033[%uF\033[J", s->lines);
	else if (!l->live && s->lines)
		out_text(out, "\n");
}

static void print_text(struct summary *s, const struct stream *stream,
		       const struct summary_row *const *rows, size_t count,
		       int64_t period, uint64_t now)
{
	uint64_t rest = s->others.count;
	double seconds = (double)period / 1e9;
	struct out *out = stream->out;
	size_t shown = count;
	struct layout l;

	lay_out(&l, stream, rows, count);
	if (shown > l.lines)
		shown = l.lines;
	go_up(s, &l, out);
	put_heading(s, stream, &l);
	for (size_t i = 0; i < shown; i++)
		put_text_row(out, s, &l, rows[i], seconds, now);
	for (size_t i = shown; i < count; i++)
		rest += rows[i]->count;
	if (rest)
		out_text(out, "and %" PRIu64 " others\n", rest);
	s->lines = (unsigned int)shown + 2 + (rest != 0);
}

void summary_print(struct summary *s, const struct stream *stream,
		   uint64_t time)
{
	const struct summary_row *rows[SUMMARY_ROWS];
	size_t count = summary_rows(s, rows);
	int64_t now = wait_now(), period = now - s->printed;

	if (period <= 0)
		period = 1;
	(stream->out->json ? print_json : print_text)(
		s, stream, rows, count, period, time / NSEC_PER_SEC);
	s->printed = now;
	s->others.recent = 0;
	for (size_t i = 0; i < s->used; i++)
		s->rows[i].recent = 0;
}
