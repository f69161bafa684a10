// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ring OBJECT PROGRAM: attach PROGRAM of ring.bpf.o, which is OBJECT, to the ingress of lo,
 * and count the packets that it copies until SIGTERM. Then print their number, and how many are
 * missing according to the sequence numbers.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <net/if.h>

#include "ring.h"

/* BPF_TCX_INGRESS of Linux 6.6, which Debian's header does not have. */
#define TCX_INGRESS 46

/* The longest delay until it notices a signal that arrives before it sleeps. */
#define SLEEP_MS 1000

static volatile sig_atomic_t ended;
static unsigned long long received, last;

static void end(int number)
{
	(void)number;
	ended = 1;
}

static int count(void *context, void *data, size_t size)
{
	const struct ring_record *record = data;

	(void)context;
	(void)size;
	received += record->captured > 0;
	last = record->number;
	return 0;
}

static void attach(const struct bpf_object *object, const char *name)
{
	struct bpf_program *program =
		bpf_object__find_program_by_name(object, name);

	if (!program)
		errx(2, "no program '%s'", name);
	if (bpf_link_create(bpf_program__fd(program), (int)if_nametoindex("lo"),
			    TCX_INGRESS, NULL) < 0)
		err(1, "lo");
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = end };
	struct bpf_object *object;
	struct ring_buffer *ring;
	int status;

	if (argc != 3)
		errx(2, "usage: ring OBJECT PROGRAM");
	object = bpf_object__open_file(argv[1], NULL);
	if (!object || bpf_object__load(object))
		err(1, "%s", argv[1]);
	ring = ring_buffer__new(bpf_object__find_map_fd_by_name(object, "ring"),
				count, NULL, NULL);
	if (!ring)
		err(1, "ring");
	sigaction(SIGTERM, &action, NULL);
	attach(object, argv[2]);
	while (!ended) {
		status = ring_buffer__poll(ring, SLEEP_MS);
		if (status < 0 && status != -EINTR)
			errx(1, "ring_buffer__poll: %d", status);
	}
	ring_buffer__consume(ring);
	printf("%llu received, %llu lost\n", received, last - received);
	return 0;
}
