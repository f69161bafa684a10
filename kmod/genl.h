/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KCTL_GENL_H
#define _KCTL_GENL_H

#include <linux/types.h>

/* Index of the group in the family. */
#define KCTL_GENL_GROUP_STORE_ID	0

struct genl_family;
struct kctl_packet;
struct net;
struct sock;

extern struct genl_family kctl_genl_family;

/* genl_event.c */
int kctl_genl_send_record(struct sock *sk, u64 seq, const struct kctl_packet *packet,
			  u32 snaplen);
void kctl_genl_send_store_event(struct net *net, u32 action, u64 generation,
				const char *name);

/* genl.c */
int kctl_genl_init(void);
void kctl_genl_exit(void);

#endif /* _KCTL_GENL_H */
