// SPDX-License-Identifier: GPL-2.0-or-later
/* The netlink interface: what the events of all groups have in common */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "events.h"

#define SYNC_TRIES 8

void events_take_string(char *text, size_t size, const struct nlattr *attr)
{
	const char *string = mnl_attr_get_str(attr);
	size_t len = strnlen(string, mnl_attr_get_payload_len(attr));

	if (len >= size)
		len = size - 1;
	memcpy(text, string, len);
	text[len] = '\0';
}

/* The process has a number in each of its pid namespaces: ours is wanted. */
void events_take_pid(const struct kctl_genl *genl, const struct nlattr *attr,
		     uint32_t *pid)
{
	struct kctl_pid number;

	if (mnl_attr_get_payload_len(attr) < sizeof(number))
		return;
	memcpy(&number, mnl_attr_get_payload(attr), sizeof(number));
	if (genl->pid_ns && number.ns == genl->pid_ns)
		*pid = number.pid;
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

int events_begin(struct kctl_genl *genl, const struct nlmsghdr *nlh,
		 enum kctl_cmd cmd)
{
	const struct genlmsghdr *ghdr = mnl_nlmsg_get_payload(nlh);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*ghdr))
		return 0;
	if (nlh->nlmsg_type == GENL_ID_CTRL)
		return take_control(genl, nlh);
	return ghdr->cmd == cmd;
}

int events_subscribe(struct kctl_genl *genl, uint32_t group,
		     genl_message_fn *fn)
{
	/* The controller's group has the number of its family; any user may join. */
	uint32_t control = GENL_ID_CTRL;

	if (genl->busy)
		return -EDEADLK;
	if (!group)
		return genl_failed(genl, -EOPNOTSUPP);
	if (genl->unasked)
		return genl_failed(genl, -EBUSY);
	genl_grow_receive_buffer(genl);
	genl->pid_ns = own_pid_ns();
	if (mnl_socket_setsockopt(genl->nl, NETLINK_ADD_MEMBERSHIP, &group,
				  sizeof(group)) ||
	    mnl_socket_setsockopt(genl->nl, NETLINK_ADD_MEMBERSHIP, &control,
				  sizeof(control)))
		return genl_failed(genl, -errno);
	genl->unasked = fn;
	return 0;
}

int events_read(struct kctl_genl *genl)
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
int events_sync(struct kctl_genl *genl, enum kctl_status_attr attr,
		uint64_t *value)
{
	int err, tries = SYNC_TRIES;
	struct kctl_status status;

	*value = 0;
	do {
		err = genl_drain(genl);
		if (!err)
			err = genl_status(genl, &status);
	} while (err == -ENOBUFS && --tries);
	err = genl_result(genl, err);
	if (err >= 0)
		*value = status.value[attr];
	return err;
}
