// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "error.h"
#include "foreign.h"
#include "out.h"
#include "parse.h"
#include "lib/libkctl.h"

#define NETNS_HINT \
	"give a name that ip netns list prints, a process ID or a path"

const struct error_row error_step_rows[] = {
	{
		.step = "output",
		.status = EXIT_REFUSED,
		.message = "cannot write standard output: {errno}",
	},
	{
		.step = "netns",
		.error = ENOENT,
		.status = EXIT_REFUSED,
		.message = "there is no network namespace '{subject}'",
		.hint = NETNS_HINT,
	},
	{
		.step = "netns",
		.error = EINVAL,
		.status = EXIT_REFUSED,
		.message = "'{subject}' is not a network namespace",
		.hint = NETNS_HINT,
	},
	{
		.step = "netns",
		.error = EACCES,
		.status = EXIT_PERMISSION,
		.message =
			"not permitted to enter network namespace '{subject}'",
		.hint = "run kctl as root",
	},
	{
		.step = "netns",
		.error = EPERM,
		.status = EXIT_PERMISSION,
		.message =
			"not permitted to enter network namespace '{subject}'",
		.hint = "run kctl as root",
	},
	{
		.step = "named netns",
		.error = EINVAL,
		.status = EXIT_REFUSED,
		.message = "/run/netns/{subject} is not a network namespace",
		.hint = "this is a stale file, remove it",
	},
	{
		.step = "named netns",
		.error = EPERM,
		.status = EXIT_PERMISSION,
		.message = "not permitted to enter it",
		.hint = "run kctl as root",
	},
	{
		.step = "named netns",
		.error = EACCES,
		.status = EXIT_PERMISSION,
		.message = "not permitted to enter it",
		.hint = "run kctl as root",
	},
	{
		.step = "read",
		.error = EFBIG,
		.status = EXIT_REFUSED,
		.message = "{subject} has more than {size} bytes",
	},
	{
		.step = "read",
		.error = EACCES,
		.status = EXIT_PERMISSION,
		.message = "cannot read {subject}: {errno}",
	},
	{
		.step = "read",
		.status = EXIT_REFUSED,
		.message = "cannot read {subject}: {errno}",
	},
	{
		.step = "write",
		.error = EACCES,
		.status = EXIT_PERMISSION,
		.message = "cannot write '{subject}': {errno}",
	},
	{
		.step = "write",
		.status = EXIT_REFUSED,
		.message = "cannot write '{subject}': {errno}",
	},
	{ 0 },
};

const struct error_row error_errno_rows[] = {
	{
		.error = ENOPROTOOPT,
		.status = EXIT_MISSING,
		.message = "{sentence}",
		.hint = "is the module loaded? try: modprobe kctl",
	},
	{
		.error = EOPNOTSUPP,
		.status = EXIT_MISSING,
		.message = "the loaded module is too old for this command",
		.hint = "compare the versions: kctl --version",
	},
	{
		.error = EAFNOSUPPORT,
		.status = EXIT_PERMISSION,
		.message = "{sentence}",
		.hint = "allow AF_INET, AF_NETLINK and the family of kctl, as in systemd's RestrictAddressFamilies= or the container's seccomp profile",
	},
	{
		.error = EPERM,
		.status = EXIT_PERMISSION,
		.message = "{sentence}",
		.hint = "run kctl as root or with CAP_NET_ADMIN",
	},
	{
		.error = EACCES,
		.status = EXIT_PERMISSION,
		.message = "{sentence}",
		.hint = "run kctl as root or with CAP_NET_ADMIN",
	},
	{
		.error = ENOMEM,
		.status = EXIT_REFUSED,
		.message = "{sentence}",
	},
	{
		.error = EPROTO,
		.status = EXIT_MISSING,
		.message = "{sentence}",
		.hint = "compare the versions: kctl --version",
	},
	/* Everything else. */
	{
		.status = EXIT_REFUSED,
		.message = "{errno}",
	},
	{ 0 },
};

