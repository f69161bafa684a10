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
 * The hash has no secret seed. A sender can crowd one set on purpose, but only
 * requests in that set lose their round-trip times.
 */
static struct rtt_request *set_of(struct rtt_table *table,
				  const struct rtt_key *key)
{
	uint64_t words[sizeof(*key) / 8], hash = 0;

	_Static_assert(sizeof(*key) % 8 == 0, "the key is whole words");
	memcpy(words, key, sizeof(words));
	for (size_t i = 0; i < sizeof(words) / 8; i++)
		hash = (hash ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15) ^
		       hash >> 29;
	return table->requests[hash >> 40 & (RTT_SETS - 1)];
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

static struct rtt_request *oldest(struct rtt_request *set)
{
	struct rtt_request *found = set;

	for (int i = 1; i < RTT_WAYS; i++)
		if (seen(&set[i]) < seen(found))
			found = &set[i];
	return found;
}

static bool is_stale(const struct rtt_request *r, uint64_t now)
{
	return now > seen(r) && now - seen(r) > RTT_MAX_AGE;
}

static void take_request(struct rtt_request *set, const struct rtt_key *key,
			 const struct kctl_record *record,
			 struct rtt_result *result)
{
	struct rtt_request *r = find(set, key);
	bool in = record->direction == KCTL_DIRECTION_IN;

	/* Sequence numbers repeat, after 65536 requests or in another program. */
	if (!r || r->replied || is_stale(r, record->time) ||
	    (in ? r->arrived : r->sent)) {
		if (!r)
			r = oldest(set);
		result->is_new = true;
		result->forgotten = *r;
		*r = (struct rtt_request){ .key = *key };
	}
	*(in ? &r->arrived : &r->sent) = record->time;
	result->request = r;
}

static void take_reply(struct rtt_request *set, const struct rtt_key *key,
		       const struct kctl_record *record,
		       struct rtt_result *result)
{
	struct rtt_request *r = find(set, key);
	uint64_t from, other;

	if (!r || is_stale(r, record->time))
		return;
	from = record->direction == KCTL_DIRECTION_IN ? r->sent : r->arrived;
	other = r->sent ? r->sent : r->arrived;
	if (!from)
		from = other;
	/* The clock was set back. */
	if (record->time < from)
		return;
	result->request = r;
	result->is_reply = true;
	result->is_first = !r->replied;
	result->is_duplicate = r->replied & record->direction;
	result->ns = record->time - from;
	r->replied |= record->direction;
}

void rtt_take(struct rtt_table *table, const struct kctl_record *record,
	      const struct icmp_event *event, struct rtt_result *result)
{
	struct rtt_key key;
	bool is_reply;

	memset(result, 0, sizeof(*result));
	if (!key_of(event, &key, &is_reply))
		return;
	(is_reply ? take_reply : take_request)(set_of(table, &key), &key,
					       record, result);
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
