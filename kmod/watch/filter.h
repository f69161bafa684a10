/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Filters: the packets that a watcher asks for.
 */
#ifndef _KCTL_FILTER_H
#define _KCTL_FILTER_H

#include <linux/bitmap.h>
#include <linux/types.h>

struct kctl_packet;

/* ICMP and ICMPv6 types have 8 bits (RFC 792, RFC 4443). */
#define KCTL_ICMP_TYPES		256

/* Stands for any code: no packet can have this one. */
#define KCTL_ANY_CODE		U32_MAX

/**
 * struct kctl_prefix - an address prefix
 * @words: length of an address in 32-bit words; 0 matches any address
 * @bits: length of the prefix
 * @addr: the address; bits beyond the prefix are zero
 * @mask: the netmask of the prefix
 */
struct kctl_prefix {
	u32	words;
	u32	bits;
	__be32	addr[4];
	__be32	mask[4];
};

/**
 * struct kctl_filter - the packets that a watcher asks for, and how to report them
 * @hooks: the hooks that see such packets, as BIT(enum kctl_icmp_hook)
 * @ifindex: interface that packets come in by or leave by; 0 for any
 * @code: ICMP or ICMPv6 code, or KCTL_ANY_CODE
 * @sample: N, to report one packet in N; at least 1
 * @types4: ICMP types
 * @types6: ICMPv6 types
 * @src: prefix of the source address
 * @dst: prefix of the destination address
 * @host: prefix of the source or the destination address
 * @snaplen: bytes to capture of each packet, from the IP header on
 * @coalesce: period for which records are gathered, in µs
 */
struct kctl_filter {
	u32			hooks;
	u32			ifindex;
	u32			code;
	u32			sample;
	DECLARE_BITMAP(types4, KCTL_ICMP_TYPES);
	DECLARE_BITMAP(types6, KCTL_ICMP_TYPES);
	struct kctl_prefix	src;
	struct kctl_prefix	dst;
	struct kctl_prefix	host;
	u32			snaplen;
	u32			coalesce;
};

int kctl_prefix_set(struct kctl_prefix *prefix, const void *addr, size_t size, u32 bits);
bool kctl_filter_match(const struct kctl_filter *filter,
		       const struct kctl_packet *packet);

#endif /* _KCTL_FILTER_H */
