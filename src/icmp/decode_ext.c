// SPDX-License-Identifier: GPL-2.0-or-later
/* Extensions of ICMP messages: RFC 4884 */
#include <string.h>
#include <sys/socket.h>

#include "decode_body.h"
#include "decode_ip.h"

#define EXTENSION_VERSION 2

/* IANA, "Address Family Numbers" */
#define AFI_INET  1
#define AFI_INET6 2
#define AFI_802	  6
#define AFI_MAC48 16389
#define AFI_MAC64 16390

/* Check if addresses of this family can have that length. */
static bool is_address_length(uint16_t afi, uint8_t length)
{
	switch (afi) {
	case AFI_INET:
		return length == 4;
	case AFI_INET6:
		return length == 16;
	case AFI_802:
		return length == 6 || length == 8;
	case AFI_MAC48:
		return length == 6;
	case AFI_MAC64:
		return length == 8;
	default:
		return false;
	}
}

static bool set_address(struct span *s, struct icmp_object *object,
			uint16_t afi, uint8_t length)
{
	const uint8_t *address = take(s, length);

	if (!address || !is_address_length(afi, length))
		return false;
	if (afi == AFI_INET || afi == AFI_INET6) {
		object->family = afi == AFI_INET ? AF_INET : AF_INET6;
		memcpy(object->address, address, length);
		object->has |= HAS_ADDRESS;
	} else {
		object->bytes = (struct span){ address, length };
		object->has |= HAS_LINK_ADDRESS;
	}
	return true;
}

/* RFC 5837, section 4.2: two bytes of family, two that are reserved, the address. */
static bool take_address(struct span *s, struct icmp_object *object)
{
	const uint8_t *h = take(s, 4);

	if (!h)
		return false;
	if (be16(h) == AFI_INET)
		return set_address(s, object, AFI_INET, 4);
	return be16(h) == AFI_INET6 && set_address(s, object, AFI_INET6, 16);
}

/* RFC 8335, section 2.1: likewise, but the third byte is the length of the address. */
static bool take_probed_address(struct span *s, struct icmp_object *object)
{
	const uint8_t *h = take(s, 4);

	return h && set_address(s, object, be16(h), h[2]);
}

static void set_name(struct icmp_object *object, const uint8_t *name,
		     size_t size)
{
	/* Zeros pad the name to a multiple of 4 bytes. */
	object->bytes.data = name;
	object->bytes.size = strnlen((const char *)name, size);
	object->has |= HAS_NAME;
}

/*
 * RFC 5837, section 4.3: one byte of length, which includes itself and is a multiple of 4
 * up to 64, and the name.
 */
static bool take_name(struct span *s, struct icmp_object *object)
{
	size_t size = s->size ? s->data[0] : 0;
	const uint8_t *h = size % 4 || size > 64 ? NULL : take(s, size);

	if (!h || !size)
		return false;
	set_name(object, h + 1, size - 1);
	return true;
}

static bool take_number(struct span *s, uint32_t *number,
			struct icmp_object *object, uint32_t has)
{
	const uint8_t *h = take(s, 4);

	if (!h)
		return false;
	*number = be32(h);
	object->has |= has;
	return true;
}

/* RFC 4950 */
static bool decode_labels(struct span s, struct icmp_object *object)
{
	if (object->ctype != 1)
		return true;
	object->kind = OBJECT_LABELS;
	object->bytes = s;
	return s.size && s.size % 4 == 0;
}

/* RFC 5837, section 4.1: bits of the type select the fields, in this order. */
static bool decode_interface(struct span s, struct icmp_object *object)
{
	uint8_t fields = object->ctype;

	object->kind = OBJECT_INTERFACE;
	object->role = object->ctype >> 6;
	return (!(fields & 8) ||
		take_number(&s, &object->index, object, HAS_INDEX)) &&
	       (!(fields & 4) || take_address(&s, object)) &&
	       (!(fields & 2) || take_name(&s, object)) &&
	       (!(fields & 1) ||
		take_number(&s, &object->mtu, object, HAS_MTU));
}

