// SPDX-License-Identifier: GPL-2.0-or-later
#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "capture.h"
#include "cli/parse.h"

/* What it is called where it has an ABI version of its own, and in Debian. */
static void *load_library(void)
{
	void *library = dlopen("libpcap.so.1", RTLD_NOW);

	return library ? library : dlopen("libpcap.so.0.8", RTLD_NOW);
}

static int begin(struct capture *c, uint32_t snaplen)
{
	pcap_t *(*open_dead)(int type, int size, u_int precision);
	pcap_dumper_t *(*dump_fopen)(pcap_t * pcap, FILE * stream);

	c->library = load_library();
	if (!c->library)
		return -ELIBACC;
	/* POSIX promises that a function fits into what dlsym() returns. */
	*(void **)&open_dead =
		dlsym(c->library, "pcap_open_dead_with_tstamp_precision");
	*(void **)&dump_fopen = dlsym(c->library, "pcap_dump_fopen");
	*(void **)&c->dump = dlsym(c->library, "pcap_dump");
	*(void **)&c->close = dlsym(c->library, "pcap_close");
	if (!open_dead || !dump_fopen || !c->dump || !c->close)
		return -ELIBACC;
	/* Packets begin with their IP header: that is LINKTYPE_RAW in the file. */
	c->pcap = open_dead(DLT_RAW, (int)snaplen, PCAP_TSTAMP_PRECISION_NANO);
	if (!c->pcap)
		return -ENOMEM;
	errno = 0;
	if (!dump_fopen(c->pcap, c->stream))
		return errno ? -errno : -EIO;
	/* tcpdump -r at the other end wants to know at once what will come. */
	return capture_flush(c);
}

int capture_open(struct capture *c, const char *path, FILE *standard,
		 uint32_t snaplen)
{
	int err;

	c->own = strcmp(path, "-") != 0;
	c->stream = c->own ? fopen(path, "we") : standard;
	if (!c->stream)
		return -errno;
	err = begin(c, snaplen);
	if (err)
		capture_close(c);
	return err;
}

void capture_packet(struct capture *c, const struct kctl_record *record,
		    const uint8_t *packet)
{
	struct pcap_pkthdr header = {
		/* Nanoseconds, as the precision says. */
		.ts = { .tv_sec = (time_t)(record->time / NSEC_PER_SEC),
			.tv_usec = (suseconds_t)(record->time % NSEC_PER_SEC) },
		.caplen = record->captured,
		.len = record->length,
	};

	/* To libpcap a file that is dumped to is the stream it was made of. */
	c->dump((u_char *)c->stream, &header, packet);
}

int capture_flush(struct capture *c)
{
	errno = 0;
	if (fflush(c->stream) || ferror(c->stream))
		return errno ? -errno : -EIO;
	return 0;
}

int capture_close(struct capture *c)
{
	int err = 0;

	if (c->pcap)
		c->close(c->pcap);
	if (c->library)
		dlclose(c->library);
	if (c->stream) {
		err = capture_flush(c);
		if (c->own && fclose(c->stream) && !err)
			err = -errno;
	}
	*c = (struct capture){ 0 };
	return err;
}
