// SPDX-License-Identifier: GPL-2.0-only
/*
 * Filters. Cheap conditions that exclude most packets are tested first.
 */
#include <linux/kernel.h>
#include <linux/random.h>
#include <linux/string.h>

#include "filter.h"
#include "icmp.h"

#define KCTL_WORD_BITS	32

/**
 * kctl_prefix_set() - set a prefix
 * @prefix: the prefix
 * @addr: its address, in network byte order
 * @size: length of @addr in bytes, 4 or 16
 * @bits: length of the prefix, from 0 to that of the address
 *
 * Return: 0, or -EINVAL if @addr has bits beyond @bits.
 */
int kctl_prefix_set(struct kctl_prefix *prefix, const void *addr, size_t size, u32 bits)
{
	u32 i;

	prefix->words = size / sizeof(__be32);
	prefix->bits = bits;
	memcpy(prefix->addr, addr, size);

	for (i = 0; i < prefix->words; i++) {
		u32 left = bits > i * KCTL_WORD_BITS ? bits - i * KCTL_WORD_BITS : 0;

		prefix->mask[i] = left < KCTL_WORD_BITS ? htonl(~(U32_MAX >> left)) :
							  htonl(U32_MAX);
		if (prefix->addr[i] & ~prefix->mask[i])
			return -EINVAL;
	}
	return 0;
}

static bool kctl_prefix_match(const struct kctl_prefix *prefix, const __be32 *addr)
{
	u32 i;

	for (i = 0; i < prefix->words; i++)
		if ((addr[i] ^ prefix->addr[i]) & prefix->mask[i])
			return false;
	return true;
}

/* Without a host prefix, only the first comparison is made. */
static bool kctl_host_match(const struct kctl_prefix *host,
			    const struct kctl_packet *packet)
{
	return kctl_prefix_match(host, packet->src) || kctl_prefix_match(host, packet->dst);
}

/*
 * Sample at random, not every Nth packet: requests and replies alternate, so a sample
 * of every second packet would have only one of them.
 */
static bool kctl_filter_sample(const struct kctl_filter *filter)
{
	return filter->sample == 1 || !reciprocal_scale(get_random_u32(), filter->sample);
}

/**
 * kctl_filter_match() - match a packet against a filter
 * @filter: the filter; its prefixes are of the family of its hooks
 * @packet: the packet
 *
 * Return: true if the packet is to be reported.
 */
bool kctl_filter_match(const struct kctl_filter *filter, const struct kctl_packet *packet)
{
	return (filter->hooks & BIT(packet->hook)) &&
	       test_bit(packet->type, kctl_hook_is_ipv4(packet->hook) ?
				      filter->types4 : filter->types6) &&
	       (filter->code == KCTL_ANY_CODE || filter->code == packet->code) &&
	       (!filter->ifindex || filter->ifindex == packet->ifindex) &&
	       kctl_prefix_match(&filter->src, packet->src) &&
	       kctl_prefix_match(&filter->dst, packet->dst) &&
	       kctl_host_match(&filter->host, packet) &&
	       kctl_filter_sample(filter);
}
