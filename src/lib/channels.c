// SPDX-License-Identifier: GPL-2.0-or-later
/* The netlink interface: requests about channels */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "genl.h"

/* The member for a 32-bit attribute, or NULL. */
static uint32_t *channel_member(struct kctl_channel *channel, uint16_t type)
{
	switch (type) {
	case KCTL_A_CHANNEL_NUMBER:
		return &channel->number;
	case KCTL_A_CHANNEL_MESSAGES:
		return &channel->messages;
	case KCTL_A_CHANNEL_RECEIVERS:
		return &channel->receivers;
	case KCTL_A_CHANNEL_SENDERS:
		return &channel->senders;
	case KCTL_A_CHANNEL_TAPS:
		return &channel->taps;
	case KCTL_A_CHANNEL_UID:
		return &channel->uid;
	case KCTL_A_CHANNEL_GID:
		return &channel->gid;
	case KCTL_A_CHANNEL_MODE:
		return &channel->mode;
	case KCTL_A_CHANNEL_FLAGS:
		return &channel->flags;
	case KCTL_A_CHANNEL_HELD:
		return &channel->held;
	case KCTL_A_CHANNEL_DELAYED:
		return &channel->delayed;
	case KCTL_A_CHANNEL_MAX_DELIVERIES:
		return &channel->max_deliveries;
	case KCTL_A_CHANNEL_DEAD_LETTER:
		return &channel->dead_letter;
	case KCTL_A_CHANNEL_RETRY_DELAY:
		return &channel->retry_delay;
	case KCTL_A_CHANNEL_HOLD_TIME_MAX:
		return &channel->hold_time_max;
	case KCTL_A_CHANNEL_TTL:
		return &channel->ttl;
	default:
		return NULL;
	}
}

/* The member for a 64-bit attribute, or NULL. */
static uint64_t *channel_counter(struct kctl_channel *channel, uint16_t type)
{
	switch (type) {
	case KCTL_A_CHANNEL_BYTES:
		return &channel->bytes;
	case KCTL_A_CHANNEL_DEAD:
		return &channel->dead;
	case KCTL_A_CHANNEL_DROPPED:
		return &channel->dropped;
	case KCTL_A_CHANNEL_EXPIRED:
		return &channel->expired;
	case KCTL_A_CHANNEL_SENT:
		return &channel->sent;
	case KCTL_A_CHANNEL_RECEIVED:
		return &channel->received;
	case KCTL_A_CHANNEL_AGE:
		return &channel->age;
	case KCTL_A_CHANNEL_OLDEST:
		return &channel->oldest;
	default:
		return NULL;
	}
}

static void take_sockets(struct genl_channel *channel,
			 const struct nlattr *attr)
{
	uint32_t size = mnl_attr_get_payload_len(attr);

	if (size > sizeof(channel->sockets))
		size = sizeof(channel->sockets);
	channel->public.listed = size / sizeof(*channel->sockets);
	memcpy(channel->sockets, mnl_attr_get_payload(attr),
	       channel->public.listed * sizeof(*channel->sockets));
}

static void take_name(struct kctl_channel *channel, const struct nlattr *attr)
{
	snprintf(channel->name, sizeof(channel->name), "%s",
		 mnl_attr_get_str(attr));
}

int genl_channel_attr(const struct nlattr *attr, void *data)
{
	struct genl_channel *c = data;
	struct kctl_channel *channel = &c->public;
	uint16_t type = mnl_attr_get_type(attr);
	uint32_t *member = channel_member(channel, type);
	uint64_t *counter = channel_counter(channel, type);

	if (counter && !mnl_attr_validate(attr, MNL_TYPE_U64))
		*counter = mnl_attr_get_u64(attr);
	else if (type == KCTL_A_CHANNEL_SOCKETS)
		take_sockets(c, attr);
	else if (type == KCTL_A_CHANNEL_NAME &&
		 !mnl_attr_validate(attr, MNL_TYPE_NUL_STRING))
		take_name(channel, attr);
	else if (member && !mnl_attr_validate(attr, MNL_TYPE_U32))
		*member = mnl_attr_get_u32(attr);
	else
		return MNL_CB_OK;
	channel->present |= UINT64_C(1) << type;
	return MNL_CB_OK;
}

static int take_channel(struct kctl_genl *genl, const struct nlmsghdr *nlh,
			void *data)
{
	struct genl_channel channel = { 0 };

	(void)genl;
	mnl_attr_parse(nlh, GENL_ATTRS, genl_channel_attr, &channel);
	return genl_list_add(data, &channel);
}

