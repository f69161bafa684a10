# SPDX-License-Identifier: GPL-2.0-or-later
"""The module itself: it is loaded and unloaded, and nothing remains."""
import contextlib
import os
import signal
import socket
from errno import EAFNOSUPPORT, EAGAIN, EBUSY, EDESTADDRREQ, EINVAL, ENODEV, ENOENT, \
    ENOPROTOOPT, EOPNOTSUPP

from abi import CMD_WATCH_START, MESSAGE_MAX, RETRY
from channel import Channel, family, status
from genl import Genl, Refused, Watcher
from harness import case, check, child, eventually, new_netns
from holder import Holder
from packets import Pinger
from store import Store
from sys_calls import NUMBERS, call

KO = os.environ.get("KCTL_KO", "")
TURNS = 20


def system_call(name, *args):
    return call("syscall", NUMBERS[name], *args)


def load(parameters=""):
    fd = os.open(KO, os.O_RDONLY)
    ret = system_call("finit_module", fd, parameters.encode(), 0)
    os.close(fd)
    return ret


def unload():
    return system_call("delete_module", b"kctl", os.O_NONBLOCK)


def is_loaded():
    return os.path.exists("/sys/module/kctl")


def use_everything():
    store, pinger = Store(), Pinger()
    store.set_entry(b"e", bytes(60000))
    store.set_value(b"v")
    check.equal(store.get_value(), b"v", "the store")
    watcher = Watcher()
    pinger.ping4()
    pinger.ping6()
    check.equal(len(watcher.collect(8)), 8, "the watch")
    with Channel(bound=5) as sock:
        sock.send(bytes(MESSAGE_MAX))
        check.equal(len(sock.recv(MESSAGE_MAX)), MESSAGE_MAX, "the channel")
        sock.send_to(6, b"left behind")
    with Holder(7, 2) as sock:
        for delay in 3600000, 1:
            sock.send(b"comes back later")
            sock.settle((sock.take()[1], RETRY), delay=delay)
    genl = Genl()
    genl.set_channel(8)
    genl.set_channel(9, max_deliveries=1, dead_letter=8)
    with Holder(9, 2) as sock:
        for _ in range(2):
            sock.send(b"dies")
        sock.settle((sock.take()[1], RETRY))
        sock.take()
    watcher.close()


def expect_closed_doors(af):
    """Without the module, all interfaces return their errors, and no call loads the module."""
    store = Store()
    check.error(store.set_value(b"x"), ENOPROTOOPT, "setsockopt")
    check.equal(store.get_value(), -ENOPROTOOPT, "getsockopt")
    check.error(call("socket", af, socket.SOCK_DGRAM, 0), EAFNOSUPPORT, "socket")
    try:
        Genl()
        check.fail("the netlink family is there")
    except Refused as err:
        check.equal(err.errno, ENOENT, "netlink")
    check.true(not os.path.exists("/proc/sys/net/kctl"), "sysctls")
    check.true(not os.path.exists("/sys/kernel/slab/kctl_message"), "the cache of messages")
    check.true(not is_loaded(), "the module loads itself")


@case
def load_use_unload():
    """Load, use and unload the module repeatedly. It can be unloaded with entries, messages and
    used namespaces."""
    af = family()
    for turn in range(TURNS):
        use_everything()
        if turn % 4 == 0:
            new_netns()
            use_everything()
        check.error(unload(), 0, "unload %d" % turn)
        if turn == 0:
            expect_closed_doors(af)
        check.error(load(), 0, "load %d" % turn)
        now = status()
        check.equal((now["store_entries"], now["store_generation"], now["channels"],
                     now["proto_bytes"]), (0, 0, 0, 0), "after load %d" % turn)


@case
def unload_refused():
    """An open socket or an active watcher prevents unloading; nothing else does."""
    sock = Channel()
    check.error(unload(), EAGAIN, "an open socket")
    check.error(sock.bind(5), 0, "the socket still works")
    sock.close()
    watcher = Watcher()
    check.error(unload(), EAGAIN, "a watcher")
    Pinger().ping4()
    check.equal(len(watcher.collect(4)), 4, "the watcher still works")
    watcher.stop()
    genl, store = Genl(), Store()
    store.set_value(b"x")
    check.error(unload(), 0, "a stopped watcher, an entry, other sockets")
    check.error(load(), 0, "load")
    check.equal(store.get_value(), -ENOENT, "a socket from before")
    watcher.close()
    genl.close()


