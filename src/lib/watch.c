// SPDX-License-Identifier: GPL-2.0-or-later
/* The netlink interface: a watch, from its filter to the final counters */
#include <errno.h>
#include <string.h>

#include "genl.h"

#define STOP_TRIES 3

/* The ABI versions that added members of the filter. */
#define FILTER_ABI 3
#define HOST_ABI   6

static void take_offset(struct kctl_genl *genl, const void *payload, size_t len)
{
	if (len != sizeof(genl->offset))
		return;
	memcpy(&genl->offset, payload, len);
	genl->has_offset = true;
}

/*
 * Pass a record to the callback. Attributes are aligned to four bytes but the record
 * needs eight, so its header is copied. This runs for each packet: functions of libmnl
 * would be calls.
 */
static int take_record(const struct nlattr *attr, void *data)
{
	const uint8_t *payload = (const uint8_t *)(attr + 1);
	size_t len = attr->nla_len - sizeof(*attr);
	uint16_t type = attr->nla_type & (uint16_t)NLA_TYPE_MASK;
	struct kctl_genl *genl = data;
	struct kctl_record record;

	if (type != KCTL_A_EVENTS_RECORD || len < sizeof(record)) {
		if (type == KCTL_A_EVENTS_OFFSET)
			take_offset(genl, payload, len);
		return MNL_CB_OK;
	}
	memcpy(&record, payload, sizeof(record));
	if (record.captured > len - sizeof(record))
		record.captured = (uint32_t)(len - sizeof(record));
	genl->has_records = true;
	genl->stopped = genl->record(genl->record_data, &record,
				     payload + sizeof(record));
	return genl->stopped ? MNL_CB_STOP : MNL_CB_OK;
}

static int take_totals_attr(const struct nlattr *attr, void *data)
{
	struct kctl_watch_totals *totals = data;

	if (mnl_attr_validate(attr, MNL_TYPE_U64))
		return MNL_CB_OK;
	if (mnl_attr_get_type(attr) == KCTL_A_WATCH_MATCHED)
		totals->matched = mnl_attr_get_u64(attr);
	else if (mnl_attr_get_type(attr) == KCTL_A_WATCH_LOST)
		totals->lost = mnl_attr_get_u64(attr);
	return MNL_CB_OK;
}

static int take_totals(struct kctl_genl *genl, const struct nlmsghdr *nlh,
		       void *data)
{
	(void)genl;
	mnl_attr_parse(nlh, GENL_ATTRS, take_totals_attr, data);
	return 0;
}

static int take_unasked(struct kctl_genl *genl, const struct nlmsghdr *nlh,
			void *data)
{
	const struct genlmsghdr *ghdr = mnl_nlmsg_get_payload(nlh);

	(void)data;
	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(*ghdr) &&
	    ghdr->cmd == KCTL_CMD_ICMP_EVENTS && !genl->stopped)
		mnl_attr_parse(nlh, GENL_ATTRS, take_record, genl);
	return 0;
}

static void put_prefix(struct nlmsghdr *nlh, uint16_t type,
		       uint16_t length_type, const struct kctl_prefix *prefix)
{
	if (!prefix->family)
		return;
	mnl_attr_put(nlh, type, prefix->family == AF_INET ? 4 : 16,
		     prefix->address);
	mnl_attr_put_u32(nlh, length_type, prefix->length);
}

static void put_filter(struct nlmsghdr *nlh,
		       const struct kctl_watch_filter *filter)
{
	if (filter->family)
		mnl_attr_put_u32(nlh, KCTL_A_WATCH_FAMILY, filter->family);
	if (filter->direction)
		mnl_attr_put_u32(nlh, KCTL_A_WATCH_DIRECTION,
				 filter->direction);
	if (filter->types4_count)
		mnl_attr_put(nlh, KCTL_A_WATCH_TYPES4, filter->types4_count,
			     filter->types4);
	if (filter->types6_count)
		mnl_attr_put(nlh, KCTL_A_WATCH_TYPES6, filter->types6_count,
			     filter->types6);
	mnl_attr_put_u32(nlh, KCTL_A_WATCH_SNAPLEN, filter->snaplen);
	if (filter->ifindex)
		mnl_attr_put_u32(nlh, KCTL_A_WATCH_IFINDEX, filter->ifindex);
	put_prefix(nlh, KCTL_A_WATCH_SRC, KCTL_A_WATCH_SRC_LEN, &filter->src);
	put_prefix(nlh, KCTL_A_WATCH_DST, KCTL_A_WATCH_DST_LEN, &filter->dst);
	put_prefix(nlh, KCTL_A_WATCH_HOST, KCTL_A_WATCH_HOST_LEN,
		   &filter->host);
	if (filter->has_code)
		mnl_attr_put_u32(nlh, KCTL_A_WATCH_CODE, filter->code);
	if (filter->sample > 1)
		mnl_attr_put_u32(nlh, KCTL_A_WATCH_SAMPLE, filter->sample);
	if (filter->has_coalesce)
		mnl_attr_put_u32(nlh, KCTL_A_WATCH_COALESCE, filter->coalesce);
}

