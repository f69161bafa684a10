// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * skew: preloaded into the tool, it makes the module behind it another one.
 *
 * SKEW=newer: it has an ABI version of 99, attributes that nobody knows behind those of
 * each of its messages, and a longer struct kctl_info.
 * SKEW=older: it has ABI version 1, and does not know of what came with 2 to 5: the
 * commands, attributes and options are sent to the kernel by numbers that nobody has.
 */
#include <dlfcn.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/kctl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* What an older module does not know, from these numbers on. */
#define OLD_COMMANDS	KCTL_CMD_GET_WATCHERS
#define OLD_WATCH_ATTRS KCTL_A_WATCH_IFINDEX
#define OLD_OPTIONS	KCTL_SO_REPLACE

#define NOBODYS	       100
#define NOBODYS_OPTION 1006
#define GROWN	       24

static bool is(const char *skew)
{
	const char *set = getenv("SKEW");

	return set && !strcmp(set, skew);
}

static bool is_kctl(const struct nlmsghdr *nlh)
{
	return nlh->nlmsg_type > GENL_ID_CTRL + 2;
}

/* ---- what the tool sends ---- */

static struct nlattr *next_attr(const struct nlmsghdr *nlh, struct nlattr *attr)
{
	const char *tail = mnl_nlmsg_get_payload_tail(nlh);

	attr = attr ? mnl_attr_next(attr) :
		      mnl_nlmsg_get_payload_offset(nlh,
						   sizeof(struct genlmsghdr));
	return mnl_attr_ok(attr, (int)(tail - (char *)attr)) ? attr : NULL;
}

static void age_request(struct nlmsghdr *nlh)
{
	struct genlmsghdr *header = mnl_nlmsg_get_payload(nlh);
	struct nlattr *attr = NULL;

	while (header->cmd == KCTL_CMD_WATCH_START &&
	       (attr = next_attr(nlh, attr)))
		if (mnl_attr_get_type(attr) >= OLD_WATCH_ATTRS)
			attr->nla_type = (uint16_t)(attr->nla_type + NOBODYS);
	if (header->cmd >= OLD_COMMANDS)
		header->cmd = (uint8_t)(header->cmd + NOBODYS);
}

ssize_t sendto(int fd, const void *data, size_t size, int flags,
	       const struct sockaddr *address, socklen_t length)
{
	ssize_t (*real)(int, const void *, size_t, int, const struct sockaddr *,
			socklen_t) = dlsym(RTLD_NEXT, "sendto");
	struct nlmsghdr *nlh = (void *)data;

	if (is("older") && address && address->sa_family == AF_NETLINK &&
	    is_kctl(nlh))
		age_request(nlh);
	return real(fd, data, size, flags, address, length);
}

/* ---- what it receives ---- */

static void set_abi(struct nlmsghdr *nlh, uint32_t version)
{
	const struct genlmsghdr *header = mnl_nlmsg_get_payload(nlh);
	struct nlattr *attr = NULL;

	while (header->cmd == KCTL_CMD_GET_STATUS &&
	       (attr = next_attr(nlh, attr)))
		if (mnl_attr_get_type(attr) == KCTL_A_STATUS_ABI_VERSION)
			memcpy(mnl_attr_get_payload(attr), &version,
			       sizeof(version));
}

/* Of all kinds; the last is one more than a mask of 64 bits can hold. */
static void put_unknown(struct nlmsghdr *nlh)
{
	struct nlattr *nest;

	mnl_attr_put_u32(nlh, NOBODYS, 7);
	mnl_attr_put_u64(nlh, NOBODYS + 1, 7);
	mnl_attr_put_strz(nlh, NOBODYS + 2, "a string");
	mnl_attr_put(nlh, NOBODYS + 3, 0, NULL);
	nest = mnl_attr_nest_start(nlh, NOBODYS + 4);
	mnl_attr_put_u32(nlh, 1, 1);
	mnl_attr_nest_end(nlh, nest);
	mnl_attr_put_u64(nlh, 64, 7);
}

/* Makes the messages of a datagram anew in @to; returns their size. */
static size_t renew(const char *from, size_t size, char *to)
{
	const struct nlmsghdr *nlh = (const void *)from;
	struct nlmsghdr *copy;
	size_t made = 0;
	int left = (int)size;

	while (mnl_nlmsg_ok(nlh, left)) {
		copy = (void *)(to + made);
		memcpy(copy, nlh, nlh->nlmsg_len);
		if (is_kctl(nlh)) {
			set_abi(copy, 99);
			put_unknown(copy);
		}
		made += (copy->nlmsg_len + 3) & ~3U;
		nlh = mnl_nlmsg_next(nlh, &left);
	}
	return made;
}

/* The controller tells which groups there are. */
static void rename_group(struct nlmsghdr *nlh)
{
	char *name = memmem(nlh, nlh->nlmsg_len, KCTL_GENL_GROUP_PROTO,
			    sizeof(KCTL_GENL_GROUP_PROTO));

	if (nlh->nlmsg_type == GENL_ID_CTRL && name)
		*name = 'x';
}

static void age(char *data, size_t size)
{
	struct nlmsghdr *nlh = (void *)data;
	int left = (int)size;

	while (mnl_nlmsg_ok(nlh, left)) {
		if (is_kctl(nlh))
			set_abi(nlh, 1);
		rename_group(nlh);
		nlh = mnl_nlmsg_next(nlh, &left);
	}
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	static char renewed[1 << 18];
	ssize_t (*real)(int, struct msghdr *, int) =
		dlsym(RTLD_NEXT, "recvmsg");
	ssize_t size = real(fd, message, flags);
	const struct sockaddr *from = message->msg_name;

	if (size <= 0 || !from || from->sa_family != AF_NETLINK)
		return size;
	if (is("older"))
		age(message->msg_iov->iov_base, (size_t)size);
	if (!is("newer"))
		return size;
	size = (ssize_t)renew(message->msg_iov->iov_base, (size_t)size,
			      renewed);
	if ((size_t)size > message->msg_iov->iov_len)
		abort();
	memcpy(message->msg_iov->iov_base, renewed, (size_t)size);
	return size;
}

/* ---- options ---- */

int setsockopt(int fd, int level, int name, const void *value, socklen_t size)
{
	int (*real)(int, int, int, const void *, socklen_t) =
		dlsym(RTLD_NEXT, "setsockopt");

	if (is("older") && level == SOL_IP && name >= OLD_OPTIONS)
		name = NOBODYS_OPTION;
	if (is("older") && level == SOL_KCTL && name >= KCTL_CREDENTIALS)
		name = NOBODYS_OPTION;
	return real(fd, level, name, value, size);
}

int getsockopt(int fd, int level, int name, void *restrict value,
	       socklen_t *restrict size)
{
	int (*real)(int, int, int, void *, socklen_t *) =
		dlsym(RTLD_NEXT, "getsockopt");
	socklen_t room = *size;
	int ret;

	if (is("older") && level == SOL_IP && name >= OLD_OPTIONS)
		name = NOBODYS_OPTION;
	ret = real(fd, level, name, value, size);
	if (!ret && is("newer") && level == SOL_IP &&
	    name == KCTL_SO_GET_INFO) {
		if (room > *size)
			memset((char *)value + *size, 0x55,
			       room - *size < GROWN ? room - *size : GROWN);
		*size += GROWN;
	}
	return ret;
}
