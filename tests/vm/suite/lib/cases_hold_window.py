# SPDX-License-Identifier: GPL-2.0-or-later
"""Hold and settle: the window, and calls that wait while it is full."""
import ctypes
import select
import socket
import struct
from errno import EAGAIN, EBUSY

import abi
from abi import DONE, RETRY
from cases_hold import data_of, fill
from channel import Channel, events_of
from harness import Blocked, case, check, eventually
from holder import CONTROL, DONTWAIT, Holder, counts, emptied, held_of, msghdr
from sys_calls import call
from uring import RECVMSG, Ring

POLLIN = select.POLLIN


def is_over(waiting):
    return not waiting.thread.is_alive()


@case
@emptied
def window_full():
    """With a full window, the channel appears empty: no POLLIN. A settle wakes a waiting call
    and an edge-triggered epoll."""
    with Holder(5, 1) as sock, select.epoll() as epoll:
        epoll.register(sock.fd, POLLIN | select.EPOLLET)
        fill(sock, 3)
        check.equal(epoll.poll(5), [(sock.fd, POLLIN)], "messages")
        _, held = sock.take()
        check.equal(events_of(sock, POLLIN), 0, "full: no POLLIN")
        fill(sock, 1, 3)
        check.equal(epoll.poll(0), [], "nor an edge for a message")
        sock.settle((held, DONE))
        check.equal(events_of(sock, POLLIN), POLLIN, "open: POLLIN")
        check.equal(epoll.poll(5), [(sock.fd, POLLIN)], "an edge")
        check.equal(epoll.poll(0), [], "once")
        _, held = sock.take()
        waiting = [Blocked("recvmsg", sock.take) for _ in range(2)]
        sock.settle((held, DONE))
        check.true(eventually(lambda: sum(map(is_over, waiting)) == 1), "one goes on")
        check.equal((sock.held, counts(5)), (1, (1, 1)), "and holds")
        sock.settle(*[(w.result[1], DONE) for w in waiting if w.result])
        check.true(eventually(lambda: all(map(is_over, waiting))), "the other")
        check.equal(sorted(w.result[0] for w in waiting), [b"2", b"3"], "their messages")


@case
@emptied
def window_full_for_io_uring():
    """A request waits, however many messages arrive, and completes after a settle."""
    with Holder(5, 1) as sock:
        fill(sock, 1)
        _, held = sock.take()
        data, room = (ctypes.create_string_buffer(64) for _ in range(2))
        ring = Ring()
        ring.submit(RECVMSG, sock.fd, msghdr(ctypes.addressof(data), 64, room, CONTROL), 1)
        for number in range(200):
            fill(sock, 1, number)
            check.true(not ring.done(), "%d messages: it gives up" % (number + 1))
        sock.settle((held, DONE))
        check.equal((ring.result(), data.value), (1, b"0"), "the request")
        check.equal((sock.held, held_of(room.raw[:CONTROL]).deliveries), (1, 1), "it holds")
        ring.close()


@case
@emptied
def larger_window():
    """A larger window lets waiting calls continue. A smaller one takes no held message back."""
    with Holder(5, 1) as sock:
        fill(sock, 8)
        sock.take()
        waiting = [Blocked("recvmsg", sock.take) for _ in range(5)]
        sock.set(abi.HOLD, 4)
        check.true(eventually(lambda: sock.held == 4), "three go on")
        check.error(sock.set(abi.HOLD, 2), 0, "smaller")
        check.error(sock.set(abi.HOLD, 0), EBUSY, "not 0")
        check.equal((sock.held, counts(5)), (4, (4, 4)), "what is held stays")
        for held in [w.result[1] for w in waiting if w.result and w.result[1]][:2]:
            sock.settle((held, DONE))
        check.equal((sock.held, counts(5)), (2, (4, 2)), "no more until there are fewer")
        sock.set(abi.HOLD, 1024)
        check.true(eventually(lambda: all(map(is_over, waiting))), "all go on")


@case
@emptied
def larger_window_for_pollers():
    """A larger window lets more calls continue than one batch, and notifies a poller of further
    messages."""
    with Holder(5, 1) as sock, select.epoll() as epoll:
        fill(sock, 40)
        sock.take()
        waiting = [Blocked("recvmsg", sock.take) for _ in range(20)]
        epoll.register(sock.fd, POLLIN | select.EPOLLET)
        check.equal(epoll.poll(0), [], "full: no POLLIN")
        sock.set(abi.HOLD, 100)
        check.true(eventually(lambda: all(map(is_over, waiting))), "all go on")
        check.equal(epoll.poll(5), [(sock.fd, POLLIN)], "an edge")


@case
@emptied
def waiting_for_a_message():
    """A waiting call has a place in the window. If it gives up, the next call gets the place."""
    with Holder(5, 1) as sock:
        check.error(sock.take(DONTWAIT), EAGAIN, "empty")
        sock.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 3, 0))
        first = Blocked("recvmsg", sock.take)
        sock.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 0, 0))
        check.error(sock.take(DONTWAIT), EAGAIN, "one waits")
        check.error(sock.set(abi.HOLD, 0), EBUSY, "it will hold")
        second = Blocked("recvmsg", sock.take)
        check.error(first.wait(), EAGAIN, "it gives up")
        fill(sock, 2)
        data, held = second.wait()
        check.equal(data, b"0", "the second gets it")
        third = Blocked("recvmsg", sock.take)
        call("shutdown", sock.fd, socket.SHUT_RD)
        check.equal(third.wait(), (b"", None), "shut down while it is full")
        check.equal(sock.take(), (b"", None), "after that it is the end")
        check.error(sock.settle((held, DONE)), 0, "which settles")
        check.equal(sock.take()[0], b"1", "and drains")


@case
@emptied
def never_too_many():
    """Eight receivers and a window of two: never more than two messages are held."""
    with Holder(5, 2) as sock:
        waiting = [Blocked("recvmsg", sock.take) for _ in range(8)]
        fill(sock, 64)
        found = []
        while waiting:
            check.true(sock.held <= 2, "%d held" % sock.held)
            check.true(eventually(lambda: any(map(is_over, waiting))), "one goes on")
            over = list(filter(is_over, waiting))
            check.true(len(over) <= 2, "%d at once" % len(over))
            found += [w.result for w in over]
            sock.settle(*[(w.result[1], DONE) for w in over])
            waiting = [w for w in waiting if w not in over]
        check.equal(sorted(data_of(found)), list(range(8)), "the messages")


@case
def beside_others():
    """Receivers that hold messages, beside others that do not: each gets its messages."""
    with Holder(5, 1) as sock, Channel(bound=5) as plain:
        held = Blocked("recvmsg", sock.take)
        other = Blocked("recvfrom", plain.recv)
        fill(sock, 1)
        _, id_ = held.wait()
        fill(sock, 1, 1)
        check.equal(other.wait(), b"1", "the plain one")
        sock.settle((id_, RETRY))
        check.equal(plain.drain(), [b"0"], "what was given back")
        # A call that began before the option was set takes the message for good.
        waiting = Blocked("recvfrom", plain.recv)
        sock2 = Holder(hold=0)
        sock2.close()
        check.error(call("setsockopt", plain.fd, abi.SOL_KCTL, abi.HOLD, struct.pack("=i", 1), 4),
                    0, "hold")
        fill(sock, 1, 2)
        check.equal((waiting.wait(), counts(5)), (b"2", (0, 0)), "it consumes")
