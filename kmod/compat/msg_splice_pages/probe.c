// SPDX-License-Identifier: GPL-2.0-only
/*
 * Since 6.5 splice(2) sends with sendmsg() and MSG_SPLICE_PAGES instead of sendpage().
 * Some kernels have the flag but still use sendpage(), so probe for a flag of sendpage().
 */
#include <linux/socket.h>

#ifdef MSG_SENDPAGE_NOTLAST
#error "splice(2) sends with sendpage"
#endif

int kctl_probe = MSG_SPLICE_PAGES;
