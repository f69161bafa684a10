/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options of kctl watch icmp */
#ifndef KCTL_WATCH_OPTIONS_H
#define KCTL_WATCH_OPTIONS_H

#include "capture.h"
#include "types.h"
#include "cli/opt.h"
#include "cli/timestamp.h"
#include "lib/libkctl.h"

/* With a file, --summary without an interval prints one table. */
#define SUMMARY_AT_END INT64_MAX

/* A prefix option: the argument, or NULL, and the parsed prefix. */
struct prefix_arg {
	const char *text;
	struct kctl_prefix prefix;
};

/* A number option for which 0 is a valid value. */
struct given_u32 {
	bool given;
	uint32_t value;
};

/**
 * struct watch_args - parsed command line of watch icmp
 * @v4: match ICMP for IPv4 only
 * @v6: match ICMPv6 only
 * @in: match incoming packets only
 * @out: match locally sent packets only
 * @dev: match this interface only, or NULL
 * @src: match this source prefix only
 * @dst: match this destination prefix only
 * @host: match this prefix of the source or the destination only
 * @types: match these types and this code only
 * @coalesce: time in µs for which the kernel collects records before it sends them
 * @sample: report one in @sample packets, at random
 * @snaplen: maximum number of bytes captured of a packet
 * @count: end after this many packets; 0 for no limit
 * @duration: end after this time in ns; 0 for no limit
 * @timeout: end after this time in ns without a packet; negative for no limit
 * @time: format of time stamps
 * @rcvbuf: size of the receive buffer in bytes; 0 for the default
 * @hex: print the captured bytes as well
 * @read: name of the capture file to read, or NULL
 * @file: name of the capture file to write, or NULL
 * @rotation: when to go on in another file
 * @summary: interval between summaries in ns; 0 for no summary, SUMMARY_AT_END for one
 * @totals_only: print no packets
 * @json: print JSON
 * @filter: filter built from the options above, without the interface index
 * @wrong: text of a usage error
 */
struct watch_args {
	bool v4;
	bool v6;
	bool in;
	bool out;
	const char *dev;
	struct prefix_arg src;
	struct prefix_arg dst;
	struct prefix_arg host;
	struct type_args types;
	struct given_u32 coalesce;
	uint32_t sample;
	struct given_u32 snaplen;
	uint64_t count;
	int64_t duration;
	int64_t timeout;
	enum time_format time;
	uint32_t rcvbuf;
	bool hex;
	const char *read;
	const char *file;
	struct rotation rotation;
	int64_t summary;
	bool totals_only;
	bool json;
	struct kctl_watch_filter filter;
	char wrong[256];
};

extern const struct opt watch_options[];
extern const struct watch_args watch_defaults;

/**
 * watch_prepare() - check option combinations and build the filter
 * @args: struct watch_args
 * @operands: unused
 *
 * Return: text of a usage error, or NULL.
 */
const char *watch_prepare(void *args, char *const *operands);

#endif /* KCTL_WATCH_OPTIONS_H */
