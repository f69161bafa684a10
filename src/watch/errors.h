/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KCTL_WATCH_ERRORS_H
#define KCTL_WATCH_ERRORS_H

#include "cli/error.h"

/* Error rows of kctl watch icmp; those with the step "read" are of the file of -r. */
extern const struct error_row icmp_errors[];

#endif /* KCTL_WATCH_ERRORS_H */
