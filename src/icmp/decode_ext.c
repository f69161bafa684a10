// SPDX-License-Identifier: GPL-2.0-or-later
/* Extensions of ICMP messages: RFC 4884 */
#include <string.h>
#include <sys/socket.h>

#include "decode_body.h"
#include "decode_ip.h"

#define EXTENSION_VERSION 2

/* IANA address families, used by RFC 5837 and RFC 8335. */
#define AFI_INET  1
#define AFI_INET6 2

static size_t afi_size(uint16_t afi)
{
	switch (afi) {
	case AFI_INET:
		return 4;
	case AFI_INET6:
		return 16;
	default:
		return 0;
	}
}

/* Two bytes of family, two that are not decoded, and the address. */
static bool take_address(struct span *s, struct icmp_object *object)
{
	const uint8_t *h = take(s, 4);
	size_t size = h ? afi_size(be16(h)) : 0;
	const uint8_t *address = size ? take(s, size) : NULL;

	if (!address)
		return false;
	object->family = size == 4 ? AF_INET : AF_INET6;
	memcpy(object->address, address, size);
	object->has |= HAS_ADDRESS;
	return true;
}

static void set_name(struct icmp_object *object, const uint8_t *name,
		     size_t size)
{
	/* Zeros pad the name to a multiple of 4 bytes. */
	object->bytes.data = name;
	object->bytes.size = strnlen((const char *)name, size);
	object->has |= HAS_NAME;
}

/* One byte of length, which includes itself, and the name. */
static bool take_name(struct span *s, struct icmp_object *object)
{
	const uint8_t *h = s->size && s->data[0] ? take(s, s->data[0]) : NULL;

	if (!h)
		return false;
	set_name(object, h + 1, (size_t)h[0] - 1);
	return true;
}

static bool take_number(struct span *s, uint32_t *number)
{
	const uint8_t *h = take(s, 4);

	if (!h)
		return false;
	*number = be32(h);
	return true;
}

/* RFC 5837, section 4.1: bits of the type select the fields, in this order. */
static void decode_interface(struct span s, struct icmp_object *object)
{
	bool whole = true;

	object->kind = OBJECT_INTERFACE;
	object->role = object->ctype >> 6;
	if (object->ctype & 8) {
		whole = take_number(&s, &object->index);
		object->has |= whole ? HAS_INDEX : 0;
	}
	if (whole && (object->ctype & 4))
		whole = take_address(&s, object);
	if (whole && (object->ctype & 2))
		whole = take_name(&s, object);
	if (whole && (object->ctype & 1) && take_number(&s, &object->mtu))
		object->has |= HAS_MTU;
}

/* RFC 8335, section 2.1: by name, index or address. */
static void decode_query(struct span s, struct icmp_object *object)
{
	object->kind = OBJECT_QUERY;
	switch (object->ctype) {
	case 1:
		set_name(object, s.data, s.size);
		break;
	case 2:
		if (take_number(&s, &object->index))
			object->has |= HAS_INDEX;
		break;
	case 3:
		take_address(&s, object);
		break;
	default:
		object->kind = OBJECT_OTHER;
		break;
	}
}

static void decode_object(struct span s, struct icmp_object *object)
{
	switch (object->class) {
	case 1: /* RFC 4950 */
		if (object->ctype == 1) {
			object->kind = OBJECT_LABELS;
			object->bytes = s;
		}
		break;
	case 2:
		decode_interface(s, object);
		break;
	case 3:
		decode_query(s, object);
		break;
	case 4: /* RFC 8883 */
		if (object->ctype == 1 && take_number(&s, &object->pointer))
			object->kind = OBJECT_POINTER;
		break;
	default:
		break;
	}
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
	memset(object, 0, sizeof(*object));
	object->class = h[2];
	object->ctype = h[3];
	s.data = h;
	take(&s, 4);
	decode_object(s, object);
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
		;
	if (!s.size)
		return;
	b->e->has |= IS_TRUNCATED;
	b->e->list.size -= s.size;
}
