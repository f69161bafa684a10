// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The netlink interface: requests to the generic netlink family
 *
 * The kernel handles a request within sendto(2), so the answer is in the receive queue
 * when the call returns. It creates each further part of a dump within the recvmsg(2)
 * that reads the part before. So the socket is non-blocking: an answer that is not in
 * the queue is lost.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "genl.h"
#include "netlink.h"
#include "socket.h"

/* Room for thousands of records between two reads of a busy reader. */
#define UNASKED_RCVBUF (4 * 1024 * 1024)

/* Number of attempts to dump a list that keeps changing. */
#define DUMP_TRIES 8

/* Results of reading a datagram: the answer goes on, or it is complete. */
enum {
	GENL_MORE = 0,
	GENL_DONE = 1
};

struct answer {
	genl_message_fn *fn;
	void *data;
};

static struct nlmsghdr *request_header(struct kctl_genl *genl, uint16_t type,
				       uint8_t cmd, uint8_t version,
				       uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(genl->request);
	struct genlmsghdr *ghdr;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	ghdr = mnl_nlmsg_put_extra_header(nlh, sizeof(*ghdr));
	ghdr->cmd = cmd;
	ghdr->version = version;
	return nlh;
}

struct nlmsghdr *genl_request_begin(struct kctl_genl *genl, enum kctl_cmd cmd,
				    uint16_t flags)
{
	return request_header(genl, genl->family, (uint8_t)cmd,
			      KCTL_GENL_VERSION, flags);
}

static int take_ext_ack_attr(const struct nlattr *attr, void *data)
{
	struct kctl_genl *genl = data;
	int len = mnl_attr_get_payload_len(attr);
	int room = sizeof(genl->ext_ack) - 1;

	if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG)
		snprintf(genl->ext_ack, sizeof(genl->ext_ack), "%.*s",
			 len < room ? len : room, mnl_attr_get_str(attr));
	return MNL_CB_OK;
}

/*
 * Copy the message of the kernel from the attributes at @offset of the payload. The
 * offset depends on a length in the message, and libmnl does not check it.
 */
static void save_ext_ack(struct kctl_genl *genl, const struct nlmsghdr *nlh,
			 size_t offset)
{
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS &&
	    mnl_nlmsg_get_payload_len(nlh) >= offset)
		mnl_attr_parse(nlh, (unsigned int)offset, take_ext_ack_attr,
			       genl);
}

/* NLMSG_ERROR is an acknowledgement or an error. It ends the answer. */
static int take_error(struct kctl_genl *genl, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	size_t offset = sizeof(*e);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*e))
		return -EBADMSG;
	/* Unless the message is capped, the request precedes the attributes. */
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		offset += mnl_nlmsg_get_payload_len(&e->msg);
	save_ext_ack(genl, nlh, offset);
	return e->error < 0 ? e->error : GENL_DONE;
}

/* NLMSG_DONE ends a dump. It has an errno if the dump failed. */
static int take_done(struct kctl_genl *genl, const struct nlmsghdr *nlh)
{
	int error = 0;

	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(error))
		memcpy(&error, mnl_nlmsg_get_payload(nlh), sizeof(error));
	save_ext_ack(genl, nlh, sizeof(error));
	return error < 0 ? error : GENL_DONE;
}

static int take_message(struct kctl_genl *genl, const struct nlmsghdr *nlh,
			const struct answer *answer)
{
	if (!answer || nlh->nlmsg_seq != genl->seq) {
		if (genl->unasked && (nlh->nlmsg_type == genl->family ||
				      nlh->nlmsg_type == GENL_ID_CTRL))
			return genl->unasked(genl, nlh, NULL);
		return GENL_MORE;
	}
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		return -EINTR;
	if (nlh->nlmsg_type == NLMSG_ERROR)
		return take_error(genl, nlh);
	if (nlh->nlmsg_type == NLMSG_DONE)
		return take_done(genl, nlh);
	return answer->fn ? answer->fn(genl, nlh, answer->data) : GENL_MORE;
}

/* Read a datagram and handle its messages until one ends the answer. */
static int take_datagram(struct kctl_genl *genl, const struct answer *answer)
{
	const struct nlmsghdr *nlh = (const void *)genl->buffer;
	ssize_t got;
	int len, ret;

	got = netlink_receive(genl->nl, genl->buffer, GENL_BUFFER_SIZE);
	if (got < 0) {
		/*
		 * Overrun, or a datagram larger than the buffer: the numbers of
		 * the next records show how many were lost.
		 */
		if (got != -ENOBUFS && got != -ENOSPC && got != -EINTR)
			return (int)got;
		genl->overrun |= got != -EINTR;
		return GENL_MORE;
	}
	for (len = (int)got; netlink_message_ok(nlh, len);
	     nlh = mnl_nlmsg_next(nlh, &len)) {
		ret = take_message(genl, nlh, answer);
		if (ret != GENL_MORE)
			return ret;
	}
	return GENL_MORE;
}

