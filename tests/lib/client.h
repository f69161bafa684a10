/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The client that the test programs in C share: races, the random caller, benchmarks.
 * It needs the headers of the kernel and no library, so a program can be static, and
 * built for 32 bits.
 *
 * A function that makes a call returns 0 or more, or minus the errno, unless documented
 * otherwise. The one client in Python is tests/vm/suite/lib/{genl,channel,store}.py.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <time.h>

#include <linux/genetlink.h>
#include <linux/kctl.h>
#include <linux/netlink.h>

/* Returns the result of a system call, or minus the errno if it failed. */
static inline int result(long ret)
{
	return ret < 0 ? -errno : ret > INT32_MAX ? INT32_MAX : (int)ret;
}

/* Nanoseconds of a clock that cannot be set. */
static inline int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

/* From now on, a signal every @usec ends calls that sleep with EINTR. */
void interrupt_calls(unsigned int usec);

/* ---- channels ------------------------------------------------------------------ */

/* The number of the protocol family, or -1 if the module was never loaded. */
int channel_family(void);

int channel_open(void);
struct sockaddr_kctl channel_address(uint32_t channel);
int channel_bind(int fd, uint32_t channel);
int channel_connect(int fd, uint32_t channel);
int channel_set_option(int fd, int option, int value);

/* Channel 0: the channel that the socket is connected to, or its default destination. */
int channel_send(int fd, uint32_t channel, const void *data, size_t size);

/* ---- the store ----------------------------------------------------------------- */

int store_open(void);

/*
 * Writes the header of an entry, its value and the padding up to the next entry of a table.
 * Returns their size in bytes; the entry alone has sizeof(*entry) + size.
 */
size_t store_put(struct kctl_entry *entry, const char *name, const void *value,
		 size_t size);

/* Both use the value of entry->size bytes, the flags and the generation of @entry. */
int store_set(int fd, const struct kctl_entry *entry);
int store_delete(int fd, const struct kctl_entry *entry);

/* The name is in @entry; @room bytes of header and value fit there. Returns the length. */
int store_get(int fd, struct kctl_entry *entry, size_t room);
int store_get_table(int fd, struct kctl_table *table, size_t room);

/* @size bytes of header and entries. */
int store_replace(int fd, const struct kctl_table *table, size_t size);
int store_clear(int fd);

/* ---- generic netlink ----------------------------------------------------------- */

#define GENL_HEADERS ((size_t)(NLMSG_HDRLEN + GENL_HDRLEN))
#define GENL_REQUEST 1024
#define GENL_ANSWER  (256 * 1024)

/* The result of a request whose answer was lost: no errno has this number. */
#define GENL_UNKNOWN 1000

/**
 * struct genl - the numbers of the family
 * @family: type of its messages
 * @store_group: the multicast group for events of the store
 * @proto_group: the multicast group for events of channels
 */
struct genl {
	uint16_t family;
	uint32_t store_group;
	uint32_t proto_group;
};

/**
 * struct genl_request - a request under construction
 * @size: size in bytes
 * @bytes: the message; genl_send() fills in its length
 */
struct genl_request {
	size_t size;
	_Alignas(struct nlmsghdr) uint8_t bytes[GENL_REQUEST];
};

typedef void genl_take_fn(const struct nlmsghdr *nlh, void *data);

int genl_open(void);

/* -ENOENT if the module is not loaded. */
int genl_resolve(int fd, struct genl *genl);

void genl_begin(struct genl_request *r, int type, int cmd, int flags,
		uint32_t seq);
void genl_put(struct genl_request *r, int type, const void *data, size_t size);
void genl_put_u32(struct genl_request *r, int type, uint32_t value);

/* Sends a request, and reads no answer. */
int genl_send(int fd, struct genl_request *r);

/*
 * Sends a request, and reads the answer into GENL_ANSWER bytes at @buffer. Passes each message
 * of the answer to @take, and drops all others. Returns 0, minus the errno, or GENL_UNKNOWN.
 */
int genl_ask(int fd, struct genl_request *r, void *buffer, genl_take_fn *take,
	     void *data);

/* The same on a socket of its own. */
int genl_ask_alone(struct genl_request *r, genl_take_fn *take, void *data);

/* A request without attributes, or about a channel, whose answer nobody reads. */
int genl_call(int fd, const struct genl *genl, int cmd, int flags);
int genl_call_channel(int fd, const struct genl *genl, int cmd,
		      uint32_t channel);

/* Reads and drops all messages that have arrived. */
void genl_drain(int fd);

/* Returns an attribute of a message, or a nested one; NULL if there is none. */
const struct nlattr *genl_attr(const struct nlmsghdr *nlh, int type);
const struct nlattr *genl_nested(const struct nlattr *attr, int type);

/* ---- packets to watch ---------------------------------------------------------- */

/* A raw socket that sends echo requests over lo, and does not read the answers. */
int echo_open(void);
int echo_send(int fd, uint16_t seq, size_t size, int flags);

#endif /* CLIENT_H */
