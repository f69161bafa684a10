# SPDX-License-Identifier: GPL-2.0-or-later
"""Attacks on the store: callers that never return from a copy, and a listener that does not
read."""
import ctypes
import os
import signal
import threading
import time
from errno import EFAULT, EINTR, ENOENT

from abi import ENTRY_SIZE, GET_ENTRY, GET_TABLE, REPLACE, TABLE_SIZE, VALUE_MAX
from cgroup import ROOT, Cgroup, enter
from genl import Genl, waiting_in_buffers
from harness import Blocked, case, check, child, eventually, in_call, reap, sysctl, wait_blocked
from held import HeldPage
from store import Store, request, table
from sys_calls import PAGE, map_pages

MIB = 1 << 20

# The module copies a table from user memory in pieces of this size.
CHUNK = 32768


# ---- memory ----------------------------------------------------------------

def available():
    with open("/proc/meminfo") as file:
        [size] = [line.split()[1] for line in file if line.startswith("MemAvailable:")]
    return int(size) << 10


# ---- callers that block in a copy ------------------------------------------

class Callers:
    """A process outside the cgroup of the case. Each of its threads makes one call."""

    def __init__(self, syscall, function, group=ROOT):
        self.syscall, self.count = syscall, 0
        go, self.go = os.pipe()

        def run():
            enter(group)
            os.close(self.go)
            while os.read(go, 1):
                threading.Thread(target=function, daemon=True).start()

        self.pid = child(run)
        os.close(go)

    def blocked(self):
        return sum(in_call(self.syscall, self.pid, int(tid))
                   for tid in os.listdir("/proc/%d/task" % self.pid))

    def one_more(self):
        self.count += 1
        os.write(self.go, b"x")
        check.true(eventually(lambda: self.blocked() == self.count),
                   "%d callers block, not %d" % (self.blocked(), self.count))

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        reap(self.pid, -signal.SIGKILL)
        os.close(self.go)


