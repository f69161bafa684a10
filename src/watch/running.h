/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of a run of kctl watch icmp, which its parts share */
#ifndef KCTL_WATCH_RUNNING_H
#define KCTL_WATCH_RUNNING_H

#include "capture.h"
#include "ifname.h"
#include "options.h"
#include "replay.h"
#include "rtt.h"
#include "summary.h"
#include "cli/stream.h"

/**
 * struct watch - a running watch
 * @stream: state shared with other streams; first member
 * @args: command line arguments
 * @filter: kernel filter, including the interface index
 * @link: monitor of the interface of --dev, or NULL
 * @rcvbuf: actual size of the receive buffer in bytes, if --rcvbuf was given
 * @interfaces: interface name cache
 * @time: time stamp formatter
 * @rtt: requests that wait for a reply
 * @latest: time of the latest record, in ns of kctl_watch_clock()
 * @behind: ns from that clock to wait_now(), and the shortest delay of a record
 * @has_clock: the module reports that clock
 * @summary: summary table, or NULL
 * @ticks: time of the next table of a replay, on the clock of the capture; 0: not known
 * @replay: the file of -r
 * @input: its name as errors have it
 * @capture: capture file
 * @turn_error: negative errno of the file that @capture could not go on in, or 0
 * @errors: printer on standard error, for when standard output is the capture
 */
struct watch {
	struct stream stream;
	const struct watch_args *args;
	struct kctl_watch_filter filter;
	struct kctl_link *link;
	uint32_t rcvbuf;
	struct ifname_cache interfaces;
	struct timestamp time;
	struct rtt_table *rtt;
	uint64_t latest;
	int64_t behind;
	bool has_clock;
	struct summary *summary;
	uint64_t ticks;
	struct replay replay;
	char input[128];
	struct capture capture;
	int turn_error;
	struct out errors;
};

#endif /* KCTL_WATCH_RUNNING_H */
