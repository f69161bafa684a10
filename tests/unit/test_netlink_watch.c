// SPDX-License-Identifier: GPL-2.0-or-later
/* A watch through libkctl: its filter and its records, against a mock of the kernel */
#include "test.h"

#include "mock_genl.h"
#include "mock_record.h"

static void accept_watch(const struct nlmsghdr *request, uint8_t cmd)
{
	assert_int_equal(cmd, KCTL_CMD_WATCH_START);
	mock_ack(request, 0, NULL);
}

static struct {
	uint64_t seqs[16];
	size_t count;
	uint32_t captured;
} seen;

static int see(void *data, const struct kctl_record *record,
	       const uint8_t *packet)
{
	assert_ptr_equal(data, &seen);
	assert_memory_equal(packet, mock_echo, sizeof(mock_echo));
	seen.seqs[seen.count++] = record->seq;
	seen.captured = record->captured;
	return 0;
}

static void watch_kernel(const struct nlmsghdr *request, uint8_t cmd)
{
	if (cmd == KCTL_CMD_WATCH_START) {
		mock_event(1); /* overtakes the acknowledgement */
		mock_ack(request, 0, NULL);
		mock_event(2);
		return;
	}
	assert_int_equal(cmd, KCTL_CMD_WATCH_STOP);
	/* The first answer finds the receive buffer full, and is lost. */
	if (!mock.stops++) {
		mock_event(5);
		mock.overruns = 1;
		return;
	}
	mock_totals(request, 9);
	mock_ack(request, 0, NULL);
}

static void test_watch(void **state)
{
	struct kctl_genl *genl = open_genl(watch_kernel);
	struct kctl_watch_filter filter = { .snaplen = 128 };
	struct kctl_watch_totals totals = { 0 };

	(void)state;
	memset(&seen, 0, sizeof(seen));
	assert_int_equal(
		kctl_watch_start(genl, &filter, sizeof(filter), see, &seen), 0);
	assert_int_equal(seen.count, 1);
	assert_int_equal(kctl_watch_read(genl), 0);
	assert_int_equal(kctl_watch_read(genl), -EAGAIN);
	mock_event(3);
	mock.overruns = 1;
	assert_int_equal(kctl_watch_read(genl), 0);
	mock_event(4);
	assert_int_equal(kctl_watch_stop(genl, &totals, sizeof(totals)), 0);
	assert_int_equal(mock.stops, 2);
	assert_int_equal(totals.matched, 9);
	assert_int_equal(totals.lost, 0);
	assert_int_equal(seen.count, 5);
	for (size_t i = 0; i < seen.count; i++)
		assert_int_equal(seen.seqs[i], i + 1);
	kctl_genl_close(genl);
}

/* A record with a captured length beyond its end, and one that is too short. */
static void send_malformed_records(void)
{
	struct nlmsghdr *nlh = mock_begin(MOCK_FAMILY, 0, KCTL_CMD_ICMP_EVENTS);
	struct {
		struct kctl_record record;
		uint8_t packet[sizeof(mock_echo)];
	} payload = { .record = { .seq = 1, .captured = 60000 } };

	memcpy(payload.packet, mock_echo, sizeof(mock_echo));
	mnl_attr_put(nlh, KCTL_A_EVENTS_RECORD, sizeof(struct kctl_record) - 1,
		     &payload);
	mnl_attr_put(nlh, KCTL_A_EVENTS_RECORD + 1, 4, &payload);
	mnl_attr_put(nlh, KCTL_A_EVENTS_RECORD,
		     sizeof(struct kctl_record) + sizeof(mock_echo), &payload);
	mock_send(nlh);
}

static void test_malformed_records(void **state)
{
	struct kctl_genl *genl = open_genl(accept_watch);
	struct kctl_watch_filter filter = { .snaplen = 128 };

	(void)state;
	memset(&seen, 0, sizeof(seen));
	assert_int_equal(
		kctl_watch_start(genl, &filter, sizeof(filter), see, &seen), 0);
	send_malformed_records();
	assert_int_equal(kctl_watch_read(genl), 0);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.captured, sizeof(mock_echo));
	kctl_genl_close(genl);
}

/* libmnl accepts its length, and then loops without end. */
static void test_message_of_4_gib(void **state)
{
	struct kctl_genl *genl = open_genl(accept_watch);
	struct kctl_watch_filter filter = { .snaplen = 128 };
	struct nlmsghdr message = { .nlmsg_len = UINT32_MAX,
				    .nlmsg_type = MOCK_FAMILY };

	(void)state;
	assert_int_equal(
		kctl_watch_start(genl, &filter, sizeof(filter), see, &seen), 0);
	assert_int_equal(send(mock.kernel, &message, sizeof(message), 0),
			 sizeof(message));
	assert_int_equal(kctl_watch_read(genl), 0);
	kctl_genl_close(genl);
}

static struct kctl_watch_filter asked;
static bool asked_family, asked_direction;

static int take_attribute(const struct nlattr *attr, void *data)
{
	size_t len = mnl_attr_get_payload_len(attr);

	(void)data;
	switch (mnl_attr_get_type(attr)) {
	case KCTL_A_WATCH_FAMILY:
		asked_family = true;
		asked.family = mnl_attr_get_u32(attr);
		break;
	case KCTL_A_WATCH_DIRECTION:
		asked_direction = true;
		asked.direction = mnl_attr_get_u32(attr);
		break;
	case KCTL_A_WATCH_SNAPLEN:
		asked.snaplen = mnl_attr_get_u32(attr);
		break;
	case KCTL_A_WATCH_TYPES4:
		asked.types4_count = len;
		memcpy(asked.types4, mnl_attr_get_payload(attr), len);
		break;
	case KCTL_A_WATCH_TYPES6:
		asked.types6_count = len;
		memcpy(asked.types6, mnl_attr_get_payload(attr), len);
		break;
	default:
		fail_msg("attribute %u", mnl_attr_get_type(attr));
	}
	return MNL_CB_OK;
}

static void take_filter(const struct nlmsghdr *request, uint8_t cmd)
{
	assert_int_equal(cmd, KCTL_CMD_WATCH_START);
	memset(&asked, 0, sizeof(asked));
	asked_family = asked_direction = false;
	mnl_attr_parse(request, sizeof(struct genlmsghdr), take_attribute,
		       NULL);
	mock_ack(request, 0, NULL);
}

static void test_filter(void **state)
{
	struct kctl_genl *genl = open_genl(take_filter);
	struct kctl_watch_filter all = { .snaplen = 0 };
	struct kctl_watch_filter some = { .family = AF_INET6,
					  .direction = KCTL_DIRECTION_OUT,
					  .snaplen = 60,
					  .types4 = { 8, 0 },
					  .types4_count = 2,
					  .types6_count = 256 };

	(void)state;
	assert_int_equal(kctl_watch_start(genl, &all, sizeof(all), see, &seen),
			 0);
	assert_false(asked_family);
	assert_false(asked_direction);
	assert_int_equal(asked.types4_count + asked.types6_count, 0);
	assert_int_equal(asked.snaplen, 0);

	for (int i = 0; i < 256; i++)
		some.types6[i] = (uint8_t)i;
	kctl_genl_close(genl);
	genl = open_genl(take_filter);
	assert_int_equal(
		kctl_watch_start(genl, &some, sizeof(some), see, &seen), 0);
	assert_memory_equal(&asked, &some, sizeof(some));
	kctl_genl_close(genl);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_watch),
		cmocka_unit_test(test_malformed_records),
		cmocka_unit_test(test_message_of_4_gib),
		cmocka_unit_test(test_filter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
