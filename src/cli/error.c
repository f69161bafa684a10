// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <linux/kctl.h>

#include "error_table.h"
#include "out.h"

/* The first row that matches counts, so what is special goes first. */
static const struct error_row rows[] = {
	/* This side of the kernel. */
	{
		.operation = "output",
		.status = EXIT_REFUSED,
		.message = "cannot write to standard output: {errno}",
	},
	{
		.operation = "netns",
		.error = ENOENT,
		.status = EXIT_REFUSED,
		.message = "no network namespace '{subject}' in /run/netns",
		.hint = "list them: ip netns list",
	},
	{
		.operation = "netns",
		.error = EINVAL,
		.status = EXIT_REFUSED,
		.message = "/run/netns/{subject} is no network namespace",
		.hint = "list them: ip netns list",
	},
	{
		.operation = "netns",
		.error = EPERM,
		.status = EXIT_PERMISSION,
		.message =
			"not permitted to enter network namespace '{subject}'",
		.hint = "run it as root",
	},
	{
		.operation = "read",
		.error = EFBIG,
		.status = EXIT_REFUSED,
		.message = "{subject} has more than {size} bytes",
	},
	{
		.operation = "read",
		.error = EACCES,
		.status = EXIT_PERMISSION,
		.message = "cannot read {subject}: {errno}",
	},
	{
		.operation = "read",
		.status = EXIT_REFUSED,
		.message = "cannot read {subject}: {errno}",
	},
	{
		.operation = "savefile",
		.error = EINVAL,
		.status = EXIT_REFUSED,
		.message = "{subject}",
	},
	{
		.operation = "hex",
		.error = EINVAL,
		.status = EXIT_REFUSED,
		.message = "{subject}",
	},
	{
		.operation = "write",
		.error = EACCES,
		.status = EXIT_PERMISSION,
		.message = "cannot write '{subject}': {errno}",
	},
	{
		.operation = "write",
		.status = EXIT_REFUSED,
		.message = "cannot write '{subject}': {errno}",
	},
	{
		.operation = "run",
		.error = ENOENT,
		.status = EXIT_NO_COMMAND,
		.message = "cannot run '{subject}': {errno}",
	},
	{
		.operation = "run",
		.status = EXIT_CANNOT_RUN,
		.message = "cannot run '{subject}': {errno}",
	},
	/* Whatever is asked of the module. */
	{
		.error = ENOPROTOOPT,
		.status = EXIT_MISSING,
		.message = "the kctl module does not answer",
		.hint = "is the module loaded? try: modprobe kctl",
	},
	{
		.error = EOPNOTSUPP,
		.status = EXIT_MISSING,
		.message = "the loaded module is too old for this",
		.hint = "compare their versions: kctl --version",
	},
	{
		.error = EPERM,
		.status = EXIT_PERMISSION,
		.message = "not permitted",
		.hint = "run it as root, or with CAP_NET_ADMIN",
	},
	{
		.error = EACCES,
		.status = EXIT_PERMISSION,
		.message = "not permitted",
		.hint = "run it as root, or with CAP_NET_ADMIN",
	},
	{
		.error = ENOMEM,
		.status = EXIT_REFUSED,
		.message = "out of memory",
	},
	{
		.error = EPROTO,
		.status = EXIT_MISSING,
		.message = "the module's answer makes no sense to this tool",
		.hint = "compare their versions: kctl --version",
	},
	/* The store. */
	{
		.operation = "sockopt set",
		.error = EMSGSIZE,
		.status = EXIT_REFUSED,
		.limit = KCTL_VALUE_MAX,
		.message = "value is {size} bytes, the limit is {limit}",
	},
	{
		.operation = "sockopt set",
		.error = EEXIST,
		.status = EXIT_REFUSED,
		.message = "there is an entry '{subject}' already",
		.hint = "to change it, leave out --create",
	},
	{
		.operation = "sockopt set",
		.error = ENOSPC,
		.status = EXIT_REFUSED,
		.message = "no room in the store for '{subject}'",
		.hint = "see its limits: kctl status",
	},
	{
		.operation = "sockopt restore",
		.error = ENOSPC,
		.status = EXIT_REFUSED,
		.message =
			"no room in the store for {subject}, nothing was changed",
		.hint = "see its limits: kctl status",
	},
	{
		.operation = "sockopt restore",
		.error = EMSGSIZE,
		.status = EXIT_REFUSED,
		.message = "no store can hold {subject}",
	},
	{
		.operation = "sockopt restore",
		.error = ESTALE,
		.status = EXIT_REFUSED,
		.message =
			"the store is not of that generation, nothing was changed",
		.hint = "see which it is: kctl status",
	},
	{
		.operation = "sockopt flush",
		.error = ESTALE,
		.status = EXIT_REFUSED,
		.message =
			"the store is not of that generation, nothing was changed",
		.hint = "see which it is: kctl status",
	},
	{
		.operation = "sockopt wait",
		.error = ETIMEDOUT,
		.status = EXIT_TIMEOUT,
		.message = "entry '{subject}' did not change within {wait}",
	},
	{
		.operation = "sockopt",
		.error = EAGAIN,
		.status = EXIT_REFUSED,
		.message = "the store keeps growing too fast to be read",
		.hint = "try again",
	},
	{
		.operation = "sockopt",
		.error = ESTALE,
		.status = EXIT_REFUSED,
		.message =
			"entry '{subject}' is not of that generation, nothing was changed",
		.hint = "read it again: kctl -j sockopt get --name {subject}",
	},
	{
		.operation = "sockopt",
		.error = ENOENT,
		.status = EXIT_REFUSED,
		.message = "there is no entry '{subject}'",
	},
	{
		.operation = "sockopt",
		.error = EINVAL,
		.status = EXIT_REFUSED,
		.message = "the kernel does not take the name '{subject}'",
		.hint = "a name is 1 to 63 of the characters A-Z a-z 0-9 _ . : / -",
	},
	/* The watch. */
	{
		.operation = "capture",
		.error = ELIBACC,
		.status = EXIT_MISSING,
		.message = "writing a capture needs libpcap, which is not here",
		.hint = "install it: apt install libpcap0.8",
	},
	{
		.operation = "watch icmp",
		.error = ENODEV,
		.status = EXIT_MISSING,
		.message = "there is no interface '{subject}'",
		.hint = "list them: ip link",
	},
	{
		.operation = "watch icmp",
		.error = EIDRM,
		.status = EXIT_MISSING,
		.message = "interface '{subject}' has gone",
	},
	{
		.operation = "watch icmp",
		.error = ETIMEDOUT,
		.status = EXIT_TIMEOUT,
		.message = "no packet within {wait}",
	},
	{
		.operation = "watch list",
		.error = EINTR,
		.status = EXIT_REFUSED,
		.message = "the watchers keep changing too fast to be listed",
		.hint = "try again",
	},
	{
		.operation = "watch icmp",
		.error = ENOSPC,
		.status = EXIT_REFUSED,
		.message =
			"there are too many watchers in this network namespace",
		.hint = "see the limit: sysctl net.kctl.watchers_max",
	},
	{
		.operation = "watch",
		.error = ENOBUFS,
		.status = EXIT_REFUSED,
		.message = "the kernel's last count was lost",
		.hint = "there may have been more losses than were told",
	},
	/* Anything else. */
	{
		.status = EXIT_REFUSED,
		.message = "{errno}",
	},
};

