# SPDX-License-Identifier: GPL-2.0-or-later
"""Hold and settle: held messages, settling them, and the effect on others."""
import os
import signal
import socket
import struct
from errno import EAGAIN, EFAULT, EINVAL, ENOPROTOOPT, ENOTCONN, ESTALE

import abi
from abi import DONE, EXTEND, RELEASE, RETRY
from channel import Channel, events_of, status
from genl import Genl
from harness import Blocked, case, check, child, eventually, reap, sysctl
from held import HeldPage
from holder import CONTROL, DONTWAIT, HELD_SIZE, Holder, attributes, counts, emptied, pack
from sys_calls import call

SO_TIMESTAMP = 29


def fill(sock, count, first=0):
    for number in range(first, first + count):
        assert sock.send(b"%d" % number) >= 0


def data_of(found):
    return [int(data) for data, _ in found]


@case
def options():
    with Holder() as sock:
        check.equal((sock.get(abi.HOLD), sock.held), (0, 0), "at the beginning")
        for value, code in ((-1, EINVAL), (1025, EINVAL), (1 << 30, EINVAL), (1024, 0), (1, 0),
                            (0, 0)):
            check.error(sock.set(abi.HOLD, value), code, "KCTL_HOLD %d" % value)
            check.equal(sock.get(abi.HOLD), 0 if code else value, "it is")
        check.error(sock.set(abi.HELD, 1), ENOPROTOOPT, "KCTL_HELD is not set")
        check.error(sock.settle((1, DONE)), ENOTCONN, "settle, not bound")
        check.error(sock.set(abi.HOLD, 3), 0, "before bind(2)")
        check.error(sock.set(abi.TAP, 1), EINVAL, "no tap")
        sock.bind(5)
        check.error(sock.set(abi.HOLD, 4), 0, "after bind(2)")
    with Holder() as tap:
        tap.set(abi.TAP, 1)
        check.error(tap.set(abi.HOLD, 1), EINVAL, "a tap holds nothing")
        check.error(tap.set(abi.HOLD, 0), 0, "and may say so")
        tap.bind(5)
        check.error(tap.settle((1, DONE)), ENOTCONN, "a tap settles nothing")


@case
def settled():
    """A held message does not wait in the queue, and a settled one is gone. The IDs increase."""
    with Holder(5, 2) as sock:
        fill(sock, 3)
        (_, one), (_, two) = first = [sock.take(), sock.take()]
        check.equal(data_of(first), [0, 1], "in order")
        check.true(0 < one.id < two.id, "ids: %d %d" % (one.id, two.id))
        check.equal(one[1:], (0, 1, 0, 0, 0), "the rest")
        check.equal((sock.held, counts(5)), (2, (1, 2)), "held, and waiting")
        check.error(sock.take(DONTWAIT), EAGAIN, "a full window")
        check.error(sock.settle((two, DONE)), 0, "out of order")
        data, three = sock.take()
        check.equal((data, three.id > two.id), (b"2", True), "the next")
        check.error(sock.settle((two, DONE)), ESTALE, "the id of another delivery")
        check.equal(sock.held, 2, "which is not harmed")
        check.error(sock.settle((one, DONE), (three, DONE)), 0, "both")
        check.equal((sock.held, counts(5), status()["proto_bytes"]), (0, (0, 0), 0), "at the end")


@case
def bad_settles():
    """If an element is invalid, nothing is settled. If messages are stale, all others are
    settled."""
    with Holder(5, 8) as sock:
        fill(sock, 3)
        held = [held for _, held in sock.take_all()]
        good = pack((held[0], DONE))
        for what, value in [("nothing", b""), ("short", good[:-1]), ("long", good + b"\0"),
                            ("too many", good * (abi.SETTLE_MAX + 1)),
                            ("verb 0", pack((held[0], 0))),
                            ("verb 6", good + pack((held[1], 6))),
                            ("done later", good + pack((held[1], DONE), delay=1)),
                            ("extended later", good + pack((held[1], EXTEND), delay=1)),
                            ("dead later", good + pack((held[1], abi.DEAD), delay=1)),
                            ("too late", good + pack((held[1], RETRY),
                                                     delay=abi.TIME_MAX + 1)),
                            ("released too late", good + pack((held[1], RELEASE),
                                                              delay=abi.TIME_MAX + 1))]:
            check.error(sock.set(abi.SETTLE, value), EINVAL, what)
            check.equal(sock.held, 3, what + ": held")
        check.error(call("setsockopt", sock.fd, abi.SOL_KCTL, abi.SETTLE, None, 16), EFAULT,
                    "no memory")
        check.error(call("getsockopt", sock.fd, abi.SOL_KCTL, abi.SETTLE, b"    ",
                         struct.pack("=i", 4)), ENOPROTOOPT, "it cannot be got")
        check.error(sock.settle((held[0], DONE), (held[0], RETRY), (0, DONE), (1 << 63, DONE),
                                (held[2], DONE)), ESTALE, "one twice, and two of nobody")
        check.equal((sock.held, counts(5)), (1, (0, 1)), "the others are settled")
        most = pack((held[1], DONE)) + pack((1, DONE)) * (abi.SETTLE_MAX - 1)
        check.error(sock.set(abi.SETTLE, most), ESTALE, "the most")
        check.equal(counts(5), (0, 0), "the last")


