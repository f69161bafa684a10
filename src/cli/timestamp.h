/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The time of an event as text, in a choice of formats */
#ifndef KCTL_TIMESTAMP_H
#define KCTL_TIMESTAMP_H

#include <stdbool.h>
#include <stdint.h>

/**
 * enum time_format - the format of a time
 * @TIME_OF_DAY: local time of day with microseconds
 * @TIME_UNIX: seconds since the epoch with nanoseconds
 * @TIME_ISO: local date and time with the offset from UTC
 * @TIME_DELTA: seconds since the previous event
 * @TIME_ELAPSED: seconds since the first event
 * @TIME_NONE: no time
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
 * struct timestamp - the state between one time and the next
 * @format: the format
 * @running: an event has happened
 * @first: time of the first event, in ns since the epoch
 * @before: time of the previous event
 * @second: the second of @local, which many events share
 * @local: local date or time of day
 * @local_len: length of @local
 * @zone: offset from UTC
 * @text: the text of the last event
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
 * timestamp_text() - format the time of an event
 * @t: the state; initially zero except for the format
 * @ns: the time, in ns since the epoch
 *
 * Return: the text, valid until the next call.
 */
const char *timestamp_text(struct timestamp *t, uint64_t ns);

/**
 * struct utc - the last text of timestamp_utc(): the next one often has the same second
 * @second: the second of @text
 * @text: the text, or "" before the first
 */
struct utc {
	uint64_t second;
	char text[32];
};

/**
 * timestamp_utc() - format a time for programs, as in 2026-11-26T10:00:00.123456789Z
 * @utc: the state; initially zero
 * @ns: the time, in ns since the epoch
 *
 * Return: the text, valid until the next call. All texts have the same length, so that
 * they sort by time.
 */
const char *timestamp_utc(struct utc *utc, uint64_t ns);

/**
 * timestamp_now() - read the wall clock
 *
 * Return: the time, in ns since the epoch.
 */
uint64_t timestamp_now(void);

#endif /* KCTL_TIMESTAMP_H */
