// SPDX-License-Identifier: GPL-2.0-or-later
/* Filters that can show a request and hide its reply, or the reverse */
#include "test.h"

#include <sys/socket.h>

#include "watch/exchange.h"
#include "watch/options.h"

#define LOOPBACK 1

/* A filter from options and an interface. */
struct row {
	const char *options[6];
	uint32_t ifindex;
	const char
		*hidden; /* of the exchange below; NULL: both sides are shown */
	uint8_t family;
	uint8_t request;
};

static const struct row rows[] = {
	{ { NULL }, 0, NULL, AF_INET, 8 },
	{ { NULL }, 0, NULL, AF_INET6, 128 },
	{ { "-4" }, 0, NULL, AF_INET, 8 },
	{ { "--in", "--out" }, 0, NULL, AF_INET, 8 },
	{ { NULL }, 7, NULL, AF_INET, 8 },
	/* Directions: one side arrives and the other leaves, except over lo. */
	{ { "--in" }, 0, "--in", AF_INET, 8 },
	{ { "--out" }, 7, "--out", AF_INET6, 128 },
	{ { "--in" }, LOOPBACK, NULL, AF_INET, 8 },
	{ { "--out" }, LOOPBACK, NULL, AF_INET6, 128 },
	/* Types */
	{ { "--type", "echo-request" }, 0, "--type", AF_INET, 8 },
	{ { "--type", "echo-reply" }, 0, "--type", AF_INET6, 128 },
	{ { "--type", "echo-request,echo-reply" }, 0, NULL, AF_INET, 8 },
	{ { "--type", "echo-request,echo-reply" }, 0, NULL, AF_INET6, 128 },
	{ { "--type", "0,8,13" }, 0, NULL, AF_INET, 8 },
	{ { "--type", "0,8,13" }, 0, "--type", AF_INET, 13 },
	{ { "--type", "redirect" }, 0, NULL, AF_INET, 8 },
	{ { "-6", "--type", "128" }, 0, NULL, AF_INET, 8 },
	{ { "-6", "--type", "128" }, 0, "--type", AF_INET6, 128 },
	/* Codes: a reply has code 0, or the result of an extended echo. */
	{ { "--code", "0" }, 0, NULL, AF_INET, 8 },
	{ { "--code", "0" }, 0, NULL, AF_INET, 13 },
	{ { "--code", "1" }, 0, "--code", AF_INET, 8 },
	{ { "--code", "0" }, 0, "--code", AF_INET, 42 },
	{ { "--code", "0" }, 0, "--code", AF_INET6, 160 },
	/* Samples */
	{ { "--sample", "1" }, 0, NULL, AF_INET, 8 },
	{ { "--sample", "2" }, 0, "--sample", AF_INET, 8 },
	/* Captured bytes: the IP header, and 8 bytes of the message. */
	{ { "--snaplen", "27" }, 0, "--snaplen", AF_INET, 8 },
	{ { "--snaplen", "28" }, 0, NULL, AF_INET, 8 },
	{ { "--snaplen", "47" }, 0, "--snaplen", AF_INET6, 128 },
	{ { "--snaplen", "48" }, 0, NULL, AF_INET6, 128 },
	/* Addresses: a reply has them in reverse. */
	{ { "--src", "10.0.0.1" }, 0, "--src", AF_INET, 8 },
	{ { "--dst", "10.0.0.1" }, 0, "--dst", AF_INET, 8 },
	{ { "--dst", "fd00::/8" }, 0, "--dst", AF_INET6, 128 },
	{ { "--dst", "fd00::/8" }, 0, NULL, AF_INET, 8 },
	{ { "--src", "0.0.0.0/0" }, 0, NULL, AF_INET, 8 },
	{ { "--src", "::/0", "--dst", "::/0" }, 0, NULL, AF_INET6, 128 },
	{ { "--src", "10.0.0.1", "--dst", "10.0.0.2" }, 0, "--src", AF_INET, 8 },
	{ { "--src", "10.0.0.0/8", "--dst", "10.0.0.0/9" },
	  0,
	  "--src",
	  AF_INET,
	  8 },
	{ { "--src", "10.0.0.0/8", "--dst", "10.0.0.0/8" },
	  0,
	  NULL,
	  AF_INET,
	  8 },
	{ { "--src", "0.0.0.0/0", "--dst", "10.0.0.2" },
	  0,
	  "--dst",
	  AF_INET,
	  8 },
	{ { "--host", "10.0.0.1" }, 0, NULL, AF_INET, 8 },
	{ { "--host", "fd00::/8" }, 0, NULL, AF_INET6, 128 },
	{ { "--host", "10.0.0.1", "--src", "10.0.0.1" },
	  0,
	  "--src",
	  AF_INET,
	  8 },
	/* The members of a group reply from their own addresses. */
	{ { "--host", "224.0.0.1" }, 0, "--host", AF_INET, 8 },
	{ { "--host", "255.255.255.255" }, 0, "--host", AF_INET, 8 },
	{ { "--host", "ff02::1" }, 0, "--host", AF_INET6, 128 },
	{ { "--host", "::/0" }, 0, NULL, AF_INET6, 128 },
	{ { "--host", "128.0.0.0/1" }, 0, NULL, AF_INET, 8 },
};

