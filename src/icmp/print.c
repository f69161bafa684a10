// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>

#include "names.h"
#include "print.h"
#include "print_body.h"
#include "print_list.h"
#include "print_parts.h"

/* An address and its port, if any, as in a URL (RFC 3986). */
static void put_endpoint(struct out *out, const struct ip_packet *ip,
			 const char *key, const uint8_t *addr,
			 const char *port_key, uint16_t port)
{
	struct address_text a = address_text(ip->family, addr);

	if (!(ip->has & HAS_PORTS)) {
		out_string(out, key, "%s", a.text);
		return;
	}
	out_string(out, key, ip->family == AF_INET6 ? "[%s]" : "%s", a.text);
	out_uint(out, port_key, ":%u", port);
}

static const char *protocol_name(uint8_t protocol)
{
	static const struct {
		uint8_t protocol;
		const char *name;
	} names[] = {
		/* The common ones of IANA, "Assigned Internet Protocol Numbers" */
		{ IPPROTO_ICMP, "icmp" },
		{ IPPROTO_IGMP, "igmp" },
		{ IPPROTO_IPIP, "ipip" },
		{ IPPROTO_TCP, "tcp" },
		{ IPPROTO_UDP, "udp" },
		{ IPPROTO_DCCP, "dccp" },
		{ IPPROTO_IPV6, "ipv6" },
		{ IPPROTO_GRE, "gre" },
		{ IPPROTO_ESP, "esp" },
		{ IPPROTO_AH, "ah" },
		{ IPPROTO_ICMPV6, "icmpv6" },
		{ 89, "ospf" },
		{ 112, "vrrp" },
		{ IPPROTO_SCTP, "sctp" },
		{ IPPROTO_UDPLITE, "udplite" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].protocol == protocol)
			return names[i].name;
	return NULL;
}

static void put_type(struct out *out, uint8_t type,
		     const struct icmp_type *assigned)
{
	put_named(out, "type", "type", type, assigned ? assigned->name : NULL);
}

/* For most types code 0 has no meaning. */
static void put_code(struct out *out, uint8_t code, const char *name,
		     const char *before)
{
	if (name || code) {
		out_text(out, "%s", before);
		put_named(out, "code", "code", code, name);
	} else {
		out_json_u64(out, "code", code);
	}
}

/* Type and code, and the fields that identify a request. */
static void put_quoted_icmp(struct out *out, const struct ip_packet *ip)
{
	out_text(out, " ");
	put_type(out, ip->type, icmp_type_find(ip->family, ip->type));
	put_code(out, ip->code, icmp_code_name(ip->family, ip->type, ip->code),
		 " ");
	if (ip->has & HAS_ID)
		out_uint(out, "id", " id %u", ip->id);
	if (ip->has & HAS_ECHO_SEQ)
		out_uint(out, "echo_seq", " seq %u", ip->echo_seq);
}

/* Print the rest of the IP header, with the words of tcpdump -v for each family. */
static void put_quoted_header(struct out *out, const struct ip_packet *ip,
			      bool verbose)
{
	bool v4 = ip->family == AF_INET;

	if (!verbose && !out->json)
		return;
	out_uint(out, "tos", v4 ? " tos 0x%x" : " class 0x%x", ip->tos);
	out_uint(out, "ttl", v4 ? " ttl %u" : " hop limit %u", ip->ttl);
	if (ip->length)
		out_uint(out, "length", " length %u", ip->length);
}

static void put_quoted(struct out *out, const struct icmp_event *e,
		       bool verbose)
{
	const struct ip_packet *ip = &e->quoted;

	if (!(e->has & HAS_QUOTED))
		return;
	out_object(out, "quoted");
	out_text(out, ", for ");
	put_endpoint(out, ip, "src", ip->src, "src_port", ip->src_port);
	out_text(out, " > ");
	put_endpoint(out, ip, "dst", ip->dst, "dst_port", ip->dst_port);
	out_text(out, " ");
	put_named(out, "protocol", "protocol", ip->protocol,
		  protocol_name(ip->protocol));
	if (ip->has & HAS_TYPE)
		put_quoted_icmp(out, ip);
	if (ip->has & IS_FRAGMENT)
		out_bool(out, "fragment", " fragment", true);
	put_quoted_header(out, ip, verbose);
	out_end(out);
}

