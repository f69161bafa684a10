/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Read a capture as if the kernel reported its packets: the same filter, the same
 * records.
 */
#ifndef KCTL_WATCH_REPLAY_H
#define KCTL_WATCH_REPLAY_H

#include "frame.h"
#include "lib/libkctl.h"

/**
 * struct replay - a capture that is read; zeroed if there is none
 * @reader: the file
 * @filter: the packets to report; of a capture, it has no interface
 * @limit: number of packets after which it stops; 0: no limit
 * @begin: called once, when the file is known to be a capture; its error ends the replay
 * @fn: called for each record
 * @data: passed to @begin and @fn
 * @begun: @begin succeeded
 * @matched: number of packets that matched; that of the last record
 * @skipped: number of packets that are not ICMP
 */
struct replay {
	struct reader reader;
	const struct kctl_watch_filter *filter;
	uint64_t limit;
	int (*begin)(void *data);
	kctl_record_fn *fn;
	void *data;
	bool begun;
	uint64_t matched;
	uint64_t skipped;
};

/**
 * filter_match() - match a packet against a filter, as the kernel does
 * @filter: the filter; its interface is ignored
 * @icmp: the packet
 *
 * A packet whose type was not captured matches if any type and any code does.
 *
 * Return: true if the packet is to be reported.
 */
bool filter_match(const struct kctl_watch_filter *filter,
		  const struct icmp_frame *icmp);

/**
 * replay_read() - report the available packets, without waiting
 * @r: the replay, its @reader open
 *
 * Return: 0, -EAGAIN if there is nothing to read yet, -ENODATA at the end of the file,
 * -EPROTONOSUPPORT if its link type is not known, -ENOTSUP if @filter has a direction and
 * the link type has none, or an error of reader_fill(), reader_begin() or reader_next().
 */
int replay_read(struct replay *r);

#endif /* KCTL_WATCH_REPLAY_H */
