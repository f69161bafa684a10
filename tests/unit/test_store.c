// SPDX-License-Identifier: GPL-2.0-or-later
/* The store: tables packed and unpacked, waiting and watching, against a mock */
#include "test.h"

#include "lib/libkctl.h"
#include "mock_netlink.h"
#include "run_kctl.h"

/* The content of the mock's module, and how it behaves. */
static struct {
	uint8_t table[70000];
	size_t size;
	struct kctl_info info;
	int table_error; /* of GET_TABLE and REPLACE */
	int info_error;
	int entry_error; /* of SET_ENTRY and DEL_ENTRY */
	int calls;
	bool bpf; /* a short buffer is EFAULT */
	uint64_t generation; /* of every entry, 0: there is none */
	uint64_t expected; /* what REPLACE may expect; 0: all */
	uint8_t replaced[8192];
	size_t replaced_size;
} module;

static int answer(const void *data, size_t size, void *value, socklen_t *len)
{
	if (module.bpf && size > *len)
		return -EFAULT;
	memcpy(value, data, size < *len ? size : *len);
	*len = (socklen_t)size;
	return 0;
}

static int module_get(int option, void *value, socklen_t *len)
{
	struct kctl_entry entry = { .name = "e",
				    .generation = module.generation };

	if (option == KCTL_SO_GET_ENTRY)
		assert_string_equal(((struct kctl_entry *)value)->name, "e");
	if (option == KCTL_SO_GET_INFO)
		return module.info_error ?
			       module.info_error :
			       answer(&module.info, sizeof(module.info), value,
				      len);
	if (option == KCTL_SO_GET_ENTRY && !module.generation)
		return -ENOENT;
	if (option == KCTL_SO_GET_ENTRY)
		return answer(&entry, sizeof(entry), value, len);
	assert_int_equal(option, KCTL_SO_GET_TABLE);
	module.calls++;
	if (module.table_error)
		return module.table_error;
	if (module.bpf)
		module.info.bytes = 100000;
	return answer(module.table, module.size, value, len);
}

static int module_set(int option, const void *value, socklen_t len)
{
	uint64_t expected;

	if (option == KCTL_SO_SET_ENTRY || option == KCTL_SO_DEL_ENTRY)
		return module.entry_error;
	assert_int_equal(option, KCTL_SO_REPLACE);
	if (module.table_error)
		return module.table_error;
	expected = ((const struct kctl_table *)value)->generation;
	if (expected && module.expected && expected != module.expected)
		return -ESTALE;
	assert_true(len <= sizeof(module.replaced));
	memcpy(module.replaced, value, len);
	module.replaced_size = len;
	return 0;
}

static const struct mock_store store = { .set = module_set, .get = module_get };

static void put(const char *name, const char *value, uint32_t size)
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

static int reset(void **state)
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

static void expect_snapshot(void)
{
	struct kctl_snapshot snapshot;

	assert_int_equal(kctl_store_table_get(3, &snapshot), 0);
	assert_int_equal(snapshot.generation, 9);
	assert_int_equal(snapshot.count, 3);
	assert_string_equal(snapshot.entries[0]->name, "a");
	assert_int_equal(snapshot.entries[0]->size, 0);
	assert_string_equal(snapshot.entries[1]->name, "a.b");
	assert_memory_equal(snapshot.entries[1]->value, "123456789", 9);
	assert_string_equal(snapshot.entries[2]->name, "b");
	kctl_snapshot_free(&snapshot);
}

static void test_unpack(void **state)
{
	(void)state;
	expect_snapshot();
	assert_int_equal(module.calls, 1);
}

/* It has grown since it was counted. The answer says by how much, or not. */
static void test_table_that_grew(void **state)
{
	static const char value[KCTL_VALUE_MAX];
	struct kctl_snapshot snapshot;

	(void)state;
	put("c", value, sizeof(value));
	for (int bpf = 0; bpf < 2; bpf++) {
		module.bpf = bpf;
		module.calls = 0;
		memset(&module.info, 0, sizeof(module.info));
		assert_int_equal(kctl_store_table_get(3, &snapshot), 0);
		assert_int_equal(module.calls, 2);
		assert_int_equal(snapshot.count, 4);
		kctl_snapshot_free(&snapshot);
	}
	/* And it ends even if that never does. */
	module.table_error = -EFAULT;
	module.calls = 0;
	assert_int_equal(kctl_store_table_get(3, &snapshot), -EAGAIN);
	assert_true(module.calls > 1 && module.calls < 20);
}

