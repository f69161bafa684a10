/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of store entries and of channels.
 */
#ifndef _KCTL_NAME_H
#define _KCTL_NAME_H

#include <linux/types.h>

bool kctl_name_ok(const char *name);

#endif /* _KCTL_NAME_H */
