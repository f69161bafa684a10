// SPDX-License-Identifier: GPL-2.0-or-later
/* Netlink requests about channels, from the command line on */
#include "test.h"

#include <sys/prctl.h>
#include <sys/stat.h>

#include "lib/genl.h"
#include "mock_netlink.h"
#include "run_kctl.h"

/* What a request must contain, and the answer. */
static struct {
	uint8_t cmd;
	uint32_t value[KCTL_A_CHANNEL_MAX + 1];
	uint32_t present;
	int error;
	bool old; /* the module does not know owners */
	const uint32_t *sockets; /* five of them; NULL: the module is too old */
	const char *name;
} expected;

static int check_attr(const struct nlattr *attr, void *data)
{
	uint16_t type = mnl_attr_get_type(attr);
	uint32_t *present = data;

	assert_true(type <= KCTL_A_CHANNEL_MAX);
	*present |= 1U << type;
	if (type == KCTL_A_CHANNEL_NAME) {
		assert_string_equal(mnl_attr_get_str(attr), expected.name);
		return MNL_CB_OK;
	}
	assert_int_equal(mnl_attr_get_payload_len(attr), 4);
	assert_int_equal(mnl_attr_get_u32(attr), expected.value[type]);
	return MNL_CB_OK;
}

static void check_request(const struct nlmsghdr *request, uint8_t cmd)
{
	uint32_t present = 0;

	assert_int_equal(cmd, expected.cmd);
	assert_true(request->nlmsg_flags & NLM_F_ACK);
	mnl_attr_parse(request, GENL_ATTRS, check_attr, &present);
	assert_int_equal(present, expected.present);
	mock_ack(request, expected.error,
		 expected.error == -EINVAL ? "words" : NULL);
}

static void expect(uint8_t cmd, uint32_t number)
{
	expected.cmd = cmd;
	expected.present = 1U << KCTL_A_CHANNEL_NUMBER;
	expected.value[KCTL_A_CHANNEL_NUMBER] = number;
}

static void expect_attr(uint16_t type, uint32_t value)
{
	expected.present |= 1U << type;
	expected.value[type] = value;
}

static void expect_name(const char *name)
{
	expected.present |= 1U << KCTL_A_CHANNEL_NAME;
	expected.name = name;
}

static int setup(void **state)
{
	(void)state;
	memset(&expected, 0, sizeof(expected));
	mock_reset(check_request);
	return 0;
}

static void test_set(void **state)
{
	(void)state;
	expect(KCTL_CMD_SET_CHANNEL, 5);
	run_kctl("kctl proto set --channel 5");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, "");
	assert_string_equal(ran.err, "");
	expect_attr(KCTL_A_CHANNEL_MODE, 0620);
	run_kctl("kctl proto set --channel 5 --mode 0620");
	assert_exited(EXIT_DONE);
	run_kctl("kctl proto set --channel 5 --mode 620");
	assert_exited(EXIT_DONE);
	expect_attr(KCTL_A_CHANNEL_UID, 0);
	expect_attr(KCTL_A_CHANNEL_GID, 4294967294);
	run_kctl(
		"kctl proto set --channel 5 --mode 0620 --owner root --group 4294967294");
	assert_exited(EXIT_DONE);
	run_kctl(
		"kctl proto set --channel 5 --mode 0620 --owner 0 --group 0xfffffffe");
	assert_exited(EXIT_DONE);
	expect(KCTL_CMD_SET_CHANNEL, 5);
	expect_name("jobs");
	run_kctl("kctl proto set --channel 5 --name jobs");
	assert_exited(EXIT_DONE);
	expect_name("");
	run_kctl("kctl proto set --channel 5 --name=");
	assert_exited(EXIT_DONE);
}

