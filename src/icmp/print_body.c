// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>

#include "names.h"
#include "print_parts.h"

/* Flags are told to people where they are set. */
static void put_flag(struct out *out, const char *key, bool value,
		     const char *text)
{
	if (value)
		out_bool(out, key, true, ", %s", text);
	else
		out_bool(out, key, false, NULL);
}

static void put_times(struct out *out, const struct icmp_event *e)
{
	const struct icmp_times *times = &e->times;

	out_u64(out, "originate", times->originate, ", originate %" PRIu32,
		times->originate);
	out_u64(out, "receive", times->receive, ", receive %" PRIu32,
		times->receive);
	out_u64(out, "transmit", times->transmit, ", transmit %" PRIu32,
		times->transmit);
}

static void put_mask(struct out *out, const struct icmp_event *e)
{
	put_address(out, "mask", ", mask ", AF_INET, e->mask);
}

static void put_routers(struct out *out, const struct icmp_event *e)
{
	out_u64(out, "lifetime", e->routers.lifetime, ", lifetime %u s",
		e->routers.lifetime);
}

static void put_trace(struct out *out, const struct icmp_event *e)
{
	const struct icmp_trace *trace = &e->trace;

	out_u64(out, "hops_out", trace->hops_out, ", hops out %u",
		trace->hops_out);
	out_u64(out, "hops_back", trace->hops_back, ", hops back %u",
		trace->hops_back);
	out_u64(out, "speed", trace->speed, ", speed %" PRIu32 " bytes/s",
		trace->speed);
}

static void put_extended_request(struct out *out, const struct icmp_event *e)
{
	put_flag(out, "local", e->probe.local, "local");
}

static void put_extended_reply(struct out *out, const struct icmp_event *e)
{
	const struct icmp_probe *probe = &e->probe;
	const char *name = probe_state_name(probe->state);

	if (name)
		out_string(out, "state_name", name, ", state %s", name);
	out_u64(out, "state", probe->state, NULL);
	put_flag(out, "active", probe->active, "active");
	put_flag(out, "ipv4", probe->ipv4, "ipv4");
	put_flag(out, "ipv6", probe->ipv6, "ipv6");
}

const char *preference_name(uint8_t preference)
{
	static const char *const names[] = { "medium", "high", "reserved",
					     "low" };

	return names[preference & 3];
}

static void put_router(struct out *out, const struct icmp_event *e)
{
	const struct nd_router *router = &e->router;
	const char *preference = preference_name(router->preference);

	out_u64(out, "hop_limit", router->hop_limit, ", hop limit %u",
		router->hop_limit);
	put_flag(out, "managed", router->managed, "managed");
	put_flag(out, "other", router->other, "other");
	put_flag(out, "home_agent", router->home_agent, "home agent");
	put_flag(out, "proxy", router->proxy, "proxy");
	if (router->preference)
		out_string(out, "preference", preference, ", preference %s",
			   preference);
	else
		out_string(out, "preference", preference, NULL);
	out_u64(out, "lifetime", router->lifetime, ", lifetime %u s",
		router->lifetime);
	/* Zero: the router does not say. */
	if (router->reachable)
		out_u64(out, "reachable", router->reachable,
			", reachable %" PRIu32 " ms", router->reachable);
	if (router->retransmit)
		out_u64(out, "retransmit", router->retransmit,
			", retransmit %" PRIu32 " ms", router->retransmit);
}

static void put_neighbor(struct out *out, const struct icmp_event *e)
{
	put_address(out, "target", ", target ", AF_INET6, e->neighbor.address);
	if (e->type != 136)
		return;
	put_flag(out, "router", e->neighbor.router, "router");
	put_flag(out, "solicited", e->neighbor.solicited, "solicited");
	put_flag(out, "override", e->neighbor.override, "override");
}

static void put_redirect6(struct out *out, const struct icmp_event *e)
{
	put_address(out, "destination", ", destination ", AF_INET6,
		    e->neighbor.address);
}

static void put_mld_group(struct out *out, const struct icmp_event *e)
{
	static const uint8_t none[16];
	/* A general query asks for all groups, and names none. */
	bool general = !memcmp(e->group.group, none, sizeof(none));

	put_address(out, "group", general ? NULL : ", group ", AF_INET6,
		    e->group.group);
}

static void put_mld_query(struct out *out, const struct icmp_event *e)
{
	const struct mld_group *group = &e->group;

	put_mld_group(out, e);
	out_u64(out, "max_response", group->max_response,
		", max response %" PRIu32 " ms", group->max_response);
	if (!group->v2)
		return;
	put_flag(out, "suppress", group->suppress, "suppress");
	out_u64(out, "robustness", group->robustness, ", robustness %u",
		group->robustness);
	out_u64(out, "interval", group->interval, ", interval %u s",
		group->interval);
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
