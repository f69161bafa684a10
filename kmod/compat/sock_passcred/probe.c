// SPDX-License-Identifier: GPL-2.0-only
/* Until 6.15 a flag of the socket says that SO_PASSCRED is set. */
#include <linux/net.h>

int kctl_probe = SOCK_PASSCRED;
