/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of packets, with mock_netlink.h */
#ifndef MOCK_RECORD_H
#define MOCK_RECORD_H

#include "mock_netlink.h"

static const uint8_t mock_echo[] = { 0x45, 0, 0,  32, 0, 0, 0,	0, 64, 1,
				     0,	   0, 10, 0,  0, 1, 10, 0, 0,  2,
				     8,	   0, 0,  0,  0, 7, 0,	1 };

/* One ICMP_EVENTS message of one record. */
static inline void mock_record(const struct kctl_record *record,
			       const uint8_t *packet)
{
	struct nlmsghdr *nlh = mock_begin(MOCK_FAMILY, 0, KCTL_CMD_ICMP_EVENTS);
	uint8_t payload[sizeof(*record) + 256];

	if (mock.offset)
		mnl_attr_put(nlh, KCTL_A_EVENTS_OFFSET, sizeof(*mock.offset),
			     mock.offset);
	memcpy(payload, record, sizeof(*record));
	memcpy(payload + sizeof(*record), packet, record->captured);
	mnl_attr_put(nlh, KCTL_A_EVENTS_RECORD,
		     sizeof(*record) + record->captured, payload);
	mock_send(nlh);
}

/* The record of mock_echo, with this number. */
static inline void mock_echo_record(struct kctl_record *record, uint64_t seq,
				    uint8_t direction)
{
	*record = (struct kctl_record){
		.seq = seq,
		.time = UINT64_C(1700000000000000000),
		.ifindex = 1,
		.length = 32,
		.captured = sizeof(mock_echo),
		.direction = direction,
		.family = AF_INET,
	};
}

static inline void mock_event(uint64_t seq)
{
	struct kctl_record record;

	mock_echo_record(&record, seq, KCTL_DIRECTION_IN);
	mock_record(&record, mock_echo);
}

#endif /* MOCK_RECORD_H */