static void test_set_dead_letter(void **state)
{
	static const struct {
		int error, status;
		const char *words;
	} rows[] = {
		{ ELOOP, EXIT_REFUSED, "a dead letter channel can neither" },
		{ EACCES, EXIT_PERMISSION, "belongs to another user" },
		{ ENOENT, EXIT_REFUSED, "is not configured" },
	};

	(void)state;
	expect(KCTL_CMD_SET_CHANNEL, 5);
	expect_attr(KCTL_A_CHANNEL_MAX_DELIVERIES, 4294967295);
	expect_attr(KCTL_A_CHANNEL_DEAD_LETTER, 6);
	run_kctl(
		"kctl proto set --channel 5 --max-deliveries 4294967295 --dead-letter 6");
	assert_exited(EXIT_DONE);
	for (size_t i = 0; i < COUNT(rows); i++) {
		expect(KCTL_CMD_SET_CHANNEL, 5);
		expect_attr(KCTL_A_CHANNEL_DEAD_LETTER, 6);
		expected.error = -rows[i].error;
		run_kctl("kctl proto set --channel 5 --dead-letter 6");
		assert_exited(rows[i].status);
		assert_non_null(strstr(ran.err, rows[i].words));
	}
	expect(KCTL_CMD_SET_CHANNEL, 5);
	expected.error = 0;
	expect_attr(KCTL_A_CHANNEL_MAX_DELIVERIES, 0);
	expect_attr(KCTL_A_CHANNEL_DEAD_LETTER, 0);
	run_kctl(
		"kctl proto set --channel 5 --max-deliveries 0 --dead-letter 0");
	assert_exited(EXIT_DONE);
}

static void test_set_times(void **state)
{
	(void)state;
	expect(KCTL_CMD_SET_CHANNEL, 5);
	expect_attr(KCTL_A_CHANNEL_RETRY_DELAY, 86400000);
	expect_attr(KCTL_A_CHANNEL_HOLD_TIME_MAX, 1500);
	run_kctl(
		"kctl proto set --channel 5 --retry-delay 86400 --hold-time-max 1.5");
	assert_exited(EXIT_DONE);
	expect(KCTL_CMD_SET_CHANNEL, 5);
	expect_attr(KCTL_A_CHANNEL_RETRY_DELAY, 1);
	run_kctl("kctl proto set --channel 5 --retry-delay .0000001");
	assert_exited(EXIT_DONE);
	expect(KCTL_CMD_SET_CHANNEL, 5);
	expect_attr(KCTL_A_CHANNEL_RETRY_DELAY, 0);
	expect_attr(KCTL_A_CHANNEL_TTL, 4294967295);
	run_kctl(
		"kctl proto set --channel 5 --retry-delay 0 --ttl 4294967.295");
	assert_exited(EXIT_DONE);
	run_kctl("kctl proto set --channel 5 --retry-delay 86400.001");
	assert_exited(EXIT_USAGE);
	assert_non_null(strstr(ran.err, "seconds from 0 to 86400"));
	run_kctl("kctl proto set --channel 5 --ttl 4294967.296");
	assert_exited(EXIT_USAGE);
	assert_non_null(strstr(ran.err, "seconds from 0 to 4294967"));
}

static void test_delete_and_flush(void **state)
{
	(void)state;
	expect(KCTL_CMD_DEL_CHANNEL, 4294967295);
	run_kctl("kctl proto delete --channel 4294967295");
	assert_exited(EXIT_DONE);
	expect(KCTL_CMD_FLUSH_CHANNEL, 7);
	run_kctl("kctl proto flush --channel 7");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.err, "");
}

static void test_refused(void **state)
{
	static const char *const verbs[] = { "set", "delete", "flush" };
	static const uint8_t cmds[] = { KCTL_CMD_SET_CHANNEL,
					KCTL_CMD_DEL_CHANNEL,
					KCTL_CMD_FLUSH_CHANNEL };
	char line[64];

	(void)state;
	for (size_t i = 0; i < COUNT(verbs); i++) {
		snprintf(line, sizeof(line), "kctl proto %s --channel 5",
			 verbs[i]);
		expect(cmds[i], 5);
		expected.error = -EPERM;
		run_kctl(line);
		assert_exited(EXIT_PERMISSION);
		assert_non_null(strstr(ran.err, "the owner of channel 5"));
		expected.error = -ENOENT;
		run_kctl(line);
		assert_exited(EXIT_REFUSED);
		assert_non_null(strstr(ran.err, "channel 5 does not exist"));
		expected.error = -EOPNOTSUPP;
		run_kctl(line);
		assert_exited(EXIT_MISSING);
	}
	expect(KCTL_CMD_SET_CHANNEL, 5);
	expect_name("jobs");
	expected.error = -EEXIST;
	run_kctl("kctl proto set --channel 5 --name jobs");
	assert_exited(EXIT_REFUSED);
	assert_non_null(strstr(ran.err, "another channel has this name"));
	expect(KCTL_CMD_SET_CHANNEL, 5);
	expected.error = -EINVAL;
	run_kctl("kctl proto set --channel 5");
	assert_exited(EXIT_REFUSED);
	assert_non_null(strstr(ran.err, "(kernel: words)"));
}

