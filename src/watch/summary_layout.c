// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "summary_layout.h"
#include "icmp/names.h"

/* Widths of the columns. */
#define COUNT_WIDTH 9
#define LOSS_WIDTH  7
#define DUP_WIDTH   5
#define RATE_WIDTH  8
#define TIMES_WIDTH (7 + 7 + 7)

/* Width of the columns of the period, and of two more blanks. */
#define PERIOD_WIDTH (2 + 9 + 7 + 5 + 5 * 7)

#define PEER_MIN 9
#define TYPE_MIN 12

/* A shorter part of an IPv6 address is not useful. */
#define IPV6_LEAST 15

/* Wider than any line. */
#define LINE_MAX_WIDTH 1000

#define ARROW "> "

/**
 * struct need - widths that the rows need
 * @peer: for all peers in full
 * @type: for all types in full
 * @least_peer: for IPv4 addresses in full, and a useful part of IPv6 addresses
 * @least_type: for types that must look different
 */
struct need {
	int peer;
	int type;
	int least_peer;
	int least_type;
};

static int max(int a, int b)
{
	return a > b ? a : b;
}

static int min(int a, int b)
{
	return a < b ? a : b;
}

static void full_peer(const struct summary_row *row, char text[PEER_TEXT])
{
	size_t len;

	inet_ntop(row->family, row->peer, text, INET6_ADDRSTRLEN);
	if (!row->forwarded)
		return;
	strcat(text, " " ARROW);
	len = strlen(text);
	inet_ntop(row->family, row->target, text + len, INET6_ADDRSTRLEN);
}

/* Most hosts differ at the end of their addresses, so most of the end is kept. */
static void shorten(const struct layout *l, char *text, int width)
{
	int len = (int)strlen(text), tail;
	int head = min(max(l->head * width / l->peer, 1), width - 2);

	if (len <= width)
		return;
	tail = width - head - 1;
	text[head] = LEFT_OUT;
	memmove(text + head + 1, text + len - tail, (size_t)tail + 1);
}

void layout_peer(const struct layout *l, const struct summary_row *row,
		 char text[PEER_TEXT])
{
	char *target;

	full_peer(row, text);
	if ((int)strlen(text) <= l->peer)
		return;
	if (!row->forwarded) {
		shorten(l, text, l->peer);
		return;
	}
	target = strstr(text, " " ARROW);
	*target = '\0';
	shorten(l, text, (l->peer - (int)strlen(" " ARROW)) / 2);
	strcat(text, " " ARROW);
	target = text + strlen(text);
	inet_ntop(row->family, row->target, target, INET6_ADDRSTRLEN);
	shorten(l, target, l->peer - (int)(target - text));
}

void layout_type(const struct summary_row *row, char text[TYPE_TEXT])
{
	const struct icmp_type *type = icmp_type_find(row->family, row->type);
	char *p;

	if (type)
		snprintf(text, TYPE_TEXT, "%s", type->name);
	else
		snprintf(text, TYPE_TEXT, "%s type %u",
			 row->family == AF_INET ? "icmp" : "icmpv6", row->type);
	while ((p = strchr(text, '-')))
		*p = ' ';
}

/* Break a line at a blank, or inside an IPv6 address. */
static size_t line_length(const char *text, size_t width)
{
	size_t len = strcspn(text, "\n");

	if (len <= width)
		return len;
	for (len = width; len; len--)
		if (text[len] == ' ' || text[len - 1] == ':')
			return len;
	return width;
}

size_t layout_label(const struct layout *l, const struct summary_row *row,
		    char text[2 * LABEL_TEXT])
{
	char label[LABEL_TEXT], type[TYPE_TEXT];
	const char *rest = label;
	size_t len, lines = 0;
	bool fits;

	full_peer(row, label);
	layout_type(row, type);
	fits = strlen(label) + 1 + strlen(type) <= (size_t)l->width;
	strcat(strcat(label, fits ? " " : "\n"), type);
	while (*rest) {
		len = line_length(rest, (size_t)l->width);
		text = mempcpy(text, rest, len);
		*text++ = '\n';
		rest += len;
		rest += *rest == ' ' || *rest == '\n';
		lines++;
	}
	*text = '\0';
	return lines;
}

static bool same_peers(const struct summary_row *a, const struct summary_row *b)
{
	return a->family == b->family && a->forwarded == b->forwarded &&
	       !memcmp(a->peer, b->peer, sizeof(a->peer)) &&
	       !memcmp(a->target, b->target, sizeof(a->target));
}

static bool all_differ(const struct layout *l,
		       const struct summary_row *const *rows, size_t count)
{
	char texts[SUMMARY_ROWS][PEER_TEXT];

	for (size_t i = 0; i < count; i++) {
		layout_peer(l, rows[i], texts[i]);
		for (size_t j = 0; j < i; j++)
			if (!strcmp(texts[i], texts[j]) &&
			    !same_peers(rows[i], rows[j]))
				return false;
	}
	return true;
}

/*
 * Omit the middle of a long address, which is least significant. If peers differ only
 * there, omit another part.
 */
