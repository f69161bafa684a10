// SPDX-License-Identifier: GPL-2.0-only
/*
 * Validation of names.
 */
#include <linux/kctl.h>
#include <linux/string.h>

#include "name.h"

static const bool kctl_name_chars[256] = {
	['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true,
	['_'] = true, ['.'] = true, [':'] = true, ['/'] = true, ['-'] = true,
};

/**
 * kctl_name_ok() - check a name that came from user space
 * @name: KCTL_NAME_SIZE bytes
 *
 * Return: true if it is a valid name, padded with zeros.
 */
bool kctl_name_ok(const char *name)
{
	size_t len = 0;

	while (len < KCTL_NAME_SIZE && kctl_name_chars[(u8)name[len]])
		len++;
	if (!len || len == KCTL_NAME_SIZE)
		return false;
	return !memchr_inv(name + len, 0, KCTL_NAME_SIZE - len);
}
