/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A random caller of all three interfaces. Each operation makes one call, well-formed or
 * slightly malformed, and returns its result. The call depends only on the random numbers
 * of the thread, so the same seed makes the same calls.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "client.h"

/*
 * Sockets have fixed descriptor numbers. If one thread uses a socket that another thread
 * has just closed, it finds either no file or a socket of the same kind.
 */
#define PROTO_FD      100
#define PROTO_SOCKETS 12
#define GENL_FD	      200
#define GENL_SOCKETS  8

/* Larger than any message; the page after the buffer is not mapped. */
#define BUFFER_SIZE (2 * 1024 * 1024)

#define ERRNO_MAX 134

/**
 * struct caller - one thread
 * @random: state of its random numbers
 * @buffer: BUFFER_SIZE bytes to send, then an unmapped page
 * @answer: the same number of bytes to receive into, then an unmapped page
 * @readonly: a page that cannot be written
 * @store: a UDP socket
 * @ping: raw sockets for ICMP and ICMPv6
 * @pipe: both ends of a pipe
 */
struct caller {
	uint64_t random;
	uint8_t *buffer;
	uint8_t *answer;
	uint8_t *readonly;
	int store;
	int ping[2];
	int pipe[2];
};

/**
 * struct operation - a call to make; an entry without a name ends a table
 * @name: its name in the report
 * @call: makes the call; returns 0 or more, a negative errno, or GENL_UNKNOWN
 * @errors: errnos that it may return, besides EBADF, EFAULT, EINTR and ENOMEM; 0 ends the list
 * @often: its weight among all operations
 * @never: it must never succeed
 */
struct operation {
	const char *name;
	int (*call)(struct caller *c);
	const int *errors;
	unsigned int often;
	bool never;
};

#define ERRORS(...) ((const int[]){ __VA_ARGS__, 0 })

extern const struct operation store_operations[];
extern const struct operation netlink_operations[];
extern const struct operation channel_operations[];
extern const struct operation message_operations[];
extern const struct operation system_operations[];

/* The counters of a network namespace, as GET_STATUS reports them. */
struct counters {
	uint64_t value[KCTL_A_STATUS_MAX + 1];
};

/* random.c */
uint64_t random_next(struct caller *c);
uint32_t below(struct caller *c, uint32_t limit);
bool one_in(struct caller *c, uint32_t n);
int pick(struct caller *c, const int *choices, size_t count);
#define PICK(c, ...)                          \
	pick(c, (const int[]){ __VA_ARGS__ }, \
	     sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int))
size_t random_size(struct caller *c, size_t limit);
void *place(struct caller *c, uint8_t *area, size_t size);
void bend(struct caller *c, void *data, size_t size);
size_t bend_length(struct caller *c, size_t size);
void *bend_pointer(struct caller *c, void *pointer);
bool caller_open(struct caller *c, uint64_t seed);

/* channel.c */
int proto_open(int number, int type, int protocol);
uint32_t random_channel(struct caller *c);
socklen_t random_address(struct caller *c, struct sockaddr_kctl *address);
int random_proto(struct caller *c);

/* netlink.c */
int netlink_open(int number, int type);

/* namespace.c */
extern struct genl genl; /* resolved by main(), before there are threads */
bool counters_read(struct counters *counters);
bool channels_clear(void);
bool hold_patches(void);

#endif /* FUZZ_H */