static void expect_error(int expected)
{
	struct kctl_table_builder empty = { 0 };
	struct kctl_snapshot snapshot;

	assert_int_equal(kctl_store_table_get(3, &snapshot), expected);
	assert_int_equal(kctl_store_replace(3, &empty, 0), expected);
}

static void test_old_module_or_none(void **state)
{
	(void)state;
	module.table_error = -ENOPROTOOPT;
	expect_error(-EOPNOTSUPP);
	run_kctl("kctl sockopt list");
	assert_exited(EXIT_MISSING);
	assert_non_null(strstr(ran.err, "the loaded module is too old"));
	module.info_error = -ENOPROTOOPT;
	expect_error(-ENOPROTOOPT);
	module.info_error = 0;
	module.table_error = -EPERM;
	expect_error(-EPERM);
}

/* An answer that contradicts itself is not walked through. */
static void test_malformed_tables(void **state)
{
	struct kctl_table *table = (void *)module.table;
	struct kctl_entry *entry = (void *)(table + 1);
	struct kctl_snapshot snapshot;
	size_t size = module.size;

	(void)state;
	for (module.size = 0; module.size < size; module.size++)
		assert_int_equal(kctl_store_table_get(3, &snapshot), -EPROTO);
	module.size = size + 8;
	assert_int_equal(kctl_store_table_get(3, &snapshot), -EPROTO);
	module.size = size;
	for (uint32_t entries = 0; entries < 6; entries++) {
		table->entries = entries == 5 ? UINT32_MAX : entries;
		if (entries != 3)
			assert_int_equal(kctl_store_table_get(3, &snapshot),
					 -EPROTO);
	}
	table->entries = 3;
	entry->size = UINT32_MAX;
	assert_int_equal(kctl_store_table_get(3, &snapshot), -EPROTO);
	entry->size = 8;
	memset(entry->name, 'x', sizeof(entry->name));
	assert_int_equal(kctl_store_table_get(3, &snapshot), -EPROTO);
}

static void test_pack(void **state)
{
	struct kctl_table_builder builder = { 0 };
	struct kctl_table *table = (void *)module.table;
	struct kctl_entry *entry;

	(void)state;
	assert_int_equal(kctl_store_replace(3, &builder, 5), 0);
	assert_int_equal(module.replaced_size, sizeof(*table));
	assert_int_equal(
		((struct kctl_table *)(void *)module.replaced)->generation, 5);
	for (size_t at = sizeof(*table); at < module.size;) {
		const struct kctl_entry *from = (void *)(module.table + at);

		/* A larger reservation than needed, with other bytes in it. */
		entry = kctl_table_reserve(&builder, from->size + 100);
		memset(entry->value, 0xaa, from->size + 100);
		memcpy(entry, from, sizeof(*from) + from->size);
		kctl_table_commit(&builder, entry);
		at += KCTL_TABLE_STRIDE(from->size);
	}
	assert_int_equal(kctl_store_replace(3, &builder, 9), 0);
	assert_int_equal(module.replaced_size, module.size);
	assert_memory_equal(module.replaced, module.table, module.size);
	kctl_table_free(&builder);
}

static void test_generation(void **state)
{
	uint64_t generation = 1;

	(void)state;
	assert_int_equal(kctl_store_generation(3, "e", &generation), 0);
	assert_int_equal(generation, 0);
	module.generation = 17;
	assert_int_equal(kctl_store_generation(3, "e", &generation), 0);
	assert_int_equal(generation, 17);
}

/* The generations of the store that GET_STATUS reports, one after the other. */
static uint64_t generations[4];

static void answer_status(const struct nlmsghdr *request, uint8_t cmd)
{
	struct nlmsghdr *nlh = mock_reply(request, cmd);

	assert_int_equal(cmd, KCTL_CMD_GET_STATUS);
	mnl_attr_put_u64(nlh, KCTL_A_STATUS_STORE_GENERATION,
			 generations[mock.dumps]);
	mock_send(nlh);
	mock_ack(request, 0, NULL);
	/* Changes after the watch has begun. */
	if (!mock.dumps++) {
		mock_store_event(KCTL_STORE_SET, 11, "x");
		mock_store_event(KCTL_STORE_DELETE, 14, "x");
		mock_store_event(KCTL_STORE_REPLACE, 15, NULL);
		mock_store_event(99, 16, "y");
	}
}

#define STORE(generation, rest) \
	"{\"event\":\"store\",\"generation\":" #generation rest "}\n"

