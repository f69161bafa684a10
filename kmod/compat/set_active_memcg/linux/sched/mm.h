/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KCTL_COMPAT_SET_ACTIVE_MEMCG_H
#define _KCTL_COMPAT_SET_ACTIVE_MEMCG_H

#include_next <linux/sched/mm.h>

/*
 * Before 5.14 a module cannot select the cgroup that is charged in an interrupt. These
 * kernels charge no cgroup there.
 */
static inline struct mem_cgroup *kctl_set_active_memcg(struct mem_cgroup *memcg)
{
	struct mem_cgroup *old = NULL;

#ifdef CONFIG_MEMCG
	if (!in_interrupt()) {
		old = current->active_memcg;
		current->active_memcg = memcg;
	}
#endif
	return old;
}

#define set_active_memcg	kctl_set_active_memcg

#endif /* _KCTL_COMPAT_SET_ACTIVE_MEMCG_H */
