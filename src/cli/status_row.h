/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The description of a number of kctl status, for its text, JSON and metrics */
#ifndef KCTL_STATUS_ROW_H
#define KCTL_STATUS_ROW_H

#include "lib/libkctl.h"

/**
 * struct status_row - a number on a separate line
 * @section: heading in front of the first row of a section, otherwise NULL
 * @label: name in text
 * @key: key in JSON
 * @attr: attribute of the number
 * @limit_key: key of its limit in JSON
 * @limit_attr: attribute of its limit, or 0
 */
struct status_row {
	const char *section;
	const char *label;
	const char *key;
	enum kctl_status_attr attr;
	const char *limit_key;
	enum kctl_status_attr limit_attr;
};

#endif /* KCTL_STATUS_ROW_H */
