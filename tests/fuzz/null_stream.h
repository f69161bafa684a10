/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stream that discards the output of a fuzzer */
#ifndef NULL_STREAM_H
#define NULL_STREAM_H

#include <stdio.h>
#include <stdlib.h>

static inline FILE *null_stream(void)
{
	static FILE *stream;

	if (!stream)
		stream = fopen("/dev/null", "w");
	if (!stream)
		abort();
	return stream;
}

#endif /* NULL_STREAM_H */
