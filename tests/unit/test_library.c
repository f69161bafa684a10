// SPDX-License-Identifier: GPL-2.0-or-later
/* What libkctl guarantees to programs that were built with another version of it */
#include "test.h"

#include "mock_program.h"

/* A structure as in a later version. */
struct larger {
	struct kctl_watch_filter filter;
	uint32_t added;
};

static void test_older_and_newer_structures(void **state)
{
	struct larger new = { .filter.snaplen = 64 };
	struct kctl_watch_totals totals = { .lost = 5 };

	(void)state;
	assert_int_equal(call_watch_stop(), 0);
	/* From a newer program that does not use the new member. */
	assert_int_equal(kctl_watch_start(program.genl, &new.filter,
					  sizeof(new), take_record, &program),
			 0);
	new.added = 1;
	assert_int_equal(kctl_watch_start(program.genl, &new.filter,
					  sizeof(new), take_record, &program),
			 -E2BIG);
	assert_string_equal(kctl_genl_strerror(program.genl), strerror(E2BIG));
	/* From an older program: the memory after its structure is not touched. */
	assert_int_equal(kctl_watch_stop(program.genl, &totals,
					 sizeof(totals.matched)),
			 0);
	assert_int_equal(totals.matched, 9);
	assert_int_equal(totals.lost, 5);
}

static void test_reserved_members_are_zero(void **state)
{
	struct kctl_channel_settings settings = { .reserved[0] = 1 };

	(void)state;
	mock.handle = NULL;
	assert_int_equal(kctl_channel_set(program.genl, 5, &settings,
					  sizeof(settings)),
			 -EINVAL);
	assert_string_equal(kctl_genl_strerror(program.genl), strerror(EINVAL));
	mock.handle = accept_all;
	settings.reserved[0] = 0;
	settings.reserved[sizeof(settings.reserved) - 1] = 1;
	assert_int_equal(kctl_channel_set(program.genl, 5, &settings,
					  sizeof(settings)),
			 -EINVAL);
	settings.reserved[sizeof(settings.reserved) - 1] = 0;
	settings.reserved2[sizeof(settings.reserved2) - 1] = 1;
	assert_int_equal(kctl_channel_set(program.genl, 5, &settings,
					  sizeof(settings)),
			 -EINVAL);
	settings.reserved2[sizeof(settings.reserved2) - 1] = 0;
	assert_int_equal(kctl_channel_set(program.genl, 5, &settings,
					  sizeof(settings)),
			 0);
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

/* A kernel message belongs to one request, not to a later failure. */
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

/* After a failure, outputs are set, so programs need not check for leftovers. */
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
	/* These functions accept NULL. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		WATCH_TEST(test_older_and_newer_structures),
		WATCH_TEST(test_reserved_members_are_zero),
		WATCH_TEST(test_error_texts),
		WATCH_TEST(test_no_words_of_an_earlier_request),
		WATCH_TEST(test_outputs_are_set_on_failure),
		cmocka_unit_test(test_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
