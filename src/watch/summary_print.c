// SPDX-License-Identifier: GPL-2.0-or-later
/* Print a summary: on a terminal or to a file */
#include <arpa/inet.h>
#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "summary.h"
#include "cli/parse.h"
#include "icmp/names.h"

/* Widths of the columns COUNT, LOSS and DUP, of RATE/S, and of MIN to P99 behind them. */
#define COUNTS_WIDTH (9 + 7 + 5)
#define RATE_WIDTH   8
#define TIMES_WIDTH  (7 + 7 + 7)

/* Likewise, of those of the period, and two more blanks. */
#define PERIOD_WIDTH (2 + 9 + 7 + 5 + 5 * 7)
#define PERIOD	     "   %8s %6s %4s %6s %6s %6s %6s %6s"

#define PEER_MIN 9
#define TYPE_MIN 12

/* On a terminal that is too narrow for that. */
#define PEER_LEAST 5
#define TYPE_LEAST 4

/* Wider than any line. */
#define LINE_MAX_WIDTH 1000

/* Space for two addresses and " > ", or for the name of a type. */
#define PEER_TEXT (2 * INET6_ADDRSTRLEN + 3)

/* Maximum number of characters of a sparkline. */
#define SPARK_MAX 30

/**
 * struct layout - layout of the table
 * @live: the output is a terminal: overwrite the previous table
 * @lines: number of rows that fit
 * @peer: width of column PEER
 * @type: width of column TYPE
 * @width: width of the terminal, or of any line
 * @rate: there is a column RATE/S
 * @times: there are the columns MIN/MS to P99/MS
 * @period: there are columns for the period
 * @spark: number of characters of the sparkline, or 0
 * @unicode: the locale is UTF-8
 */
