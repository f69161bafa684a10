/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parse and format users, groups and modes */
#ifndef KCTL_OWNER_H
#define KCTL_OWNER_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/opt.h"

/**
 * struct id_arg - argument of an option that can be absent
 * @given: the option was given
 * @id: user ID, group ID or mode
 */
struct id_arg {
	bool given;
	uint32_t id;
};

/*
 * Parse functions for struct opt. Users and groups are names or numbers, modes are
 * octal; @dest points to a struct id_arg.
 */
bool opt_user(const struct opt *opt, const char *arg, void *dest);
bool opt_group(const struct opt *opt, const char *arg, void *dest);
bool opt_mode(const struct opt *opt, const char *arg, void *dest);

#define MODE_EXPECTED "an octal mode from 0 to 0666"

/* Size of a buffer for a name; a longer name is truncated. */
#define OWNER_NAME 64

/**
 * user_name() - get the name of a user
 * @uid: user ID
 * @name: set to the name, or to the number if the user has no name
 */
void user_name(uint32_t uid, char name[OWNER_NAME]);

/**
 * group_name() - get the name of a group
 * @gid: group ID
 * @name: set to the name, or to the number if the group has no name
 */
void group_name(uint32_t gid, char name[OWNER_NAME]);

#endif /* KCTL_OWNER_H */
