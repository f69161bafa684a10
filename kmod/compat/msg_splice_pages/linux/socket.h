/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KCTL_COMPAT_MSG_SPLICE_PAGES_H
#define _KCTL_COMPAT_MSG_SPLICE_PAGES_H

#include_next <linux/socket.h>

/* sock_no_sendpage() calls sendmsg(), with this flag set for all pages but the last. */
#undef MSG_SPLICE_PAGES
#define MSG_SPLICE_PAGES	MSG_SENDPAGE_NOTLAST

#endif /* _KCTL_COMPAT_MSG_SPLICE_PAGES_H */
