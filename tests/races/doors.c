// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The doors of the module, as short as races want them.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <netinet/ip_icmp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "races.h"

/* Larger than a page, and than what a message can be without one of its own. */
#define LARGEST 70000

int result(long ret)
{
	return ret < 0 ? -errno : (int)(ret & 0x7fffffff);
}

void fill(unsigned char *bytes, size_t size)
{
	memset(bytes, (int)(size & 0xff), size);
}

bool is_filled(const unsigned char *bytes, size_t size)
{
	if (!size)
		return true;
	return bytes[0] == (size & 0xff) && !memcmp(bytes, bytes + 1, size - 1);
}

/* ---- channels ---- */

static int read_family(void)
{
	FILE *file = fopen("/sys/module/kctl/parameters/family", "re");
	int family = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%d", &family) != 1)
		family = 0;
	fclose(file);
	return family;
}

/* A module that is loaded again takes the same. */
static int proto_family(void)
{
	static atomic_int family;

	if (!atomic_load(&family))
		atomic_store(&family, read_family());
	return atomic_load(&family);
}

int proto_socket(void)
{
	return result(socket(proto_family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

void address_of(struct sockaddr_kctl *address, uint32_t channel)
{
	*address = (struct sockaddr_kctl){
		.skc_family = (__kernel_sa_family_t)proto_family(),
		.skc_channel = channel,
	};
}

/* To channel 0: where the socket sends anyway. */
int send_to(int fd, uint32_t channel, size_t size)
{
	static __thread unsigned char bytes[LARGEST];
	struct sockaddr_kctl address;

	fill(bytes, size);
	if (!channel)
		return result(send(fd, bytes, size, 0));
	address_of(&address, channel);
	return result(sendto(fd, bytes, size, 0, (struct sockaddr *)&address,
			     sizeof(address)));
}

int receive(int fd, int flags)
{
	static __thread unsigned char bytes[LARGEST];
	int ret = result(recv(fd, bytes, sizeof(bytes), flags));

	if (ret > 0 && !is_filled(bytes, (size_t)ret))
		complain("a message of %d bytes that nobody sent", ret);
	return ret;
}

/* ---- store ---- */

int store_open(void)
{
	return result(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

static size_t put_entry(void *to, const char *name, size_t size)
{
	struct kctl_entry *entry = to;

	memset(entry, 0, KCTL_TABLE_STRIDE(size));
	strcpy(entry->name, name);
	entry->size = (uint32_t)size;
	fill(entry->value, size);
	return KCTL_TABLE_STRIDE(size);
}

int store_set(int fd, const char *name, size_t size, uint32_t flags,
	      uint64_t generation)
{
	static __thread _Alignas(8) unsigned char bytes[LARGEST];
	struct kctl_entry *entry = (void *)bytes;

	put_entry(bytes, name, size);
	entry->flags = flags;
	entry->generation = generation;
	return result(setsockopt(fd, SOL_IP, KCTL_SO_SET_ENTRY, bytes,
				 (socklen_t)(sizeof(*entry) + size)));
}

int store_replace(int fd, unsigned int entries)
{
	static __thread _Alignas(8) unsigned char bytes[LARGEST];
	struct kctl_table *table = (void *)bytes;
	size_t size = sizeof(*table);
	unsigned int i;

	*table = (struct kctl_table){ .entries = entries };
	for (i = 0; i < entries; i++) {
		char name[KCTL_NAME_SIZE];

		snprintf(name, sizeof(name), "n%u", i);
		size += put_entry(bytes + size, name, below(3000));
	}
	return result(setsockopt(fd, SOL_IP, KCTL_SO_REPLACE, bytes,
				 (socklen_t)size));
}

/* ---- netlink ---- */

int genl_open(void)
{
	struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&any, sizeof(any))) {
		close(fd);
		return -errno;
	}
	return fd;
}

static struct nlmsghdr *put_request(char *buffer, uint16_t type, uint8_t cmd,
				    uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct genlmsghdr *header;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	header = mnl_nlmsg_put_extra_header(nlh, sizeof(*header));
	header->cmd = cmd;
	header->version = KCTL_GENL_VERSION;
	return nlh;
}

int genl_send(int fd, const struct genl *genl, uint8_t cmd, uint16_t flags,
	      uint32_t channel)
{
	char buffer[256];
	struct nlmsghdr *nlh = put_request(buffer, genl->family, cmd, flags);

	if (channel)
		mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_NUMBER, channel);
	return result(send(fd, nlh, nlh->nlmsg_len, 0));
}

static int get_group_part(const struct nlattr *attr, void *data)
{
	struct genl *genl = data;

	if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_ID)
		genl->store_group = mnl_attr_get_u32(attr);
	return MNL_CB_OK;
}

static int get_group(const struct nlattr *attr, void *data)
{
	return mnl_attr_parse_nested(attr, get_group_part, data);
}

static int get_family_part(const struct nlattr *attr, void *data)
{
	struct genl *genl = data;

	if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
		genl->family = mnl_attr_get_u16(attr);
	if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GROUPS)
		return mnl_attr_parse_nested(attr, get_group, data);
	return MNL_CB_OK;
}

/* -ENOENT where the module is not loaded. */
int genl_resolve(int fd, struct genl *genl)
{
	char buffer[8192];
	struct nlmsghdr *nlh =
		put_request(buffer, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	ssize_t size;

	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, KCTL_GENL_NAME);
	if (send(fd, nlh, nlh->nlmsg_len, 0) < 0)
		return -errno;
	size = recv(fd, buffer, sizeof(buffer), 0);
	if (size < 0)
		return -errno;
	nlh = (struct nlmsghdr *)buffer;
	if (nlh->nlmsg_type == NLMSG_ERROR)
		return ((struct nlmsgerr *)mnl_nlmsg_get_payload(nlh))->error;
	mnl_attr_parse(nlh, sizeof(struct genlmsghdr), get_family_part, genl);
	return 0;
}

void genl_drain(int fd)
{
	char buffer[4096];

	while (recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT) > 0 ||
	       errno == ENOBUFS)
		;
}

/* ---- packets ---- */

int ping_open(void)
{
	int small = 1;
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);

	if (fd < 0)
		return -errno;
	/* The kernel's answers are not read. */
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	return fd;
}

int ping(int fd)
{
	struct icmphdr request = { .type = ICMP_ECHO,
				   .checksum = htons(0xf7ff) };
	struct sockaddr_in lo = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	return result(sendto(fd, &request, sizeof(request), MSG_DONTWAIT,
			     (struct sockaddr *)&lo, sizeof(lo)));
}
