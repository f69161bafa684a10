// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "parse.h"
#include "timestamp.h"

/* Format a second since the epoch in local time, unless @t has it already. */
static void format_local(struct timestamp *t, uint64_t second)
{
	bool iso = t->format == TIME_ISO;
	time_t seconds = (time_t)second;
	char zone[8] = "";
	struct tm tm;

	if (t->local_len && t->second == second)
		return;
	t->second = second;
	t->local_len = 0;
	if (localtime_r(&seconds, &tm))
		t->local_len = (unsigned int)strftime(
			t->local, sizeof(t->local),
			iso ? "%Y-%m-%dT%H:%M:%S" : "%H:%M:%S", &tm);
	/* RFC 3339 has a colon between hours and minutes. */
	if (iso && t->local_len && strftime(zone, sizeof(zone), "%z", &tm))
		snprintf(t->zone, sizeof(t->zone), "%.3s:%.2s", zone, zone + 3);
}

/* Every line has a timestamp, and printf(3) is slow. */
static void put_digits(char *end, unsigned int number, int count)
{
	while (count--) {
		*--end = (char)('0' + number % 10);
		number /= 10;
	}
}

static void put_local(struct timestamp *t, uint64_t ns)
{
	char *p = t->text + t->local_len;

	memcpy(t->text, t->local, t->local_len);
	*p++ = '.';
	put_digits(p + 6, (unsigned int)(ns % NSEC_PER_SEC / 1000), 6);
	strcpy(p + 6, t->zone);
}

/* If the clock was set back, no time has passed. */
static uint64_t since(uint64_t then, uint64_t now)
{
	return now > then ? now - then : 0;
}

static void put_passed(struct timestamp *t, uint64_t ns)
{
	snprintf(t->text, sizeof(t->text), "%3" PRIu64 ".%06u",
		 ns / NSEC_PER_SEC, (unsigned int)(ns % NSEC_PER_SEC / 1000));
}

const char *timestamp_text(struct timestamp *t, uint64_t ns)
{
	if (!t->running)
		t->first = t->before = ns;
	t->running = true;
	switch (t->format) {
	case TIME_OF_DAY:
	case TIME_ISO:
		format_local(t, ns / NSEC_PER_SEC);
		put_local(t, ns);
		break;
	case TIME_UNIX:
		snprintf(t->text, sizeof(t->text), "%" PRIu64 ".%09u",
			 ns / NSEC_PER_SEC, (unsigned int)(ns % NSEC_PER_SEC));
		break;
	case TIME_DELTA:
		put_passed(t, since(t->before, ns));
		break;
	case TIME_ELAPSED:
		put_passed(t, since(t->first, ns));
		break;
	case TIME_NONE:
		break;
	}
	t->before = ns;
	return t->text;
}

const char *timestamp_utc(struct utc *utc, uint64_t ns)
{
	time_t seconds = (time_t)(ns / NSEC_PER_SEC);
	struct tm tm;

	/* 64 bits of ns end in the year 2554, so neither of the two can fail. */
	if ((!*utc->text || utc->second != ns / NSEC_PER_SEC) &&
	    gmtime_r(&seconds, &tm))
		strftime(utc->text, sizeof(utc->text),
			 "%Y-%m-%dT%H:%M:%S.123456789Z", &tm);
	utc->second = ns / NSEC_PER_SEC;
	put_digits(utc->text + 29, (unsigned int)(ns % NSEC_PER_SEC), 9);
	return utc->text;
}

uint64_t timestamp_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)(now.tv_sec * NSEC_PER_SEC + now.tv_nsec);
}
