// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <netinet/ip_icmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "client.h"

#define ATTR_HEADER sizeof(struct nlattr)

static void interrupted(int number)
{
	(void)number;
}

void interrupt_calls(unsigned int usec)
{
	struct sigaction action = { .sa_handler = interrupted };
	struct itimerval often = { { 0, (suseconds_t)usec },
				   { 0, (suseconds_t)usec } };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
}

/* ---- channels ------------------------------------------------------------------ */

static int read_family(void)
{
	FILE *file = fopen("/sys/module/kctl/parameters/family", "re");
	int family;

	if (!file)
		return -1;
	if (fscanf(file, "%d", &family) != 1)
		family = -1;
	fclose(file);
	return family;
}

/* Read once: a module that is loaded again takes the same number. */
int channel_family(void)
{
	static atomic_int family = -1;

	if (atomic_load(&family) < 0)
		atomic_store(&family, read_family());
	return atomic_load(&family);
}

int channel_open(void)
{
	return result(socket(channel_family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

struct sockaddr_kctl channel_address(uint32_t channel)
{
	return (struct sockaddr_kctl){
		.skc_family = (__kernel_sa_family_t)channel_family(),
		.skc_channel = channel,
	};
}

int channel_bind(int fd, uint32_t channel)
{
	struct sockaddr_kctl name = channel_address(channel);

	return result(bind(fd, (struct sockaddr *)&name, sizeof(name)));
}

int channel_connect(int fd, uint32_t channel)
{
	struct sockaddr_kctl name = channel_address(channel);

	return result(connect(fd, (struct sockaddr *)&name, sizeof(name)));
}

int channel_set_option(int fd, int option, int value)
{
	return result(setsockopt(fd, SOL_KCTL, option, &value, sizeof(value)));
}

int channel_send(int fd, uint32_t channel, const void *data, size_t size)
{
	struct sockaddr_kctl name;

	if (!channel)
		return result(send(fd, data, size, 0));
	name = channel_address(channel);
	return result(sendto(fd, data, size, 0, (struct sockaddr *)&name,
			     sizeof(name)));
}

/* ---- the store ----------------------------------------------------------------- */

int store_open(void)
{
	return result(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

size_t store_put(struct kctl_entry *entry, const char *name, const void *value,
		 size_t size)
{
	memset(entry, 0, KCTL_TABLE_STRIDE(size));
	snprintf(entry->name, sizeof(entry->name), "%s", name);
	entry->size = (uint32_t)size;
	memcpy(entry->value, value, size);
	return KCTL_TABLE_STRIDE(size);
}

static int set_option(int fd, int option, const void *value, size_t size)
{
	return result(setsockopt(fd, SOL_IP, option, value, (socklen_t)size));
}

static int get_option(int fd, int option, void *value, size_t room)
{
	socklen_t size = (socklen_t)room;
	int ret = result(getsockopt(fd, SOL_IP, option, value, &size));

	return ret ? ret : (int)size;
}

int store_set(int fd, const struct kctl_entry *entry)
{
	return set_option(fd, KCTL_SO_SET_ENTRY, entry,
			  sizeof(*entry) + entry->size);
}

int store_delete(int fd, const struct kctl_entry *entry)
{
	return set_option(fd, KCTL_SO_DEL_ENTRY, entry, sizeof(*entry));
}

int store_get(int fd, struct kctl_entry *entry, size_t room)
{
	return get_option(fd, KCTL_SO_GET_ENTRY, entry, room);
}

int store_get_table(int fd, struct kctl_table *table, size_t room)
{
	return get_option(fd, KCTL_SO_GET_TABLE, table, room);
}

int store_replace(int fd, const struct kctl_table *table, size_t size)
{
	return set_option(fd, KCTL_SO_REPLACE, table, size);
}

int store_clear(int fd)
{
	struct kctl_table empty = { .entries = 0 };

	return store_replace(fd, &empty, sizeof(empty));
}

/* ---- generic netlink ----------------------------------------------------------- */

int genl_open(void)
{
	struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	int fd = result(
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC));
	int ret;

	if (fd < 0)
		return fd;
	ret = result(bind(fd, (struct sockaddr *)&any, sizeof(any)));
	if (ret) {
		close(fd);
		return ret;
	}
	return fd;
}

void genl_begin(struct genl_request *r, int type, int cmd, int flags,
		uint32_t seq)
{
	struct nlmsghdr header = {
		.nlmsg_type = (uint16_t)type,
		.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags),
		.nlmsg_seq = seq,
	};
	struct genlmsghdr genl = { .cmd = (uint8_t)cmd,
				   .version = KCTL_GENL_VERSION };

	*r = (struct genl_request){ .size = GENL_HEADERS };
	memcpy(r->bytes, &header, sizeof(header));
	memcpy(r->bytes + NLMSG_HDRLEN, &genl, sizeof(genl));
}

void genl_put(struct genl_request *r, int type, const void *data, size_t size)
{
	struct nlattr attr = { .nla_len = (uint16_t)(ATTR_HEADER + size),
			       .nla_type = (uint16_t)type };

	memcpy(r->bytes + r->size, &attr, sizeof(attr));
	memcpy(r->bytes + r->size + sizeof(attr), data, size);
	r->size += (size_t)NLA_ALIGN(attr.nla_len);
}

void genl_put_u32(struct genl_request *r, int type, uint32_t value)
{
	genl_put(r, type, &value, sizeof(value));
}

int genl_send(int fd, struct genl_request *r)
{
	uint32_t size = (uint32_t)r->size;

	memcpy(r->bytes, &size, sizeof(size));
	return result(send(fd, r->bytes, r->size, 0));
}

/* Returns 1 if the answer continues, otherwise the result of the request. */
static int take_message(const struct nlmsghdr *nlh, uint32_t seq,
			genl_take_fn *take, void *data)
{
	if (nlh->nlmsg_seq != seq)
		return 1;
	if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE)
		return *(const int *)NLMSG_DATA(nlh);
	if (take)
		take(nlh, data);
	return 1;
}

/*
 * The kernel answers before send(2) returns. A socket that others use too, or that watches,
 * also has other messages, so this number of reads looks for the answer.
 */
static int wait_answer(int fd, uint32_t seq, void *buffer, genl_take_fn *take,
		       void *data)
{
	for (int i = 0; i < 64; i++) {
		int64_t got = recv(fd, buffer, GENL_ANSWER, MSG_DONTWAIT);
		struct nlmsghdr *nlh = buffer;

		if (got < 0 && errno != ENOBUFS && errno != EINTR)
			return GENL_UNKNOWN;
		for (; NLMSG_OK(nlh, got); nlh = NLMSG_NEXT(nlh, got)) {
			int ret = take_message(nlh, seq, take, data);

			if (ret <= 0)
				return ret;
		}
	}
	return GENL_UNKNOWN;
}

int genl_ask(int fd, struct genl_request *r, void *buffer, genl_take_fn *take,
	     void *data)
{
	int ret = genl_send(fd, r);

	if (ret < 0)
		return ret;
	return wait_answer(fd, ((struct nlmsghdr *)r->bytes)->nlmsg_seq, buffer,
			   take, data);
}

static _Thread_local _Alignas(struct nlmsghdr) uint8_t own_buffer[GENL_ANSWER];

int genl_ask_alone(struct genl_request *r, genl_take_fn *take, void *data)
{
	int fd = genl_open(), ret;

	if (fd < 0)
		return fd;
	ret = genl_ask(fd, r, own_buffer, take, data);
	close(fd);
	return ret;
}

static const struct nlattr *find(const void *from, size_t size, int type)
{
	const uint8_t *at = from, *end = at + size;

	while (at + ATTR_HEADER <= end) {
		const struct nlattr *attr = (const void *)at;

		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr;
		if (attr->nla_len < ATTR_HEADER)
			return NULL;
		at += NLA_ALIGN(attr->nla_len);
	}
	return NULL;
}

const struct nlattr *genl_attr(const struct nlmsghdr *nlh, int type)
{
	return find((const uint8_t *)nlh + GENL_HEADERS,
		    nlh->nlmsg_len - GENL_HEADERS, type);
}

const struct nlattr *genl_nested(const struct nlattr *attr, int type)
{
	return find(attr + 1, attr->nla_len - ATTR_HEADER, type);
}

/* Returns the number of the group at a position, from 1, in the list of the module. */
static uint32_t group_number(const struct nlattr *groups, int place)
{
	const struct nlattr *group = genl_nested(groups, place);
	const struct nlattr *id =
		group ? genl_nested(group, CTRL_ATTR_MCAST_GRP_ID) : NULL;
	uint32_t number = 0;

	if (id)
		memcpy(&number, id + 1, sizeof(number));
	return number;
}

static void take_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *number = genl_attr(nlh, CTRL_ATTR_FAMILY_ID);
	const struct nlattr *groups = genl_attr(nlh, CTRL_ATTR_MCAST_GROUPS);
	struct genl *genl = data;

	if (number)
		memcpy(&genl->family, number + 1, sizeof(genl->family));
	if (groups) {
		genl->store_group = group_number(groups, 1);
		genl->proto_group = group_number(groups, 2);
	}
}

int genl_resolve(int fd, struct genl *genl)
{
	struct genl_request r;
	int ret;

	genl_begin(&r, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_ACK, 1);
	genl_put(&r, CTRL_ATTR_FAMILY_NAME, KCTL_GENL_NAME,
		 sizeof(KCTL_GENL_NAME));
	ret = genl_ask(fd, &r, own_buffer, take_family, genl);
	if (ret)
		return ret == GENL_UNKNOWN ? -ENOBUFS : ret;
	return genl->family && genl->store_group && genl->proto_group ? 0 :
									-EPROTO;
}

int genl_call(int fd, const struct genl *genl, int cmd, int flags)
{
	struct genl_request r;

	genl_begin(&r, genl->family, cmd, flags, 0);
	return genl_send(fd, &r);
}

int genl_call_channel(int fd, const struct genl *genl, int cmd,
		      uint32_t channel)
{
	struct genl_request r;

	genl_begin(&r, genl->family, cmd, 0, 0);
	genl_put_u32(&r, KCTL_A_CHANNEL_NUMBER, channel);
	return genl_send(fd, &r);
}

void genl_drain(int fd)
{
	char buffer[4096];

	while (recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT) > 0 ||
	       errno == ENOBUFS)
		;
}

/* ---- packets to watch ---------------------------------------------------------- */

int echo_open(void)
{
	int fd = result(socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP));
	int least = 1;

	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least));
	return fd;
}

static uint16_t checksum(const uint16_t *words, size_t count)
{
	uint32_t sum = 0;

	while (count--)
		sum += *words++;
	sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t) ~(sum + (sum >> 16));
}

int echo_send(int fd, uint16_t seq, size_t size, int flags)
{
	struct sockaddr_in lo = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	union {
		struct icmphdr header;
		uint16_t words[32];
	} packet = { .header.type = ICMP_ECHO };

	if (size > sizeof(packet))
		return -EMSGSIZE;
	packet.header.un.echo.sequence = htons(seq);
	packet.header.checksum = checksum(packet.words, size / 2);
	return result(sendto(fd, &packet, size, flags, (struct sockaddr *)&lo,
			     sizeof(lo)));
}
