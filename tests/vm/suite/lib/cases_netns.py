# SPDX-License-Identifier: GPL-2.0-or-later
"""Network namespaces: nothing crosses them, and nothing outlives its namespace."""
import os
import signal
import socket
import struct

import base
from abi import IN, OUT, PUBLIC, S_COMMAND, S_NAME, S_PID, S_UID
from channel import Channel, status
from genl import Genl, Watcher, parse_attrs
from harness import case, check, child, new_netns, reap, sysctl
from identities import NOBODY, nobody_with_net_admin, userns_root_own_netns
from packets import Pinger
from store import Store
from sys_calls import CLONE_NEWPID, setns, unshare

DONTWAIT = socket.MSG_DONTWAIT


def namespace():
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY)


@case
def nothing_crosses():
    one = namespace()
    store1, watcher1, channel1 = Store(), Watcher(), Channel(bound=5)
    store1.set_entry(b"a", b"1", flags=PUBLIC)
    sysctl("store_max_entries", 1)
    new_netns()
    store2, watcher2, channel2 = Store(), Watcher(), Channel(bound=5)
    check.equal(store2.totals(), (0, 0, 0), "the new store")
    check.equal(store2.get_entry(b"a"), -2, "the entry of the other")
    check.equal(sysctl("store_max_entries"), 65536, "its limit")
    store2.set_entry(b"a", b"2")
    channel2.send(b"2")
    Pinger().ping4()
    # A socket stays in the namespace in which it was created, and so does what it accesses.
    check.equal(store1.get_entry(b"a")[1], b"1", "the first entry")
    check.error(store1.set_entry(b"b", b"1"), 28, "the first limit")
    check.equal(channel1.recv(9, DONTWAIT), -11, "the first channel")
    check.equal(len(watcher2.collect(4)), 4, "records of the second")
    check.equal(watcher1.stop(), (0, 0), "records of the first")
    check.equal(status()["sockets"], 1, "sockets of the second")
    check.equal(channel2.recv(9, DONTWAIT), b"2", "the second channel")
    check.equal([c.number for c in Genl().channels()], [5], "channels of the second")
    setns(one)
    Pinger().ping4()
    check.equal(watcher2.stop(), (4, 0), "the second watcher, at the end")
    check.equal(store1.totals(), (1, 1, 1), "the first store, at the end")
    check.equal(store2.totals(), (1, 1, 1), "the second store, at the end")
    os.close(one)


def fill_namespace(ready):
    """Create one of everything, and leave it open."""
    new_netns()
    store = Store()
    for i in range(50):
        store.set_entry(b"e%d" % i, bytes(1000))
    watchers = [Watcher() for _ in range(3)]
    watchers[0].stop()
    channels = [Channel(bound=n, connected=n + 1) for n in range(1, 5)]
    for number in range(1, 9):
        channels[0].send_to(number, bytes(3000))
    Pinger().ping4(times=10)
    Pinger().ping6(times=10)
    os.write(ready, b"r")
    signal.pause()
    del watchers, channels


@case
def end_with_everything_alive():
    """A namespace whose processes are killed ends, and everything in it."""
    before = base.begin()
    check.true("net_namespace" in before, "this kernel does not count namespaces")
    readable, writable = os.pipe()
    for turn in range(5):
        pid = child(fill_namespace, writable)
        os.read(readable, 1)
        check.true(base.references() > before["references"], "the module is in use")
        os.kill(pid, signal.SIGKILL)
        reap(pid, -signal.SIGKILL)
    base.expect(before, "namespaces with everything alive")


@case
def end_with_messages_only():
    """Messages, channels and entries without a socket end with the namespace."""
    before = base.begin()

    def leave_messages():
        new_netns()
        Store().set_value(bytes(60000))
        with Channel() as sock:
            for number in range(1, 200):
                sock.send_to(number, bytes(5000))
    reap(child(leave_messages))
    base.expect(before, "a namespace with messages only")


@case
def directions_of_a_veth():
    """Each of two namespaces sees the packets on its own end of a veth."""
    one = namespace()
    new_netns()
    two = namespace()
    os.system("ip link add left type veth peer name right netns /proc/%d/fd/%d && "
              "ip addr add 10.9.0.1/24 dev left && ip link set left up" %
              (os.getpid(), one))
    left = Watcher()
    index_left = socket.if_nametoindex("left")
    setns(one)
    os.system("ip addr add 10.9.0.2/24 dev right && ip link set right up")
    right = Watcher()
    index_right = socket.if_nametoindex("right")
    check.equal(os.system("ping -q -c 1 -W 5 10.9.0.1 >/dev/null"), 0, "ping")

    def seen(watcher, index):
        return [(r.direction, r.packet[20]) for r in watcher.finish()[0]
                if r.family == 2 and r.ifindex == index]

    check.equal(seen(right, index_right), [(OUT, 8), (IN, 0)], "who asked")
    check.equal(seen(left, index_left), [(IN, 8), (OUT, 0)], "who answered")
    setns(two)
    os.system("ip link del left")
    setns(one)
    os.close(one)
    os.close(two)


def pid_namespace():
    return os.stat("/proc/thread-self/ns/pid").st_ino


def change():
    check.error(Store().set_entry(b"a", b"1"), 0, "set")


def changer(listener):
    """Return the process of the next change: (user, [(pid, pid namespace)], command)."""
    listener.sock.settimeout(10)
    [(_, _, _, payload)] = listener.read()
    attrs = parse_attrs(payload[4:])
    have = dict(attrs)
    check.equal(have[S_NAME], b"a\0", "the name")
    return (struct.unpack("=I", have[S_UID])[0],
            [struct.unpack("=II", value) for kind, value in attrs if kind == S_PID],
            have[S_COMMAND].rstrip(b"\0"))


def change_in_new_pid_namespace(tell):
    """The first process of the new namespace makes the change. Its parent reports its IDs."""
    readable, writable = os.pipe()

    def first():
        os.write(writable, b"%d" % pid_namespace())
        change()
    unshare(CLONE_NEWPID)
    pid = child(first)
    os.write(tell, b"%d %s" % (pid, os.read(readable, 20)))
    reap(pid)


@case
def changers():
    """The ID of the process in each of its pid namespaces, its real user and its command."""
    listener = Genl()
    listener.join(b"store")
    with open("/proc/self/comm", "rb") as file:
        command = file.read().rstrip()
    here = pid_namespace()

    change()
    check.equal(changer(listener), (0, [(os.getpid(), here)], command), "root")

    def as_nobody():
        nobody_with_net_admin()
        change()
    pid = child(as_nobody)
    reap(pid)
    check.equal(changer(listener), (NOBODY, [(pid, here)], command), "nobody")

    readable, writable = os.pipe()
    reap(child(change_in_new_pid_namespace, writable))
    outer, inner = map(int, os.read(readable, 40).split())
    check.equal(changer(listener), (0, [(1, inner), (outer, here)], command),
                "the first process of a pid namespace")

    def container():
        userns_root_own_netns()
        own = Genl()
        own.join(b"store")
        change()
        check.equal(changer(own), (0, [(os.getpid(), here)], command), "root of its own")
        reap(child(change_in_new_pid_namespace, writable))
        _, inner = map(int, os.read(readable, 40).split())
        check.equal(changer(own), (0, [(1, inner)], command),
                    "its pid namespace, and none around it")
    reap(child(container))
    Store().delete(b"a")
