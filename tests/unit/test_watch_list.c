// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl watch list */
#include "test.h"

#include "mock_netlink.h"
#include "run_kctl.h"

static void put_watcher(const struct nlmsghdr *request, uint32_t port)
{
	struct nlmsghdr *nlh = mock_reply(request, KCTL_CMD_GET_WATCHERS);

	nlh->nlmsg_flags = NLM_F_MULTI;
	mnl_attr_put_u32(nlh, KCTL_A_WATCH_PORT, port);
	if (port != 1) {
		mnl_attr_put_u32(nlh, KCTL_A_WATCH_FAMILY, AF_INET);
		mnl_attr_put_u32(nlh, KCTL_A_WATCH_DIRECTION,
				 KCTL_DIRECTION_IN);
		mnl_attr_put_u32(nlh, KCTL_A_WATCH_IFINDEX, 1);
		mnl_attr_put(nlh, KCTL_A_WATCH_SRC, 4, "\12\0\0\0");
		mnl_attr_put_u32(nlh, KCTL_A_WATCH_SRC_LEN, 8);
		mnl_attr_put(nlh, KCTL_A_WATCH_DST, 4, "\1\2\3\4");
		mnl_attr_put_u32(nlh, KCTL_A_WATCH_DST_LEN, 32);
		mnl_attr_put(nlh, KCTL_A_WATCH_TYPES4, 2, "\10\377");
		mnl_attr_put_u32(nlh, KCTL_A_WATCH_CODE, 0);
		mnl_attr_put_u32(nlh, KCTL_A_WATCH_SAMPLE, 10);
		mnl_attr_put_u32(nlh, KCTL_A_WATCH_COALESCE, 0);
		mnl_attr_put(nlh, KCTL_A_WATCH_HOST, 4, "\12\1\0\0");
		mnl_attr_put_u32(nlh, KCTL_A_WATCH_HOST_LEN, 16);
	}
	mnl_attr_put_u32(nlh, KCTL_A_WATCH_SNAPLEN, 64);
	mnl_attr_put_u64(nlh, KCTL_A_WATCH_MATCHED, 10);
	mnl_attr_put_u64(nlh, KCTL_A_WATCH_DELIVERED, 7);
	mnl_attr_put_u64(nlh, KCTL_A_WATCH_LOST, 3);
	mock_send(nlh);
}

/* A port that is not a PID, and the PID of this test program. */
static void two_watchers(const struct nlmsghdr *request, uint8_t cmd)
{
	assert_int_equal(cmd, KCTL_CMD_GET_WATCHERS);
	put_watcher(request, 4294963200U);
	put_watcher(request, (uint32_t)getpid());
	mock_done(request, 0);
}

static void none(const struct nlmsghdr *request, uint8_t cmd)
{
	assert_int_equal(cmd, KCTL_CMD_GET_WATCHERS);
	mock_done(request, 0);
}

static void test_list(void **state)
{
	(void)state;
	mock_reset(two_watchers);
	run_kctl("kctl watch list");
	assert_exited(EXIT_DONE);
	assert_non_null(strstr(
		ran.out,
		"      PORT PROCESS              MATCHED    DELIVERED       LOST  FILTER\n"
		"4294963200 -                         10            7          3  inet in dev lo src 10.0.0.0/8 dst 1.2.3.4 host 10.1.0.0/16 icmp echo-request,255 code 0 sample 1/10 snaplen 64 coalesce 0\n"));
	assert_non_null(strstr(ran.out, " test_watch_list "));
	run_kctl("kctl -j watch list");
	assert_memory_equal(
		ran.out,
		"[{\"port\":4294963200,\"matched\":10,\"delivered\":7,\"lost\":3,"
		"\"family\":\"inet\",\"direction\":\"in\",\"ifindex\":1,\"interface\":\"lo\","
		"\"src\":\"10.0.0.0/8\",\"dst\":\"1.2.3.4\",\"host\":\"10.1.0.0/16\",\"types4\":[8,255],\"code\":0,"
		"\"sample\":10,\"snaplen\":64,\"coalesce\":0},{\"port\":",
		247);
	assert_non_null(strstr(ran.out, "\"process\":\"test_watch_list\""));
	mock_reset(none);
	run_kctl("kctl -j watch list");
	assert_string_equal(ran.out, "[]\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
