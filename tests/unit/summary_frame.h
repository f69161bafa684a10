/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A summary and its table of requests, new for each test */
#ifndef TEST_SUMMARY_FRAME_H
#define TEST_SUMMARY_FRAME_H

#include <stdlib.h>

#include "test.h"
#include "watch/summary.h"

#define MS     UINT64_C(1000000)
#define SECOND (1000 * MS)

static struct kctl_watch_filter filter;
static struct summary *s;
static struct rtt_table *rtt;

static int begin(void **state)
{
	(void)state;
	s = summary_new(&filter, 0);
	rtt = calloc(1, sizeof(*rtt));
	return s && rtt ? 0 : -1;
}

static int finish(void **state)
{
	(void)state;
	summary_free(s);
	free(rtt);
	return 0;
}

static const struct summary_row *row(size_t index, size_t count)
{
	const struct summary_row *rows[SUMMARY_ROWS];

	assert_int_equal(summary_rows(s, rows), count);
	return rows[index];
}

#endif /* TEST_SUMMARY_FRAME_H */