static void test_watch(void **state)
{
	(void)state;
	mock.handle = answer_status;
	generations[0] = 10;
	generations[1] = 18;
	run_kctl("kctl -j watch store --duration 0.05");
	assert_exited(EXIT_DONE);
	assert_string_equal(
		ran.out,
		"{\"event\":\"ready\",\"generation\":10}\n" STORE(
			11,
			",\"action\":\"set\",\"name\":\"x\"") "{\"event\":\"lost\",\"count\":2}\n" STORE(14,
													 ",\"action\":\"delete\",\"name\":\"x\"")
			STORE(15, ",\"action\":\"replace\"") STORE(
				16,
				",\"action\":\"change\",\"name\":\"y\"") "{\"event\":\"lost\",\"count\":2}\n"
									 "{\"event\":\"end\",\"received\":4,\"lost\":4}\n");
	run_kctl("kctl watch store --count 2");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, "11 set x\nlost 2 events\n14 delete x\n");
	mock.old = true;
	run_kctl("kctl watch store");
	assert_exited(EXIT_MISSING);
}

static void change_elsewhere(void)
{
	mock_store_event(KCTL_STORE_SET, 20, "f");
	mock_store_event(KCTL_STORE_REPLACE, 21, NULL);
}

static void change_entry(void)
{
	mock_store_event(KCTL_STORE_SET, 22, "e");
	module.generation = 22;
}

static void lose_change(void)
{
	mock.overruns = 1;
	module.generation = 23;
}

static void test_wait(void **state)
{
	(void)state;
	module.generation = 17;
	mock.join = change_elsewhere;
	run_kctl("kctl sockopt wait --name e --timeout 0.02");
	assert_exited(EXIT_TIMEOUT);
	assert_string_equal(ran.err, "kctl: sockopt wait: entry 'e' did not "
				     "change within 0.02 s\n");
	/* A change between subscribing and reading is not missed. */
	mock.join = change_entry;
	run_kctl("kctl -v sockopt wait --name e --timeout 0.02");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, "22\n");
	/* A caller that knows this generation waits for another one. */
	run_kctl("kctl sockopt wait --name e --generation 22 --timeout 0.02");
	assert_exited(EXIT_TIMEOUT);
	run_kctl("kctl -j sockopt wait --name e --generation 17");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, "{\"name\":\"e\",\"generation\":22}\n");
	mock.join = lose_change;
	run_kctl("kctl sockopt wait --name e --generation 17 --timeout 0.02");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, "");
}

static char file_name[32];

static int make_file(void **state)
{
	static const char text[] =
		"%kctl-store 1 2026-11-22T10:15:00Z\n"
		"# generation 7\na \"b\"\nc \"defg\"\n%end 2\n";
	int fd;

	snprintf(file_name, sizeof(file_name), "/tmp/kctl-test-XXXXXX");
	fd = mkstemp(file_name);
	if (fd < 0 || write(fd, text, sizeof(text) - 1) < 0 || close(fd))
		return -1;
	return reset(state);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(file_name);
}

static void run_restore(const char *options)
{
	char line[80];

	snprintf(line, sizeof(line), "kctl sockopt restore%s %s", options,
		 file_name);
	run_kctl(line);
}

/* What the store cannot hold is refused where the file has it, and --test tells. */
static void test_restore_is_bounded_by_the_store(void **state)
{
	(void)state;
	module.info.max_entries = 2;
	module.info.max_bytes = 5;
	run_restore("");
	assert_exited(EXIT_DONE);
	module.info.max_entries = 1;
	run_restore(" --test");
	assert_exited(EXIT_REFUSED);
	assert_non_null(strstr(ran.err,
			       ":4: the store has no space for more than 1 "
			       "entries (sysctl net.kctl.store_max_entries)"));
	module.info.max_entries = 2;
	module.info.max_bytes = 4;
	run_restore("");
	assert_exited(EXIT_REFUSED);
	assert_non_null(strstr(ran.err,
			       ":4: the store has no space for more than 4 "
			       "bytes (sysctl net.kctl.store_max_bytes)"));
}

static void test_restore_if_unchanged(void **state)
{
	(void)state;
	module.info.max_entries = 9;
	module.info.max_bytes = 9;
	module.expected = 7;
	run_restore(" --if-unchanged");
	assert_exited(EXIT_DONE);
	module.expected = module.info.generation = 8;
	run_restore(" --if-unchanged");
	assert_exited(EXIT_REFUSED);
	assert_non_null(strstr(ran.err, "the store has generation 8, not 7"));
	/* As before, nothing stops a caller that does not ask for it. */
	module.expected = 0;
	run_restore("");
	assert_exited(EXIT_DONE);
}

