/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libkctl: the protocol family and its channels */
#ifndef KCTL_LIBKCTL_PROTO_H
#define KCTL_LIBKCTL_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/kctl.h>

#include "libkctl_common.h"

KCTL_BEGIN_DECLS

/* A socket of the protocol family. */
struct kctl_proto;

/**
 * kctl_proto_open() - open a socket of the protocol family
 * @proto: set to the handle, or to NULL on failure
 *
 * Return: 0, -EPERM, -ENOPROTOOPT, -EAFNOSUPPORT, -ENOBUFS or -ENOMEM.
 */
int kctl_proto_open(struct kctl_proto **proto);

/**
 * kctl_proto_adopt() - take over a socket, such as the one that kctl proto bind passes
 * to a program
 * @proto: set to the handle, or to NULL on failure
 * @fd: the socket; on success it belongs to the handle
 *
 * Return: 0, -ENOTSOCK, -EBADF or -ENOMEM.
 */
int kctl_proto_adopt(struct kctl_proto **proto, int fd);

/**
 * kctl_proto_close() - close a socket and free the handle
 * @proto: the handle, or NULL
 */
void kctl_proto_close(struct kctl_proto *proto);

/**
 * kctl_proto_fd() - get the socket, to poll(2) for POLLIN or POLLOUT
 * @proto: the handle
 *
 * When it is readable, another receiver can take the message first: kctl_proto_recv() then
 * returns -EAGAIN, and the program polls again.
 *
 * Return: the file descriptor; it still belongs to the handle.
 */
int kctl_proto_fd(const struct kctl_proto *proto);

/**
 * kctl_proto_strerror() - describe the last failure of a handle
 * @proto: the handle
 *
 * Return: a sentence without a full stop, as kctl_strerror() returns it; valid for ever.
 */
const char *kctl_proto_strerror(const struct kctl_proto *proto);

/**
 * kctl_proto_set_option() - set an option of level SOL_KCTL
 * @proto: the handle, before kctl_proto_bind()
 * @option: KCTL_EXCLUSIVE, KCTL_MODE or KCTL_HISTORY; use kctl_proto_set_tap() for KCTL_TAP, and
 *	kctl_proto_hold() and kctl_proto_hold_time() for KCTL_HOLD and KCTL_HOLD_TIME
 * @value: its value
 *
 * Return: 0, -EOPNOTSUPP or -EINVAL.
 */
int kctl_proto_set_option(struct kctl_proto *proto,
			  enum kctl_proto_option option, int value);

/**
 * kctl_proto_set_tap() - make a socket a tap that counts missed messages
 * @proto: the handle, before kctl_proto_bind()
 *
 * Its receive buffer becomes as large as the privileges of the caller allow.
 *
 * Return: 0, -EINVAL (it is bound, or was made to hold messages) or -EOPNOTSUPP.
 */
int kctl_proto_set_tap(struct kctl_proto *proto);

/**
 * kctl_proto_missed() - read how many messages a tap has missed
 * @proto: the tap
 * @missed: set to the number of messages, which wraps, or to 0 on failure
 *
 * Return: 0 or a negative errno.
 */
int kctl_proto_missed(struct kctl_proto *proto, uint32_t *missed);

/**
 * kctl_proto_resolve() - find the channel that has a name
 * @proto: the handle
 * @name: the name
 * @channel: set to the number of the channel, or to 0 on failure
 *
 * Return: 0, -ENOENT, -EINVAL (not a valid name for a channel), or -EOPNOTSUPP if the module is
 * too old.
 */
int kctl_proto_resolve(struct kctl_proto *proto, const char *name,
		       uint32_t *channel);

/**
 * kctl_proto_bind() - become a receiver of a channel, or a tap
 * @proto: the handle
 * @channel: the channel, or 0 to let the kernel pick one; set to the number of the channel
 *
 * Return: 0, -EACCES, -EADDRINUSE, -EADDRNOTAVAIL, -EINVAL, -ENOSPC or -ENOMEM.
 */
