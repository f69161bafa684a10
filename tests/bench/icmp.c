// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * icmp COUNT PID: send so many echo requests over lo, and print the ns of processor
 * time that each took: that of the sender, in which the kernel delivers it, and that of
 * process PID, which reads what it is told of them, until that has nothing more to do.
 * PID 0: nobody reads.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/ip_icmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

/* The reader has done all if it does nothing for so long. */
#define QUIET_US 50000

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
	if (!file || fscanf(file, "%" SCNu64, &ns) != 1) {
		perror(path);
		exit(1);
	}
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

static uint16_t checksum(const uint16_t *words, size_t count)
{
	uint32_t sum = 0;

	while (count--)
		sum += *words++;
	sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t) ~(sum + (sum >> 16));
}

static void send_all(int fd, long count)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	union {
		struct icmphdr header;
		uint16_t words[32];
	} packet = { .header.type = ICMP_ECHO };

	for (long i = 0; i < count; i++) {
		packet.header.un.echo.sequence = htons((uint16_t)i);
		packet.header.checksum = 0;
		packet.header.checksum = checksum(packet.words, 32);
		if (sendto(fd, &packet, sizeof(packet), 0, (void *)&to,
			   sizeof(to)) < 0) {
			perror("sendto");
			exit(1);
		}
	}
}

int main(int argc, char **argv)
{
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
	long count = argc == 3 ? atol(argv[1]) : 0;
	uint64_t own, reader;
	int least = 1;

	if (fd < 0 || count <= 0) {
		fprintf(stderr, "usage: icmp COUNT PID, as root\n");
		return 1;
	}
	/* What comes back is not read. */
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least));
	send_all(fd, 200);
	reader = reader_time_at_rest(argv[2]);
	own = own_time();
	send_all(fd, count);
	own = own_time() - own;
	reader = reader_time_at_rest(argv[2]) - reader;
	printf("%" PRIu64 "\n", (own + reader) / (uint64_t)count);
	return 0;
}
