// SPDX-License-Identifier: GPL-2.0-or-later
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "exchange.h"
#include "local.h"
#include "types.h"

/* RFC 792, 950, 4443 and 8335; echo comes first. */
static const struct exchange exchanges[] = {
	{ AF_INET, 8, 0 },	{ AF_INET6, 128, 129 }, { AF_INET, 13, 14 },
	{ AF_INET, 15, 16 },	{ AF_INET, 17, 18 },	{ AF_INET, 42, 43 },
	{ AF_INET6, 160, 161 },
};

#define EXCHANGES (sizeof(exchanges) / sizeof(exchanges[0]))

/* Index of the loopback interface in every network namespace. */
#define LOOPBACK 1

const struct exchange *exchange_find(uint8_t family, uint8_t type)
{
	for (size_t i = 0; i < EXCHANGES; i++)
		if (exchanges[i].family == family &&
		    (exchanges[i].request == type ||
		     exchanges[i].reply == type))
			return &exchanges[i];
	return NULL;
}

/* An IP header without options, and 8 bytes that end with the sequence number. */
uint32_t exchange_snaplen(const struct exchange *e)
{
	return (e->family == AF_INET ? 20 : 40) + 8;
}

/* A reply has code 0, except that of extended echo, whose code is its result. */
static bool code_hides(const struct kctl_watch_filter *f,
		       const struct exchange *e)
{
	return f->has_code &&
	       (f->code || e->request == 42 || e->request == 160);
}

static bool is_any(const struct kctl_prefix *prefix)
{
	return !prefix->family || !prefix->length;
}

static bool same_addresses(const struct kctl_prefix *a,
			   const struct kctl_prefix *b)
{
	if (is_any(a) || is_any(b))
		return is_any(a) && is_any(b);
	return a->length == b->length &&
	       !memcmp(a->address, b->address, sizeof(a->address));
}

/* The members of a group reply from their own addresses. */
static bool is_group(const struct kctl_prefix *prefix)
{
	if (prefix->family == AF_INET)
		return prefix->length >= 4 && prefix->address[0] >= 224;
	return prefix->family == AF_INET6 && prefix->length >= 8 &&
	       prefix->address[0] == 0xff;
}

/* The source of a request is the destination of its reply, and the reverse. */
static const char *address_hides(const struct kctl_watch_filter *f,
				 unsigned int place)
{
	if (!same_addresses(&f->src, &f->dst))
		return is_any(&f->src) ? "--dst" : "--src";
	return is_group(&f->host) || place & EXCHANGE_BROADCAST ? "--host" :
								  NULL;
}

const char *exchange_hidden_by(const struct exchange *e,
			       const struct kctl_watch_filter *f,
			       unsigned int place)
{
	bool request = types_match(f, e->family, &e->request);
	bool reply = types_match(f, e->family, &e->reply);

	if ((f->family && f->family != e->family) || (!request && !reply))
		return NULL;
	if (request != reply)
		return "--type";
	/* Loopback receives every packet that it sends. */
	if (f->direction == KCTL_DIRECTION_IN && f->ifindex != LOOPBACK)
		return "--in";
	if (f->direction == KCTL_DIRECTION_OUT && f->ifindex != LOOPBACK)
		return "--out";
	if (place & EXCHANGE_FORWARDED && f->ifindex && f->ifindex != LOOPBACK)
		return "--dev";
	if (f->sample > 1)
		return "--sample";
	if (f->snaplen < exchange_snaplen(e))
		return "--snaplen";
	return code_hides(f, e) ? "--code" : address_hides(f, place);
}

const struct exchange *
exchange_first_hidden(const struct kctl_watch_filter *filter,
		      unsigned int place, const char **option)
{
	for (size_t i = 0; i < EXCHANGES; i++) {
		*option = exchange_hidden_by(&exchanges[i], filter, place);
		if (*option)
			return &exchanges[i];
	}
	return NULL;
}

static bool forwards(void)
{
	static const char *const paths[] = {
		"/proc/sys/net/ipv4/ip_forward",
		"/proc/sys/net/ipv6/conf/all/forwarding",
	};
	bool found = false;

	for (size_t i = 0; i < 2; i++) {
		FILE *file = fopen(paths[i], "re");

		if (!file)
			continue;
		found |= getc(file) == '1';
		fclose(file);
	}
	return found;
}

/* @host is the broadcast address of a subnet of this host. */
static bool is_broadcast(const struct kctl_prefix *host)
{
	struct local *local;
	bool found;

	if (host->family != AF_INET || host->length != 32)
		return false;
	local = local_new();
	found = local && local_has_broadcast(local, host->address);
	local_free(local);
	return found;
}

unsigned int exchange_place(const struct kctl_watch_filter *filter)
{
	return (forwards() ? EXCHANGE_FORWARDED : 0) |
	       (is_broadcast(&filter->host) ? EXCHANGE_BROADCAST : 0);
}
