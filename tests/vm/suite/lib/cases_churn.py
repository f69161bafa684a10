# SPDX-License-Identifier: GPL-2.0-or-later
"""Repeat operations, and check what is left. `make churn` repeats them thousands of times, the
suite only a few times: KCTL_TURNS is the number of turns."""
import collections
import os
import signal

import base
from cases_module import call_all_interfaces, load, unload, use_everything, without_modprobe
from channel import Channel
from genl import Watcher
from harness import case, check, child, eventually, new_netns, reap
from packets import Pinger, ping_for_ever

SECONDS = 3600
# Memory, in KiB, that the kernel may take for itself, however many turns there are.
MARGIN = 3072


# The debug kernel takes more and more memory for its checks; there, kmemleak finds leaks.
DEBUG = os.environ.get("KCTL_DEBUG")


def turns(few):
    return int(os.environ.get("KCTL_TURNS", few // 4 if DEBUG else few))


def watch_memory(what, count, turn):
    """Run the turns. The second half must not take any more memory."""
    begun = base.begin()
    turn(count // 2)
    base.expect(begun, "the first half of " + what)
    before = base.kernel_memory()
    turn(count - count // 2)
    base.expect(begun, what)
    after = base.kernel_memory()
    print("%d turns of %s: %s" % (count, what, base.numbers()))
    print("memory, KiB: %d, then %d" % (before, after))
    check.true(DEBUG or after - before <= MARGIN,
               "%s take memory: %d KiB" % (what, after - before))


def live_in_namespaces(count):
    """The last three namespaces are still in use when the next one is created."""
    held = collections.deque(maxlen=3)
    for turn in range(count):
        new_netns()
        use_everything()
        held.append((Channel(bound=1 + turn % 9, connected=7), Watcher()))
        Pinger().ping4()


@case
def namespaces():
    """Namespaces that are created, used through all interfaces, and left with everything in
    them."""
    watch_memory("namespaces", turns(16), lambda count: reap(
        child(live_in_namespaces, count), seconds=SECONDS))


def come_and_go(count):
    for turn in range(count):
        check.true(eventually(lambda: unload() == 0), "unload %d" % turn)
        check.error(load(), 0, "load %d" % turn)


def sleep_with_nothing(pids):
    """Stop the processes. A stopped process with an open socket would hold the module: let it
    continue."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
        os.waitpid(pid, os.WUNTRACED)
    if eventually(lambda: base.references() == 0, 0.5):
        return True
    for pid in pids:
        os.kill(pid, signal.SIGCONT)
    return False


def stop(pids):
    """Stop the processes, and check that nothing they use is left."""
    check.true(eventually(lambda: sleep_with_nothing(pids), 60), "all sleep with nothing open")
    come_and_go(1)


def come_and_go_in_traffic(pids, count):
    for pid in pids:
        os.kill(pid, signal.SIGCONT)
    come_and_go(count)
    stop(pids)


@case
def loads():
    """Load and unload a module that is used all the time, while packets flow."""
    with without_modprobe():
        pids = [child(call_all_interfaces), child(call_all_interfaces), child(ping_for_ever, True)]
        stop(pids)
        watch_memory("loads", turns(12),
                     lambda count: come_and_go_in_traffic(pids, count))
        for pid in pids:
            check.equal(os.waitpid(pid, os.WNOHANG), (0, 0), "who knocks is alive")
            os.kill(pid, signal.SIGKILL)
