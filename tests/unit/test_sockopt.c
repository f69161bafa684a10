// SPDX-License-Identifier: GPL-2.0-or-later
/* The store's transport, against a mock of setsockopt(2) and getsockopt(2) */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "lib/libkctl.h"

#define LARGE (3 * KCTL_VALUE_MAX)

static struct {
	int option;
	size_t optlen;
	struct kctl_entry entry;
	char value[32];
	int gets;
	int error;
	size_t sizes[4]; /* of the entry, at each getsockopt(2) */
	bool contradict;
} kernel;

static struct kctl_store *store;
static int opened;

int socket(int domain, int type, int protocol)
{
	assert_int_equal(domain, AF_INET);
	assert_int_equal(type, SOCK_DGRAM | SOCK_CLOEXEC);
	assert_int_equal(protocol, 0);
	opened = open("/dev/null", O_RDWR);
	return opened;
}

int setsockopt(int fd, int level, int option, const void *value, socklen_t len)
{
	const struct kctl_entry *entry = value;
	size_t size = len - sizeof(*entry);

	assert_int_equal(fd, opened);
	assert_int_equal(level, SOL_IP);
	if (option != KCTL_SO_SET_ENTRY)
		assert_int_equal(option, KCTL_SO_DEL_ENTRY);
	assert_true(len >= sizeof(*entry));
	assert_true(entry->flags <= KCTL_ENTRY_PUBLIC);
	kernel.option = option;
	kernel.optlen = len;
	kernel.entry = *entry;
	memcpy(kernel.value, entry->value, size < 32 ? size : 32);
	errno = kernel.error;
	return kernel.error ? -1 : 0;
}

int getsockopt(int fd, int level, int option, void *restrict value,
	       socklen_t *restrict len)
{
	struct kctl_entry *entry = value;
	size_t size = kernel.sizes[kernel.gets++];
	size_t room = *len - sizeof(*entry);

	assert_int_equal(fd, opened);
	assert_int_equal(level, SOL_IP);
	assert_int_equal(option, KCTL_SO_GET_ENTRY);
	assert_string_equal(entry->name, "a");
	assert_int_equal(entry->generation | entry->changed | entry->flags |
				 entry->size,
			 0);
	if (kernel.error) {
		errno = kernel.error;
		return -1;
	}
	entry->size = (uint32_t)size;
	entry->generation = 5;
	memset(entry->value, 'v', size < room ? size : room);
	*len = (socklen_t)(sizeof(*entry) + size + kernel.contradict);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	memset(&kernel, 0, sizeof(kernel));
	return kctl_store_open(&store);
}

static int teardown(void **state)
{
	(void)state;
	kctl_store_close(store);
	return 0;
}

static void test_set(void **state)
{
	struct kctl_entry entry = { .generation = 7,
				    .flags = KCTL_ENTRY_PUBLIC };

	(void)state;
	assert_int_equal(kctl_entry_name(&entry, "a"), 0);
	assert_int_equal(kctl_store_set(store, &entry, "b\0c", 3), 0);
	assert_int_equal(kernel.option, KCTL_SO_SET_ENTRY);
	assert_int_equal(kernel.optlen, sizeof(entry) + 3);
	assert_int_equal(kernel.entry.size, 3);
	assert_int_equal(kernel.entry.generation, 7);
	assert_int_equal(kernel.entry.flags, KCTL_ENTRY_PUBLIC);
	assert_memory_equal(kernel.value, "b\0c", 3);

	assert_int_equal(kctl_store_set(store, &entry, "", 0), 0);
	assert_int_equal(kernel.optlen, sizeof(entry));

	kernel.error = ENOSPC;
	assert_int_equal(kctl_store_set(store, &entry, "", 0), -ENOSPC);
}

/* The kernel, which knows its limit, refuses a value that is too large. */
static void test_set_too_large(void **state)
{
	struct kctl_entry entry = { 0 };
	char *value = calloc(1, KCTL_VALUE_MAX + 1);

	(void)state;
	assert_non_null(value);
	kernel.error = EMSGSIZE;
	assert_int_equal(kctl_store_set(store, &entry, value,
					KCTL_VALUE_MAX + 1),
			 -EMSGSIZE);
	assert_int_equal(kernel.entry.size, KCTL_VALUE_MAX + 1);
	free(value);
}

static void test_names(void **state)
{
	struct kctl_entry entry, zero = { 0 };
	char name[KCTL_NAME_SIZE + 1];

	(void)state;
	memset(&entry, 0xaa, sizeof(entry));
	assert_int_equal(kctl_entry_name(&entry, "ab"), 0);
	assert_string_equal(entry.name, "ab");
	assert_memory_equal(entry.name + 3, zero.name, KCTL_NAME_SIZE - 3);

	memset(name, 'n', sizeof(name));
	name[KCTL_NAME_SIZE] = '\0';
	assert_int_equal(kctl_entry_name(&entry, name), -EINVAL);
	assert_int_equal(kctl_store_delete(store, name, 0), -EINVAL);
	name[KCTL_NAME_SIZE - 1] = '\0';
	assert_int_equal(kctl_entry_name(&entry, name), 0);
}

static void test_get(void **state)
{
	struct kctl_entry *entry;

	(void)state;
	kernel.sizes[0] = 4;
	assert_int_equal(kctl_store_get(store, "a", &entry), 0);
	assert_int_equal(kernel.gets, 1);
	assert_int_equal(entry->size, 4);
	assert_int_equal(entry->generation, 5);
	assert_memory_equal(entry->value, "vvvv", 4);
	kctl_entry_free(entry);
}

/* The module has a larger limit, and the entry grows between two calls. */
static void test_get_grows(void **state)
{
	struct kctl_entry *entry;

	(void)state;
	kernel.sizes[0] = KCTL_VALUE_MAX + 1;
	kernel.sizes[1] = LARGE;
	kernel.sizes[2] = LARGE;
	assert_int_equal(kctl_store_get(store, "a", &entry), 0);
	assert_int_equal(kernel.gets, 3);
	assert_int_equal(entry->size, LARGE);
	assert_int_equal(entry->value[LARGE - 1], 'v');
	kctl_entry_free(entry);
}

static void test_get_fails(void **state)
{
	struct kctl_entry none, *entry = &none;

	(void)state;
	kernel.error = ENOENT;
	assert_int_equal(kctl_store_get(store, "a", &entry), -ENOENT);
	assert_null(entry);
	entry = &none;
	kernel.error = 0;
	kernel.contradict = true;
	assert_int_equal(kctl_store_get(store, "a", &entry), -EPROTO);
	assert_null(entry);
}

static void test_delete(void **state)
{
	(void)state;
	assert_int_equal(kctl_store_delete(store, "a", 9), 0);
	assert_int_equal(kernel.option, KCTL_SO_DEL_ENTRY);
	assert_int_equal(kernel.optlen, sizeof(struct kctl_entry));
	assert_int_equal(kernel.entry.generation, 9);
	kernel.error = ESTALE;
	assert_int_equal(kctl_store_delete(store, "a", 9), -ESTALE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_set, setup, teardown),
		cmocka_unit_test_setup_teardown(test_set_too_large, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_names, setup, teardown),
		cmocka_unit_test_setup_teardown(test_get, setup, teardown),
		cmocka_unit_test_setup_teardown(test_get_grows, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_get_fails, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_delete, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
