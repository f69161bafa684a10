// SPDX-License-Identifier: GPL-2.0-or-later
/* Round trips: which reply belongs to which request, and for how long */
#include "test.h"

#include <arpa/inet.h>

#include "watch/rtt.h"

#define MS  UINT64_C(1000000)
#define IN  KCTL_DIRECTION_IN
#define OUT KCTL_DIRECTION_OUT

static struct rtt_table table;
static struct rtt_result trip;

static int clear_table(void **state)
{
	(void)state;
	memset(&table, 0, sizeof(table));
	return 0;
}

struct packet {
	uint8_t family;
	uint8_t type;
	uint8_t src;
	uint8_t dst;
	uint16_t id;
	uint16_t seq;
};

static void took(struct icmp_event *event, uint8_t direction, uint64_t time)
{
	struct kctl_record record = { .time = time,
				      .direction = direction,
				      .family = event->ip.family };

	event->has = HAS_ADDRESSES | HAS_TYPE | HAS_ID | HAS_ECHO_SEQ;
	rtt_take(&table, &record, event, &trip);
}

static void saw(struct packet p, uint8_t direction, uint64_t time)
{
	struct icmp_event event = {
		.ip = { .family = p.family,
			.src = { 10, 0, 0, p.src },
			.dst = { 10, 0, 0, p.dst } },
		.type = p.type,
		.id = p.id,
		.echo_seq = p.seq,
	};

	took(&event, direction, time);
}

static void pinged(uint8_t family, uint8_t type, const char *src,
		   const char *dst, uint8_t direction, uint64_t time)
{
	struct icmp_event event = {
		.ip.family = family,
		.type = type,
		.id = 7,
		.echo_seq = 1,
	};

	assert_int_equal(inet_pton(family, src, event.ip.src), 1);
	assert_int_equal(inet_pton(family, dst, event.ip.dst), 1);
	took(&event, direction, time);
}

static const struct packet ask = { AF_INET, 8, 1, 2, 7, 1 };
static const struct packet answer = { AF_INET, 0, 2, 1, 7, 1 };

/* Some programs do not number requests: after a loss, the same request is a new one. */
static void test_direction_of_a_request_that_repeats(void **state)
{
	struct icmp_event event = {
		.ip = { .family = AF_INET,
			.src = { 10, 0, 0, 1 },
			.dst = { 10, 0, 0, 2 } },
		.type = 8,
		.has = HAS_ADDRESSES | HAS_TYPE | HAS_ID | HAS_ECHO_SEQ,
	};

	(void)state;
	assert_int_equal(rtt_direction(&table, &event, 1 * MS), OUT);
	took(&event, OUT, 1 * MS);
	/* Captures of loopback and of routers have each packet twice. */
	assert_int_equal(rtt_direction(&table, &event, 1 * MS), IN);
	assert_int_equal(rtt_direction(&table, &event, 900 * MS), IN);
	assert_int_equal(rtt_direction(&table, &event, 1001 * MS), OUT);
	took(&event, OUT, 1001 * MS);
	assert_true(trip.is_new);
	assert_int_equal(trip.forgotten.sent, 1 * MS);
}

static void test_asked_from_here(void **state)
{
	(void)state;
	saw(ask, OUT, 100 * MS);
	assert_true(trip.is_new);
	assert_int_equal(trip.ns, 0);
	saw(answer, IN, 103 * MS);
	assert_true(trip.is_reply && trip.is_first);
	assert_int_equal(trip.ns, 3 * MS);
	assert_false(trip.is_duplicate);
	/* ping(8) calls it DUP!. */
	saw(answer, IN, 104 * MS);
	assert_true(trip.is_reply && !trip.is_first && trip.is_duplicate);
	assert_int_equal(trip.ns, 4 * MS);
}

static void test_answered_here_and_forwarded(void **state)
{
	(void)state;
	saw(ask, IN, 100 * MS);
	saw(answer, OUT, 101 * MS);
	assert_int_equal(trip.ns, MS);
	clear_table(NULL);
	saw(ask, IN, 100 * MS);
	saw(answer, IN, 105 * MS);
	assert_int_equal(trip.ns, 5 * MS);
	/* Only sent packets are watched, on lo. */
	clear_table(NULL);
	saw(ask, OUT, 100 * MS);
	saw(answer, OUT, 102 * MS);
	assert_int_equal(trip.ns, 2 * MS);
}

