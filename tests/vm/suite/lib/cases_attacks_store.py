# SPDX-License-Identifier: GPL-2.0-or-later
"""Attacks on the store."""
import os
import signal

from genl import Genl
from harness import case, check, child, reap
from store import Store


# ---- a listener that does not read -----------------------------------------

def take_turns():
    """On processor 0, with others of the same priority: they run only if they are let."""
    os.sched_setaffinity(0, {0})
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))


def take_every_turn():
    take_turns()
    while True:
        os.sched_yield()


def turns_given():
    with open("/proc/self/status") as file:
        [count] = [line.split()[1] for line in file if line.startswith("nonvoluntary")]
    return int(count)


def change_without_a_pause(times):
    take_turns()
    store = Store()
    before = turns_given()
    for i in range(times):
        if store.set_value(b"%d" % i):
            check.fail("set %d" % i)
    given = turns_given() - before
    check.true(given < times / 30, "%d changes let others run %d times" % (times, given))


@case
def slow_listener():
    """A change waits for nobody, however full the receive buffers are; what was lost
    shows."""
    listener = Genl(rcvbuf=128 << 10)
    check.error(listener.join(b"store"), 0, "join")
    rival = child(take_every_turn)
    reap(child(change_without_a_pause, 1000))
    os.kill(rival, signal.SIGKILL)
    reap(rival, -signal.SIGKILL)
    check.equal(Store().totals()[0], 1000, "changes")
    listener.close()
