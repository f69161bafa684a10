// SPDX-License-Identifier: GPL-2.0-or-later
/* The netlink interface: events of the store */
#include "events.h"

/* One event, and the handle that it arrived on. */
struct parsing {
	struct kctl_store_event event;
	const struct kctl_genl *genl;
};

static int take_event_attr(const struct nlattr *attr, void *data)
{
	uint16_t type = mnl_attr_get_type(attr);
	struct parsing *p = data;
	struct kctl_store_event *event = &p->event;

	if (type == KCTL_A_STORE_ACTION &&
	    !mnl_attr_validate(attr, MNL_TYPE_U32))
		event->action = mnl_attr_get_u32(attr);
	else if (type == KCTL_A_STORE_GENERATION &&
		 !mnl_attr_validate(attr, MNL_TYPE_U64))
		event->generation = mnl_attr_get_u64(attr);
	else if (type == KCTL_A_STORE_NAME)
		events_take_string(event->name, sizeof(event->name), attr);
	else if (type == KCTL_A_STORE_UID &&
		 !mnl_attr_validate(attr, MNL_TYPE_U32)) {
		event->has_changer = true;
		event->uid = mnl_attr_get_u32(attr);
	} else if (type == KCTL_A_STORE_PID)
		events_take_pid(p->genl, attr, &event->pid);
	else if (type == KCTL_A_STORE_COMMAND)
		events_take_string(event->command, sizeof(event->command),
				   attr);
	return MNL_CB_OK;
}

static int take_event(struct kctl_genl *genl, const struct nlmsghdr *nlh,
		      void *data)
{
	int ret = events_begin(genl, nlh, KCTL_CMD_STORE_EVENT);
	struct parsing p = { .genl = genl };

	(void)data;
	if (ret <= 0)
		return ret;
	mnl_attr_parse(nlh, GENL_ATTRS, take_event_attr, &p);
	if (!genl->stopped)
		genl->stopped = genl->store_event(genl->event_data, &p.event);
	return 0;
}

int kctl_store_subscribe(struct kctl_genl *genl, kctl_store_event_fn *fn,
			 void *data)
{
	int err = events_subscribe(genl, genl->store_group, take_event);

	if (!err) {
		genl->store_event = fn;
		genl->event_data = data;
	}
	return err;
}

int kctl_store_events(struct kctl_genl *genl)
{
	return events_read(genl);
}

int kctl_store_sync(struct kctl_genl *genl, uint64_t *generation)
{
	return events_sync(genl, KCTL_A_STATUS_STORE_GENERATION, generation);
}
