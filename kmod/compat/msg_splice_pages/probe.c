// SPDX-License-Identifier: GPL-2.0-only
/*
 * New in 6.5: splice(2) sends with sendmsg and MSG_SPLICE_PAGES, no longer with
 * sendpage. The flag was backported without that, so what sendpage has is asked for.
 */
#include <linux/socket.h>

#ifdef MSG_SENDPAGE_NOTLAST
#error "splice(2) sends with sendpage"
#endif

int kctl_probe = MSG_SPLICE_PAGES;
