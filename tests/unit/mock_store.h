/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A mock of the store: its functions replace the system calls at SOL_IP */
#ifndef MOCK_STORE_H
#define MOCK_STORE_H

#include <signal.h>

#include "lib/libkctl.h"
#include "mock_netlink.h"

/* The contents and the behaviour of the mocked module. */
static struct {
	uint8_t table[70000];
	size_t size;
	struct kctl_info info;
	int table_error; /* of GET_TABLE and REPLACE */
	int replace_error; /* of REPLACE alone */
	int replace_signal; /* arrives while REPLACE waits, or 0 */
	int info_error;
	int entry_error; /* of SET_ENTRY and DEL_ENTRY */
	int calls;
	bool bpf; /* a short buffer is EFAULT */
	uint64_t generation; /* of every entry, 0: there is none */
	const char *missing; /* the one entry that does not exist, or NULL */
	uint64_t expected; /* the only generation that REPLACE may expect; 0: any */
	uint8_t replaced[8192];
	size_t replaced_size;
	FILE *replaced_file; /* the table of REPLACE, for the parent process */
} module;

static inline int answer(const void *data, size_t size, void *value,
			 socklen_t *len)
{
	if (module.bpf && size > *len)
		return -EFAULT;
	memcpy(value, data, size < *len ? size : *len);
	*len = (socklen_t)size;
	return 0;
}

static inline bool is_missing(const char *name)
{
	return module.missing && !strcmp(module.missing, name);
}

/* The value of an entry is its name. */
static inline int module_get_entry(const char *name, void *value,
				   socklen_t *len)
{
	struct {
		struct kctl_entry entry;
		char value[sizeof(((struct kctl_entry *)0)->name)];
	} all = { .entry.generation = module.generation };
	size_t size = strlen(name);

	assert_int_equal(name[0], 'e');
	if (!module.generation || is_missing(name))
		return -ENOENT;
	memcpy(all.entry.name, name, size);
	memcpy(all.value, name, size);
	all.entry.size = (uint32_t)size;
	return answer(&all, sizeof(all.entry) + size, value, len);
}

static inline int module_get(int option, void *value, socklen_t *len)
{
	if (option == KCTL_SO_GET_INFO)
		return module.info_error ?
			       module.info_error :
			       answer(&module.info, sizeof(module.info), value,
				      len);
	if (option == KCTL_SO_GET_ENTRY)
		return module_get_entry(((struct kctl_entry *)value)->name,
					value, len);
	assert_int_equal(option, KCTL_SO_GET_TABLE);
	module.calls++;
	if (module.table_error)
		return module.table_error;
	if (module.bpf)
		module.info.bytes = 100000;
	return answer(module.table, module.size, value, len);
}

static inline int module_set(int option, const void *value, socklen_t len)
{
	uint64_t expected;

	if (option == KCTL_SO_DEL_ENTRY &&
	    is_missing(((const struct kctl_entry *)value)->name))
		return -ENOENT;
	if (option == KCTL_SO_SET_ENTRY || option == KCTL_SO_DEL_ENTRY)
		return module.entry_error;
	assert_int_equal(option, KCTL_SO_REPLACE);
	if (module.table_error)
		return module.table_error;
	if (module.replace_signal)
		raise(module.replace_signal);
	if (module.replace_error)
		return module.replace_error;
	expected = ((const struct kctl_table *)value)->generation;
	if (expected && module.expected && expected != module.expected)
		return -ESTALE;
	assert_true(len <= sizeof(module.replaced));
	memcpy(module.replaced, value, len);
	module.replaced_size = len;
	if (module.replaced_file) {
		fwrite(value, 1, len, module.replaced_file);
		fflush(module.replaced_file);
	}
	return 0;
}

static const struct mock_store store = { .set = module_set, .get = module_get };

static inline void put(const char *name, const char *value, uint32_t size)
{
	struct kctl_table *table = (void *)module.table;
	struct kctl_entry *entry = (void *)(module.table + module.size);

	memset(entry, 0, KCTL_TABLE_STRIDE(size));
	snprintf(entry->name, sizeof(entry->name), "%s", name);
	entry->size = size;
	memcpy(entry->value, value, size);
	module.size += KCTL_TABLE_STRIDE(size);
	table->entries++;
}

static inline int reset(void **state)
{
	(void)state;
	memset(&module, 0, sizeof(module));
	module.size = sizeof(struct kctl_table);
	((struct kctl_table *)(void *)module.table)->generation = 9;
	put("b", "12345678", 8);
	put("a", "", 0);
	put("a.b", "123456789", 9);
	mock_reset(NULL);
	mock.store = &store;
	mock.join = NULL;
	mock.old = false;
	return 0;
}

#endif /* MOCK_STORE_H */