static void run_diff(const char *text, const char *json)
{
	FILE *file = fopen(file_name, "w");
	char line[80];

	assert_non_null(file);
	fprintf(file, "%%kctl-store 1\n%s%%end\n", text);
	fclose(file);
	snprintf(line, sizeof(line), "kctl%s sockopt diff %s", json, file_name);
	run_kctl(line);
}

#define A    "a \"\"\n"
#define A_B  "a.b \"123456789\"\n"
#define B    "b \"12345678\"\n"
#define B_OF "\"value\":\"12345678\""

static void test_diff(void **state)
{
	(void)state;
	module.info.max_entries = 9;
	module.info.max_bytes = 99;
	run_diff(B A A_B, "");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, "");
	run_diff("a public \"\"\n" A_B "c \"\\x00\"\n", "");
	assert_exited(EXIT_DIFFERENT);
	assert_string_equal(ran.out, "-a \"\"\n+a public \"\"\n"
				     "-b \"12345678\"\n+c \"\\x00\"\n");
	assert_string_equal(ran.err, "");
	run_diff("0 \"x\"\n" A A_B, " -j");
	assert_exited(EXIT_DIFFERENT);
	assert_string_equal(
		ran.out,
		"[{\"name\":\"0\",\"new\":{\"public\":false,\"value\":\"x\"}},"
		"{\"name\":\"b\",\"old\":{\"public\":false," B_OF "}}]\n");
	run_diff(A A_B B, " -j");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, "[]\n");
	run_diff("", "");
	assert_exited(EXIT_DIFFERENT);
	assert_string_equal(ran.out, "-a \"\"\n-a.b \"123456789\"\n"
				     "-b \"12345678\"\n");
}

static void test_list_values(void **state)
{
	(void)state;
	run_kctl("kctl sockopt list --values");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, A A_B B);
	run_kctl("kctl sockopt list --values a.");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, A_B);
	run_kctl("kctl sockopt list b -j --values");
	assert_string_equal(
		ran.out,
		"[{\"name\":\"b\",\"size\":8,\"generation\":0,\"changed\":0,"
		"\"public\":false," B_OF "}]\n");
	run_kctl("kctl sockopt list a.b.c");
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, "NAME  SIZE GENERATION   AGE FLAGS\n");
}

/* The generation that is there, beside the one that was expected. */
static void test_stale_names_both_generations(void **state)
{
	static const char *const changes[] = { "set x", "delete" };
	char line[80];

	(void)state;
	module.entry_error = module.table_error = -ESTALE;
	for (size_t i = 0; i < COUNT(changes); i++) {
		snprintf(line, sizeof(line),
			 "kctl sockopt %s --name e --if-generation 5",
			 changes[i]);
		module.generation = 7;
		run_kctl(line);
		assert_exited(EXIT_REFUSED);
		assert_non_null(strstr(
			ran.err,
			"entry 'e' has generation 7, not 5, nothing was changed"));
		module.generation = 0;
		run_kctl(line);
		assert_exited(EXIT_REFUSED);
		assert_non_null(strstr(
			ran.err,
			"entry 'e' of generation 5 does not exist any more"));
	}
	module.info.generation = 9;
	run_kctl("kctl sockopt flush --if-generation 4");
	assert_exited(EXIT_REFUSED);
	assert_string_equal(
		ran.err,
		"kctl: sockopt flush: the store has generation 9, not 4, nothing was changed\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_unpack, reset),
		cmocka_unit_test_setup(test_table_that_grew, reset),
		cmocka_unit_test_setup(test_old_module_or_none, reset),
		cmocka_unit_test_setup(test_malformed_tables, reset),
		cmocka_unit_test_setup(test_pack, reset),
		cmocka_unit_test_setup(test_generation, reset),
		cmocka_unit_test_setup(test_watch, reset),
		cmocka_unit_test_setup(test_wait, reset),
		cmocka_unit_test_setup(test_stale_names_both_generations,
				       reset),
		cmocka_unit_test_setup(test_stale_names_both_generations,
				       reset),
		cmocka_unit_test_setup_teardown(
			test_restore_is_bounded_by_the_store, make_file,
			remove_file),
		cmocka_unit_test_setup_teardown(test_restore_if_unchanged,
						make_file, remove_file),
		cmocka_unit_test_setup(test_list_values, reset),
		cmocka_unit_test_setup_teardown(test_diff, make_file,
						remove_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
