/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program with a watch and a callback that counts, calls and stops; with mock_netlink.h */
#ifndef MOCK_PROGRAM_H
#define MOCK_PROGRAM_H

#include "lib/libkctl.h"
#include "mock_record.h"

static struct {
	struct kctl_genl *genl;
	int calls;
	int stop_at;
	int result;
	int (*call)(void); /* called by the callback; NULL: kctl_watch_read() */
	int in_callback; /* its result */
	uint64_t generation;
} program;

static inline int take_record(void *data, const struct kctl_record *record,
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

static inline void accept_all(const struct nlmsghdr *request, uint8_t cmd)
{
	if (cmd == KCTL_CMD_WATCH_STOP)
		mock_totals(request, 9);
	mock_ack(request, 0, NULL);
}

static inline int open_watch(void **state)
{
	struct kctl_watch_filter filter = { .snaplen = 64 };

	(void)state;
	memset(&program, 0, sizeof(program));
	mock_reset(accept_all);
	assert_int_equal(kctl_genl_open(&program.genl), 0);
	return kctl_watch_start(program.genl, &filter, sizeof(filter),
				take_record, &program);
}

static inline int close_watch(void **state)
{
	(void)state;
	kctl_genl_close(program.genl);
	return 0;
}

#define WATCH_TEST(test) \
	cmocka_unit_test_setup_teardown(test, open_watch, close_watch)

static inline void send_records(uint64_t count)
{
	struct nlmsghdr *nlh = mock_begin(MOCK_FAMILY, 0, KCTL_CMD_ICMP_EVENTS);

	for (uint64_t i = 1; i <= count; i++) {
		const struct kctl_record record = { .seq = i };

		mnl_attr_put(nlh, KCTL_A_EVENTS_RECORD, sizeof(record),
			     &record);
	}
	mock_send(nlh);
}

/* ---- calls with the handle, and what they return ----------------------------------- */

static inline int call_channel_delete(void)
{
	return kctl_channel_delete(program.genl, 5);
}

static inline int call_channel_flush(void)
{
	return kctl_channel_flush(program.genl, 5);
}

static inline int call_channel_set(void)
{
	const struct kctl_channel_settings settings = { 0 };

	return kctl_channel_set(program.genl, 5, &settings, sizeof(settings));
}

static inline int call_channels_get(void)
{
	struct kctl_channels *channels;
	int err = kctl_channels_get(program.genl, &channels);

	kctl_channels_free(channels);
	return err;
}

static inline int call_rcvbuf(void)
{
	uint32_t got;

	return kctl_genl_rcvbuf(program.genl, 4096, &got);
}

static inline int call_status_get(void)
{
	struct kctl_status *status;
	int err = kctl_status_get(program.genl, &status);

	kctl_status_free(status);
	return err;
}

static inline int call_store_events(void)
{
	return kctl_store_events(program.genl);
}

static inline int call_store_subscribe(void)
{
	return kctl_store_subscribe(program.genl, NULL, NULL);
}

static inline int call_store_sync(void)
{
	uint64_t generation;

	return kctl_store_sync(program.genl, &generation);
}

static inline int call_channel_events(void)
{
	return kctl_channel_events(program.genl);
}

static inline int call_channel_subscribe(void)
{
	return kctl_channel_subscribe(program.genl, NULL, NULL);
}

static inline int call_channel_sync(void)
{
	uint64_t seq;

	return kctl_channel_sync(program.genl, &seq);
}

static inline int call_watch_start(void)
{
	const struct kctl_watch_filter filter = { 0 };

	return kctl_watch_start(program.genl, &filter, sizeof(filter), NULL,
				NULL);
}

static inline int call_watch_stop(void)
{
	struct kctl_watch_totals totals;

	return kctl_watch_stop(program.genl, &totals, sizeof(totals));
}

static inline int call_watchers_get(void)
{
	struct kctl_watchers *watchers;
	int err = kctl_watchers_get(program.genl, &watchers);

	kctl_watchers_free(watchers);
	return err;
}

#endif /* MOCK_PROGRAM_H */
