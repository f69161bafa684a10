// SPDX-License-Identifier: GPL-2.0-or-later
/* What libkctl promises to programs that are built with another version of it */
#include "test.h"

#include "lib/libkctl.h"
#include "mock_record.h"

/* A structure as a later version has it. */
struct larger {
	struct kctl_watch_filter filter;
	uint32_t added;
};

static struct {
	struct kctl_genl *genl;
	int calls;
	int stop_at;
	int result;
	int (*call)(void); /* what it calls there; NULL: kctl_watch_read() */
	int in_callback; /* what that returns */
	uint64_t generation;
} program;

static int take_record(void *data, const struct kctl_record *record,
		       const uint8_t *packet)
{
	uint64_t ns;

	(void)packet;
	assert_ptr_equal(data, &program);
	kctl_watch_clock(program.genl, record, &ns);
	program.in_callback = program.call ? program.call() :
					     kctl_watch_read(program.genl);
	return ++program.calls == program.stop_at ? program.result : 0;
}

static void accept_all(const struct nlmsghdr *request, uint8_t cmd)
{
	if (cmd == KCTL_CMD_WATCH_STOP)
		mock_totals(request, 9);
	mock_ack(request, 0, NULL);
}

static int open_watch(void **state)
{
	struct kctl_watch_filter filter = { .snaplen = 64 };

	(void)state;
	memset(&program, 0, sizeof(program));
	mock_reset(accept_all);
	assert_int_equal(kctl_genl_open(&program.genl), 0);
	return kctl_watch_start(program.genl, &filter, sizeof(filter),
				take_record, &program);
}

static int close_watch(void **state)
{
	(void)state;
	kctl_genl_close(program.genl);
	return 0;
}

static void send_records(uint64_t count)
{
	struct nlmsghdr *nlh = mock_begin(MOCK_FAMILY, 0, KCTL_CMD_ICMP_EVENTS);

	for (uint64_t i = 1; i <= count; i++) {
		const struct kctl_record record = { .seq = i };

		mnl_attr_put(nlh, KCTL_A_EVENTS_RECORD, sizeof(record),
			     &record);
	}
	mock_send(nlh);
}

static void test_callback_ends_the_walk(void **state)
{
	(void)state;
	program.stop_at = 2;
	program.result = 77;
	send_records(5);
	send_records(5);
	assert_int_equal(kctl_watch_read(program.genl), 77);
	assert_int_equal(program.calls, 2);
	/* The next datagram is a new walk. */
	assert_int_equal(kctl_watch_read(program.genl), 0);
	assert_int_equal(program.calls, 7);
	assert_int_equal(kctl_watch_read(program.genl), -EAGAIN);
}

/* A request is completed all the same. */
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
	/* Afterwards it may. */
	assert_int_equal(kctl_watch_read(program.genl), -EAGAIN);
}

/* A record arrives between a request and its acknowledgement. */
static void accept_after_a_record(const struct nlmsghdr *request, uint8_t cmd)
{
	send_records(1);
	accept_all(request, cmd);
}

static void accept_with_a_generation(const struct nlmsghdr *request,
				     uint8_t cmd)
{
	struct nlmsghdr *nlh = mock_reply(request, cmd);

	mnl_attr_put_u64(nlh, KCTL_A_STATUS_STORE_GENERATION, 7);
	mock_send(nlh);
	accept_after_a_record(request, cmd);
}

static void answer_enoent(const struct nlmsghdr *request, uint8_t cmd)
{
	(void)cmd;
	mock_ack(request, -ENOENT, NULL);
}

static int call_channel_delete(void)
{
	return kctl_channel_delete(program.genl, 5);
}

static int call_channel_flush(void)
{
	return kctl_channel_flush(program.genl, 5);
}

static int call_channel_set(void)
{
	const struct kctl_channel_settings settings = { 0 };

	return kctl_channel_set(program.genl, 5, &settings, sizeof(settings));
}

static int call_channels_get(void)
{
	struct kctl_channels *channels;
	int err = kctl_channels_get(program.genl, &channels);

	kctl_channels_free(channels);
	return err;
}

static int call_rcvbuf(void)
{
	uint32_t got;

	return kctl_genl_rcvbuf(program.genl, 4096, &got);
}

