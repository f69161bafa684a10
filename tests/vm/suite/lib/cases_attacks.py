# SPDX-License-Identifier: GPL-2.0-or-later
"""What an attacker tries: load on others, and memory that nobody pays for."""
import os
import resource
import time

from abi import CMD_WATCH_START, CMD_WATCH_STOP, SNAPLEN_MAX, W_SNAPLEN
from genl import Genl, u32
from harness import case, check, child, children, eventually, sysctl
from packets import Pinger
from sys_calls import call


def quickest(function, rounds=7):
    """The shortest of several times, in seconds: the others were interrupted."""
    times = []
    for _ in range(rounds):
        begin = time.monotonic()
        function()
        times.append(time.monotonic() - begin)
    return min(times)


@case
def stopped_watchers():
    """Stopped watchers slow down neither packets nor the start and stop of others."""
    count = int(os.environ.get("KCTL_STOPPED", 2000))
    sysctl("watchers_max", count + 8)
    sysctl("watch_max_bytes", 1 << 40)
    resource.setrlimit(resource.RLIMIT_NOFILE, (count + 64, count + 64))
    pinger, active, genl = Pinger(), Genl(), Genl()
    check.equal(active.errno_of(CMD_WATCH_START), 0, "the active watcher")

    def pings():
        pinger.ping4(times=50)

    def starts():
        for _ in range(20):
            check.equal(genl.errno_of(CMD_WATCH_START), 0, "start")
            check.equal(genl.errno_of(CMD_WATCH_STOP), 0, "stop")

    alone = quickest(pings), quickest(starts)
    stopped = [Genl() for _ in range(count)]
    for watcher in stopped:
        watcher.ask(CMD_WATCH_START)
        watcher.ask(CMD_WATCH_STOP)
    check.equal(genl.status()["watchers"], 1, "active watchers")
    beside = quickest(pings), quickest(starts)
    for name, before, after in zip(("pings", "starts"), alone, beside):
        check.true(after < 2 * before, "%s take %.1f times as long" % (name, after / before))
    for watcher in stopped:
        watcher.close()


def write_file(path, text):
    with open(path, "w") as file:
        file.write(text)


def waiting_in_buffers():
    """Bytes that wait in the receive buffers of all netlink sockets of the namespace."""
    with open("/proc/net/netlink") as file:
        return sum(int(line.split()[4]) for line in file.readlines()[1:])


@case
def records_are_charged():
    """Records are charged to the cgroup that started the watch, not to nobody."""
    root, limit = "/run/kctl-cgroup", 16 << 20
    os.makedirs(root, exist_ok=True)
    check.error(call("mount", b"none", root.encode(), b"cgroup2", 0, None), 0, "mount")
    write_file(root + "/cgroup.subtree_control", "+memory")
    os.mkdir(root + "/small")
    write_file(root + "/small/memory.max", str(limit))
    ready, started = os.pipe()
    end, stop = os.pipe()

    def watch():
        os.close(stop)
        write_file(root + "/small/cgroup.procs", str(os.getpid()))
        watchers = [Genl() for _ in range(150)]
        for watcher in watchers:
            watcher.ask(CMD_WATCH_START, u32(W_SNAPLEN, SNAPLEN_MAX))
        os.write(started, b"x")
        os.read(end, 1)
    pid = child(watch)
    os.close(end)
    os.read(ready, 1)
    Pinger().ping4(payload=bytes(1400), times=200)
    waiting = waiting_in_buffers()
    with open(root + "/small/memory.current") as file:
        charged = int(file.read())
    check.true(limit // 2 < waiting <= limit, "%d bytes wait, %d may" % (waiting, limit))
    check.true(charged >= waiting // 2, "%d bytes wait, %d are charged" % (waiting, charged))
    os.close(stop)
    _, how = os.waitpid(pid, 0)
    children.discard(pid)
    check.equal(how, 0, "end of the watchers")
    check.true(eventually(lambda: not waiting_in_buffers()), "the buffers are empty")
    check.true(eventually(lambda: remove(root + "/small")), "the cgroup can be removed")
    check.error(call("umount", root.encode()), 0, "umount")


def remove(path):
    try:
        os.rmdir(path)
    except OSError:
        return False
    return True