static void put_channel(const struct nlmsghdr *request, uint32_t number,
			uint32_t uid, uint32_t flags)
{
	struct nlmsghdr *nlh = mock_reply(request, KCTL_CMD_GET_CHANNELS);

	nlh->nlmsg_flags = NLM_F_MULTI;
	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_NUMBER, number);
	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_MESSAGES, 2);
	mnl_attr_put_u64(nlh, KCTL_A_CHANNEL_BYTES, 30);
	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_RECEIVERS, 4);
	if (!expected.old) {
		mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_SENDERS, 6);
		mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_TAPS, 1);
		mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_UID, uid);
		mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_GID, 3999999999);
		mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_MODE, 0620);
		mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_FLAGS, flags);
	}
	if (!expected.old) {
		mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_HELD, 7);
		mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_DELAYED, 3);
		mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_MAX_DELIVERIES, 9);
		mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_DEAD_LETTER, 8);
		mnl_attr_put_u64(nlh, KCTL_A_CHANNEL_DEAD, 4294967296);
		mnl_attr_put_u64(nlh, KCTL_A_CHANNEL_DROPPED, 12);
		mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_RETRY_DELAY, 250);
		mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_HOLD_TIME_MAX, 350);
		mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_TTL, 450);
		mnl_attr_put_u64(nlh, KCTL_A_CHANNEL_EXPIRED, 4294967297);
		mnl_attr_put_u64(nlh, KCTL_A_CHANNEL_SENT, 1234);
		mnl_attr_put_u64(nlh, KCTL_A_CHANNEL_RECEIVED, 1);
		mnl_attr_put_u64(nlh, KCTL_A_CHANNEL_AGE, 100000);
	}
	if (!expected.old && number == 5)
		mnl_attr_put_u64(nlh, KCTL_A_CHANNEL_OLDEST, 65432);
	if (!expected.old && number == 5)
		mnl_attr_put_strz(nlh, KCTL_A_CHANNEL_NAME, "jobs");
	if (expected.sockets)
		mnl_attr_put(nlh, KCTL_A_CHANNEL_SOCKETS,
			     5 * sizeof(*expected.sockets), expected.sockets);
	mock_send(nlh);
}

static void dump(const struct nlmsghdr *request, uint8_t cmd)
{
	assert_int_equal(cmd, KCTL_CMD_GET_CHANNELS);
	put_channel(request, 5, 0, 0);
	put_channel(request, 4294967295, 3999999998, 3);
	mock_done(request, 0);
}

static void test_list(void **state)
{
	(void)state;
	mock_reset(dump);
	run_kctl("kctl proto list");
	assert_exited(EXIT_DONE);
	assert_string_equal(
		ran.out,
		"   CHANNEL NAME     MODE OWNER    GROUP    FLAGS    MESSAGES      BYTES  HELD  TAPS RECEIVERS PROCESSES\n"
		"         5 jobs     0620 root     3999999999 -               2         30     7     1         4 -\n"
		"4294967295 -        0620 3999999998 3999999999 set,excl        2         30     7     1         4 -\n");
	run_kctl("kctl -j proto list");
	assert_string_equal(
		ran.out,
		"[{\"channel\":5,\"name\":\"jobs\",\"mode\":\"0620\",\"uid\":0,\"gid\":3999999999,"
		"\"configured\":false,\"exclusive\":false,\"messages\":2,\"bytes\":30,"
		"\"held\":7,\"delayed\":3,\"max_deliveries\":9,\"dead_letter\":8,"
		"\"dead\":4294967296,\"dropped\":12,\"retry_delay_ms\":250,\"hold_time_max_ms\":350,"
		"\"ttl_ms\":450,\"expired\":4294967297,"
		"\"senders\":6,\"taps\":1,\"receivers\":4,"
		"\"age_ms\":100000,\"oldest_ms\":65432,\"sent\":1234,\"received\":1},"
		"{\"channel\":4294967295,\"mode\":\"0620\",\"uid\":3999999998,\"gid\":3999999999,"
		"\"configured\":true,\"exclusive\":true,\"messages\":2,\"bytes\":30,"
		"\"held\":7,\"delayed\":3,\"max_deliveries\":9,\"dead_letter\":8,"
		"\"dead\":4294967296,\"dropped\":12,\"retry_delay_ms\":250,\"hold_time_max_ms\":350,"
		"\"ttl_ms\":450,\"expired\":4294967297,"
		"\"senders\":6,\"taps\":1,\"receivers\":4,"
		"\"age_ms\":100000,\"sent\":1234,\"received\":1}]\n");
	run_kctl("kctl -v proto list");
	assert_exited(EXIT_DONE);
	assert_string_equal(
		ran.out,
		"   CHANNEL NAME     MODE OWNER    GROUP    FLAGS    MESSAGES      BYTES  HELD  TAPS RECEIVERS     OLDEST     SENT/S RECEIVED/S PROCESSES\n"
		"         5 jobs     0620 root     3999999999 -               2         30     7     1         4       65.4      12.34       0.01 -\n"
		"4294967295 -        0620 3999999998 3999999999 set,excl        2         30     7     1         4          -      12.34       0.01 -\n");
}