int kctl_proto_bind(struct kctl_proto *proto, uint32_t *channel);

/**
 * kctl_proto_connect() - set the channel of send(2) and write(2)
 * @proto: the handle
 * @channel: the channel
 *
 * Return: 0, -EACCES, -ECONNREFUSED, -ENOSPC or -ENOMEM.
 */
int kctl_proto_connect(struct kctl_proto *proto, uint32_t channel);

/**
 * kctl_proto_disconnect() - undo kctl_proto_connect()
 * @proto: the socket
 *
 * Return: 0 or a negative errno.
 */
int kctl_proto_disconnect(struct kctl_proto *proto);

/**
 * kctl_proto_owner() - find the owner of the channel of a socket
 * @proto: a socket that is connected or bound to a channel
 * @uid: set to the user ID of the owner, or to 0 on failure
 *
 * Return: 0, -ENOTCONN, or -EOPNOTSUPP if the module is too old to report it.
 */
int kctl_proto_owner(struct kctl_proto *proto, uint32_t *uid);

/**
 * kctl_proto_send() - send a message to a channel
 * @proto: the handle
 * @channel: the channel
 * @timeout: ns to wait while the channel is full; negative: no limit
 * @data: the message
 * @size: bytes of @data; the limit of the kernel is KCTL_MESSAGE_MAX
 *
 * The timeout applies to this message only. It uses the option SO_SNDTIMEO of the socket, which
 * is 0 afterwards. A socket with O_NONBLOCK never waits: if the channel is full, it fails at
 * once with -ETIMEDOUT, or with -EAGAIN if there is no limit.
 *
 * Return: 0, -EAGAIN if the channel is full and the timeout is 0, -ETIMEDOUT if it stayed full
 * until the timeout, -EIDRM if it was deleted while the call waited, -EINTR, -EINVAL (channel
 * 0), -EPIPE (the socket is shut down for sending), -EACCES, -EMSGSIZE, -ENOSPC, -ENOBUFS,
 * -ECONNREFUSED or -ENOMEM.
 */
int kctl_proto_send(struct kctl_proto *proto, uint32_t channel, int64_t timeout,
		    const void *data, size_t size);

/**
 * kctl_proto_send_as() - send a message as another user
 * @proto: the handle
 * @channel: the channel
 * @timeout: as for kctl_proto_send()
 * @uid: user that receivers see
 * @gid: group that they see
 * @data: the message
 * @size: bytes of @data
 *
 * This requires CAP_SETUID for a user ID that is not one of the caller's, and CAP_SETGID for
 * such a group ID.
 *
 * Return: as kctl_proto_send(); also -EPERM, or -EINVAL if this user namespace has no such
 * user or group.
 */
int kctl_proto_send_as(struct kctl_proto *proto, uint32_t channel,
		       int64_t timeout, uint32_t uid, uint32_t gid,
		       const void *data, size_t size);

/**
 * kctl_proto_ask_details() - ask for the sender, the time and the history of each message
 * @proto: the handle
 *
 * A module that is too old does not report the history.
 *
 * Return: 0 or a negative errno.
 */
int kctl_proto_ask_details(struct kctl_proto *proto);

/**
 * struct kctl_received - properties of a message
 * @from: channel that its sender was bound to, 0 if none
 * @has_sender: @pid and @uid are known
 * @pid: PID of the sender; 0 if the process has none in this PID namespace
 * @uid: user of the sender
 * @time: time at which it entered the channel, in ns since the epoch; 0: unknown
 * @missed: for a tap: number of messages missed before this one, which wraps
 * @held: after kctl_proto_hold(): identifies the message for kctl_proto_settle(), and reports
 *	how often it was delivered and until when it is held. Otherwise all members are zero,
 *	except the history of a dead letter, see kctl_proto_ask_details()
 *
 * The program allocates it.
 */
