# SPDX-License-Identifier: GPL-2.0-or-later
"""Hold and settle: the hold time, after which another receiver gets the message."""
import os
import select
import signal
import socket
import threading
import time
from errno import EINVAL, ESTALE

import abi
from abi import DONE, EXTEND, RELEASE, RETRY
from cases_hold import data_of, fill
from channel import Channel, status
from harness import Blocked, case, check, child, eventually, new_netns, reap, sysctl
from holder import DONTWAIT, MS, Holder, counts, emptied, now, patient
from sys_calls import CLONE_NEWTIME, unshare

HOUR = 3600000


def pass_by(deadline):
    while now() < deadline:
        time.sleep(0.01)


@case
def options():
    with Holder() as sock:
        check.equal(sock.get(abi.HOLD_TIME), 0, "at the beginning")
        for value, code in ((-1, EINVAL), (abi.TIME_MAX + 1, EINVAL), (1 << 30, EINVAL),
                            (abi.TIME_MAX, 0), (1, 0), (0, 0)):
            check.error(sock.set(abi.HOLD_TIME, value), code, "KCTL_HOLD_TIME %d" % value)
            check.equal(sock.get(abi.HOLD_TIME), 0 if code else value, "it is")
        sock.set(abi.HOLD_TIME, 1)
        check.error(sock.set(abi.TAP, 1), EINVAL, "no tap")
    with Holder() as tap:
        tap.set(abi.TAP, 1)
        check.error(tap.set(abi.HOLD_TIME, 1), EINVAL, "a tap holds nothing")
        check.error(tap.set(abi.HOLD_TIME, 0), 0, "and may say so")
    with Channel(bound=5) as sock:
        # It has no effect on a socket that does not hold messages.
        sock.sock.setsockopt(abi.SOL_KCTL, abi.HOLD_TIME, 1)
        sock.send(b"1")
        check.equal(sock.recv(), b"1", "received")


@case
@emptied
def deadlines():
    """A message gets the hold time that the socket has when it is received or extended."""
    with Holder(5, 9) as sock:
        for value in 0, HOUR, abi.TIME_MAX, 0:
            sock.set(abi.HOLD_TIME, value)
            fill(sock, 1)
            before = now()
            _, held = sock.take()
            span = range(before + value * MS, now() + value * MS + 1)
            check.true(held.deadline in span if value else not held.deadline,
                       "%d ms: %d" % (value, held.deadline))
            check.error(sock.settle((held, EXTEND)), 0, "extended")
            check.equal(sock.held, 1, "which it still holds")
            check.error(sock.settle((held, DONE), (held, EXTEND)), ESTALE, "done is done")


@case
@emptied
def expiry():
    """Each message is given back at its deadline, never early, and counted. Settling it later
    has no effect."""
    with Holder(5, 9) as sock, Holder(5, 9) as other:
        patient(other)
        fill(sock, 4)
        held = []
        for value in 600, 100, 0, 300:
            sock.set(abi.HOLD_TIME, value)
            held.append(sock.take()[1])
        for number in 1, 3, 0:
            data, again = other.take()
            check.true(now() >= held[number].deadline, "%d: too early" % number)
            check.equal((data, again.deliveries), (b"%d" % number, 2), "in this order")
            late = [(held[number], verb) for verb in (DONE, RETRY, EXTEND)]
            check.error(sock.settle(*late), ESTALE, "too late")
            check.error(other.settle((again, EXTEND)), 0, "another holds it")
        check.equal((sock.held, other.held, counts(5)), (1, 3, (0, 4)), "without a time")
        check.error(sock.settle((held[2], DONE)), 0, "it stays")


@case
@emptied
def extended():
    """Extending a message begins its hold time anew, with the current value of the socket."""
    with Holder(5, 9) as sock:
        fill(sock, 3)
        sock.set(abi.HOLD_TIME, 1000)
        held = [sock.take()[1] for _ in range(3)]
        sock.set(abi.HOLD_TIME, HOUR)
        check.error(sock.settle((held[0], EXTEND)), 0, "an hour")
        sock.set(abi.HOLD_TIME, 0)
        check.error(sock.settle((held[1], EXTEND)), 0, "for ever")
        sock.set(abi.HOLD_TIME, 20)
        check.error(sock.settle((held[2], EXTEND)), 0, "shorter")
        check.true(eventually(lambda: counts(5) == (1, 2)), "the third is back")
        pass_by(held[1].deadline + 300 * MS)
        check.equal((sock.held, data_of([sock.take()])), (2, [2]), "after their first time")
        check.error(sock.settle((held[0], EXTEND)), 0, "to 20 ms")
        check.true(eventually(lambda: sock.held == 1), "it is back, too")
        check.error(sock.settle((held[1], DONE), (held[0], EXTEND)), ESTALE, "at the end")


@case
@emptied
def opens_the_window():
    """A hold time that is over makes a place in the window for a waiting call, which gets the
    message, and notifies an edge-triggered poller."""
    with Holder(5, 1) as sock, select.epoll() as epoll:
        sock.set(abi.HOLD_TIME, 500)
        patient(sock)
        fill(sock, 1)
        first = sock.take()[1]
        data, held = sock.take()
        check.equal((data, held.deliveries), (b"0", 2), "after its time")
        check.true(now() >= first.deadline, "too early")
        check.error(sock.settle((first, DONE)), ESTALE, "the first")
        epoll.register(sock.fd, select.POLLIN | select.EPOLLET)
        check.equal(epoll.poll(20), [(sock.fd, select.POLLIN)], "and again")
        check.equal(sock.recv(9, DONTWAIT | socket.MSG_PEEK), b"0", "it waits")