/* Over lo, each packet is seen when it is sent and when it arrives. */
static void test_to_itself(void **state)
{
	(void)state;
	saw(ask, OUT, 100 * MS);
	saw(ask, IN, 101 * MS);
	assert_false(trip.is_new);
	saw(answer, OUT, 103 * MS);
	assert_int_equal(trip.ns, 2 * MS);
	saw(answer, IN, 107 * MS);
	assert_int_equal(trip.ns, 7 * MS);
	assert_false(trip.is_first || trip.is_duplicate);
	saw(answer, OUT, 108 * MS);
	assert_true(trip.is_duplicate);
}

static void test_what_differs_does_not_match(void **state)
{
	static const struct packet others[] = {
		{ AF_INET, 0, 2, 1, 8, 1 },  { AF_INET, 0, 2, 1, 7, 2 },
		{ AF_INET, 0, 2, 3, 7, 1 },  { AF_INET, 0, 1, 2, 7, 1 },
		{ AF_INET, 14, 2, 1, 7, 1 }, { AF_INET6, 129, 2, 1, 7, 1 },
		{ AF_INET6, 0, 2, 1, 7, 1 }, { AF_INET, 3, 2, 1, 7, 1 },
	};

	(void)state;
	saw(ask, OUT, 100 * MS);
	for (size_t i = 0; i < COUNT(others); i++) {
		saw(others[i], IN, 101 * MS);
		if (trip.is_reply)
			fail_msg("packet %zu matches", i);
	}
	saw(answer, IN, 101 * MS);
	assert_true(trip.is_reply);
}

static void test_all_pairs(void **state)
{
	static const struct {
		uint8_t family, ask, answer;
	} pairs[] = {
		{ AF_INET, 8, 0 },	{ AF_INET, 13, 14 },
		{ AF_INET, 15, 16 },	{ AF_INET, 17, 18 },
		{ AF_INET, 42, 43 },	{ AF_INET6, 128, 129 },
		{ AF_INET6, 160, 161 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++)
		saw((struct packet){ pairs[i].family, pairs[i].ask, 1, 2, 7,
				     1 },
		    OUT, (100 + i) * MS);
	for (size_t i = 0; i < COUNT(pairs); i++) {
		saw((struct packet){ pairs[i].family, pairs[i].answer, 2, 1, 7,
				     1 },
		    IN, (200 + 2 * i) * MS);
		assert_int_equal(trip.ns, (100 + i) * MS);
	}
}

static void test_late_and_set_back(void **state)
{
	(void)state;
	saw(ask, OUT, 100 * MS);
	/* The clock was set back: a reply cannot arrive before its request is sent. */
	saw(answer, IN, 99 * MS);
	assert_false(trip.is_reply);
	saw(answer, IN, 100 * MS + RTT_MAX_AGE + 1);
	assert_false(trip.is_reply);
	saw(answer, IN, 100 * MS + RTT_MAX_AGE);
	assert_true(trip.is_reply);
	/* The sequence number repeats after 65536 pings. */
	saw(ask, OUT, 300 * MS);
	assert_true(trip.is_new);
	saw(answer, IN, 301 * MS);
	assert_int_equal(trip.ns, MS);
	/* The same request from the other end is another request. */
	saw(ask, IN, 350 * MS);
	assert_true(trip.is_new);
	/* If a request is repeated without an answer, the later one counts. */
	saw(ask, OUT, 400 * MS);
	saw(ask, OUT, 500 * MS);
	assert_true(trip.is_new);
	assert_int_equal(trip.forgotten.replied, 0);
	saw(answer, IN, 501 * MS);
	assert_int_equal(trip.ns, MS);
}

struct group {
	uint8_t family;
	const char *asker;
	const char *group;
	const char *members[2];
};

static const struct group groups[] = {
	{ AF_INET, "10.9.0.1", "10.9.0.255", { "10.9.0.2", "10.9.0.130" } },
	{ AF_INET, "10.9.0.1", "10.9.0.63", { "10.9.0.2", "10.9.0.62" } },
	{ AF_INET, "10.9.0.1", "10.9.0.3", { "10.9.0.2", "10.9.0.1" } },
	{ AF_INET, "10.9.0.1", "255.255.255.255", { "10.9.0.2", "192.0.2.1" } },
	{ AF_INET, "10.9.0.1", "224.0.0.1", { "10.9.0.2", "192.0.2.1" } },
	{ AF_INET6, "fe80::1", "ff02::1", { "fe80::2", "fe80::3" } },
	/* An anycast address, and a host with several addresses */
	{ AF_INET6, "fd09::1", "fd09::", { "fd09::2", NULL } },
	{ AF_INET, "10.9.0.1", "10.9.0.254", { "10.9.1.2", NULL } },
};

/* Each member of a group replies from its own address, some members twice. */
static void test_group(const struct group *g)
{
	uint8_t request = g->family == AF_INET ? 8 : 128;
	uint8_t reply = g->family == AF_INET ? 0 : 129;

	clear_table(NULL);
	pinged(g->family, request, g->asker, g->group, OUT, 100 * MS);
	for (uint64_t i = 0; i < 2; i++) {
		if (!g->members[i])
			continue;
		pinged(g->family, reply, g->members[i], g->asker, IN,
		       (101 + i) * MS);
		assert_true(trip.is_reply && !trip.is_duplicate);
		assert_true(trip.is_first == !i && trip.is_repeated == !!i);
		assert_int_equal(trip.ns, (1 + i) * MS);
		assert_non_null(trip.member);
	}
	for (int i = 0; i < 2; i++) {
		if (!g->members[i])
			continue;
		pinged(g->family, reply, g->members[i], g->asker, IN, 110 * MS);
		assert_true(trip.is_duplicate && !trip.member);
	}
}

static void test_groups(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(groups); i++)
		test_group(&groups[i]);
	/* The next request has the same number; its replies are not duplicates. */
	test_group(&groups[0]);
	pinged(AF_INET, 8, "10.9.0.1", "10.9.0.255", OUT, 200 * MS);
	pinged(AF_INET, 0, "10.9.0.2", "10.9.0.1", IN, 201 * MS);
	assert_true(trip.is_first && !trip.is_duplicate);
	assert_int_equal(trip.ns, MS);
	/* A reply to another asker, and a reply that is too late. */
	pinged(AF_INET, 0, "10.9.0.4", "10.9.0.3", IN, 202 * MS);
	assert_false(trip.is_reply);
	pinged(AF_INET, 0, "10.9.0.4", "10.9.0.1", IN, 201 * MS + RTT_MAX_AGE);
	assert_false(trip.is_reply);
}

