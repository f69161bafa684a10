// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests on the generic netlink family, against a mock of the kernel */
#include "test.h"

#include "mock_genl.h"

static void test_no_module(void **state)
{
	struct kctl_genl *genl = NULL;
	char version[16];
	struct kctl_proto *proto;

	(void)state;
	mock_reset(NULL);
	mock.loaded = false;
	assert_int_equal(kctl_genl_open(&genl), -ENOPROTOOPT);
	assert_null(genl);
	assert_int_equal(kctl_module_version(version, sizeof(version)),
			 -ENOPROTOOPT);
	assert_int_equal(kctl_proto_open(&proto), -ENOPROTOOPT);
}

/* Has attributes that a newer module adds, and lacks those that an older module lacks. */
static void answer_status(const struct nlmsghdr *request, uint8_t cmd)
{
	struct nlmsghdr *nlh = mock_reply(request, cmd);

	assert_int_equal(cmd, KCTL_CMD_GET_STATUS);
	mnl_attr_put_strz(nlh, KCTL_A_STATUS_MODULE_VERSION, "9.9");
	mnl_attr_put_u32(nlh, KCTL_A_STATUS_ABI_VERSION, 7);
	mnl_attr_put_u32(nlh, KCTL_A_STATUS_FAMILY, 18);
	mnl_attr_put_u64(nlh, KCTL_A_STATUS_STORE_BYTES, UINT64_C(1) << 40);
	/* A wrong size must be skipped, not misread. */
	mnl_attr_put_u16(nlh, KCTL_A_STATUS_WATCHERS, 5);
	mnl_attr_put_u32(nlh, KCTL_A_STATUS_MAX + 1, 1);
	mnl_attr_put_u32(nlh, 300, 1);
	mock_send(nlh);
	mock_ack(request, 0, NULL);
}

static void test_status(void **state)
{
	struct kctl_genl *genl = open_genl(answer_status);
	struct kctl_status *status;

	(void)state;
	assert_int_equal(kctl_status_get(genl, &status), 0);
	assert_string_equal(kctl_status_module_version(status), "9.9");
	assert_int_equal(kctl_status_value(status, KCTL_A_STATUS_ABI_VERSION),
			 7);
	assert_int_equal(kctl_status_value(status, KCTL_A_STATUS_STORE_BYTES),
			 UINT64_C(1) << 40);
	assert_true(kctl_status_has(status, KCTL_A_STATUS_FAMILY));
	assert_false(kctl_status_has(status, KCTL_A_STATUS_WATCHERS));
	assert_false(kctl_status_has(status, KCTL_A_STATUS_HOOKS));
	kctl_status_free(status);
	kctl_genl_close(genl);
}

static void answer_long_version(const struct nlmsghdr *request, uint8_t cmd)
{
	struct nlmsghdr *nlh = mock_reply(request, cmd);

	assert_int_equal(cmd, KCTL_CMD_GET_STATUS);
	/* Longer than the buffer, and without a NUL at its end. */
	mnl_attr_put(nlh, KCTL_A_STATUS_MODULE_VERSION, 40,
		     "0123456789012345678901234567890123456789");
	mock_send(nlh);
	mock_ack(request, 0, NULL);
}

static void test_long_version_is_cut(void **state)
{
	struct kctl_genl *genl = open_genl(answer_long_version);
	struct kctl_status *status;
	char version[8];

	(void)state;
	assert_int_equal(kctl_status_get(genl, &status), 0);
	assert_int_equal(strlen(kctl_status_module_version(status)), 31);
	kctl_status_free(status);
	kctl_genl_close(genl);
	assert_int_equal(kctl_module_version(version, sizeof(version)), 0);
	assert_string_equal(version, "0123456");
}

#define LONG_WORDS                                                          \
	"these are the kernel's own words, many more than it has ever had " \
	"to say about any request, and so there is not enough room for all of them"

static void refuse(const struct nlmsghdr *request, uint8_t cmd)
{
	(void)cmd;
	mock_ack(request, -EINVAL, LONG_WORDS);
}

static void test_ext_ack(void **state)
{
	struct kctl_genl *genl = open_genl(refuse);
	struct kctl_status *status;

	(void)state;
	assert_string_equal(kctl_genl_ext_ack(genl), "");
	assert_int_equal(kctl_status_get(genl, &status), -EINVAL);
	/* The text is cut to the size of the buffer. */
	assert_int_equal(strlen(kctl_genl_ext_ack(genl)), 127);
	assert_memory_equal(kctl_genl_ext_ack(genl), LONG_WORDS, 127);
	assert_null(status);
	mock.handle = answer_status;
	assert_int_equal(kctl_status_get(genl, &status), 0);
	assert_string_equal(kctl_genl_ext_ack(genl), "");
	kctl_status_free(status);
	kctl_genl_close(genl);
}

/* Without NETLINK_CAP_ACK the request precedes the text. */
static void refuse_uncapped(const struct nlmsghdr *request, uint8_t cmd)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(mock.buffer);
	char *e;

	(void)cmd;
	nlh->nlmsg_type = NLMSG_ERROR;
	nlh->nlmsg_flags = NLM_F_ACK_TLVS;
	nlh->nlmsg_seq = request->nlmsg_seq;
	e = mnl_nlmsg_put_extra_header(nlh, sizeof(int) + request->nlmsg_len);
	*(int *)e = -EPERM;
	memcpy(e + sizeof(int), request, request->nlmsg_len);
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "no");
	mock_send(nlh);
}

