/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Races: two threads make two calls on one object, over and over, while a third
 * sends packets and a fourth tries to unload the module.
 */
#ifndef KCTL_RACES_H
#define KCTL_RACES_H

#include <linux/kctl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A call: 0 or more, or minus the errno. */
struct action {
	const char *name;
	int (*run)(void);
};

/*
 * begin and end are called by one thread, before and after each round. What a
 * call may fail with is in errors, which ends with 0.
 */
struct object {
	const char *name;
	const struct action *actions;
	const int *errors;
	void (*begin)(void);
	void (*end)(void);
	void (*finish)(void);
	bool unloads;
	bool only_with_first;
};

extern const struct object channel_object;
extern const struct object store_object;
extern const struct object watch_object;
extern const struct object memory_object;
extern const struct object namespace_object;
extern const struct object module_object;

/* A random number below a limit; each thread has its own series. */
uint32_t below(uint32_t limit);

/* Says what is wrong, and counts it. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What a system call returned, as minus the errno if it failed. */
int result(long ret);

/* Bytes that tell their number, so that what arrives can be checked. */
void fill(unsigned char *bytes, size_t size);
bool is_filled(const unsigned char *bytes, size_t size);

/* ---- the doors ---- */

int proto_socket(void);
void address_of(struct sockaddr_kctl *address, uint32_t channel);
int send_to(int fd, uint32_t channel, size_t size);
int receive(int fd, int flags);

int store_open(void);
int store_set(int fd, const char *name, size_t size, uint32_t flags,
	      uint64_t generation);
int store_replace(int fd, unsigned int entries);

struct genl {
	uint16_t family;
	uint32_t store_group;
};

int genl_open(void);
int genl_resolve(int fd, struct genl *genl);
int genl_send(int fd, const struct genl *genl, uint8_t cmd, uint16_t flags,
	      uint32_t channel);
void genl_drain(int fd);

/* Sends echo requests over lo. */
int ping_open(void);
int ping(int fd);

#endif