static struct kctl_channels *make_list(const struct genl_list *list)
{
	struct kctl_channels *made;
	const void **pointers;
	struct genl_channel *items;

	made = genl_list_pack(list, sizeof(*made), &pointers);
	if (!made)
		return NULL;
	made->count = list->count;
	made->channels = (const struct kctl_channel **)pointers;
	items = (void *)(made + 1);
	for (size_t i = 0; i < list->count; i++)
		items[i].public.sockets = items[i].sockets;
	return made;
}

int kctl_channels_get(struct kctl_genl *genl, struct kctl_channels **channels)
{
	struct genl_list list = { .size = sizeof(struct genl_channel) };
	int err = genl_result(genl, genl_dump(genl, KCTL_CMD_GET_CHANNELS,
					      take_channel, &list));

	*channels = err < 0 ? NULL : make_list(&list);
	free(list.items);
	return err < 0 || *channels ? err : genl_failed(genl, -ENOMEM);
}

void kctl_channels_free(struct kctl_channels *channels)
{
	free(channels);
}

bool kctl_channel_has(const struct kctl_channel *channel,
		      enum kctl_channel_attr attr)
{
	return channel->present >> attr & 1;
}

static struct nlmsghdr *request_begin(struct kctl_genl *genl, enum kctl_cmd cmd,
				      uint32_t number)
{
	struct nlmsghdr *nlh = genl_request_begin(genl, cmd, NLM_F_ACK);

	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_NUMBER, number);
	return nlh;
}

static void put_if(struct nlmsghdr *nlh, bool given, uint16_t type,
		   uint32_t value)
{
	if (given)
		mnl_attr_put_u32(nlh, type, value);
}

int kctl_channel_set(struct kctl_genl *genl, uint32_t number,
		     const struct kctl_channel_settings *settings, size_t size)
{
	static const uint8_t zeros[sizeof(settings->reserved)];
	struct kctl_channel_settings set;
	struct nlmsghdr *nlh;
	int err = genl_copy_struct(&set, sizeof(set), settings, size);

	if (!err && (memcmp(set.reserved, zeros, sizeof(zeros)) ||
		     memcmp(set.reserved2, zeros, sizeof(zeros)) ||
		     (set.name && strlen(set.name) >= KCTL_NAME_SIZE)))
		err = -EINVAL;
	if (err)
		return genl_failed(genl, err);
	nlh = request_begin(genl, KCTL_CMD_SET_CHANNEL, number);
	put_if(nlh, set.has_uid, KCTL_A_CHANNEL_UID, set.uid);
	put_if(nlh, set.has_gid, KCTL_A_CHANNEL_GID, set.gid);
	put_if(nlh, set.has_mode, KCTL_A_CHANNEL_MODE, set.mode);
	put_if(nlh, set.has_max_deliveries, KCTL_A_CHANNEL_MAX_DELIVERIES,
	       set.max_deliveries);
	put_if(nlh, set.has_dead_letter, KCTL_A_CHANNEL_DEAD_LETTER,
	       set.dead_letter);
	put_if(nlh, set.has_retry_delay, KCTL_A_CHANNEL_RETRY_DELAY,
	       set.retry_delay);
	put_if(nlh, set.has_hold_time_max, KCTL_A_CHANNEL_HOLD_TIME_MAX,
	       set.hold_time_max);
	put_if(nlh, set.has_ttl, KCTL_A_CHANNEL_TTL, set.ttl);
	if (set.name)
		mnl_attr_put_strz(nlh, KCTL_A_CHANNEL_NAME, set.name);
	return genl_result(genl, genl_request(genl, nlh, NULL, NULL));
}

/* A request that names a channel and nothing else. */
static int request(struct kctl_genl *genl, enum kctl_cmd cmd, uint32_t number)
{
	struct nlmsghdr *nlh = request_begin(genl, cmd, number);

	return genl_result(genl, genl_request(genl, nlh, NULL, NULL));
}

int kctl_channel_delete(struct kctl_genl *genl, uint32_t number)
{
	return request(genl, KCTL_CMD_DEL_CHANNEL, number);
}

int kctl_channel_flush(struct kctl_genl *genl, uint32_t number)
{
	return request(genl, KCTL_CMD_FLUSH_CHANNEL, number);
}