static uint32_t inode_of(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	return (uint32_t)st.st_ino;
}

/*
 * Four receivers and a tap. Two sockets of this process are among them, one of them twice.
 * The tool runs in a child process, which has inherited them.
 */
static void test_processes(void **state)
{
	uint32_t sockets[] = { 0, 1, 0, 2, 3 };
	int one = (int)syscall(SYS_socket, AF_UNIX, SOCK_DGRAM, 0);
	int other = (int)syscall(SYS_socket, AF_UNIX, SOCK_DGRAM, 0);
	int copy = dup(one), child = 0, end = 0;
	char line[100];

	(void)state;
	sockets[0] = sockets[2] = inode_of(one);
	sockets[4] = inode_of(other);
	expected.sockets = sockets;
	prctl(PR_SET_NAME, "a b,1/x");
	mock_reset(dump);
	run_kctl("kctl proto list");
	snprintf(line, sizeof(line), "     4 %d/a_b_1_x,", getpid());
	assert_non_null(strstr(ran.out, line));
	sscanf(strstr(ran.out, line) + strlen(line), "%d/a_b_1_x,?%n", &child,
	       &end);
	assert_true(child && child != getpid());
	assert_int_equal(strstr(ran.out, line)[strlen(line) + (size_t)end],
			 '\n');
	run_kctl("kctl -j proto list");
	for (int i = 0; i < 2; i++) {
		snprintf(line, sizeof(line),
			 "{\"role\":\"%s\",\"pid\":%d,\"command\":\"a b,1/x\"}",
			 i ? "tap" : "receiver", getpid());
		assert_non_null(strstr(ran.out, line));
	}
	close(one);
	close(other);
	close(copy);
	run_kctl("kctl proto list");
	assert_non_null(strstr(ran.out, "     4 ?\n"));
	run_kctl("kctl -j proto list");
	assert_non_null(strstr(ran.out, "\"received\":1,\"processes\":[]}"));
}

/* The output omits what the module does not report. */
static void test_list_of_an_old_module(void **state)
{
	(void)state;
	mock_reset(dump);
	expected.old = true;
	run_kctl("kctl proto list");
	assert_non_null(strstr(ran.out,
			       "         5 -           - -        -        -"));
	run_kctl("kctl -j proto list");
	assert_string_equal(
		ran.out,
		"[{\"channel\":5,\"messages\":2,\"bytes\":30,\"receivers\":4},"
		"{\"channel\":4294967295,\"messages\":2,\"bytes\":30,\"receivers\":4}]\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_set, setup),
		cmocka_unit_test_setup(test_set_dead_letter, setup),
		cmocka_unit_test_setup(test_set_times, setup),
		cmocka_unit_test_setup(test_delete_and_flush, setup),
		cmocka_unit_test_setup(test_refused, setup),
		cmocka_unit_test_setup(test_list, setup),
		cmocka_unit_test_setup(test_processes, setup),
		cmocka_unit_test_setup(test_list_of_an_old_module, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
