// SPDX-License-Identifier: GPL-2.0-or-later
/* Options of neighbour discovery */
#include <string.h>
#include <sys/socket.h>

#include "names.h"
#include "print_nd.h"
#include "print_parts.h"

static void put_link_option(struct out *out, const struct nd_option *option)
{
	put_link_address(out, " ", option->bytes);
}

/* RFC 4861, section 4.6.2: all ones is infinity. */
static void put_lifetime(struct out *out, const char *key, const char *text,
			 uint32_t seconds)
{
	out_text(out, " %s ", text);
	if (seconds == UINT32_MAX) {
		out_json_u64(out, key, seconds);
		out_text(out, "infinite");
	} else {
		out_uint(out, key, "%u s", seconds);
	}
}

static void put_prefix(struct out *out, const struct nd_option *option)
{
	out_string(out, "prefix", " %s",
		   address_text(AF_INET6, option->address).text);
	out_uint(out, "prefix_length", "/%u", option->prefix);
}

/* RFC 4862, section 5.5.3: hosts ignore an option whose preferred lifetime is the longer. */
static void put_prefix_option(struct out *out, const struct nd_option *option)
{
	put_prefix(out, option);
	out_bool(out, "on_link", " on-link", option->on_link);
	out_bool(out, "autonomous", " autonomous", option->autonomous);
	out_bool(out, "router_address", " router-address",
		 option->router_address);
	out_bool(out, "pd_preferred", " pd-preferred", option->pd_preferred);
	put_lifetime(out, "valid_lifetime", "valid", option->lifetime);
	put_lifetime(out, "preferred_lifetime", "preferred", option->preferred);
	out_bool(out, "preferred_exceeds_valid", " exceeds-valid",
		 option->preferred > option->lifetime);
}

static void put_mtu(struct out *out, const struct nd_option *option)
{
	out_uint(out, "mtu", " %u", option->mtu);
}

static void put_route(struct out *out, const struct nd_option *option)
{
	const char *preference = preference_name(option->preference);

	put_prefix(out, option);
	out_string(out, "preference", " preference %s", preference);
	put_lifetime(out, "lifetime", "lifetime", option->lifetime);
}

static void put_option_addresses(struct out *out,
				 const struct nd_option *option)
{
	struct span bytes = option->bytes;
	const uint8_t *addr;

	out_array(out, "addresses");
	while ((addr = take(&bytes, 16)))
		out_string(out, "", " %s", address_text(AF_INET6, addr).text);
	out_end(out);
}

static void put_servers(struct out *out, const struct nd_option *option)
{
	put_option_addresses(out, option);
	put_lifetime(out, "lifetime", "lifetime", option->lifetime);
}

static void put_search(struct out *out, const struct nd_option *option)
{
	struct span bytes = option->bytes;
	char name[ND_NAME_SIZE];

	out_array(out, "domains");
	while (nd_name_next(&bytes, name))
		out_foreign(out, "", " ", name, strlen(name));
	out_end(out);
	put_lifetime(out, "lifetime", "lifetime", option->lifetime);
}

static void put_portal(struct out *out, const struct nd_option *option)
{
	put_foreign(out, "uri", " ", option->bytes);
}

static void put_pref64(struct out *out, const struct nd_option *option)
{
	put_prefix(out, option);
	put_lifetime(out, "lifetime", "lifetime", option->lifetime);
}

static void put_alpn(struct out *out, struct span value)
{
	struct span name;

	out_array(out, "alpn");
	for (const char *before = " "; svc_alpn_next(&value, &name);
	     before = ",")
		put_foreign(out, "", before, name);
	out_end(out);
}

/* For an unknown value, print only its name or number. */
static void put_param(struct out *out, const struct svc_param *param)
{
	out_object(out, NULL);
	out_text(out, " ");
	put_named(out, "key", "key", param->key, svc_key_name(param->key));
	if (param->key == SVC_ALPN)
		put_alpn(out, param->value);
	else if (param->key == SVC_PORT)
		out_uint(out, "port", " %u", be16(param->value.data));
	else if (param->key == SVC_DOHPATH)
		put_foreign(out, "dohpath", " ", param->value);
	out_end(out);
}

static void put_encrypted_dns(struct out *out, const struct nd_option *option)
{
	struct span params = option->params, bytes = option->name;
	struct svc_param param;
	char name[ND_NAME_SIZE];

	nd_name_next(&bytes, name);
	out_foreign(out, "name", " ", name, strlen(name));
	put_option_addresses(out, option);
	out_uint(out, "priority", " priority %u", option->priority);
	out_array(out, "params");
	while (svc_param_next(&params, &param))
		put_param(out, &param);
	out_end(out);
	put_lifetime(out, "lifetime", "lifetime", option->lifetime);
}

void put_option(struct out *out, const struct nd_option *option)
{
	static void (*const kinds[])(struct out *, const struct nd_option *) = {
		[ND_LINK_ADDRESS] = put_link_option,
		[ND_PREFIX] = put_prefix_option,
		[ND_MTU] = put_mtu,
		[ND_ROUTE] = put_route,
		[ND_SERVERS] = put_servers,
		[ND_SEARCH] = put_search,
		[ND_PORTAL] = put_portal,
		[ND_PREF64] = put_pref64,
		[ND_ADDRESSES] = put_option_addresses,
		[ND_ENCRYPTED_DNS] = put_encrypted_dns,
	};

	out_object(out, NULL);
	out_text(out, ", ");
	put_named(out, "type", "option", option->type,
		  nd_option_name(option->type));
	if (kinds[option->kind])
		kinds[option->kind](out, option);
	if (option->malformed)
		out_bool(out, "malformed", " malformed", true);
	out_end(out);
}
