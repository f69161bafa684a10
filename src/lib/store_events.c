// SPDX-License-Identifier: GPL-2.0-or-later
/* The netlink interface: events of the store */
#include <errno.h>
#include <string.h>

#include "genl.h"

#define SYNC_TRIES 8

static void take_name(struct kctl_store_event *event, const struct nlattr *attr)
{
	const char *name = mnl_attr_get_str(attr);
	size_t len = strnlen(name, mnl_attr_get_payload_len(attr));

	if (len >= sizeof(event->name))
		len = sizeof(event->name) - 1;
	memcpy(event->name, name, len);
}

static int is_our_family(const struct nlattr *attr, void *data)
{
	const struct kctl_genl *genl = data;

	if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID &&
	    !mnl_attr_validate(attr, MNL_TYPE_U16) &&
	    mnl_attr_get_u16(attr) == genl->family)
		return MNL_CB_STOP;
	return MNL_CB_OK;
}

/* The generic netlink controller reports that a family is gone: check if it is ours. */
static int take_control(struct kctl_genl *genl, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *ghdr = mnl_nlmsg_get_payload(nlh);

	if (ghdr->cmd == CTRL_CMD_DELFAMILY &&
	    mnl_attr_parse(nlh, GENL_ATTRS, is_our_family, genl) == MNL_CB_STOP)
		return -ENOPROTOOPT;
	return 0;
}

static int take_event_attr(const struct nlattr *attr, void *data)
{
	uint16_t type = mnl_attr_get_type(attr);
	struct kctl_store_event *event = data;

	if (type == KCTL_A_STORE_ACTION &&
	    !mnl_attr_validate(attr, MNL_TYPE_U32))
		event->action = mnl_attr_get_u32(attr);
	else if (type == KCTL_A_STORE_GENERATION &&
		 !mnl_attr_validate(attr, MNL_TYPE_U64))
		event->generation = mnl_attr_get_u64(attr);
	else if (type == KCTL_A_STORE_NAME)
		take_name(event, attr);
	return MNL_CB_OK;
}

static int take_event(struct kctl_genl *genl, const struct nlmsghdr *nlh,
		      void *data)
{
	const struct genlmsghdr *ghdr = mnl_nlmsg_get_payload(nlh);
	struct kctl_store_event event = { 0 };

	(void)data;
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*ghdr))
		return 0;
	if (nlh->nlmsg_type == GENL_ID_CTRL)
		return take_control(genl, nlh);
	if (ghdr->cmd != KCTL_CMD_STORE_EVENT)
		return 0;
	mnl_attr_parse(nlh, GENL_ATTRS, take_event_attr, &event);
	genl->store_event(genl->store_event_data, &event);
	return 0;
}

int kctl_store_subscribe(struct kctl_genl *genl, kctl_store_event_fn *fn,
			 void *data)
{
	/* The controller's group has the number of its family; any user may join. */
	uint32_t control = GENL_ID_CTRL;

	if (!genl->store_group)
		return -EOPNOTSUPP;
	genl_grow_receive_buffer(genl);
	genl->unasked = take_event;
	genl->store_event = fn;
	genl->store_event_data = data;
	if (mnl_socket_setsockopt(genl->nl, NETLINK_ADD_MEMBERSHIP,
				  &genl->store_group,
				  sizeof(genl->store_group)) ||
	    mnl_socket_setsockopt(genl->nl, NETLINK_ADD_MEMBERSHIP, &control,
				  sizeof(control)))
		return -errno;
	return 0;
}

int kctl_store_events(struct kctl_genl *genl)
{
	int err;

	genl->overrun = false;
	err = genl_read(genl);
	return !err && genl->overrun ? -ENOBUFS : err;
}

/*
 * After an overrun the kernel queues no answer until the queue is empty, as in
 * kctl_watch_stop(). Here events keep arriving, so one attempt may not be enough.
 */
int kctl_store_sync(struct kctl_genl *genl, uint64_t *generation)
{
	int err, tries = SYNC_TRIES;
	struct kctl_status status;

	do {
		err = genl_drain(genl);
		if (err)
			return err;
		err = kctl_status_get(genl, &status);
	} while (err == -ENOBUFS && --tries);
	*generation = status.value[KCTL_A_STATUS_STORE_GENERATION];
	return err;
}
