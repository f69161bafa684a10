// SPDX-License-Identifier: GPL-2.0-or-later
#include <net/if.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>

#include "ifname.h"
#include "options.h"
#include "prefix.h"
#include "cli/parse.h"
#include "cli/stream.h"

/* The kernel doubles the size and keeps it in an int. */
#define RCVBUF_MAX (INT32_MAX / 2)

/* The default of --coalesce, in µs, if packets are not printed. */
#define COALESCE_UNSEEN 10000

/* The default of --snaplen if packets are shown: all of a packet on an Ethernet link. */
#define SNAPLEN_SHOWN 1500

const struct watch_args watch_defaults = {
	.sample = 1,
	.timeout = -1,
};

/* watch_prepare() checks the host bits, because it can suggest a correction. */
static bool opt_prefix(const struct opt *opt, const char *arg, void *dest)
{
	struct prefix_arg *prefix = dest;

	(void)opt;
	prefix->text = arg;
	return prefix_parse(arg, &prefix->prefix);
}

static bool opt_interface(const struct opt *opt, const char *arg, void *dest)
{
	return *arg && strlen(arg) < IF_NAMESIZE && opt_string(opt, arg, dest);
}

static bool opt_given_u32(const struct opt *opt, const char *arg, void *dest)
{
	struct given_u32 *number = dest;

	number->given = true;
	return opt_u32(opt, arg, &number->value);
}

static bool opt_time(const struct opt *opt, const char *arg, void *dest)
{
	static const char *const words[] = {
		[TIME_UNIX] = "unix",	[TIME_ISO] = "iso",
		[TIME_DELTA] = "delta", [TIME_ELAPSED] = "elapsed",
		[TIME_NONE] = "none",
	};

	(void)opt;
	for (int i = TIME_UNIX; i <= TIME_NONE; i++) {
		if (strcmp(arg, words[i]))
			continue;
		*(enum time_format *)dest = (enum time_format)i;
		return true;
	}
	return false;
}

/* A number of units; @suffixes has the letters for KiB, MiB and GiB, in this order. */
static bool parse_size(const char *arg, uint64_t unit, const char *suffixes,
		       uint64_t *size)
{
	size_t len = strlen(arg);
	const char *suffix;
	char digits[16];
	uint64_t number;

	if (!len || len >= sizeof(digits))
		return false;
	suffix = strchr(suffixes, arg[len - 1]);
	if (suffix) {
		unit = UINT64_C(1024) << 10 * (suffix - suffixes);
		len--;
	}
	memcpy(digits, arg, len);
	digits[len] = '\0';
	if (!parse_u64(digits, &number) || number > INT64_MAX / unit)
		return false;
	*size = number * unit;
	return true;
}

static bool opt_size(const struct opt *opt, const char *arg, void *dest)
{
	uint64_t size;

	if (!parse_size(arg, 1, "KM", &size) || size < opt->min ||
	    size > opt->max)
		return false;
	*(uint32_t *)dest = (uint32_t)size;
	return true;
}

/* The unit is that of tcpdump(8). */
static bool opt_file_size(const struct opt *opt, const char *arg, void *dest)
{
	uint64_t *size = dest;

	(void)opt;
	return (parse_size(arg, 1000000, "kmg", size) ||
		parse_size(arg, 1000000, "KMG", size)) &&
	       *size;
}

static bool opt_summary(const struct opt *opt, const char *arg, void *dest)
{
	if (arg)
		return opt_seconds(opt, arg, dest);
	*(int64_t *)dest = SUMMARY_AT_END;
	return true;
}

