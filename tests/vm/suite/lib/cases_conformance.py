# SPDX-License-Identifier: GPL-2.0-or-later
"""Channels compared with AF_UNIX datagrams. Each call must have the same result, or a
difference that is documented here and in kctl(7)."""
import ctypes
import fcntl
import mmap
import os
import select
import socket
import struct
from errno import EAFNOSUPPORT, EAGAIN, EBADF, EDESTADDRREQ, EFAULT, EINVAL, EMSGSIZE, \
    ENODEV, ENOPROTOOPT, ENOTCONN, ENOTSOCK, ENOTTY, EOPNOTSUPP, EPIPE, ESOCKTNOSUPPORT, ESPIPE

from channel import Channel, IoVec, MsgHdr, address, core_allows_passcred, core_flags, family
from harness import case, check
from sys_calls import call, pointer, readonly_page, unmapped_page

DONTWAIT, PEEK, TRUNC = socket.MSG_DONTWAIT, socket.MSG_PEEK, socket.MSG_TRUNC
size_t = ctypes.c_size_t


class Kctl:
    """A bound socket, and a socket that is connected to it."""
    name = "kctl"

    def __init__(self):
        self.receiver, self.sender = Channel(bound=5).sock, Channel(connected=5).sock
        self.fresh = Channel().sock
        self.address = bytes(address(5))
        self.af = family()

    def close(self):
        for sock in self.receiver, self.sender, self.fresh:
            sock.close()


class Unix:
    name = "unix"

    def __init__(self):
        new = [socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(3)]
        self.receiver, self.sender, self.fresh = new
        self.receiver.bind("\0kctl-conformance")
        self.sender.connect("\0kctl-conformance")
        self.address = struct.pack("=H", 1) + b"\0kctl-conformance"
        self.af = socket.AF_UNIX

    close = Kctl.close


BAD = {}


def bad(kind):
    """Return an address that cannot be accessed."""
    if not BAD:
        BAD.update(null=0, unmapped=unmapped_page(), readonly=readonly_page(b"x"),
                   kernel=0xffff888000000000, odd=0x00007ffffffff000)
    return pointer(BAD[kind])


def send(sock, data=b"x", flags=0, size=None):
    return call("send", sock.fileno(), data, size_t(len(data) if size is None else size),
                flags | DONTWAIT)


def recv(sock, data=None, flags=0, size=64):
    buffer = ctypes.create_string_buffer(64) if data is None else data
    return call("recv", sock.fileno(), buffer, size_t(size), flags | DONTWAIT)


def sendto(sock, addr, length):
    return call("sendto", sock.fileno(), b"x", size_t(1), DONTWAIT, addr, length)


def message(name=None, name_len=0, data=b"x", iovs=1, control=None, control_len=0):
    buffer = ctypes.create_string_buffer(data, 64)
    array = (IoVec * max(min(iovs, 2000), 1))()
    array[0].base, array[0].len = ctypes.addressof(buffer), len(data)
    header = MsgHdr(name=name, namelen=name_len, iov=array, iovlen=iovs, control=control,
                    controllen=control_len)
    header.keep = buffer, array
    return header


def sendmsg(sock, header, flags=0):
    return call("sendmsg", sock.fileno(), ctypes.byref(header), flags | DONTWAIT)


def recvmsg(sock, header, flags=0):
    return call("recvmsg", sock.fileno(), ctypes.byref(header), flags | DONTWAIT)


def option(sock, which, level, name, value=None, size=4):
    data = ctypes.create_string_buffer(struct.pack("=i", 1)) if value is None else value
    if which == "getsockopt":
        size = ctypes.byref(ctypes.c_int(size))
    return call(which, sock.fileno(), level, name, data, size)


def shut(sock, how):
    return call("shutdown", sock.fileno(), how)


def after(first, then):
    first()
    return then()


