// SPDX-License-Identifier: GPL-2.0-or-later
/* The netlink interface: events of channels */
#include "events.h"

/* One event, its settings, and the handle that it arrived on. */
struct parsing {
	struct kctl_channel_event event;
	struct genl_channel settings;
	const struct kctl_genl *genl;
};

/* The member for a 32-bit attribute, or NULL. */
static uint32_t *event_member(struct kctl_channel_event *event, uint16_t type)
{
	switch (type) {
	case KCTL_A_PROTO_CHANNEL:
		return &event->channel;
	case KCTL_A_PROTO_UID:
		return &event->uid;
	case KCTL_A_PROTO_TO:
		return &event->to;
	case KCTL_A_PROTO_WHY:
		return &event->why;
	case KCTL_A_PROTO_DELIVERIES:
		return &event->deliveries;
	default:
		return NULL;
	}
}

static void take_settings(struct parsing *p, const struct nlattr *attr)
{
	mnl_attr_parse_nested(attr, genl_channel_attr, &p->settings);
	p->event.settings = &p->settings.public;
}

static int take_event_attr(const struct nlattr *attr, void *data)
{
	struct parsing *p = data;
	struct kctl_channel_event *event = &p->event;
	uint16_t type = mnl_attr_get_type(attr);
	uint32_t *member = event_member(event, type);

	if (member && !mnl_attr_validate(attr, MNL_TYPE_U32)) {
		*member = mnl_attr_get_u32(attr);
		event->has_changer |= type == KCTL_A_PROTO_UID;
	} else if (type == KCTL_A_PROTO_ACTION &&
		   !mnl_attr_validate(attr, MNL_TYPE_U32))
		event->action = mnl_attr_get_u32(attr);
	else if (type == KCTL_A_PROTO_SEQ &&
		 !mnl_attr_validate(attr, MNL_TYPE_U64))
		event->seq = mnl_attr_get_u64(attr);
	else if (type == KCTL_A_PROTO_NAME)
		events_take_string(event->name, sizeof(event->name), attr);
	else if (type == KCTL_A_PROTO_PID)
		events_take_pid(p->genl, attr, &event->pid);
	else if (type == KCTL_A_PROTO_COMMAND)
		events_take_string(event->command, sizeof(event->command),
				   attr);
	else if (type == KCTL_A_PROTO_SETTINGS)
		take_settings(p, attr);
	return MNL_CB_OK;
}

static int take_event(struct kctl_genl *genl, const struct nlmsghdr *nlh,
		      void *data)
{
	int ret = events_begin(genl, nlh, KCTL_CMD_PROTO_EVENT);
	struct parsing p = { .genl = genl };

	(void)data;
	if (ret <= 0)
		return ret;
	mnl_attr_parse(nlh, GENL_ATTRS, take_event_attr, &p);
	if (!genl->stopped)
		genl->stopped = genl->channel_event(genl->event_data, &p.event);
	return 0;
}

int kctl_channel_subscribe(struct kctl_genl *genl, kctl_channel_event_fn *fn,
			   void *data)
{
	int err = events_subscribe(genl, genl->proto_group, take_event);

	if (!err) {
		genl->channel_event = fn;
		genl->event_data = data;
	}
	return err;
}

int kctl_channel_events(struct kctl_genl *genl)
{
	return events_read(genl);
}

int kctl_channel_sync(struct kctl_genl *genl, uint64_t *seq)
{
	return events_sync(genl, KCTL_A_STATUS_PROTO_EVENTS, seq);
}
