// SPDX-License-Identifier: GPL-2.0-or-later
/* The proto interface: sockets of the protocol family */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "libkctl.h"
#include "genl.h"
#include "socket.h"
#include "sysfs.h"

#define NSEC_PER_SEC INT64_C(1000000000)

/* Room for a burst of messages while the program prints. */
#define TAP_RCVBUF (4 * 1024 * 1024)

/* The number in @text if it is valid for a protocol family, otherwise 0. */
static int family_number(const char *text)
{
	char *end;
	long number = strtol(text, &end, 10);

	return *end || number <= 0 || number >= AF_MAX ? 0 : (int)number;
}

/* sysfs is faster; netlink works where sysfs is not mounted. */
static int find_family(void)
{
	struct kctl_genl *genl;
	struct kctl_status status;
	char line[16];
	int err;

	if (sysfs_read("parameters/family", line, sizeof(line)) > 0 &&
	    family_number(line))
		return family_number(line);
	err = kctl_genl_open(&genl);
	if (err)
		return err;
	err = genl_status(genl, &status);
	kctl_genl_close(genl);
	if (err)
		return err;
	if (!kctl_status_has(&status, KCTL_A_STATUS_FAMILY))
		return -ENOPROTOOPT;
	return (int)kctl_status_value(&status, KCTL_A_STATUS_FAMILY);
}

struct kctl_proto {
	int fd;
	int family;
	int error; /* of the last call that failed */
};

static int make_handle(struct kctl_proto **proto, int fd, int family)
{
	*proto = calloc(1, sizeof(**proto));
	if (!*proto)
		return -ENOMEM;
	(*proto)->fd = fd;
	(*proto)->family = family;
	return 0;
}

int kctl_proto_adopt(struct kctl_proto **proto, int fd)
{
	int family;
	socklen_t len = sizeof(family);

	*proto = NULL;
	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &len))
		return -errno;
	return make_handle(proto, fd, family);
}

int kctl_proto_open(struct kctl_proto **proto)
{
	int family = find_family();
	int fd, err;

	*proto = NULL;
	if (family < 0)
		return family;
	fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return socket_error(family, errno);
	err = make_handle(proto, fd, family);
	if (err)
		close(fd);
	return err;
}

void kctl_proto_close(struct kctl_proto *proto)
{
	if (proto)
		close(proto->fd);
	free(proto);
}

int kctl_proto_fd(const struct kctl_proto *proto)
{
	return proto->fd;
}

const char *kctl_proto_strerror(const struct kctl_proto *proto)
{
	return kctl_strerror(proto->error);
}

/* Converts the result of a system call to the return value of the library. */
static int result(struct kctl_proto *proto, int err)
{
	if (err < 0)
		proto->error = err;
	return err;
}

static struct sockaddr_kctl channel_address(const struct kctl_proto *proto,
					    uint32_t channel)
{
	return (struct sockaddr_kctl){
		.skc_family = (__kernel_sa_family_t)proto->family,
		.skc_channel = channel,
	};
}

/* The socket exists, so the module is loaded but may lack the option. */
static int option_result(struct kctl_proto *proto, int ret)
{
	if (!ret)
		return 0;
	return result(proto, errno == ENOPROTOOPT ? -EOPNOTSUPP : -errno);
}

int kctl_proto_set_option(struct kctl_proto *proto,
			  enum kctl_proto_option option, int value)
{
	return option_result(proto, setsockopt(proto->fd, SOL_KCTL, (int)option,
					       &value, sizeof(value)));
}

int kctl_proto_hold(struct kctl_proto *proto, int count)
{
	return kctl_proto_set_option(proto, KCTL_HOLD, count);
}

int kctl_proto_hold_time(struct kctl_proto *proto, int milliseconds)
{
	return kctl_proto_set_option(proto, KCTL_HOLD_TIME, milliseconds);
}

int kctl_proto_held(struct kctl_proto *proto, int *count)
{
	socklen_t len = sizeof(*count);

	*count = 0;
	return option_result(proto, getsockopt(proto->fd, SOL_KCTL, KCTL_HELD,
					       count, &len));
}

int kctl_proto_settle(struct kctl_proto *proto,
		      const struct kctl_settle *settles, size_t count)
{
	if (count > KCTL_SETTLE_MAX)
		return result(proto, -EINVAL);
	return option_result(
		proto, setsockopt(proto->fd, SOL_KCTL, KCTL_SETTLE, settles,
				  (socklen_t)(count * sizeof(*settles))));
}

static int set_socket_option(const struct kctl_proto *proto, int option,
			     int value)
{
	return setsockopt(proto->fd, SOL_SOCKET, option, &value,
			  sizeof(value)) ?
		       -errno :
		       0;
}

