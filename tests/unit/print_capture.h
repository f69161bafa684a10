/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Captures the output of the printer */
#ifndef TEST_PRINT_CAPTURE_H
#define TEST_PRINT_CAPTURE_H

#include "test.h"

#include "cli/out.h"

struct capture {
	struct out out;
	char *text;
	size_t size;
};

static inline void capture_begin(struct capture *c, bool json)
{
	memset(c, 0, sizeof(*c));
	c->out.stream = open_memstream(&c->text, &c->size);
	c->out.json = json;
	assert_non_null(c->out.stream);
}

static inline void assert_captured(struct capture *c, const char *expected)
{
	assert_int_equal(out_close(&c->out), 0);
	assert_string_equal(c->text, expected);
	free(c->text);
}

#endif /* TEST_PRINT_CAPTURE_H */