/* A program can ask several peers with the same numbers, a group among them. */
static void test_same_numbers(void **state)
{
	(void)state;
	pinged(AF_INET6, 128, "fd09::1", "ff02::1", OUT, 100 * MS);
	pinged(AF_INET6, 128, "fd09::1", "fd09::2", OUT, 101 * MS);
	pinged(AF_INET6, 128, "fd09::1", "fd09::3", OUT, 102 * MS);
	pinged(AF_INET6, 129, "fd09::2", "fd09::1", IN, 103 * MS);
	assert_int_equal(trip.ns, 2 * MS);
	assert_null(trip.member);
	pinged(AF_INET6, 129, "fd09::4", "fd09::1", IN, 104 * MS);
	assert_int_equal(trip.ns, 4 * MS);
	assert_non_null(trip.member);
	clear_table(NULL);
	/* A second reply does not answer the request to another address. */
	saw(ask, OUT, 100 * MS);
	saw(answer, IN, 101 * MS);
	saw((struct packet){ AF_INET, 8, 1, 4, 7, 1 }, OUT, 102 * MS);
	saw(answer, IN, 103 * MS);
	assert_true(trip.is_duplicate);
}

/* The request to a group is not forgotten, however many members reply. */
static void test_large_group(void **state)
{
	char member[40];

	(void)state;
	pinged(AF_INET, 8, "10.9.0.1", "10.9.255.255", OUT, 100 * MS);
	for (int i = 2; i < 20000; i++) {
		snprintf(member, sizeof(member), "10.9.%d.%d", i >> 8, i & 255);
		pinged(AF_INET, 0, member, "10.9.0.1", IN, 101 * MS);
		assert_true(trip.is_reply && !trip.is_duplicate);
	}
}

static int count_requests(void)
{
	const struct rtt_request *r = table.requests[0];
	int count = 0;

	for (int i = 0; i < RTT_SETS * RTT_WAYS; i++)
		count += r[i].key.family != 0;
	return count;
}

