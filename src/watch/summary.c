// SPDX-License-Identifier: GPL-2.0-or-later
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "exchange.h"
#include "summary.h"
#include "cli/parse.h"

#define SLOTS (2 * SUMMARY_ROWS)

/* A new row can replace a row that was idle for this time in seconds. */
#define OLD_SECONDS SUMMARY_SECONDS

/*
 * The histogram has 64 buckets for each power of two, so the width of a bucket is at
 * most 1/64 of the times in it, and a percentile is right within 1 %.
 */
#define SUB_BITS 6
#define SUBS	 (1U << SUB_BITS)
#define BUCKETS	 ((64 - SUB_BITS) * SUBS)

/* Flag of an owner: its row is of requests to a group, and the request is that of a member. */
#define MEMBER (UINT32_C(1) << 31)

static unsigned int bucket_of(uint64_t ns)
{
	unsigned int power;

	if (ns < SUBS)
		return (unsigned int)ns;
	power = 63 - (unsigned int)__builtin_clzll(ns);
	return (power - SUB_BITS + 1) * SUBS +
	       (unsigned int)(ns >> (power - SUB_BITS) & (SUBS - 1));
}

/* The time at the middle of a bucket, in ns. */
static uint64_t bucket_middle(unsigned int bucket)
{
	unsigned int shift = bucket / SUBS - 1;
	uint64_t begin = SUBS + bucket % SUBS;

	if (bucket < SUBS)
		return bucket;
	return (begin << shift) + (UINT64_C(1) << shift) / 2;
}

static void trip_add(struct trip_times *t, uint64_t ns)
{
	if (!t->buckets)
		t->buckets = calloc(BUCKETS, sizeof(*t->buckets));
	if (!t->count || ns < t->min)
		t->min = ns;
	if (ns > t->max)
		t->max = ns;
	t->count++;
	t->sum += ns;
	/* If memory is short, only the percentiles are missing. */
	if (t->buckets)
		t->buckets[bucket_of(ns)]++;
}

uint64_t trip_quantile(const struct trip_times *t, unsigned int percent)
{
	uint64_t wanted = (t->count * percent + 99) / 100, seen = 0, ns;

	if (!t->buckets)
		return 0;
	for (unsigned int i = 0; i < BUCKETS; i++) {
		seen += t->buckets[i];
		if (seen < wanted)
			continue;
		ns = bucket_middle(i);
		return ns > t->max ? t->max : ns < t->min ? t->min : ns;
	}
	return t->max;
}

static void add_trip(struct summary_row *row, uint64_t ns)
{
	trip_add(&row->total.trips, ns);
	trip_add(&row->period.trips, ns);
}

static void repeat(struct summary_row *row)
{
	row->total.duplicates++;
	row->period.duplicates++;
}

static void lose(struct summary_row *row)
{
	row->total.unanswered++;
	row->period.unanswered++;
}

/* A late reply. The request may have become late in an earlier period. */
static void find(struct summary_row *row)
{
	row->total.unanswered--;
	if (row->period.unanswered)
		row->period.unanswered--;
}

static void free_buckets(struct summary_row *row)
{
	free(row->total.trips.buckets);
	free(row->period.trips.buckets);
}

struct summary *summary_new(const struct kctl_watch_filter *filter,
			    unsigned int place)
{
	struct summary *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	if (place & EXCHANGE_FORWARDED) {
		s->local = local_new();
		if (!s->local) {
			free(s);
			return NULL;
		}
	}
	s->filter = filter;
	s->place = place;
	s->begun = s->printed = wait_now();
	return s;
}

void summary_replay(struct summary *s, uint64_t begin)
{
	s->replayed = true;
	s->begun = s->printed = (int64_t)begin;
}

int64_t summary_clock(const struct summary *s, uint64_t now)
{
	return s->replayed ? (int64_t)now : wait_now();
}

void summary_free(struct summary *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->used; i++)
		free_buckets(&s->rows[i]);
	local_free(s->local);
	free(s);
}

static size_t slot_of(const struct summary_row *key)
{
	uint64_t words[2], hash;

	memcpy(words, key->peer, sizeof(words));
	hash = (words[0] ^ key->family) * UINT64_C(0x9e3779b97f4a7c15);
	hash = (hash ^ hash >> 32 ^ words[1] ^ (uint64_t)key->type << 8) *
	       UINT64_C(0x9e3779b97f4a7c15);
	return hash >> 40 & (SLOTS - 1);
}

