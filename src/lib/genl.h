/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests to the generic netlink family; private to the library */
#ifndef LIBKCTL_GENL_H
#define LIBKCTL_GENL_H

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "libkctl.h"

/* Room for the largest record, or for a full message of small ones. */
#define GENL_BUFFER_SIZE (256 * 1024)

/* Offset of the attributes in a generic netlink message. */
#define GENL_ATTRS sizeof(struct genlmsghdr)

/* A request has a few numbers, two sets of at most 256 types and three prefixes. */
#define GENL_REQUEST_SIZE 1024

/*
 * Callback for a message of an answer, or for a notification. Returns 0 to go on, or a
 * negative errno to end the request with it.
 */
typedef int genl_message_fn(struct kctl_genl *genl, const struct nlmsghdr *nlh,
			    void *data);

struct kctl_genl {
	struct mnl_socket *nl;
	uint16_t family;
	uint32_t seq;
	char *ext_ack;
	size_t ext_ack_size;
	genl_message_fn *unasked;
	bool overrun;
	bool has_rcvbuf;
	bool has_records; /* at least one arrived */
	bool has_offset; /* of the records of this message; older modules lack it */
	int64_t offset; /* KCTL_A_EVENTS_OFFSET */
	kctl_record_fn *record;
	void *record_data;
	uint32_t store_group;
	kctl_store_event_fn *store_event;
	void *store_event_data;
	uint32_t pid_ns; /* inode number of our pid namespace, or 0 */
	uint8_t *buffer;
	_Alignas(struct nlmsghdr) uint8_t request[GENL_REQUEST_SIZE];
};

/**
 * genl_request_begin() - begin a request in the buffer of the handle
 * @genl: the handle
 * @cmd: enum kctl_cmd
 * @flags: NLM_F_ACK or NLM_F_DUMP
 *
 * Return: the message, for attributes to be added.
 */
struct nlmsghdr *genl_request_begin(struct kctl_genl *genl, enum kctl_cmd cmd,
				    uint16_t flags);

/**
 * genl_request() - send a request and read its answer
 * @genl: the handle
 * @nlh: from genl_request_begin()
 * @fn: called for each message of the answer; NULL if there is only an ACK
 * @data: passed to @fn
 *
 * Return: 0, a negative errno from the kernel or from @fn, or -ENOBUFS if an overrun
 * lost the answer.
 */
int genl_request(struct kctl_genl *genl, const struct nlmsghdr *nlh,
		 genl_message_fn *fn, void *data);

/**
 * genl_read() - read a datagram of notifications
 * @genl: the handle; its @unasked callback gets the messages
 *
 * Return: 0, -EAGAIN, or a negative errno.
 */
int genl_read(struct kctl_genl *genl);

/**
 * genl_drain() - read all notifications in the queue
 * @genl: the handle; its @unasked callback gets the messages
 *
 * Return: 0 or a negative errno.
 */
int genl_drain(struct kctl_genl *genl);

/**
 * genl_grow_receive_buffer() - make room for thousands of notifications
 * @genl: the handle; does nothing after kctl_genl_rcvbuf()
 */
void genl_grow_receive_buffer(struct kctl_genl *genl);

/**
 * struct genl_list - the result of a dump
 * @items: array of items
 * @count: number of items
 * @capacity: number of items for which memory is allocated
 * @size: bytes of an item
 */
struct genl_list {
	void *items;
	size_t count;
	size_t capacity;
	size_t size;
};

/**
 * genl_list_add() - append to a list
 * @list: the list
 * @item: the item, which is copied
 *
 * Return: 0 or -ENOMEM.
 */
int genl_list_add(struct genl_list *list, const void *item);

/**
 * genl_dump() - dump a list, again if it changed during the dump
 * @genl: the handle
 * @cmd: enum kctl_cmd
 * @fn: called for each message with @list as its data, to append to it
 * @list: all zeros except its @size; after a failure there is nothing to free
 *
 * Return: 0, or an error of genl_request().
 */
int genl_dump(struct kctl_genl *genl, enum kctl_cmd cmd, genl_message_fn *fn,
	      struct genl_list *list);

#endif /* LIBKCTL_GENL_H */
