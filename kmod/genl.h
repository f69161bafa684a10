/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KCTL_GENL_H
#define _KCTL_GENL_H

#include <linux/types.h>

struct kctl_packet;
struct net;
struct sock;

int kctl_genl_send_record(struct sock *sk, u64 seq, const struct kctl_packet *packet,
			  u32 snaplen);
void kctl_genl_send_store_event(struct net *net, u32 action, u64 generation,
				const char *name);

int kctl_genl_init(void);
void kctl_genl_exit(void);

#endif /* _KCTL_GENL_H */
