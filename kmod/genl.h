/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KCTL_GENL_H
#define _KCTL_GENL_H

#include <linux/kctl.h>
#include <net/genetlink.h>

/* Index of the group in the family. */
#define KCTL_GENL_GROUP_STORE_ID	0

struct kctl_packet;

/**
 * struct kctl_batch - records that are gathered for one message
 * @skb: the message, NULL while there are none
 * @header: its generic netlink header
 * @records: how many
 */
struct kctl_batch {
	struct sk_buff	*skb;
	void		*header;
	u32		records;
};

extern struct genl_family kctl_genl_family;

/* genl.c */
struct sk_buff *kctl_genl_reply_new(struct genl_info *info, void **header);
int kctl_genl_reply(struct sk_buff *skb, void *header, struct genl_info *info);
int kctl_genl_dump_start(struct netlink_callback *cb);

int kctl_genl_init(void);
void kctl_genl_exit(void);

/* genl_watch.c */
extern const struct nla_policy kctl_watch_policy[KCTL_A_WATCH_MAX + 1];

int kctl_genl_watch_start(struct sk_buff *request, struct genl_info *info);
int kctl_genl_watch_stop(struct sk_buff *request, struct genl_info *info);
int kctl_genl_get_watchers(struct sk_buff *skb, struct netlink_callback *cb);

/* genl_channel.c */
extern const struct nla_policy kctl_channel_policy[KCTL_A_CHANNEL_MAX + 1];

int kctl_genl_set_channel(struct sk_buff *request, struct genl_info *info);
int kctl_genl_empty_channel(struct sk_buff *request, struct genl_info *info);
int kctl_genl_get_channels(struct sk_buff *skb, struct netlink_callback *cb);

/* genl_event.c */
bool kctl_batch_has_room(const struct kctl_batch *batch, u32 captured);
int kctl_batch_add(struct kctl_batch *batch, u64 seq, const struct kctl_packet *packet,
		   u32 captured, bool alone);
int kctl_batch_send(struct kctl_batch *batch, struct sock *sk);
void kctl_genl_send_store_event(struct net *net, u32 action, u64 generation,
				const char *name);

#endif /* _KCTL_GENL_H */