/* The latest requests are remembered, however many there are. */
static void test_bounded(void **state)
{
	struct packet p = ask;
	int found = 0;

	(void)state;
	for (int i = 0; i < 60000; i++) {
		p.seq = (uint16_t)i;
		saw(p, OUT, (uint64_t)i * MS / 10);
	}
	assert_true(count_requests() > RTT_SETS * RTT_WAYS * 9 / 10);
	p = answer;
	for (int i = 59000; i < 60000; i++) {
		p.seq = (uint16_t)i;
		saw(p, IN, 6000 * MS);
		found += trip.is_reply;
	}
	assert_true(found > 980);
	p.seq = 1;
	saw(p, IN, 6000 * MS);
	assert_false(trip.is_reply);
}

static void count_late(void *data, const struct rtt_request *request)
{
	assert_int_equal(request->key.seq, 1);
	++*(int *)data;
}

/* 10.0.0.1 is behind the router 10.0.0.9, which asks 10.0.0.2 from its own address. */
static void test_masqueraded(void **state)
{
	static const struct packet translated = { AF_INET, 0, 2, 9, 7, 1 };
	static const struct packet other = { AF_INET, 0, 2, 9, 8, 1 };

	(void)state;
	saw(ask, IN, 100 * MS);
	assert_true(trip.is_new);
	saw(other, IN, 101 * MS);
	assert_false(trip.is_reply);
	/* A packet that the host sends does not answer a host behind it. */
	saw(translated, OUT, 101 * MS);
	assert_false(trip.is_reply);
	saw(translated, IN, 103 * MS);
	assert_true(trip.is_reply && trip.is_first && !trip.member);
	assert_int_equal(trip.ns, 3 * MS);
	assert_int_equal(trip.request->key.asker[3], 1);
	saw(translated, IN, 104 * MS);
	assert_true(trip.is_reply && trip.is_duplicate);
	/* A request of the router itself takes precedence. */
	saw((struct packet){ AF_INET, 8, 9, 2, 7, 1 }, OUT, 110 * MS);
	saw(translated, IN, 112 * MS);
	assert_true(trip.is_first);
	assert_int_equal(trip.ns, 2 * MS);
	assert_int_equal(trip.request->key.asker[3], 9);
}

static void test_expire(void **state)
{
	struct packet other = ask;
	int late = 0;

	(void)state;
	saw(ask, OUT, 100 * MS);
	other.seq = 2;
	saw(other, OUT, 100 * MS);
	other = answer;
	other.seq = 2;
	saw(other, IN, 101 * MS);
	rtt_expire(&table, 100 * MS + RTT_PATIENCE - 1, count_late, &late);
	assert_int_equal(late, 0);
	rtt_expire(&table, 100 * MS + RTT_PATIENCE, count_late, &late);
	rtt_expire(&table, 100 * MS + 2 * RTT_PATIENCE, count_late, &late);
	assert_int_equal(late, 1);
	saw(answer, IN, 2000 * MS);
	assert_true(trip.is_first && trip.request->late);
}

/* Packets that are neither requests nor replies, or have no number, are ignored. */
static void test_others(void **state)
{
	struct kctl_record record = { .time = 1, .direction = OUT };
	struct icmp_event event = { .has = HAS_ADDRESSES | HAS_TYPE,
				    .ip.family = AF_INET,
				    .type = 8 };

	(void)state;
	rtt_take(&table, &record, &event, &trip);
	assert_null(trip.request);
	event.has |= HAS_ID | HAS_ECHO_SEQ;
	event.type = 3;
	rtt_take(&table, &record, &event, &trip);
	assert_null(trip.request);
	assert_int_equal(count_requests(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_direction_of_a_request_that_repeats,
				       clear_table),
		cmocka_unit_test_setup(test_asked_from_here, clear_table),
		cmocka_unit_test_setup(test_answered_here_and_forwarded,
				       clear_table),
		cmocka_unit_test_setup(test_to_itself, clear_table),
		cmocka_unit_test_setup(test_what_differs_does_not_match,
				       clear_table),
		cmocka_unit_test_setup(test_all_pairs, clear_table),
		cmocka_unit_test_setup(test_late_and_set_back, clear_table),
		cmocka_unit_test_setup(test_groups, clear_table),
		cmocka_unit_test_setup(test_same_numbers, clear_table),
		cmocka_unit_test_setup(test_large_group, clear_table),
		cmocka_unit_test_setup(test_bounded, clear_table),
		cmocka_unit_test_setup(test_masqueraded, clear_table),
		cmocka_unit_test_setup(test_expire, clear_table),
		cmocka_unit_test_setup(test_others, clear_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
