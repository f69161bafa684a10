/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KCTL_ICMP_H
#define _KCTL_ICMP_H

struct net;

/* In and out, IPv4 and IPv6. */
#define KCTL_ICMP_HOOKS		4

int kctl_icmp_register(struct net *net);
void kctl_icmp_unregister(struct net *net);

#endif /* _KCTL_ICMP_H */
