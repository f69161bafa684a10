/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exchanges: a request and its reply, and whether a filter shows both */
#ifndef KCTL_WATCH_EXCHANGE_H
#define KCTL_WATCH_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/libkctl.h"

/**
 * struct exchange - the types of a request and its reply
 * @family: AF_INET or AF_INET6
 * @request: ICMP or ICMPv6 type of the request
 * @reply: type of the reply
 */
struct exchange {
	uint8_t family;
	uint8_t request;
	uint8_t reply;
};

/**
 * exchange_find() - find the exchange that a type belongs to
 * @family: AF_INET or AF_INET6
 * @type: ICMP or ICMPv6 type of a request or a reply
 *
 * Return: the exchange, or NULL.
 */
const struct exchange *exchange_find(uint8_t family, uint8_t type);

/**
 * exchange_snaplen() - get the number of bytes of a packet that identify the request of
 * a reply
 * @exchange: the exchange
 *
 * Return: the number of bytes.
 */
uint32_t exchange_snaplen(const struct exchange *exchange);

/**
 * enum exchange_place - how an exchange can take two ways
 * @EXCHANGE_FORWARDED: this host is a router: of an exchange that it forwards, both sides
 *	arrive, on different interfaces
 * @EXCHANGE_BROADCAST: the host of the filter is a broadcast address: members of the
 *	subnet reply with their own addresses
 */
enum exchange_place {
	EXCHANGE_FORWARDED = 1,
	EXCHANGE_BROADCAST = 2,
};

/**
 * exchange_hidden_by() - check if a filter can show only one side of an exchange, or
 *	truncates the fields that identify the request of a reply
 * @exchange: the exchange
 * @filter: the filter
 * @place: result of exchange_place(), or 0
 *
 * Replies to this host that return on another route than the request, or from another
 * address, are not considered.
 *
 * Return: the option that can hide the request or the reply, such as "--in", or
 * "--snaplen"; NULL if the filter shows both or none of them.
 */
const char *exchange_hidden_by(const struct exchange *exchange,
			       const struct kctl_watch_filter *filter,
			       unsigned int place);

/**
 * exchange_first_hidden() - find an exchange that exchange_hidden_by() finds hidden
 * @filter: the filter
 * @place: result of exchange_place(), or 0
 * @option: set to the result of exchange_hidden_by()
 *
 * Return: the first one, or NULL.
 */
const struct exchange *
exchange_first_hidden(const struct kctl_watch_filter *filter,
		      unsigned int place, const char **option);

/**
 * exchange_place() - determine how this network namespace handles the packets of a
 * watch
 * @filter: the filter of the watch
 *
 * Return: bits of enum exchange_place.
 */
unsigned int exchange_place(const struct kctl_watch_filter *filter);

#endif /* KCTL_WATCH_EXCHANGE_H */
