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
 * exchange_hidden_by() - check if a filter can show one side of an exchange alone
 * @exchange: the exchange
 * @filter: the filter
 * @forwards: this host is a router: of an exchange that it forwards, both sides arrive,
 *	on different interfaces
 *
 * Replies to this host that return by another route than the request, or from another
 * address, are no matter of the filter.
 *
 * Return: the option that can hide the request or the reply, such as "--in"; NULL if
 * the filter shows both or none of them.
 */
const char *exchange_hidden_by(const struct exchange *exchange,
			       const struct kctl_watch_filter *filter,
			       bool forwards);

/**
 * exchange_first_hidden() - find an exchange of which a filter can show one side alone
 * @filter: the filter
 * @forwards: this host is a router
 * @option: set to the result of exchange_hidden_by()
 *
 * Return: the first one, or NULL.
 */
const struct exchange *
exchange_first_hidden(const struct kctl_watch_filter *filter, bool forwards,
		      const char **option);

/**
 * exchange_forwards() - check if this host is a router
 *
 * Return: true if it forwards packets of IPv4 or IPv6 in this network namespace.
 */
bool exchange_forwards(void);

#endif /* KCTL_WATCH_EXCHANGE_H */
