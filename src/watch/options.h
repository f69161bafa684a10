/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of watch icmp */
#ifndef KCTL_WATCH_OPTIONS_H
#define KCTL_WATCH_OPTIONS_H

#include "cli/opt.h"
#include "cli/timestamp.h"
#include "lib/libkctl.h"

/* A set of ICMP and one of ICMPv6 types, as --type gives them. */
struct type_sets {
	bool given;
	bool types4[256];
	bool types6[256];
};

/* A prefix, and how it was written; NULL if it was not given. */
struct prefix_arg {
	const char *text;
	struct kctl_prefix prefix;
};

/* A number of which 0 is one, too. */
struct given_u32 {
	bool given;
	uint32_t value;
};

/**
 * struct watch_args - what the command line says
 * @v4: only ICMP for IPv4
 * @v6: only ICMPv6
 * @in: only what arrives
 * @out: only what is sent
 * @dev: name of the only interface, or NULL
 * @src: only from there
 * @dst: only to there
 * @types: only these types
 * @code: only this code
 * @sample: one in so many
 * @snaplen: bytes to capture
 * @coalesce: µs for which the kernel gathers
 * @count: end after so many packets
 * @duration: end after so many ns
 * @timeout: end when nothing came for so many ns
 * @time: how to tell the time
 * @rcvbuf: bytes of the receive buffer, or 0
 * @hex: print the packets, too
 * @file: write a capture there, or NULL
 * @summary: ns from one summary to the next, or 0
 * @totals_only: print no packets
 * @json: print JSON
 * @filter: what follows from all of that; its interface is looked up later
 * @wrong: what is wrong
 */
struct watch_args {
	bool v4;
	bool v6;
	bool in;
	bool out;
	const char *dev;
	struct prefix_arg src;
	struct prefix_arg dst;
	struct type_sets types;
	struct given_u32 code;
	struct given_u32 coalesce;
	uint32_t sample;
	uint32_t snaplen;
	uint64_t count;
	int64_t duration;
	int64_t timeout;
	enum time_format time;
	uint32_t rcvbuf;
	bool hex;
	const char *file;
	int64_t summary;
	bool totals_only;
	bool json;
	struct kctl_watch_filter filter;
	char wrong[256];
};

extern const struct opt watch_options[];
extern const struct watch_args watch_defaults;

/**
 * watch_prepare() - check what the options alone cannot say, and make the filter
 * @args: struct watch_args
 * @operands: none
 *
 * Return: what is wrong, or NULL.
 */
const char *watch_prepare(void *args, char *const *operands);

#endif /* KCTL_WATCH_OPTIONS_H */
