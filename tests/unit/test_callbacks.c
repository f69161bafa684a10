// SPDX-License-Identifier: GPL-2.0-or-later
/* Callbacks of libkctl: the calls that run them, and what these calls return */
#include "test.h"

#include "mock_program.h"

static void test_callback_ends_the_walk(void **state)
{
	(void)state;
	program.stop_at = 2;
	program.result = 77;
	send_records(5);
	send_records(5);
	assert_int_equal(kctl_watch_read(program.genl), 77);
	assert_int_equal(program.calls, 2);
	/* The next datagram starts a new walk. */
	assert_int_equal(kctl_watch_read(program.genl), 0);
	assert_int_equal(program.calls, 7);
	assert_int_equal(kctl_watch_read(program.genl), -EAGAIN);
}

/* The request is completed nevertheless. */
static void test_callback_ends_a_walk_within_a_request(void **state)
{
	struct kctl_watch_totals totals = { .lost = 5 };

	(void)state;
	program.stop_at = 1;
	program.result = 77;
	send_records(3);
	send_records(3);
	assert_int_equal(kctl_watch_stop(program.genl, &totals, sizeof(totals)),
			 77);
	assert_int_equal(program.calls, 1);
	assert_int_equal(totals.matched, 9);
	assert_int_equal(totals.lost, 0);
}

static void test_callback_may_not_call(void **state)
{
	(void)state;
	send_records(1);
	assert_int_equal(kctl_watch_read(program.genl), 0);
	assert_int_equal(program.calls, 1);
	assert_int_equal(program.in_callback, -EDEADLK);
	/* After the callback, the call is allowed. */
	assert_int_equal(kctl_watch_read(program.genl), -EAGAIN);
}

/* A record arrives between a request and its acknowledgement. */
static void accept_after_a_record(const struct nlmsghdr *request, uint8_t cmd)
{
	send_records(1);
	accept_all(request, cmd);
}

static void test_forbidden_calls_leave_the_request_alone(void **state)
{
	static int (*const calls[])(void) = {
		call_channel_delete, call_channel_flush,
		call_channel_set,    call_channels_get,
		call_rcvbuf,	     call_status_get,
		call_store_events,   call_store_subscribe,
		call_store_sync,     call_watch_start,
		call_watch_stop,     call_watchers_get,
		call_channel_events, call_channel_subscribe,
		call_channel_sync,
	};

	(void)state;
	mock.handle = accept_after_a_record;
	for (size_t i = 0; i < COUNT(calls); i++) {
		program.call = calls[i];
		assert_int_equal(call_status_get(), 0);
		assert_int_equal(program.calls, i + 1);
		assert_int_equal(program.in_callback, -EDEADLK);
	}
}

static void test_each_request_returns_what_a_callback_did(void **state)
{
	static int (*const calls[])(void) = {
		call_channel_delete, call_channel_flush, call_channel_set,
		call_channels_get,   call_channel_sync,	 call_status_get,
		call_store_sync,     call_watchers_get,	 call_watch_stop,
	};

	(void)state;
	mock.handle = accept_after_a_record;
	program.result = 77;
	for (size_t i = 0; i < COUNT(calls); i++) {
		program.stop_at = program.calls + 1;
		assert_int_equal(calls[i](), 77);
		/* The next call is not affected. */
		send_records(1);
		assert_int_equal(kctl_watch_read(program.genl), 0);
	}
}

static void accept_with_a_generation(const struct nlmsghdr *request,
				     uint8_t cmd)
{
	struct nlmsghdr *nlh = mock_reply(request, cmd);

	mnl_attr_put_u64(nlh, KCTL_A_STATUS_STORE_GENERATION, 7);
	mock_send(nlh);
	accept_after_a_record(request, cmd);
}

