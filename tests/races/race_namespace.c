// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A network namespace that exists while sockets are open in it: two threads close them,
 * and use them, at the same time.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "races.h"

static struct genl genl;
static int home = -1;

static struct {
	int channel;
	int tap;
	int watcher;
	int control;
	int store;
	int pinger;
} in;

static void bind_to(int fd, uint32_t channel)
{
	int ret = channel_bind(fd, channel);

	if (!ret)
		ret = channel_connect(fd, channel);
	if (ret)
		complain("cannot bind: %d", ret);
}

static void loopback_up(int fd)
{
	struct ifreq request = { .ifr_flags = IFF_UP };

	strcpy(request.ifr_name, "lo");
	if (ioctl(fd, SIOCSIFFLAGS, &request))
		complain("cannot bring lo up: %d", errno);
}

static void fill_namespace(void)
{
	in.store = store_open();
	loopback_up(in.store);
	in.pinger = echo_open();
	in.channel = channel_open();
	in.tap = channel_open();
	in.watcher = genl_open();
	in.control = genl_open();
	channel_set_option(in.tap, KCTL_TAP, 1);
	bind_to(in.channel, 5);
	bind_to(in.tap, 5);
	send_to(in.channel, 0, 3000);
	send_to(in.channel, 6, 3000);
	set_entry(in.store, "n0", 3000, 0, 0);
	if (!genl.family && genl_resolve(in.watcher, &genl))
		complain("there is no family kctl");
	genl_call(in.watcher, &genl, KCTL_CMD_WATCH_START, 0);
	genl_call_channel(in.control, &genl, KCTL_CMD_SET_CHANNEL, 7);
	ping(in.pinger);
}

static void begin(void)
{
	if (home < 0)
		home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (unshare(CLONE_NEWNET))
		return complain("cannot unshare: %d", errno);
	fill_namespace();
	if (setns(home, CLONE_NEWNET))
		complain("cannot come back: %d", errno);
}

static int close_channels(void)
{
	close(in.channel);
	return result(close(in.tap));
}

static int close_netlink(void)
{
	close(in.watcher);
	return result(close(in.control));
}

static int close_store(void)
{
	close(in.pinger);
	return result(close(in.store));
}

/* The kernel removes namespaces more slowly than this thread makes them. */
static void end(void)
{
	close_channels();
	close_netlink();
	close_store();
	usleep(5000);
}

static void finish(void)
{
	close(home);
	home = -1;
	genl.family = 0;
}

static int use_channels(void)
{
	send_to(in.channel, 8, below(5000));
	send_to(in.tap, 0, below(100));
	receive(in.tap, MSG_DONTWAIT);
	return receive(in.channel, MSG_DONTWAIT);
}

static int use_watch(void)
{
	ping(in.pinger);
	genl_call(in.watcher, &genl, KCTL_CMD_WATCH_STOP, 0);
	ping(in.pinger);
	return genl_call(in.watcher, &genl, KCTL_CMD_WATCH_START, 0);
}

static int use_store(void)
{
	set_entry(in.store, "n1", below(5000), 0, 0);
	return replace_entries(in.store, below(5));
}

static int use_requests(void)
{
	genl_call_channel(in.control, &genl, KCTL_CMD_SET_CHANNEL, 9);
	genl_call_channel(in.control, &genl, KCTL_CMD_FLUSH_CHANNEL, 6);
	return genl_call_channel(in.control, &genl, KCTL_CMD_DEL_CHANNEL, 7);
}

static const struct action actions[] = {
	{ "close-channels", close_channels },
	{ "close-netlink", close_netlink },
	{ "close-store", close_store },
	{ "use-channels", use_channels },
	{ "use-watch", use_watch },
	{ "use-store", use_store },
	{ "use-requests", use_requests },
	{ NULL, NULL },
};

static const int errors[] = { EAGAIN, EBADF, ENOBUFS, 0 };

const struct object namespace_object = {
	.name = "namespace",
	.actions = actions,
	.errors = errors,
	.begin = begin,
	.end = end,
	.finish = finish,
};
