// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl watch icmp from its command line to its output, and its reports of loss */
#include "test.h"

#include <signal.h>
#include <time.h>

#include "mock_record.h"
#include "run_kctl.h"

#define LINE \
	"22:13:20.000000 in  lo 10.0.0.1 > 10.0.0.2: echo request, id 7, seq 1, length 32\n"
#define JSON(n)                                                                                                        \
	"{\"event\":\"icmp\",\"time\":1700000000000000000,\"time_iso\":\"2023-11-14T22:13:20.000000000Z\",\"seq\":" #n \
	",\"direction\":\"in\",\"interface\":\"lo\",\"family\":\"inet\","                                              \
	"\"src\":\"10.0.0.1\",\"dst\":\"10.0.0.2\",\"type\":8,"                                                        \
	"\"type_name\":\"echo-request\",\"code\":0,\"id\":7,\"echo_seq\":1,"                                           \
	"\"length\":32}\n"
#define READY	"{\"event\":\"ready\"}\n"
#define LOST(n) "{\"event\":\"lost\",\"count\":" #n "}\n"
#define END(received, lost) \
	"{\"event\":\"end\",\"received\":" #received ",\"lost\":" #lost "}\n"

/* Records 2 and 3 are missing in between, 7 and 8 after the last one. */
static void lossy(const struct nlmsghdr *request, uint8_t cmd)
{
	if (mock_starts(cmd)) {
		mock_ack(request, 0, NULL);
		mock_event(1);
		mock_event(4);
		mock.overruns = 1;
		return;
	}
	mock_event(5);
	mock_event(6);
	mock_totals(request, 8);
	mock_ack(request, 0, NULL);
}

static void test_loss_is_told_where_it_happened(void **state)
{
	(void)state;
	mock_reset(lossy);
	run_kctl("kctl -j watch icmp --duration 0.05");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, READY JSON(1) LOST(2) JSON(4) JSON(5)
					     JSON(6) LOST(2) END(4, 4));
	assert_string_equal(ran.err, "");

	run_kctl("kctl watch icmp --duration 0.05");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, LINE "lost 2 events\n" LINE LINE LINE
					  "lost 2 events\n");
	assert_string_equal(ran.err, "");
}

/* The first packet can be lost, too. */
static void first_lost(const struct nlmsghdr *request, uint8_t cmd)
{
	if (mock_starts(cmd))
		mock_event(2); /* overtakes the acknowledgement, too */
	else
		mock_totals(request, 2);
	mock_ack(request, 0, NULL);
}

static void test_first_lost(void **state)
{
	(void)state;
	mock_reset(first_lost);
	run_kctl("kctl -j watch icmp --duration 0.05");
	assert_string_equal(ran.out, READY LOST(1) JSON(2) END(1, 1));
	run_kctl("kctl watch icmp --duration 0.05");
	assert_string_equal(ran.out, "lost 1 event\n" LINE);
}

/* The records leave no space for the acknowledgement, or nothing arrives at all. */
static void unacknowledged(const struct nlmsghdr *request, uint8_t cmd)
{
	if (mock_starts(cmd)) {
		mock_event(1);
		mock.overruns = 1;
		return;
	}
	mock_totals(request, 3);
	mock_ack(request, 0, NULL);
}

static void unanswered(const struct nlmsghdr *request, uint8_t cmd)
{
	(void)request;
	(void)cmd;
}

static void test_records_instead_of_the_acknowledgement(void **state)
{
	(void)state;
	mock_reset(unacknowledged);
	run_kctl("kctl -j watch icmp --duration 0.05");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, READY JSON(1) LOST(2) END(1, 2));

	mock_reset(unanswered);
	run_kctl("kctl -j watch icmp --duration 0.05");
	assert_exited(EXIT_REFUSED);
	assert_string_equal(ran.out, "");
}

/* Packets after the last requested one do not count as lost. */
static void test_count(void **state)
{
	(void)state;
	mock_reset(lossy);
	run_kctl("kctl -j watch icmp --count 2");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, READY JSON(1) LOST(2) JSON(4) END(2, 2));
	run_kctl("kctl -j watch icmp --count 1");
	assert_string_equal(ran.out, READY JSON(1) END(1, 0));
	/* The count is reached only with records that were still queued at the end. */
	run_kctl("kctl -j watch icmp --count 3 --duration 0.05");
	assert_string_equal(ran.out,
			    READY JSON(1) LOST(2) JSON(4) JSON(5) END(3, 2));
}

static void interrupt(const struct nlmsghdr *request, uint8_t cmd)
{
	lossy(request, cmd);
	if (cmd == KCTL_CMD_WATCH_START)
		raise(SIGTERM);
}

static void test_signal_ends_it_cleanly(void **state)
{
	(void)state;
	mock_reset(interrupt);
	run_kctl("kctl -j watch icmp");
	assert_true(WIFSIGNALED(ran.status));
	assert_int_equal(WTERMSIG(ran.status), SIGTERM);
	assert_string_equal(ran.out, READY JSON(1) LOST(2) JSON(4) JSON(5)
					     JSON(6) LOST(2) END(4, 4));
	assert_string_equal(ran.err, "");

	run_kctl("kctl watch icmp");
	assert_int_equal(WTERMSIG(ran.status), SIGTERM);
	assert_string_equal(ran.err, "kctl: watch icmp: 4 received, 4 lost\n");

	/* In both places, -q has both effects: no packets, and no second summary. */
	for (int i = 0; i < 2; i++) {
		run_kctl(i ? "kctl -q watch icmp" : "kctl watch icmp -q");
		assert_int_equal(WTERMSIG(ran.status), SIGTERM);
		assert_string_equal(ran.out, "4 received, 4 lost\n");
		assert_string_equal(ran.err, "");
	}
}

