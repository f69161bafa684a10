// SPDX-License-Identifier: GPL-2.0-or-later
/* The store: tables packed and unpacked, waiting and watching, against a mock */
#include "test.h"

#include <sys/stat.h>

#include "mock_store.h"
#include "run_kctl.h"

static struct kctl_store *handle;

static int open_store(void **state)
{
	reset(state);
	return kctl_store_open(&handle);
}

static int close_store(void **state)
{
	(void)state;
	kctl_store_close(handle);
	return 0;
}

static void expect_snapshot(void)
{
	struct kctl_snapshot *snapshot;

	assert_int_equal(kctl_store_table_get(handle, &snapshot), 0);
	assert_int_equal(snapshot->generation, 9);
	assert_int_equal(snapshot->count, 3);
	assert_string_equal(snapshot->entries[0]->name, "a");
	assert_int_equal(snapshot->entries[0]->size, 0);
	assert_string_equal(snapshot->entries[1]->name, "a.b");
	assert_memory_equal(snapshot->entries[1]->value, "123456789", 9);
	assert_string_equal(snapshot->entries[2]->name, "b");
	kctl_snapshot_free(snapshot);
}

static void test_unpack(void **state)
{
	(void)state;
	expect_snapshot();
	assert_int_equal(module.calls, 1);
}

/* The table has grown since it was measured. The answer may or may not have the new size. */
static void test_table_that_grew(void **state)
{
	static const char value[KCTL_VALUE_MAX];
	struct kctl_snapshot *snapshot;

	(void)state;
	put("c", value, sizeof(value));
	for (int bpf = 0; bpf < 2; bpf++) {
		module.bpf = bpf;
		module.calls = 0;
		memset(&module.info, 0, sizeof(module.info));
		assert_int_equal(kctl_store_table_get(handle, &snapshot), 0);
		assert_int_equal(module.calls, 2);
		assert_int_equal(snapshot->count, 4);
		kctl_snapshot_free(snapshot);
	}
	/* The call ends even if the table grows without end. */
	module.table_error = -EFAULT;
	module.calls = 0;
	assert_int_equal(kctl_store_table_get(handle, &snapshot), -EAGAIN);
	assert_true(module.calls > 1 && module.calls < 20);
}