static bool choose_head(struct layout *l, const struct summary_row *const *rows,
			size_t count)
{
	int choices = l->peer - 2, first = l->peer / 3;

	for (int i = 0; i < choices; i++) {
		l->head = (first - 1 + i) % choices + 1;
		if (all_differ(l, rows, count))
			return true;
	}
	return false;
}

/* Return the width at which the names of all types differ. */
static int distinct_types(const struct summary_row *const *rows, size_t count)
{
	char texts[SUMMARY_ROWS][TYPE_TEXT];
	size_t least = TYPE_MIN;

	for (size_t i = 0; i < count; i++) {
		layout_type(rows[i], texts[i]);
		for (size_t j = 0; j < i; j++)
			while (!strncmp(texts[i], texts[j], least) &&
			       strcmp(texts[i], texts[j]))
				least++;
	}
	return (int)least;
}

static int least_peer(const struct summary_row *row, int len)
{
	if (row->family == AF_INET)
		return len;
	return min(len, row->forwarded ? 2 * IPV6_LEAST + 3 : IPV6_LEAST);
}

static struct need measure(const struct summary_row *const *rows, size_t count)
{
	struct need need = { PEER_MIN, TYPE_MIN, PEER_MIN,
			     distinct_types(rows, count) };
	char peer[PEER_TEXT], type[TYPE_TEXT];

	for (size_t i = 0; i < count; i++) {
		full_peer(rows[i], peer);
		layout_type(rows[i], type);
		need.peer = max(need.peer, (int)strlen(peer));
		need.type = max(need.type, (int)strlen(type));
		need.least_peer = max(need.least_peer,
				      least_peer(rows[i], (int)strlen(peer)));
	}
	return need;
}

/* Divide this width between PEER and TYPE. Returns false if it is too small. */
static bool divide(struct layout *l, const struct need *need, int width,
		   const struct summary_row *const *rows, size_t count)
{
	if (width < need->least_peer + need->least_type)
		return false;
	l->type = max(min(width - need->peer, need->type), need->least_type);
	l->peer = min(width - l->type, need->peer);
	return l->peer == need->peer || choose_head(l, rows, count);
}

static bool reserve(int *left, int width)
{
	if (*left < width)
		return false;
	*left -= width;
	return true;
}

/* Add the columns that follow the others, if there is space. */
static void add_rest(struct layout *l, int left)
{
	/* Each character covers a whole number of seconds. */
	static const int sparks[] = { 30, 20, 15, 12, 10, 6 };

	/* Two blanks precede the sparkline. */
	left -= 2;
	l->period = l->times && l->rate && reserve(&left, PERIOD_WIDTH);
	l->spark = 0;
	for (size_t i = 0; !l->spark && i < sizeof(sparks) / sizeof(int); i++)
		if (sparks[i] <= left)
			l->spark = sparks[i];
}

/*
 * Put peer and type in one line with as many columns as possible. A line that is too long
 * would wrap, and move the table.
 */
static bool try_one_line(struct layout *l, int columns, const struct need *need,
			 const struct summary_row *const *rows, size_t count)
{
	static const struct {
		bool times;
		bool rate;
	} tries[] = { { true, true },
		      { true, false },
		      { false, true },
		      { false, false } };

	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		/* There is a blank between PEER and TYPE. */
		int left = columns - 1 - COUNT_WIDTH - LOSS_WIDTH - DUP_WIDTH;

		l->times = tries[i].times;
		l->rate = tries[i].rate;
		left -= l->times ? TIMES_WIDTH : 0;
		left -= l->rate ? RATE_WIDTH : 0;
		if (divide(l, need, left, rows, count)) {
			add_rest(l, left - l->peer - l->type);
			return true;
		}
	}
	return false;
}

static void stack(struct layout *l)
{
	int left = l->width;

	l->stacked = true;
	l->count = reserve(&left, COUNT_WIDTH);
	l->loss = l->count && reserve(&left, LOSS_WIDTH);
	l->dup = l->loss && reserve(&left, DUP_WIDTH);
	l->times = l->dup && reserve(&left, TIMES_WIDTH);
	l->rate = l->dup && reserve(&left, RATE_WIDTH);
	add_rest(l, left);
}

void layout_choose(struct layout *l, bool live,
		   const struct summary_row *const *rows, size_t count)
{
	struct winsize size = { 0 };
	bool is_sized = live && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) &&
			size.ws_col && size.ws_row;
	struct need need;

	*l = (struct layout){ .live = live,
			      .lines = SUMMARY_ROWS,
			      .width = LINE_MAX_WIDTH,
			      .count = true,
			      .loss = true,
			      .dup = true,
			      .rate = true,
			      .times = true,
			      .period = true,
			      .spark = 20 };
	/* Two lines of heading, one for the other packets, one for the cursor. */
	if (is_sized)
		l->lines = size.ws_row > 5 ? size.ws_row - 4U : 1;
	if (count > l->lines)
		count = l->lines;
	need = measure(rows, count);
	l->peer = need.peer;
	l->type = need.type;
	if (!is_sized)
		return;
	l->width = max(size.ws_col - 1, 1);
	if (!try_one_line(l, size.ws_col, &need, rows, count))
		stack(l);
}