static void put_message(struct out *out, const struct icmp_event *e)
{
	const struct icmp_type *type = icmp_type_find(e->ip.family, e->type);
	bool trouble = type && icmp_layout_is_error(type->layout);

	if (trouble)
		out_style(out, STYLE_TROUBLE);
	put_type(out, e->type, type);
	if (trouble)
		out_style(out, STYLE_PLAIN);
	put_code(out, e->code, icmp_code_name(e->ip.family, e->type, e->code),
		 ", ");
}

static void put_details(struct out *out, const struct icmp_event *e,
			bool verbose)
{
	if (e->has & HAS_ID)
		out_uint(out, "id", ", id %u", e->id);
	if (e->has & HAS_ECHO_SEQ)
		out_uint(out, "echo_seq", ", seq %u", e->echo_seq);
	if (e->has & HAS_MTU)
		out_uint(out, "mtu", ", mtu %u", e->mtu);
	if (e->has & HAS_GATEWAY)
		out_string(out, "gateway", ", gateway %s",
			   address_text(e->ip.family, e->gateway).text);
	if (e->has & HAS_POINTER)
		out_uint(out, "pointer", ", pointer %u", e->pointer);
	put_body(out, e);
	put_quoted(out, e, verbose);
	put_list(out, e);
}

static void put_addresses(struct out *out, const struct icmp_event *e)
{
	if (!(e->has & HAS_ADDRESSES))
		return;
	out_string(out, "src", " %s",
		   address_text(e->ip.family, e->ip.src).text);
	out_string(out, "dst", " > %s",
		   address_text(e->ip.family, e->ip.dst).text);
}

static void put_packet(struct out *out, const struct icmp_event *event,
		       bool verbose)
{
	put_addresses(out, event);
	out_text(out, ": ");
	if (event->has & IS_FRAGMENT) {
		out_bool(out, "fragment", "fragment", true);
	} else if (event->has & HAS_TYPE) {
		put_message(out, event);
		put_details(out, event, verbose);
	} else {
		out_text(out, "no ICMP header");
	}
}

static void put_verdicts(struct out *out, const struct icmp_event *event)
{
	if (event->checksum == CHECKSUM_GOOD)
		out_json_string(out, "checksum", "good");
	else if (event->checksum == CHECKSUM_BAD)
		out_string(out, "checksum", ", %s checksum", "bad");
	if (event->has & IS_TRUNCATED)
		out_bool(out, "truncated", ", truncated", true);
	if (event->has & IS_MALFORMED)
		out_bool(out, "malformed", ", malformed", true);
}

static void put_round_trip(struct out *out, uint64_t ns)
{
	uint64_t us = (ns + 500) / 1000;

	out_json_u64(out, "rtt_ns", ns);
	out_text(out, ", rtt %" PRIu64 ".%03u ms", us / 1000,
		 (unsigned int)(us % 1000));
}

/* Without a name, "-" keeps the columns of text. "%-3s" is slow. */
static void put_path(struct out *out, uint8_t direction, const char *interface)
{
	if (direction == KCTL_DIRECTION_IN)
		out_string(out, "direction", "%s ", "in");
	else if (direction)
		out_string(out, "direction", "%s", "out");
	else
		out_text(out, "-  ");
	if (interface)
		out_foreign(out, "interface", " ", interface,
			    strlen(interface));
	else
		out_text(out, " -");
}

void print_icmp(struct out *out, const struct kctl_record *record,
		const uint8_t *packet, const struct icmp_event *event,
		const struct icmp_extra *extra)
{
	out_object(out, NULL);
	out_json_string(out, "event", "icmp");
	if (*extra->time)
		out_text(out, "%s ", extra->time);
	out_json_time(out, "time", record->time);
	out_json_u64(out, "seq", record->seq);
	put_path(out, record->direction, extra->interface);
	out_json_string(out, "family",
			record->family == AF_INET ? "inet" : "inet6");
	put_packet(out, event, extra->verbose);
	out_uint(out, "length", ", length %u", record->length);
	if (extra->rtt)
		put_round_trip(out, *extra->rtt);
	if (extra->duplicate)
		out_bool(out, "duplicate", ", duplicate", true);
	put_verdicts(out, event);
	out_text(out, "\n");
	if (extra->hex)
		out_hex(out, "packet", packet, record->captured);
	out_end(out);
}
