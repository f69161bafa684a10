/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which packets a watcher asks for.
 */
#ifndef _KCTL_FILTER_H
#define _KCTL_FILTER_H

#include <linux/bitmap.h>
#include <linux/types.h>

struct kctl_packet;

/* ICMP and ICMPv6 types have 8 bits (RFC 792, RFC 4443). */
#define KCTL_ICMP_TYPES		256

/* A filter for any code has one that is none. */
#define KCTL_ANY_CODE		U32_MAX

/**
 * struct kctl_prefix - a range of addresses of one family
 * @words: length of an address, in words of 32 bits; 0 if any address will do
 * @bits: length of the prefix
 * @addr: the prefix; the bits behind it are zero
 * @mask: one bits as far as the prefix goes
 */
struct kctl_prefix {
	u32	words;
	u32	bits;
	__be32	addr[4];
	__be32	mask[4];
};

/**
 * struct kctl_filter - which packets a watcher asks for, and how it wants them
 * @hooks: BIT(enum kctl_icmp_hook) of those that see such packets
 * @ifindex: interface they come in by or leave by, or 0
 * @code: ICMP or ICMPv6 code, or KCTL_ANY_CODE
 * @sample: one in so many, at least 1
 * @types4: ICMP types
 * @types6: ICMPv6 types
 * @src: of the source address
 * @dst: of the destination address
 * @snaplen: bytes to capture of each
 * @coalesce: µs for which records are gathered
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
	u32			snaplen;
	u32			coalesce;
};

int kctl_prefix_set(struct kctl_prefix *prefix, const void *addr, size_t size, u32 bits);
bool kctl_filter_match(const struct kctl_filter *filter,
		       const struct kctl_packet *packet);

#endif /* _KCTL_FILTER_H */
