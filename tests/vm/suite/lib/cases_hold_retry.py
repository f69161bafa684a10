# SPDX-License-Identifier: GPL-2.0-or-later
"""The retry delay of a channel: messages that are given back and counted return later."""
import os
import signal
from errno import EINVAL, ERANGE

import abi
from abi import DEAD_DELIVERIES, DONE, RELEASE, RETRY
from cases_dead import history
from cases_hold import data_of, fill, killed_holder
from cases_hold_delay import HOUR, delayed
from channel import Channel
from genl import Genl
from harness import case, check, eventually, reap
from holder import DONTWAIT, MS, Holder, attributes, counts, emptied, now, patient


def delays(milliseconds, number=5):
    check.error(Genl().set_channel(number, retry_delay=milliseconds), 0, "set")


@case
@emptied
def retry_delay():
    """A message returns after the delay, and never early. A new delay applies to messages that
    are given back later."""
    with Holder(5, 4) as sock, Channel(bound=5) as other:
        patient(other)
        delays(HOUR)
        fill(sock, 2)
        check.error(sock.settle((sock.take()[1], RETRY)), 0, "given back")
        check.equal((counts(5), delayed(5)), ((1, 0), 1), "aside")
        check.equal(other.recv(), b"1", "the next")
        delays(60)
        fill(sock, 1, 2)
        _, held = sock.take()
        before = now()
        check.error(sock.settle((held, RETRY)), 0, "given back")
        check.equal(other.recv(), b"2", "it comes back")
        check.true(now() - before >= 60 * MS, "too early")
        check.equal(delayed(5), 1, "the first one does not")
        delays(0)
        fill(sock, 1)
        _, held = sock.take()
        sock.settle((held, RETRY))
        data, held = sock.take(DONTWAIT)
        check.equal((data, held.deliveries), (b"0", 2), "no delay any more")


@case
@emptied
def no_other_delay():
    """A delay of the settle itself takes precedence. A message that is given back uncounted has
    no delay."""
    delays(HOUR)
    with Holder(5, 9) as sock:
        patient(sock)
        fill(sock, 2)
        (_, one), (_, two) = sock.take_all()
        check.error(sock.settle((two, RELEASE)), 0, "a release")
        data, held = sock.take(DONTWAIT)
        check.equal((data, held.deliveries), (b"1", 1), "is not delayed")
        before = now()
        check.error(sock.settle((one, RETRY), delay=50), 0, "its own")
        data, held = sock.take()
        check.equal((data, held.deliveries), (b"0", 2), "its own delay")
        check.true(now() - before >= 50 * MS, "too early")
        sock.settle((held, RELEASE))
        check.error(sock.take_into(8), 14, "a copy that fails")
        check.equal((counts(5), delayed(5)), ((1, 1), 0), "is not delayed")


@case
@emptied
def ends():
    """Messages given back at the end of a hold time, a socket or a process are counted, so they
    are delayed."""
    delays(HOUR)
    with Holder(5, 9) as sock:
        sock.set(abi.HOLD_TIME, 1)
        fill(sock, 2)
        sock.take_all()
        check.true(eventually(lambda: delayed(5) == 2), "the hold time")
    check.equal(counts(5), (0, 0), "aside")
    with Holder(5, 9) as sock:
        fill(sock, 2)
        sock.take_all()
    check.true(eventually(lambda: delayed(5) == 4), "a socket")
    with Channel(connected=5) as sender:
        fill(sender, 40)
    pid = killed_holder(5, 40)
    os.kill(pid, signal.SIGKILL)
    reap(pid, -signal.SIGKILL)
    check.true(eventually(lambda: delayed(5) == 44), "a process")
    check.equal(counts(5), (0, 0), "aside")


@case
@emptied
def given_back_by_others():
    """After its last delivery, a message dies instead of being delayed. The order is kept."""
    genl = Genl()
    genl.set_channel(6)
    check.error(genl.set_channel(5, max_deliveries=2, dead_letter=6, retry_delay=30), 0, "set")
    with Holder(5, 40) as sock, Holder(6, 40) as undertaker:
        patient(sock)
        fill(sock, 30)
        sock.settle(*[(held, RETRY) for _, held in sock.take_all()])
        check.true(eventually(lambda: counts(5) == (30, 0)), "all are back")
        found = sock.take_all()
        check.equal((data_of(found), {held.deliveries for _, held in found}),
                    (list(range(30)), {2}), "in order")
        sock.settle(*[(held, RETRY) for _, held in found])
        check.equal((counts(5), delayed(5), counts(6)), ((0, 0), 0, (30, 0)), "dead at once")
        found = undertaker.take_all()
        check.equal({history(held) for _, held in found}, {(5, 2, DEAD_DELIVERIES)}, "history")
        undertaker.settle(*[(held, DONE) for _, held in found])
    genl.delete_channel(6)


@case
def settings():
    genl = Genl()
    check.error(genl.set_channel(5), 0, "a channel")
    for name, kind in ("retry_delay", abi.C_RETRY_DELAY), ("hold_time_max", abi.C_HOLD_TIME_MAX):
        for value, code in ((abi.TIME_MAX, 0), (abi.TIME_MAX + 1, ERANGE), (0xffffffff, ERANGE)):
            check.error(genl.set_channel(5, **{name: value}), code, "%s %d" % (name, value))
            check.equal(attributes(5)[kind], abi.TIME_MAX, "it is")
        check.error(genl.set_channel(5, mode=0o600), 0, "another setting")
        check.equal(attributes(5)[kind], abi.TIME_MAX, "is left alone")
    with Channel(bound=5), Channel(bound=0) as ephemeral:
        number = ephemeral.number()
        for name in "retry_delay", "hold_time_max":
            check.error(genl.set_channel(number, **{name: 1}), EINVAL, "an ephemeral channel")
            check.error(genl.set_channel(number, **{name: 0}), 0, "none")
        check.error(genl.delete_channel(5), 0, "delete")
        found = attributes(5)
        check.equal((found[abi.C_RETRY_DELAY], found[abi.C_HOLD_TIME_MAX]), (0, 0), "after that")
