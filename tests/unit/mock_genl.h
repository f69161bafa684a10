/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A handle of libkctl on the mock of the kernel in mock_netlink.h */
#ifndef MOCK_GENL_H
#define MOCK_GENL_H

#include "lib/libkctl.h"
#include "mock_netlink.h"

static inline struct kctl_genl *
open_genl(void (*handle)(const struct nlmsghdr *, uint8_t))
{
	struct kctl_genl *genl;

	mock_reset(handle);
	assert_int_equal(kctl_genl_open(&genl), 0);
	return genl;
}

#endif /* MOCK_GENL_H */
