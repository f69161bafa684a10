// SPDX-License-Identifier: GPL-2.0-or-later
/* The netlink interface: the list of watchers */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "genl.h"

/* A watcher, and the memory of its filter. */
struct watcher {
	struct kctl_watcher public;
	struct kctl_watch_filter filter;
};

static void take_types(const struct nlattr *attr, uint8_t types[256],
		       size_t *count)
{
	size_t len = mnl_attr_get_payload_len(attr);

	*count = len < 256 ? len : 256;
	memcpy(types, mnl_attr_get_payload(attr), *count);
}

static void take_prefix(const struct nlattr *attr, struct kctl_prefix *prefix)
{
	size_t len = mnl_attr_get_payload_len(attr);

	if (len != 4 && len != 16)
		return;
	prefix->family = len == 4 ? AF_INET : AF_INET6;
	memcpy(prefix->address, mnl_attr_get_payload(attr), len);
	/* The default. The attribute with the length, if any, follows. */
	prefix->length = 8 * (uint32_t)len;
}

static void take_u32(struct watcher *w, uint16_t type, uint32_t value)
{
	struct kctl_watch_filter *filter = &w->filter;

	if (type == KCTL_A_WATCH_PORT) {
		w->public.port = value;
	} else if (type == KCTL_A_WATCH_FAMILY) {
		filter->family = value;
	} else if (type == KCTL_A_WATCH_DIRECTION) {
		filter->direction = value;
	} else if (type == KCTL_A_WATCH_IFINDEX) {
		filter->ifindex = value;
	} else if (type == KCTL_A_WATCH_SRC_LEN) {
		filter->src.length = value;
	} else if (type == KCTL_A_WATCH_DST_LEN) {
		filter->dst.length = value;
	} else if (type == KCTL_A_WATCH_HOST_LEN) {
		filter->host.length = value;
	} else if (type == KCTL_A_WATCH_CODE) {
		filter->has_code = true;
		filter->code = value;
	} else if (type == KCTL_A_WATCH_SAMPLE) {
		filter->sample = value;
	} else if (type == KCTL_A_WATCH_SNAPLEN) {
		filter->snaplen = value;
	} else if (type == KCTL_A_WATCH_COALESCE) {
		filter->has_coalesce = true;
		filter->coalesce = value;
	}
}

static int take_attr(const struct nlattr *attr, void *data)
{
	struct watcher *w = data;
	struct kctl_watch_filter *filter = &w->filter;
	uint16_t type = mnl_attr_get_type(attr);
	bool is_u64 = !mnl_attr_validate(attr, MNL_TYPE_U64);

	if (type == KCTL_A_WATCH_TYPES4)
		take_types(attr, filter->types4, &filter->types4_count);
	else if (type == KCTL_A_WATCH_TYPES6)
		take_types(attr, filter->types6, &filter->types6_count);
	else if (type == KCTL_A_WATCH_SRC)
		take_prefix(attr, &filter->src);
	else if (type == KCTL_A_WATCH_DST)
		take_prefix(attr, &filter->dst);
	else if (type == KCTL_A_WATCH_HOST)
		take_prefix(attr, &filter->host);
	else if (type == KCTL_A_WATCH_MATCHED && is_u64)
		w->public.matched = mnl_attr_get_u64(attr);
	else if (type == KCTL_A_WATCH_DELIVERED && is_u64)
		w->public.delivered = mnl_attr_get_u64(attr);
	else if (type == KCTL_A_WATCH_LOST && is_u64)
		w->public.lost = mnl_attr_get_u64(attr);
	else if (!mnl_attr_validate(attr, MNL_TYPE_U32))
		take_u32(w, type, mnl_attr_get_u32(attr));
	return MNL_CB_OK;
}

static int take_watcher(struct kctl_genl *genl, const struct nlmsghdr *nlh,
			void *data)
{
	struct watcher w = { .filter.sample = 1,
			     .filter.snaplen = KCTL_SNAPLEN_DEFAULT };

	(void)genl;
	mnl_attr_parse(nlh, GENL_ATTRS, take_attr, &w);
	return genl_list_add(data, &w);
}

static struct kctl_watchers *make_list(const struct genl_list *list)
{
	struct kctl_watchers *made;
	const void **pointers;
	struct watcher *items;

	made = genl_list_pack(list, sizeof(*made), &pointers);
	if (!made)
		return NULL;
	made->count = list->count;
	made->watchers = (const struct kctl_watcher **)pointers;
	items = (void *)(made + 1);
	for (size_t i = 0; i < list->count; i++)
		items[i].public.filter = &items[i].filter;
	return made;
}

int kctl_watchers_get(struct kctl_genl *genl, struct kctl_watchers **watchers)
{
	struct genl_list list = { .size = sizeof(struct watcher) };
	int err = genl_result(genl, genl_dump(genl, KCTL_CMD_GET_WATCHERS,
					      take_watcher, &list));

	*watchers = err < 0 ? NULL : make_list(&list);
	free(list.items);
	return err < 0 || *watchers ? err : genl_failed(genl, -ENOMEM);
}

void kctl_watchers_free(struct kctl_watchers *watchers)
{
	free(watchers);
}
