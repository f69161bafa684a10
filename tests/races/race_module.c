// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The module itself: one thread unloads and loads it, the other uses each interface.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "races.h"

static int file = -1, pinger = -1;

static int load(void)
{
	return result(syscall(SYS_finit_module, file, "", 0));
}

/* Both return EEXIST or ENOENT to the second thread. */
static int do_unload(void)
{
	int ret = result(syscall(SYS_delete_module, "kctl", O_NONBLOCK));

	return ret ? ret : load();
}

static void begin(void)
{
	if (file >= 0)
		return;
	file = open(getenv("KCTL_KO"), O_RDONLY | O_CLOEXEC);
	pinger = echo_open();
}

static void finish(void)
{
	load();
	close(file);
	close(pinger);
	file = -1;
}

static int do_store(void)
{
	int fd = store_open(), ret = set_entry(fd, "n0", below(1000), 0, 0);

	if (!ret)
		ret = store_clear(fd);
	close(fd);
	return ret;
}

static int do_channel(void)
{
	int fd = channel_open(), ret;

	if (fd < 0)
		return fd;
	ret = channel_bind(fd, 5);
	if (!ret)
		ret = send_to(fd, 0, below(5000));
	if (ret >= 0)
		ret = receive(fd, MSG_DONTWAIT);
	close(fd);
	return ret;
}

static int do_watch(void)
{
	struct genl genl = { .family = 0 };
	int fd = genl_open(), ret = genl_resolve(fd, &genl);

	if (!ret)
		ret = genl_call(fd, &genl, KCTL_CMD_WATCH_START, 0);
	if (ret > 0)
		ret = ping(pinger);
	if (ret > 0 && below(2))
		ret = genl_call(fd, &genl, KCTL_CMD_WATCH_STOP, 0);
	close(fd);
	return ret;
}

static int do_requests(void)
{
	struct genl genl = { .family = 0 };
	int fd = genl_open(), ret = genl_resolve(fd, &genl);

	if (!ret) {
		genl_call(fd, &genl, KCTL_CMD_GET_STATUS, 0);
		genl_call(fd, &genl, KCTL_CMD_GET_WATCHERS, NLM_F_DUMP);
		genl_drain(fd);
		genl_call(fd, &genl, KCTL_CMD_GET_CHANNELS, NLM_F_DUMP);
	}
	close(fd);
	return ret;
}

static int do_sysctl(void)
{
	int fd = open("/proc/sys/net/kctl/unprivileged", O_RDWR | O_CLOEXEC);
	int ret = fd < 0 ? -errno : result(write(fd, "0", 1));

	close(fd);
	return ret;
}

static const struct action actions[] = {
	{ "unload", do_unload },
	{ "store", do_store },
	{ "channel", do_channel },
	{ "watch", do_watch },
	{ "requests", do_requests },
	{ "sysctl", do_sysctl },
	{ NULL, NULL },
};

static const int errors[] = { EAGAIN,	    ENOENT,	 EEXIST, EBUSY,
			      EAFNOSUPPORT, ENOPROTOOPT, 0 };

const struct object module_object = {
	.name = "module",
	.actions = actions,
	.errors = errors,
	.begin = begin,
	.finish = finish,
	.unloads = true,
	.only_with_first = true,
};
