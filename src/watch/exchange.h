/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exchanges: a request and its reply, and whether a filter shows both */
#ifndef KCTL_WATCH_EXCHANGE_H
#define KCTL_WATCH_EXCHANGE_H

#include <stddef.h>
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
 *
 * The answer is about requests and replies that pass this host. Replies that return by
 * another route, or from another address than the requested one, are no matter of the
 * filter.
 *
 * Return: the option that can hide the request or the reply, such as "--in"; NULL if
 * the filter shows both or none of them.
 */
const char *exchange_hidden_by(const struct exchange *exchange,
			       const struct kctl_watch_filter *filter);

/**
 * exchange_first_hidden() - find an exchange of which a filter can show one side alone
 * @filter: the filter
 * @option: set to the result of exchange_hidden_by()
 *
 * Return: the first one, or NULL.
 */
const struct exchange *
exchange_first_hidden(const struct kctl_watch_filter *filter,
		      const char **option);

#endif /* KCTL_WATCH_EXCHANGE_H */
