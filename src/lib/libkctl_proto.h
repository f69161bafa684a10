/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libkctl, door 3: channels */
#ifndef KCTL_LIBKCTL_PROTO_H
#define KCTL_LIBKCTL_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/kctl.h>

/**
 * kctl_proto_open() - open a socket of the protocol family
 * @family: set to the number of the family, for the functions below
 *
 * Return: a file descriptor that the caller closes, or -EPERM, -ENOPROTOOPT,
 * -ENOBUFS, -ENOMEM.
 */
int kctl_proto_open(int *family);

/**
 * kctl_proto_set_option() - set what is special about a socket
 * @fd: from kctl_proto_open(), before kctl_proto_bind()
 * @option: KCTL_EXCLUSIVE or KCTL_MODE; for KCTL_TAP there is kctl_proto_set_tap()
 * @value: its value
 *
 * Return: 0, or -EOPNOTSUPP, -EINVAL.
 */
int kctl_proto_set_option(int fd, enum kctl_proto_option option, int value);

/**
 * kctl_proto_set_tap() - make a socket a tap, which is told of what it misses
 * @fd: from kctl_proto_open(), before kctl_proto_bind()
 *
 * Its receive buffer is made as large as the caller may.
 *
 * Return: 0, or -EOPNOTSUPP.
 */
int kctl_proto_set_tap(int fd);

/**
 * kctl_proto_missed() - ask how much a tap has missed until now
 * @fd: the tap
 * @missed: set to the number of messages; it wraps
 *
 * Return: 0 or a negative errno.
 */
int kctl_proto_missed(int fd, uint32_t *missed);

/**
 * kctl_proto_bind() - become a receiver of a channel, or a tap
 * @fd: from kctl_proto_open()
 * @family: likewise
 * @channel: the channel; 0: the kernel picks one. Set to the one it is
 *
 * Return: 0, or -EACCES, -EADDRINUSE, -EINVAL, -ENOSPC, -ENOMEM.
 */
int kctl_proto_bind(int fd, int family, uint32_t *channel);

/**
 * kctl_proto_connect() - say where send(2) and write(2) shall go
 * @fd: from kctl_proto_open()
 * @family: likewise
 * @channel: the channel
 *
 * Return: 0, or -EACCES, -ECONNREFUSED, -ENOSPC, -ENOMEM.
 */
int kctl_proto_connect(int fd, int family, uint32_t channel);

/**
 * struct kctl_message - where a message goes
 * @family: from kctl_proto_open()
 * @channel: the channel
 * @timeout: how long to wait while the channel is full, in ns; negative: as long as
 *	it takes
 */
struct kctl_message {
	int family;
	uint32_t channel;
	int64_t timeout;
};

/**
 * kctl_proto_send() - put a message into a channel
 * @fd: from kctl_proto_open()
 * @message: where to, and how long to try
 * @data: the message
 * @size: bytes of @data; the kernel takes up to KCTL_MESSAGE_MAX
 *
 * Return: 0, -EAGAIN if the channel is full and the timeout 0, -ETIMEDOUT if it
 * stayed full for that long, -EINTR, -EACCES, -EMSGSIZE, -ENOSPC, -ENOBUFS,
 * -ECONNREFUSED, -ENOMEM.
 */
int kctl_proto_send(int fd, const struct kctl_message *message,
		    const void *data, size_t size);

/**
 * kctl_proto_ask_details() - be told who sent each message, and when
 * @fd: from kctl_proto_open()
 *
 * Return: 0 or a negative errno.
 */
int kctl_proto_ask_details(int fd);

/**
 * struct kctl_received - what is known of a message
 * @from: channel that its sender was bound to, 0 if none
 * @has_sender: @pid and @uid are known
 * @pid: process that sent it; 0 if that cannot be seen from here
 * @uid: its user
 * @time: when it was sent, in ns since the epoch; 0: not known
 * @missed: of a tap: messages that it had missed when this one came; it wraps
 */
struct kctl_received {
	uint32_t from;
	bool has_sender;
	uint32_t pid;
	uint32_t uid;
	uint64_t time;
	uint32_t missed;
};

/**
 * kctl_proto_recv() - take the oldest message out, without waiting
 * @fd: a bound socket
 * @received: gets what is known of it: sender and time after
 *	kctl_proto_ask_details() only
 * @data: gets the message
 * @size: bytes at @data; with KCTL_MESSAGE_MAX every message fits
 *
 * Return: size of the message, or -EAGAIN if there is none, -EMSGSIZE if it did
 * not fit (what did is in @data, the rest is gone), -ENOTCONN.
 */
ssize_t kctl_proto_recv(int fd, struct kctl_received *received, void *data,
			size_t size);

#endif /* KCTL_LIBKCTL_PROTO_H */
