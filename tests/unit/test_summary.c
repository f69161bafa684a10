// SPDX-License-Identifier: GPL-2.0-or-later
/* The rows of a summary: their limit, losses, times and the last minute */
#include "summary_frame.h"

#include <arpa/inet.h>
#include <sys/socket.h>

/* A packet to or from 10.0.x.y. */
static void saw(uint8_t type, uint8_t direction, uint16_t peer, uint16_t seq,
		uint64_t time)
{
	uint8_t there[] = { 10, 0, (uint8_t)(peer >> 8), (uint8_t)peer };
	struct kctl_record record = { .time = time,
				      .direction = direction,
				      .family = AF_INET };
	struct icmp_event event = {
		.has = HAS_ADDRESSES | HAS_TYPE | HAS_ID | HAS_ECHO_SEQ,
		.ip = { .family = AF_INET,
			.src = { 192, 0, 2, 1 },
			.dst = { 192, 0, 2, 1 } },
		.type = type,
		.echo_seq = seq,
	};
	struct rtt_result trip;

	memcpy(direction == KCTL_DIRECTION_IN ? event.ip.src : event.ip.dst,
	       there, sizeof(there));
	rtt_take(rtt, &record, &event, &trip);
	summary_take(s, &record, &event, &trip);
}

static void ping(uint16_t seq, uint64_t time)
{
	saw(8, KCTL_DIRECTION_OUT, 1, seq, time);
}

static void pong(uint16_t seq, uint64_t time)
{
	saw(0, KCTL_DIRECTION_IN, 1, seq, time);
}

static void test_round_trips(void **state)
{
	uint64_t p99;

	(void)state;
	for (uint16_t i = 1; i <= 100; i++) {
		ping(i, i * SECOND);
		pong(i, i * SECOND + i * MS);
	}
	assert_int_equal(row(0, 2)->type, 8);
	assert_int_equal(row(0, 2)->total.requests, 100);
	assert_int_equal(row(0, 2)->total.unanswered, 0);
	assert_int_equal(row(0, 2)->total.trips.min, MS);
	assert_int_equal(row(0, 2)->total.trips.max, 100 * MS);
	assert_int_equal(row(0, 2)->total.trips.sum, 5050 * MS);
	p99 = trip_quantile(&row(0, 2)->total.trips, 99);
	assert_in_range(p99, 99 * MS * 99 / 100, 99 * MS * 101 / 100);
	assert_in_range(trip_quantile(&row(0, 2)->total.trips, 1), MS,
			MS * 101 / 100);
	for (unsigned int p = 1; p < 100; p++)
		assert_in_range(trip_quantile(&row(0, 2)->total.trips, p),
				p * MS * 99 / 100, p * MS * 101 / 100);
	/* The round trip is in the row of the request. */
	assert_int_equal(row(1, 2)->type, 0);
	assert_int_equal(row(1, 2)->total.packets, 100);
	assert_int_equal(row(1, 2)->total.requests, 0);
	assert_int_equal(row(1, 2)->total.trips.count, 0);
}

/* Each reply arrives three times, 100 ms apart: the round trip is that of the first. */
static void test_duplicates(void **state)
{
	(void)state;
	for (uint16_t i = 1; i <= 10; i++) {
		ping(i, i * SECOND);
		for (uint64_t late = 0; late < 3; late++)
			pong(i, i * SECOND + (7 + 100 * late) * MS);
	}
	assert_int_equal(row(1, 2)->type, 8);
	assert_int_equal(row(1, 2)->total.trips.count, 10);
	assert_int_equal(row(1, 2)->total.trips.max, 7 * MS);
	assert_int_equal(row(1, 2)->total.duplicates, 20);
	assert_int_equal(row(1, 2)->total.unanswered, 0);
	/* A host that pings itself sees each packet twice. */
	saw(13, KCTL_DIRECTION_OUT, 2, 1, 20 * SECOND);
	saw(13, KCTL_DIRECTION_IN, 2, 1, 20 * SECOND);
	assert_int_equal(row(2, 3)->total.duplicates, 0);
}

