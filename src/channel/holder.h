/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The processes that have a socket open, found in /proc/PID/fd like ss(8) */
#ifndef KCTL_CHANNEL_HOLDER_H
#define KCTL_CHANNEL_HOLDER_H

#include <stddef.h>
#include <stdint.h>

#include "cli/process.h"

/**
 * struct holder - a process and a socket that it has open
 * @inode: inode number of the socket
 * @pid: the process
 * @command: its name
 */
struct holder {
	uint32_t inode;
	uint32_t pid;
	char command[PROCESS_COMMAND];
};

/**
 * struct holders - processes, sorted by socket, then by process
 * @items: array of them
 * @count: number of @items
 */
struct holders {
	struct holder *items;
	size_t count;
};

/**
 * holders_find() - find the processes that have one of these sockets open
 * @holders: filled in, except processes that the caller may not see; the caller frees
 *	@items. If memory is short, some are missing
 * @inodes: inode numbers of sockets, which are sorted
 * @count: number of @inodes
 */
void holders_find(struct holders *holders, uint32_t *inodes, size_t count);

/**
 * holders_of() - find the processes that have a socket open
 * @holders: from holders_find()
 * @inode: inode number of the socket
 * @count: set to the number of processes
 *
 * Return: the first of them, or NULL.
 */
const struct holder *holders_of(const struct holders *holders, uint32_t inode,
				size_t *count);

#endif /* KCTL_CHANNEL_HOLDER_H */
