// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * icmp COUNT PID: send COUNT echo requests over lo, and print the ns of processor time that
 * each took: that of the sender, in which the kernel delivers the packet, and that of process
 * PID, which reads the reports, until it is idle again. PID 0: there is no reader.
 */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"

/* A reader that takes no processor time for this long is idle. */
#define QUIET_US 50000

/* Bytes of an echo request, its header included. */
#define PACKET 64

static uint64_t own_time(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000000U + (uint64_t)ts.tv_nsec;
}

static uint64_t reader_time(const char *pid)
{
	char path[64];
	uint64_t ns = 0;
	FILE *file;

	if (!strcmp(pid, "0"))
		return 0;
	snprintf(path, sizeof(path), "/proc/%s/schedstat", pid);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%" SCNu64, &ns) != 1)
		err(1, "%s", path);
	fclose(file);
	return ns;
}

static uint64_t reader_time_at_rest(const char *pid)
{
	uint64_t before, time = reader_time(pid);

	do {
		before = time;
		usleep(QUIET_US);
		time = reader_time(pid);
	} while (time != before);
	return time;
}

static void send_all(int fd, long count)
{
	for (long i = 0; i < count; i++)
		if (echo_send(fd, (uint16_t)i, PACKET, 0) < 0)
			err(1, "sendto");
}

int main(int argc, char **argv)
{
	int fd = echo_open();
	long count = argc == 3 ? atol(argv[1]) : 0;
	uint64_t own, reader;

	if (fd < 0 || count <= 0) {
		fprintf(stderr, "usage: icmp COUNT PID, as root\n");
		return 1;
	}
	send_all(fd, 200);
	reader = reader_time_at_rest(argv[2]);
	own = own_time();
	send_all(fd, count);
	own = own_time() - own;
	reader = reader_time_at_rest(argv[2]) - reader;
	printf("%" PRIu64 "\n", (own + reader) / (uint64_t)count);
	return 0;
}