@case
@emptied
def retry_and_release():
    """A message returns to its old place. A retry counts as a delivery; a release and a failed
    copy do not."""
    with Holder(5, 4) as sock:
        fill(sock, 4)
        held = [held for _, held in sock.take_all()]
        check.error(sock.settle((held[2], RETRY), (held[0], RELEASE), (held[3], RETRY)), 0, "back")
        check.equal(counts(5), (3, 1), "waiting, and held")
        again = sock.take_all()
        check.equal(data_of(again), [0, 2, 3], "in order")
        check.equal([held.deliveries for _, held in again], [1, 2, 2], "deliveries")
        check.error(sock.settle((held[0], DONE)), ESTALE, "an old id")
        sock.settle(*[(held, RELEASE) for _, held in again], (held[1], RELEASE))
        for _ in range(1000):
            sock.settle((sock.take()[1], RELEASE))
        check.equal([h.deliveries for _, h in sock.take_all()], [1, 1, 2, 2],
                    "after 1,000 releases")


@case
@emptied
def any_order_back():
    """Any number of messages, in any order: each returns to its old place, even after a flush."""
    with Holder(5, 100) as sock:
        fill(sock, 120)
        held = [held for _, held in sock.take_all()]
        # 37 and 100 are coprime: each index occurs once.
        for step in range(100):
            sock.settle((held[step * 37 % 100], RETRY))
        check.equal(counts(5), (120, 0), "all are back")
        check.equal(sock.recv(9, DONTWAIT | socket.MSG_PEEK), b"0", "the first")
        with Channel(bound=5) as other:
            check.equal([int(d) for d in other.drain()], list(range(120)), "in order")
        fill(sock, 20)
        held = [held for _, held in sock.take_all()]
        sock.settle(*[(h, RETRY) for h in held[::-2]], *[(h, RETRY) for h in held[1:10:4]])
        Genl().flush_channel(5)
        check.equal(counts(5), (0, 10), "a flush leaves what is held")
        sock.settle(*[(h, RETRY) for h in held[:10:2]])
        check.equal(data_of(sock.take_all()), [0, 2, 4, 6, 8], "which returns")


@case
@emptied
def control_room():
    """Without space for the control message, no message is taken."""
    with Holder(5, 1) as sock:
        fill(sock, 1)
        for size in 0, 1, CONTROL - 1:
            check.error(sock.take(DONTWAIT, control=size), EINVAL, "%d bytes" % size)
        check.error(sock.recv(9), EINVAL, "recv")
        check.error(call("read", sock.fd, b" " * 9, 9), EINVAL, "read")
        check.equal((sock.held, counts(5)), (0, (1, 0)), "nothing was taken")
        check.equal(sock.recv(9, socket.MSG_PEEK), b"0", "a peek needs none")
        check.equal((sock.held, counts(5)), (0, (1, 0)), "and holds nothing")
        # Other ancillary data comes after it, and is lost first.
        sock.sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMP, 1)
        data, held = sock.take()
        check.equal((data, held.deliveries), (b"0", 1), "just enough")
        check.error(sock.take(DONTWAIT, control=0), EINVAL, "also if the window is full")


@case
@emptied
def cut():
    """A truncated message is held as a whole."""
    with Holder(5, 1) as sock:
        sock.send(b"x" * 5000)
        data, held = sock.take(size=10)
        check.equal(len(data), 10, "cut")
        sock.settle((held, RETRY))
        check.equal(len(sock.take(size=9999)[0]), 5000, "whole")


@case
@emptied
def failed_copies():
    """A failed copy gives the message back, and does not count as a delivery."""
    with Holder(5, 1) as sock:
        fill(sock, 1)
        page = HeldPage()
        blocked = Blocked("recvmsg", sock.take_into, page.address)
        check.true(page.wait(), "nobody is held")
        check.equal((sock.held, counts(5)), (1, (0, 1)), "meanwhile it is held")
        page.fail()
        check.error(blocked.wait(), EFAULT, "the copy")
        check.equal((sock.held, counts(5)), (0, (1, 0)), "back")
        check.equal(sock.take()[1].deliveries, 1, "not counted")