/* Two members of a group reply, and one of them twice: none is lost. */
static void test_group(void **state)
{
	uint64_t now = 1000 * SECOND;

	(void)state;
	/* Peer 255 is a broadcast address. */
	saw(8, KCTL_DIRECTION_OUT, 255, 1, now);
	saw(0, KCTL_DIRECTION_IN, 2, 1, now + 2 * MS);
	saw(0, KCTL_DIRECTION_IN, 3, 1, now + 3 * MS);
	saw(0, KCTL_DIRECTION_IN, 3, 1, now + 4 * MS);
	summary_expire(s, rtt, now + 10 * SECOND);
	assert_int_equal(row(1, 3)->type, 8);
	assert_int_equal(row(1, 3)->total.unanswered, 0);
	assert_int_equal(row(1, 3)->total.trips.count, 1);
	assert_int_equal(row(1, 3)->total.trips.max, 2 * MS);
	assert_int_equal(row(2, 3)->peer[3], 2);
	assert_int_equal(row(2, 3)->total.trips.max, 2 * MS);
	assert_int_equal(row(1, 3)->total.duplicates, 1);
	assert_int_equal(row(0, 3)->peer[3], 3);
	assert_int_equal(row(0, 3)->total.trips.max, 3 * MS);
}

/* As in ping(8), a duplicate belongs to the request, whatever address it comes from. */
static void test_duplicates_from_another_address(void **state)
{
	uint64_t now = 1000 * SECOND;

	(void)state;
	/* Peer 255 is a broadcast address, and 9 an anycast address. */
	for (uint16_t asked = 9; asked < 256; asked += 246) {
		saw(8, KCTL_DIRECTION_OUT, asked, asked, now);
		for (uint64_t i = 2; i < 5; i++)
			saw(0, KCTL_DIRECTION_IN, 2, asked, now + i * MS);
	}
	assert_int_equal(row(0, 3)->type, 0);
	assert_int_equal(row(0, 3)->total.duplicates, 0);
	assert_int_equal(row(0, 3)->total.trips.count, 2);
	assert_int_equal(row(0, 3)->total.trips.max, 2 * MS);
	for (size_t i = 1; i < 3; i++) {
		assert_int_equal(row(i, 3)->type, 8);
		assert_int_equal(row(i, 3)->total.duplicates, 2);
		assert_int_equal(row(i, 3)->period.duplicates, 2);
		assert_int_equal(row(i, 3)->total.trips.count, 1);
	}
}

/* A member on this host: both packets are seen twice, and are not duplicates. */
static void test_member_on_this_host(void **state)
{
	uint64_t now = 1000 * SECOND;

	(void)state;
	saw(8, KCTL_DIRECTION_OUT, 255, 1, now);
	saw(8, KCTL_DIRECTION_IN, 255, 1, now + MS);
	saw(0, KCTL_DIRECTION_OUT, 2, 1, now + 2 * MS);
	saw(0, KCTL_DIRECTION_IN, 2, 1, now + 3 * MS);
	assert_int_equal(row(1, 2)->type, 0);
	assert_int_equal(row(1, 2)->total.trips.count, 1);
	assert_int_equal(row(1, 2)->total.trips.max, 3 * MS);
	assert_int_equal(row(0, 2)->total.duplicates, 0);
}

/* From a few ns to the longest time, accurate to 1 %. */
static void test_quantile(void **state)
{
	static const uint64_t times[] = { 0,	  1,	     15,	 16,
					  17,	  1000,	     1023,	 1024,
					  123456, 987654321, RTT_MAX_AGE };
	uint16_t seq = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(times); i++) {
		struct trip_times t;

		finish(NULL);
		begin(NULL);
		ping(++seq, SECOND);
		pong(seq, SECOND + times[i]);
		/* A second round trip, so that only the buckets differ. */
		ping(++seq, SECOND);
		pong(seq, SECOND + RTT_MAX_AGE);
		t = row(0, 2)->total.trips;
		t.min = 0;
		assert_in_range(trip_quantile(&t, 50), times[i] * 99 / 100,
				times[i] + times[i] / 100);
	}
}

