// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl doctor and kctl status with a loaded module, and the kernel log */
#include "test.h"

#include <fcntl.h>

#include "doctor/klog.h"
#include "doctor/sentences.h"
#include "lib/genl.h"
#include "mock_store.h"
#include "run_kctl.h"

/* The status that the module reports. */
static struct {
	uint32_t abi;
	uint32_t max_entries;
	uint64_t max_bytes;
	uint32_t messages; /* in channel 9 */
	uint32_t held;
	uint32_t delayed;
} state_of;

static void answer_status(const struct nlmsghdr *request, uint8_t cmd)
{
	struct nlmsghdr *nlh = mock_reply(request, cmd);

	mnl_attr_put_strz(nlh, KCTL_A_STATUS_MODULE_VERSION, KCTL_VERSION);
	mnl_attr_put_u32(nlh, KCTL_A_STATUS_ABI_VERSION, state_of.abi);
	mnl_attr_put_u32(nlh, KCTL_A_STATUS_FAMILY, MOCK_PROTO_FAMILY);
	mnl_attr_put_u32(nlh, KCTL_A_STATUS_STORE_ENTRIES, 9);
	mnl_attr_put_u32(nlh, KCTL_A_STATUS_STORE_MAX_ENTRIES,
			 state_of.max_entries);
	mnl_attr_put_u64(nlh, KCTL_A_STATUS_STORE_BYTES, 100);
	mnl_attr_put_u64(nlh, KCTL_A_STATUS_STORE_MAX_BYTES,
			 state_of.max_bytes);
	mnl_attr_put_u32(nlh, KCTL_A_STATUS_CHANNEL_MAX_MESSAGES, 5);
	mnl_attr_put_u32(nlh, KCTL_A_STATUS_CHANNEL_MAX_BYTES, 1000);
	mock_send(nlh);
	mock_ack(request, 0, NULL);
}

static void answer_channels(const struct nlmsghdr *request, uint8_t cmd)
{
	struct nlmsghdr *nlh = mock_reply(request, cmd);

	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_NUMBER, 9);
	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_MESSAGES, state_of.messages);
	mnl_attr_put_u64(nlh, KCTL_A_CHANNEL_BYTES, 10);
	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_HELD, state_of.held);
	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_DELAYED, state_of.delayed);
	mock_send(nlh);
	mock_done(request, 0);
}

static void answer_all(const struct nlmsghdr *request, uint8_t cmd)
{
	(cmd == KCTL_CMD_GET_CHANNELS ? answer_channels :
					answer_status)(request, cmd);
}

static int open_proto(int type)
{
	(void)type;
	return open("/dev/null", O_RDONLY);
}

static const struct mock_proto doctor_proto = { .socket = open_proto };

static int begin(void **state)
{
	reset(state);
	mock_reset(answer_all);
	mock.store = &store;
	mock.proto = &doctor_proto;
	state_of.abi = KCTL_ABI_VERSION;
	state_of.max_entries = 100;
	state_of.max_bytes = 1000;
	state_of.messages = 1;
	state_of.held = 0;
	state_of.delayed = 0;
	return 0;
}

static void assert_says(int status, const char *text)
{
	assert_exited(status);
	assert_string_equal(ran.err, "");
	if (!strstr(ran.out, text))
		fail_msg("no '%s' in: %s", text, ran.out);
}

static void test_nothing_is_wrong(void **state)
{
	(void)state;
	run_kctl("kctl doctor");
	assert_says(EXIT_DONE, "ok       module     the module is loaded\n");
	assert_says(EXIT_DONE, "ok       limits     no limit is reached\n");
	run_kctl("kctl -j doctor");
	assert_says(EXIT_DONE, "\"problems\":0");
}