static bool same_key(const struct summary_row *a, const struct summary_row *b)
{
	return a->type == b->type && a->family == b->family &&
	       !memcmp(a->peer, b->peer, sizeof(a->peer)) &&
	       !memcmp(a->target, b->target, sizeof(a->target));
}

/* Return the slot of a key, or the free slot for it. */
static uint16_t *find_slot(struct summary *s, const struct summary_row *key)
{
	size_t slot = slot_of(key);

	while (s->slots[slot] && !same_key(&s->rows[s->slots[slot] - 1], key))
		slot = (slot + 1) % SLOTS;
	return &s->slots[slot];
}

static void rebuild_slots(struct summary *s)
{
	memset(s->slots, 0, sizeof(s->slots));
	for (size_t i = 0; i < s->used; i++)
		if (s->rows[i].family)
			*find_slot(s, &s->rows[i]) = (uint16_t)(i + 1);
}

/* Free the row that was idle for the longest time, if that is long enough. */
static struct summary_row *recycle(struct summary *s, uint64_t second)
{
	struct summary_row *oldest = s->rows;

	/* With more peers than rows, do not search for each packet. */
	if (second < s->full_until)
		return NULL;
	for (size_t i = 1; i < s->used; i++)
		if (s->rows[i].second < oldest->second)
			oldest = &s->rows[i];
	if (second < oldest->second + OLD_SECONDS) {
		s->full_until = oldest->second + OLD_SECONDS;
		return NULL;
	}
	s->others.count += oldest->total.packets;
	s->others.recent += oldest->period.packets;
	free_buckets(oldest);
	memset(oldest, 0, sizeof(*oldest));
	rebuild_slots(s);
	return oldest;
}

static struct summary_row *
find_row(struct summary *s, const struct summary_row *key, uint64_t second)
{
	uint16_t *slot = find_slot(s, key);
	struct summary_row *row;

	if (*slot)
		return &s->rows[*slot - 1];
	if (s->used < SUMMARY_ROWS)
		row = &s->rows[s->used++];
	else
		row = recycle(s, second);
	if (!row)
		return NULL;
	*row = *key;
	row->birth = ++s->births;
	row->second = second;
	*find_slot(s, key) = (uint16_t)(row - s->rows + 1);
	return row;
}

/* Clear the counts of the seconds that passed without a packet. */
static void advance(struct summary_row *row, uint64_t second)
{
	if (second <= row->second)
		return;
	if (second - row->second >= SUMMARY_SECONDS)
		row->second = second - SUMMARY_SECONDS;
	while (row->second < second)
		row->minute[++row->second % SUMMARY_SECONDS] = 0;
}

/* Encode the index and the birth of a row; detects a row that was replaced. */
static uint32_t owner_of(const struct summary *s, const struct summary_row *row)
{
	return (row->birth * SUMMARY_ROWS + (uint32_t)(row - s->rows) + 1) &
	       ~MEMBER;
}

static struct summary_row *row_of(struct summary *s, uint32_t owner)
{
	struct summary_row *row = &s->rows[(owner - 1) % SUMMARY_ROWS];

	owner &= ~MEMBER;
	return owner && owner_of(s, row) == owner ? row : NULL;
}

static bool both_ways(const struct rtt_request *request)
{
	return request->sent && request->arrived;
}

/*
 * For a request to a group, the first reply of any member makes the round trip. Each member
 * has its own round trip in the row of its replies. A second reply of a member is a
 * duplicate in the row of the request.
 */
static void take_reply(struct summary *s, struct summary_row *row,
		       const struct kctl_record *record,
		       const struct rtt_result *trip)
{
	uint32_t owner = trip->request->owner;
	bool is_known = owner & MEMBER;
	struct summary_row *asked = row_of(s, owner);
	/* A host that pings itself sees each packet twice: count the full round trip. */
	bool counts = !both_ways(trip->request) ||
		      record->direction == KCTL_DIRECTION_IN;

	if (trip->member)
		trip->member->owner = owner | MEMBER;
	if (counts && row && (trip->member || (is_known && !trip->is_repeated)))
		add_trip(row, trip->ns);
	if (!asked)
		return;
	if (counts && trip->is_duplicate)
		repeat(asked);
	else if (counts && !trip->is_repeated && !is_known)
		add_trip(asked, trip->ns);
	if (trip->is_first && trip->request->late)
		find(asked);
}

