/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KCTL_MAIN_H
#define _KCTL_MAIN_H

#include <linux/types.h>

bool kctl_is_open(void);

#endif /* _KCTL_MAIN_H */
