// SPDX-License-Identifier: GPL-2.0-or-later
/* The netlink interface: versions, counters and limits */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "genl.h"
#include "sysfs.h"

static void take_number(struct kctl_status *status, const struct nlattr *attr,
			uint16_t type)
{
	if (!mnl_attr_validate(attr, MNL_TYPE_U32))
		status->value[type] = mnl_attr_get_u32(attr);
	else if (!mnl_attr_validate(attr, MNL_TYPE_U64))
		status->value[type] = mnl_attr_get_u64(attr);
	else
		return;
	status->present |= UINT64_C(1) << type;
}

static void take_version(struct kctl_status *status, const struct nlattr *attr)
{
	size_t len =
		strnlen(mnl_attr_get_str(attr), mnl_attr_get_payload_len(attr));

	if (len >= sizeof(status->module_version))
		len = sizeof(status->module_version) - 1;
	memcpy(status->module_version, mnl_attr_get_str(attr), len);
	status->module_version[len] = '\0';
	status->present |= UINT64_C(1) << KCTL_A_STATUS_MODULE_VERSION;
}

static int take_attr(const struct nlattr *attr, void *data)
{
	uint16_t type = mnl_attr_get_type(attr);

	if (type == KCTL_A_STATUS_MODULE_VERSION)
		take_version(data, attr);
	else if (type <= KCTL_A_STATUS_MAX)
		take_number(data, attr, type);
	return MNL_CB_OK;
}

static int take_status(struct kctl_genl *genl, const struct nlmsghdr *nlh,
		       void *data)
{
	(void)genl;
	mnl_attr_parse(nlh, GENL_ATTRS, take_attr, data);
	return 0;
}

int genl_status(struct kctl_genl *genl, struct kctl_status *status)
{
	struct nlmsghdr *nlh;

	memset(status, 0, sizeof(*status));
	nlh = genl_request_begin(genl, KCTL_CMD_GET_STATUS, NLM_F_ACK);
	return genl_request(genl, nlh, take_status, status);
}

int kctl_status_get(struct kctl_genl *genl, struct kctl_status **status)
{
	struct kctl_status *made = malloc(sizeof(*made));
	int err = made ? genl_status(genl, made) : genl_failed(genl, -ENOMEM);

	err = genl_result(genl, err);
	if (err < 0) {
		free(made);
		made = NULL;
	}
	*status = made;
	return err;
}

void kctl_status_free(struct kctl_status *status)
{
	free(status);
}

bool kctl_status_has(const struct kctl_status *status,
		     enum kctl_status_attr attr)
{
	return status && (size_t)attr <= KCTL_A_STATUS_MAX &&
	       status->present >> attr & 1;
}

uint64_t kctl_status_value(const struct kctl_status *status,
			   enum kctl_status_attr attr)
{
	return kctl_status_has(status, attr) ? status->value[attr] : 0;
}

const char *kctl_status_module_version(const struct kctl_status *status)
{
	return status ? status->module_version : "";
}

/* sysfs is faster; netlink works where sysfs is not mounted. */
int kctl_module_version(char *version, size_t size)
{
	struct kctl_genl *genl;
	struct kctl_status status;
	int err;

	if (sysfs_read("version", version, size) > 0)
		return 0;
	version[0] = '\0';
	err = kctl_genl_open(&genl);
	if (err)
		return err;
	err = genl_status(genl, &status);
	kctl_genl_close(genl);
	if (err)
		return err;
	strncat(version, status.module_version, size - 1);
	return 0;
}
