/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints. They show names, numbers and sizes, never a value or the data of a
 * message or packet.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kctl

#if !defined(_KCTL_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _KCTL_TRACE_H

#include <linux/kctl.h>
#include <linux/tracepoint.h>
#include <linux/user_namespace.h>

#include "channel/channel.h"
#include "watch/icmp.h"

TRACE_EVENT(store_set,
	TP_PROTO(const struct kctl_entry *change),
	TP_ARGS(change),
	TP_STRUCT__entry(
		__array(char, name, KCTL_NAME_SIZE)
		__field(u64, generation)
		__field(u32, size)
		__field(u32, flags)
	),
	TP_fast_assign(
		memcpy(__entry->name, change->name, KCTL_NAME_SIZE);
		__entry->generation = change->generation;
		__entry->size = change->size;
		__entry->flags = change->flags;
	),
	TP_printk("name=%s generation=%llu size=%u flags=0x%x", __entry->name,
		  __entry->generation, __entry->size, __entry->flags)
);

TRACE_EVENT(store_delete,
	TP_PROTO(const char *name, u64 generation),
	TP_ARGS(name, generation),
	TP_STRUCT__entry(
		__array(char, name, KCTL_NAME_SIZE)
		__field(u64, generation)
	),
	TP_fast_assign(
		memcpy(__entry->name, name, KCTL_NAME_SIZE);
		__entry->generation = generation;
	),
	TP_printk("name=%s generation=%llu", __entry->name, __entry->generation)
);

TRACE_EVENT(store_replace,
	TP_PROTO(u32 entries, u64 bytes, u64 generation),
	TP_ARGS(entries, bytes, generation),
	TP_STRUCT__entry(
		__field(u32, entries)
		__field(u64, bytes)
		__field(u64, generation)
	),
	TP_fast_assign(
		__entry->entries = entries;
		__entry->bytes = bytes;
		__entry->generation = generation;
	),
	TP_printk("entries=%u bytes=%llu generation=%llu", __entry->entries,
		  __entry->bytes, __entry->generation)
);

TRACE_DEFINE_ENUM(KCTL_ICMP_IN4);
TRACE_DEFINE_ENUM(KCTL_ICMP_OUT4);
TRACE_DEFINE_ENUM(KCTL_ICMP_IN6);
TRACE_DEFINE_ENUM(KCTL_ICMP_OUT6);

TRACE_EVENT(icmp_match,
	TP_PROTO(u32 port, u64 seq, const struct kctl_packet *packet),
	TP_ARGS(port, seq, packet),
	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u32, port)
		__field(u32, ifindex)
		__field(u8, hook)
		__field(u8, type)
		__field(u8, code)
	),
	TP_fast_assign(
		__entry->seq = seq;
		__entry->port = port;
		__entry->ifindex = packet->ifindex;
		__entry->hook = packet->hook;
		__entry->type = packet->type;
		__entry->code = packet->code;
	),
	TP_printk("port=%u seq=%llu ifindex=%u hook=%s type=%u code=%u", __entry->port,
		  __entry->seq, __entry->ifindex,
		  __print_symbolic(__entry->hook,
				   { KCTL_ICMP_IN4, "in4" }, { KCTL_ICMP_OUT4, "out4" },
				   { KCTL_ICMP_IN6, "in6" }, { KCTL_ICMP_OUT6, "out6" }),
		  __entry->type, __entry->code)
);

TRACE_EVENT(icmp_lost,
	TP_PROTO(u32 port, u64 matched, u32 records),
	TP_ARGS(port, matched, records),
	TP_STRUCT__entry(
		__field(u64, matched)
		__field(u32, port)
		__field(u32, records)
	),
	TP_fast_assign(
		__entry->matched = matched;
		__entry->port = port;
		__entry->records = records;
	),
	TP_printk("port=%u matched=%llu records=%u", __entry->port, __entry->matched,
		  __entry->records)
);

DECLARE_EVENT_CLASS(kctl_channel,
	TP_PROTO(u32 number, const struct kctl_channel *channel),
	TP_ARGS(number, channel),
	TP_STRUCT__entry(
		__field(u32, number)
		__field(u32, uid)
		__field(u32, gid)
		__field(u32, mode)
	),
	TP_fast_assign(
		__entry->number = number;
		__entry->uid = from_kuid(&init_user_ns, channel->uid);
		__entry->gid = from_kgid(&init_user_ns, channel->gid);
		__entry->mode = channel->mode;
	),
	TP_printk("number=%u uid=%u gid=%u mode=0%o", __entry->number, __entry->uid,
		  __entry->gid, __entry->mode)
);

DEFINE_EVENT(kctl_channel, channel_create,
	TP_PROTO(u32 number, const struct kctl_channel *channel),
	TP_ARGS(number, channel)
);

DEFINE_EVENT(kctl_channel, channel_set,
	TP_PROTO(u32 number, const struct kctl_channel *channel),
	TP_ARGS(number, channel)
);

DEFINE_EVENT(kctl_channel, channel_end,
	TP_PROTO(u32 number, const struct kctl_channel *channel),
	TP_ARGS(number, channel)
);

DECLARE_EVENT_CLASS(kctl_message,
	TP_PROTO(u32 number, const struct kctl_message *message),
	TP_ARGS(number, message),
	TP_STRUCT__entry(
		__field(u32, number)
		__field(u32, from)
		__field(u32, size)
		__field(u64, seq)
	),
	TP_fast_assign(
		__entry->number = number;
		__entry->from = message->from;
		__entry->size = message->size;
		__entry->seq = message->seq;
	),
	TP_printk("number=%u from=%u size=%u seq=%llu", __entry->number, __entry->from,
		  __entry->size, __entry->seq)
);

DEFINE_EVENT(kctl_message, channel_send,
	TP_PROTO(u32 number, const struct kctl_message *message),
	TP_ARGS(number, message)
);

DEFINE_EVENT(kctl_message, channel_receive,
	TP_PROTO(u32 number, const struct kctl_message *message),
	TP_ARGS(number, message)
);

TRACE_EVENT(channel_drop,
	TP_PROTO(u32 number, const struct kctl_message *message, u32 drops),
	TP_ARGS(number, message, drops),
	TP_STRUCT__entry(
		__field(u32, number)
		__field(u32, size)
		__field(u64, seq)
		__field(u32, drops)
	),
	TP_fast_assign(
		__entry->number = number;
		__entry->size = message->size;
		__entry->seq = message->seq;
		__entry->drops = drops;
	),
	TP_printk("number=%u size=%u seq=%llu drops=%u", __entry->number, __entry->size,
		  __entry->seq, __entry->drops)
);

#endif /* _KCTL_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
