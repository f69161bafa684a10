/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Races: two threads make two calls on one object, again and again, while a third
 * sends packets and a fourth tries to unload the module.
 */
#ifndef KCTL_RACES_H
#define KCTL_RACES_H

#include <stdbool.h>

#include "client.h"

/* A call, which returns 0 or more, or minus the errno. */
struct action {
	const char *name;
	int (*run)(void);
};

/*
 * One thread calls begin and end (if set) before and after each round, and finish after the
 * last round. A call may fail with the errnos in errors, which ends with 0.
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

/* Reports an error, and counts it. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* filled.c; channel 0 is the default destination of the socket */
bool is_filled(const unsigned char *data, size_t size);
int send_to(int fd, uint32_t channel, size_t size);
int receive(int fd, int flags);
int set_entry(int fd, const char *name, size_t size, uint32_t flags,
	      uint64_t generation);
int replace_entries(int fd, unsigned int entries);

/* A small echo request; never waits. */
static inline int ping(int fd)
{
	return echo_send(fd, 0, 8, MSG_DONTWAIT);
}

#endif
