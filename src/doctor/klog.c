// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "klog.h"

#define WRONG_MAGIC  "kctl: version magic "
#define FAMILY_TAKEN "kctl: cannot register protocol family "

static const struct {
	const char *text;
	enum klog_reason reason;
} lines[] = {
	{ WRONG_MAGIC, KLOG_MAGIC },
	{ "kctl: disagrees about version of symbol ", KLOG_MAGIC },
	{ "kctl: Unknown symbol ", KLOG_MAGIC },
	{ "key is rejected", KLOG_SIGNATURE },
	{ FAMILY_TAKEN, KLOG_FAMILY },
};

bool klog_take(struct klog *klog, const char *line)
{
	const char *number;
	bool taken = false;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (!strstr(line, lines[i].text))
			continue;
		klog->reason = lines[i].reason;
		taken = true;
	}
	if (taken &&
	    sscanf(line, WRONG_MAGIC "'%127[^']' should", klog->magic) != 1)
		klog->magic[0] = '\0';
	number = strstr(line, FAMILY_TAKEN);
	if (number)
		klog->family =
			(int)strtol(number + strlen(FAMILY_TAKEN), NULL, 10);
	return taken;
}

/* The log has the time since the system booted, in µs. */
static time_t wall_time(const char *record)
{
	unsigned long long us = 0;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (sscanf(record, "%*u,%*u,%llu,", &us) != 1)
		return 0;
	return time(NULL) - now.tv_sec + (time_t)(us / 1000000);
}

/* A read returns one record, "priority,number,time,flags;text". */
void klog_read(struct klog *klog)
{
	char record[8192], *text;
	ssize_t got;
	int fd;

	*klog = (struct klog){ 0 };
	fd = open("/dev/kmsg", O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return;
	while ((got = read(fd, record, sizeof(record) - 1)) > 0 ||
	       (got < 0 && errno == EPIPE)) {
		record[got > 0 ? got : 0] = '\0';
		text = strchr(record, ';');
		if (text && klog_take(klog, text + 1))
			klog->time = wall_time(record);
	}
	close(fd);
}
