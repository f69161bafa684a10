/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KCTL_PROTO_H
#define _KCTL_PROTO_H

struct net;

int kctl_proto_family(void);
int kctl_proto_sockets(struct net *net);

int kctl_proto_init(void);
void kctl_proto_exit(void);

#endif /* _KCTL_PROTO_H */