def named(f, call_name, data=None, length=None):
    """Bind or connect a fresh socket."""
    data = f.address if data is None else data
    return call(call_name, f.fresh.fileno(), data, len(data) if length is None else length)


def get_name(f, which, buffer=None, length=64):
    buffer = ctypes.create_string_buffer(128) if buffer is None else buffer
    length = ctypes.byref(ctypes.c_int(length)) if isinstance(length, int) else length
    return call(which, f.receiver.fileno(), buffer, length)


def on_poll(f, before):
    before(f)
    poll = select.poll()
    poll.register(f.receiver, select.POLLIN | select.POLLOUT | select.POLLRDHUP)
    return poll.poll(0)[0][1] if poll.poll(0) else 0


def edge(f, times):
    """Count how often an edge-triggered epoll reports a number of messages."""
    with select.epoll() as epoll:
        epoll.register(f.receiver, select.EPOLLIN | select.EPOLLET)
        events = len(epoll.poll(0))
        for _ in range(times):
            send(f.sender)
            events += len(epoll.poll(0))
        return events + len(epoll.poll(0))


def two(f):
    send(f.sender, b"one")
    send(f.sender, b"three")


class MMsgHdr(ctypes.Structure):
    _fields_ = [("header", MsgHdr), ("len", ctypes.c_uint32), ("pad", ctypes.c_uint32)]


def mmsg(f, which, count, pointer_=None):
    keep = [message() for _ in range(max(count, 1))]
    batch = (MMsgHdr * len(keep))(*[MMsgHdr(header) for header in keep])
    sock = f.sender if which == "sendmmsg" else f.receiver
    args = (batch if pointer_ is None else pointer_, count, DONTWAIT)
    return call(which, sock.fileno(), *args, *((None,) if which == "recvmmsg" else ()))


def on_dup(f, action):
    copy = f.receiver.dup()
    with copy:
        return action(f, copy)


def in_child(function):
    """Return the result of a function in a process that shares the sockets, if it fits in 8
    bits."""
    pid = os.fork()
    if not pid:
        os._exit(function() & 0xff)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def spliced(f, into):
    back, out = os.pipe()
    os.write(out, b"data")
    ret = call("splice", back, None, f.sender.fileno(), None, size_t(4), 0) if into else \
        after(lambda: send(f.sender), lambda: call(
            "splice", f.receiver.fileno(), None, out, None, size_t(4), 0))
    os.close(back)
    os.close(out)
    return ret


def mapped(f):
    ret = call("mmap", None, size_t(4096), mmap.PROT_READ, mmap.MAP_SHARED, f.receiver.fileno(),
               0)
    return -ctypes.get_errno() if ret == (1 << 64) - 1 else ret


