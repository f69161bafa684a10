// SPDX-License-Identifier: GPL-2.0-or-later
#include <netinet/in.h>
#include <string.h>

#include "exchange.h"
#include "rtt.h"

/* Return false if the packet is neither a request nor a reply. */
static bool key_of(const struct icmp_event *event, struct rtt_key *key,
		   bool *is_reply)
{
	const uint32_t needed = HAS_ADDRESSES | HAS_TYPE | HAS_ID |
				HAS_ECHO_SEQ;
	const struct ip_packet *ip = &event->ip;
	size_t len = ip->family == AF_INET ? 4 : 16;
	const struct exchange *exchange;

	if ((event->has & needed) != needed)
		return false;
	exchange = exchange_find(ip->family, event->type);
	if (!exchange)
		return false;
	*is_reply = exchange->reply == event->type;
	memset(key, 0, sizeof(*key));
	memcpy(key->asker, *is_reply ? ip->dst : ip->src, len);
	memcpy(key->asked, *is_reply ? ip->src : ip->dst, len);
	key->family = ip->family;
	key->type = exchange->request;
	key->id = event->id;
	key->seq = event->echo_seq;
	return true;
}

/*
 * The hash has no secret seed. A sender can deliberately crowd one set, but only
 * requests in that set lose their round-trip times.
 */
static size_t hash_of(const struct rtt_key *key)
{
	uint64_t words[sizeof(*key) / 8], hash = 0;

	_Static_assert(sizeof(*key) % 8 == 0, "the key is whole words");
	memcpy(words, key, sizeof(words));
	for (size_t i = 0; i < sizeof(words) / 8; i++)
		hash = (hash ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15) ^
		       hash >> 29;
	return hash >> 40 & (RTT_SETS - 1);
}

static struct rtt_request *set_of(struct rtt_table *table,
				  const struct rtt_key *key)
{
	return table->requests[hash_of(key)];
}

/* Return the place of the latest request with this key, to any address. */
static uint16_t *latest_place(struct rtt_table *table,
			      const struct rtt_key *key)
{
	struct rtt_key any = *key;

	memset(any.asked, 0, sizeof(any.asked));
	return &table->latest[hash_of(&any)];
}

/* Return the place of the latest request with this key that arrived, from any address. */
static uint16_t *arrived_place(struct rtt_table *table,
			       const struct rtt_key *key)
{
	struct rtt_key any = *key;

	memset(any.asker, 0, sizeof(any.asker));
	return &table->arrived[hash_of(&any)];
}

static uint32_t ipv4_of(const uint8_t address[4])
{
	uint32_t word;

	memcpy(&word, address, sizeof(word));
	return ntohl(word);
}

/*
 * A broadcast address, such as 255.255.255.255, ends in at least two set bits: the smallest
 * subnet that has a broadcast address has two host bits.
 */
static bool may_be_group(const struct rtt_key *key)
{
	if (key->family == AF_INET6)
		return key->asked[0] == 0xff;
	return IN_MULTICAST(ipv4_of(key->asked)) || (key->asked[3] & 3) == 3;
}

static uint64_t seen(const struct rtt_request *r)
{
	return r->sent > r->arrived ? r->sent : r->arrived;
}

static struct rtt_request *find(struct rtt_request *set,
				const struct rtt_key *key)
{
	for (int i = 0; i < RTT_WAYS; i++)
		if (!memcmp(&set[i].key, key, sizeof(*key)))
			return &set[i];
	return NULL;
}

static struct rtt_request *oldest(struct rtt_request *set,
				  const struct rtt_request *except)
{
	struct rtt_request *found = NULL;

	for (int i = 0; i < RTT_WAYS; i++)
		if (&set[i] != except &&
		    (!found || seen(&set[i]) < seen(found)))
			found = &set[i];
	return found;
}

static bool is_stale(const struct rtt_request *r, uint64_t now)
{
	return now > seen(r) && now - seen(r) > RTT_MAX_AGE;
}

static struct rtt_request *latest_at(struct rtt_table *table,
				     const uint16_t *place)
{
	uint16_t index = *place;

	if (!index)
		return NULL;
	return &table->requests[(index - 1) / RTT_WAYS][(index - 1) % RTT_WAYS];
}

static uint16_t index_of(const struct rtt_table *table,
			 const struct rtt_request *r)
{
	return (uint16_t)(r - table->requests[0] + 1);
}

/* Find the request to a group, or to another address of the same peer. */
static struct rtt_request *find_other(struct rtt_table *table,
				      const struct rtt_key *key, uint64_t now)
{
	struct rtt_request *other = latest_at(table, latest_place(table, key));
	struct rtt_key same = *key;

	if (!other || is_stale(other, now))
		return NULL;
	memcpy(same.asked, other->key.asked, sizeof(same.asked));
	return memcmp(&same, &other->key, sizeof(same)) ? NULL : other;
}

/* Find the request of a host behind this router, which sent it from its own address. */
static struct rtt_request *find_masqueraded(struct rtt_table *table,
					    const struct rtt_key *key,
					    uint64_t now)
{
	struct rtt_request *r = latest_at(table, arrived_place(table, key));
	struct rtt_key same = *key;

	if (!r || !r->arrived || is_stale(r, now))
		return NULL;
	memcpy(same.asker, r->key.asker, sizeof(same.asker));
	return memcmp(&same, &r->key, sizeof(same)) ? NULL : r;
}