/* The program sees a failure, and has nothing to release. */
static void test_no_outputs_after_a_callback_fails(void **state)
{
	void *const unset = &program;
	struct kctl_watch_totals totals = { .matched = 5, .lost = 5 };
	struct kctl_watchers *watchers = unset;
	struct kctl_channels *channels = unset;
	struct kctl_status *status = unset;
	uint64_t generation = 5;

	(void)state;
	mock.handle = accept_after_a_record;
	program.result = -ECANCELED;
	program.stop_at = 1;
	assert_int_equal(kctl_status_get(program.genl, &status), -ECANCELED);
	assert_null(status);
	program.stop_at = 2;
	assert_int_equal(kctl_channels_get(program.genl, &channels),
			 -ECANCELED);
	assert_null(channels);
	program.stop_at = 3;
	assert_int_equal(kctl_watchers_get(program.genl, &watchers),
			 -ECANCELED);
	assert_null(watchers);
	mock.handle = accept_with_a_generation;
	program.stop_at = 4;
	assert_int_equal(kctl_store_sync(program.genl, &generation),
			 -ECANCELED);
	assert_int_equal(generation, 0);
	program.stop_at = 5;
	mock.handle = accept_after_a_record;
	assert_int_equal(kctl_watch_stop(program.genl, &totals, sizeof(totals)),
			 -ECANCELED);
	assert_int_equal(totals.matched, 0);
	assert_int_equal(totals.lost, 0);
	assert_string_equal(kctl_genl_strerror(program.genl),
			    strerror(ECANCELED));
}

static int take_other(void *data, const struct kctl_record *record,
		      const uint8_t *packet)
{
	(void)data;
	(void)record;
	(void)packet;
	fail();
	return 0;
}

static int take_event(void *data, const struct kctl_store_event *event)
{
	(void)data;
	program.generation = event->generation;
	return 0;
}

static int call_start_other(void)
{
	const struct kctl_watch_filter filter = { 0 };

	return kctl_watch_start(program.genl, &filter, sizeof(filter),
				take_other, NULL);
}

static void test_second_start_leaves_the_watch_alone(void **state)
{
	(void)state;
	mock.handle = accept_after_a_record;
	assert_int_equal(call_start_other(), -EBUSY);
	assert_int_equal(call_store_subscribe(), -EBUSY);
	send_records(2);
	assert_int_equal(kctl_watch_read(program.genl), 0);
	assert_int_equal(program.calls, 2);
}

static void answer_enoent(const struct nlmsghdr *request, uint8_t cmd)
{
	(void)cmd;
	mock_ack(request, -ENOENT, NULL);
}

static void test_start_leaves_a_subscription_alone(void **state)
{
	(void)state;
	assert_int_equal(call_watch_stop(), 0);
	assert_int_equal(kctl_store_subscribe(program.genl, take_event, NULL),
			 0);
	assert_int_equal(call_start_other(), -EBUSY);
	assert_int_equal(call_store_subscribe(), -EBUSY);
	mock.handle = answer_enoent;
	assert_int_equal(call_watch_stop(), -ENOENT);
	mock_store_event(KCTL_STORE_SET, 5, "x");
	assert_int_equal(kctl_store_events(program.genl), 0);
	assert_int_equal(program.generation, 5);
}

/* A watch that was refused, or has ended, leaves the handle free. */
static void test_start_after_a_failure(void **state)
{
	(void)state;
	assert_int_equal(call_watch_stop(), 0);
	mock.handle = answer_enoent;
	assert_int_equal(call_start_other(), -ENOENT);
	send_records(1);
	assert_int_equal(kctl_watch_read(program.genl), 0);
	mock.handle = accept_all;
	assert_int_equal(kctl_store_subscribe(program.genl, take_event, NULL),
			 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WATCH_TEST(test_callback_ends_the_walk),
		WATCH_TEST(test_callback_ends_a_walk_within_a_request),
		WATCH_TEST(test_callback_may_not_call),
		WATCH_TEST(test_forbidden_calls_leave_the_request_alone),
		WATCH_TEST(test_each_request_returns_what_a_callback_did),
		WATCH_TEST(test_no_outputs_after_a_callback_fails),
		WATCH_TEST(test_second_start_leaves_the_watch_alone),
		WATCH_TEST(test_start_leaves_a_subscription_alone),
		WATCH_TEST(test_start_after_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
