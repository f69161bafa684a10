// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl watch icmp -w with -C and -G */
#include "test.h"

#include <sys/stat.h>
#include <time.h>

#include "run_replay.h"

#define READY "{\"event\":\"ready\"}\n"

/* Three packets from now on, ten seconds apart. */
static void over_time(const struct nlmsghdr *nlh, uint8_t cmd)
{
	struct kctl_record record;

	if (mock_starts(cmd)) {
		for (uint64_t i = 0; i < 3; i++) {
			mock_echo_record(&record, i + 1, KCTL_DIRECTION_IN);
			record.time = ((uint64_t)time(NULL) + 10 * i) *
				      UINT64_C(1000000000);
			mock_record(&record, mock_echo);
		}
	} else {
		mock_totals(nlh, 3);
	}
	mock_ack(nlh, 0, NULL);
}

/* The end after the last file is like that after --count: the third packet is not lost. */
static void test_rotation(void **state)
{
	char name[] = "/tmp/kctl-test-XXXXXX", line[128], second[64];
	struct pcap_file f = exchange(false, US);
	int fd = mkstemp(name);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	mock_reset(over_time);
	snprintf(line, sizeof(line), "kctl -j watch icmp -G 5 -W 2 -w %s",
		 name);
	run_kctl(line);
	assert_exited(EXIT_DONE);
	assert_string_equal(ran.out, READY
			    "{\"event\":\"end\",\"received\":2,\"lost\":0}\n");
	/* The next file cannot be opened: the error has the errno and the name. */
	snprintf(second, sizeof(second), "%s1", name);
	assert_int_equal(mkdir(second, 0700), 0);
	snprintf(line, sizeof(line), "kctl watch icmp -C 1k -w %s", name);
	while (f.size < 1200)
		pcap_packet(&f, 0, mock_echo, sizeof(mock_echo));
	for (int i = 0; i < 10; i++)
		pcap_packet(&f, 0, mock_echo, sizeof(mock_echo));
	run_on(line, &f);
	assert_exited(EXIT_REFUSED);
	snprintf(line, sizeof(line), "cannot write '%s': Is a directory\n",
		 second);
	assert_non_null(strstr(ran.err, line));
	rmdir(second);
	run_on("kctl watch icmp -C 1 -w -", &f);
	assert_exited(EXIT_USAGE);
	run_on("kctl watch icmp -G 1 -w x", &f);
	assert_exited(EXIT_USAGE);
	unlink(name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rotation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