/* The rest of an abandoned dump must not be read as the next answer. */
static void drain(struct kctl_genl *genl)
{
	while (take_datagram(genl, NULL) == GENL_MORE)
		;
}

int genl_failed(struct kctl_genl *genl, int err)
{
	/* A callback that calls is part of another call. */
	if (genl->busy)
		return err;
	genl->ext_ack[0] = '\0';
	genl->error = err;
	return err;
}

int genl_request(struct kctl_genl *genl, struct nlmsghdr *nlh,
		 genl_message_fn *fn, void *data)
{
	struct answer answer = { .fn = fn, .data = data };
	int ret = GENL_MORE;

	if (genl->busy)
		return -EDEADLK;
	genl->busy = true;
	genl->ext_ack[0] = '\0';
	nlh->nlmsg_seq = ++genl->seq;
	if (mnl_socket_sendto(genl->nl, nlh, nlh->nlmsg_len) < 0)
		ret = -errno;
	while (ret == GENL_MORE)
		ret = take_datagram(genl, &answer);
	if (ret == -EINTR)
		drain(genl);
	genl->busy = false;
	if (ret == -EAGAIN)
		ret = -ENOBUFS;
	return ret < 0 ? ret : 0;
}

int genl_read(struct kctl_genl *genl)
{
	int ret;

	if (genl->busy)
		return -EDEADLK;
	genl->busy = true;
	ret = take_datagram(genl, NULL);
	genl->busy = false;
	return !ret || ret == -EAGAIN ? ret : genl_failed(genl, ret);
}

int genl_result(struct kctl_genl *genl, int err)
{
	int stopped = genl->stopped;

	/* A callback that calls is part of another call, which will return it. */
	if (genl->busy)
		return err;
	genl->stopped = 0;
	if (!err)
		return stopped < 0 ? genl_failed(genl, stopped) : stopped;
	genl->error = err;
	return err;
}

int genl_copy_struct(void *to, size_t size, const void *from, size_t from_size)
{
	const char *bytes = from;

	for (size_t i = size; i < from_size; i++)
		if (bytes[i])
			return -E2BIG;
	memset(to, 0, size);
	memcpy(to, from, from_size < size ? from_size : size);
	return 0;
}

const char *kctl_genl_ext_ack(const struct kctl_genl *genl)
{
	return genl ? genl->ext_ack : "";
}

const char *kctl_genl_strerror(const struct kctl_genl *genl)
{
	return *genl->ext_ack ? genl->ext_ack : kctl_strerror(genl->error);
}

int genl_drain(struct kctl_genl *genl)
{
	int err;

	do {
		err = genl_read(genl);
	} while (!err);
	return err == -EAGAIN ? 0 : err;
}

int kctl_genl_rcvbuf(struct kctl_genl *genl, uint32_t size, uint32_t *got)
{
	int fd = mnl_socket_get_fd(genl->nl), number = (int)size;
	socklen_t len = sizeof(number);

	*got = 0;
	if (genl->busy)
		return -EDEADLK;
	genl->has_rcvbuf = true;
	/* SO_RCVBUFFORCE needs CAP_NET_ADMIN over the initial user namespace. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &number, len) &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &number, len))
		return genl_failed(genl, -errno);
	if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &number, &len))
		return genl_failed(genl, -errno);
	/* The kernel doubles the size to have room for its bookkeeping. */
	*got = (uint32_t)number / 2;
	return 0;
}

void genl_grow_receive_buffer(struct kctl_genl *genl)
{
	uint32_t got;

	/* If it fails, the default size has to do. */
	if (!genl->has_rcvbuf)
		(void)kctl_genl_rcvbuf(genl, UNASKED_RCVBUF, &got);
}

int genl_list_add(struct genl_list *list, const void *item)
{
	size_t capacity = list->capacity ? 2 * list->capacity : 64;
	void *larger;

	if (list->count == list->capacity) {
		larger = realloc(list->items, capacity * list->size);
		if (!larger)
			return -ENOMEM;
		list->items = larger;
		list->capacity = capacity;
	}
	memcpy((char *)list->items + list->count++ * list->size, item,
	       list->size);
	return 0;
}