static const struct error_row *find_in(const struct error_row *row,
				       const char *step, int error)
{
	for (; row->message; row++) {
		if (row->error && row->error != error)
			continue;
		if (row->step == step ||
		    (row->step && step && !strcmp(row->step, step)))
			return row;
	}
	return NULL;
}

const struct error_row *error_find(const struct failure *failure)
{
	const struct error_row *row = NULL;
	int error = -failure->error;

	for (int i = 0; failure->errors && i < ERROR_TABLES && !row; i++)
		if (failure->errors[i])
			row = find_in(failure->errors[i], failure->step, error);
	if (!row)
		row = find_in(error_step_rows, failure->step, error);
	return row ? row : find_in(error_errno_rows, NULL, error);
}

/* Write the value of a placeholder, "{name}", to @value. */
static void look_up(const struct failure *failure, uint64_t limit,
		    const char *name, char *value, size_t size)
{
	if (!strncmp(name, "{subject}", 9))
		snprintf(value, size, "%s",
			 failure->subject ? failure->subject : "it");
	else if (!strncmp(name, "{other}", 7))
		snprintf(value, size, "%s",
			 failure->other ? failure->other : "another");
	else if (!strncmp(name, "{wait}", 6))
		snprintf(value, size, "%g s",
			 (double)failure->wait / NSEC_PER_SEC);
	else if (!strncmp(name, "{size}", 6))
		snprintf(value, size, "%" PRIu64, failure->size);
	else if (!strncmp(name, "{wanted}", 8))
		snprintf(value, size, "%" PRIu64, failure->wanted);
	else if (!strncmp(name, "{actual}", 8))
		snprintf(value, size, "%" PRIu64, failure->actual);
	else if (!strncmp(name, "{limit}", 7))
		snprintf(value, size, "%" PRIu64, limit);
	else if (!strncmp(name, "{sentence}", 10))
		snprintf(value, size, "%s", kctl_strerror(failure->error));
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
	const struct error_row *row = error_find(failure);

	text->status = row->status;
	expand(failure, row->limit, row->message, text->message,
	       sizeof(text->message));
	/* The hint of a failure can contain foreign names, so only hints of rows are patterns. */
	if (failure->hint)
		snprintf(text->hint, sizeof(text->hint), "%s", failure->hint);
	else
		expand(failure, 0, row->hint ? row->hint : "", text->hint,
		       sizeof(text->hint));
}

/* Messages quote arguments and names. */
static void put_printable(FILE *stream, const char *text)
{
	char character[FOREIGN_CHARACTER];

	while (*text) {
		text += foreign_next(text, strlen(text), character);
		fputs(character, stream);
	}
}

static void print_text(FILE *stream, const struct failure *failure,
		       const char *message, const char *hint)
{
	fputs("kctl: ", stream);
	if (failure->operation) {
		put_printable(stream, failure->operation);
		fputs(": ", stream);
	}
	if (failure->netns) {
		fputs("netns ", stream);
		put_printable(stream, failure->netns);
		fputs(": ", stream);
	}
	put_printable(stream, message);
	if (failure->ext_ack && *failure->ext_ack) {
		fputs(" (kernel: ", stream);
		put_printable(stream, failure->ext_ack);
		putc(')', stream);
	}
	if (failure->done && *failure->done) {
		fputs(" (", stream);
		put_printable(stream, failure->done);
		putc(')', stream);
	}
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
		out_json_string(&out, "operation", failure->operation);
	if (failure->netns)
		out_json_string(&out, "netns", failure->netns);
	if (failure->error) {
		out_json_u64(&out, "errno", (uint64_t)-failure->error);
		out_json_string(&out, "name", name ? name : "?");
	}
	out_json_string(&out, "message", message);
	if (failure->ext_ack && *failure->ext_ack)
		out_json_string(&out, "kernel", failure->ext_ack);
	if (failure->done && *failure->done)
		out_json_string(&out, "done", failure->done);
	if (*hint)
		out_json_string(&out, "hint", hint);
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
