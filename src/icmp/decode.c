// SPDX-License-Identifier: GPL-2.0-or-later
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "decode_body.h"
#include "decode_ip.h"
#include "names.h"

static void decode_id(struct icmp_body *b)
{
	b->e->id = be16(b->h);
	b->e->has |= HAS_ID;
}

static void decode_echo(struct icmp_body *b)
{
	decode_id(b);
	b->e->echo_seq = be16(b->h + 2);
	b->e->has |= HAS_ECHO_SEQ;
}

/* RFC 8335: one byte of sequence number, one byte of flags. */
static void decode_extended_echo(struct icmp_body *b)
{
	decode_id(b);
	b->e->echo_seq = b->h[2];
	b->e->has |= HAS_ECHO_SEQ | HAS_BODY;
}

static void decode_extended_request(struct icmp_body *b)
{
	decode_extended_echo(b);
	b->e->probe.local = b->h[3] & 1;
	decode_extensions(b);
}

static void decode_extended_reply(struct icmp_body *b)
{
	struct icmp_probe *probe = &b->e->probe;

	decode_extended_echo(b);
	probe->state = b->h[3] >> 5;
	probe->active = b->h[3] & 4;
	probe->ipv4 = b->h[3] & 2;
	probe->ipv6 = b->h[3] & 1;
}

static void decode_times(struct icmp_body *b)
{
	const uint8_t *h = take(&b->s, 12);

	decode_echo(b);
	if (!h) {
		b->e->has |= IS_TRUNCATED;
		return;
	}
	b->e->times.originate = be32(h);
	b->e->times.receive = be32(h + 4);
	b->e->times.transmit = be32(h + 8);
	b->e->has |= HAS_BODY;
}

static void decode_mask(struct icmp_body *b)
{
	const uint8_t *h = take(&b->s, 4);

	decode_echo(b);
	if (!h) {
		b->e->has |= IS_TRUNCATED;
		return;
	}
	memcpy(b->e->mask, h, 4);
	b->e->has |= HAS_BODY;
}

bool icmp_router_next(struct span *list, uint8_t entry_size,
		      struct icmp_router *router)
{
	const uint8_t *h = entry_size >= 8 ? take(list, entry_size) : NULL;

	if (!h)
		return false;
	memcpy(router->address, h, 4);
	router->preference = (int32_t)be32(h + 4);
	return true;
}

/* RFC 1256: the message has the size of an entry in words; later versions may add to it. */
static void decode_routers(struct icmp_body *b)
{
	struct icmp_routers *routers = &b->e->routers;
	size_t size;

	routers->entry_size = b->h[1] < 64 ? (uint8_t)(b->h[1] * 4) : 0;
	routers->lifetime = be16(b->h + 2);
	b->e->has |= HAS_BODY;
	if (routers->entry_size < 8 && b->h[0])
		b->e->has |= IS_MALFORMED;
	size = (size_t)b->h[0] * routers->entry_size;
	if (size > b->s.size)
		b->e->has |= IS_TRUNCATED;
	else
		b->s.size = size;
	b->e->list = b->s;
	b->e->list_kind = LIST_ROUTERS;
}

/* RFC 1393 */
static void decode_trace(struct icmp_body *b)
{
	const uint8_t *h = take(&b->s, 12);

	decode_id(b);
	if (!h) {
		b->e->has |= IS_TRUNCATED;
		return;
	}
	b->e->trace.hops_out = be16(h);
	b->e->trace.hops_back = be16(h + 2);
	b->e->trace.speed = be32(h + 4);
	b->e->mtu = be32(h + 8);
	b->e->has |= HAS_BODY | HAS_MTU;
}