static void test_verbose(void **state)
{
	(void)state;
	mock_reset(lossy);
	run_kctl("kctl -v watch icmp --count 1");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, LINE);
	assert_string_equal(ran.err, "kctl: watch icmp: watching\n"
				     "kctl: watch icmp: 1 received, 0 lost\n");
}

static void refuse_unknown(const struct nlmsghdr *request, uint8_t cmd)
{
	(void)cmd;
	mock_ack(request, -EOPNOTSUPP, NULL);
}

static void refuse_in_words(const struct nlmsghdr *request, uint8_t cmd)
{
	(void)cmd;
	mock_ack(request, -EINVAL, "not like this");
}

static void test_refused(void **state)
{
	(void)state;
	mock_reset(refuse_unknown);
	run_kctl("kctl watch icmp");
	assert_exited(EXIT_MISSING);
	assert_string_equal(ran.out, "");
	assert_non_null(strstr(ran.err, "too old"));

	mock_reset(refuse_in_words);
	run_kctl("kctl watch icmp");
	assert_exited(EXIT_REFUSED);
	assert_non_null(strstr(ran.err, "(kernel: not like this)"));

	mock.loaded = false;
	run_kctl("kctl watch icmp");
	assert_exited(EXIT_MISSING);
	assert_non_null(strstr(ran.err, "modprobe kctl"));
}

/* The answer of an old module: status omits what the module does not report. */
static void old_status(const struct nlmsghdr *request, uint8_t cmd)
{
	struct nlmsghdr *nlh = mock_reply(request, cmd);

	assert_int_equal(cmd, KCTL_CMD_GET_STATUS);
	mnl_attr_put_strz(nlh, KCTL_A_STATUS_MODULE_VERSION, "0.0.9");
	mnl_attr_put_u32(nlh, KCTL_A_STATUS_ABI_VERSION, 0);
	mnl_attr_put_u32(nlh, KCTL_A_STATUS_FAMILY, 18);
	mnl_attr_put_u32(nlh, KCTL_A_STATUS_CHANNELS, 3);
	mnl_attr_put_u32(nlh, KCTL_A_STATUS_CHANNELS_MAX, 4096);
	mock_send(nlh);
	mock_ack(request, 0, NULL);
}

static void test_status(void **state)
{
	(void)state;
	mock_reset(old_status);
	run_kctl("kctl status");
	assert_exited(EXIT_DONE);
	assert_string_equal(
		ran.out,
		"tool     " KCTL_VERSION ", ABI 12\n"
		"module   0.0.9, ABI 0, older than the tool: some commands may be missing\n"
		"store\n"
		"watch\n"
		"proto\n"
		"  family                 18\n"
		"  channels               3 of 4096\n");
	run_kctl("kctl -j status");
	assert_string_equal(
		ran.out,
		"{\"tool\":{\"version\":\"" KCTL_VERSION "\",\"abi\":12},"
		"\"module\":{\"version\":\"0.0.9\",\"abi\":0},\"store\":{},"
		"\"watch\":{},\"proto\":{\"family\":18,\"channels\":3,"
		"\"channels_max\":4096}}\n");
}

/* Time exceeded for an echo request. */
static void exceeded(const struct nlmsghdr *request, uint8_t cmd)
{
	static const uint8_t error[] = {
		0x45, 0,    0,	56, 0, 0, 0,  0, 64, 1, 0, 0, 10, 0,
		0,    1,    10, 0,  0, 2, 11, 0, 0,  0, 0, 0, 0,  0,
		0x45, 0x10, 0,	84, 0, 0, 64, 0, 1,  1, 0, 0, 10, 0,
		0,    2,    10, 0,  0, 9, 8,  0, 0,  0, 0, 7, 0,  1,
	};
	struct kctl_record record;

	mock_echo_record(&record, 1, KCTL_DIRECTION_IN);
	record.captured = record.length = sizeof(error);
	if (mock_starts(cmd))
		mock_record(&record, error);
	mock_ack(request, 0, NULL);
}

static void test_verbose_header(void **state)
{
	(void)state;
	mock_reset(exceeded);
	run_kctl("kctl watch icmp --count 1");
	assert_non_null(strstr(ran.out, "> 10.0.0.9 icmp echo request id 7 "
					"seq 1, length 56"));
	run_kctl("kctl -v watch icmp --count 1");
	assert_non_null(strstr(ran.out, "> 10.0.0.9 icmp echo request id 7 "
					"seq 1 tos 0x10 ttl 1 length 84, "
					"length 56"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_loss_is_told_where_it_happened),
		cmocka_unit_test(test_first_lost),
		cmocka_unit_test(test_records_instead_of_the_acknowledgement),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_signal_ends_it_cleanly),
		cmocka_unit_test(test_verbose),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_verbose_header),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
