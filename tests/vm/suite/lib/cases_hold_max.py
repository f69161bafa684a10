# SPDX-License-Identifier: GPL-2.0-or-later
"""The owner of a channel limits how long its receivers hold messages."""
from errno import EAGAIN, ESTALE

import abi
from abi import DONE, EXTEND
from cases_hold import data_of, fill
from cases_hold_delay import HOUR
from channel import Channel
from genl import Genl
from harness import Blocked, case, check, eventually, sysctl
from holder import DONTWAIT, MS, Holder, counts, emptied, now, patient


def limit(milliseconds):
    check.error(Genl().set_channel(5, hold_time_max=milliseconds), 0, "set")


@case
@emptied
def deadlines():
    """The shorter of the two hold times applies, to received and to extended messages."""
    with Holder(5, 9) as sock:
        for own, most, expected in ((0, HOUR, HOUR), (HOUR, 2 * HOUR, HOUR), (2 * HOUR, HOUR, HOUR),
                                    (HOUR, 0, HOUR), (0, 0, 0), (abi.TIME_MAX, HOUR, HOUR),
                                    (0, abi.TIME_MAX, abi.TIME_MAX)):
            limit(most)
            sock.set(abi.HOLD_TIME, own)
            check.equal(sock.get(abi.HOLD_TIME), own, "the option")
            fill(sock, 1)
            before = now()
            _, held = sock.take()
            span = range(before + expected * MS, now() + expected * MS + 1)
            check.true(held.deadline in span if expected else not held.deadline,
                       "%d and %d: %d" % (own, most, held.deadline))
            sock.settle((held, DONE))
        limit(20)
        sock.set(abi.HOLD_TIME, HOUR)
        fill(sock, 1)
        _, held = sock.take()
        patient(sock)
        data, again = sock.take()
        check.true(now() >= held.deadline, "too early")
        check.equal((data, again.deliveries), (b"0", 2), "after 20 ms")
        check.error(sock.settle((held, EXTEND)), ESTALE, "too late")


@case
@emptied
def applies_later():
    """Held messages keep their deadline until they are extended."""
    with Holder(5, 9) as sock:
        fill(sock, 2)
        (_, one), (_, two) = sock.take_all()
        limit(30)
        check.error(sock.settle((two, EXTEND)), 0, "extended")
        check.true(eventually(lambda: counts(5) == (1, 1)), "it is back")
        check.equal(data_of([sock.take()]), [1], "the one that was extended")
        limit(0)
        check.error(sock.settle((one, EXTEND), (one, DONE)), 0, "the other is held")


@case
@emptied
def hoarder():
    """A receiver that takes all messages and settles none delays the others only for a limited
    time."""
    sysctl("channel_max_messages", 40)
    limit(3000)
    with Holder(5, 1000) as sock, Channel(bound=5) as other, Channel(connected=5) as sender:
        fill(sender, 40)
        check.equal((len(sock.take_all()), counts(5)), (40, (0, 40)), "it has all")
        check.error(sender.send(b"x", DONTWAIT), EAGAIN, "no room")
        patient(other)
        sending = Blocked("sendto", sender.send, b"40")
        check.equal(sorted(int(other.recv()) for _ in range(41)), list(range(41)),
                    "others go on")
        check.equal((sending.wait(), sock.held), (2, 0), "and nothing is held")
