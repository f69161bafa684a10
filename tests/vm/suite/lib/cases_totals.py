# SPDX-License-Identifier: GPL-2.0-or-later
"""The totals and times in the list of channels."""
import time
from errno import EAGAIN

import abi
from abi import DEAD, DONE, RETRY
from channel import Channel
from genl import Genl
from harness import Blocked, case, check, eventually, sysctl
from holder import DONTWAIT, Holder, attributes


def totals(number=5):
    """Return (sent, received)."""
    found = attributes(number)
    return found[abi.C_SENT], found[abi.C_RECEIVED]


@case
def received():
    """Messages count as received when handed over, taken from the queue or settled; not when
    peeked at, held or lost."""
    with Holder(5) as sock:
        check.equal(totals(), (0, 0), "a new channel")
        waiting = Blocked("recvfrom", sock.recv)
        sock.send(b"1")
        check.equal((waiting.wait(), totals()), (b"1", (1, 1)), "handed over")
        for _ in range(9):
            sock.send(b"2")
        check.equal(totals(), (10, 1), "waiting")
        sock.recv(flags=2)
        check.equal(totals(), (10, 1), "peeked at")
        sock.recv()
        check.equal(totals(), (10, 2), "received")
        sock.set(abi.HOLD, 9)
        held = [sock.take()[1] for _ in range(4)]
        check.equal(totals(), (10, 2), "held")
        sock.settle((held[0], DONE))
        check.equal(totals(), (10, 3), "done")
        sock.settle((held[1], DEAD))
        check.equal(totals(), (10, 3), "dead")
        sock.settle((held[2], RETRY), delay=abi.TIME_MAX)
        check.equal(totals(), (10, 3), "delayed")
        check.error(Genl().flush_channel(5), 0, "flush")
        check.equal(totals(), (10, 3), "flushed")
        sock.settle((held[3], DONE))
        check.equal(totals(), (10, 4), "what was held meanwhile")


@case
def dead_letters():
    """Dead letters enter the dead letter channel, and leave their own channel without being
    received."""
    genl = Genl()
    genl.set_channel(6)
    genl.set_channel(5, dead_letter=6)
    with Holder(5, 9) as sock, Channel(bound=6) as undertaker:
        sock.send(b"1")
        sock.settle((sock.take()[1], DEAD))
        check.equal((totals(5), totals(6)), ((1, 0), (1, 0)), "moved")
        undertaker.recv()
        check.equal((totals(5), totals(6)), ((1, 0), (1, 1)), "received there")
    genl.delete_channel(5)
    genl.delete_channel(6)


@case
def room():
    """A message that waits for space has not been sent yet."""
    sysctl("channel_max_messages", 1)
    with Channel(bound=5) as sock:
        sock.send(b"1")
        check.error(sock.send(b"2", DONTWAIT), EAGAIN, "full")
        waiting = Blocked("sendto", sock.send, b"2")
        check.equal(totals(), (1, 0), "it waits")
        sock.recv()
        check.equal((waiting.wait(), totals()), (1, (2, 1)), "it is in")
        sock.recv()


def times():
    found = attributes(5)
    return found[abi.C_AGE], found.get(abi.C_OLDEST)


@case
def ages():
    """Ages grow with the elapsed time, whatever the wall clock shows."""
    begin = time.monotonic_ns()
    with Channel(bound=5) as sock:
        check.equal(times()[1], None, "no message")
        check.true(eventually(lambda: times()[0] >= 30), "it grows older")
        first = time.monotonic_ns()
        sock.send(b"1")
        check.true(eventually(lambda: times()[1] >= 50), "it waits")
        sock.send(b"2")
        for hours in 1, -1:
            wall, mono = time.time_ns(), time.monotonic_ns()
            time.clock_settime_ns(time.CLOCK_REALTIME, wall + hours * 3600 * 10**9)
            age, oldest = times()
            time.clock_settime_ns(time.CLOCK_REALTIME, wall + time.monotonic_ns() - mono)
            now = time.monotonic_ns()
            check.true(50 <= oldest <= (now - first) // 10**6, "%d ms" % oldest)
            check.true(80 <= age <= (now - begin) // 10**6, "%d ms" % age)
        before = times()[1]
        sock.recv()
        check.true(times()[1] < before, "the next is younger")
        sock.recv()