static void test_unanswered(void **state)
{
	uint64_t now = 1000 * SECOND;

	(void)state;
	ping(1, now - 10 * SECOND);
	ping(2, now - 10 * SECOND);
	pong(2, now - 10 * SECOND + MS);
	ping(3, now + 10 * SECOND);
	summary_expire(s, rtt, now);
	summary_expire(s, rtt, now);
	assert_int_equal(row(0, 2)->total.requests, 3);
	assert_int_equal(row(0, 2)->total.unanswered, 1);
	/* The late reply arrives. */
	pong(1, now - 8 * SECOND);
	assert_int_equal(row(0, 2)->total.unanswered, 0);
	/* A request that is repeated before an answer counts as lost. */
	ping(3, now + 11 * SECOND);
	assert_int_equal(row(0, 2)->total.unanswered, 1);
}

static void test_last_minute(void **state)
{
	const struct summary_row *r;

	(void)state;
	for (int i = 0; i < 3; i++)
		saw(3, KCTL_DIRECTION_IN, 1, 0, 1000 * SECOND);
	saw(3, KCTL_DIRECTION_IN, 1, 0, 1059 * SECOND);
	r = row(0, 1);
	assert_int_equal(r->minute[1000 % 60], 3);
	assert_int_equal(r->minute[1059 % 60], 1);
	saw(3, KCTL_DIRECTION_IN, 1, 0, 1060 * SECOND);
	assert_int_equal(r->minute[1000 % 60], 1);
	saw(3, KCTL_DIRECTION_IN, 1, 0, 5000 * SECOND);
	for (uint64_t i = 4941; i < 5000; i++)
		assert_int_equal(r->minute[i % 60], 0);
	assert_int_equal(r->total.packets, 6);
}

static uint64_t sum_of_rows(void)
{
	const struct summary_row *rows[SUMMARY_ROWS];
	size_t count = summary_rows(s, rows);
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += rows[i]->total.packets;
	return sum;
}

/* The number of rows is limited, and no packet is missing for any number of peers. */
static void test_bounded(void **state)
{
	(void)state;
	for (uint16_t peer = 0; peer < 1000; peer++)
		saw(3, KCTL_DIRECTION_IN, peer, 0, 1000 * SECOND);
	row(0, SUMMARY_ROWS);
	assert_int_equal(sum_of_rows(), SUMMARY_ROWS);
	assert_int_equal(s->others.count, 1000 - SUMMARY_ROWS);
	/* Half of the peers continue; after a minute, the others make room. */
	for (uint16_t peer = 0; peer < 128; peer++)
		saw(3, KCTL_DIRECTION_IN, peer, 0, 1040 * SECOND);
	for (uint16_t peer = 2000; peer < 3000; peer++)
		saw(3, KCTL_DIRECTION_IN, peer, 0, 1059 * SECOND);
	assert_int_equal(s->others.count, 2000 - SUMMARY_ROWS);
	for (uint16_t peer = 4000; peer < 4100; peer++)
		saw(3, KCTL_DIRECTION_IN, peer, 0, 1061 * SECOND);
	for (uint16_t peer = 4000; peer < 4100; peer++)
		saw(3, KCTL_DIRECTION_IN, peer, 0, 1062 * SECOND);
	assert_int_equal(row(0, SUMMARY_ROWS)->total.packets, 2);
	assert_int_equal(sum_of_rows() + s->others.count, 2328);
	assert_int_equal(s->others.count, 2000 - SUMMARY_ROWS + 100);
	for (uint16_t peer = 0; peer < 128; peer++)
		saw(3, KCTL_DIRECTION_IN, peer, 0, 1062 * SECOND);
	assert_int_equal(row(0, SUMMARY_ROWS)->total.packets, 3);
}

