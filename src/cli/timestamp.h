/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When it happened, in the words that were asked for */
#ifndef KCTL_TIMESTAMP_H
#define KCTL_TIMESTAMP_H

#include <stdbool.h>
#include <stdint.h>

/**
 * enum time_format - how people are told a time
 * @TIME_OF_DAY: time of day, here, with microseconds
 * @TIME_UNIX: seconds since the epoch, with nanoseconds
 * @TIME_ISO: date and time of day, here, and how far that is from UTC
 * @TIME_DELTA: seconds since the event before
 * @TIME_ELAPSED: seconds since the first event
 * @TIME_NONE: not at all
 */
enum time_format {
	TIME_OF_DAY,
	TIME_UNIX,
	TIME_ISO,
	TIME_DELTA,
	TIME_ELAPSED,
	TIME_NONE,
};

/**
 * struct timestamp - what is remembered from one time to the next
 * @format: how it is told
 * @running: there was a first event
 * @first: when that was, in ns since the epoch
 * @before: when the last one was
 * @second: the second that @local is about: many events share one
 * @local: date or time of day
 * @local_len: length of that
 * @zone: how far that is from UTC
 * @text: what timestamp_text() returned
 */
struct timestamp {
	enum time_format format;
	bool running;
	uint64_t first;
	uint64_t before;
	uint64_t second;
	char local[32];
	unsigned int local_len;
	char zone[8];
	char text[64];
};

/**
 * timestamp_text() - say when an event happened
 * @t: with its format and zeros it begins
 * @ns: when, in ns since the epoch
 *
 * Return: the words; valid until the next call.
 */
const char *timestamp_text(struct timestamp *t, uint64_t ns);

#endif /* KCTL_TIMESTAMP_H */
