/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets for watch icmp, with mock_netlink.h */
#ifndef MOCK_ECHO_H
#define MOCK_ECHO_H

#include "mock_record.h"

/* One packet, then two that are lost. */
static inline void three(const struct nlmsghdr *request, uint8_t cmd)
{
	if (mock_starts(cmd))
		mock_event(1);
	else
		mock_totals(request, 3);
	mock_ack(request, 0, NULL);
}

static uint64_t round_trip;

static inline void reply_to(uint8_t packet[sizeof(mock_echo)])
{
	memcpy(packet, mock_echo, sizeof(mock_echo));
	packet[15] = 2;
	packet[19] = 1;
	packet[20] = 0;
}

/* A request, the same request as it arrives, and the reply after this time. */
static inline void echo(const struct nlmsghdr *request, uint8_t cmd)
{
	uint8_t packet[sizeof(mock_echo)];
	struct kctl_record record;

	mock_echo_record(&record, 1, KCTL_DIRECTION_OUT);
	if (mock_starts(cmd)) {
		mock_record(&record, mock_echo);
		reply_to(packet);
		record.seq = 2;
		record.time += round_trip;
		record.direction = KCTL_DIRECTION_IN;
		mock_record(&record, packet);
	} else {
		mock_totals(request, 2);
	}
	mock_ack(request, 0, NULL);
}

static inline void echo_after(uint64_t ns)
{
	round_trip = ns;
	mock_reset(echo);
}

#endif /* MOCK_ECHO_H */