static void build(const struct row *row, struct kctl_watch_filter *filter)
{
	struct watch_args args = watch_defaults;

	for (size_t i = 0; i < COUNT(row->options) && row->options[i]; i++) {
		const struct opt *opt = watch_options;
		const char *name = row->options[i];

		while (name[1] == '-' ?
			       !opt->name || strcmp(opt->name, name + 2) :
			       opt->letter != name[1])
			opt++;
		assert_true(opt->parse(opt, opt->arg ? row->options[++i] : NULL,
				       (char *)&args + opt->offset));
	}
	assert_null(watch_prepare(&args, NULL));
	*filter = args.filter;
	filter->ifindex = row->ifindex;
}

static void test_one_side(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *row = &rows[i];
		const struct exchange *e =
			exchange_find(row->family, row->request);
		struct kctl_watch_filter filter;
		const char *got;

		build(row, &filter);
		got = exchange_hidden_by(e, &filter, 0);
		if (!row->hidden != !got || (got && strcmp(got, row->hidden)))
			fail_msg("row %zu, %s: %s, not %s", i, row->options[0],
				 got, row->hidden);
	}
}

/* The loss of echo matters most. */
static void test_first(void **state)
{
	static const struct row in = { { "--in" }, 0, NULL, 0, 0 },
				code = { { "--code", "0" }, 0, NULL, 0, 0 },
				all = { { NULL }, 0, NULL, 0, 0 };
	struct kctl_watch_filter filter;
	const char *option;

	(void)state;
	build(&in, &filter);
	assert_int_equal(exchange_first_hidden(&filter, 0, &option)->request,
			 8);
	assert_string_equal(option, "--in");
	build(&code, &filter);
	assert_int_equal(exchange_first_hidden(&filter, 0, &option)->request,
			 42);
	build(&all, &filter);
	assert_null(exchange_first_hidden(&filter, 0, &option));
	assert_non_null(
		exchange_first_hidden(&filter, EXCHANGE_BROADCAST, &option));
	assert_string_equal(option, "--host");
}

/* Both sides of a forwarded exchange arrive, each on an interface of its own. */
static void test_router(void **state)
{
	static const struct row dev = { { NULL }, 7, NULL, 0, 0 },
				lo = { { NULL }, LOOPBACK, NULL, 0, 0 },
				all = { { NULL }, 0, NULL, 0, 0 };
	struct kctl_watch_filter filter;
	const char *option;

	(void)state;
	build(&dev, &filter);
	assert_non_null(
		exchange_first_hidden(&filter, EXCHANGE_FORWARDED, &option));
	assert_string_equal(option, "--dev");
	assert_null(exchange_first_hidden(&filter, 0, &option));
	build(&lo, &filter);
	assert_null(
		exchange_first_hidden(&filter, EXCHANGE_FORWARDED, &option));
	build(&all, &filter);
	assert_null(
		exchange_first_hidden(&filter, EXCHANGE_FORWARDED, &option));
}

static void test_find(void **state)
{
	(void)state;
	assert_int_equal(exchange_find(AF_INET, 0)->request, 8);
	assert_int_equal(exchange_find(AF_INET6, 128)->reply, 129);
	assert_null(exchange_find(AF_INET, 3));
	assert_null(exchange_find(AF_INET6, 8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_side),
		cmocka_unit_test(test_first),
		cmocka_unit_test(test_router),
		cmocka_unit_test(test_find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