@case
@emptied
def settled_during_the_copy():
    """A receiver that guesses the ID settles the message while it is still being copied."""
    with Holder(5, 1) as sock:
        for verb in DONE, RETRY:
            sock.send(b"0" * 90)
            _, held = sock.take()
            sock.settle((held, RELEASE))
            page = HeldPage()
            blocked = Blocked("recvmsg", sock.take_into, page.address)
            check.true(page.wait(), "nobody is held")
            check.error(sock.settle((held.id + abi.HOLD_MAX, verb)), 0, "a guess")
            page.fail()
            check.error(blocked.wait(), EFAULT, "the copy")
            check.equal(counts(5), (verb == RETRY, 0), "messages")
        check.equal([held.deliveries for _, held in sock.take_all()], [2], "it counted once")


def hold_and_wait(number, count, pipe):
    with Holder(number, 1024) as sock:
        held = [sock.take() for _ in range(count)]
        os.write(pipe, b"%d" % len(held))
        signal.pause()


def killed_holder(number, count):
    """Return a process that holds COUNT messages, to be killed."""
    here, there = os.pipe()
    pid = child(hold_and_wait, number, count, there)
    os.read(here, 9)
    os.close(here)
    os.close(there)
    return pid


@case
@emptied
def killed():
    """The messages of a killed holder return in order, and their deliveries count."""
    with Holder(5, 10) as sock:
        fill(sock, 12)
        pid = killed_holder(5, 8)
        check.equal(counts(5), (4, 8), "before")
        check.equal(data_of([sock.take()]), [8], "another takes the next")
        os.kill(pid, signal.SIGKILL)
        reap(pid, -signal.SIGKILL)
        check.true(eventually(lambda: counts(5) == (11, 1)), "given back")
        found = sock.take_all()
        check.equal(data_of(found), [0, 1, 2, 3, 4, 5, 6, 7, 9], "in order")
        check.equal([held.deliveries for _, held in found], [2] * 8 + [1], "counted")


@case
def killed_while_others_wait():
    """A waiting receiver gets the messages that a closed socket gives back, in order."""
    with Holder(5, 3) as sock, Channel(bound=5) as other:
        fill(sock, 3)
        taken = [sock.take() for _ in range(3)]
        check.equal(data_of(taken), [0, 1, 2], "held")
        sock.settle((taken[0][1], RETRY))
        check.equal(sock.take()[0], b"0", "the last to be held is the oldest")
        waiting = Blocked("recvfrom", other.recv)
        sock.close()
        check.equal(waiting.wait(), b"0", "who waited")
        check.equal(other.drain(), [b"1", b"2"], "the others")


@case
def shared():
    """fork(2) shares a socket and its held messages. They return when the last descriptor is
    closed, or dropped in flight."""
    with Channel(bound=5) as other:
        sock = Holder(5, 2)
        fill(sock, 2)
        sock.take()
        pid = child(lambda: signal.pause())
        sock.close()
        check.equal(counts(5), (1, 1), "one copy is closed")
        os.kill(pid, signal.SIGKILL)
        reap(pid, -signal.SIGKILL)
        check.true(eventually(lambda: counts(5) == (2, 0)), "both are")
        sock, (here, there) = Holder(5, 2), socket.socketpair()
        sock.take()
        socket.send_fds(here, [b"x"], [sock.fd])
        sock.close()
        check.equal(counts(5), (1, 1), "in flight")
        here.close()
        there.close()
        check.true(eventually(lambda: counts(5) == (2, 0)), "dropped in flight")
        other.drain()


@case
@emptied
def limits():
    """A channel full of held messages is full. Settling with DONE makes space, giving back does
    not."""
    sysctl("channel_max_messages", 2)
    with Holder(5, 8) as sock, Channel(connected=5) as sender:
        fill(sock, 2)
        held = [held for _, held in sock.take_all()]
        check.equal(len(held), 2, "held")
        check.error(sender.send(b"x", DONTWAIT), EAGAIN, "no room")
        check.equal(events_of(sender), 0, "nor for who polls")
        waiting = Blocked("sendto", sender.send, b"2")
        sock.settle((held[0], RETRY))
        check.error(sender.send(b"x", DONTWAIT), EAGAIN, "a retry makes none")
        check.true(waiting.thread.is_alive(), "it waits")
        sock.settle((held[1], DONE))
        check.equal(waiting.wait(), 1, "done does")
        check.equal(data_of(sock.take_all()), [0, 2], "what is there")
        sysctl("channel_max_messages", 0)
        check.error(sender.send(b"x", DONTWAIT), EAGAIN, "a lower limit")


