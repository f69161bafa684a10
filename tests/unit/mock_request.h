/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the module accepts in a request, as in the policies of kmod. Anything else fails the
 * test.
 */
#ifndef MOCK_REQUEST_H
#define MOCK_REQUEST_H

#include <netinet/in.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/kctl.h>

/* The sizes of an attribute, in bytes; 0 to 0: no request has it. */
struct mock_policy {
	uint16_t min;
	uint16_t max;
};

#define MOCK_U32     \
	{            \
		4, 4 \
	}
#define MOCK_TYPES     \
	{              \
		1, 256 \
	}
#define MOCK_ADDRESS                                            \
	{                                                       \
		sizeof(struct in_addr), sizeof(struct in6_addr) \
	}

static const struct mock_policy mock_watch_policy[] = {
	[KCTL_A_WATCH_FAMILY] = MOCK_U32,   [KCTL_A_WATCH_DIRECTION] = MOCK_U32,
	[KCTL_A_WATCH_TYPES4] = MOCK_TYPES, [KCTL_A_WATCH_TYPES6] = MOCK_TYPES,
	[KCTL_A_WATCH_SNAPLEN] = MOCK_U32,  [KCTL_A_WATCH_IFINDEX] = MOCK_U32,
	[KCTL_A_WATCH_SRC] = MOCK_ADDRESS,  [KCTL_A_WATCH_SRC_LEN] = MOCK_U32,
	[KCTL_A_WATCH_DST] = MOCK_ADDRESS,  [KCTL_A_WATCH_DST_LEN] = MOCK_U32,
	[KCTL_A_WATCH_CODE] = MOCK_U32,	    [KCTL_A_WATCH_SAMPLE] = MOCK_U32,
	[KCTL_A_WATCH_COALESCE] = MOCK_U32, [KCTL_A_WATCH_HOST] = MOCK_ADDRESS,
	[KCTL_A_WATCH_HOST_LEN] = MOCK_U32,
};

static const struct mock_policy mock_channel_policy[] = {
	[KCTL_A_CHANNEL_NUMBER] = MOCK_U32,
	[KCTL_A_CHANNEL_UID] = MOCK_U32,
	[KCTL_A_CHANNEL_GID] = MOCK_U32,
	[KCTL_A_CHANNEL_MODE] = MOCK_U32,
	[KCTL_A_CHANNEL_MAX_DELIVERIES] = MOCK_U32,
	[KCTL_A_CHANNEL_DEAD_LETTER] = MOCK_U32,
	[KCTL_A_CHANNEL_NAME] = { 1, KCTL_NAME_SIZE },
	[KCTL_A_CHANNEL_RETRY_DELAY] = MOCK_U32,
	[KCTL_A_CHANNEL_HOLD_TIME_MAX] = MOCK_U32,
	[KCTL_A_CHANNEL_TTL] = MOCK_U32,
};

static const struct mock_command {
	uint16_t flags; /* of the request; 0: no such command */
	const struct mock_policy *policy;
	size_t policies;
} mock_commands[KCTL_CMD_MAX + 1] = {
	[KCTL_CMD_GET_STATUS] = { NLM_F_ACK, NULL, 0 },
	[KCTL_CMD_WATCH_START] = { NLM_F_ACK, mock_watch_policy,
				   COUNT(mock_watch_policy) },
	[KCTL_CMD_WATCH_STOP] = { NLM_F_ACK, NULL, 0 },
	[KCTL_CMD_GET_WATCHERS] = { NLM_F_DUMP, NULL, 0 },
	[KCTL_CMD_GET_CHANNELS] = { NLM_F_DUMP, NULL, 0 },
	[KCTL_CMD_SET_CHANNEL] = { NLM_F_ACK, mock_channel_policy,
				   COUNT(mock_channel_policy) },
	[KCTL_CMD_DEL_CHANNEL] = { NLM_F_ACK, mock_channel_policy,
				   KCTL_A_CHANNEL_NUMBER + 1 },
	[KCTL_CMD_FLUSH_CHANNEL] = { NLM_F_ACK, mock_channel_policy,
				     KCTL_A_CHANNEL_NUMBER + 1 },
};

static inline void mock_check_attribute(const struct nlattr *attr,
					const struct mock_command *command,
					uint8_t cmd)
{
	uint16_t type = mnl_attr_get_type(attr);
	uint16_t len = mnl_attr_get_payload_len(attr);

	if (type >= command->policies || !command->policy[type].max)
		fail_msg("command %u with attribute %u", cmd, type);
	if (len < command->policy[type].min || len > command->policy[type].max)
		fail_msg("command %u: %u bytes of attribute %u", cmd, len,
			 type);
}

static inline void mock_check_request(const struct nlmsghdr *request)
{
	const struct genlmsghdr *header = mnl_nlmsg_get_payload(request);
	const struct mock_command *command = NULL;
	const char *at = (const char *)(header + 1);
	const char *end = (const char *)request + request->nlmsg_len;
	const struct nlattr *attr;

	if (header->cmd <= KCTL_CMD_MAX)
		command = &mock_commands[header->cmd];
	if (!command || !command->flags)
		fail_msg("command %u", header->cmd);
	assert_int_equal(request->nlmsg_flags, NLM_F_REQUEST | command->flags);
	assert_int_equal(header->version, KCTL_GENL_VERSION);
	while (at < end) {
		attr = (const void *)at;
		assert_true(mnl_attr_ok(attr, (int)(end - at)));
		mock_check_attribute(attr, command, header->cmd);
		at += MNL_ALIGN(attr->nla_len);
	}
	assert_ptr_equal(at, end);
}

/* Returns true if a watch starts, and false if it stops. */
static inline bool mock_starts(uint8_t cmd)
{
	if (cmd != KCTL_CMD_WATCH_START)
		assert_int_equal(cmd, KCTL_CMD_WATCH_STOP);
	return cmd == KCTL_CMD_WATCH_START;
}

#endif /* MOCK_REQUEST_H */
