# SPDX-License-Identifier: GPL-2.0-or-later
"""Channels through io_uring, compared with AF_UNIX datagrams, request by request."""
import ctypes
import os
import select
import signal
import socket
from errno import EAGAIN, ECANCELED, EDESTADDRREQ, EFAULT, EINVAL, EMSGSIZE, ENOTCONN, \
    EOPNOTSUPP, EPIPE

from cases_conformance import DONTWAIT, PEEK, TRUNC, after, bad, compare, message, recv, send, \
    two
from channel import Channel
from harness import case, check, child, reap
from sys_calls import kernel_version
from uring import ASYNC, CONNECT, POLL_ADD, READ, RECV, RECVMSG, Ring, SEND, SENDMSG, SHUTDOWN, \
    WRITE

NOSIGNAL = socket.MSG_NOSIGNAL


def one(op, sock, data=b"x", flags=0, size=None, **more):
    """Return the result of one request."""
    ring = Ring()
    if isinstance(data, bytes):
        data = ctypes.create_string_buffer(data, max(len(data), 1))
        size = len(data.raw) if size is None else size
    try:
        return ring.ask(op, sock.fileno(), data, size or 0, flags, **more)
    finally:
        ring.close()


def by_message(op, sock, flags=0, data=b"abc", **more):
    header = message(data=data, **more)
    return one(op, sock, header, flags, 1)


def pending(begin, then):
    """Return the result of a request that must not complete before THEN is called."""
    ring = Ring()
    try:
        begin(ring)
        if ring.done():
            return "done at once: %d" % ring.result()
        then(ring)
        return ring.result()
    finally:
        ring.close()


def receiving(f, how=0, op=RECV):
    buffer = ctypes.create_string_buffer(64)
    return lambda ring: ring.submit(op, f.receiver.fileno(), buffer, 64, how=how)


def sending(f):
    """Send to a full queue."""
    while send(f.sender, b"first") == 5:
        pass
    return lambda ring: ring.submit(SEND, f.sender.fileno(), ctypes.create_string_buffer(64), 64)


def drain(sock):
    """Receive all messages. Return the size of the last one."""
    last = None
    while (size := recv(sock)) >= 0:
        last = size
    return last


def polling(sock, events, how=0):
    return lambda ring: ring.submit(POLL_ADD, sock.fileno(), flags=events, how=how)


def two_receive(f):
    """Return which of two waiting requests gets the message, and what the other one gets."""
    ring = Ring()
    try:
        for _ in range(2):
            receiving(f)(ring)
        send(f.sender, b"abc")
        first = ring.result()
        early = ring.done()
        send(f.sender, b"defgh")
        return first, early, ring.result()
    finally:
        ring.close()