int kctl_proto_set_tap(struct kctl_proto *proto)
{
	int err;

	err = kctl_proto_set_option(proto, KCTL_TAP, 1);
	if (err)
		return err;
	/* SO_RCVBUFFORCE needs CAP_NET_ADMIN over the initial user namespace. */
	if (set_socket_option(proto, SO_RCVBUFFORCE, TAP_RCVBUF))
		(void)set_socket_option(proto, SO_RCVBUF, TAP_RCVBUF);
	return result(proto, set_socket_option(proto, SO_RXQ_OVFL, 1));
}

int kctl_proto_missed(struct kctl_proto *proto, uint32_t *missed)
{
	socklen_t len = sizeof(*missed);

	*missed = 0;
	if (getsockopt(proto->fd, SOL_KCTL, KCTL_DROPS, missed, &len))
		return result(proto, -errno);
	return 0;
}

int kctl_proto_bind(struct kctl_proto *proto, uint32_t *channel)
{
	struct sockaddr_kctl addr = channel_address(proto, *channel);
	socklen_t len = sizeof(addr);

	if (bind(proto->fd, (const struct sockaddr *)&addr, len) ||
	    getsockname(proto->fd, (struct sockaddr *)&addr, &len))
		return result(proto, -errno);
	*channel = addr.skc_channel;
	return 0;
}

int kctl_proto_connect(struct kctl_proto *proto, uint32_t channel)
{
	struct sockaddr_kctl addr = channel_address(proto, channel);

	if (connect(proto->fd, (const struct sockaddr *)&addr, sizeof(addr)))
		return result(proto, -errno);
	return 0;
}

int kctl_proto_disconnect(struct kctl_proto *proto)
{
	const struct sockaddr none = { .sa_family = AF_UNSPEC };

	if (connect(proto->fd, &none, sizeof(none)))
		return result(proto, -errno);
	return 0;
}

int kctl_proto_owner(struct kctl_proto *proto, uint32_t *uid)
{
	socklen_t len = sizeof(*uid);

	*uid = 0;
	return option_result(proto, getsockopt(proto->fd, SOL_KCTL, KCTL_OWNER,
					       uid, &len));
}

int kctl_proto_resolve(struct kctl_proto *proto, const char *name,
		       uint32_t *channel)
{
	struct kctl_resolve resolve = { 0 };
	socklen_t len = sizeof(resolve);
	int err;

	*channel = 0;
	if (strlen(name) >= sizeof(resolve.name))
		return result(proto, -EINVAL);
	memcpy(resolve.name, name, strlen(name));
	err = option_result(proto, getsockopt(proto->fd, SOL_KCTL, KCTL_RESOLVE,
					      &resolve, &len));
	if (!err)
		*channel = resolve.channel;
	return err;
}

/* SO_SNDTIMEO is in µs and 0 means no timeout, so a timeout is at least 1 µs. */
static int set_send_timeout(int fd, int64_t timeout)
{
	struct timeval tv = {
		.tv_sec = timeout / NSEC_PER_SEC,
		.tv_usec = timeout % NSEC_PER_SEC / 1000,
	};

	if (timeout && !tv.tv_sec && !tv.tv_usec)
		tv.tv_usec = 1;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv)))
		return -errno;
	return 0;
}

/* A message and where it goes; @as: in whose name, or NULL. */
struct outgoing {
	struct sockaddr_kctl addr;
	const struct ucred *as;
	const void *data;
	size_t size;
};

static ssize_t send_signed(int fd, const struct outgoing *message, int flags)
{
	union {
		struct cmsghdr header;
		char buffer[CMSG_SPACE(sizeof(struct ucred))];
	} control = { .header = { .cmsg_level = SOL_SOCKET,
				  .cmsg_type = SCM_CREDENTIALS,
				  .cmsg_len =
					  CMSG_LEN(sizeof(struct ucred)) } };
	struct sockaddr_kctl addr = message->addr;
	struct iovec iov = { .iov_base = (void *)message->data,
			     .iov_len = message->size };
	const struct msghdr msg = {
		.msg_name = &addr,
		.msg_namelen = sizeof(addr),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.buffer),
	};

	memcpy(CMSG_DATA(&control.header), message->as, sizeof(*message->as));
	return sendmsg(fd, &msg, flags);
}

static ssize_t send_plain(int fd, const struct outgoing *message, int flags)
{
	return sendto(fd, message->data, message->size, flags,
		      (const struct sockaddr *)&message->addr,
		      sizeof(message->addr));
}

static int send_once(int fd, const struct outgoing *message, int flags)
{
	ssize_t sent = message->as ? send_signed(fd, message, flags) :
				     send_plain(fd, message, flags);

	return sent < 0 ? -errno : 0;
}

/* The timeout of a socket applies to its later sends too, so it is removed again. */
static int send_in_time(int fd, const struct outgoing *message, int64_t timeout)
{
	int err = set_send_timeout(fd, timeout);

	if (err)
		return err;
	err = send_once(fd, message, 0);
	(void)set_send_timeout(fd, 0);
	return err == -EAGAIN ? -ETIMEDOUT : err;
}

