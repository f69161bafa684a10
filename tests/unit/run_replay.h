/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs watch icmp -r on a capture that a test wrote */
#ifndef RUN_REPLAY_H
#define RUN_REPLAY_H

#include "mock_echo.h"
#include "pcap_file.h"
#include "run_kctl.h"

#define US  0xa1b2c3d4
#define NS  0xa1b23c4d
#define RAW 101
#define SLL 113

static char path[32];

/* A file is read without the module, and without a socket. */
static inline void no_socket(const struct nlmsghdr *request, uint8_t cmd)
{
	(void)request;
	fail_msg("command %u", cmd);
}

/* Runs the line with the name of the file appended. */
static inline void run_on(const char *line, const struct pcap_file *f)
{
	char whole[256];

	strcpy(path, "/tmp/kctl-test-XXXXXX");
	pcap_save(f, path);
	snprintf(whole, sizeof(whole), "%s -r %s", line, path);
	mock_reset(no_socket);
	run_kctl(whole);
	unlink(path);
}

/* A packet of mock_echo.h, as long as the captured part, and with a checksum. */
static inline void echo_packet(uint8_t packet[sizeof(mock_echo)], bool is_reply,
			       uint8_t seq)
{
	memcpy(packet, mock_echo, sizeof(mock_echo));
	if (is_reply)
		reply_to(packet);
	packet[3] = sizeof(mock_echo);
	packet[22] = is_reply ? 0xff : 0xf7;
	packet[23] = (uint8_t)(0xf8 - seq);
	packet[27] = seq;
}

/* A request, a packet that is not ICMP, and the reply. */
static inline struct pcap_file exchange(bool big_endian, uint32_t magic)
{
	struct pcap_file f = pcap_begin(big_endian, magic, RAW);
	uint8_t packet[sizeof(mock_echo)];

	echo_packet(packet, false, 1);
	pcap_packet(&f, 1000, packet, sizeof(packet));
	packet[9] = 17;
	pcap_packet(&f, 1500, packet, sizeof(packet));
	echo_packet(packet, true, 1);
	pcap_packet(&f, 999000, packet, sizeof(packet));
	return f;
}

#endif /* RUN_REPLAY_H */
