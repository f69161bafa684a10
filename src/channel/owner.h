/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Users, groups and modes, as people write them and read them */
#ifndef KCTL_OWNER_H
#define KCTL_OWNER_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/opt.h"

/**
 * struct id_arg - a number that an option gave, or did not
 * @given: it did
 * @id: the number
 */
struct id_arg {
	bool given;
	uint32_t id;
};

/* Parse functions of options: names or numbers, and octal; at @dest is an id_arg. */
bool opt_user(const struct opt *opt, const char *arg, void *dest);
bool opt_group(const struct opt *opt, const char *arg, void *dest);
bool opt_mode(const struct opt *opt, const char *arg, void *dest);

#define MODE_EXPECTED "an octal mode from 0 to 0666"

/* As many characters of a name as there are in the longest, and more. */
#define OWNER_NAME 64

/**
 * user_name() - name of a user
 * @uid: the user
 * @name: gets it, or the number if there is none
 */
void user_name(uint32_t uid, char name[OWNER_NAME]);

/**
 * group_name() - name of a group
 * @gid: the group
 * @name: gets it, or the number if there is none
 */
void group_name(uint32_t gid, char name[OWNER_NAME]);

#endif /* KCTL_OWNER_H */
