/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of generic netlink: put together, sent, and what comes back */
#ifndef GENL_H
#define GENL_H

#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "fuzz.h"

#define REQUEST_SIZE 1024
#define HEADERS	     ((size_t)(NLMSG_HDRLEN + GENL_HDRLEN))

/**
 * struct request - a request that is being put together
 * @size: bytes of it
 * @bytes: the message
 */
struct request {
	size_t size;
	_Alignas(struct nlmsghdr) uint8_t bytes[REQUEST_SIZE];
};

typedef void genl_take_fn(const struct nlmsghdr *nlh, void *data);

uint16_t genl_family(void);
uint32_t genl_group(void);
void genl_put(struct request *r, int type, const void *data, size_t size);
void genl_put_u32(struct request *r, int type, uint32_t value);
void genl_begin(struct request *r, int type, int cmd, int flags, uint32_t seq);

/* 0, a negative errno, or UNKNOWN; what is not the answer is thrown away. */
int genl_ask(int fd, struct request *r, void *buffer, genl_take_fn *take,
	     void *data);

#endif /* GENL_H */