struct layout {
	bool live;
	size_t lines;
	int peer;
	int type;
	int width;
	bool rate;
	bool times;
	bool period;
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
			     char text[PEER_TEXT])
{
	size_t len;

	inet_ntop(row->family, row->peer, text, INET6_ADDRSTRLEN);
	if (!row->forwarded)
		return text;
	strcat(text, " > ");
	len = strlen(text);
	inet_ntop(row->family, row->target, text + len, INET6_ADDRSTRLEN);
	return text;
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

/*
 * Choose the columns for a terminal that has space for @left characters beside COUNT, LOSS
 * and DUP. A line that is too long would wrap, and the table move. Returns the space left.
 */
static int narrow(struct layout *l, int left)
{
	int least = PEER_MIN + TYPE_MIN;

	l->times = left >= least + TIMES_WIDTH;
	left -= l->times ? TIMES_WIDTH : 0;
	l->rate = left >= least + RATE_WIDTH;
	left -= l->rate ? RATE_WIDTH : 0;
	if (l->peer + l->type > left)
		l->type = max(left - l->peer,
			      left < least ? TYPE_LEAST : TYPE_MIN);
	if (l->peer + l->type > left)
		l->peer = left - l->type;
	/* A blank between the two, and two in front of what follows the table. */
	return left - l->peer - l->type - 2;
}

/* Fit columns to their content, then shrink them to the width of the terminal. */
static void lay_out(struct layout *l, const struct stream *stream,
		    const struct summary_row *const *rows, size_t count)
{
	/* Each character stands for a whole number of seconds. */
	static const int sparks[] = { 30, 20, 15, 12, 10, 6 };
	char text[PEER_TEXT];
	struct winsize size = { 0 };
	int left;

	*l = (struct layout){ .live = is_terminal(stream),
			      .lines = SUMMARY_ROWS,
			      .peer = PEER_MIN,
			      .type = TYPE_MIN,
			      .width = LINE_MAX_WIDTH,
			      .rate = true,
			      .times = true,
			      .period = true,
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
	left = size.ws_col - COUNTS_WIDTH - 1;
	if (left < PEER_LEAST + TYPE_LEAST) {
		l->live = false;
		return;
	}
	l->width = size.ws_col - 1;
	left = narrow(l, left);
	l->period = left >= PERIOD_WIDTH;
	if (l->period)
		left -= PERIOD_WIDTH;
	l->spark = 0;
	for (size_t i = 0; !l->spark && i < sizeof(sparks) / sizeof(int); i++)
		if (sparks[i] <= left)
			l->spark = sparks[i];
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
	summary_minute(row, now, parts, (unsigned int)l->spark);
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

static void put_count(struct out *out, const struct row_counts *c)
{
	char count[16];

	out_text(out, " %8s", short_number((double)c->packets, count, 1e7));
}

static void put_rate(struct out *out, const struct row_counts *c,
		     double seconds)
{
	double packets = (double)c->packets;
	char rate[16];

	if (packets < 1000 * seconds)
		snprintf(rate, sizeof(rate), "%.1f", packets / seconds);
	else
		short_number(packets / seconds, rate, 1e6);
	out_text(out, " %7s", rate);
}

/* A duplicate can come in a later period than the request. */
static void put_loss(struct out *out, const struct row_counts *c)
{
	char lost[16] = "", more[16] = "";

	if (c->requests)
		snprintf(lost, sizeof(lost), "%.1f%%",
			 100.0 * (double)c->unanswered / (double)c->requests);
	if (c->requests || c->duplicates)
		short_number((double)c->duplicates, more, 1e3);
	out_text(out, " %6s %4s", lost, more);
}

static void put_times(struct out *out, const struct trip_times *t,
		      const uint64_t *times, int count)
{
	char text[16];

	for (int i = 0; i < count; i++)
		out_text(out, " %6s",
			 t->count ? milliseconds(times[i], text) : "");
}

static void put_total(struct out *out, const struct layout *l,
		      const struct row_counts *c, double seconds,
		      const struct row_counts *period, bool hidden)
{
	const struct trip_times *t = &c->trips;

	put_count(out, c);
	if (l->rate)
		put_rate(out, period, seconds);
	if (hidden) {
		out_text(out, " %6s %4s", "-", "-");
		if (l->times)
			out_text(out, " %6s %6s %6s", "-", "-", "-");
		return;
	}
	put_loss(out, c);
	if (l->times)
		put_times(out, t,
			  (uint64_t[]){ t->min,
					t->count ? t->sum / t->count : 0,
					trip_quantile(t, 99) },
			  3);
}

static void put_period(struct out *out, const struct row_counts *c, bool hidden)
{
	const struct trip_times *t = &c->trips;

	out_text(out, "  ");
	put_count(out, c);
	if (hidden) {
		out_text(out, " %6s %4s", "-", "-");
		for (int i = 0; i < 5; i++)
			out_text(out, " %6s", "-");
		return;
	}
	put_loss(out, c);
	put_times(out, t,
		  (uint64_t[]){ t->min, trip_quantile(t, 50),
				trip_quantile(t, 90), trip_quantile(t, 99),
				t->max },
		  5);
}

/* The middle of a long address says least: hosts differ at its end. */
static void put_peer(struct out *out, const struct layout *l,
		     const struct summary_row *row)
{
	char text[PEER_TEXT];
	int len = (int)strlen(peer_text(row, text)), head = l->peer / 3;

	if (len <= l->peer)
		out_text(out, "%-*s", l->peer, text);
	else
		out_text(out, "%.*s%s%s", head, text, l->unicode ? "…" : "~",
			 text + len - (l->peer - head - 1));
}

static void put_text_row(struct out *out, const struct summary *s,
			 const struct layout *l, const struct summary_row *row,
			 double seconds, uint64_t now)
{
	bool hidden = summary_hidden_by(s, row);
	char type[64];

	put_peer(out, l, row);
	out_text(out, " %-*.*s", l->type, l->type, type_text(row, type));
	put_total(out, l, &row->total, seconds, &row->period, hidden);
	if (l->period)
		put_period(out, &row->period, hidden);
	put_spark(out, l, row, now);
	out_text(out, "\n");
}

static const char *time_of_day(time_t seconds, char text[16])
{
	struct tm tm;

	if (!localtime_r(&seconds, &tm) || !strftime(text, 16, "%T", &tm))
		*text = '\0';
	return text;
}

static void put_heading(const struct summary *s, const struct stream *stream,
			const struct layout *l, double seconds, uint64_t now)
{
	time_t real = s->replayed ? (time_t)(now / NSEC_PER_SEC) : time(NULL);
	int64_t passed = summary_clock(s, now) - s->begun;
	struct out *out = stream->out;
	char totals[STREAM_TOTALS], text[16], heading[2 * STREAM_TOTALS];

	snprintf(heading, sizeof(heading), "%s, %.1f s, %s; the last %.1f s%s",
		 time_of_day(real, text), (double)passed / 1e9,
		 stream_totals(stream, totals), seconds,
		 l->period ? " on the right" : "");
	out_heading(out, "%.*s", l->width, heading);
	out_text(out, "%-*s %-*.*s %8s", l->peer, "PEER", l->type, l->type,
		 "TYPE", "COUNT");
	if (l->rate)
		out_text(out, " %7s", "RATE/S");
	out_text(out, " %6s %4s", "LOSS", "DUP");
	if (l->times)
		out_text(out, " %6s %6s %6s", "MIN/MS", "AVG/MS", "P99/MS");
	if (l->period)
		out_text(out, PERIOD, "COUNT", "LOSS", "DUP", "MIN/MS",
			 "P50/MS", "P90/MS", "P99/MS", "MAX/MS");
	out_text(out, "%s\n",
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
		       int64_t period, uint64_t now)
{
	const struct summary_row *rows[SUMMARY_ROWS];
	size_t count = summary_rows(s, rows), shown = count;
	uint64_t rest = s->others.count;
	double seconds = (double)period / 1e9;
	struct out *out = stream->out;
	struct layout l;

	lay_out(&l, stream, rows, count);
	if (shown > l.lines)
		shown = l.lines;
	go_up(s, &l, out);
	put_heading(s, stream, &l, seconds, now);
	for (size_t i = 0; i < shown; i++)
		put_text_row(out, s, &l, rows[i], seconds, now / NSEC_PER_SEC);
	for (size_t i = shown; i < count; i++)
		rest += rows[i]->total.packets;
	if (rest)
		out_text(out, "and %" PRIu64 " others\n", rest);
	s->lines = (unsigned int)shown + 2 + (rest != 0);
}

void summary_print(struct summary *s, const struct stream *stream, uint64_t now)
{
	int64_t time = summary_clock(s, now), period = time - s->printed;

	if (period <= 0)
		period = 1;
	if (stream->out->json)
		summary_print_json(s, stream, period, now);
	else
		print_text(s, stream, period, now);
	s->printed = time;
	summary_begin_period(s);
}