const struct opt watch_options[] = {
	{
		.letter = '4',
		.help = "only ICMP for IPv4",
		.parse = opt_flag,
		.offset = offsetof(struct watch_args, v4),
	},
	{
		.letter = '6',
		.help = "only ICMPv6",
		.parse = opt_flag,
		.offset = offsetof(struct watch_args, v6),
	},
	{
		.name = "in",
		.help = "only incoming packets",
		.parse = opt_flag,
		.offset = offsetof(struct watch_args, in),
	},
	{
		.name = "out",
		.help = "only packets sent by this host",
		.parse = opt_flag,
		.offset = offsetof(struct watch_args, out),
	},
	{
		.name = "dev",
		.arg = "IF",
		.help = "only packets that arrive on or are sent through IF",
		.expects = "the name of an interface",
		.parse = opt_interface,
		.likely = ifname_exists,
		.offset = offsetof(struct watch_args, dev),
	},
	{
		.name = "src",
		.arg = "P",
		.help = "only packets from this address or prefix",
		.expects =
			"an address or a prefix like 10.0.0.0/8 or fe80::/10",
		.parse = opt_prefix,
		.offset = offsetof(struct watch_args, src),
	},
	{
		.name = "dst",
		.arg = "P",
		.help = "only packets to this address or prefix",
		.expects =
			"an address or a prefix like 10.0.0.0/8 or fe80::/10",
		.parse = opt_prefix,
		.offset = offsetof(struct watch_args, dst),
	},
	{
		.name = "host",
		.arg = "P",
		.help = "only packets from or to this address or prefix",
		.expects =
			"an address or a prefix like 10.0.0.0/8 or fe80::/10",
		.parse = opt_prefix,
		.offset = offsetof(struct watch_args, host),
	},
	{
		.name = "type",
		.arg = "T[,T...]",
		.help = "only these types: numbers or names; help lists them",
		.expects = "at most 16 lists of types",
		.parse = opt_types,
		.words = types_list,
		.offset = offsetof(struct watch_args, types),
		.adds_up = true,
	},
	{
		.name = "code",
		.arg = "C",
		.help = "only this code: a number or a name; help lists them",
		.expects = "a code",
		.parse = opt_code,
		.words = codes_list,
		.offset = offsetof(struct watch_args, types),
	},
	{
		.name = "sample",
		.arg = "N",
		.help = "only one packet in N, chosen at random",
		.parse = opt_u32,
		.offset = offsetof(struct watch_args, sample),
		.min = 1,
		.max = UINT32_MAX,
	},
	{
		.name = "snaplen",
		.arg = "N",
		.help = "capture N bytes of each packet (default 1500)",
		.expects = "bytes from 0 to 65499",
		.parse = opt_given_u32,
		.offset = offsetof(struct watch_args, snaplen),
		.max = KCTL_SNAPLEN_MAX,
	},
	{
		.name = "coalesce",
		.arg = "US",
		.help = "batch packets for US microseconds (default 1000)",
		.expects = "microseconds from 0 to 1000000",
		.parse = opt_given_u32,
		.offset = offsetof(struct watch_args, coalesce),
		.max = KCTL_COALESCE_MAX,
	},
	OPT_COUNT(struct watch_args, "packets"),
	OPT_DURATION(struct watch_args),
	{
		.name = "timeout",
		.arg = "S",
		.help = "end after S seconds without a packet",
		.parse = opt_seconds,
		.offset = offsetof(struct watch_args, timeout),
	},
	{
		.name = "time",
		.arg = "unix|iso|delta|elapsed|none",
		.help = "format of the time",
		.expects = "unix, iso, delta, elapsed or none",
		.parse = opt_time,
		.offset = offsetof(struct watch_args, time),
	},
	{
		.name = "rcvbuf",
		.arg = "SIZE",
		.help = "size of the receive buffer, as in 65536, 512K or 8M",
		.expects = "1 to 1073741823 bytes, also in K or M,",
		.parse = opt_size,
		.offset = offsetof(struct watch_args, rcvbuf),
		.min = 1,
		.max = RCVBUF_MAX,
	},
	{
		.name = "hex",
		.help = "print the captured bytes as well",
		.parse = opt_flag,
		.offset = offsetof(struct watch_args, hex),
	},
	{
		.letter = 'r',
		.arg = "FILE",
		.help = "read a pcap file instead; - is standard input",
		.expects = "a file",
		.parse = opt_string,
		.offset = offsetof(struct watch_args, read),
	},
	{
		.letter = 'w',
		.arg = "FILE",
		.help = "write a pcap file; - is standard output",
		.expects = "a file",
		.parse = opt_string,
		.offset = offsetof(struct watch_args, file),
	},
	{
		.letter = 'C',
		.arg = "SIZE",
		.help = "write another file after SIZE million bytes",
		.expects =
			"a number of million bytes, or of KiB, MiB or GiB with k, m or g,",
		.parse = opt_file_size,
		.offset = offsetof(struct watch_args, rotation.size),
	},
	{
		.letter = 'G',
		.arg = "S",
		.help = "write another file every S seconds",
		.parse = opt_u64,
		.offset = offsetof(struct watch_args, rotation.seconds),
		.min = 1,
		.max = INT32_MAX,
	},
	{
		.letter = 'W',
		.arg = "N",
		.help = "with -C, write N files in turn; with -G, end after N",
		.parse = opt_u32,
		.offset = offsetof(struct watch_args, rotation.count),
		.min = 1,
		.max = 1000000,
	},
	{
		.name = "summary",
		.arg = "S",
		.optional = true,
		.help = "print a table every S seconds instead (default 1)",
		.expects = "0.1 seconds or more",
		.parse = opt_summary,
		.offset = offsetof(struct watch_args, summary),
		.min = NSEC_PER_SEC / 10,
	},
	{
		.letter = 'q',
		.help = "print only the number of packets",
		.parse = opt_flag,
		.offset = offsetof(struct watch_args, totals_only),
	},
	{
		.letter = 'j',
		.help = "print JSON, like kctl -j",
		.parse = opt_flag,
		.offset = offsetof(struct watch_args, json),
	},
	{ 0 },
};

static const char *wrong(struct watch_args *a, const char *text, ...)
	__attribute__((format(printf, 2, 3)));

static const char *wrong(struct watch_args *a, const char *text, ...)
{
	va_list args;

	va_start(args, text);
	vsnprintf(a->wrong, sizeof(a->wrong), text, args);
	va_end(args);
	return a->wrong;
}

/* The option that excludes one of the two families. */
static const char *family_reason(const struct watch_args *a)
{
	if (a->v4 != a->v6)
		return a->v4 ? "-4" : "-6";
	if (a->src.text)
		return "--src";
	return a->dst.text ? "--dst" : "--host";
}

