# SPDX-License-Identifier: GPL-2.0-or-later
"""soak.py SECONDS: use all interfaces for a long time, and sample the memory of the kernel. At
the end, it must be what it was after the first quarter, and nothing may be left."""
import os
import signal
import statistics
import sys
import time

import base
from abi import REPLACE
from cases_module import use_everything
from channel import Channel
from genl import Genl, Watcher
from harness import check, child, kill_children, new_netns
from packets import Pinger
from store import Store, table

SAMPLES = 40
# Memory that other programs of the guest may take, in KiB.
MARGIN = 2048


def pace():
    time.sleep(0.01)


def use_store():
    store = Store()
    for turn in range(1 << 60):
        store.set_entry(b"soak-%d" % (turn % 300), bytes(turn % 5000))
        check.true(not isinstance(store.get_entry(b"soak-%d" % (turn % 300)), int), "get")
        if turn % 1000 == 999:
            store.set_bytes(REPLACE, table())
        pace()


def use_channels():
    """One channel is always bound, another one comes and goes. Sometimes they leave messages
    behind."""
    steady = Channel(bound=1)
    for turn in range(1 << 60):
        with Channel(bound=2, connected=1) as other, Channel() as stranger:
            other.send(bytes(turn * 37 % 60000))
            stranger.send_to(2, b"for the other")
            check.equal(len(steady.recv(60000)), turn * 37 % 60000, "message")
            if turn % 2:
                other.recv(100)
            else:
                stranger.send_to(3 + turn % 50, b"for nobody")
        if turn % 500 == 499:
            genl = Genl()
            for channel in genl.channels():
                genl.flush_channel(channel.number)
            genl.close()
        pace()


def use_watch():
    steady, pinger = Watcher(), Pinger()
    for turn in range(1 << 60):
        other = Watcher()
        pinger.ping4(times=5)
        pinger.ping6(times=5)
        other.collect(40)
        if turn % 2:
            other.stop()
        other.close()
        steady.collect(40)
        steady.records.clear()
        pace()


def use_namespaces():
    while True:
        new_netns()
        use_everything()
        time.sleep(0.2)


def empty_all():
    Store().set_bytes(REPLACE, table())
    genl = Genl()
    for channel in genl.channels():
        genl.delete_channel(channel.number)
    genl.close()


def sample(begun):
    row = [int(time.monotonic() - begun), base.kernel_memory(), base.memory("MemAvailable"),
           base.references()]
    row += [base.objects(cache) for cache in base.CACHES]
    print(" ".join("%13s" % value for value in row), flush=True)
    return row


def take_samples(seconds, workers):
    begun = time.monotonic()
    print(" ".join("%13s" % name for name in
                   ("seconds", "kernel KiB", "available", "references") + base.CACHES))
    rows = []
    while time.monotonic() - begun < seconds:
        time.sleep(seconds / SAMPLES)
        rows.append(sample(begun))
        for pid in workers:
            check.equal(os.waitpid(pid, os.WNOHANG), (0, 0), "process that ended early")
        if check.failed:
            sys.exit(1)
    return [row[1] for row in rows]


def main(seconds):
    before = base.begin()
    os.nice(10)
    taken = take_samples(seconds, [child(work) for work in (
        use_store, use_channels, use_watch, use_namespaces)])
    kill_children()
    empty_all()
    base.expect(before, "the soak")
    quarter = len(taken) // 4
    early = statistics.median(taken[quarter:2 * quarter])
    late = statistics.median(taken[-quarter:])
    print("kernel memory: %d KiB in the second quarter, %d in the last" % (early, late))
    check.true(late - early <= MARGIN, "it grew by %d KiB" % (late - early))
    print("after:", base.numbers())
    print("%d checks, %d failed" % (check.count, check.failed))
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
