/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests to the generic netlink family; private to the library */
#ifndef LIBKCTL_GENL_H
#define LIBKCTL_GENL_H

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "libkctl_watch.h"

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
	char ext_ack[128]; /* of the last request, or "" after another failure */
	int error; /* of the last call that failed */
	genl_message_fn *unasked; /* of the watch or the subscription, if any */
	int stopped; /* what the program's callback returned, unless 0 */
	bool busy; /* a callback may be running */
	bool overrun;
	bool has_rcvbuf;
	bool has_records; /* at least one has arrived */
	bool has_offset; /* of the records of this message; older modules lack it */
	int64_t offset; /* KCTL_A_EVENTS_OFFSET */
	kctl_record_fn *record;
	void *record_data;
	uint32_t store_group;
	uint32_t proto_group;
	kctl_store_event_fn *store_event;
	kctl_channel_event_fn *channel_event;
	void *event_data;
	uint32_t pid_ns; /* inode number of our pid namespace, or 0 */
	uint8_t *buffer;
	_Alignas(struct nlmsghdr) uint8_t request[GENL_REQUEST_SIZE];
};

/**
 * struct kctl_status - answer to KCTL_CMD_GET_STATUS
 * @module_version: version of the module, NUL-terminated
 * @present: bit n is set if attribute n was in the answer; an older module sends
 *	fewer attributes
 * @value: the numbers, indexed by enum kctl_status_attr; 0 if not present
 */
struct kctl_status {
	char module_version[32];
	uint64_t present;
	uint64_t value[KCTL_A_STATUS_MAX + 1];
};

/**
 * struct genl_channel - a channel, and the memory of its list
 * @public: what the program sees
 * @sockets: what @public.sockets points to
 */
struct genl_channel {
	struct kctl_channel public;
	uint32_t sockets[KCTL_CHANNEL_SOCKETS_LISTED];
};

/**
 * genl_channel_attr() - take an attribute of enum kctl_channel_attr
 * @attr: the attribute
 * @channel: a struct genl_channel
 *
 * Return: MNL_CB_OK.
 */
int genl_channel_attr(const struct nlattr *attr, void *channel);

/**
 * genl_status() - read the status into memory of the caller
 * @genl: the handle
 * @status: set to the answer
 *
 * Return: 0, or an error of genl_request().
 */
int genl_status(struct kctl_genl *genl, struct kctl_status *status);

/**
 * genl_failed() - record a failure that is not an answer of the kernel
 * @genl: the handle; the message of the kernel about an earlier failure is dropped
 * @err: a negative errno
 *
 * Return: @err.
 */
int genl_failed(struct kctl_genl *genl, int err);

/**
 * genl_result() - end a call of the program
 * @genl: the handle
 * @err: 0, a negative errno of a request, or one from genl_failed()
 *
 * Return: @err, or if it is 0, the value that a callback of the program returned during the
 * call; if that is negative, the call has failed.
 */
int genl_result(struct kctl_genl *genl, int err);

/**
 * genl_copy_struct() - copy a structure from a program that may know another version of it
 * @to: the structure, as this library knows it; members that @from lacks become zero
 * @size: bytes of @to
 * @from: the structure, as the program knows it
 * @from_size: bytes of @from
 *
 * Return: 0, or -E2BIG if the program sets a member that this library does not know.
 */
int genl_copy_struct(void *to, size_t size, const void *from, size_t from_size);

/**
 * genl_request_begin() - begin a request in the buffer of the handle
 * @genl: the handle
 * @cmd: enum kctl_cmd
 * @flags: NLM_F_ACK or NLM_F_DUMP
 *
 * Return: the message, to which attributes can be added.
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
 * Return: 0, a negative errno from the kernel or from @fn, -ENOBUFS if an overrun lost
 * the answer, or -EDEADLK in a callback.
 */
int genl_request(struct kctl_genl *genl, struct nlmsghdr *nlh,
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
 * genl_list_pack() - copy a list into one block of memory
 * @list: the list
 * @head: bytes at the beginning of the block, for the caller: the size of a structure
 *	with pointers
 * @pointers: set to an array of pointers to the items; the items follow @head
 *
 * Return: the block, for free(), or NULL if there is no memory.
 */
void *genl_list_pack(const struct genl_list *list, size_t head,
		     const void ***pointers);

/**
 * genl_dump() - dump a list, and repeat the dump if the list changed meanwhile
 * @genl: the handle
 * @cmd: enum kctl_cmd
 * @fn: called for each message with @list as its data, to append to it
 * @list: all zeros except its @size; the caller frees its @items, after a failure too
 *
 * Return: 0, or an error of genl_request().
 */
int genl_dump(struct kctl_genl *genl, enum kctl_cmd cmd, genl_message_fn *fn,
	      struct genl_list *list);

#endif /* LIBKCTL_GENL_H */
