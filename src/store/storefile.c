// SPDX-License-Identifier: GPL-2.0-or-later
#include <limits.h>
#include <string.h>

#include "storefile.h"

/* The limits of the store; without the module, the limits of any table. */
static struct store_section_limits store_limits(void)
{
	struct store_section_limits limits = {
		.entries = INT_MAX / KCTL_TABLE_STRIDE(0),
		.bytes = INT_MAX,
	};
	struct kctl_store *store;
	struct kctl_info info;

	if (kctl_store_open(&store))
		return limits;
	if (!kctl_store_info(store, &info, sizeof(info))) {
		limits.entries = info.max_entries;
		limits.bytes = info.max_bytes;
	}
	kctl_store_close(store);
	return limits;
}

int storefile_begin(struct store_section *content)
{
	const struct store_section_limits limits = store_limits();

	return store_section_init(content, &limits);
}

enum exit_status storefile_read(struct ctx *ctx, const char *path,
				struct store_section *content)
{
	struct savefile_section section = { .kind = &store_section_kind,
					    .content = content };
	int err = storefile_begin(content);

	if (err)
		return cmd_fail(ctx, (struct failure){ .error = err });
	return savefile_read(ctx, path, &section, 1);
}

bool storefile_same_entry(const struct kctl_entry *a,
			  const struct kctl_entry *b)
{
	return a->flags == b->flags && a->size == b->size &&
	       !memcmp(a->value, b->value, a->size);
}