static bool row_matches(const struct error_row *row,
			const struct failure *failure)
{
	const char *what = failure->step ? failure->step : failure->operation;
	size_t len;

	if (row->error && row->error != -failure->error)
		return false;
	if (!row->operation)
		return true;
	len = strlen(row->operation);
	return !strncmp(row->operation, what, len) &&
	       (!what[len] || what[len] == ' ');
}

static const struct error_row *find_row(const struct failure *failure)
{
	const struct error_row *row;

	for (row = error_proto_rows; row->message; row++)
		if (row_matches(row, failure))
			return row;
	/* The last row here matches everything. */
	for (row = rows; !row_matches(row, failure); row++)
		;
	return row;
}

/* Puts the value of a placeholder, "{name}", into @value. */
static void look_up(const struct failure *failure, uint64_t limit,
		    const char *name, char *value, size_t size)
{
	if (!strncmp(name, "{subject}", 9))
		snprintf(value, size, "%s",
			 failure->subject ? failure->subject : "it");
	else if (!strncmp(name, "{wait}", 6))
		snprintf(value, size, "%s", failure->wait);
	else if (!strncmp(name, "{size}", 6))
		snprintf(value, size, "%" PRIu64, failure->size);
	else if (!strncmp(name, "{limit}", 7))
		snprintf(value, size, "%" PRIu64, limit);
	else
		snprintf(value, size, "%s", strerror(-failure->error));
}