static void test_limits(void **state)
{
	(void)state;
	state_of.max_entries = 10;
	run_kctl("kctl doctor");
	assert_says(
		EXIT_DONE,
		"note     limits     net.kctl.store_max_entries is near: 9 of 10\n"
		"         next: sysctl net.kctl.store_max_entries=20\n");
	run_kctl("kctl status");
	assert_says(EXIT_DONE, " 9 of 10  near the limit\n");
	state_of.max_entries = 9;
	run_kctl("kctl doctor");
	assert_says(
		EXIT_REFUSED,
		"problem  limits     net.kctl.store_max_entries is reached: 9 of 9\n");
	run_kctl("kctl status");
	assert_says(EXIT_DONE, " 9 of 9  limit reached\n");
	state_of.max_entries = 0;
	run_kctl("kctl -j doctor");
	assert_says(EXIT_REFUSED, "\"finding\":\"zero\"");
	assert_says(EXIT_REFUSED,
		    "\"next\":\"sysctl net.kctl.store_max_entries=65536\"");
}

static void test_full_channel(void **state)
{
	(void)state;
	state_of.messages = 5;
	run_kctl("kctl doctor");
	assert_says(EXIT_REFUSED, "problem  limits     channel 9 is full\n"
				  "         next: kctl proto list\n");
	state_of.messages = 3;
	run_kctl("kctl doctor");
	assert_exited(EXIT_DONE);
	state_of.held = 2;
	run_kctl("kctl doctor");
	assert_says(EXIT_REFUSED, "channel 9 is full\n");
	state_of.held = 1;
	state_of.delayed = 1;
	run_kctl("kctl doctor");
	assert_says(EXIT_REFUSED, "channel 9 is full\n");
}

static void test_skew(void **state)
{
	(void)state;
	state_of.abi = 99;
	run_kctl("kctl doctor");
	assert_says(EXIT_MISSING, "the module, ABI 99, is newer than the tool");
	state_of.abi = 1;
	run_kctl("kctl doctor");
	assert_says(EXIT_MISSING, "the module, ABI 1, is older than the tool");
}

static void test_rights(void **state)
{
	(void)state;
	module.table_error = module.info_error = -EPERM;
	run_kctl("kctl -j doctor");
	assert_says(EXIT_PERMISSION, "\"check\":\"rights\"");
}

static void test_metrics(void **state)
{
	(void)state;
	run_kctl("kctl status --format openmetrics");
	assert_says(EXIT_DONE, "# TYPE kctl_store_entries gauge\n"
			       "kctl_store_entries 9\n");
	assert_says(EXIT_DONE, "kctl_store_max_entries 100\n");
	assert_says(EXIT_DONE, "\n# EOF\n");
	/* The output omits what an older module does not send. */
	assert_null(strstr(ran.out, "watchers"));
}

/* Each sentence has a row with the next command, unless its check provides the command. */
static void test_sentences(void **state)
{
	(void)state;
	for (const struct error_row *row = doctor_sentences; row->message;
	     row++) {
		assert_non_null(row->step);
		assert_int_equal(row->error, 0);
		assert_int_not_equal(row->status, EXIT_DONE);
	}
}

static void test_log(void **state)
{
	struct klog klog = { 0 };

	(void)state;
	assert_false(klog_take(&klog, "kctl: loading out-of-tree module"));
	assert_false(
		klog_take(&klog, "other: version magic 'a' should be 'b'"));
	assert_int_equal(klog.reason, KLOG_NOTHING);
	assert_true(klog_take(&klog, "kctl: version magic 'a' should be 'b'"));
	assert_int_equal(klog.reason, KLOG_MAGIC);
	assert_string_equal(klog.magic, "a");
	assert_true(klog_take(
		&klog, "Loading of module with unavailable key is rejected"));
	assert_int_equal(klog.reason, KLOG_SIGNATURE);
	assert_string_equal(klog.magic, "");
	assert_true(klog_take(
		&klog, "kctl: cannot register protocol family 45: -EBUSY"));
	assert_int_equal(klog.reason, KLOG_FAMILY);
	assert_int_equal(klog.family, 45);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_nothing_is_wrong, begin),
		cmocka_unit_test_setup(test_limits, begin),
		cmocka_unit_test_setup(test_full_channel, begin),
		cmocka_unit_test_setup(test_skew, begin),
		cmocka_unit_test_setup(test_rights, begin),
		cmocka_unit_test_setup(test_metrics, begin),
		cmocka_unit_test(test_sentences),
		cmocka_unit_test(test_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
