/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A capture that a test writes byte by byte */
#ifndef TEST_PCAP_FILE_H
#define TEST_PCAP_FILE_H

#include "test.h"

#include <unistd.h>

/* Seconds of the first packet, which is also in mock_netlink.h. */
#define PCAP_TIME 1700000000

struct pcap_file {
	bool big_endian;
	size_t size;
	uint8_t data[4096];
};

static inline void pcap_put(struct pcap_file *f, const void *data, size_t size)
{
	assert_true(f->size + size <= sizeof(f->data));
	memcpy(f->data + f->size, data, size);
	f->size += size;
}

static inline void pcap_number(struct pcap_file *f, uint32_t number,
			       size_t size)
{
	for (size_t i = 0; i < size; i++) {
		size_t byte = f->big_endian ? size - 1 - i : i;

		pcap_put(f, &(uint8_t){ (uint8_t)(number >> 8 * byte) }, 1);
	}
}

static inline struct pcap_file pcap_begin(bool big_endian, uint32_t magic,
					  uint32_t linktype)
{
	struct pcap_file f = { .big_endian = big_endian };

	pcap_number(&f, magic, 4);
	pcap_number(&f, 2, 2);
	pcap_number(&f, 4, 2);
	pcap_number(&f, 0, 4);
	pcap_number(&f, 0, 4);
	pcap_number(&f, 65535, 4);
	pcap_number(&f, linktype, 4);
	return f;
}

static inline void pcap_header(struct pcap_file *f, uint32_t fraction,
			       uint32_t captured, uint32_t length)
{
	pcap_number(f, PCAP_TIME, 4);
	pcap_number(f, fraction, 4);
	pcap_number(f, captured, 4);
	pcap_number(f, length, 4);
}

static inline void pcap_packet(struct pcap_file *f, uint32_t fraction,
			       const void *data, size_t size)
{
	pcap_header(f, fraction, (uint32_t)size, (uint32_t)size);
	pcap_put(f, data, size);
}

/* Writes the file to @path, mkstemp(3) template and result. */
static inline void pcap_save(const struct pcap_file *f, char *path)
{
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, f->data, f->size), f->size);
	close(fd);
}

#endif /* TEST_PCAP_FILE_H */