FAMILIES = [("family=45", 0, 45), ("family=14", 0, 14), ("family=2", EBUSY, 0),
            ("family=16", EBUSY, 0), ("family=-1", EINVAL, 0), ("family=46", EINVAL, 0),
            ("family=1000", EINVAL, 0), ("family=x", EINVAL, 0), ("family=0", 0, 18)]


@case
def families():
    """The module parameter. A number that is in use or invalid leaves nothing behind."""
    check.error(unload(), 0, "unload")
    for parameters, code, af in FAMILIES:
        check.error(load(parameters), code, parameters)
        if code:
            expect_closed_doors(18)
            continue
        check.equal(family(), af, parameters + ": sysfs")
        use_everything()
        check.equal(status()["family"], af, parameters + ": status")
        check.error(unload(), 0, "unload after " + parameters)
    check.error(load(), 0, "load without parameter")
    check.equal(family(), 18, "family without parameter")


def call_all_interfaces():
    """Call all interfaces without end. Each error must be caused by the module or its absence."""
    store = Store()
    while True:
        check_errno(store.set_value(b"x"), ENOPROTOOPT)
        check_errno(store.get_bytes(999, b"", 10)[0], ENOPROTOOPT, ENOENT)
        fd = call("socket", 18, socket.SOCK_DGRAM, 0)
        check_errno(fd, EAFNOSUPPORT)
        if fd >= 0:
            check_errno(call("send", fd, b"x", 1, 0), EDESTADDRREQ)
            os.close(fd)
        try:
            genl = Genl()
            # ENODEV: the module is still being loaded.
            check_errno(-genl.errno_of(1), ENODEV, ENOENT, EOPNOTSUPP)
            genl.close()
        except Refused as err:
            check_errno(-err.errno, ENOENT)


def check_errno(ret, *codes):
    if ret < 0 and -ret not in codes:
        print("unexpected errno %d" % -ret, flush=True)
        os._exit(1)


@contextlib.contextmanager
def without_modprobe():
    """Without this, each request for the missing module would make the kernel start a process."""
    with open("/proc/sys/kernel/modprobe", "r+") as file:
        modprobe = file.read().strip()
        file.write("\n")
    try:
        yield
    finally:
        with open("/proc/sys/kernel/modprobe", "w") as file:
            file.write(modprobe)


@case
def unload_under_load():
    """Interfaces are in use while the module is unloaded and loaded."""
    with without_modprobe():
        pids = [child(call_all_interfaces) for _ in range(2)]
        for turn in range(10):
            check.true(eventually(lambda: unload() == 0), "unload %d" % turn)
            check.error(load(), 0, "load %d" % turn)
        for pid in pids:
            check.equal(os.waitpid(pid, os.WNOHANG), (0, 0), "the caller is alive")
            os.kill(pid, signal.SIGKILL)


def keep_starting_to_watch():
    """A module that fails to load may answer, but must not accept a watcher."""
    while True:
        try:
            genl = Genl()
        except Refused as err:
            check_errno(-err.errno, ENOENT)
            continue
        ret = genl.errno_of(CMD_WATCH_START)
        check_errno(-ret, ENOENT, ENODEV)
        if not ret:
            print("a module that fails to load takes a watcher", flush=True)
            os._exit(1)
        genl.close()


@case
def watch_start_while_insmod_fails():
    """Callers that keep trying while loads fail are never accepted."""
    check.error(unload(), 0, "unload")
    with without_modprobe():
        pids = [child(keep_starting_to_watch) for _ in range(2)]
        for turn in range(30):
            check.error(load("family=2"), EBUSY, "load %d" % turn)
        for pid in pids:
            check.equal(os.waitpid(pid, os.WNOHANG), (0, 0), "the watcher is alive")
            os.kill(pid, signal.SIGKILL)
    check.error(load(), 0, "load at last")
