// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <string.h>

#include "report.h"
#include "sentences.h"

static const char *const results[] = {
	[RESULT_GOOD] = "ok",
	[RESULT_NOTE] = "note",
	[RESULT_PROBLEM] = "problem",
};

/* Sentences and commands quote files, names of files, and other programs. */
static void print_foreign(struct out *out, const char *key, const char *before,
			  const char *text)
{
	out_foreign(out, key, before, text, strlen(text));
	out_text(out, "\n");
}

static void print(struct out *out, enum result result, const char *check,
		  const char *message)
{
	out_object(out, NULL);
	if (result != RESULT_GOOD)
		out_style(out, STYLE_TROUBLE);
	out_string(out, "result", "%-8s", results[result]);
	if (result != RESULT_GOOD)
		out_style(out, STYLE_PLAIN);
	out_string(out, "check", " %-10s ", check);
	print_foreign(out, "message", "", message);
}

void report_good(struct doctor *doctor, const char *check, const char *text,
		 ...)
{
	char message[512];
	va_list args;

	va_start(args, text);
	vsnprintf(message, sizeof(message), text, args);
	va_end(args);
	print(doctor->out, RESULT_GOOD, check, message);
	out_end(doctor->out);
}

/* The hint of a sentence for all commands is advice, not a command: it is printed too. */
static void describe(struct failure *failure, struct error_text *text)
{
	const char *next = failure->hint;
	size_t used;

	if (error_find(failure)->step) {
		error_describe(failure, text);
		return;
	}
	failure->hint = NULL;
	error_describe(failure, text);
	used = strlen(text->message);
	if (*text->hint)
		snprintf(text->message + used, sizeof(text->message) - used,
			 "; %s", text->hint);
	snprintf(text->hint, sizeof(text->hint), "%s", next ? next : "");
}

void report(struct doctor *doctor, enum result result, const char *check,
	    struct failure failure)
{
	static const struct error_row *const tables[ERROR_TABLES] = {
		doctor_sentences
	};
	struct error_text text;

	failure.errors = tables;
	describe(&failure, &text);
	print(doctor->out, result, check, text.message);
	out_json_string(doctor->out, "finding", failure.step);
	if (*text.hint)
		print_foreign(doctor->out, "next",
			      "         next: ", text.hint);
	out_end(doctor->out);
	if (result != RESULT_PROBLEM)
		return;
	if (!doctor->problems++)
		doctor->status = text.status;
}
