# SPDX-License-Identifier: GPL-2.0-or-later
"""Hold and settle: messages that are given back with a delay."""
import ctypes
import select
import socket
from errno import EAGAIN

import abi
from abi import DONE, RELEASE, RETRY
from cases_hold import data_of, fill
from channel import Channel, status
from genl import Genl
from harness import Blocked, case, check, child, eventually, new_netns, reap, sysctl
from holder import CONTROL, DONTWAIT, MS, Holder, attributes, counts, emptied, msghdr, now, \
    patient
from uring import RECVMSG, Ring

HOUR = 3600000


def delayed(number):
    return attributes(number)[abi.C_DELAYED]


def give_back_later(sock, delay, verb=RETRY):
    """Give all waiting messages back with a delay. Return the time before that, in ns."""
    held = [held for _, held in sock.take_all()]
    before = now()
    check.error(sock.settle(*[(one, verb) for one in held], delay=delay), 0, "later")
    return before


@case
@emptied
def aside():
    """A delayed message is neither held nor in the queue. It returns to its old place, and
    never early."""
    with Holder(5, 4) as sock:
        fill(sock, 3)
        (_, one), (_, two) = sock.take(), sock.take()
        check.error(sock.settle((one, RETRY), delay=abi.TIME_MAX), 0, "a day")
        check.equal((sock.held, counts(5), delayed(5)), (1, (1, 1), 1), "aside")
        check.equal(sock.recv(9, DONTWAIT | socket.MSG_PEEK), b"2", "the next")
        before = now()
        check.error(sock.settle((two, RELEASE), delay=60), 0, "60 ms")
        check.true(eventually(lambda: counts(5)[0] == 2), "it comes back")
        check.true(now() - before >= 60 * MS, "too early")
        again = sock.take_all()
        check.equal((data_of(again), [held.deliveries for _, held in again]),
                    ([1, 2], [1, 1]), "in its place, not counted")
        sock.settle(*[(held, RETRY) for _, held in again], delay=1)
        check.equal(sorted((data, held.deliveries) for data, held in (sock.take(), sock.take())),
                    [(b"1", 2), (b"2", 2)], "counted")
        check.equal((counts(5), delayed(5)), ((0, 2), 1), "the day is not over")


@case
@emptied
def sooner_later():
    """Each message has its own delay: a message that was given back later may return first."""
    with Holder(5, 6) as sock, Channel(bound=5) as other:
        delays = [400, 30, 250, 60, 250, 1]
        patient(other)
        fill(sock, len(delays))
        before, due = now(), []
        for delay in delays:
            sock.settle((sock.take()[1], RETRY), delay=delay)
        for _ in delays:
            number = int(other.recv())
            check.true(now() - before >= delays[number] * MS, "%d: too early" % number)
            due.append(delays[number])
        check.equal(due, sorted(due), "in the order of their times")


@case
@emptied
def wakes_all():
    """A message that returns wakes a waiting call, a poller and an io_uring request, as one
    that is sent does."""
    with Holder(5, 4) as sock, Channel(bound=5) as other, select.epoll() as epoll:
        patient(other)
        fill(sock, 1)
        give_back_later(sock, 300)
        check.equal(other.recv(), b"0", "a call that waits")
        epoll.register(sock.fd, select.POLLIN | select.EPOLLET)
        fill(sock, 1)
        check.equal(epoll.poll(5), [(sock.fd, select.POLLIN)], "a message that is sent")
        give_back_later(sock, 30)
        check.equal(epoll.poll(5), [(sock.fd, select.POLLIN)], "an edge")
        give_back_later(sock, 30)
        data, room = (ctypes.create_string_buffer(64) for _ in range(2))
        ring = Ring()
        ring.submit(RECVMSG, sock.fd, msghdr(ctypes.addressof(data), 64, room, CONTROL), 1)
        check.equal((ring.result(), data.value), (1, b"0"), "a request")
        ring.close()


