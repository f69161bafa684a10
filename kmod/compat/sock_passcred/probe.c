// SPDX-License-Identifier: GPL-2.0-only
/* Up to 6.15 a flag of the socket records that SO_PASSCRED is set. */
#include <linux/net.h>

int kctl_probe = SOCK_PASSCRED;
