/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the requests on the generic netlink family share; not for commands */
#ifndef LIBKCTL_GENL_H
#define LIBKCTL_GENL_H

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "libkctl.h"

/* Room for the largest record, and for as many small ones as come together. */
#define GENL_BUFFER_SIZE (256 * 1024)

/* Where the attributes of a generic netlink message begin. */
#define GENL_ATTRS sizeof(struct genlmsghdr)

/* Requests carry a few numbers, two sets of at most 256 types and two prefixes. */
#define GENL_REQUEST_SIZE 1024

/*
 * Takes one message of an answer, or one that the kernel sent unasked. Returns 0
 * or a negative errno, which ends the request with it.
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
	bool has_records; /* at least one has come */
	kctl_record_fn *record;
	void *record_data;
	uint32_t store_group;
	kctl_store_event_fn *store_event;
	void *store_event_data;
	uint8_t *buffer;
	_Alignas(struct nlmsghdr) uint8_t request[GENL_REQUEST_SIZE];
};

/**
 * genl_request_begin() - begin a request in the buffer of the handle
 * @genl: the handle
 * @cmd: enum kctl_cmd
 * @flags: NLM_F_ACK or NLM_F_DUMP
 *
 * Return: the message, to put attributes into.
 */
struct nlmsghdr *genl_request_begin(struct kctl_genl *genl, enum kctl_cmd cmd,
				    uint16_t flags);

/**
 * genl_request() - send a request and take its answer
 * @genl: the handle
 * @nlh: from genl_request_begin()
 * @fn: takes the messages of the answer; NULL if only an acknowledgement comes
 * @data: handed to @fn
 *
 * Return: 0, what the kernel answered, what @fn returned, or -ENOBUFS if the
 * answer was lost to an overrun.
 */
int genl_request(struct kctl_genl *genl, const struct nlmsghdr *nlh,
		 genl_message_fn *fn, void *data);

/**
 * genl_read() - take one datagram that the kernel sent unasked
 * @genl: the handle; its unasked function gets the messages
 *
 * Return: 0, -EAGAIN, or a negative errno.
 */
int genl_read(struct kctl_genl *genl);

/**
 * genl_drain() - take everything that the kernel sent unasked
 * @genl: the handle; its unasked function gets the messages
 *
 * Return: 0 or a negative errno.
 */
int genl_drain(struct kctl_genl *genl);

/**
 * genl_grow_receive_buffer() - make room for thousands of unasked messages
 * @genl: the handle; what kctl_genl_rcvbuf() did is left alone
 */
void genl_grow_receive_buffer(struct kctl_genl *genl);

/**
 * struct genl_list - what a dump is gathered in
 * @items: an array
 * @count: how many there are
 * @capacity: how many there is room for
 * @size: bytes of one
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
 * @item: copied
 *
 * Return: 0 or -ENOMEM.
 */
int genl_list_add(struct genl_list *list, const void *item);

/**
 * genl_dump() - ask for a list, and again if it changed meanwhile
 * @genl: the handle
 * @cmd: enum kctl_cmd
 * @fn: takes the messages of the answer and appends to the list it is handed
 * @list: its size is set, the rest is zero; on failure there is nothing to free
 *
 * Return: 0, or what genl_request() returns.
 */
int genl_dump(struct kctl_genl *genl, enum kctl_cmd cmd, genl_message_fn *fn,
	      struct genl_list *list);

#endif /* LIBKCTL_GENL_H */