@case
@emptied
def many():
    """More messages than return in one batch, in their places, among those of others."""
    with Holder(5, 200) as sock, Channel(bound=5) as other:
        fill(sock, 200)
        held = [held for _, held in sock.take_all()]
        fill(sock, 10, 200)
        for first in range(0, 200, 20):
            sock.settle(*[(one, RETRY) for one in held[first:first + 20]], delay=20 - first // 20)
        check.true(eventually(lambda: counts(5) == (210, 0)), "all are back")
        check.equal([int(data) for data in other.drain()], list(range(210)), "in order")
        check.equal(delayed(5), 0, "none is delayed")


@case
@emptied
def full_of_delayed():
    """Delayed messages count against the limits until they are gone."""
    sysctl("channel_max_messages", 2)
    with Holder(5, 8) as sock, Channel(bound=5) as other:
        fill(sock, 2)
        give_back_later(sock, HOUR)
        check.equal(delayed(5), 2, "delayed")
        check.error(sock.send(b"x", DONTWAIT), EAGAIN, "no room")
        waiting = Blocked("sendto", sock.send, b"2")
        Genl().flush_channel(5)
        check.equal((waiting.wait(), delayed(5)), (1, 0), "a flush drops them")
        fill(sock, 1)
        give_back_later(sock, 100)
        sending = Blocked("sendto", sock.send, b"3")
        patient(other)
        other.recv()
        check.equal(sending.wait(), 1, "one that comes back and is taken makes room")


@case
def keeps_the_channel():
    """Delayed messages keep a channel without a socket, until they are taken, or the channel is
    flushed or deleted."""
    for end in Genl.flush_channel, Genl.delete_channel:
        with Holder(5, 4) as sock:
            fill(sock, 3)
            _, held = sock.take()
            give_back_later(sock, HOUR)
            check.error(sock.settle((held, DONE)), 0, "done")
        check.equal((counts(5), delayed(5)), ((0, 0), 2), "the socket is closed")
        end(Genl(), 5)
        check.equal((attributes(5), status()["proto_bytes"]), (None, 0), "nothing is left")
    with Holder(5, 4) as sock:
        fill(sock, 1)
        give_back_later(sock, 30)
    check.true(eventually(lambda: counts(5) == (1, 0)), "it comes back to nobody")
    with Channel(bound=5) as sock:
        check.equal(sock.drain(), [b"0"], "and waits")
    check.equal(attributes(5), None, "no channel")


@case
@emptied
def dropped_and_again():
    """After a flush, the next delay has its own time, shorter or longer."""
    with Holder(5, 4) as sock:
        for delay in 30, HOUR, 40, 10, HOUR, 20:
            fill(sock, 1)
            before = give_back_later(sock, delay)
            if delay < HOUR:
                patient(sock)
                data, held = sock.take()
                check.equal(data, b"0", "%d ms" % delay)
                check.true(now() - before >= delay * MS, "%d ms: too early" % delay)
                sock.settle((held, DONE))
            Genl().flush_channel(5)
            check.equal(delayed(5), 0, "dropped")


@case
def ephemeral():
    """An ephemeral channel ends with its receiver, and its delayed messages with it."""
    with Holder() as sock:
        sock.bind(0)
        sock.set(abi.HOLD, 2)
        fill(sock, 2)
        give_back_later(sock, HOUR)
        check.equal(delayed(sock.number()), 2, "delayed")
    check.true(eventually(lambda: status()["proto_bytes"] == 0), "nothing is left")


def leave_all(delay):
    new_netns()
    for number in range(5, 9):
        with Holder(number, 40) as sock:
            fill(sock, 30)
            give_back_later(sock, delay)


@case
def namespace_ends():
    """A namespace ends with messages that would return later, or are just returning."""
    for delay in 1, 2, 5, HOUR:
        reap(child(leave_all, delay))
    check.equal(status()["channels"], 0, "channels here")
