// SPDX-License-Identifier: GPL-2.0-or-later
/* Channels: messages */
#include <fcntl.h>
#include <sys/uio.h>

#include "fuzz.h"

/* A message in up to three buffers, with or without an address and ancillary data. */
struct parts {
	struct msghdr msg;
	struct iovec iov[3];
	struct sockaddr_kctl address;
	_Alignas(struct cmsghdr)
		uint8_t control[CMSG_SPACE(sizeof(struct ucred)) +
				CMSG_SPACE(sizeof(struct kctl_held))];
};

static int random_flags(struct caller *c, int flag)
{
	int flags = one_in(c, 4) ? 0 : MSG_DONTWAIT;

	if (one_in(c, 6))
		flags |= flag;
	if (one_in(c, 40))
		flags |= (int)(1U << below(c, 31));
	return flags;
}

static void fill_iov(struct caller *c, struct parts *p, uint8_t *area)
{
	size_t pieces = 1 + below(c, 3);

	for (size_t i = 0; i < pieces; i++) {
		size_t size = random_size(c, i ? 4096 : KCTL_MESSAGE_MAX);

		p->iov[i].iov_base = bend_pointer(c, place(c, area, size));
		p->iov[i].iov_len = size;
	}
	p->msg.msg_iov = p->iov;
	p->msg.msg_iovlen = pieces;
}

static void put_credentials(struct caller *c, struct parts *p)
{
	struct ucred credentials = { getpid(), getuid(), getgid() };
	struct cmsghdr *cmsg = (void *)p->control;

	if (one_in(c, 3))
		credentials.pid = 1;
	if (one_in(c, 3))
		credentials.uid = below(c, 3);
	*cmsg = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(credentials)),
				  .cmsg_level = SOL_SOCKET,
				  .cmsg_type = SCM_CREDENTIALS };
	memcpy(CMSG_DATA(cmsg), &credentials, sizeof(credentials));
	if (one_in(c, 4))
		cmsg->cmsg_type = SCM_RIGHTS;
	bend(c, p->control, CMSG_SPACE(sizeof(credentials)));
	p->msg.msg_control = p->control;
	p->msg.msg_controllen = bend_length(c, CMSG_SPACE(sizeof(credentials)));
}

static void fill_message(struct caller *c, struct parts *p)
{
	*p = (struct parts){ 0 };
	fill_iov(c, p, c->buffer);
	if (one_in(c, 2)) {
		p->msg.msg_namelen = random_address(c, &p->address);
		p->msg.msg_name = &p->address;
	}
	if (one_in(c, 10))
		put_credentials(c, p);
}

static int call_sendmsg(struct caller *c)
{
	struct parts p;

	fill_message(c, &p);
	return result(sendmsg(random_proto(c), bend_pointer(c, &p.msg),
			      random_flags(c, MSG_MORE)));
}

/* Up to three messages for one call. */
struct several {
	struct mmsghdr messages[3];
	struct parts parts[3];
	unsigned int count;
};

static void fill_several(struct caller *c, struct several *s,
			 void (*fill)(struct caller *c, struct parts *p))
{
	s->count = 1 + below(c, 3);
	memset(s->messages, 0, sizeof(s->messages));
	for (unsigned int i = 0; i < s->count; i++) {
		fill(c, &s->parts[i]);
		s->messages[i].msg_hdr = s->parts[i].msg;
	}
}

static int call_sendmmsg(struct caller *c)
{
	struct several s;

	fill_several(c, &s, fill_message);
	return result(sendmmsg(random_proto(c), s.messages, s.count,
			       random_flags(c, MSG_MORE)));
}

static int call_write(struct caller *c)
{
	size_t size = random_size(c, KCTL_MESSAGE_MAX);
	void *data = place(c, c->buffer, size);

	return result(write(random_proto(c), bend_pointer(c, data), size));
}

static void fill_room(struct caller *c, struct parts *p)
{
	*p = (struct parts){ 0 };
	fill_iov(c, p, c->answer);
	if (one_in(c, 2)) {
		p->msg.msg_name = &p->address;
		p->msg.msg_namelen = (socklen_t)bend_length(c, 8);
	}
	if (one_in(c, 3)) {
		p->msg.msg_control = p->control;
		p->msg.msg_controllen = sizeof(p->control);
	} else if (one_in(c, 3)) {
		p->msg.msg_control = p->control;
		p->msg.msg_controllen = below(c, sizeof(p->control) + 1);
	}
}

static int call_recvmsg(struct caller *c)
{
	struct parts p;

	fill_room(c, &p);
	return result(recvmsg(
		random_proto(c), bend_pointer(c, &p.msg),
		random_flags(c, PICK(c, MSG_PEEK, MSG_TRUNC, MSG_WAITALL))));
}

static int call_recvmmsg(struct caller *c)
{
	struct timespec timeout = { .tv_nsec = 1000000 };
	struct several s;

	fill_several(c, &s, fill_room);
	return result(recvmmsg(random_proto(c), s.messages, s.count,
			       random_flags(c, MSG_PEEK), &timeout));
}

static int call_read(struct caller *c)
{
	size_t size = random_size(c, KCTL_MESSAGE_MAX);
	void *data = place(c, c->answer, size);

	return result(read(random_proto(c), bend_pointer(c, data), size));
}

/* The pipe belongs to this thread, and is empty before and after the call. */
static int call_splice(struct caller *c)
{
	unsigned int flags = one_in(c, 2) ? SPLICE_F_NONBLOCK : 0;
	size_t size = 1 + below(c, 20000);
	int fd = random_proto(c);
	ssize_t put, got;
	int err = 0;

	put = write(c->pipe[1], c->buffer, size);
	if (put < 0)
		return -errno;
	while (put > 0 && !err) {
		got = splice(c->pipe[0], NULL, fd, NULL, (size_t)put, flags);
		err = got < 0 ? -errno : 0;
		put -= got < 0 ? 0 : got;
	}
	while (put > 0) {
		got = read(c->pipe[0], c->answer, (size_t)put);
		put -= got < 0 ? 0 : got;
	}
	return err;
}

#define SEND_REFUSALS                                                         \
	EAGAIN, EMSGSIZE, EDESTADDRREQ, EINVAL, EACCES, EAFNOSUPPORT, ENOSPC, \
		ENOBUFS, ECONNREFUSED, EIDRM, EPIPE, EOPNOTSUPP, EPERM, ESRCH
#define RECEIVE_REFUSALS EAGAIN, ENOTCONN, EINVAL, EOPNOTSUPP, EMSGSIZE

const struct operation message_operations[] = {
	{ "sendmsg", call_sendmsg, ERRORS(SEND_REFUSALS), 40, false },
	{ "sendmmsg", call_sendmmsg, ERRORS(SEND_REFUSALS), 8, false },
	{ "write", call_write, ERRORS(SEND_REFUSALS), 16, false },
	{ "splice", call_splice, ERRORS(SEND_REFUSALS), 4, false },
	{ "recvmsg", call_recvmsg, ERRORS(RECEIVE_REFUSALS), 40, false },
	{ "recvmmsg", call_recvmmsg, ERRORS(RECEIVE_REFUSALS), 8, false },
	{ "read", call_read, ERRORS(RECEIVE_REFUSALS), 16, false },
	{ 0 },
};
