// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl watch proto: events of channels, against a mock */
#include "test.h"

#include <sys/stat.h>

#include "lib/genl.h"
#include "mock_netlink.h"
#include "run_kctl.h"

/* The number of the last event, in each successive answer. */
static uint64_t numbers[2];

static void put_changer(struct nlmsghdr *nlh)
{
	struct kctl_pid pid = { .pid = 4711 };
	struct stat st;

	assert_int_equal(stat("/proc/self/ns/pid", &st), 0);
	pid.ns = (uint32_t)st.st_ino;
	mnl_attr_put_u32(nlh, KCTL_A_PROTO_UID, 1000);
	mnl_attr_put_strz(nlh, KCTL_A_PROTO_COMMAND, "sh\n1");
	mnl_attr_put(nlh, KCTL_A_PROTO_PID, sizeof(pid), &pid);
}

static void send_set(uint64_t seq)
{
	struct nlmsghdr *nlh = mock_proto_event(KCTL_PROTO_SET, seq, 7);
	struct nlattr *nest;

	mnl_attr_put_strz(nlh, KCTL_A_PROTO_NAME, "jobs");
	nest = mnl_attr_nest_start(nlh, KCTL_A_PROTO_SETTINGS);
	mnl_attr_put_strz(nlh, KCTL_A_CHANNEL_NAME, "jobs");
	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_UID, 4000000001U);
	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_MODE, 0622);
	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_DEAD_LETTER, 26);
	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_RETRY_DELAY, 500);
	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_HOLD_TIME_MAX, 2000);
	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_TTL, UINT32_MAX);
	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_MAX + 1, 1);
	mnl_attr_nest_end(nlh, nest);
	put_changer(nlh);
	mock_send(nlh);
}

static void send_dead(uint64_t seq, uint32_t to, uint32_t deliveries)
{
	struct nlmsghdr *nlh = mock_proto_event(KCTL_PROTO_DEAD, seq, 7);

	if (to)
		mnl_attr_put_u32(nlh, KCTL_A_PROTO_TO, to);
	mnl_attr_put_u32(nlh, KCTL_A_PROTO_WHY,
			 to ? KCTL_DEAD_SETTLED : KCTL_DEAD_TTL);
	mnl_attr_put_u32(nlh, KCTL_A_PROTO_DELIVERIES, deliveries);
	mock_send(nlh);
}

static void answer_status(const struct nlmsghdr *request, uint8_t cmd)
{
	struct nlmsghdr *nlh = mock_reply(request, cmd);

	assert_int_equal(cmd, KCTL_CMD_GET_STATUS);
	mnl_attr_put_u64(nlh, KCTL_A_STATUS_PROTO_EVENTS, numbers[mock.dumps]);
	mock_send(nlh);
	mock_ack(request, 0, NULL);
	if (mock.dumps++)
		return;
	send_set(11);
	mock_send(mock_proto_event(KCTL_PROTO_FULL, 14, 8));
	send_dead(15, 26, 1);
	send_dead(16, 0, 3);
	mock_send(mock_proto_event(99, 17, 9));
}

static int reset_numbers(void **state)
{
	(void)state;
	numbers[0] = 10;
	numbers[1] = 19;
	mock_reset(answer_status);
	return 0;
}

#define SET                                                                     \
	"{\"event\":\"proto\",\"seq\":11,\"action\":\"set\",\"channel\":7,"     \
	"\"name\":\"jobs\",\"settings\":{\"name\":\"jobs\",\"uid\":4000000001," \
	"\"mode\":\"0622\",\"dead_letter\":26,\"retry_delay_ms\":500,"          \
	"\"hold_time_max_ms\":2000,\"ttl_ms\":4294967295},"                     \
	"\"uid\":1000,\"pid\":4711,"                                            \
	"\"command\":\"sh\\n1\"}\n"
#define LOST "{\"event\":\"lost\",\"count\":2}\n"
#define EVENT(seq, action, channel)                                  \
	"{\"event\":\"proto\",\"seq\":" #seq ",\"action\":\"" action \
	"\",\"channel\":" #channel

static void test_json(void **state)
{
	(void)state;
	run_kctl("kctl -j watch proto --duration 0.05");
	assert_exited(EXIT_DONE);
	assert_string_equal(
		ran.out,
		"{\"event\":\"ready\",\"seq\":10}\n" SET LOST
			EVENT(14, "full", 8) "}\n" EVENT(15, "dead", 7) ",\"to\":26,\"deliveries\":1,\"why\":\"settled\"}\n" EVENT(
				16, "dead",
				7) ",\"deliveries\":3,\"why\":\"ttl\"}\n" EVENT(17,
										"change",
										9) "}\n" LOST
										   "{\"event\":\"end\",\"received\":5,\"lost\":4}\n");
}

static void test_text(void **state)
{
	(void)state;
	run_kctl("kctl watch proto --count 5");
	assert_exited(EXIT_DONE);
	assert_string_equal(
		ran.out,
		"11 set 7 jobs, name jobs, owner 4000000001, mode 0622, dead-letter 26, retry-delay 500ms, hold-time-max 2000ms, ttl 4294967295ms, uid 1000, pid 4711 sh\\n1\n"
		"lost 2 events\n"
		"14 full 8\n"
		"15 dead 7, to 26, 1 delivery, why: settled\n"
		"16 dead 7, dropped, 3 deliveries, why: ttl\n"
		"17 change 9\n");
}

/* The lost events may include events of this channel. */
static void test_one_channel(void **state)
{
	(void)state;
	run_kctl("kctl watch proto --channel 8 --duration 0.05");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out,
			    "lost 2 events\n14 full 8\nlost 2 events\n");
	mock.dumps = 0;
	run_kctl("kctl watch proto --channel 9 --count 1");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, "lost 2 events\n17 change 9\n");
}

static void test_old_module(void **state)
{
	(void)state;
	mock.old = true;
	run_kctl("kctl watch proto");
	assert_exited(EXIT_MISSING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_json, reset_numbers),
		cmocka_unit_test_setup(test_text, reset_numbers),
		cmocka_unit_test_setup(test_one_channel, reset_numbers),
		cmocka_unit_test_setup(test_old_module, reset_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
