// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One netlink socket, while packets flow.
 */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "races.h"

static struct genl genl;
static int sock, store = -1, pinger = -1;

static void begin(void)
{
	if (store < 0) {
		store = store_open();
		pinger = echo_open();
	}
	sock = genl_open();
	if (sock < 0)
		return complain("cannot open a netlink socket: %d", sock);
	if (!genl.family && genl_resolve(sock, &genl))
		complain("there is no family kctl");
	if (below(2))
		genl_call(sock, &genl, KCTL_CMD_WATCH_START, 0);
}

static void end(void)
{
	close(sock);
}

static void finish(void)
{
	store_clear(store);
	close(store);
	close(pinger);
	store = -1;
	genl.family = 0;
}

static int do_start(void)
{
	return genl_call(sock, &genl, KCTL_CMD_WATCH_START, 0);
}

static int do_stop(void)
{
	return genl_call(sock, &genl, KCTL_CMD_WATCH_STOP, 0);
}

static int do_list(void)
{
	return genl_call(sock, &genl, KCTL_CMD_GET_WATCHERS, NLM_F_DUMP);
}

static int do_status(void)
{
	return genl_call(sock, &genl, KCTL_CMD_GET_STATUS, 0);
}

static int do_read(void)
{
	char buffer[4096];

	return result(recv(sock, buffer, sizeof(buffer), MSG_DONTWAIT));
}

static int do_join(void)
{
	return result(setsockopt(sock, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
				 &genl.store_group, sizeof(genl.store_group)));
}

static int do_leave(void)
{
	return result(setsockopt(sock, SOL_NETLINK, NETLINK_DROP_MEMBERSHIP,
				 &genl.store_group, sizeof(genl.store_group)));
}

static int do_set(void)
{
	return set_entry(store, "n0", below(100), 0, 0);
}

static int do_flood(void)
{
	int i, ret = 0;

	for (i = 0; i < 10 && ret >= 0; i++)
		ret = ping(pinger);
	return ret;
}

static int do_close(void)
{
	return result(close(sock));
}

static const struct action actions[] = {
	{ "start", do_start }, { "stop", do_stop },	{ "flood", do_flood },
	{ "list", do_list },   { "status", do_status }, { "read", do_read },
	{ "join", do_join },   { "leave", do_leave },	{ "set", do_set },
	{ "close", do_close }, { NULL, NULL },
};

/* EINVAL: the other thread has just ended the dump that this one continues. */
static const int errors[] = { EAGAIN, EBADF, ENOBUFS, EINVAL, 0 };

const struct object watch_object = {
	.name = "watch",
	.actions = actions,
	.errors = errors,
	.begin = begin,
	.end = end,
	.finish = finish,
};