static void test_uncapped_ext_ack(void **state)
{
	struct kctl_genl *genl = open_genl(refuse_uncapped);
	struct kctl_status *status;

	(void)state;
	assert_int_equal(kctl_status_get(genl, &status), -EPERM);
	assert_string_equal(kctl_genl_ext_ack(genl), "no");
	kctl_genl_close(genl);
}

static void say_nothing(const struct nlmsghdr *request, uint8_t cmd)
{
	(void)request;
	(void)cmd;
}

/* The kernel answers at once or not at all, so never wait for a lost answer. */
static void test_lost_answer(void **state)
{
	struct kctl_genl *genl = open_genl(say_nothing);
	struct kctl_status *status;

	(void)state;
	assert_int_equal(kctl_status_get(genl, &status), -ENOBUFS);
	kctl_genl_close(genl);
}

/* A message from another process has the sequence number of the request, too. */
static void answer_after_forgery(const struct nlmsghdr *request, uint8_t cmd)
{
	mock.forged = 1;
	mock_ack(request, -EPERM, "forged");
	answer_status(request, cmd);
}

static void test_forged_answer(void **state)
{
	struct kctl_genl *genl = open_genl(answer_after_forgery);
	struct kctl_status *status;

	(void)state;
	assert_int_equal(kctl_status_get(genl, &status), 0);
	assert_string_equal(kctl_genl_ext_ack(genl), "");
	assert_string_equal(kctl_status_module_version(status), "9.9");
	assert_int_equal(mock.forged, 0);
	kctl_status_free(status);
	kctl_genl_close(genl);
}

static void put_channel(const struct nlmsghdr *request, uint32_t number,
			uint16_t flags)
{
	struct nlmsghdr *nlh = mock_reply(request, KCTL_CMD_GET_CHANNELS);

	nlh->nlmsg_flags = (uint16_t)(NLM_F_MULTI | flags);
	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_NUMBER, number);
	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_MESSAGES, 2);
	mnl_attr_put_u64(nlh, KCTL_A_CHANNEL_BYTES, 30);
	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_RECEIVERS, 4);
	mock_send(nlh);
}

static void dump_channels(const struct nlmsghdr *request, uint8_t cmd)
{
	assert_int_equal(cmd, KCTL_CMD_GET_CHANNELS);
	assert_true(request->nlmsg_flags & NLM_F_DUMP);
	for (uint32_t number = 1; number <= 100; number++)
		put_channel(request, number, 0);
	mock_done(request, 0);
}

static void test_channels(void **state)
{
	struct kctl_genl *genl = open_genl(dump_channels);
	struct kctl_channels *list;

	(void)state;
	assert_int_equal(kctl_channels_get(genl, &list), 0);
	assert_int_equal(list->count, 100);
	assert_int_equal(list->channels[99]->number, 100);
	assert_int_equal(list->channels[99]->messages, 2);
	assert_int_equal(list->channels[99]->bytes, 30);
	assert_int_equal(list->channels[99]->receivers, 4);
	kctl_channels_free(list);
	kctl_genl_close(genl);
}

/*
 * The first dump is marked inconsistent, so it is read again. The kernel does not begin
 * another dump until the first one was read to its end.
 */
static void dump_interrupted(const struct nlmsghdr *request, uint8_t cmd)
{
	char unread;

	assert_int_equal(cmd, KCTL_CMD_GET_CHANNELS);
	if (recv(mock.fd, &unread, 1, MSG_PEEK | MSG_DONTWAIT) > 0) {
		mock_ack(request, -EBUSY, NULL);
		return;
	}
	put_channel(request, 7, 0);
	put_channel(request, 8, mock.dumps ? 0 : NLM_F_DUMP_INTR);
	mock_done(request, 0);
	mock.dumps++;
}

static void test_interrupted_dump(void **state)
{
	struct kctl_genl *genl = open_genl(dump_interrupted);
	struct kctl_channels *list;

	(void)state;
	assert_int_equal(kctl_channels_get(genl, &list), 0);
	assert_int_equal(mock.dumps, 2);
	assert_int_equal(list->count, 2);
	kctl_channels_free(list);
	kctl_genl_close(genl);
}

static void dump_fails(const struct nlmsghdr *request, uint8_t cmd)
{
	assert_int_equal(cmd, KCTL_CMD_GET_CHANNELS);
	put_channel(request, 7, 0);
	mock_done(request, -ENOMEM);
}

static void dump_refused(const struct nlmsghdr *request, uint8_t cmd)
{
	(void)cmd;
	mock_ack(request, -EPERM, NULL);
}

static void test_failed_dump(void **state)
{
	struct kctl_genl *genl = open_genl(dump_fails);
	struct kctl_channels *list;

	(void)state;
	assert_int_equal(kctl_channels_get(genl, &list), -ENOMEM);
	mock.handle = dump_refused;
	assert_int_equal(kctl_channels_get(genl, &list), -EPERM);
	kctl_genl_close(genl);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_module),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_long_version_is_cut),
		cmocka_unit_test(test_ext_ack),
		cmocka_unit_test(test_uncapped_ext_ack),
		cmocka_unit_test(test_lost_answer),
		cmocka_unit_test(test_forged_answer),
		cmocka_unit_test(test_channels),
		cmocka_unit_test(test_interrupted_dump),
		cmocka_unit_test(test_failed_dump),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
