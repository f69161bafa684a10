/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The sockopt interface: what its files share, and its registration.
 */
#ifndef _KCTL_SOCKOPT_H
#define _KCTL_SOCKOPT_H

#include <linux/sockptr.h>
#include <linux/types.h>

struct kctl_entry;
struct kctl_store;

int kctl_sockopt_check_entry(const struct kctl_entry *entry, size_t size);
int kctl_sockopt_replace(struct kctl_store *store, sockptr_t arg, unsigned int len);
int kctl_sockopt_get_table(struct kctl_store *store, void __user *user, int len);

int kctl_sockopt_init(void);
void kctl_sockopt_exit(void);

#endif /* _KCTL_SOCKOPT_H */