static int call_status_get(void)
{
	struct kctl_status *status;
	int err = kctl_status_get(program.genl, &status);

	kctl_status_free(status);
	return err;
}

static int call_store_events(void)
{
	return kctl_store_events(program.genl);
}

static int call_store_subscribe(void)
{
	return kctl_store_subscribe(program.genl, NULL, NULL);
}

static int call_store_sync(void)
{
	uint64_t generation;

	return kctl_store_sync(program.genl, &generation);
}

static int call_watch_start(void)
{
	const struct kctl_watch_filter filter = { 0 };

	return kctl_watch_start(program.genl, &filter, sizeof(filter), NULL,
				NULL);
}

static int call_watch_stop(void)
{
	struct kctl_watch_totals totals;

	return kctl_watch_stop(program.genl, &totals, sizeof(totals));
}

static int call_watchers_get(void)
{
	struct kctl_watchers *watchers;
	int err = kctl_watchers_get(program.genl, &watchers);

	kctl_watchers_free(watchers);
	return err;
}

static void test_forbidden_calls_leave_the_request_alone(void **state)
{
	static int (*const calls[])(void) = {
		call_channel_delete, call_channel_flush,   call_channel_set,
		call_channels_get,   call_rcvbuf,	   call_status_get,
		call_store_events,   call_store_subscribe, call_store_sync,
		call_watch_start,    call_watch_stop,	   call_watchers_get,
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
		call_channels_get,   call_status_get,	 call_store_sync,
		call_watchers_get,   call_watch_stop,
	};

	(void)state;
	mock.handle = accept_after_a_record;
	program.result = 77;
	for (size_t i = 0; i < COUNT(calls); i++) {
		program.stop_at = program.calls + 1;
		assert_int_equal(calls[i](), 77);
		/* The next call is no part of it. */
		send_records(1);
		assert_int_equal(kctl_watch_read(program.genl), 0);
	}
}

/* The program sees a failure, and releases nothing. */
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

/* What was refused, or has ended, leaves the handle free. */
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

static void test_older_and_newer_structures(void **state)
{
	struct larger new = { .filter.snaplen = 64 };
	struct kctl_watch_totals totals = { .lost = 5 };

	(void)state;
	assert_int_equal(call_watch_stop(), 0);
	/* Of a newer program, which does not use what is new. */
	assert_int_equal(kctl_watch_start(program.genl, &new.filter,
					  sizeof(new), take_record, &program),
			 0);
	new.added = 1;
	assert_int_equal(kctl_watch_start(program.genl, &new.filter,
					  sizeof(new), take_record, &program),
			 -E2BIG);
	assert_string_equal(kctl_genl_strerror(program.genl), strerror(E2BIG));
	/* Of an older program: what follows is not touched. */
	assert_int_equal(kctl_watch_stop(program.genl, &totals,
					 sizeof(totals.matched)),
			 0);
	assert_int_equal(totals.matched, 9);
	assert_int_equal(totals.lost, 5);
}

static void refuse(const struct nlmsghdr *request, uint8_t cmd)
{
	(void)cmd;
	mock_ack(request, -EPERM, "no");
}

static void refuse_silently(const struct nlmsghdr *request, uint8_t cmd)
{
	(void)cmd;
	mock_ack(request, -EPERM, NULL);
}

static void test_error_texts(void **state)
{
	struct kctl_store *store;

	(void)state;
	mock.handle = refuse;
	assert_int_equal(kctl_channel_delete(program.genl, 5), -EPERM);
	assert_string_equal(kctl_genl_strerror(program.genl), "no");
	mock.handle = refuse_silently;
	assert_int_equal(kctl_channel_delete(program.genl, 5), -EPERM);
	assert_string_equal(kctl_genl_strerror(program.genl), "not permitted");
	assert_string_equal(kctl_strerror(-ENOPROTOOPT),
			    "the kctl module does not answer");
	assert_string_equal(kctl_strerror(-12345), "unknown error");
	assert_int_equal(kctl_store_open(&store), 0);
	/* Longer than any name. */
	assert_int_equal(kctl_store_delete(store,
					   "1234567890123456789012345678901234"
					   "5678901234567890123456789012345",
					   0),
			 -EINVAL);
	assert_string_equal(kctl_store_strerror(store), strerror(EINVAL));
	kctl_store_close(store);
}