def rows():
    """Yield rows like those of cases_conformance."""
    for op, name in (SEND, "send"), (WRITE, "write"):
        yield (name, lambda f, op=op: one(op, f.sender, b"abc"), 3)
        yield (name + " in a worker", lambda f, op=op: one(op, f.sender, b"abc", how=ASYNC), 3)
        yield (name + ", and what arrives", lambda f, op=op: after(
            lambda: one(op, f.sender, b"abc"), lambda: recv(f.receiver)), 3)
        yield (name + " of a message that is too long", lambda f, op=op: one(
            op, f.sender, bytes(1 << 21)), -EMSGSIZE)
        yield (name + " to nowhere", lambda f, op=op: one(op, f.fresh), -EDESTADDRREQ, -ENOTCONN)
        for kind in "null", "unmapped", "kernel":
            yield ("%s of %s" % (name, kind), lambda f, op=op, k=kind: one(
                op, f.sender, bad(k), size=4), -EFAULT)
    for op, name in (RECV, "recv"), (READ, "read"):
        yield (name, lambda f, op=op: after(lambda: two(f), lambda: one(
            op, f.receiver, bytes(64))), 3)
        yield (name + " in a worker", lambda f, op=op: after(lambda: two(f), lambda: one(
            op, f.receiver, bytes(64), how=ASYNC)), 3)
        yield (name + " cut short", lambda f, op=op: after(lambda: two(f), lambda: one(
            op, f.receiver, bytes(2))), 2)
        for how in 0, ASYNC:
            yield ("%s that waits, %d" % (name, how), lambda f, op=op, h=how: pending(
                receiving(f, h, op), lambda _: send(f.sender, b"abcd")), 4)
            yield ("%s that is cancelled, %d" % (name, how), lambda f, op=op, h=how: pending(
                receiving(f, h, op), Ring.cancel), -ECANCELED)
        for kind in "null", "unmapped", "readonly", "kernel":
            yield ("%s to %s" % (name, kind), lambda f, op=op, k=kind: after(
                lambda: send(f.sender), lambda: one(op, f.receiver, bad(k), size=4)), -EFAULT)
            yield ("%s to %s, then again" % (name, kind), lambda f, op=op, k=kind: after(
                lambda: after(lambda: send(f.sender), lambda: one(
                    op, f.receiver, bad(k), size=4)),
                lambda: recv(f.receiver)), 1, 1 if kind == "kernel" else -EAGAIN)
    yield ("recv of nothing", lambda f: one(RECV, f.receiver, flags=DONTWAIT), -EAGAIN)
    yield ("recv, not bound", lambda f: one(RECV, f.fresh, flags=DONTWAIT), -ENOTCONN, -EAGAIN)
    yield ("recv, peek, then recv", lambda f: after(lambda: after(
        lambda: two(f), lambda: one(RECV, f.receiver, flags=PEEK)),
        lambda: recv(f.receiver)), 3)
    yield ("recv, MSG_TRUNC", lambda f: after(lambda: two(f), lambda: one(
        RECV, f.receiver, flags=TRUNC)), 3)
    yield ("recv of an empty message", lambda f: after(
        lambda: send(f.sender, b""), lambda: one(RECV, f.receiver)), 0)
    yield ("recv, shut down", lambda f: after(
        lambda: f.receiver.shutdown(socket.SHUT_RD),
        lambda: one(RECV, f.receiver, flags=DONTWAIT)), 0, -EAGAIN)
    yield ("recv that waits, shut down", lambda f: pending(
        receiving(f), lambda _: f.receiver.shutdown(socket.SHUT_RD)), 0)
    yield ("two that wait", two_receive, (3, False, 5))
    yield ("send of MSG_OOB", lambda f: one(SEND, f.sender, flags=1), -EOPNOTSUPP)
    yield ("send, shut down", lambda f: after(
        lambda: f.sender.shutdown(socket.SHUT_WR),
        lambda: one(SEND, f.sender, flags=NOSIGNAL)), -EPIPE)
    yield ("send of nothing", lambda f: one(SEND, f.sender, bytes(1), size=0), 0)
    yield ("send to a full queue", lambda f: after(lambda: sending(f), lambda: one(
        SEND, f.sender, flags=DONTWAIT)), -EAGAIN)
    # On new kernels, AF_UNIX then sends an empty message.
    yield ("send that waits", lambda f: pending(sending(f), lambda _: recv(f.receiver)), 64, "any")
    yield ("send that waits, and what arrives", lambda f: after(
        lambda: pending(sending(f), lambda _: recv(f.receiver)),
        lambda: drain(f.receiver)), 64, "any")
    yield ("send that waits and is cancelled", lambda f: pending(sending(f), Ring.cancel), -ECANCELED)
    yield ("sendmsg", lambda f: by_message(SENDMSG, f.sender), 3)
    # io_uring itself refuses this, with different errors in different versions.
    yield ("sendmsg of 1025 pieces", lambda f: by_message(SENDMSG, f.sender, iovs=1025),
           -EINVAL if (6, 0) <= kernel_version() < (7, 0) else -EMSGSIZE)
    yield ("recvmsg", lambda f: after(lambda: two(f), lambda: by_message(
        RECVMSG, f.receiver, data=bytes(9))), 3)
    yield ("recvmsg of nothing", lambda f: by_message(RECVMSG, f.receiver, DONTWAIT), -EAGAIN)
    for op, name in (SENDMSG, "sendmsg"), (RECVMSG, "recvmsg"):
        for kind in "null", "unmapped", "kernel":
            yield ("%s, header %s" % (name, kind), lambda f, op=op, k=kind: one(
                op, f.sender, bad(k), size=1), -EFAULT)
    yield ("connect", lambda f: one(CONNECT, f.fresh, f.address, size=0,
                                    offset=len(f.address)), 0)
    yield ("connect, length 1", lambda f: one(CONNECT, f.fresh, f.address, size=0, offset=1),
           -EINVAL)
    yield ("shutdown", lambda f: one(SHUTDOWN, f.receiver, None, size=2), 0)
    yield ("shutdown 77", lambda f: one(SHUTDOWN, f.receiver, None, size=77), -EINVAL)
    yield ("poll of an empty one", lambda f: one(
        POLL_ADD, f.receiver, None, select.POLLIN | select.POLLOUT), select.POLLOUT)
    for how in 0, ASYNC:
        yield ("poll that waits for a message, %d" % how, lambda f, h=how: pending(
            polling(f.receiver, select.POLLIN, h), lambda _: send(f.sender)), select.POLLIN)
        yield ("poll that waits for space, %d" % how, lambda f, h=how: after(
            lambda: sending(f), lambda: pending(
                polling(f.sender, select.POLLOUT, h), lambda _: drain(f.receiver))),
            select.POLLOUT)
    yield ("poll that is cancelled", lambda f: pending(
        polling(f.receiver, select.POLLIN), Ring.cancel), -ECANCELED)


@case
def requests():
    compare(rows(), 60)


@case
def ring_of_a_dead_process():
    """Waiting requests end with their process, and take no message."""
    back, out = os.pipe()

    def hold():
        ring, sock, buffer = Ring(), Channel(bound=5), ctypes.create_string_buffer(64)
        for _ in range(4):
            ring.submit(RECV, sock.fd, buffer, 64)
        os.write(out, b"r")
        signal.pause()

    with Channel(bound=5) as sock:
        pid = child(hold)
        os.read(back, 1)
        os.kill(pid, signal.SIGKILL)
        sock.send(b"for who lives")
        reap(pid, -signal.SIGKILL)
        check.equal(sock.recv(64, DONTWAIT), b"for who lives", "the message")