/* RFC 8335, section 2.1: by name, index or address. */
static bool decode_query(struct span s, struct icmp_object *object)
{
	object->kind = OBJECT_QUERY;
	switch (object->ctype) {
	case 1:
		set_name(object, s.data, s.size);
		return object->bytes.size;
	case 2:
		return take_number(&s, &object->index, object, HAS_INDEX);
	case 3:
		return take_probed_address(&s, object);
	default:
		object->kind = OBJECT_OTHER;
		return true;
	}
}

/* RFC 8883, section 3 */
static bool decode_pointer(struct span s, struct icmp_object *object)
{
	if (object->ctype != 1)
		return true;
	object->kind = OBJECT_POINTER;
	return take_number(&s, &object->pointer, object, HAS_POINTER);
}

/*
 * IANA, "ICMP Extension Object Classes and Class Sub-types": class 5, of
 * draft-ietf-intarea-extended-icmp-nodeid, has two of the fields of RFC 5837.
 */
static bool decode_node(struct span s, struct icmp_object *object)
{
	object->kind = OBJECT_NODE;
	return (!(object->ctype & 4) || take_address(&s, object)) &&
	       (!(object->ctype & 2) || take_name(&s, object));
}

/* By class. */
static bool (*const decoders[])(struct span, struct icmp_object *) = {
	[1] = decode_labels,  [2] = decode_interface, [3] = decode_query,
	[4] = decode_pointer, [5] = decode_node,
};

/* Set the members of @object; returns false if they contradict each other. */
static bool decode_object(struct span s, struct icmp_object *object)
{
	uint8_t class = object->class;

	if (class >= sizeof(decoders) / sizeof(decoders[0]) || !decoders[class])
		return true;
	return decoders[class](s, object);
}

bool icmp_object_next(struct span *list, struct icmp_object *object)
{
	struct span s = { 0 };
	const uint8_t *h;

	if (list->size < 4)
		return false;
	s.size = be16(list->data);
	h = s.size >= 4 ? take(list, s.size) : NULL;
	if (!h)
		return false;
	*object = (struct icmp_object){ .class = h[2], .ctype = h[3] };
	s.data = h;
	take(&s, 4);
	if (!decode_object(s, object))
		*object = (struct icmp_object){ .class = h[2],
						.ctype = h[3],
						.malformed = true };
	return true;
}

bool mpls_label_next(struct span *bytes, struct mpls_label *label)
{
	const uint8_t *h = take(bytes, 4);

	if (!h)
		return false;
	label->label = be32(h) >> 12;
	label->traffic_class = h[2] >> 1 & 7;
	label->bottom = h[2] & 1;
	label->ttl = h[3];
	return true;
}

bool has_extension_version(struct span s)
{
	return s.size >= 4 && s.data[0] >> 4 == EXTENSION_VERSION;
}

bool is_extension_structure(struct span s)
{
	return has_extension_version(s) && be16(s.data + 2) &&
	       internet_checksum(0, s);
}

static enum checksum check(const struct icmp_body *b)
{
	/* RFC 4884, section 7: zero means that the sender computed none. */
	if (b->s.size < b->length || !be16(b->s.data + 2))
		return CHECKSUM_UNKNOWN;
	return internet_checksum(0, b->s) ? CHECKSUM_GOOD : CHECKSUM_BAD;
}

void decode_extensions(struct icmp_body *b)
{
	struct icmp_object object;
	struct span s = b->s;

	if (!take(&s, 4)) {
		/* An extended echo request without an object names no interface. */
		b->e->has |= IS_TRUNCATED;
		return;
	}
	if (!has_extension_version(b->s)) {
		b->e->has |= IS_MALFORMED;
		return;
	}
	b->e->list_kind = LIST_OBJECTS;
	b->e->list_checksum = check(b);
	b->e->list = s;
	while (icmp_object_next(&s, &object))
		if (object.malformed)
			b->e->has |= IS_MALFORMED;
	if (!s.size)
		return;
	b->e->has |= IS_TRUNCATED;
	b->e->list.size -= s.size;
}
