// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The input is a command line: words that each end with a NUL byte. The exit status must be
 * one of those in kctl(8), and an error must be one line, or JSON with -j. Only help runs:
 * the other commands fail to enter their network namespace.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <jansson.h>

#include "commands.h"
#include "cli/dispatch.h"
#include "cli/help.h"
#include "cli/status.h"

#define WORDS 32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int setns(int fd, int type);

/* Fails, even if this machine has a namespace with that name. */
int setns(int fd, int type)
{
	(void)fd;
	(void)type;
	errno = EPERM;
	return -1;
}

/* Fails, because --version would query the module. */
int socket(int domain, int type, int protocol)
{
	(void)domain;
	(void)type;
	(void)protocol;
	errno = EAFNOSUPPORT;
	return -1;
}

static void check_json(const char *text, size_t size)
{
	json_t *json = json_loadb(text, size, 0, NULL);

	if (!json_is_string(
		    json_object_get(json_object_get(json, "error"), "message")))
		abort();
	json_decref(json);
}

/* Check that the text is one line without control sequences for a terminal. */
static void check_line(const char *text, size_t size)
{
	if (strncmp(text, "kctl: ", 6) || text[size - 1] != '\n')
		abort();
	for (size_t i = 0; i < size - 1; i++)
		if ((uint8_t)text[i] < ' ' || text[i] == 0x7f)
			abort();
}

static void check(const struct ctx *ctx, enum exit_status status,
		  const char *said, size_t size)
{
	if (status > EXIT_TIMEOUT || ctx->out.error || ctx->out.depth)
		abort();
	if (!status != !size)
		abort();
	if (!size)
		return;
	if (ctx->globals.json)
		check_json(said, size);
	else
		check_line(said, size);
}

static void run_words(int argc, char **argv)
{
	static FILE *null;
	FILE *before = stderr;
	struct ctx ctx = { .commands = commands };
	enum exit_status status;
	size_t size;
	char *said;

	if (!null)
		null = fopen("/dev/null", "w");
	stderr = open_memstream(&said, &size);
	if (!null || !stderr)
		abort();
	ctx.out.stream = null;
	status = cmd_main(&ctx, argc, argv);
	fclose(stderr);
	stderr = before;
	check(&ctx, status, said, size);
	free(said);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char name[] = "kctl", option[] = "-n", netns[] = "kctl-none";
	char *argv[WORDS + 4] = { name, option, netns };
	char *text = malloc(size + 1);
	int argc = 3;

	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	for (size_t at = 0; at < size && argc < WORDS + 3;
	     at += strlen(text + at) + 1)
		argv[argc++] = text + at;
	run_words(argc, argv);
	free(text);
	return 0;
}
