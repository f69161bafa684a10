// SPDX-License-Identifier: GPL-2.0-only
/*
 * A watcher: number its records, gather them, and count lost ones.
 *
 * The first record after a quiet time is sent at once and begins a period of gathering.
 * At the end of the period the gathered records are sent in one message, which begins
 * the next period. So a lone packet is reported immediately, and a flood wakes the
 * watcher once in each KCTL_A_WATCH_COALESCE, or once for each full message.
 */
#include <linux/memcontrol.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "watcher.h"
#include "../trace.h"

static ktime_t kctl_watcher_period(const struct kctl_watcher *watcher)
{
	return ns_to_ktime((u64)watcher->filter.coalesce * NSEC_PER_USEC);
}

static void kctl_watcher_lose(struct kctl_watcher *watcher, u32 records)
{
	watcher->counters.lost += records;
	trace_icmp_lost(watcher->portid, watcher->counters.matched, records);
}

static void kctl_watcher_flush(struct kctl_watcher *watcher)
{
	struct kctl_batch batch = watcher->batch;

	lockdep_assert_held(&watcher->lock);
	if (!batch.skb)
		return;

	watcher->batch.skb = NULL;
	kctl_batch_trim(&batch);
	if (watcher->send(watcher->sk, batch.skb))
		kctl_watcher_lose(watcher, batch.records);
	else
		watcher->counters.delivered += batch.records;
}

static enum hrtimer_restart kctl_watcher_expire(struct hrtimer *timer)
{
	struct kctl_watcher *watcher = container_of(timer, struct kctl_watcher, timer);
	enum hrtimer_restart restart = HRTIMER_NORESTART;

	spin_lock_bh(&watcher->lock);
	if (watcher->batch.skb) {
		kctl_watcher_flush(watcher);
		hrtimer_forward_now(timer, kctl_watcher_period(watcher));
		restart = HRTIMER_RESTART;
	} else {
		watcher->gathering = false;
	}
	spin_unlock_bh(&watcher->lock);
	return restart;
}

static void kctl_watcher_gather(struct kctl_watcher *watcher)
{
	if (!watcher->filter.coalesce)
		return;
	watcher->gathering = true;
	hrtimer_start(&watcher->timer, kctl_watcher_period(watcher), HRTIMER_MODE_REL_SOFT);
}

/*
 * Do not build a record that the receive buffer has no room for. The namespace has
 * reserved the size that the buffer had when the watch began, so a larger SO_RCVBUF
 * later has no effect.
 */
static bool kctl_watcher_is_congested(const struct kctl_watcher *watcher)
{
	const struct sock *sk = watcher->sk;

	return !watcher->batch.skb &&
	       atomic_read(&sk->sk_rmem_alloc) >= min_t(int, READ_ONCE(sk->sk_rcvbuf),
							watcher->rcvbuf);
}

static void kctl_watcher_take(struct kctl_watcher *watcher,
			      const struct kctl_packet *packet)
{
	u32 captured = min(packet->skb->len - packet->offset, watcher->filter.snaplen);

	watcher->counters.matched++;
	trace_icmp_match(watcher->portid, watcher->counters.matched, packet);

	if (!kctl_batch_has_room(&watcher->batch, captured))
		kctl_watcher_flush(watcher);

	if (kctl_watcher_is_congested(watcher) ||
	    kctl_batch_add(&watcher->batch, watcher->counters.matched, packet, captured,
			   !watcher->gathering)) {
		kctl_watcher_lose(watcher, 1);
		return;
	}
	if (!watcher->gathering) {
		kctl_watcher_flush(watcher);
		kctl_watcher_gather(watcher);
	}
}

/**
 * kctl_watcher_report() - report a packet to a watcher
 * @watcher: the watcher
 * @packet: a packet that passed its filter
 *
 * Context: any but hard interrupt, under RCU.
 */
void kctl_watcher_report(struct kctl_watcher *watcher, const struct kctl_packet *packet)
{
	spin_lock_bh(&watcher->lock);
	if (!watcher->stopped)
		kctl_watcher_take(watcher, packet);
	spin_unlock_bh(&watcher->lock);
}

/**
 * kctl_watcher_stop() - stop sending records to a watcher
 * @watcher: the watcher
 *
 * After this its counters are final: a hook that still sees the watcher skips it,
 * and the timer has run for the last time.
 *
 * Context: process, may sleep.
 */
void kctl_watcher_stop(struct kctl_watcher *watcher)
{
	spin_lock_bh(&watcher->lock);
	watcher->stopped = true;
	kctl_watcher_flush(watcher);
	spin_unlock_bh(&watcher->lock);

	hrtimer_cancel(&watcher->timer);
	mem_cgroup_put(watcher->batch.memcg);
	watcher->batch.memcg = NULL;
}

/**
 * kctl_watcher_get_info() - describe a watcher
 * @watcher: the watcher
 * @info: filled in
 */
void kctl_watcher_get_info(struct kctl_watcher *watcher, struct kctl_watcher_info *info)
{
	info->id = watcher->id;
	info->portid = watcher->portid;
	info->filter = watcher->filter;

	spin_lock_bh(&watcher->lock);
	info->counters = watcher->counters;
	spin_unlock_bh(&watcher->lock);
}

/**
 * kctl_watcher_alloc() - allocate a watcher
 * @sk: its netlink socket
 * @portid: port of @sk
 * @filter: its filter
 * @send: sends a batch of records
 *
 * Its records are charged to the memory cgroup of the caller.
 *
 * Context: process, may sleep.
 *
 * Return: the watcher, to be freed with kctl_watcher_free(), or with kfree_rcu() once
 * it was in a list and is stopped; NULL without memory.
 */
struct kctl_watcher *kctl_watcher_alloc(struct sock *sk, u32 portid,
					const struct kctl_filter *filter,
					kctl_watcher_send_fn *send)
{
	struct kctl_watcher *watcher = kzalloc(sizeof(*watcher), GFP_KERNEL_ACCOUNT);

	if (!watcher)
		return NULL;

	watcher->sk = sk;
	watcher->portid = portid;
	watcher->filter = *filter;
	watcher->send = send;
	watcher->rcvbuf = READ_ONCE(sk->sk_rcvbuf);
	watcher->batch.memcg = get_mem_cgroup_from_mm(current->mm);
	spin_lock_init(&watcher->lock);
	hrtimer_setup(&watcher->timer, kctl_watcher_expire, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL_SOFT);
	return watcher;
}

/**
 * kctl_watcher_free() - free a watcher that was never in a list
 * @watcher: the watcher
 */
void kctl_watcher_free(struct kctl_watcher *watcher)
{
	mem_cgroup_put(watcher->batch.memcg);
	kfree(watcher);
}
