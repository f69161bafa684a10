// SPDX-License-Identifier: GPL-2.0-or-later
/* Version and error texts */
#include <errno.h>
#include <string.h>

#include "libkctl_common.h"

unsigned int kctl_libkctl_version(void)
{
	return LIBKCTL_VERSION;
}

const char *kctl_strerror(int error)
{
	const char *text;

	switch (-error) {
	case ENOPROTOOPT:
		return "the kctl module does not answer";
	case EOPNOTSUPP:
		return "the loaded module is too old for this request";
	case EAFNOSUPPORT:
		return "the sandbox of this process denies a socket";
	case EPERM:
	case EACCES:
		return "not permitted";
	case ENOMEM:
		return "out of memory";
	case EPROTO:
		return "cannot parse the answer of the module";
	default:
		text = strerrordesc_np(-error);
		return text ? text : "unknown error";
	}
}