struct kctl_received {
	uint32_t from;
	bool has_sender;
	uint32_t pid;
	uint32_t uid;
	uint64_t time;
	uint32_t missed;
	struct kctl_held held;
};

/**
 * kctl_proto_recv() - receive the oldest message, without waiting
 * @proto: a bound socket
 * @received: set to its properties, or to zeros if there is no message; sender, time and
 *	history only after kctl_proto_ask_details()
 * @received_size: sizeof(*@received)
 * @data: set to the message
 * @size: bytes at @data; KCTL_MESSAGE_MAX is enough for every message
 *
 * Return: the size of the message, -EAGAIN if there is no message, or the socket holds as many
 * as kctl_proto_hold() permits, -EMSGSIZE if the message did not fit (@received is filled in,
 * and @data has the beginning; the rest is lost unless the message is held) or -ENOTCONN.
 */
ssize_t kctl_proto_recv(struct kctl_proto *proto,
			struct kctl_received *received, size_t received_size,
			void *data, size_t size);

/**
 * kctl_proto_peek() - read the oldest message, which stays in the channel, without waiting
 * @proto: a bound socket
 * @received: as for kctl_proto_recv(), but never held
 * @received_size: sizeof(*@received)
 * @data: set to the message
 * @size: bytes at @data
 *
 * Return: as kctl_proto_recv(); a message that did not fit is not lost.
 */
ssize_t kctl_proto_peek(struct kctl_proto *proto,
			struct kctl_received *received, size_t received_size,
			void *data, size_t size);

/**
 * kctl_proto_hold() - hold the messages that the socket receives from now on, until
 * they are settled
 * @proto: the socket, not a tap
 * @count: largest number of messages that the socket holds at once, 1 to KCTL_HOLD_MAX; 0, the
 *	initial value: it does not hold messages
 *
 * Messages that are not settled when the last descriptor of the socket is closed, for whatever
 * reason, return to their places in the channel.
 *
 * Return: 0; -EINVAL; -EACCES if it is bound to a channel that it may not send to; -EBUSY if
 * @count is 0 and it holds messages; -ENOBUFS; -ENOMEM; -EOPNOTSUPP if the module is too old.
 */
int kctl_proto_hold(struct kctl_proto *proto, int count);

/**
 * kctl_proto_hold_time() - limit how long the socket holds each message
 * @proto: the socket, not a tap
 * @milliseconds: longest time, up to KCTL_TIME_MAX; 0, the initial value: no limit. Applies to
 *	messages that are received, or extended with KCTL_SETTLE_EXTEND, from now on
 *
 * A message whose hold time is over returns to its place in the channel, and the delivery
 * counts. The deadline of a message is in &struct kctl_received.
 *
 * Return: 0; -EINVAL; -EOPNOTSUPP if the module is too old.
 */
int kctl_proto_hold_time(struct kctl_proto *proto, int milliseconds);

/**
 * kctl_proto_held() - count the messages that a socket holds
 * @proto: the socket
 * @count: set to their number, or to 0 on failure
 *
 * Return: 0, or -EOPNOTSUPP if the module is too old.
 */
int kctl_proto_held(struct kctl_proto *proto, int *count);

/**
 * kctl_proto_settle() - settle messages that a socket holds
 * @proto: the socket
 * @settles: the messages, each with a verb and optionally a delay
 * @count: number of @settles, 1 to KCTL_SETTLE_MAX
 *
 * Return: 0; -ESTALE if some messages were no longer held, after all others were settled;
 * -EINVAL if an element is invalid, or the module is too old for its delay, for
 * KCTL_SETTLE_EXTEND or for KCTL_SETTLE_DEAD: then nothing is settled; -ENOTCONN if the socket
 * is not bound; -EOPNOTSUPP if the module is too old to settle messages.
 */
int kctl_proto_settle(struct kctl_proto *proto,
		      const struct kctl_settle *settles, size_t count);

KCTL_END_DECLS

#endif /* KCTL_LIBKCTL_PROTO_H */
