// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl sockopt wait: wait for a change of an entry */
#include <errno.h>
#include <string.h>

#include "store.h"
#include "lib/libkctl.h"

struct wait_args {
	const char *name;
	uint64_t generation;
	int64_t timeout;
};

/* A generation that no entry reaches. */
#define ANY_GENERATION UINT64_MAX

static const struct wait_args defaults = {
	.name = KCTL_NAME_DEFAULT,
	.generation = ANY_GENERATION,
	.timeout = -1,
};

static const struct opt wait_options[] = {
	{
		.name = "name",
		.arg = "NAME",
		.help = "the entry (default: \"" KCTL_NAME_DEFAULT "\")",
		.parse = opt_string,
		.offset = offsetof(struct wait_args, name),
	},
	{
		.name = "generation",
		.arg = "G",
		.help = "until the generation is not G; 0: until it exists",
		.parse = opt_u64,
		.offset = offsetof(struct wait_args, generation),
		.max = ANY_GENERATION - 1,
	},
	{
		.name = "timeout",
		.arg = "S",
		.help = "seconds to wait",
		.parse = opt_seconds,
		.offset = offsetof(struct wait_args, timeout),
	},
	{ 0 },
};

/**
 * struct entry_wait - a wait for a change of an entry
 * @ctx: the run
 * @genl: netlink handle for events
 * @store: handle to read the entry
 * @name: the entry
 * @from: ignore events up to this generation
 * @base: generation of the entry at the beginning
 * @changed: the entry has another generation
 * @look: the entry may have another generation
 */
struct entry_wait {
	struct ctx *ctx;
	struct kctl_genl *genl;
	struct kctl_store *store;
	const char *name;
	uint64_t from;
	uint64_t base;
	bool changed;
	bool look;
};

static int take_event(void *data, const struct kctl_store_event *event)
{
	struct entry_wait *w = data;

	if (!*event->name)
		w->look = true;
	else if (!strcmp(event->name, w->name) && event->generation > w->from)
		w->changed = true;
	return 0;
}

/* Read all events. If some were lost, the entry itself has to be read. */
static int take_events(struct entry_wait *w)
{
	int err;

	do {
		err = kctl_store_events(w->genl);
		if (err == -ENOBUFS)
			w->look = true;
	} while (!err || err == -ENOBUFS);
	return err == -EAGAIN ? 0 : err;
}

static int look(struct entry_wait *w)
{
	uint64_t generation;
	int err;

	w->look = false;
	err = kctl_store_generation(w->store, w->name, &generation);
	if (!err && generation != w->base)
		w->changed = true;
	return err;
}

static int wait_for_change(struct entry_wait *w, int64_t deadline)
{
	int err, ret;

	for (;;) {
		err = take_events(w);
		if (!err && w->look)
			err = look(w);
		if (err || w->changed)
			return err;
		ret = cmd_wait(w->ctx, kctl_genl_fd(w->genl), deadline);
		if (ret == WAIT_DEADLINE)
			return -ETIMEDOUT;
		if (ret != WAIT_INPUT)
			return ret < 0 ? ret : -EINTR;
	}
}

/*
 * Subscribe before reading the entry: a change in between is seen twice, but none is
 * missed.
 */
static int begin(struct entry_wait *w, const struct wait_args *a)
{
	int err;

	err = kctl_store_subscribe(w->genl, take_event, w);
	if (err)
		return err;
	if (a->generation == ANY_GENERATION)
		return kctl_store_generation(w->store, w->name, &w->base);
	w->base = w->from = a->generation;
	return look(w);
}

static int wait_and_print(struct entry_wait *w, const struct wait_args *a)
{
	int64_t deadline = WAIT_FOREVER;
	int err;

	if (a->timeout >= 0)
		deadline = wait_now() + a->timeout;
	err = cmd_wait_begin(w->ctx);
	if (!err)
		err = begin(w, a);
	if (!err)
		err = wait_for_change(w, deadline);
	if (!err && (w->ctx->globals.json || w->ctx->globals.verbose))
		err = store_print_generation(&w->ctx->out, w->store, w->name);
	/* Flush: a program that waits for the line need not wait until the sockets are closed. */
	out_flush(&w->ctx->out);
	return err;
}

static enum exit_status wait_run(struct ctx *ctx, const void *args)
{
	const struct wait_args *a = args;
	struct entry_wait w = { .ctx = ctx, .name = a->name };
	enum exit_status status = EXIT_DONE;
	int err;

	err = kctl_genl_open(&w.genl);
	if (!err)
		err = kctl_store_open(&w.store);
	if (!err)
		err = wait_and_print(&w, a);
	/* EINTR: a signal is pending and ends the program in waiter_close(). */
	if (err && err != -EINTR)
		status = cmd_fail(
			ctx, (struct failure){
				     .error = err,
				     .subject = a->name,
				     .wait = a->timeout,
				     .ext_ack = kctl_genl_ext_ack(w.genl) });
	kctl_store_close(w.store);
	kctl_genl_close(w.genl);
	return status;
}

static const struct error_row wait_errors[] = {
	{
		.error = ETIMEDOUT,
		.status = EXIT_TIMEOUT,
		.message = "entry '{subject}' did not change within {wait}",
	},
	{ 0 },
};

const struct command cmd_sockopt_wait = {
	.noun = "sockopt",
	.verb = "wait",
	.forgotten = { "name" },
	.help = "wait until an entry is created, changed or deleted",
	.notes =
		"kctl -v and kctl -j print the new generation, or 0 if the entry does not exist.",
	.example = "kctl -v sockopt wait --name motd --timeout 60",
	.options = wait_options,
	.defaults = &defaults,
	.args_size = sizeof(struct wait_args),
	.errors = { wait_errors, entry_errors },
	.run = wait_run,
};