static const char *add_types(struct watch_args *a)
{
	const struct type_check check = {
		.reason = family_reason(a),
		.wrong = a->wrong,
		.size = sizeof(a->wrong),
	};

	return types_filter(&a->types, &check, &a->filter) ? NULL : a->wrong;
}

static const char *add_prefix(struct watch_args *a, const char *option,
			      const struct prefix_arg *arg,
			      struct kctl_prefix *prefix)
{
	const char *version = arg->prefix.family == AF_INET ? "IPv4" : "IPv6";
	char text[PREFIX_STRLEN];

	if (!arg->text)
		return NULL;
	*prefix = arg->prefix;
	if (prefix_mask(prefix)) {
		prefix_format(prefix, text);
		return wrong(
			a,
			"'%.60s' of %s has bits set after its prefix, did you mean '%s'?",
			arg->text, option, text);
	}
	if (a->filter.family && a->filter.family != prefix->family)
		return wrong(a, "'%.60s' of %s is %s, which %s excludes",
			     arg->text, option, version, family_reason(a));
	a->filter.family = prefix->family;
	return NULL;
}

/* Reject output options that exclude each other. */
static const char *check_output(struct watch_args *a)
{
	bool to_stdout = a->file && !strcmp(a->file, "-");

	if (a->summary && a->totals_only)
		return "-q and --summary exclude each other";
	if (a->summary && to_stdout)
		return "-w - and --summary exclude each other: both write to standard output";
	if (a->hex && (a->summary || a->totals_only || a->file))
		return "--hex has no effect where no packets are printed";
	if (a->time && (a->summary || a->totals_only || a->file))
		return "--time has no effect where no packets are printed";
	if (a->file && !*a->file)
		return "-w needs the name of a file, not ''";
	return NULL;
}

/* Reject what needs a kernel, or the host that wrote the capture. */
static const char *check_replay(struct watch_args *a)
{
	const struct {
		bool given;
		const char *option;
	} live[] = {
		{ a->duration, "--duration" },
		{ a->timeout >= 0, "--timeout" },
		{ a->rcvbuf, "--rcvbuf" },
		{ a->coalesce.given, "--coalesce" },
	};

	if (!a->read)
		return NULL;
	if (!*a->read)
		return "-r needs the name of a file, not ''";
	if (a->dev)
		return "-r and --dev exclude each other: a capture has no names of interfaces";
	for (size_t i = 0; i < sizeof(live) / sizeof(live[0]); i++)
		if (live[i].given)
			return wrong(
				a,
				"-r and %s exclude each other: nothing waits for packets of a file",
				live[i].option);
	return NULL;
}

static const char *check_rotation(struct watch_args *a)
{
	const struct rotation *r = &a->rotation;
	const char *option = r->size ? "-C" : r->seconds ? "-G" : "-W";

	if (!r->size && !r->seconds && !r->count)
		return NULL;
	if (!a->file)
		return wrong(a, "%s needs -w", option);
	if (!strcmp(a->file, "-"))
		return wrong(a, "%s needs the name of a file, not -w -",
			     option);
	if (!r->size && !r->seconds)
		return "-W needs -C or -G";
	if (a->read && r->seconds)
		return "-r and -G exclude each other: nothing waits for packets of a file";
	return NULL;
}

/* With a file, using all captured bytes costs nothing. */
static uint32_t snaplen(const struct watch_args *a)
{
	if (a->snaplen.given)
		return a->snaplen.value;
	if (a->read)
		return UINT16_MAX;
	if (a->summary)
		return KCTL_SNAPLEN_DEFAULT;
	return a->totals_only && !a->file ? 0 : SNAPLEN_SHOWN;
}

const char *watch_prepare(void *args, char *const *operands)
{
	struct watch_args *a = args;
	struct kctl_watch_filter *filter = &a->filter;
	const char *problem;
	bool unseen;

	(void)operands;
	if (a->summary == SUMMARY_AT_END && !a->read)
		a->summary = NSEC_PER_SEC;
	filter->snaplen = snaplen(a);
	filter->sample = a->sample;
	/* If packets are not printed, their latency does not matter. */
	unseen = a->totals_only || a->summary || a->file;
	filter->has_coalesce = a->coalesce.given || unseen;
	filter->coalesce = a->coalesce.given ? a->coalesce.value :
					       COALESCE_UNSEEN;
	if (a->v4 != a->v6)
		filter->family = a->v4 ? AF_INET : AF_INET6;
	if (a->in != a->out)
		filter->direction = a->in ? KCTL_DIRECTION_IN :
					    KCTL_DIRECTION_OUT;
	problem = add_prefix(a, "--src", &a->src, &filter->src);
	if (!problem)
		problem = add_prefix(a, "--dst", &a->dst, &filter->dst);
	if (!problem)
		problem = add_prefix(a, "--host", &a->host, &filter->host);
	if (!problem)
		problem = add_types(a);
	if (!problem)
		problem = check_replay(a);
	if (!problem)
		problem = check_rotation(a);
	return problem ? problem : check_output(a);
}