@case
@emptied
def both_wait():
    """A sender and a receiver wait on a channel full of held messages. A message that is done
    lets both continue."""
    sysctl("channel_max_messages", 1)
    with Holder(5, 8) as sock, Channel(bound=5) as other, Holder(5, 1) as third:
        for receive in other.recv, third.take:
            sock.send(b"1")
            _, held = sock.take()
            receiving = Blocked("recvfrom" if receive == other.recv else "recvmsg", receive)
            sending = Blocked("sendto", sock.send, b"2")
            sock.settle((held, DONE))
            check.equal(sending.wait(), 1, "the sender")
            got = receiving.wait()
            check.equal(got if receive == other.recv else got[0], b"2", "the receiver")
        check.equal(counts(5), (0, 1), "messages")


@case
@emptied
def given_back_to_another():
    """A receiver that does not hold messages gets the message that is given back, which makes
    space for a sender."""
    sysctl("channel_max_messages", 1)
    for how in "retry", "release", "close":
        with Channel(bound=5) as other, Channel(connected=5) as sender:
            sock = Holder(5, 8)
            sender.send(b"1")
            _, held = sock.take()
            receiving = Blocked("recvfrom", other.recv)
            sending = Blocked("sendto", sender.send, b"2")
            if how != "close":
                sock.settle((held, RETRY if how == "retry" else RELEASE))
                check.equal(receiving.wait(), b"1", how)
            sock.close()
            check.equal((receiving.wait(), sending.wait()), (b"1", 1), how + ": both go on")
            check.equal(other.drain(), [b"2"], how + ": the next")


@case
@emptied
def byte_limit():
    sysctl("channel_max_bytes", 100)
    with Holder(5, 8) as sock:
        sock.send(b"x" * 60)
        _, held = sock.take()
        check.error(sock.send(b"x" * 41, DONTWAIT), EAGAIN, "too many bytes with the held")
        check.error(sock.send(b"x" * 40, DONTWAIT), 0, "just enough")
        check.true(status()["proto_bytes"] > 100, "memory")
        sock.settle((held, DONE))
        check.equal(attributes(5)[abi.C_BYTES], 40, "bytes that wait")


@case
def many():
    """A socket that holds 1,024 messages is closed. All are in the queue again, in order."""
    with Channel(bound=5) as other:
        sysctl("channel_max_messages", 3000)
        sock = Holder(5, 1024)
        fill(other, 2000)
        found = sock.take_all()
        check.equal(len(found), 1024, "held")
        again = [(held, RETRY) for _, held in found[100:900:25]]
        check.error(sock.settle(*again), 0, "%d of them" % len(again))
        check.equal(data_of(sock.take_all()), list(range(100, 900, 25)), "again")
        sock.close()
        check.equal(counts(5), (2000, 0), "back")
        check.equal([int(data) for data in other.drain()], list(range(2000)), "in order")


@case
def ephemeral():
    """The messages of an ephemeral channel end with its last receiver, held or not."""
    with Holder() as sock:
        sock.bind(0)
        sock.set(abi.HOLD, 2)
        fill(sock, 3)
        sock.take()
        sock.take()
        check.equal(counts(sock.number()), (1, 2), "held")
    check.true(eventually(lambda: status()["proto_bytes"] == 0), "nothing is left")


@case
@emptied
def deleted():
    """Held messages of a deleted channel can be settled, or return."""
    with Holder(5, 2) as sock:
        fill(sock, 3)
        held = [held for _, held in sock.take_all()]
        Genl().delete_channel(5)
        check.equal(counts(5), (0, 2), "what waits is dropped")
        check.error(sock.settle((held[0], DONE), (held[1], RETRY)), 0, "settled")
        check.equal(data_of(sock.take_all()), [1], "returned")


@case
def slots_count():
    """The memory of a hold window counts for its user."""
    check.true(HELD_SIZE == 32 and CONTROL == 48, "sizes")
    sysctl("unprivileged", 1)
    sysctl("proto_max_bytes", 400000)

    def open_many():
        os.setgid(65534)
        os.setuid(65534)
        ret = count = 0
        socks = []
        while not ret and count < 100:
            socks.append(Holder())
            ret = socks[-1].set(abi.HOLD, 1024)
            count += 1
        check.true(ret == -105 and 1 <= count < 10, "%d windows: %d" % (count, ret))
        for sock in socks:
            sock.close()
        check.error(Holder().set(abi.HOLD, 1024), 0, "after they are closed")
    reap(child(open_many))
