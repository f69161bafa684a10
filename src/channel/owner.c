// SPDX-License-Identifier: GPL-2.0-or-later
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "owner.h"
#include "cli/parse.h"

/* The ID -1 is reserved: to the kernel it means no user or group. */
#define ID_MAX (UINT32_MAX - 1)

#define MODE_MAX 0666

static bool take_number(const char *arg, struct id_arg *id)
{
	uint64_t number;

	if (!parse_u64(arg, &number) || number > ID_MAX)
		return false;
	id->given = true;
	id->id = (uint32_t)number;
	return true;
}

/* As in chown(1), an argument of digits is looked up as a name first. */
bool opt_user(const struct opt *opt, const char *arg, void *dest)
{
	const struct passwd *user = getpwnam(arg);

	(void)opt;
	if (!user)
		return take_number(arg, dest);
	*(struct id_arg *)dest = (struct id_arg){ true, user->pw_uid };
	return true;
}

bool opt_group(const struct opt *opt, const char *arg, void *dest)
{
	const struct group *group = getgrnam(arg);

	(void)opt;
	if (!group)
		return take_number(arg, dest);
	*(struct id_arg *)dest = (struct id_arg){ true, group->gr_gid };
	return true;
}

bool opt_mode(const struct opt *opt, const char *arg, void *dest)
{
	size_t digits = strspn(arg, "01234567");
	uint32_t mode = 0;

	(void)opt;
	if (!digits || digits > 4 || arg[digits])
		return false;
	while (*arg)
		mode = mode << 3 | (uint32_t)(*arg++ - '0');
	if (mode & ~(uint32_t)MODE_MAX)
		return false;
	*(struct id_arg *)dest = (struct id_arg){ true, mode };
	return true;
}

void user_name(uint32_t uid, char name[OWNER_NAME])
{
	const struct passwd *user = getpwuid(uid);

	if (user)
		snprintf(name, OWNER_NAME, "%s", user->pw_name);
	else
		snprintf(name, OWNER_NAME, "%" PRIu32, uid);
}

void group_name(uint32_t gid, char name[OWNER_NAME])
{
	const struct group *group = getgrgid(gid);

	if (group)
		snprintf(name, OWNER_NAME, "%s", group->gr_name);
	else
		snprintf(name, OWNER_NAME, "%" PRIu32, gid);
}
