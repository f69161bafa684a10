/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last attempt to load the module, in the kernel log */
#ifndef KCTL_DOCTOR_KLOG_H
#define KCTL_DOCTOR_KLOG_H

#include <stdbool.h>
#include <time.h>

/**
 * enum klog_reason - why the kernel refused a module
 * @KLOG_NOTHING: the log has no reason, or may not be read
 * @KLOG_MAGIC: kctl is built for another kernel
 * @KLOG_SIGNATURE: its signature, or that of another module, has no known key
 * @KLOG_FAMILY: the number of the protocol family is taken
 */
enum klog_reason {
	KLOG_NOTHING,
	KLOG_MAGIC,
	KLOG_SIGNATURE,
	KLOG_FAMILY,
};

/**
 * struct klog - the last reason in the log
 * @reason: the reason
 * @time: when it was logged, as of time(2)
 * @family: of KLOG_FAMILY: the number
 * @magic: of KLOG_MAGIC: the version magic of the module, or ""
 */
struct klog {
	enum klog_reason reason;
	time_t time;
	int family;
	char magic[128];
};

/**
 * klog_take() - look for a reason in one line of the log
 * @klog: set if there is one
 * @line: the line, without its time
 *
 * Return: true if there is.
 */
bool klog_take(struct klog *klog, const char *line);

/**
 * klog_read() - read the kernel log, which takes root
 * @klog: set to the last reason
 */
void klog_read(struct klog *klog);

#endif /* KCTL_DOCTOR_KLOG_H */