static void (*const bodies[])(struct icmp_body *) = {
	[ICMP_PLAIN] = NULL,
	[ICMP_ID] = decode_id,
	[ICMP_ECHO] = decode_echo,
	[ICMP_TIMES] = decode_times,
	[ICMP_MASK] = decode_mask,
	[ICMP_ROUTERS] = decode_routers,
	[ICMP_TRACE] = decode_trace,
	[ICMP_EXTENDED_REQUEST] = decode_extended_request,
	[ICMP_EXTENDED_REPLY] = decode_extended_reply,
	[ICMP_OPTIONS] = decode_options,
	[ICMP_ROUTER] = decode_router,
	[ICMP_NEIGHBOR] = decode_neighbor,
	[ICMP_MLD_QUERY] = decode_mld_query,
	[ICMP_MLD_GROUP] = decode_mld_group,
	[ICMP_MLD_REPORT] = decode_mld_report,
	[ICMP_ERROR] = decode_quoted,
	[ICMP_MULTIPART] = decode_multipart,
	[ICMP_UNREACHABLE] = decode_unreachable,
	[ICMP_TOO_BIG] = decode_too_big,
	[ICMP_PROBLEM4] = decode_problem4,
	[ICMP_PROBLEM6] = decode_problem6,
	[ICMP_PHOTURIS] = decode_photuris,
	[ICMP_REDIRECT4] = decode_redirect4,
	[ICMP_REDIRECT6] = decode_redirect6,
};

/* RFC 792; RFC 4443, section 2.3, adds a pseudo header. */
static enum checksum check(const struct icmp_event *e,
			   const struct ip_payload *payload, struct span s)
{
	uint8_t tail[8] = { [7] = IPPROTO_ICMPV6 };
	const struct span pseudo = { payload->pseudo[0], 32 };
	uint64_t sum = 0;

	if (payload->partial || payload->unsure || s.size < payload->length)
		return CHECKSUM_UNKNOWN;
	if (e->ip.family == AF_INET6) {
		tail[2] = (uint8_t)(payload->length >> 8);
		tail[3] = (uint8_t)payload->length;
		sum = internet_sum(sum, pseudo);
		sum = internet_sum(sum, (struct span){ tail, 8 });
	}
	return internet_checksum(sum, s) ? CHECKSUM_GOOD : CHECKSUM_BAD;
}

static void decode_icmp(struct span s, size_t length, struct icmp_event *e)
{
	struct icmp_body b = { .e = e };
	const struct icmp_type *type;
	const uint8_t *h = take(&s, 4);

	if (!h) {
		e->has |= IS_TRUNCATED;
		return;
	}
	e->has |= HAS_TYPE;
	e->type = h[0];
	e->code = h[1];
	type = icmp_type_find(e->ip.family, e->type);
	if (!type || !bodies[type->layout])
		return;
	b.h = take(&s, 4);
	if (!b.h) {
		e->has |= IS_TRUNCATED;
		return;
	}
	b.s = s;
	b.length = length < 8 ? 0 : length - 8;
	bodies[type->layout](&b);
}

static void decode_payload(struct span s, const struct ip_payload *payload,
			   struct icmp_event *e)
{
	bool cut = payload->partial || s.size < payload->length;

	/* Bytes after the packet are padding of the link layer. */
	if (!payload->partial && s.size > payload->length)
		s.size = payload->length;
	decode_icmp(s, payload->partial ? s.size : payload->length, e);
	if (e->has & HAS_TYPE)
		e->checksum = check(e, payload, s);
	/* In a complete capture it is the packet that ends too soon. */
	if (!cut && (e->has & IS_TRUNCATED))
		e->has ^= IS_TRUNCATED | IS_MALFORMED;
}

void icmp_decode(uint8_t family, const uint8_t *packet, size_t captured,
		 struct icmp_event *event)
{
	uint8_t protocol = family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	struct span s = { .data = packet, .size = captured };
	struct ip_payload payload = { .partial = true };
	bool whole;

	memset(event, 0, sizeof(*event));
	whole = ip_take(&s, family, &event->ip, &payload);
	event->has |= event->ip.has & (HAS_ADDRESSES | IS_FRAGMENT);
	if (!whole)
		event->has |= IS_TRUNCATED;
	else if (!(event->has & IS_FRAGMENT) && event->ip.protocol == protocol)
		decode_payload(s, &payload, event);
}