def held_replace(data, size):
    """REPLACE with a table of which only the first piece ever becomes available."""
    address = map_pages(CHUNK // PAGE + 1)
    ctypes.memmove(address, data, CHUNK)
    HeldPage(address + CHUNK)
    return Store().set_raw(REPLACE, address, size)


def held_get_table():
    return Store().get_raw(GET_TABLE, HeldPage().address, 64 * MIB)


def held_get_entry():
    address = map_pages(17)
    ctypes.memmove(address, request(b"large"), ENTRY_SIZE)
    HeldPage(address + PAGE)
    return Store().get_raw(GET_ENTRY, address, 17 * PAGE)


def get_table(store):
    """Return the result and the length of the answer."""
    return store.get_raw(GET_TABLE, map_pages(4), 4 * PAGE)


# ---- a listener that does not read -----------------------------------------

def take_turns():
    """Run on processor 0, with others of the same priority: they run only when this process
    yields."""
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


def change_without_a_pause(times, batch=10):
    """Changes must not yield. The batch with the fewest context switches counts, because timers
    and the limit of realtime tasks also interrupt this process."""
    take_turns()
    store, given = Store(), []
    for _ in range(times // batch):
        before = turns_given()
        for i in range(batch):
            if store.set_value(b"%d" % i):
                check.fail("set %d" % i)
        given.append(turns_given() - before)
    check.true(min(given) < batch / 4, "%d changes let others run %s times" % (batch, given))


@case
def slow_listener():
    """A change waits for no listener, however full the receive buffers are."""
    half, changes = 1 << 20, 100
    listener, store, before = Genl(rcvbuf=half), Store(), 0
    check.error(listener.join(b"store"), 0, "join")
    # A blocking broadcast yields if a buffer is more than half full, but not full.
    while waiting_in_buffers() <= half:
        for _ in range(100):
            before += 1
            check.error(store.set_value(b"%d" % before), 0, "set")
    rival = child(take_every_turn)
    check.true(eventually(lambda: os.sched_getscheduler(rival) == os.SCHED_FIFO), "the rival")
    reap(child(change_without_a_pause, changes))
    os.kill(rival, signal.SIGKILL)
    reap(rival, -signal.SIGKILL)
    check.equal(store.totals()[0], before + changes, "changes")
    check.true(waiting_in_buffers() < 3 * half // 2, "the buffer is not full")
    listener.close()


# ---- the hash table of the entries -----------------------------------------

def find_until_killed(go):
    store = Store()
    while True:
        entry = store.get_entry(b"always", 200)
        if entry == -ENOENT or entry[1] != b"here":
            os.write(go, b"x")


@case
def growing_table():
    """An entry is found while other entries come and go and the hash table grows."""
    store, (missed, go) = Store(), os.pipe()
    os.set_blocking(missed, False)
    store.set_entry(b"always", b"here")
    reader = child(find_until_killed, go)
    for turn in range(3):
        for i in range(1500):
            if store.set_entry(b"n/%d/%d" % (turn, i), b""):
                check.fail("set %d" % i)
        for i in range(turn % 2, 1500):
            if store.delete(b"n/%d/%d" % (turn, i)):
                check.fail("delete %d" % i)
    os.kill(reader, signal.SIGKILL)
    reap(reader, -signal.SIGKILL)
    check.equal(store.totals(), (9000, 2, 4), "the store")
    check.equal(store.get_entry(b"n/1/0")[1], b"", "the other entry")
    try:
        check.fail("missed %d times" % len(os.read(missed, 4096)))
    except BlockingIOError:
        pass


@case
def deleted_entries():
    """Names that come and go leave no memory behind."""
    store = Store()
    with Cgroup() as group:
        enter(group.path)
        for i in range(100):
            store.set_entry(b"a/%d" % i, b"")
        before = group.kernel()
        for i in range(6000):
            if store.set_entry(b"a/%d" % (i + 100), b"") or store.delete(b"a/%d" % i):
                check.fail("change %d" % i)
        check.true(eventually(lambda: group.kernel() - before < MIB / 2, 20),
                   "%d bytes are left" % (group.kernel() - before))
    for i in range(6000, 6100):
        if store.get_entry(b"a/%d" % i, 200)[1] != b"":
            check.fail("get %d" % i)
    check.equal(store.totals()[1:], (100, 0), "the store")


# ---- tables that are sent --------------------------------------------------

@case
def announced_entries():
    """The module does not allocate what a header announces, and charges what it allocates."""
    count = 64
    data = table((b"a", bytes(40000)), count=65535)
    store = Store()
    with Cgroup() as group:
        before = available()
        callers = Callers("setsockopt", lambda: held_replace(data, len(data)), group.path)
        for _ in range(count):
            callers.one_more()
        # Before the fix, each took 2 MiB. Other processes also change the available memory.
        check.true(eventually(lambda: before - available() - group.charged() < count * MIB),
                   "%d bytes uncharged" % (before - available() - group.charged()))
        check.error(store.set_entry(b"b", b"1"), 0, "set meanwhile")
        callers.kill()
    check.equal(store.totals()[1:], (1, 1), "the store")
    check.error(store.set_bytes(REPLACE, table()), 0, "replace afterwards")


def interrupted_replace(restart):
    """A signal whose handler does not restart calls returns EINTR. With a handler that does,
    the call continues to wait."""
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.siginterrupt(signal.SIGALRM, not restart)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    ret = Store().set_bytes(REPLACE, table((b"by", b"another")))
    check.error(ret, 0 if restart else EINTR, "restart %s" % restart)


@case
def stalled_replace():
    """A stalled REPLACE delays only other tables, until a signal, and no other caller."""
    data = table((b"a", bytes(40000)))
    store = Store()
    stalled = Callers("setsockopt", lambda: held_replace(data, len(data)))
    stalled.one_more()
    check.error(store.set_entry(b"b", b"1"), 0, "set")
    check.equal(store.get_entry(b"b")[1], b"1", "get")
    check.error(get_table(store)[0], 0, "get table")
    check.error(store.delete(b"b"), 0, "delete")
    reap(child(interrupted_replace, False))
    check.equal(store.totals(), (2, 0, 0), "the store after an interrupted replace")
    waiting = child(interrupted_replace, True)
    wait_blocked("setsockopt", waiting)
    time.sleep(0.4)
    wait_blocked("setsockopt", waiting)
    stalled.kill()
    reap(waiting)
    check.equal(store.get_entry(b"by")[1], b"another", "the entry")


# ---- tables and entries that are read --------------------------------------

def full_table(size):
    count = size // VALUE_MAX
    return table(*((b"n%d" % i, bytes([i]) * VALUE_MAX) for i in range(count)))


@case
def stalled_tables():
    """Each stalled reader would hold a table that another change has replaced."""
    limit = sysctl("store_max_bytes", 4 * MIB)
    store, small, full = Store(), table((b"a", bytes(1000))), full_table(4 * MIB)
    with Cgroup() as group:
        readers = Callers("getsockopt", held_get_table)
        enter(group.path)
        before = group.kernel()
        for _ in range(12):
            check.error(store.set_bytes(REPLACE, full), 0, "replace")
            readers.one_more()
        check.error(store.set_bytes(REPLACE, full), 0, "replace")
        held = group.kernel() - before
        check.true(held < 3 * limit, "%d bytes for a store of %d" % (held, limit))
        check.error(store.set_bytes(REPLACE, small), 0, "replace by a small one")
        readers.kill()
        check.true(eventually(lambda: group.kernel() - before < limit), "nothing is held")

        # Readers of small tables never wait.
        readers = Callers("getsockopt", held_get_table)
        for _ in range(12):
            check.error(store.set_bytes(REPLACE, small), 0, "replace")
            readers.one_more()
        check.equal(get_table(store), (0, TABLE_SIZE + ENTRY_SIZE + 1000), "get table")
        readers.kill()


class HeldReader:
    """A thread that blocks while it copies its snapshot of the table."""

    def __init__(self):
        self.page = HeldPage()
        self.call = Blocked("getsockopt", Store().get_raw, GET_TABLE, self.page.address, PAGE)
        check.true(self.page.wait(), "a reader is held")

    def end(self):
        self.page.fail()
        check.error(self.call.wait()[0], EFAULT, "the held reader")


# The store uses two thirds of each limit, and a reader holds as much.
READ_LIMITS = ("store_max_entries", 3), ("store_max_bytes", 30)


@case
def waiting_readers():
    """A reader waits while others hold too much, until one of them ends or the store is
    smaller. A single reader can read any store."""
    store, two, one = Store(), table((b"a", bytes(10)), (b"b", bytes(10))), table((b"a", bytes(10)))
    for name, limit in READ_LIMITS:
        default = sysctl(name)
        sysctl(name, limit)
        for what, change in ("a reader ends", HeldReader.end), \
                ("the store is smaller", lambda _: store.set_bytes(REPLACE, one)):
            check.error(store.set_bytes(REPLACE, two), 0, "replace")
            held = HeldReader()
            waiting = Blocked("getsockopt", get_table, store)
            check.true(waiting.result is None, "%s: it does not wait" % name)
            change(held)
            check.equal(waiting.wait(), (0, len(one if "store" in what else two)),
                        "%s: %s" % (name, what))
            if "store" in what:
                held.end()
        check.error(store.set_bytes(REPLACE, two), 0, "replace")
        sysctl(name, 1)
        check.equal(get_table(store), (0, len(two)), "%s: a lone reader" % name)
        sysctl(name, default)


@case
def stalled_entries():
    """Each stalled reader would hold a value that another change has replaced."""
    store, count = Store(), 64
    with Cgroup() as group:
        readers = Callers("getsockopt", held_get_entry)
        enter(group.path)
        check.error(store.set_entry(b"large", bytes(VALUE_MAX)), 0, "set")
        before = group.kernel()
        for _ in range(count):
            readers.one_more()
            check.error(store.set_entry(b"large", bytes(VALUE_MAX)), 0, "set")
        held = group.kernel() - before
        check.true(held < count * VALUE_MAX / 4, "%d bytes are held" % held)
        readers.kill()
