/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The generic netlink family: one family. The genl.c in the folder of each component
 * handles its requests and messages.
 */
#ifndef _KCTL_GENL_H
#define _KCTL_GENL_H

#include <linux/kctl.h>
#include <net/genetlink.h>

/* Indices of the groups in the family. */
#define KCTL_GENL_GROUP_STORE_ID	0
#define KCTL_GENL_GROUP_PROTO_ID	1

extern struct genl_family kctl_genl_family;

struct cred;
struct kctl_event;

/* genl.c */
const struct cred *kctl_genl_opener(const struct sk_buff *request);
bool kctl_genl_is_admin(const struct sk_buff *request);
struct sk_buff *kctl_genl_reply_new(struct genl_info *info, void **header);
int kctl_genl_reply(struct sk_buff *skb, void *header, struct genl_info *info);
int kctl_genl_put_pids(struct sk_buff *skb, int attr, const struct pid *process,
		       const struct user_namespace *user_ns,
		       const struct user_namespace *owner);

int kctl_genl_init(void);
void kctl_genl_exit(void);

/* store/genl.c */
void kctl_genl_send_store_event(struct net *net, enum kctl_store_action action,
				u64 generation, const char *name);

/* watch/genl.c */
extern const struct nla_policy kctl_watch_policy[KCTL_A_WATCH_MAX + 1];

int kctl_genl_watch_start(struct sk_buff *request, struct genl_info *info);
int kctl_genl_watch_stop(struct sk_buff *request, struct genl_info *info);
int kctl_genl_get_watchers(struct sk_buff *skb, struct netlink_callback *cb);
int kctl_genl_send_records(struct sock *sk, struct sk_buff *skb);

/* channel/genl.c */
extern const struct nla_policy kctl_channel_policy[KCTL_A_CHANNEL_MAX + 1];

int kctl_genl_set_channel(struct sk_buff *request, struct genl_info *info);
int kctl_genl_empty_channel(struct sk_buff *request, struct genl_info *info);
int kctl_genl_get_channels_start(struct netlink_callback *cb);
int kctl_genl_get_channels(struct sk_buff *skb, struct netlink_callback *cb);

/* channel/genl_event.c */
bool kctl_genl_wants_proto_events(struct net *net);
void kctl_genl_send_proto_event(struct net *net, const struct kctl_event *event);

#endif /* _KCTL_GENL_H */
