// SPDX-License-Identifier: GPL-2.0-only
/* New in 6.5: splice(2) sends with sendmsg and a flag, no longer with sendpage. */
#include <linux/socket.h>

int kctl_probe = MSG_SPLICE_PAGES;