@case
@emptied
def makes_room():
    """A message given to a receiver that does not hold messages makes space for a sender."""
    sysctl("channel_max_messages", 1)
    with Holder(5, 1) as sock, Channel(bound=5) as other:
        sock.set(abi.HOLD_TIME, 3000)
        fill(sock, 1)
        sock.take()
        receiving = Blocked("recvfrom", other.recv)
        sending = Blocked("sendto", other.send, b"1")
        check.equal((receiving.wait(60), sending.wait(60)), (b"0", 1), "both go on")


@case
@emptied
def many_expire():
    """More messages than are given back in one batch, in the order in which they were held."""
    with Holder(5, 200) as sock, Channel(bound=5) as other:
        fill(sock, 200)
        sock.set(abi.HOLD_TIME, 300)
        found = sock.take_all()
        check.true(eventually(lambda: sock.held == 0, 60), "all are back")
        check.true(len(found) >= 200 and data_of(found)[:100] == list(range(100)), "were held")
        check.equal([int(data) for data in other.drain()], list(range(200)), "in order")


def take_and_settle(orders, answers):
    with Holder(5, 1) as sock:
        sock.set(abi.HOLD_TIME, 200)
        _, held = sock.take()
        os.write(answers, b"h")
        os.read(orders, 1)
        os.write(answers, b"%d" % sock.settle((held, DONE)))


@case
def stopped_worker():
    """After SIGSTOP, another worker gets the job. After SIGCONT, the settle of the first has no
    effect."""
    (orders, order), (answers, answer) = os.pipe(), os.pipe()
    with Holder(5, 1) as sock:
        patient(sock)
        sock.send(b"job")
        pid = child(take_and_settle, orders, answer)
        os.read(answers, 1)
        os.kill(pid, signal.SIGSTOP)
        data, held = sock.take()
        check.equal((data, held.deliveries), (b"job", 2), "another gets it")
        os.kill(pid, signal.SIGCONT)
        os.write(order, b"g")
        check.equal(int(os.read(answers, 9)), -ESTALE, "too late")
        check.equal((sock.held, counts(5)), (1, (0, 1)), "which changes nothing")
        check.error(sock.settle((held, DONE)), 0, "the other settles")
        reap(pid)


@case
@emptied
def clock_steps():
    """Setting the clock has no effect."""
    with Holder(5, 2) as sock:
        fill(sock, 2)
        sock.set(abi.HOLD_TIME, HOUR)
        (_, one), (_, two) = sock.take(), sock.take()
        sock.settle((two, RETRY), delay=HOUR)
        wall, begin = time.clock_gettime_ns(time.CLOCK_REALTIME), now()
        for hours in 2, -2:
            time.clock_settime_ns(time.CLOCK_REALTIME, wall + hours * HOUR * MS)
            time.sleep(0.1)
            check.equal((sock.held, counts(5)), (1, (0, 1)), "%d hours later" % hours)
        time.clock_settime_ns(time.CLOCK_REALTIME, wall + now() - begin)
        check.error(sock.settle((one, DONE)), 0, "in time")


def take_within_an_hour():
    with Holder(5, 1) as sock:
        sock.set(abi.HOLD_TIME, HOUR)
        fill(sock, 1)
        before = now()
        _, held = sock.take()
        check.true(held.deadline in range(before + HOUR * MS, now() + HOUR * MS + 1),
                   "%d after %d" % (held.deadline, before))
        sock.settle((held, DONE))


def in_time_namespace(offset):
    unshare(CLONE_NEWTIME)
    with open("/proc/self/timens_offsets", "w") as file:
        file.write("monotonic %d 0" % offset)
    here = now()
    reap(child(lambda: check.true((now() - here) * offset > 0, "another clock")))
    reap(child(take_within_an_hour))


@case
@emptied
def time_namespace():
    """The deadline is in the time namespace of the receiver."""
    for offset in 100000, -2:
        reap(child(in_time_namespace, offset))


@case
@emptied
def raced():
    """Hold times end while the messages are settled and extended, and the socket is closed."""
    with Channel(bound=5) as other:
        for turn in range(30):
            sock = Holder(5, 40)
            sock.set(abi.HOLD_TIME, 1 + turn % 5)
            fill(sock, 30)
            held = [held for _, held in sock.take_all()]
            verbs = (EXTEND, RELEASE, RETRY, DONE)
            settling = [threading.Thread(target=sock.settle, args=[(one, verb) for one in held[at::2]
                                                                   for verb in verbs][:32])
                        for at, verbs in enumerate((verbs[:2], verbs[1:]))]
            for thread in settling:
                thread.start()
            for thread in settling:
                thread.join()
            sock.close()
            check.equal(counts(5)[1], 0, "nobody holds any")
            data = other.drain()
            check.equal(len(data), len(set(data)), "each once")
    check.equal(status()["proto_bytes"], 0, "memory")


def leave_all():
    new_netns()
    with Holder(5, 9) as sock:
        for value in 1, 3, HOUR:
            sock.set(abi.HOLD_TIME, value)
            fill(sock, 1)
            sock.take()


@case
def namespace_ends():
    """A namespace ends with messages whose hold time is just over, and others."""
    for _ in range(10):
        reap(child(leave_all))
    check.equal(status()["channels"], 0, "channels here")