static void take_trip(struct summary *s, struct summary_row *row,
		      const struct kctl_record *record,
		      const struct rtt_result *trip)
{
	const struct rtt_request *forgotten = &trip->forgotten;
	struct summary_row *asked;

	if (!forgotten->replied && !forgotten->late &&
	    (asked = row_of(s, forgotten->owner)))
		lose(asked);
	if (trip->is_new && row) {
		trip->request->owner = owner_of(s, row);
		row->total.requests++;
		row->period.requests++;
	}
	if (trip->is_reply)
		take_reply(s, row, record, trip);
}

static void set_peers(struct summary *s, struct summary_row *key,
		      const struct kctl_record *record,
		      const struct icmp_event *event)
{
	size_t size = record->family == AF_INET ? 4 : 16;
	bool in = record->direction == KCTL_DIRECTION_IN;

	memcpy(key->peer, in ? event->ip.src : event->ip.dst, size);
	/* A forwarded packet is seen only as it arrives. */
	key->forwarded =
		in && s->local &&
		!local_delivers(s->local, record->family, event->ip.dst);
	if (key->forwarded)
		memcpy(key->target, event->ip.dst, size);
}

void summary_take(struct summary *s, const struct kctl_record *record,
		  const struct icmp_event *event, const struct rtt_result *trip)
{
	uint64_t second = record->time / NSEC_PER_SEC;
	struct summary_row key = { .family = record->family,
				   .type = event->type };
	struct summary_row *row;

	if (event->has & HAS_ADDRESSES)
		set_peers(s, &key, record, event);
	/* A non-first fragment has no type. */
	row = event->has & HAS_TYPE ? find_row(s, &key, second) : NULL;
	if (row) {
		advance(row, second);
		row->total.packets++;
		row->period.packets++;
		row->minute[row->second % SUMMARY_SECONDS]++;
	} else {
		s->others.count++;
		s->others.recent++;
	}
	take_trip(s, row, record, trip);
}

static void take_late(void *data, const struct rtt_request *request)
{
	struct summary_row *row = row_of(data, request->owner);

	if (row)
		lose(row);
}

void summary_expire(struct summary *s, struct rtt_table *rtt, uint64_t now)
{
	rtt_expire(rtt, now, take_late, s);
}

void summary_begin_period(struct summary *s)
{
	s->others.recent = 0;
	for (size_t i = 0; i < s->used; i++) {
		struct row_counts *period = &s->rows[i].period;
		uint32_t *buckets = period->trips.buckets;

		/* The memory stays for the next period. */
		if (period->trips.count && buckets)
			memset(buckets, 0, BUCKETS * sizeof(*buckets));
		*period = (struct row_counts){ .trips.buckets = buckets };
	}
}

const char *summary_hidden_by(const struct summary *s,
			      const struct summary_row *row)
{
	const struct exchange *e = exchange_find(row->family, row->type);
	unsigned int place = s->place;

	/* Requests that are cut too early are not recognised: the row counts no requests. */
	if (!e || row->type != e->request)
		return NULL;
	/* The router's own exchanges use a single interface. */
	if (!row->forwarded)
		place &= ~(unsigned int)EXCHANGE_FORWARDED;
	return exchange_hidden_by(e, s->filter, place);
}

void summary_minute(const struct summary_row *row, uint64_t now,
		    uint32_t *parts, unsigned int count)
{
	unsigned int width = SUMMARY_SECONDS / count;

	for (unsigned int i = 0; i < SUMMARY_SECONDS; i++) {
		uint64_t second = now - SUMMARY_SECONDS + 1 + i;

		if (i % width == 0)
			parts[i / width] = 0;
		if (second <= row->second &&
		    row->second - second < SUMMARY_SECONDS)
			parts[i / width] +=
				row->minute[second % SUMMARY_SECONDS];
	}
}

static int by_count(const void *a, const void *b)
{
	const struct summary_row *x = *(const struct summary_row *const *)a;
	const struct summary_row *y = *(const struct summary_row *const *)b;

	if (x->total.packets != y->total.packets)
		return x->total.packets < y->total.packets ? 1 : -1;
	return x->birth < y->birth ? -1 : 1;
}

size_t summary_rows(const struct summary *s,
		    const struct summary_row *rows[SUMMARY_ROWS])
{
	size_t count = 0;

	for (size_t i = 0; i < s->used; i++)
		if (s->rows[i].family)
			rows[count++] = &s->rows[i];
	qsort(rows, count, sizeof(rows[0]), by_count);
	return count;
}