/* Most messages find room at once: only the others need the timeout. */
static int send_message(struct kctl_proto *proto,
			const struct outgoing *message, int64_t timeout)
{
	int err =
		send_once(proto->fd, message, timeout >= 0 ? MSG_DONTWAIT : 0);

	if (err == -EAGAIN && timeout > 0)
		err = send_in_time(proto->fd, message, timeout);
	return result(proto, err);
}

int kctl_proto_send(struct kctl_proto *proto, uint32_t channel, int64_t timeout,
		    const void *data, size_t size)
{
	const struct outgoing message = {
		.addr = channel_address(proto, channel),
		.data = data,
		.size = size,
	};

	return send_message(proto, &message, timeout);
}

int kctl_proto_send_as(struct kctl_proto *proto, uint32_t channel,
		       int64_t timeout, uint32_t uid, uint32_t gid,
		       const void *data, size_t size)
{
	const struct ucred as = { .pid = getpid(), .uid = uid, .gid = gid };
	const struct outgoing message = {
		.addr = channel_address(proto, channel),
		.as = &as,
		.data = data,
		.size = size,
	};

	return send_message(proto, &message, timeout);
}

int kctl_proto_ask_details(struct kctl_proto *proto)
{
	const int on = 1;
	int err = kctl_proto_set_option(proto, KCTL_CREDENTIALS, on);

	/* A module that lacks the option runs on kernels that have the other one. */
	if (err == -EOPNOTSUPP)
		err = set_socket_option(proto, SO_PASSCRED, on);
	if (!err)
		err = set_socket_option(proto, SO_TIMESTAMPNS, on);
	if (!err)
		(void)kctl_proto_set_option(proto, KCTL_HISTORY, on);
	return result(proto, err);
}

static void take_control(struct kctl_received *received,
			 const struct cmsghdr *cmsg)
{
	struct timespec ts;
	struct ucred cred;

	if (cmsg->cmsg_level == SOL_KCTL && cmsg->cmsg_type == SCM_KCTL_HELD)
		memcpy(&received->held, CMSG_DATA(cmsg),
		       sizeof(received->held));
	if (cmsg->cmsg_level != SOL_SOCKET)
		return;
	if (cmsg->cmsg_type == SCM_CREDENTIALS) {
		memcpy(&cred, CMSG_DATA(cmsg), sizeof(cred));
		received->has_sender = true;
		received->pid = (uint32_t)cred.pid;
		received->uid = cred.uid;
	} else if (cmsg->cmsg_type == SCM_TIMESTAMPNS) {
		memcpy(&ts, CMSG_DATA(cmsg), sizeof(ts));
		received->time =
			(uint64_t)(ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec);
	} else if (cmsg->cmsg_type == SO_RXQ_OVFL) {
		memcpy(&received->missed, CMSG_DATA(cmsg),
		       sizeof(received->missed));
	}
}

/* Room for all ancillary data of a message. */
union control {
	struct cmsghdr align;
	char buffer[CMSG_SPACE(sizeof(struct kctl_held)) +
		    CMSG_SPACE(sizeof(struct ucred)) +
		    CMSG_SPACE(sizeof(struct timespec)) +
		    CMSG_SPACE(sizeof(uint32_t))];
};

static ssize_t receive(struct kctl_proto *proto, struct kctl_received *received,
		       size_t received_size, void *data, size_t size, int flags)
{
	struct sockaddr_kctl addr = { 0 };
	struct iovec iov = { .iov_base = data, .iov_len = size };
	union control control;
	struct msghdr msg = {
		.msg_name = &addr,
		.msg_namelen = sizeof(addr),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t got = recvmsg(proto->fd, &msg, MSG_DONTWAIT | flags);
	struct kctl_received about = { .from = addr.skc_channel };
	struct cmsghdr *cmsg;

	if (got < 0) {
		memset(received, 0, received_size);
		return result(proto, -errno);
	}
	for (cmsg = CMSG_FIRSTHDR(&msg); cmsg; cmsg = CMSG_NXTHDR(&msg, cmsg))
		take_control(&about, cmsg);
	if (received_size > sizeof(about))
		memset(received, 0, received_size);
	memcpy(received, &about,
	       received_size < sizeof(about) ? received_size : sizeof(about));
	return msg.msg_flags & MSG_TRUNC ? result(proto, -EMSGSIZE) : got;
}

ssize_t kctl_proto_recv(struct kctl_proto *proto,
			struct kctl_received *received, size_t received_size,
			void *data, size_t size)
{
	return receive(proto, received, received_size, data, size, 0);
}

ssize_t kctl_proto_peek(struct kctl_proto *proto,
			struct kctl_received *received, size_t received_size,
			void *data, size_t size)
{
	return receive(proto, received, received_size, data, size, MSG_PEEK);
}
