// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>

#include "names.h"
#include "print_body.h"
#include "print_parts.h"

static void put_times(struct out *out, const struct icmp_event *e)
{
	const struct icmp_times *times = &e->times;

	out_uint(out, "originate", ", originate %u", times->originate);
	out_uint(out, "receive", ", receive %u", times->receive);
	out_uint(out, "transmit", ", transmit %u", times->transmit);
}

static void put_mask(struct out *out, const struct icmp_event *e)
{
	out_string(out, "mask", ", mask %s",
		   address_text(AF_INET, e->mask).text);
}

static void put_routers(struct out *out, const struct icmp_event *e)
{
	out_uint(out, "lifetime", ", lifetime %u s", e->routers.lifetime);
}

static void put_trace(struct out *out, const struct icmp_event *e)
{
	const struct icmp_trace *trace = &e->trace;

	out_uint(out, "hops_out", ", hops out %u", trace->hops_out);
	out_uint(out, "hops_back", ", hops back %u", trace->hops_back);
	out_uint(out, "speed", ", speed %u bytes/s", trace->speed);
}

static void put_extended_request(struct out *out, const struct icmp_event *e)
{
	out_bool(out, "local", ", local", e->probe.local);
}

static void put_extended_reply(struct out *out, const struct icmp_event *e)
{
	const struct icmp_probe *probe = &e->probe;
	const char *name = probe_state_name(probe->state);

	if (name)
		out_string(out, "state_name", ", state %s", name);
	/* RFC 8335, section 3: the state is 0 if it has no meaning. */
	else if (probe->state)
		out_text(out, ", state %u", probe->state);
	out_json_u64(out, "state", probe->state);
	out_bool(out, "active", ", active", probe->active);
	out_bool(out, "ipv4", ", ipv4", probe->ipv4);
	out_bool(out, "ipv6", ", ipv6", probe->ipv6);
}

static void put_router(struct out *out, const struct icmp_event *e)
{
	const struct nd_router *router = &e->router;
	const char *preference = preference_name(router->preference);

	out_uint(out, "hop_limit", ", hop limit %u", router->hop_limit);
	out_bool(out, "managed", ", managed", router->managed);
	out_bool(out, "other", ", other", router->other);
	out_bool(out, "home_agent", ", home agent", router->home_agent);
	out_bool(out, "proxy", ", proxy", router->proxy);
	out_bool(out, "snac", ", snac", router->snac);
	if (router->preference)
		out_string(out, "preference", ", preference %s", preference);
	else
		out_json_string(out, "preference", preference);
	out_uint(out, "lifetime", ", lifetime %u s", router->lifetime);
	/* Zero means unspecified. */
	if (router->reachable)
		out_uint(out, "reachable", ", reachable %u ms",
			 router->reachable);
	if (router->retransmit)
		out_uint(out, "retransmit", ", retransmit %u ms",
			 router->retransmit);
}

static void put_neighbor(struct out *out, const struct icmp_event *e)
{
	out_string(out, "target", ", target %s",
		   address_text(AF_INET6, e->neighbor.address).text);
	if (e->type != 136)
		return;
	out_bool(out, "router", ", router", e->neighbor.router);
	out_bool(out, "solicited", ", solicited", e->neighbor.solicited);
	out_bool(out, "override", ", override", e->neighbor.override);
}

static void put_redirect6(struct out *out, const struct icmp_event *e)
{
	out_string(out, "destination", ", destination %s",
		   address_text(AF_INET6, e->neighbor.address).text);
}

static void put_mld_group(struct out *out, const struct icmp_event *e)
{
	static const uint8_t none[16];
	/* A general query asks for all groups. */
	bool general = !memcmp(e->group.group, none, sizeof(none));

	out_string(out, "group", general ? NULL : ", group %s",
		   address_text(AF_INET6, e->group.group).text);
}

static void put_mld_query(struct out *out, const struct icmp_event *e)
{
	const struct mld_group *group = &e->group;

	put_mld_group(out, e);
	out_uint(out, "max_response", ", max response %u ms",
		 group->max_response);
	if (!group->v2)
		return;
	out_bool(out, "suppress", ", suppress", group->suppress);
	out_uint(out, "robustness", ", robustness %u", group->robustness);
	out_uint(out, "interval", ", interval %u s", group->interval);
}

void put_body(struct out *out, const struct icmp_event *e)
{
	static void (*const bodies[])(struct out *,
				      const struct icmp_event *) = {
		[ICMP_ROUTERS] = put_routers,
		[ICMP_ROUTER] = put_router,
		[ICMP_NEIGHBOR] = put_neighbor,
		[ICMP_MLD_QUERY] = put_mld_query,
		[ICMP_MLD_GROUP] = put_mld_group,
		[ICMP_TRACE] = put_trace,
		[ICMP_TIMES] = put_times,
		[ICMP_MASK] = put_mask,
		[ICMP_EXTENDED_REQUEST] = put_extended_request,
		[ICMP_EXTENDED_REPLY] = put_extended_reply,
		[ICMP_REDIRECT6] = put_redirect6,
	};
	const struct icmp_type *type;

	if (!(e->has & HAS_BODY))
		return;
	type = icmp_type_find(e->ip.family, e->type);
	if (type && bodies[type->layout])
		bodies[type->layout](out, e);
}
