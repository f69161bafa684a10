/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kctl status --format openmetrics */
#ifndef KCTL_OPENMETRICS_H
#define KCTL_OPENMETRICS_H

#include "out.h"
#include "status_row.h"
#include "lib/libkctl.h"

/**
 * openmetrics_print() - print the status as metrics
 * @out: the printer
 * @rows: the numbers, after which there is a row without a key
 * @status: the status
 * @netns: the namespace that the user asked for, which becomes a label; or NULL
 *
 * The text is valid as OpenMetrics and in the older format of Prometheus, which the
 * textfile collector of its node exporter reads.
 */
void openmetrics_print(struct out *out, const struct status_row *rows,
		       const struct kctl_status *status, const char *netns);

#endif /* KCTL_OPENMETRICS_H */
