/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KCTL_COMPAT_CONST_CTL_TABLE_H
#define _KCTL_COMPAT_CONST_CTL_TABLE_H

#include_next <linux/sysctl.h>

#define KCTL_CTL_TABLE	struct ctl_table *

#endif /* _KCTL_COMPAT_CONST_CTL_TABLE_H */