/* Words of the kernel are about one request, and not about what fails after it. */
static void test_no_words_of_an_earlier_request(void **state)
{
	struct larger new = { .added = 1 };
	struct {
		struct kctl_channel_settings settings;
		uint32_t added;
	} set = { .added = 1 };

	(void)state;
	mock.handle = refuse;
	assert_int_equal(call_channel_delete(), -EPERM);
	assert_string_equal(kctl_genl_ext_ack(program.genl), "no");
	assert_int_equal(kctl_channel_set(program.genl, 5, &set.settings,
					  sizeof(set)),
			 -E2BIG);
	assert_string_equal(kctl_genl_strerror(program.genl), strerror(E2BIG));
	assert_int_equal(call_channel_delete(), -EPERM);
	assert_int_equal(kctl_watch_start(program.genl, &new.filter,
					  sizeof(new), take_record, &program),
			 -E2BIG);
	assert_string_equal(kctl_genl_ext_ack(program.genl), "");
	assert_int_equal(call_channel_delete(), -EPERM);
	mock.overruns = 1;
	assert_int_equal(kctl_store_events(program.genl), -ENOBUFS);
	assert_string_equal(kctl_genl_strerror(program.genl),
			    strerror(ENOBUFS));
	kctl_genl_close(program.genl);
	mock.old = true;
	mock_reset(refuse);
	assert_int_equal(kctl_genl_open(&program.genl), 0);
	mock.old = false;
	assert_int_equal(call_channel_delete(), -EPERM);
	assert_int_equal(call_store_subscribe(), -EOPNOTSUPP);
	assert_string_equal(kctl_genl_strerror(program.genl),
			    kctl_strerror(-EOPNOTSUPP));
}

/* Nobody has to look whether a failure has left something. */
static void test_outputs_are_set_on_failure(void **state)
{
	void *const unset = &program;
	struct kctl_watchers *watchers = unset;
	struct kctl_channels *channels = unset;
	struct kctl_status *status = unset;
	struct kctl_genl *genl = unset;
	struct kctl_link *link = unset;
	uint64_t generation = 5;
	uint32_t ifindex = 5;

	(void)state;
	mock.handle = refuse;
	assert_int_equal(kctl_watchers_get(program.genl, &watchers), -EPERM);
	assert_null(watchers);
	assert_int_equal(kctl_channels_get(program.genl, &channels), -EPERM);
	assert_null(channels);
	assert_int_equal(kctl_status_get(program.genl, &status), -EPERM);
	assert_null(status);
	assert_int_equal(kctl_store_sync(program.genl, &generation), -EPERM);
	assert_int_equal(generation, 0);
	mock.loaded = false;
	mock.fd = -1;
	assert_int_equal(kctl_genl_open(&genl), -ENOPROTOOPT);
	assert_null(genl);
	assert_true(kctl_link_open(&link, "none such", &ifindex) < 0);
	assert_null(link);
	assert_int_equal(ifindex, 0);
	/* And these take nothing for an answer. */
	kctl_watchers_free(NULL);
	kctl_channels_free(NULL);
	kctl_status_free(NULL);
	kctl_snapshot_free(NULL);
	kctl_entry_free(NULL);
	kctl_table_free(NULL);
	kctl_store_close(NULL);
	kctl_genl_close(NULL);
	kctl_proto_close(NULL);
	kctl_link_close(NULL);
	assert_false(kctl_status_has(NULL, KCTL_A_STATUS_FAMILY));
	assert_int_equal(kctl_status_value(NULL, KCTL_A_STATUS_FAMILY), 0);
}

static void test_version(void **state)
{
	unsigned int version = kctl_libkctl_version();
	char text[32];

	(void)state;
	assert_int_equal(version, LIBKCTL_VERSION);
	snprintf(text, sizeof(text), "%u.%u.%u", version >> 16,
		 version >> 8 & 255, version & 255);
	assert_string_equal(text, KCTL_VERSION);
}

#define WATCH_TEST(test) \
	cmocka_unit_test_setup_teardown(test, open_watch, close_watch)

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
		WATCH_TEST(test_older_and_newer_structures),
		WATCH_TEST(test_error_texts),
		WATCH_TEST(test_no_words_of_an_earlier_request),
		WATCH_TEST(test_outputs_are_set_on_failure),
		cmocka_unit_test(test_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
