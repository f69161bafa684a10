/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Passes: a packet can pass the hooks more than once, but is reported only once.
 */
#ifndef _KCTL_PASS_H
#define _KCTL_PASS_H

#include <linux/types.h>

struct nf_hook_state;
struct sk_buff;

bool kctl_pass_in_counts(const struct sk_buff *skb, const struct nf_hook_state *state,
			 const void *hook);
bool kctl_pass_out_counts(const struct sk_buff *skb, const struct nf_hook_state *state);

#endif /* _KCTL_PASS_H */