void *genl_list_pack(const struct genl_list *list, size_t head,
		     const void ***pointers)
{
	size_t size = list->count * list->size;
	char *block = malloc(head + size + list->count * sizeof(**pointers));

	if (!block)
		return NULL;
	if (size)
		memcpy(block + head, list->items, size);
	*pointers = (void *)(block + head + size);
	for (size_t i = 0; i < list->count; i++)
		(*pointers)[i] = block + head + i * list->size;
	return block;
}

int genl_dump(struct kctl_genl *genl, enum kctl_cmd cmd, genl_message_fn *fn,
	      struct genl_list *list)
{
	int err, tries = DUMP_TRIES;

	do {
		list->count = 0;
		err = genl_request(genl,
				   genl_request_begin(genl, cmd, NLM_F_DUMP),
				   fn, list);
	} while (err == -EINTR && --tries);
	return err;
}

/* One of the multicast groups of the family. */
struct group {
	uint32_t id;
	char name[GENL_NAMSIZ];
};

static int take_group_attr(const struct nlattr *attr, void *data)
{
	uint16_t type = mnl_attr_get_type(attr);
	struct group *group = data;

	if (type == CTRL_ATTR_MCAST_GRP_ID &&
	    !mnl_attr_validate(attr, MNL_TYPE_U32))
		group->id = mnl_attr_get_u32(attr);
	else if (type == CTRL_ATTR_MCAST_GRP_NAME &&
		 !mnl_attr_validate(attr, MNL_TYPE_NUL_STRING))
		snprintf(group->name, sizeof(group->name), "%s",
			 mnl_attr_get_str(attr));
	return MNL_CB_OK;
}

static int take_group(const struct nlattr *attr, void *data)
{
	struct kctl_genl *genl = data;
	struct group group = { 0 };

	mnl_attr_parse_nested(attr, take_group_attr, &group);
	if (!strcmp(group.name, KCTL_GENL_GROUP_STORE))
		genl->store_group = group.id;
	else if (!strcmp(group.name, KCTL_GENL_GROUP_PROTO))
		genl->proto_group = group.id;
	return MNL_CB_OK;
}

static int take_family_attr(const struct nlattr *attr, void *data)
{
	struct kctl_genl *genl = data;

	if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID &&
	    !mnl_attr_validate(attr, MNL_TYPE_U16))
		genl->family = mnl_attr_get_u16(attr);
	else if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GROUPS)
		mnl_attr_parse_nested(attr, take_group, genl);
	return MNL_CB_OK;
}

static int take_family(struct kctl_genl *genl, const struct nlmsghdr *nlh,
		       void *data)
{
	(void)data;
	mnl_attr_parse(nlh, GENL_ATTRS, take_family_attr, genl);
	return GENL_MORE;
}

static int resolve_family(struct kctl_genl *genl)
{
	struct nlmsghdr *nlh;
	int err;

	nlh = request_header(genl, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1,
			     NLM_F_ACK);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, KCTL_GENL_NAME);
	err = genl_request(genl, nlh, take_family, NULL);
	if (err == -ENOENT || (!err && !genl->family))
		return -ENOPROTOOPT;
	return err;
}

static int open_socket(struct kctl_genl *genl)
{
	int one = 1;

	genl->nl =
		mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (!genl->nl)
		return socket_error(AF_NETLINK, errno);
	if (mnl_socket_bind(genl->nl, 0, MNL_SOCKET_AUTOPID))
		return -errno;
	/*
	 * Every supported kernel has all three options. Without them only the
	 * messages of the kernel would be missing.
	 */
	(void)mnl_socket_setsockopt(genl->nl, NETLINK_EXT_ACK, &one,
				    sizeof(one));
	(void)mnl_socket_setsockopt(genl->nl, NETLINK_CAP_ACK, &one,
				    sizeof(one));
	(void)mnl_socket_setsockopt(genl->nl, NETLINK_GET_STRICT_CHK, &one,
				    sizeof(one));
	return 0;
}

int kctl_genl_open(struct kctl_genl **genl)
{
	struct kctl_genl *g = calloc(1, sizeof(*g));
	int err = -ENOMEM;

	*genl = NULL;
	if (!g)
		return err;
	g->buffer = malloc(GENL_BUFFER_SIZE);
	if (g->buffer)
		err = open_socket(g);
	if (!err)
		err = resolve_family(g);
	if (err) {
		kctl_genl_close(g);
		return err;
	}
	*genl = g;
	return 0;
}

void kctl_genl_close(struct kctl_genl *genl)
{
	if (!genl)
		return;
	if (genl->nl)
		mnl_socket_close(genl->nl);
	free(genl->buffer);
	free(genl);
}

int kctl_genl_fd(const struct kctl_genl *genl)
{
	return mnl_socket_get_fd(genl->nl);
}
