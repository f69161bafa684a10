/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The columns of the table of a summary, on a terminal of any width: no line wraps, and no
 * two rows look the same.
 */
#ifndef KCTL_WATCH_SUMMARY_LAYOUT_H
#define KCTL_WATCH_SUMMARY_LAYOUT_H

#include <netinet/in.h>

#include "summary.h"

/* Space for two addresses and " > ", or for the name of a type. */
#define PEER_TEXT (2 * INET6_ADDRSTRLEN + 3)
#define TYPE_TEXT 64

/* Likewise, for both and a blank. */
#define LABEL_TEXT (PEER_TEXT + TYPE_TEXT)

/* Stands for what is left out of an address, which has no such character. */
#define LEFT_OUT '~'

/**
 * struct layout - layout of the table
 * @live: the output is a terminal: overwrite the previous table
 * @stacked: peer and type have lines of their own, above the other columns
 * @lines: number of lines for the rows
 * @peer: width of column PEER
 * @head: number of characters that stay at the begin of an address that is too long
 * @type: width of column TYPE
 * @width: width of the terminal, or of any line
 * @count: there is a column COUNT
 * @loss: there is a column LOSS
 * @dup: there is a column DUP
 * @rate: there is a column RATE/S
 * @times: there are the columns MIN/MS to P99/MS
 * @period: there are columns for the period
 * @spark: number of characters of the sparkline, or 0
 * @unicode: the locale is UTF-8, which is for the caller to find out
 */
struct layout {
	bool live;
	bool stacked;
	size_t lines;
	int peer;
	int head;
	int type;
	int width;
	bool count;
	bool loss;
	bool dup;
	bool rate;
	bool times;
	bool period;
	int spark;
	bool unicode;
};

/**
 * layout_choose() - fit the columns to their content, and to the terminal
 * @l: set to the layout
 * @live: standard output is a terminal
 * @rows: the rows, the most important ones first
 * @count: number of rows
 */
void layout_choose(struct layout *l, bool live,
		   const struct summary_row *const *rows, size_t count);

/**
 * layout_peer() - get the text of column PEER
 * @l: the layout
 * @row: the row
 * @text: set to the text: @l->peer characters at most, with LEFT_OUT in place of what
 *	does not fit
 */
void layout_peer(const struct layout *l, const struct summary_row *row,
		 char text[PEER_TEXT]);

/**
 * layout_type() - get the name of the type of a row
 * @row: the row
 * @text: set to the name
 */
void layout_type(const struct summary_row *row, char text[TYPE_TEXT]);

/**
 * layout_label() - get the lines above the columns of a row, if the layout is stacked
 * @l: the layout
 * @row: the row
 * @text: set to the lines, each with a newline
 *
 * Return: number of lines.
 */
size_t layout_label(const struct layout *l, const struct summary_row *row,
		    char text[2 * LABEL_TEXT]);

#endif /* KCTL_WATCH_SUMMARY_LAYOUT_H */
