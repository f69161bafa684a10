// SPDX-License-Identifier: GPL-2.0-or-later
/* The netlink interface: events of the store */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "genl.h"

#define SYNC_TRIES 8

/* One event, and what its attributes are compared with. */
struct parsing {
	struct kctl_store_event event;
	uint32_t pid_ns;
};

static void take_string(char *text, size_t size, const struct nlattr *attr)
{
	const char *string = mnl_attr_get_str(attr);
	size_t len = strnlen(string, mnl_attr_get_payload_len(attr));

	if (len >= size)
		len = size - 1;
	memcpy(text, string, len);
}

/* The process has a number in each of its pid namespaces: ours is wanted. */
static void take_pid(struct parsing *p, const struct nlattr *attr)
{
	struct kctl_pid pid;

	if (mnl_attr_get_payload_len(attr) < sizeof(pid))
		return;
	memcpy(&pid, mnl_attr_get_payload(attr), sizeof(pid));
	if (p->pid_ns && pid.ns == p->pid_ns)
		p->event.pid = pid.pid;
}

static uint32_t own_pid_ns(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) ? 0 : (uint32_t)st.st_ino;
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
	struct parsing *p = data;
	struct kctl_store_event *event = &p->event;

	if (type == KCTL_A_STORE_ACTION &&
	    !mnl_attr_validate(attr, MNL_TYPE_U32))
		event->action = mnl_attr_get_u32(attr);
	else if (type == KCTL_A_STORE_GENERATION &&
		 !mnl_attr_validate(attr, MNL_TYPE_U64))
		event->generation = mnl_attr_get_u64(attr);
	else if (type == KCTL_A_STORE_NAME)
		take_string(event->name, sizeof(event->name), attr);
	else if (type == KCTL_A_STORE_UID &&
		 !mnl_attr_validate(attr, MNL_TYPE_U32)) {
		event->has_changer = true;
		event->uid = mnl_attr_get_u32(attr);
	} else if (type == KCTL_A_STORE_PID)
		take_pid(p, attr);
	else if (type == KCTL_A_STORE_COMMAND)
		take_string(event->command, sizeof(event->command), attr);
	return MNL_CB_OK;
}

static int take_event(struct kctl_genl *genl, const struct nlmsghdr *nlh,
		      void *data)
{
	const struct genlmsghdr *ghdr = mnl_nlmsg_get_payload(nlh);
	struct parsing p = { .pid_ns = genl->pid_ns };

	(void)data;
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*ghdr))
		return 0;
	if (nlh->nlmsg_type == GENL_ID_CTRL)
		return take_control(genl, nlh);
	if (ghdr->cmd != KCTL_CMD_STORE_EVENT)
		return 0;
	mnl_attr_parse(nlh, GENL_ATTRS, take_event_attr, &p);
	if (!genl->stopped)
		genl->stopped =
			genl->store_event(genl->store_event_data, &p.event);
	return 0;
}

int kctl_store_subscribe(struct kctl_genl *genl, kctl_store_event_fn *fn,
			 void *data)
{
	/* The controller's group has the number of its family; any user may join. */
	uint32_t control = GENL_ID_CTRL;

	if (genl->busy)
		return -EDEADLK;
	if (!genl->store_group)
		return genl_failed(genl, -EOPNOTSUPP);
	if (genl->unasked)
		return genl_failed(genl, -EBUSY);
	genl_grow_receive_buffer(genl);
	genl->store_event = fn;
	genl->store_event_data = data;
	genl->pid_ns = own_pid_ns();
	if (mnl_socket_setsockopt(genl->nl, NETLINK_ADD_MEMBERSHIP,
				  &genl->store_group,
				  sizeof(genl->store_group)) ||
	    mnl_socket_setsockopt(genl->nl, NETLINK_ADD_MEMBERSHIP, &control,
				  sizeof(control)))
		return genl_failed(genl, -errno);
	genl->unasked = take_event;
	return 0;
}

int kctl_store_events(struct kctl_genl *genl)
{
	int err;

	genl->overrun = false;
	err = genl_read(genl);
	if (!err && genl->overrun)
		err = genl_failed(genl, -ENOBUFS);
	return err == -EAGAIN ? err : genl_result(genl, err);
}

/*
 * After an overrun the kernel queues no answer until the queue is empty, as in
 * kctl_watch_stop(). Here events keep arriving, so one attempt may not be enough.
 */
int kctl_store_sync(struct kctl_genl *genl, uint64_t *generation)
{
	int err, tries = SYNC_TRIES;
	struct kctl_status status;

	*generation = 0;
	do {
		err = genl_drain(genl);
		if (!err)
			err = genl_status(genl, &status);
	} while (err == -ENOBUFS && --tries);
	err = genl_result(genl, err);
	if (err >= 0)
		*generation = status.value[KCTL_A_STATUS_STORE_GENERATION];
	return err;
}
