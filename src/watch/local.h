/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The addresses of this network namespace, as a router also sees packets to other hosts. They
 * are read again if a packet has an unknown address, at most once a second.
 */
#ifndef KCTL_WATCH_LOCAL_H
#define KCTL_WATCH_LOCAL_H

#include <stdbool.h>
#include <stdint.h>

struct local;

/**
 * local_new() - allocate a list of addresses
 *
 * Return: the list, to be freed with local_free(), or NULL if out of memory.
 */
struct local *local_new(void);

/**
 * local_free() - free a list
 * @l: the list, or NULL
 */
void local_free(struct local *l);

/**
 * local_delivers() - check if received packets to an address are for this host
 * @l: the list
 * @family: AF_INET or AF_INET6
 * @address: the destination of the packet, 4 or 16 bytes
 *
 * Return: true if it is an address of an interface or of a group; false if the packets are
 * forwarded, or if the addresses cannot be read.
 */
bool local_delivers(struct local *l, uint8_t family, const uint8_t *address);

/**
 * local_has_broadcast() - check if an address is the broadcast address of a subnet
 * @l: the list
 * @address: an IPv4 address
 *
 * Return: true if an interface has it.
 */
bool local_has_broadcast(const struct local *l, const uint8_t address[4]);

#endif /* KCTL_WATCH_LOCAL_H */