static void expect_error(int expected)
{
	struct kctl_snapshot *snapshot;

	assert_int_equal(kctl_store_table_get(handle, &snapshot), expected);
	assert_int_equal(kctl_store_replace(handle, NULL, 0), expected);
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

/* The library does not walk through an inconsistent answer. */
static void test_malformed_tables(void **state)
{
	struct kctl_table *table = (void *)module.table;
	struct kctl_entry *entry = (void *)(table + 1);
	struct kctl_snapshot *snapshot;
	size_t size = module.size;

	(void)state;
	for (module.size = 0; module.size < size; module.size++)
		assert_int_equal(kctl_store_table_get(handle, &snapshot),
				 -EPROTO);
	module.size = size + 8;
	assert_int_equal(kctl_store_table_get(handle, &snapshot), -EPROTO);
	module.size = size;
	for (uint32_t entries = 0; entries < 6; entries++) {
		table->entries = entries == 5 ? UINT32_MAX : entries;
		if (entries != 3)
			assert_int_equal(kctl_store_table_get(handle,
							      &snapshot),
					 -EPROTO);
	}
	table->entries = 3;
	entry->size = UINT32_MAX;
	assert_int_equal(kctl_store_table_get(handle, &snapshot), -EPROTO);
	entry->size = 8;
	memset(entry->name, 'x', sizeof(entry->name));
	assert_int_equal(kctl_store_table_get(handle, &snapshot), -EPROTO);
}

static void test_pack(void **state)
{
	struct kctl_table_builder *builder = kctl_table_new();
	struct kctl_table *table = (void *)module.table;
	struct kctl_entry *entry;

	(void)state;
	assert_int_equal(kctl_store_replace(handle, builder, 5), 0);
	assert_int_equal(module.replaced_size, sizeof(*table));
	assert_int_equal(
		((struct kctl_table *)(void *)module.replaced)->generation, 5);
	for (size_t at = sizeof(*table); at < module.size;) {
		const struct kctl_entry *from = (void *)(module.table + at);

		/* Reserve more than needed, with other bytes in it. */
		entry = kctl_table_reserve(builder, from->size + 100);
		memset(entry->value, 0xaa, from->size + 100);
		memcpy(entry, from, sizeof(*from) + from->size);
		kctl_table_commit(builder, entry);
		at += KCTL_TABLE_STRIDE(from->size);
	}
	assert_int_equal(kctl_store_replace(handle, builder, 9), 0);
	assert_int_equal(module.replaced_size, module.size);
	assert_memory_equal(module.replaced, module.table, module.size);
	kctl_table_free(builder);
}

static void test_generation(void **state)
{
	uint64_t generation = 1;

	(void)state;
	assert_int_equal(kctl_store_generation(handle, "e", &generation), 0);
	assert_int_equal(generation, 0);
	module.generation = 17;
	assert_int_equal(kctl_store_generation(handle, "e", &generation), 0);
	assert_int_equal(generation, 17);
}

/* The generation of the store in each successive answer to GET_STATUS. */
static uint64_t generations[4];

static void answer_status(const struct nlmsghdr *request, uint8_t cmd)
{
	struct nlmsghdr *nlh = mock_reply(request, cmd);

	assert_int_equal(cmd, KCTL_CMD_GET_STATUS);
	mnl_attr_put_u64(nlh, KCTL_A_STATUS_STORE_GENERATION,
			 generations[mock.dumps]);
	mock_send(nlh);
	mock_ack(request, 0, NULL);
	/* Changes that follow the start of the watch. */
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

/* The PIDs of a process in its pid namespaces, the innermost first. */
static struct kctl_pid pids[3];

static void put_changer(struct nlmsghdr *nlh)
{
	mnl_attr_put_u32(nlh, KCTL_A_STORE_UID, 1000);
	mnl_attr_put_strz(nlh, KCTL_A_STORE_COMMAND, "sh\n1");
	for (size_t i = 0; i < COUNT(pids); i++)
		if (pids[i].pid)
			mnl_attr_put(nlh, KCTL_A_STORE_PID, sizeof(pids[i]),
				     &pids[i]);
}

static void test_changer(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(stat("/proc/self/ns/pid", &st), 0);
	mock.handle = answer_status;
	mock.put_changer = put_changer;
	generations[0] = 10;
	pids[0] = (struct kctl_pid){ 7, (uint32_t)st.st_ino + 1 };
	pids[1] = (struct kctl_pid){ 4711, (uint32_t)st.st_ino };
	pids[2] = (struct kctl_pid){ 9, (uint32_t)st.st_ino - 1 };
	run_kctl("kctl watch store --count 1");
	assert_string_equal(ran.out, "11 set x, uid 1000, pid 4711 sh\\n1\n");
	mock.dumps = 0;
	run_kctl("kctl -j watch store --count 1");
	assert_non_null(strstr(
		ran.out,
		"\"name\":\"x\",\"uid\":1000,\"pid\":4711,\"command\":\"sh\\n1\"}\n"));
	/* For a process in other pid namespaces, no PID is invented. */
	mock.dumps = 0;
	pids[1].ns += 2;
	run_kctl("kctl watch store --count 1");
	assert_string_equal(ran.out, "11 set x, uid 1000, pid - sh\\n1\n");
	mock.dumps = 0;
	run_kctl("kctl -j watch store --count 1");
	assert_non_null(strstr(ran.out, "\"uid\":1000,\"command\":"));
	assert_null(strstr(ran.out, "\"pid\""));
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
	/* A caller that knows this generation waits for a different one. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_unpack, open_store,
						close_store),
		cmocka_unit_test_setup_teardown(test_table_that_grew,
						open_store, close_store),
		cmocka_unit_test_setup_teardown(test_old_module_or_none,
						open_store, close_store),
		cmocka_unit_test_setup_teardown(test_malformed_tables,
						open_store, close_store),
		cmocka_unit_test_setup_teardown(test_pack, open_store,
						close_store),
		cmocka_unit_test_setup_teardown(test_generation, open_store,
						close_store),
		cmocka_unit_test_setup(test_watch, reset),
		cmocka_unit_test_setup(test_changer, reset),
		cmocka_unit_test_setup(test_wait, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
