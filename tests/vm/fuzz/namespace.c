// SPDX-License-Identifier: GPL-2.0-or-later
/* Read the status of the namespace of a round, and empty the namespace */
#include <stdlib.h>

#include "fuzz.h"

struct genl genl;

static void take_counters(const struct nlmsghdr *nlh, void *data)
{
	struct counters *counters = data;

	for (int type = 1; type <= KCTL_A_STATUS_MAX; type++) {
		const struct nlattr *attr = genl_attr(nlh, type);
		size_t size = attr ? attr->nla_len - sizeof(*attr) : 0;

		if (attr && size <= sizeof(counters->value[0]))
			memcpy(&counters->value[type], attr + 1, size);
	}
}

bool counters_read(struct counters *counters)
{
	struct genl_request r;

	*counters = (struct counters){ 0 };
	genl_begin(&r, genl.family, KCTL_CMD_GET_STATUS, NLM_F_ACK, 1);
	return !genl_ask_alone(&r, take_counters, counters);
}

struct numbers {
	size_t count;
	uint32_t number[8192];
};

static void take_number(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr = genl_attr(nlh, KCTL_A_CHANNEL_NUMBER);
	struct numbers *numbers = data;

	if (!attr || numbers->count == 8192)
		abort();
	memcpy(&numbers->number[numbers->count++], attr + 1, 4);
}

/* Deletes all channels, and the messages in them. */
bool channels_clear(void)
{
	static struct numbers numbers;
	struct genl_request r;

	numbers.count = 0;
	genl_begin(&r, genl.family, KCTL_CMD_GET_CHANNELS, NLM_F_DUMP, 1);
	if (genl_ask_alone(&r, take_number, &numbers))
		return false;
	for (size_t i = 0; i < numbers.count; i++) {
		genl_begin(&r, genl.family, KCTL_CMD_DEL_CHANNEL, NLM_F_ACK, 1);
		genl_put_u32(&r, KCTL_A_CHANNEL_NUMBER, numbers.number[i]);
		if (genl_ask_alone(&r, NULL, NULL))
			return false;
	}
	return true;
}

/*
 * As in setup_suite.bash: the kernel patches the code that every packet passes when a hook,
 * or packet timestamps, get their first user or lose their last one. This patching crashes
 * guests of QEMU 7.2, so keep one user at all times.
 */
bool hold_patches(void)
{
	static _Alignas(struct nlmsghdr) uint8_t buffer[GENL_ANSWER];
	int time = store_open(), watcher = genl_open(), one = 1;
	struct genl_request r;

	genl_begin(&r, genl.family, KCTL_CMD_WATCH_START, NLM_F_ACK, 1);
	return !setsockopt(time, SOL_SOCKET, SO_TIMESTAMP, &one, sizeof(one)) &&
	       !genl_ask(watcher, &r, buffer, NULL, NULL);
}
