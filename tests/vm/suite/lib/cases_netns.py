# SPDX-License-Identifier: GPL-2.0-or-later
"""Network namespaces: nothing crosses, and nothing outlives its namespace."""
import os
import signal
import socket

import base
from abi import IN, OUT, PUBLIC
from channel import Channel, status
from genl import Genl, Watcher
from harness import case, check, child, new_netns, reap, sysctl
from packets import Pinger
from store import Store
from sys_calls import setns

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
    # A socket stays where it was made; so does what is reached through it.
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
    """Everything that can be alive, left alive."""
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
    """A namespace whose processes are killed goes, and takes everything with it."""
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
    """Messages, channels and entries that nobody holds end with the namespace."""
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
    """Between two namespaces each side sees its own half."""
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