/* The ABI version that has all members that are used; 0: any. */
static uint32_t needed_abi(const struct kctl_watch_filter *filter)
{
	if (filter->host.family)
		return HOST_ABI;
	if (filter->ifindex || filter->src.family || filter->dst.family ||
	    filter->has_code || filter->sample > 1 || filter->has_coalesce)
		return FILTER_ABI;
	return 0;
}

/* An older module rejects an unknown attribute with EINVAL. */
static bool is_too_old(struct kctl_genl *genl,
		       const struct kctl_watch_filter *filter)
{
	char words[sizeof(genl->ext_ack)];
	uint32_t needed = needed_abi(filter);
	struct kctl_status status;
	int err;

	if (!needed)
		return false;
	/* Keep the kernel's message about the filter. */
	memcpy(words, genl->ext_ack, sizeof(words));
	err = genl_status(genl, &status);
	memcpy(genl->ext_ack, words, sizeof(words));
	return !err && status.value[KCTL_A_STATUS_ABI_VERSION] < needed;
}

static int watch_start(struct kctl_genl *genl,
		       const struct kctl_watch_filter *filter,
		       kctl_record_fn *fn, void *data)
{
	struct nlmsghdr *nlh;
	int err;

	if (genl->busy)
		return -EDEADLK;
	if (genl->unasked)
		return genl_failed(genl, -EBUSY);
	genl_grow_receive_buffer(genl);
	genl->unasked = take_unasked;
	genl->has_records = genl->has_offset = false;
	genl->record = fn;
	genl->record_data = data;
	nlh = genl_request_begin(genl, KCTL_CMD_WATCH_START, NLM_F_ACK);
	put_filter(nlh, filter);
	err = genl_request(genl, nlh, NULL, NULL);
	/* Records filled the buffer before the ACK: they prove that the watch runs. */
	if (err == -ENOBUFS && genl->has_records)
		return 0;
	if (err)
		genl->unasked = NULL;
	return err == -EINVAL && is_too_old(genl, filter) ? -EOPNOTSUPP : err;
}

int kctl_watch_start(struct kctl_genl *genl,
		     const struct kctl_watch_filter *filter, size_t size,
		     kctl_record_fn *fn, void *data)
{
	struct kctl_watch_filter wanted;
	int err = genl_copy_struct(&wanted, sizeof(wanted), filter, size);

	if (err)
		return genl_failed(genl, err);
	return genl_result(genl, watch_start(genl, &wanted, fn, data));
}

bool kctl_watch_clock(const struct kctl_genl *genl,
		      const struct kctl_record *record, uint64_t *ns)
{
	*ns = record->time - (uint64_t)(genl->has_offset ? genl->offset : 0);
	return genl->has_offset;
}

int kctl_watch_read(struct kctl_genl *genl)
{
	int err = genl_read(genl);

	return err == -EAGAIN ? err : genl_result(genl, err);
}

/*
 * After an overrun the kernel queues nothing, not even an answer, until the queue is
 * empty. So drain it first. If it overruns again before the request, repeat both: the
 * first request has stopped the records, so the second answer has room.
 */
static int watch_stop(struct kctl_genl *genl, struct kctl_watch_totals *totals)
{
	struct nlmsghdr *nlh;
	int err, tries = STOP_TRIES;

	do {
		err = genl_drain(genl);
		if (err)
			return err;
		nlh = genl_request_begin(genl, KCTL_CMD_WATCH_STOP, NLM_F_ACK);
		err = genl_request(genl, nlh, take_totals, totals);
	} while (err == -ENOBUFS && --tries);
	return err;
}

int kctl_watch_stop(struct kctl_genl *genl, struct kctl_watch_totals *totals,
		    size_t size)
{
	struct kctl_watch_totals known = { 0 };
	int err = watch_stop(genl, &known);

	if ((!err || err == -ENOENT) && genl->unasked == take_unasked)
		genl->unasked = NULL;
	memset(totals, 0, size);
	err = genl_result(genl, err);
	if (err >= 0)
		memcpy(totals, &known,
		       size < sizeof(known) ? size : sizeof(known));
	return err;
}