static void expand(const struct failure *failure, uint64_t limit,
		   const char *pattern, char *text, size_t size)
{
	size_t used = 0;

	while (*pattern && used < size - 1) {
		if (*pattern == '{') {
			look_up(failure, limit, pattern, text + used,
				size - used);
			used += strlen(text + used);
			pattern = strchr(pattern, '}') + 1;
		} else {
			text[used++] = *pattern++;
		}
	}
	text[used] = '\0';
}

void error_describe(const struct failure *failure, struct error_text *text)
{
	const struct error_row *row = find_row(failure);

	text->status = row->status;
	expand(failure, row->limit, row->message, text->message,
	       sizeof(text->message));
	expand(failure, 0, row->hint ? row->hint : "", text->hint,
	       sizeof(text->hint));
}

/* Arguments come back in messages: what they do to a terminal must not. */
static void put_printable(FILE *stream, const char *text)
{
	for (; *text; text++)
		putc(iscntrl((unsigned char)*text) ? '?' : *text, stream);
}

static void print_text(FILE *stream, const struct failure *failure,
		       const char *message, const char *hint)
{
	fputs("kctl: ", stream);
	if (failure->operation) {
		put_printable(stream, failure->operation);
		fputs(": ", stream);
	}
	put_printable(stream, message);
	if (failure->ext_ack && *failure->ext_ack) {
		fputs(" (kernel: ", stream);
		put_printable(stream, failure->ext_ack);
		putc(')', stream);
	}
	if (failure->done && *failure->done)
		fprintf(stream, " (%s)", failure->done);
	if (*hint) {
		fputs("; ", stream);
		put_printable(stream, hint);
	}
	putc('\n', stream);
	fflush(stream);
}

static void print_json(FILE *stream, const struct failure *failure,
		       const char *message, const char *hint)
{
	const char *name = strerrorname_np(-failure->error);
	struct out out = { .stream = stream, .json = true };

	out_object(&out, NULL);
	out_object(&out, "error");
	if (failure->operation)
		out_string(&out, "operation", failure->operation, NULL);
	if (failure->error) {
		out_u64(&out, "errno", (uint64_t)-failure->error, NULL);
		out_string(&out, "name", name ? name : "?", NULL);
	}
	out_string(&out, "message", message, NULL);
	if (failure->ext_ack && *failure->ext_ack)
		out_string(&out, "kernel", failure->ext_ack, NULL);
	if (failure->done && *failure->done)
		out_string(&out, "done", failure->done, NULL);
	if (*hint)
		out_string(&out, "hint", hint, NULL);
	out_end(&out);
	out_end(&out);
	fflush(stream);
}

enum exit_status error_print(FILE *stream, bool json,
			     const struct failure *failure)
{
	struct error_text text;

	error_describe(failure, &text);
	(json ? print_json : print_text)(stream, failure, text.message,
					 text.hint);
	return text.status;
}

enum exit_status usage_print(FILE *stream, bool json, const char *operation,
			     const char *message, const char *hint)
{
	struct failure failure = { .operation = operation };

	(json ? print_json : print_text)(stream, &failure, message, hint);
	return EXIT_USAGE;
}