/*
 * Most replies from another address answer a request to a group. Only another request to a
 * group displaces such a request.
 */
static void set_latest(struct rtt_table *table, const struct rtt_request *r)
{
	uint16_t *place = latest_place(table, &r->key);
	const struct rtt_request *before = latest_at(table, place);

	if (!before || may_be_group(&r->key) || !may_be_group(&before->key) ||
	    is_stale(before, seen(r)))
		*place = index_of(table, r);
}

static void take_request(struct rtt_table *table, const struct rtt_key *key,
			 const struct kctl_record *record,
			 struct rtt_result *result)
{
	struct rtt_request *set = set_of(table, key), *r = find(set, key);
	bool in = record->direction == KCTL_DIRECTION_IN;

	/* Sequence numbers repeat after 65536 requests, or in another program. */
	if (!r || r->replied || is_stale(r, record->time) ||
	    (in ? r->arrived : r->sent)) {
		if (!r)
			r = oldest(set, NULL);
		result->is_new = true;
		result->forgotten = *r;
		*r = (struct rtt_request){ .key = *key };
	}
	*(in ? &r->arrived : &r->sent) = record->time;
	result->request = r;
	set_latest(table, r);
	if (in)
		*arrived_place(table, key) = index_of(table, r);
}

/* A later reply of the same member finds this request, and is a duplicate. */
static struct rtt_request *add_member(struct rtt_table *table,
				      const struct rtt_key *key,
				      const struct rtt_request *group,
				      struct rtt_result *result)
{
	struct rtt_request *set = set_of(table, key), *member = find(set, key);

	if (!member)
		member = oldest(set, group);
	result->forgotten = *member;
	*member = (struct rtt_request){ .key = *key,
					.sent = group->sent,
					.arrived = group->arrived };
	return member;
}

static uint64_t begin_of(const struct rtt_request *r, bool in)
{
	if (in)
		return r->sent ? r->sent : r->arrived;
	return r->arrived ? r->arrived : r->sent;
}

/*
 * Find the request that a reply answers. If this member of a group has replied before, that
 * reply answered an earlier request with the same key, or this one is a duplicate. A peer
 * that was asked itself does not reply for another peer.
 */
static struct rtt_request *find_request(struct rtt_table *table,
					const struct rtt_key *key,
					const struct kctl_record *record,
					bool *is_other)
{
	struct rtt_request *r = find(set_of(table, key), key), *other;

	if (r && is_stale(r, record->time))
		r = NULL;
	if (r && !(r->replied & record->direction))
		return r;
	other = find_other(table, key, record->time);
	*is_other = other && (!r || (may_be_group(&other->key) &&
				     seen(other) > seen(r)));
	if (*is_other)
		return other;
	if (!r && record->direction == KCTL_DIRECTION_IN)
		r = find_masqueraded(table, key, record->time);
	return r;
}

static void take_reply(struct rtt_table *table, const struct rtt_key *key,
		       const struct kctl_record *record,
		       struct rtt_result *result)
{
	bool is_other = false;
	struct rtt_request *r = find_request(table, key, record, &is_other);
	uint64_t begin;

	if (!r)
		return;
	begin = begin_of(r, record->direction == KCTL_DIRECTION_IN);
	/* The clock was set back. */
	if (record->time < begin)
		return;
	result->request = r;
	result->is_reply = true;
	result->is_first = !r->replied;
	result->is_repeated = r->replied & record->direction;
	result->is_duplicate = result->is_repeated && !is_other;
	result->ns = record->time - begin;
	r->replied |= record->direction;
	if (is_other) {
		result->member = add_member(table, key, r, result);
		result->member->replied = record->direction;
	}
}

void rtt_take(struct rtt_table *table, const struct kctl_record *record,
	      const struct icmp_event *event, struct rtt_result *result)
{
	struct rtt_key key;
	bool is_reply;

	memset(result, 0, sizeof(*result));
	if (!key_of(event, &key, &is_reply))
		return;
	(is_reply ? take_reply : take_request)(table, &key, record, result);
}

uint8_t rtt_direction(struct rtt_table *table, const struct icmp_event *event,
		      uint64_t time)
{
	const struct rtt_request *r;
	struct rtt_key key;
	bool is_reply;

	if (!key_of(event, &key, &is_reply))
		return KCTL_DIRECTION_IN;
	r = find(set_of(table, &key), &key);
	if (!is_reply)
		return r && r->sent && !r->arrived && !r->replied &&
				       time < r->sent + RTT_PATIENCE ?
			       KCTL_DIRECTION_IN :
			       KCTL_DIRECTION_OUT;
	return r && r->sent && r->arrived && r->replied == KCTL_DIRECTION_IN ?
		       KCTL_DIRECTION_OUT :
		       KCTL_DIRECTION_IN;
}

void rtt_expire(struct rtt_table *table, uint64_t now, rtt_late_fn *fn,
		void *data)
{
	struct rtt_request *r = table->requests[0];

	for (size_t i = 0; i < RTT_SETS * RTT_WAYS; i++, r++) {
		if (!r->key.family || r->replied || r->late ||
		    now < seen(r) + RTT_PATIENCE)
			continue;
		r->late = true;
		fn(data, r);
	}
}
