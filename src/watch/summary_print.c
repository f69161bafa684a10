// SPDX-License-Identifier: GPL-2.0-or-later
/* Print a summary: on a terminal or to a file */
#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "summary_layout.h"
#include "cli/parse.h"

/* The columns of the period. */
#define PERIOD "   %8s %6s %4s %6s %6s %6s %6s %6s"

/* Maximum number of characters of a sparkline. */
#define SPARK_MAX 30

/* Only a few characters depend on the locale, so the tool does not call setlocale(). */
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
	char rate[16] = "-";

	/* All packets of a capture can have the same time. */
	if (seconds > 0 && packets < 1000 * seconds)
		snprintf(rate, sizeof(rate), "%.1f", packets / seconds);
	else if (seconds > 0)
		short_number(packets / seconds, rate, 1e6);
	out_text(out, " %7s", rate);
}

/* A duplicate can arrive in a later period than the request. */
static void put_loss(struct out *out, const struct layout *l,
		     const struct row_counts *c, bool hidden)
{
	char lost[16] = "", more[16] = "";

	if (c->requests)
		snprintf(lost, sizeof(lost), "%.1f%%",
			 100.0 * (double)c->unanswered / (double)c->requests);
	if (c->requests || c->duplicates)
		short_number((double)c->duplicates, more, 1e3);
	if (l->loss)
		out_text(out, " %6s", hidden ? "-" : lost);
	if (l->dup)
		out_text(out, " %4s", hidden ? "-" : more);
}

static void put_times(struct out *out, const struct trip_times *t,
		      const uint64_t *times, int count, bool hidden)
{
	char text[16];

	for (int i = 0; i < count; i++)
		out_text(out, " %6s",
			 hidden	  ? "-" :
			 t->count ? milliseconds(times[i], text) :
				    "");
}

static void put_total(struct out *out, const struct layout *l,
		      const struct row_counts *c, double seconds,
		      const struct row_counts *period, bool hidden)
{
	const struct trip_times *t = &c->trips;

	if (l->count)
		put_count(out, c);
	if (l->rate)
		put_rate(out, period, seconds);
	put_loss(out, l, c, hidden);
	if (l->times)
		put_times(out, t,
			  (uint64_t[]){ t->min,
					t->count ? t->sum / t->count : 0,
					trip_quantile(t, 99) },
			  3, hidden);
}

static void put_period(struct out *out, const struct layout *l,
		       const struct row_counts *c, bool hidden)
{
	const struct trip_times *t = &c->trips;

	out_text(out, "  ");
	put_count(out, c);
	put_loss(out, l, c, hidden);
	put_times(out, t,
		  (uint64_t[]){ t->min, trip_quantile(t, 50),
				trip_quantile(t, 90), trip_quantile(t, 99),
				t->max },
		  5, hidden);
}

static void put_peer(struct out *out, const struct layout *l,
		     const struct summary_row *row)
{
	char text[PEER_TEXT], *rest = text, *part;
	int blanks;

	layout_peer(l, row, text);
	blanks = l->peer - (int)strlen(text);
	out_text(out, "%s", strsep(&rest, (char[]){ LEFT_OUT, '\0' }));
	while ((part = strsep(&rest, (char[]){ LEFT_OUT, '\0' })))
		out_text(out, "%s%s", l->unicode ? "…" : "~", part);
	out_text(out, "%*s", blanks, "");
}

static void put_text_row(struct out *out, const struct summary *s,
			 const struct layout *l, const struct summary_row *row,
			 double seconds, uint64_t now)
{
	bool hidden = summary_hidden_by(s, row);
	char type[TYPE_TEXT], label[2 * LABEL_TEXT];

	if (l->stacked) {
		layout_label(l, row, label);
		out_text(out, "%s", label);
	} else {
		put_peer(out, l, row);
		layout_type(row, type);
		out_text(out, " %-*.*s", l->type, l->type, type);
	}
	put_total(out, l, &row->total, seconds, &row->period, hidden);
	if (l->period)
		put_period(out, l, &row->period, hidden);
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

static void put_columns(struct out *out, const struct layout *l)
{
	if (!l->stacked)
		out_text(out, "%-*s %-*.*s", l->peer, "PEER", l->type, l->type,
			 "TYPE");
	if (l->count)
		out_text(out, " %8s", "COUNT");
	if (l->rate)
		out_text(out, " %7s", "RATE/S");
	if (l->loss)
		out_text(out, " %6s", "LOSS");
	if (l->dup)
		out_text(out, " %4s", "DUP");
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
	put_columns(out, l);
}

/* Erase the previous table on a terminal, or separate the tables by a blank line. */
static void go_up(struct summary *s, const struct layout *l, struct out *out)
{
	if (l->live && s->lines)
		out_text(out, "\033[%uF\033[J", s->lines);
	else if (!l->live && s->lines)
		out_text(out, "\n");
}

/* Choose the rows that fit, and set @lines to the number of their lines. */
static size_t fit_rows(const struct layout *l,
		       const struct summary_row *const *rows, size_t count,
		       size_t *lines)
{
	char label[2 * LABEL_TEXT];
	size_t fits = 0, more;

	for (*lines = 0; fits < count; *lines += more, fits++) {
		more = 1 +
		       (l->stacked ? layout_label(l, rows[fits], label) : 0);
		if (*lines + more > l->lines)
			break;
	}
	return fits;
}

static void print_text(struct summary *s, const struct stream *stream,
		       int64_t period, uint64_t now)
{
	const struct summary_row *rows[SUMMARY_ROWS];
	size_t count = summary_rows(s, rows), shown, lines;
	uint64_t rest = s->others.count;
	double seconds = (double)period / 1e9;
	struct out *out = stream->out;
	struct layout l;
	char text[40];

	layout_choose(&l, is_terminal(stream), rows, count);
	l.unicode = is_unicode();
	shown = fit_rows(&l, rows, count, &lines);
	go_up(s, &l, out);
	put_heading(s, stream, &l, seconds, now);
	for (size_t i = 0; i < shown; i++)
		put_text_row(out, s, &l, rows[i], seconds, now / NSEC_PER_SEC);
	for (size_t i = shown; i < count; i++)
		rest += rows[i]->total.packets;
	if (rest) {
		snprintf(text, sizeof(text), "and %" PRIu64 " others", rest);
		out_text(out, "%.*s\n", l.width, text);
	}
	s->lines = (unsigned int)lines + 2 + (rest != 0);
}

void summary_print(struct summary *s, const struct stream *stream, uint64_t now)
{
	int64_t time = summary_clock(s, now), period = time - s->printed;

	if (stream->out->json)
		summary_print_json(s, stream, period, now);
	else
		print_text(s, stream, period, now);
	s->printed = time;
	summary_begin_period(s);
}