def rows():
    """Yield (name, function of a pair, result of kctl, result of AF_UNIX if it differs).
    Negative results are errnos."""
    # Flags, one by one.
    sendable = {0x4000: 1, 0x40: 1, 0x80: 1, 0x8000: 1}
    receivable = {0x2, 0x20, 0x40, 0x100, 0x4000, 0x40000000}
    internal = core_flags() | {0x20000}
    for bit in range(31):
        flag = 1 << bit
        if flag in internal:
            continue
        yield ("send with flag %#x" % flag, lambda f, flag=flag: send(f.sender, flags=flag),
               1 if flag in sendable else -EOPNOTSUPP, -EOPNOTSUPP if flag == 1 else 1)
        yield ("recv with flag %#x" % flag, lambda f, flag=flag: after(
            lambda: send(f.sender), lambda: recv(f.receiver, flags=flag)),
            1 if flag in receivable else -EOPNOTSUPP,
            -EOPNOTSUPP if flag == 1 else 1)
    # Pointers, in each call that takes one.
    for kind in "null", "unmapped", "kernel":
        yield ("send of " + kind, lambda f, k=kind: send(f.sender, bad(k), size=4), -EFAULT)
        yield ("write of " + kind, lambda f, k=kind: call(
            "write", f.sender.fileno(), bad(k), size_t(4)), -EFAULT)
        yield ("sendmsg of " + kind, lambda f, k=kind: call(
            "sendmsg", f.sender.fileno(), bad(k), DONTWAIT), -EFAULT)
        yield ("recvmsg to " + kind, lambda f, k=kind: call(
            "recvmsg", f.receiver.fileno(), bad(k), DONTWAIT), -EFAULT)
        yield ("sendmmsg of " + kind, lambda f, k=kind: mmsg(f, "sendmmsg", 2, bad(k)), -EFAULT)
        for name in "bind", "connect":
            yield ("%s to %s" % (name, kind), lambda f, k=kind, n=name: call(
                n, f.fresh.fileno(), bad(k), 8), -EFAULT)
        for name in "getsockname", "getpeername":
            yield ("%s to %s" % (name, kind), lambda f, k=kind, n=name: call(
                n, f.sender.fileno() if n == "getpeername" else f.receiver.fileno(), bad(k),
                ctypes.byref(ctypes.c_int(64))), -EFAULT)
            yield ("%s, length %s" % (name, kind), lambda f, k=kind, n=name: call(
                n, f.sender.fileno() if n == "getpeername" else f.receiver.fileno(),
                ctypes.create_string_buffer(64), bad(k)), -EFAULT)
        yield ("setsockopt of " + kind, lambda f, k=kind: option(
            f.sender, "setsockopt", 1, socket.SO_PASSCRED, bad(k)), -EFAULT)
        yield ("getsockopt to " + kind, lambda f, k=kind: option(
            f.sender, "getsockopt", 1, socket.SO_TYPE, bad(k)), -EFAULT)
        yield ("ioctl FIONREAD to " + kind, lambda f, k=kind: call(
            "ioctl", f.receiver.fileno(), 0x541b, bad(k)), -EFAULT)
        yield ("sendto, address " + kind, lambda f, k=kind: sendto(f.fresh, bad(k), 8),
               -EDESTADDRREQ if kind == "null" else -EFAULT,
               -ENOTCONN if kind == "null" else -EFAULT)
    for kind in "null", "unmapped", "readonly", "kernel":
        yield ("recv to " + kind, lambda f, k=kind: after(
            lambda: send(f.sender), lambda: recv(f.receiver, bad(k))), -EFAULT)
        yield ("recv to %s, then again" % kind, lambda f, k=kind: after(
            lambda: after(lambda: send(f.sender), lambda: recv(f.receiver, bad(k))),
            lambda: recv(f.receiver)), 1, 1 if kind == "kernel" else -EAGAIN)
    # Addresses.
    for name in "bind", "connect":
        for length in -1, 0, 1, 129, 1000, 0x7fffffff:
            yield ("%s, length %d" % (name, length),
                   lambda f, n=name, size=length: named(f, n, f.address.ljust(1000, b"\0"), size),
                   -EINVAL)
        for other in 2, 10, 16, 255:
            yield ("%s, family %d" % (name, other), lambda f, n=name, o=other: named(
                f, n, struct.pack("=H", o) + f.address[2:]), -EAFNOSUPPORT, -EINVAL)
        yield (name, lambda f, n=name: named(f, n), 0, -98 if name == "bind" else 0)
        yield (name + " twice", lambda f, n=name: after(
            lambda: named(f, n), lambda: named(f, n)), -EINVAL if name == "bind" else 0,
            -98 if name == "bind" else 0)
    yield ("connect AF_UNSPEC", lambda f: call("connect", f.sender.fileno(), bytes(8), 8), 0)
    yield ("connect AF_UNSPEC, then send", lambda f: after(
        lambda: call("connect", f.sender.fileno(), bytes(8), 8), lambda: send(f.sender)),
        -EDESTADDRREQ, -ENOTCONN)
    for length in -1, 129, 1000:
        yield ("sendto, length %d" % length, lambda f, size=length: sendto(
            f.fresh, f.address.ljust(1000, b"\0"), size), -EINVAL)
    yield ("sendto", lambda f: sendto(f.fresh, f.address, len(f.address)), 1)
    yield ("sendto when connected", lambda f: sendto(f.sender, f.address, len(f.address)), 1)
    yield ("send to nowhere", lambda f: send(f.fresh), -EDESTADDRREQ, -ENOTCONN)
    yield ("recv, not bound", lambda f: recv(f.fresh), -ENOTCONN, -EAGAIN)
    yield ("send of a socket that is only bound", lambda f: send(f.receiver), 1, -ENOTCONN)
    for which, ret in ("getsockname", 0), ("getpeername", -ENOTCONN):
        yield (which, lambda f, w=which: get_name(f, w), ret)
        yield (which + ", length 0", lambda f, w=which: get_name(f, w, length=0), ret)
    yield ("getsockname, length -1", lambda f: get_name(f, "getsockname", length=-1), -EINVAL)
    # Messages.
    yield ("recv of nothing", lambda f: recv(f.receiver), -EAGAIN)
    yield ("peek at nothing", lambda f: recv(f.receiver, flags=PEEK), -EAGAIN)
    for size in 0, 1, 2, 5, 64:
        yield ("recv of 5 bytes to %d" % size, lambda f, n=size: after(
            lambda: send(f.sender, b"12345"), lambda: recv(f.receiver, size=n)), min(size, 5))
        yield ("recv of 5 bytes to %d, MSG_TRUNC" % size, lambda f, n=size: after(
            lambda: send(f.sender, b"12345"), lambda: recv(f.receiver, flags=TRUNC, size=n)), 5)
        yield ("recv twice, of 5 bytes to %d" % size, lambda f, n=size: after(
            lambda: after(lambda: send(f.sender, b"12345"), lambda: recv(f.receiver, size=n)),
            lambda: recv(f.receiver)), -EAGAIN)
        yield ("peek twice, of 5 bytes to %d" % size, lambda f, n=size: after(
            lambda: after(lambda: send(f.sender, b"12345"),
                          lambda: recv(f.receiver, flags=PEEK, size=n)),
            lambda: recv(f.receiver)), 5)
    yield ("an empty message", lambda f: send(f.sender, b""), 0)
    yield ("recv of an empty message", lambda f: after(
        lambda: send(f.sender, b""), lambda: recv(f.receiver)), 0)
    yield ("one message at a time", lambda f: after(lambda: two(f), lambda: recv(f.receiver)), 3)
    yield ("read", lambda f: after(lambda: two(f), lambda: call(
        "read", f.receiver.fileno(), ctypes.create_string_buffer(9), size_t(9))), 3)
    yield ("write", lambda f: call("write", f.sender.fileno(), b"abc", size_t(3)), 3)
    yield ("write of nothing", lambda f: call("write", f.sender.fileno(), b"", size_t(0)), 0)
    yield ("a message that is too long", lambda f: send(f.sender, bytes(1 << 21)), -EMSGSIZE)
    yield ("sendmsg", lambda f: sendmsg(f.sender, message(data=b"abc")), 3)
    yield ("sendmsg without data", lambda f: sendmsg(f.sender, message(iovs=0)), 0)
    yield ("sendmsg of 1025 pieces", lambda f: sendmsg(f.sender, message(iovs=1025)), -EMSGSIZE)
    yield ("recvmsg", lambda f: after(lambda: two(f), lambda: recvmsg(
        f.receiver, message(data=bytes(9)))), 3)
    yield ("recvmsg in 1025 pieces", lambda f: recvmsg(f.receiver, message(iovs=1025)), -EMSGSIZE)
    for count in 0, 1, 3:
        yield ("sendmmsg of %d" % count, lambda f, n=count: mmsg(f, "sendmmsg", n), count)
        yield ("recvmmsg of %d, where 2 are" % count, lambda f, n=count: after(
            lambda: two(f), lambda: mmsg(f, "recvmmsg", n)), min(count, 2))
    yield ("recvmmsg of nothing", lambda f: mmsg(f, "recvmmsg", 2), -EAGAIN)
    # Calls that are not for datagrams, or not for sockets.
    yield ("listen", lambda f: call("listen", f.receiver.fileno(), 1), -EOPNOTSUPP)
    yield ("accept", lambda f: call("accept", f.receiver.fileno(), None, None), -EOPNOTSUPP)
    yield ("accept4", lambda f: call("accept4", f.receiver.fileno(), None, None, 0), -EOPNOTSUPP)
    yield ("lseek", lambda f: call("lseek", f.receiver.fileno(), 0, 0), -ESPIPE)
    yield ("pread", lambda f: call("pread", f.receiver.fileno(), bytes(1), size_t(1), 0), -ESPIPE)
    yield ("ftruncate", lambda f: call("ftruncate", f.receiver.fileno(), 0), -EINVAL)
    yield ("fsync", lambda f: call("fsync", f.receiver.fileno()), -EINVAL)
    yield ("an ioctl that is none", lambda f: call(
        "ioctl", f.receiver.fileno(), 0x12345, None), -ENOTTY)
    yield ("FIONREAD", lambda f: after(lambda: two(f), lambda: struct.unpack("=i", fcntl.ioctl(
        f.receiver, 0x541b, bytes(4)))[0]), 3)
    yield ("FIONREAD of nothing", lambda f: struct.unpack("=i", fcntl.ioctl(
        f.receiver, 0x541b, bytes(4)))[0], 0)
    yield ("FIONBIO", lambda f: call(
        "ioctl", f.receiver.fileno(), 0x5421, ctypes.byref(ctypes.c_int(1))), 0)
    yield ("splice to it", lambda f: spliced(f, True), 4)
    yield ("a socket of type stream", lambda f: call("socket", f.af, 1, 0),
           -ESOCKTNOSUPPORT, "any")
    yield ("a socket of type 77", lambda f: call("socket", f.af, 77, 0), -EINVAL)
    yield ("a socket of protocol 99", lambda f: call("socket", f.af, 2, 99), -93)
    yield ("after close", lambda f: after(f.fresh.close, lambda: call(
        "send", -1, b"x", size_t(1), 0)), -EBADF)
    yield ("a file that is no socket", lambda f: call("send", 1, b"x", size_t(1), 0), -ENOTSOCK)
    # Options of SOL_SOCKET, and unknown options.
    for name, value in ("SO_TYPE", 2), ("SO_ERROR", 0), ("SO_ACCEPTCONN", 0), ("SO_PROTOCOL", 0):
        yield ("getsockopt " + name, lambda f, n=name: f.receiver.getsockopt(
            1, getattr(socket, n, 38)), value)
    for name in "SO_PASSCRED", "SO_RCVBUF", "SO_SNDBUF", "SO_REUSEADDR", "SO_KEEPALIVE":
        yield ("setsockopt " + name, lambda f, n=name: option(
            f.receiver, "setsockopt", 1, getattr(socket, n)),
            -EOPNOTSUPP if name == "SO_PASSCRED" and not core_allows_passcred() else 0, 0)
        yield ("setsockopt %s, short" % name, lambda f, n=name: option(
            f.receiver, "setsockopt", 1, getattr(socket, n), size=3), -EINVAL)
    yield ("getsockopt, length -1", lambda f: option(f.receiver, "getsockopt", 1, 3, size=-1),
           -EINVAL)
    for level in 0, 6, 41, 270:
        for which in "getsockopt", "setsockopt":
            yield ("%s at level %d" % (which, level), lambda f, w=which, at=level: option(
                f.receiver, w, at, 1), -EOPNOTSUPP)
    yield ("an option that is none", lambda f: option(f.receiver, "setsockopt", 1, 9999),
           -ENOPROTOOPT)
    # Shutdown.
    for how in -1, 3, 77:
        yield ("shutdown %d" % how, lambda f, h=how: shut(f.receiver, h), -EINVAL)
    for how in 0, 1, 2:
        yield ("shutdown %d" % how, lambda f, h=how: shut(f.receiver, h), 0)
        yield ("recv after shutdown %d" % how, lambda f, h=how: after(
            lambda: shut(f.receiver, h), lambda: recv(f.receiver)), -EAGAIN if how == 1 else 0,
            -EAGAIN)
        yield ("send after its shutdown %d" % how, lambda f, h=how: after(
            lambda: shut(f.sender, h), lambda: send(f.sender, flags=socket.MSG_NOSIGNAL)),
            -EPIPE if how else 1)
        yield ("send after the other's shutdown %d" % how, lambda f, h=how: after(
            lambda: shut(f.receiver, h), lambda: send(f.sender, flags=socket.MSG_NOSIGNAL)),
            1, 1 if how == 1 else -EPIPE)
        yield ("what was there before shutdown %d" % how, lambda f, h=how: after(
            lambda: after(lambda: two(f), lambda: shut(f.receiver, h)),
            lambda: recv(f.receiver)), 3)
    # Poll.
    yield ("poll, empty", lambda f: on_poll(f, lambda _: None), select.POLLOUT)
    yield ("poll, not empty", lambda f: on_poll(f, two), select.POLLIN | select.POLLOUT)
    yield ("poll, shut down for receiving", lambda f: on_poll(
        f, lambda _: shut(f.receiver, 0)), select.POLLIN | select.POLLOUT | select.POLLRDHUP)
    yield ("poll, shut down", lambda f: on_poll(f, lambda _: shut(f.receiver, 2)),
           select.POLLIN | select.POLLOUT | select.POLLRDHUP | select.POLLHUP)
    for times in 0, 1, 3:
        yield ("edge-triggered epoll, %d messages" % times, lambda f, n=times: edge(f, n), times)
    # Shared descriptors.
    yield ("dup: send to one, receive from the other", lambda f: on_dup(
        f, lambda f, copy: after(lambda: two(f), lambda: recv(copy))), 3)
    yield ("dup: shut down is for both", lambda f: on_dup(f, lambda f, copy: after(
        lambda: shut(copy, 0), lambda: recv(f.receiver))), 0, -EAGAIN)
    yield ("fork: the child receives", lambda f: after(
        lambda: two(f), lambda: in_child(lambda: recv(f.receiver))), 3)
    yield ("fork: the child is gone, the socket is not", lambda f: after(
        lambda: in_child(lambda: send(f.sender)), lambda: recv(f.receiver)), 1)
    yield ("O_NONBLOCK by fcntl", lambda f: after(lambda: fcntl.fcntl(
        f.receiver, fcntl.F_SETFL, os.O_NONBLOCK), lambda: call(
            "recv", f.receiver.fileno(), bytes(1), size_t(1), 0)), -EAGAIN)
    yield ("mmap", mapped, -ENODEV)


def answers(kind, function):
    fixture = kind()
    try:
        return function(fixture)
    finally:
        fixture.close()
        if kind is Kctl:
            with Channel(bound=5) as last:
                last.drain()


def compare(table_rows, least):
    """Each row must return its result, and there must be a minimum number of rows."""
    count = 0
    for name, function, expected, *other in table_rows:
        got = answers(Kctl, function)
        check.equal(got, expected, "kctl: " + name)
        wanted = other[0] if other else expected
        if wanted != "any":
            check.equal(answers(Unix, function), wanted, "unix: " + name)
        count += 1
    check.true(count >= least, "only %d rows" % count)


@case
def table():
    compare(rows(), 150)
