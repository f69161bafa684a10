/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kctl status, kctl --version */
#ifndef KCTL_STATUS_H
#define KCTL_STATUS_H

#include "cmd.h"
#include "lib/libkctl.h"

/**
 * enum limit_state - how close a number is to its limit
 * @LIMIT_FINE: less than nine tenths of the limit
 * @LIMIT_NEAR: at least nine tenths, but below the limit
 * @LIMIT_REACHED: the limit, or more after the limit was lowered
 */
enum limit_state {
	LIMIT_FINE,
	LIMIT_NEAR,
	LIMIT_REACHED,
};

/**
 * limit_state() - compare a number with its limit
 * @used: the number
 * @max: the limit
 *
 * Return: how close it is.
 */
enum limit_state limit_state(uint64_t used, uint64_t max);

/**
 * status_skew() - compare the module's version of the contract with that of the tool
 * @abi: KCTL_ABI_VERSION of the module
 *
 * Return: what the difference means, or "" if there is none.
 */
const char *status_skew(uint64_t abi);

extern const struct command cmd_status;

/**
 * cmd_version() - print the versions of tool and module
 * @ctx: the run
 *
 * Return: EXIT_DONE.
 */
enum exit_status cmd_version(struct ctx *ctx);

#endif /* KCTL_STATUS_H */
