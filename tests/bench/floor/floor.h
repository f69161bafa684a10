/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The numbers of the module floor, and the structures that its calls copy.
 */
#ifndef _FLOOR_H
#define _FLOOR_H

/* A family of sockets that no kernel implements. */
#define FLOOR_FAMILY 22

/* An option at SOL_IP that no module has. */
#define FLOOR_SO 2000

/* An entry of the store with a value of 64 bytes; to get it, its header is read. */
#define FLOOR_ENTRY  152
#define FLOOR_HEADER 88

#define FLOOR_MESSAGE 65536

#endif /* _FLOOR_H */
