// SPDX-License-Identifier: GPL-2.0-or-later
/* Holding, settling and peeking, against a mock of the kernel */
#include "test.h"

#include "lib/libkctl.h"
#include "mock_proto.h"
#include "run_kctl.h"

static void test_hold(void **state)
{
	static char data[KCTL_MESSAGE_MAX];
	struct kctl_settle settles[] = {
		{ .id = 1, .verb = KCTL_SETTLE_DONE },
		{ .id = 9, .verb = KCTL_SETTLE_DONE },
		{ .id = 2, .verb = KCTL_SETTLE_RETRY },
	};
	struct kctl_received received;
	struct kctl_proto *handle;
	int held;

	(void)state;
	assert_int_equal(kctl_proto_open(&handle), 0);
	put(0, "abc", 3, 77);
	put(1, "de", 2, 0);
	put(2, "f", 1, 0);
	assert_int_equal(kctl_proto_hold(handle, 2), 0);
	assert_int_equal(kctl_proto_recv(handle, &received, sizeof(received),
					 data, sizeof(data)),
			 3);
	assert_int_equal(received.held.id, 1);
	assert_int_equal(received.held.deliveries, 2);
	assert_int_equal(received.from, 77);
	assert_int_equal(kctl_proto_recv(handle, &received, sizeof(received),
					 data, sizeof(data)),
			 2);
	assert_int_equal(kctl_proto_held(handle, &held), 0);
	assert_int_equal(held, 2);
	assert_int_equal(kctl_proto_settle(handle, settles, 3), -ESTALE);
	assert_int_equal(kctl_proto_held(handle, &held), 0);
	assert_int_equal(held, 0);
	assert_int_equal(channel.settled[KCTL_SETTLE_RETRY], 1);
	assert_int_equal(kctl_proto_hold(handle, 0), 0);
	assert_int_equal(kctl_proto_recv(handle, &received, sizeof(received),
					 data, sizeof(data)),
			 1);
	assert_int_equal(received.held.id, 0);
	channel.old = true;
	assert_int_equal(kctl_proto_hold(handle, 1), -EOPNOTSUPP);
	assert_int_equal(kctl_proto_hold_time(handle, 1), -EOPNOTSUPP);
	assert_int_equal(kctl_proto_held(handle, &held), -EOPNOTSUPP);
	assert_int_equal(kctl_proto_settle(handle, settles, 1), -EOPNOTSUPP);
	kctl_proto_close(handle);
}

static void check_settled(const char *command, uint32_t done)
{
	memset(sent, 0, sizeof(*sent));
	run_kctl(command);
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, "abc\nde\n");
	assert_int_equal(sent->settled[KCTL_SETTLE_DONE], done);
	assert_int_equal(sent->settled[KCTL_SETTLE_RELEASE], 0);
}

/* A message is settled as done after it was written, if the socket may hold messages. */
static void test_recv_settles(void **state)
{
	static const char command[] = "kctl proto recv --channel 5 --count 2";

	(void)state;
	put(0, "abc", 3, 77);
	put(1, "de", 2, 0);
	check_settled(command, 2);
	check_settled("kctl proto tap --channel 5 --count 2", 0);
	channel.hold_error = EACCES;
	check_settled(command, 0);
	channel.hold_error = ENOBUFS;
	check_settled(command, 0);
	channel.old = true;
	check_settled(command, 0);
}

static void test_peek(void **state)
{
	struct kctl_received received;
	static char data[KCTL_MESSAGE_MAX];
	struct kctl_proto *handle;

	(void)state;
	put(0, "abc", 3, 77);
	run_kctl("kctl proto recv --channel 5 --peek");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, "abc\n");
	assert_int_equal(sent->settled[KCTL_SETTLE_DONE], 0);
	run_kctl("kctl proto recv --channel 5 --peek --count 2");
	assert_exited(EXIT_USAGE);
	assert_non_null(strstr(ran.err, "--peek is for one message"));
	run_kctl("kctl proto recv --channel 5 --peek --follow");
	assert_exited(EXIT_USAGE);
	assert_int_equal(kctl_proto_open(&handle), 0);
	assert_int_equal(kctl_proto_hold(handle, 1), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(kctl_proto_peek(handle, &received,
						 sizeof(received), data,
						 sizeof(data)),
				 3);
	assert_int_equal(received.held.id, 0);
	assert_int_equal(channel.taken, 0);
	kctl_proto_close(handle);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_hold, setup),
		cmocka_unit_test_setup(test_recv_settles, setup),
		cmocka_unit_test_setup(test_peek, setup),
	};

	return cmocka_run_group_tests(tests, map_shared, NULL);
}
