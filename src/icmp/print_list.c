// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "names.h"
#include "print_list.h"
#include "print_nd.h"
#include "print_parts.h"

static void put_routers(struct out *out, const struct icmp_event *e)
{
	struct span list = e->list;
	struct icmp_router router;

	out_array(out, "routers");
	while (icmp_router_next(&list, e->routers.entry_size, &router)) {
		out_object(out, NULL);
		out_string(out, "address", ", router %s",
			   address_text(AF_INET, router.address).text);
		out_int(out, "preference", " preference %d", router.preference);
		out_end(out);
	}
	out_end(out);
}

static void put_options(struct out *out, const struct icmp_event *e)
{
	struct span list = e->list;
	struct nd_option option;

	out_array(out, "options");
	while (nd_option_next(&list, &option))
		put_option(out, &option);
	out_end(out);
}

static void put_sources(struct out *out, const char *before, struct span list)
{
	const uint8_t *source;

	out_array(out, "sources");
	if (list.size >= 16)
		out_text(out, "%s", before);
	while ((source = take(&list, 16)))
		out_string(out, "", " %s", address_text(AF_INET6, source).text);
	out_end(out);
}

static void put_query_sources(struct out *out, const struct icmp_event *e)
{
	put_sources(out, ", from", e->list);
}

static void put_record(struct out *out, const struct mld_record *record)
{
	out_object(out, NULL);
	out_string(out, "group", ", %s ",
		   address_text(AF_INET6, record->group).text);
	put_named(out, "type", "type", record->type,
		  mld_record_name(record->type));
	put_sources(out, " from", record->sources);
	out_end(out);
}

static void put_records(struct out *out, const struct icmp_event *e)
{
	struct span list = e->list;
	struct mld_record record;

	out_array(out, "records");
	while (mld_record_next(&list, &record))
		put_record(out, &record);
	out_end(out);
}

static void put_labels(struct out *out, const struct icmp_object *object)
{
	struct span bytes = object->bytes;
	struct mpls_label label;

	out_array(out, "labels");
	while (mpls_label_next(&bytes, &label)) {
		out_object(out, NULL);
		out_uint(out, "label", ", mpls label %u", label.label);
		out_uint(out, "traffic_class", " traffic class %u",
			 label.traffic_class);
		out_bool(out, "bottom", NULL, label.bottom);
		out_uint(out, "ttl", " ttl %u", label.ttl);
		out_end(out);
	}
	out_end(out);
}

/* The fields that identify an interface or a node. */
static void put_identity(struct out *out, const struct icmp_object *object)
{
	if (object->has & HAS_NAME)
		put_foreign(out, "name", " ", object->bytes);
	if (object->has & HAS_INDEX)
		out_uint(out, "index", " index %u", object->index);
	if (object->has & HAS_ADDRESS)
		out_string(out, "address", " address %s",
			   address_text(object->family, object->address).text);
	if (object->has & HAS_LINK_ADDRESS)
		put_link_address(out, " link layer address ", object->bytes);
	if (object->has & HAS_MTU)
		out_uint(out, "mtu", " mtu %u", object->mtu);
}

static void put_interface(struct out *out, const struct icmp_object *object)
{
	const char *role = interface_role_name(object->role);

	out_string(out, "role", ", %s interface", role);
	put_identity(out, object);
}

static void put_query(struct out *out, const struct icmp_object *object)
{
	out_text(out, ", interface");
	put_identity(out, object);
}

static void put_node(struct out *out, const struct icmp_object *object)
{
	out_text(out, ", node");
	put_identity(out, object);
}

static void put_pointer(struct out *out, const struct icmp_object *object)
{
	out_uint(out, "pointer", ", extended pointer %u", object->pointer);
}

static void put_other(struct out *out, const struct icmp_object *object)
{
	out_text(out, ", extension class %u type %u", object->class,
		 object->ctype);
}

/* Extensions that were found where the length field does not point. */
static void put_place(struct out *out, const struct icmp_event *e)
{
	if (!e->misplaced)
		return;
	out_uint(out, "extensions_at", ", extensions at %u", e->misplaced);
	if (e->announced)
		out_uint(out, "announced_at", ", length says %u", e->announced);
	else
		out_text(out, ", no length");
}

static void put_objects(struct out *out, const struct icmp_event *e)
{
	static void (*const kinds[])(struct out *,
				     const struct icmp_object *) = {
		[OBJECT_OTHER] = put_other,
		[OBJECT_LABELS] = put_labels,
		[OBJECT_INTERFACE] = put_interface,
		[OBJECT_QUERY] = put_query,
		[OBJECT_POINTER] = put_pointer,
		[OBJECT_NODE] = put_node,
	};
	struct span list = e->list;
	struct icmp_object object;

	out_array(out, "extensions");
	while (icmp_object_next(&list, &object)) {
		out_object(out, NULL);
		out_json_u64(out, "class", object.class);
		out_json_u64(out, "class_type", object.ctype);
		kinds[object.kind](out, &object);
		if (object.malformed)
			out_bool(out, "malformed", " malformed", true);
		out_end(out);
	}
	out_end(out);
	put_place(out, e);
	if (e->list_checksum == CHECKSUM_BAD)
		out_bool(out, "extensions_bad", ", bad checksum of extensions",
			 true);
}

void put_list(struct out *out, const struct icmp_event *e)
{
	static void (*const kinds[])(struct out *,
				     const struct icmp_event *) = {
		[LIST_NONE] = NULL,
		[LIST_ROUTERS] = put_routers,
		[LIST_OPTIONS] = put_options,
		[LIST_SOURCES] = put_query_sources,
		[LIST_RECORDS] = put_records,
		[LIST_OBJECTS] = put_objects,
	};

	if (kinds[e->list_kind])
		kinds[e->list_kind](out, e);
}
