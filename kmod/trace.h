/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints: what happened, never what was in it.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kctl

#if !defined(_KCTL_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _KCTL_TRACE_H

#include <linux/kctl.h>
#include <linux/tracepoint.h>

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

#endif /* _KCTL_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
