/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the two programs of this folder: a record of the ring buffer.
 */
#ifndef _RING_H
#define _RING_H

#include <linux/types.h>

/* Bytes of a packet that are captured, as many as kctl's default. */
#define RING_SNAPLEN 256

struct ring_record {
	__u64 number; /* 1, 2, 3, ...: a gap is what was lost */
	__u64 time; /* ns of CLOCK_MONOTONIC */
	__u32 length; /* bytes of the packet */
	__u32 captured; /* bytes of @packet */
	__u8 packet[RING_SNAPLEN]; /* from its IP header on */
};

#endif /* _RING_H */
