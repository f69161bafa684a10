/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KCTL_SOCKOPT_H
#define _KCTL_SOCKOPT_H

int kctl_sockopt_init(void);
void kctl_sockopt_exit(void);

#endif /* _KCTL_SOCKOPT_H */