/* Each period has its own counts and times, beside those since the start. */
static void test_periods(void **state)
{
	const struct summary_row *r;

	(void)state;
	ping(1, 1000 * SECOND);
	pong(1, 1000 * SECOND + 9 * MS);
	ping(2, 1000 * SECOND);
	summary_expire(s, rtt, 1002 * SECOND);
	r = row(0, 2);
	assert_int_equal(r->period.unanswered, 1);
	summary_begin_period(s);
	assert_int_equal(r->period.packets, 0);
	ping(3, 1003 * SECOND);
	pong(3, 1003 * SECOND + 2 * MS);
	pong(3, 1003 * SECOND + 3 * MS);
	pong(2, 1003 * SECOND + 3 * MS);
	assert_int_equal(r->period.packets, 1);
	assert_int_equal(r->period.requests, 1);
	assert_int_equal(r->period.unanswered, 0);
	assert_int_equal(r->period.duplicates, 1);
	assert_int_equal(r->period.trips.min, 2 * MS);
	assert_in_range(trip_quantile(&r->period.trips, 50), 2 * MS,
			2 * MS * 101 / 100);
	assert_int_equal(r->total.packets, 3);
	assert_int_equal(r->total.unanswered, 0);
	assert_int_equal(r->total.trips.count, 3);
	summary_begin_period(s);
	ping(4, 1004 * SECOND);
	pong(4, 1004 * SECOND + 5 * MS);
	assert_int_equal(r->period.trips.min, 5 * MS);
	assert_int_equal(r->period.trips.max, 5 * MS);
	assert_in_range(trip_quantile(&r->period.trips, 1), 5 * MS * 99 / 100,
			5 * MS);
}

/* A reply to a request whose row was replaced. */
static void test_row_given_away(void **state)
{
	(void)state;
	ping(1, 1000 * SECOND);
	for (uint16_t peer = 1000; peer < 1000 + SUMMARY_ROWS; peer++)
		saw(3, KCTL_DIRECTION_IN, peer, 0, 1060 * SECOND);
	pong(1, 1060 * SECOND);
	assert_int_equal(s->others.count, 2);
	for (size_t i = 0; i < SUMMARY_ROWS; i++)
		assert_int_equal(s->rows[i].total.trips.count, 0);
}

/* Fragments have no type, and so no row. */
static void test_fragments(void **state)
{
	struct kctl_record record = { .time = SECOND, .family = AF_INET };
	struct icmp_event event = { .has = HAS_ADDRESSES | IS_FRAGMENT };
	struct rtt_result trip = { 0 };

	(void)state;
	summary_take(s, &record, &event, &trip);
	row(0, 0);
	assert_int_equal(s->others.count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_round_trips, begin,
						finish),
		cmocka_unit_test_setup_teardown(test_duplicates, begin, finish),
		cmocka_unit_test_setup_teardown(test_group, begin, finish),
		cmocka_unit_test_setup_teardown(
			test_duplicates_from_another_address, begin, finish),
		cmocka_unit_test_setup_teardown(test_member_on_this_host, begin,
						finish),
		cmocka_unit_test_setup_teardown(test_quantile, begin, finish),
		cmocka_unit_test_setup_teardown(test_unanswered, begin, finish),
		cmocka_unit_test_setup_teardown(test_last_minute, begin,
						finish),
		cmocka_unit_test_setup_teardown(test_bounded, begin, finish),
		cmocka_unit_test_setup_teardown(test_row_given_away, begin,
						finish),
		cmocka_unit_test_setup_teardown(test_periods, begin, finish),
		cmocka_unit_test_setup_teardown(test_fragments, begin, finish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
