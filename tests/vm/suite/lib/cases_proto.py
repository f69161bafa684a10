# SPDX-License-Identifier: GPL-2.0-or-later
"""Door 3: sockets, addresses, sending, receiving, waiting."""
import ctypes
import mmap
import os
import resource
import select
import signal
import socket
import struct
import time
from errno import EAFNOSUPPORT, EAGAIN, ECONNREFUSED, EDESTADDRREQ, EFAULT, EINTR, \
    EINVAL, EMSGSIZE, ENOBUFS, ENOSPC, ENOTCONN, ENOTTY, EOPNOTSUPP, EPIPE, EPROTONOSUPPORT, \
    ESOCKTNOSUPPORT

from abi import EPHEMERAL, MESSAGE_MAX, Address
from channel import FILL, Channel, IoVec, MsgHdr, address, family, status
from genl import Genl
from harness import Blocked, case, check, child, eventually, expect_nothing_left, \
    kill_children, reap, sysctl, wait_blocked
from sys_calls import call, pointer, readonly_page, unmapped_page

DONTWAIT, PEEK, TRUNC = socket.MSG_DONTWAIT, socket.MSG_PEEK, socket.MSG_TRUNC
AF_MAX = 46


def sock_address(channel):
    return bytes(address(channel))


# ---- sockets and addresses -------------------------------------------------

@case
def sockets():
    """One type, one protocol."""
    af = family()
    for kind in range(1, 11):
        code = 0 if kind == socket.SOCK_DGRAM else ESOCKTNOSUPPORT
        ret = call("socket", af, kind, 0)
        check.error(ret, code, "type %d" % kind)
        if ret >= 0:
            os.close(ret)
    for protocol in 1, 2, 17, 255, 0x7fffffff:
        check.error(call("socket", af, socket.SOCK_DGRAM, protocol), EPROTONOSUPPORT,
                    "protocol %d" % protocol)
    for flag in socket.SOCK_CLOEXEC, socket.SOCK_NONBLOCK:
        ret = call("socket", af, socket.SOCK_DGRAM | flag, 0)
        check.error(ret, 0, "flag %#x" % flag)
        os.close(ret)
    with Channel() as sock:
        check.equal(sock.sock.getsockopt(socket.SOL_SOCKET, socket.SO_DOMAIN), af, "domain")
        check.equal(sock.sock.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE), 2, "type")
    check.equal(Genl().status()["family"], af, "the status")


@case
def no_such_calls():
    with Channel(bound=5) as sock:
        for name, args in [("listen", (1,)), ("accept", (None, None)),
                           ("accept4", (None, None, 0))]:
            check.error(call(name, sock.fd, *args), EOPNOTSUPP, name)
        pair = (ctypes.c_int * 2)()
        check.error(call("socketpair", family(), socket.SOCK_DGRAM, 0, pair), EOPNOTSUPP,
                    "socketpair")
        check.error(call("ioctl", sock.fd, 0x12345, pair), ENOTTY, "an ioctl")
        for level in family(), 256 + family(), 6:
            check.error(call("setsockopt", sock.fd, level, 1, pair, 4), EOPNOTSUPP,
                        "setsockopt at %d" % level)
        for how in -1, 3, 100:
            check.error(call("shutdown", sock.fd, how), EINVAL, "shutdown %d" % how)


BAD_ADDRESSES = [
    ("length 0", 0, {"length": 0}, EINVAL), ("length 1", 5, {"length": 1}, EINVAL),
    ("length 2", 5, {"length": 2}, EINVAL), ("length 7", 5, {"length": 7}, EINVAL),
    ("length -1", 5, {"length": -1}, EINVAL), ("length 129", 5, {"length": 129}, EINVAL),
    ("AF_INET", 5, {"af": 2}, EAFNOSUPPORT), ("family 255", 5, {"af": 255}, EAFNOSUPPORT),
    ("zero is 1", 5, {"zero": 1}, EINVAL), ("zero is 0x8000", 5, {"zero": 0x8000}, EINVAL),
]


@case
def bad_addresses():
    """Every call that takes an address looks at all of it."""
    for name in "bind", "connect", "sendto":
        with Channel() as sock:
            for what, channel, members, code in BAD_ADDRESSES:
                send = sock.send_to(channel, b"x", **members) if name == "sendto" else \
                    sock.name_call(name, channel, **members)
                check.error(send, code, "%s, %s" % (name, what))
            null = call(name, sock.fd, pointer(unmapped_page()), 8) if name != "sendto" \
                else call(name, sock.fd, b"x", ctypes.c_size_t(1), 0,
                          pointer(unmapped_page()), 8)
            check.error(null, EFAULT, name + ", unmapped")
            check.equal(sock.number(), 0, name + ": bound to")
            check.error(sock.name("getpeername")[0], ENOTCONN, name + ": connected to")
    with Channel() as sock:
        check.error(sock.send_to(0, b"x"), EINVAL, "sendto channel 0")
        check.error(sock.connect(0), EINVAL, "connect to channel 0")
        check.error(sock.send_to(5, b"x", af=socket.AF_UNSPEC), EAFNOSUPPORT,
                    "sendto AF_UNSPEC")
        check.error(sock.bind(5, af=socket.AF_UNSPEC), EAFNOSUPPORT, "bind AF_UNSPEC")
    check.equal(status()["channels"], 0, "channels after all that")


@case
def names():
    """getsockname and getpeername: the answer, its length, and not a byte more."""
    with Channel(bound=0x12345678, connected=0x7edcba98) as sock:
        for which, number in ("getsockname", 0x12345678), ("getpeername", 0x7edcba98):
            whole = sock_address(number)
            for length in 0, 1, 4, 7, 8, 9, 16, 128:
                ret, size, data = sock.name(which, length)
                what = "%s, length %d" % (which, length)
                got = min(length, 8)
                check.equal((ret, size), (0, 8), what)
                check.equal(data, whole[:got] + bytes([FILL] * (128 - got)), what)
            check.error(sock.name(which, -1)[0], EINVAL, which + ", length -1")
            check.error(call(which, sock.fd, pointer(unmapped_page()),
                             ctypes.byref(ctypes.c_uint32(8))), EFAULT, which)
    with Channel() as sock:
        check.equal(sock.name()[2][:8], sock_address(0), "not bound: channel 0")
        check.error(sock.name("getpeername")[0], ENOTCONN, "not connected")


@case
def bind():
    one, two = Channel(), Channel()
    check.error(one.bind(7, length=16), 0, "a longer address")
    check.equal(one.number(), 7, "its channel")
    check.error(one.bind(7), EINVAL, "bind again")
    check.error(one.bind(8), EINVAL, "bind to another")
    check.error(two.bind(7), 0, "a second receiver")
    check.error(Channel().bind(0xffffffff), 0, "the last channel")
    genl = Genl()
    check.equal([tuple(c) for c in genl.channels()], [(7, 0, 0, 2)], "the channels")
    one.close()
    check.equal([tuple(c) for c in genl.channels()], [(7, 0, 0, 1)], "one receiver less")
    two.close()
    check.equal(genl.channels(), [], "none")


@case
def bind_to_any():
    """Channel 0 stands for one that nobody uses."""
    taken = Channel(bound=EPHEMERAL)
    socks = [Channel(bound=0) for _ in range(50)]
    numbers = {sock.number() for sock in socks}
    check.equal(len(numbers), 50, "different numbers")
    check.true(min(numbers) >= EPHEMERAL, "the least: %#x" % min(numbers))
    check.true(EPHEMERAL not in numbers, "one that was taken")
    check.error(socks[0].send(b"me"), 0, "send")
    check.equal(socks[0].recv(), b"me", "receive")
    taken.close()


@case
def ephemeral():
    """A channel whose number nobody chose ends with the last who is bound to it, and
    what waits there is dropped. The number can also be named."""
    sysctl("channel_max_messages", 1)
    check.error(Channel().connect(EPHEMERAL + 5), ECONNREFUSED, "connect to nobody")
    check.error(Channel().send_to(0xffffffff, b"x"), ECONNREFUSED, "send to nobody")
    check.error(Channel().send_to(EPHEMERAL - 1, b"x"), 0, "send to the last other")
    check.equal(status()["channels"], 1, "channels")
    for number in 0, EPHEMERAL + 5:
        one, two, sender = Channel(bound=number), Channel(), Channel()
        number = one.number()
        check.error(two.bind(number), 0, "a second receiver")
        check.error(sender.connect(number), 0, "connect")
        check.error(sender.send(b"1"), 0, "send")
        waiting = Blocked("sendto", sender.send, b"2")
        one.close()
        check.equal(two.recv(9, PEEK), b"1", "the message, with one receiver left")
        two.close()
        check.error(waiting.wait(), ECONNREFUSED, "a sender that waited")
        check.error(sender.send(b"3", DONTWAIT), ECONNREFUSED, "a later one")
        check.equal(events_of(sender), select.POLLOUT, "poll")
        with Channel(bound=number) as three:
            check.error(three.recv(9, DONTWAIT), EAGAIN, "nothing waits there")
            check.error(sender.send(b"4"), 0, "somebody is there again")
            check.equal(three.recv(9, DONTWAIT), b"4", "and receives")
        sender.close()
    with Channel(bound=EPHEMERAL - 1) as last:
        check.equal(last.drain(), [b"x"], "the message of the last other")


@case
def crowd():
    """At most 1024 sockets are on a channel; there is no limit of who sends to it."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    socks = [Channel() for _ in range(1025)]
    refused = [i for i, sock in enumerate(socks)
               if (sock.bind(5) if i % 2 else sock.connect(5)) != 0]
    check.equal(refused, [1024], "who is refused")
    check.error(socks[1024].connect(5), ENOSPC, "connect")
    check.error(socks[1024].bind(5), ENOSPC, "bind")
    check.error(socks[1024].send_to(5, b"x"), 0, "send")
    check.error(socks[2].connect(6), 0, "one leaves")
    check.error(socks[1024].connect(5), 0, "which is room for one")
    check.equal(socks[1].recv(), b"x", "the message")
    for sock in socks:
        sock.close()


@case
def connect():
    """Where a message goes that has no address."""
    with Channel() as sock:
        check.error(sock.send(b"x"), EDESTADDRREQ, "neither bound nor connected")
        check.error(sock.connect(8), 0, "connect")
        check.error(sock.send(b"to 8"), 0, "send to 8")
        check.error(sock.connect(9), 0, "connect to another")
        check.error(sock.send(b"to 9"), 0, "send to 9")
        check.error(sock.connect(9), 0, "connect to the same")
        check.error(sock.send_to(8, b"to 8 again"), 0, "an address beats it")
        check.equal([tuple(c)[:2] for c in Genl().channels()], [(8, 2), (9, 1)], "so far")
        check.error(sock.bind(10), 0, "bind")
        check.error(sock.send(b"to 9 again"), 0, "connected beats bound")
        check.error(sock.connect(0, af=socket.AF_UNSPEC, length=2), 0, "disconnect")
        check.error(sock.connect(0, af=socket.AF_UNSPEC), 0, "disconnect again")
        check.error(sock.name("getpeername")[0], ENOTCONN, "not connected")
        check.error(sock.send(b"to myself"), 0, "bound only")
        check.equal(sock.recv(99, DONTWAIT), b"to myself", "its own channel")
    for number, messages in (8, [b"to 8", b"to 8 again"]), (9, [b"to 9", b"to 9 again"]):
        with Channel(bound=number) as sock:
            check.equal(sock.drain(), messages, "channel %d" % number)


# ---- every way in and out --------------------------------------------------

def vectors(parts):
    buffers = [ctypes.create_string_buffer(part, max(len(part), 1)) for part in parts]
    array = (IoVec * len(parts))()
    for slot, buffer, part in zip(array, buffers, parts):
        slot.base, slot.len = ctypes.addressof(buffer), len(part)
    return array, buffers


def message(parts, number=None, control=None, name_size=8):
    """A struct msghdr, and what has to live as long as it."""
    array, buffers = vectors(parts)
    addr = ctypes.create_string_buffer(
        sock_address(number) if number is not None else bytes([FILL] * 128), 128)
    header = MsgHdr(iov=array, iovlen=len(parts), flags=-1,
                    name=ctypes.addressof(addr) if name_size else None, namelen=name_size)
    if control:
        header.control, header.controllen = ctypes.addressof(control), len(control)
    return header, (array, buffers, addr)


def send_ways(sock, number):
    array, keep = vectors([b"wri", b"", b"tev"])
    header, keep2 = message([b"send", b"msg"], number)
    one, two = message([b"mm1"], number), message([b"mm2"], number)
    yield b"write", call("write", sock.fd, b"write", ctypes.c_size_t(5))
    yield b"send", sock.send(b"send")
    yield b"sendto", sock.send_to(number, b"sendto")
    yield b"writev", call("writev", sock.fd, array, 3)
    yield b"sendmsg", call("sendmsg", sock.fd, ctypes.byref(header), 0)
    yield b"eor", sock.send(b"eor", socket.MSG_EOR | socket.MSG_NOSIGNAL | DONTWAIT)
    yield b"more", sock.send(b"more", socket.MSG_MORE)
    del keep, keep2, one, two


@case
def ways_to_send():
    with Channel(connected=77) as sender, Channel(bound=77) as receiver:
        for data, ret in send_ways(sender, 77):
            check.equal(ret, len(data), "%s" % data)
            check.equal(receiver.recv(4096, DONTWAIT), data, "%s arrives" % data)


@case
def ways_to_receive():
    """The address of the sender is whole, has the right length, and no padding."""
    with Channel(bound=70, connected=77) as sender, Channel(bound=77) as receiver:
        for data in b"read", b"recv", b"recvfrom", b"readv", b"recvmsg", b"no name":
            sender.send(data)
        check.equal(os.read(receiver.fd, 100), b"read", "read")
        check.equal(receiver.recv(), b"recv", "recv")
        ret, data, size, addr = receiver.recv_from()
        check.equal((ret, data, size), (8, b"recvfrom", 8), "recvfrom")
        check.equal(addr, sock_address(70) + bytes([FILL] * 120), "its address")
        array, buffers = vectors([bytes(2), bytes(10)])
        check.equal(call("readv", receiver.fd, array, 2), 5, "readv")
        check.equal(buffers[0].raw + buffers[1].raw[:3], b"readv", "readv: the data")
        header, keep = message([bytes(3), bytes(10)], name_size=128)
        check.equal(call("recvmsg", receiver.fd, ctypes.byref(header), 0), 7, "recvmsg")
        check.equal((header.namelen, header.flags, header.controllen), (8, 0, 0), "header")
        check.equal(keep[2].raw, sock_address(70) + bytes([FILL] * 120), "its address")
        header, keep = message([bytes(20)], name_size=0)
        check.equal(call("recvmsg", receiver.fd, ctypes.byref(header), 0), 7, "no name")
    with Channel() as sender, Channel(bound=77) as receiver:
        for length in 0, 1, 7, 8, 9:
            sender.send_to(77, b"x")
            ret, _, size, addr = receiver.recv_from(length=length)
            got = min(length, 8)
            check.equal((ret, size), (1, 8), "recvfrom, address of %d" % length)
            check.equal(addr, sock_address(0)[:got] + bytes([FILL] * (128 - got)),
                        "recvfrom, address of %d: from nobody" % length)


@case
def many_at_once():
    """sendmmsg and recvmmsg."""
    class MMsgHdr(ctypes.Structure):
        _fields_ = [("header", MsgHdr), ("len", ctypes.c_uint32)]

    with Channel(connected=77) as sender, Channel(bound=77) as receiver:
        keep = [message([b"%d" % i * i], name_size=0) for i in range(5)]
        batch = (MMsgHdr * 5)(*[MMsgHdr(header) for header, _ in keep])
        check.equal(call("sendmmsg", sender.fd, batch, 5, 0), 5, "sendmmsg")
        keep = [message([bytes(10)], name_size=0) for _ in range(8)]
        batch = (MMsgHdr * 8)(*[MMsgHdr(header) for header, _ in keep])
        check.equal(call("recvmmsg", receiver.fd, batch, 8, DONTWAIT, None), 5, "recvmmsg")
        check.equal([m.len for m in batch[:5]], list(range(5)), "the lengths")


@case
def sizes():
    """From nothing to 1 MiB, whole; not a byte more."""
    with Channel(connected=77) as sender, Channel(bound=77) as receiver:
        data = os.urandom(MESSAGE_MAX + 1)
        for size in 0, 1, 8, 4095, 4096, 4097, 65536, MESSAGE_MAX - 1, MESSAGE_MAX:
            check.equal(sender.send(data[:size]), size, "send %d" % size)
            check.true(receiver.recv(MESSAGE_MAX + 1, DONTWAIT) == data[:size],
                       "receive %d" % size)
        check.error(sender.send(data), EMSGSIZE, "1 MiB and 1")
        check.error(sender.send_to(78, data), EMSGSIZE, "1 MiB and 1, new channel")
        check.error(receiver.recv(10, DONTWAIT), EAGAIN, "nothing came")
        for _ in range(3):
            sender.send(b"")
        check.equal(receiver.drain(), [b""] * 3, "empty messages are messages")
        check.equal(status()["proto_bytes"], 0, "memory")
        check.equal(status()["channels"], 1, "channels")


@case
def short_buffers():
    with Channel(connected=77) as sender, Channel(bound=77) as receiver:
        sender.send(b"0123456789")
        check.equal(receiver.recv(4, PEEK), b"0123", "peek 4")
        check.equal(receiver.recv_raw(0, 0, PEEK | TRUNC), 10, "peek at the length")
        check.equal(receiver.recv(20, PEEK | TRUNC), b"0123456789", "peek at all of it")
        check.equal(receiver.recv(4), b"0123", "receive 4")
        check.error(receiver.recv(4, DONTWAIT), EAGAIN, "the rest is gone")
        sender.send(b"0123456789")
        ret, data, _, _ = receiver.recv_from(4, TRUNC)
        check.equal((ret, data), (10, b"0123"), "MSG_TRUNC: the whole length")
        for size, flags in (4, TRUNC), (10, 0), (11, 0):
            sender.send(b"0123456789")
            header, keep = message([bytes(size)], name_size=0)
            call("recvmsg", receiver.fd, ctypes.byref(header), 0)
            check.equal(header.flags, flags, "recvmsg of %d: flags" % size)
            del keep
        sender.send(b"0123456789")
        check.equal(receiver.recv(0), b"", "receive 0")
        check.error(receiver.recv(4, DONTWAIT), EAGAIN, "takes the message")
        check.equal(status()["proto_bytes"], 0, "memory")


@case
def flags():
    """A flag that nobody knows is refused, and then nothing happens."""
    send_ok = {socket.MSG_DONTWAIT, socket.MSG_NOSIGNAL, socket.MSG_EOR, socket.MSG_MORE}
    recv_ok = {socket.MSG_DONTWAIT, PEEK, TRUNC, socket.MSG_WAITALL, socket.MSG_NOSIGNAL,
               socket.MSG_CMSG_CLOEXEC}
    # The kernel clears or uses these before any protocol sees them.
    own = {0x10000, 0x40000, 0x100000, 0x8000000, 0x80000000}
    # With this splice(2) says that more pages follow, where it sends page by page.
    if os.environ["KCTL_KERNEL"] == "6.1":
        own.add(0x20000)
    with Channel(bound=77) as sock:
        for bit in range(32):
            flag = 1 << bit
            signed = flag - (1 << 32) if bit == 31 else flag
            if flag not in send_ok | own:
                check.error(sock.send(b"x", signed), EOPNOTSUPP, "send %#x" % flag)
            if flag not in recv_ok | own:
                check.error(sock.recv(9, signed | DONTWAIT), EOPNOTSUPP, "recv %#x" % flag)
        check.error(sock.recv(9, DONTWAIT), EAGAIN, "nothing was sent")
        for flag in recv_ok:
            sock.send(b"x")
            check.equal(sock.recv(9, flag), b"x", "recv %#x" % flag)
            sock.drain()


@case
def ancillary_data():
    with Channel(bound=77) as sock, Channel() as other:
        files = struct.pack("=QiiI", 20, socket.SOL_SOCKET, socket.SCM_RIGHTS, other.fd)
        other_kind = struct.pack("=QiiI", 20, socket.SOL_SOCKET, 99, 0)
        for what, data in ("files", files), ("of no kind", other_kind):
            control = ctypes.create_string_buffer(data.ljust(32, b"\0"), 32)
            header, keep = message([b"x"], 77, control)
            check.error(call("sendmsg", sock.fd, ctypes.byref(header), 0), EINVAL, what)
            del keep
        check.error(sock.recv(9, DONTWAIT), EAGAIN, "nothing was sent")
        control = ctypes.create_string_buffer(bytes([FILL] * 64), 64)
        sock.send(b"x")
        header, keep = message([b" "], control=control, name_size=128)
        check.equal(call("recvmsg", sock.fd, ctypes.byref(header), 0), 1, "recvmsg")
        check.equal((header.controllen, header.flags), (0, 0), "none is received")
        check.equal(control.raw, bytes([FILL] * 64), "nor written")
        del keep


@case
def not_bound():
    with Channel(connected=77) as sock:
        check.error(sock.recv(), ENOTCONN, "receive on a socket that is not bound")
        check.error(sock.recv(4, PEEK | DONTWAIT), ENOTCONN, "or peek")


@case
def faults():
    """What could not be copied was not received: the next finds it first in line."""
    bad, readonly = unmapped_page(), readonly_page(bytes(100))
    with Channel(connected=77) as sender, Channel(bound=77) as receiver:
        for where, address_, size in [("unmapped", bad, 10), ("read-only", readonly, 10),
                                      ("NULL", 0, 10)]:
            sender.send(b"first")
            sender.send(b"second")
            check.error(receiver.recv_raw(address_, size), EFAULT, where)
            check.error(receiver.recv_raw(address_, size, PEEK), EFAULT, where + ", peek")
            check.equal(receiver.drain(), [b"first", b"second"], where + ": the messages")
            check.error(call("send", sender.fd, pointer(bad), ctypes.c_size_t(8192), 0),
                        EFAULT, where + ", send")
            check.equal(status()["proto_bytes"], 0, where + ": memory")
        check.error(receiver.recv(4, DONTWAIT), EAGAIN, "nothing was sent")
        waiting = Blocked("recvfrom", receiver.recv_raw, bad, 10)
        sender.send(b"handed over")
        check.error(waiting.wait(), EFAULT, "a receiver that waited")
        check.equal(receiver.recv(20, DONTWAIT), b"handed over", "its message")


# ---- waiting ---------------------------------------------------------------

@case
def persistence():
    """Messages outlive their sender; a channel outlives its messages not."""
    genl = Genl()
    reap(child(lambda: check.equal(Channel().send_to(123, b"abc"), 3, "send")))
    check.equal([tuple(c) for c in genl.channels()], [(123, 1, 3, 0)], "the channel")
    now = genl.status()
    check.equal((now["sockets"], now["channels"]), (0, 1), "no socket")
    with Channel(bound=123) as receiver:
        check.equal(receiver.recv(100, DONTWAIT), b"abc", "the message")
    check.equal(genl.channels(), [], "no channel")


@case
def blocking_receive():
    with Channel(bound=77) as receiver, Channel(connected=77) as sender:
        waiting = Blocked("recvfrom", receiver.recv)
        sender.send(b"at last")
        check.equal(waiting.wait(), b"at last", "what a blocked receiver gets")
        peeking = Blocked("recvfrom", receiver.recv, 100, PEEK)
        waiting = Blocked("recvfrom", receiver.recv)
        sender.send(b"for both")
        check.equal((peeking.wait(), waiting.wait()), (b"for both",) * 2, "one peeks")
        peeking = Blocked("recvfrom", receiver.recv, 100, PEEK)
        sender.send(b"it stays")
        check.equal(peeking.wait(), b"it stays", "a blocked peek")
        check.equal(receiver.recv(100, DONTWAIT), b"it stays", "takes nothing")


@case
def blocking_send():
    sysctl("channel_max_messages", 2)
    with Channel(bound=77) as receiver, Channel(connected=77) as sender:
        check.equal(sender.fill(), 2, "messages that fit")
        waiting = Blocked("sendto", sender.send, b"late")
        check.error(sender.send(b"!", DONTWAIT), EAGAIN, "nobody overtakes")
        check.equal(receiver.recv(), b"x", "make room")
        check.equal(waiting.wait(), 4, "the blocked sender")
        check.equal(receiver.drain(), [b"x", b"late"], "the messages")
        sysctl("channel_max_bytes", 100)
        sender.send(bytes(60))
        large = Blocked("sendto", sender.send, bytes(50))
        small = Blocked("sendto", sender.send, b"small")
        check.equal(len(receiver.recv()), 60, "make room")
        check.equal((large.wait(), small.wait()), (50, 5), "both senders")
        check.equal([len(m) for m in receiver.drain()], [50, 5], "in their order")


@case
def timeouts():
    sysctl("channel_max_messages", 1)
    quarter = struct.pack("=qq", 0, 250000)
    with Channel(bound=77) as sock:
        sock.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, quarter)
        sock.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, quarter)
        for name, function in ("receive", lambda: sock.recv(9)), \
                              ("send", lambda: sock.send(b"y")):
            start = time.monotonic()
            check.error(function(), EAGAIN, name)
            took = time.monotonic() - start
            check.true(0.24 < took < 3, "%s took %f s" % (name, took))
            sock.fill()
        check.equal(sock.drain(), [b"x"], "the messages")


@case
def interrupted():
    """By a signal: EINTR, or the call goes on, as the handler wants it."""
    with Channel(bound=77) as sock:
        seen = []
        signal.signal(signal.SIGALRM, lambda *_: seen.append(1))
        signal.siginterrupt(signal.SIGALRM, True)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        check.error(sock.recv(), EINTR, "receive")
        sysctl("channel_max_messages", 1)
        sock.fill()
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        check.error(sock.send(b"y"), EINTR, "send")
        check.equal(sock.drain(), [b"x"], "an interrupted send sends nothing")
        signal.siginterrupt(signal.SIGALRM, False)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        waiting = child(send_later, 77, b"after the signal")
        check.equal(sock.recv(), b"after the signal", "a receive that goes on")
        check.equal(len(seen), 3, "signals")
        reap(waiting)


def send_later(number, data):
    time.sleep(0.4)
    with Channel() as sock:
        sock.send_to(number, data)


@case
def shutdowns():
    sysctl("channel_max_messages", 1)
    with Channel(bound=77) as sock, Channel(connected=77) as other:
        waiting = Blocked("recvfrom", sock.recv)
        check.error(call("shutdown", sock.fd, socket.SHUT_RD), 0, "shut receiving down")
        check.equal(waiting.wait(), b"", "a blocked receiver")
        check.equal(sock.recv(), b"", "a later one")
        check.error(sock.send(b"x"), 0, "it still sends")
        waiting = Blocked("sendto", sock.send, b"y")
        check.error(call("shutdown", sock.fd, socket.SHUT_WR), 0, "shut sending down")
        check.error(waiting.wait(), EPIPE, "a blocked sender")
        check.error(sock.send(b"y"), EPIPE, "a later one")
        check.true(events_of(sock) & select.POLLOUT, "poll: it does not block")
        check.error(sock.send_to(78, b"y"), EPIPE, "to another channel")
        check.equal(sock.recv(), b"x", "what was there is received")
        check.equal(sock.recv(), b"", "and then the end")
        check.error(other.send(b"z"), 0, "others are not concerned")
        check.equal(sock.recv(), b"z", "nor their messages")


@case
def shutdown_of_both():
    with Channel(bound=77) as sock:
        poll = select.poll()
        poll.register(sock.fd, select.POLLIN | select.POLLRDHUP)
        waiting = Blocked("recvfrom", sock.recv)
        check.error(call("shutdown", sock.fd, socket.SHUT_RDWR), 0, "shutdown")
        check.equal(waiting.wait(), b"", "a blocked receiver")
        check.equal(poll.poll(0)[0][1], select.POLLIN | select.POLLRDHUP | select.POLLHUP,
                    "poll")
        check.error(sock.send(b""), EPIPE, "an empty message")


def events_of(sock, wanted=select.POLLIN | select.POLLOUT, milliseconds=0):
    poll = select.poll()
    poll.register(sock.fd, wanted)
    found = poll.poll(milliseconds)
    return found[0][1] if found else 0


@case
def poll():
    sysctl("channel_max_messages", 2)
    with Channel(bound=77) as receiver, Channel(connected=77) as sender, \
            Channel() as neither:
        check.equal(events_of(receiver), select.POLLOUT, "empty, bound")
        check.equal(events_of(sender), select.POLLOUT, "empty, connected")
        check.equal(events_of(neither), select.POLLOUT, "neither")
        sender.send(b"1")
        check.equal(events_of(receiver), select.POLLIN | select.POLLOUT, "one, bound")
        check.equal(events_of(sender), select.POLLOUT, "one, connected")
        sender.send(b"2")
        check.equal(events_of(receiver), select.POLLIN, "full, bound")
        check.equal(events_of(sender), 0, "full, connected")
        for sock, name in (receiver, "bound"), (sender, "connected"):
            waiting = poll_blocked(sock, select.POLLOUT)
            check.equal(receiver.recv(), b"%d" % (1 + (name == "connected")), name)
            check.equal(waiting.wait(), select.POLLOUT, "full, then room: " + name)
            sender.send(b"3" if name == "connected" else b"2")
            sender.fill(b"2")
        receiver.drain()
        waiting = poll_blocked(receiver, select.POLLIN)
        sender.send(b"x")
        check.equal(waiting.wait(), select.POLLIN, "empty, then one")
        receiver.drain()


def poll_blocked(sock, wanted):
    return Blocked("poll", events_of, sock, wanted, 10000)


@case
def poll_before_messages():
    """Who binds to a channel that has messages is told, though none arrives."""
    with Channel() as sender, Channel() as receiver:
        sender.send_to(77, b"x")
        waiting = poll_blocked(receiver, select.POLLIN)
        receiver.bind(77)
        check.equal(waiting.wait(), select.POLLIN, "bind")
        sysctl("channel_max_messages", 1)
        sender.connect(77)
        check.equal(events_of(sender), 0, "full")
        waiting = poll_blocked(sender, select.POLLOUT)
        sender.connect(78)
        check.equal(waiting.wait(), select.POLLOUT, "connect to another")
        receiver.drain()


@case
def epoll():
    """Level- and edge-triggered, for both directions."""
    sysctl("channel_max_messages", 3)
    for edge in 0, select.EPOLLET:
        what = "edge" if edge else "level"
        with Channel(bound=77) as receiver, Channel(connected=77) as sender, \
                select.epoll() as ins, select.epoll() as outs:
            ins.register(receiver.fd, select.EPOLLIN | edge)
            outs.register(sender.fd, select.EPOLLOUT | edge)
            check.equal(len(outs.poll(0)), 1, what + ": room")
            check.equal(len(outs.poll(0)), int(not edge), what + ": still room")
            check.equal(len(ins.poll(0)), 0, what + ": empty")
            for _ in range(3):
                sender.send(b"x")
                check.equal(len(ins.poll(0)), 1, what + ": a message")
            check.equal(len(ins.poll(0)), int(not edge), what + ": still there")
            check.error(sender.send(b"y", DONTWAIT), EAGAIN, what + ": full")
            outs.poll(0)
            check.equal(len(outs.poll(0)), 0, what + ": no room")
            receiver.recv()
            check.equal(len(outs.poll(0)), 1, what + ": room again")
            receiver.drain()


# ---- many at once ----------------------------------------------------------

def send_numbers(number, who, count):
    with Channel(connected=number) as sock:
        for i in range(count):
            check.equal(sock.send(struct.pack("=II", who, i)), 8, "send")


@case
def order():
    """What one sends through a channel that is nearly always full stays in order."""
    sysctl("channel_max_messages", 8)
    with Channel(bound=77) as receiver:
        pid = child(send_numbers, 77, 1, 1000)
        got = [receiver.recv() for _ in range(1000)]
        check.equal(got, [struct.pack("=II", 1, i) for i in range(1000)], "the messages")
        reap(pid)


def receive_numbers(number, out):
    found = []
    with Channel(bound=number) as sock:
        os.write(out, b"r")
        while (data := sock.recv()) != b"":
            found.append(data)
    with os.fdopen(out, "wb", 0) as file:
        file.write(b"".join(found))


def spread(senders, receivers, count):
    """Returns what each receiver got."""
    pipes = [os.pipe() for _ in range(receivers)]
    takers = [child(receive_numbers, 77, out) for _, out in pipes]
    for back, out in pipes:
        os.read(back, 1)
        os.close(out)
    for pid in [child(send_numbers, 77, who, count) for who in range(senders)]:
        reap(pid)
    with Channel() as end:
        for _ in takers:
            end.send_to(77, b"")
    parts = []
    for back, _ in pipes:
        with os.fdopen(back, "rb") as file:
            data = file.read()
        parts.append([struct.unpack_from("=II", data, at) for at in range(0, len(data), 8)])
    for pid in takers:
        reap(pid)
    return parts


@case
def competition():
    """4 processes send 500 messages each, 4 receive, through a channel of 8: each
    message arrives once, and each receiver sees each sender's in order."""
    sysctl("channel_max_messages", 8)
    parts = spread(4, 4, 500)
    together = sorted(sum(parts, []))
    check.equal(together, [(who, i) for who in range(4) for i in range(500)], "together")
    for receiver, part in enumerate(parts):
        for who in range(4):
            mine = [i for w, i in part if w == who]
            check.true(mine == sorted(mine), "receiver %d, sender %d" % (receiver, who))
    check.true(all(parts), "each got some: %s" % [len(p) for p in parts])


def block_in(action, number):
    with Channel(bound=number) as sock:
        if action == "recvfrom":
            sock.recv()
        else:
            sock.send(b"never")


@case
def killed():
    """kill -9 of a blocked receiver, and of a blocked sender: nothing is lost, nothing
    is sent, nobody else waits longer."""
    sysctl("channel_max_messages", 1)
    pid = child(block_in, "recvfrom", 77)
    wait_blocked("recvfrom", pid)
    with Channel(bound=77) as sock:
        waiting = Blocked("recvfrom", sock.recv)
        os.kill(pid, signal.SIGKILL)
        reap(pid, -signal.SIGKILL)
        sock.send(b"not for the dead")
        check.equal(waiting.wait(), b"not for the dead", "the next receiver")

        sock.send(b"x")
        pid = child(block_in, "sendto", 77)
        wait_blocked("sendto", pid)
        waiting = Blocked("sendto", sock.send, b"after the dead")
        os.kill(pid, signal.SIGKILL)
        reap(pid, -signal.SIGKILL)
        check.equal(sock.recv(), b"x", "make room")
        check.equal(waiting.wait(), 14, "the next sender")
        check.equal(sock.drain(), [b"after the dead"], "the messages")


@case
def killed_in_flight():
    """Receivers are killed while messages come: each message is received by somebody
    who lives, or by one who died after it; the rest is in order."""
    with Channel(bound=77) as sock:
        for turn in range(10):
            pid = child(block_in, "recvfrom", 77)
            wait_blocked("recvfrom", pid)
            os.kill(pid, signal.SIGKILL)
            sock.send(b"%d" % turn)
            reap(pid, -signal.SIGKILL)
            got = sock.recv(9, DONTWAIT)
            check.equal(got, b"%d" % turn, "turn %d" % turn)


@case
def closed_by_another_thread():
    """close(2) of a descriptor that somebody blocks on changes nothing for him."""
    receiver = Channel(bound=77)
    copy = Channel(bound=77)
    waiting = Blocked("recvfrom", receiver.recv)
    os.close(receiver.sock.detach())
    copy.send(b"still there")
    check.equal(waiting.wait(), b"still there", "the blocked receiver")
    copy.close()


def churn(number, times):
    for i in range(times):
        with Channel(bound=number) as sock:
            sock.send(b"x", DONTWAIT)
            sock.recv(1, DONTWAIT)
        with Channel(connected=number) as sock:
            sock.connect(number + 1)
            sock.send_to(number, b"y", DONTWAIT)
            events_of(sock)
        with Channel(bound=number + 1) as sock:
            sock.connect(number)
            sock.recv(1, DONTWAIT | PEEK)
            call("shutdown", sock.fd, i % 3)


@case
def coming_and_going():
    """Channels are made, found and ended by four processes at the same time."""
    sysctl("channel_max_messages", 4)
    for pid in [child(churn, 77, 150) for _ in range(4)]:
        reap(pid)
    for number in 77, 78:
        with Channel(bound=number) as sock:
            sock.drain()
    check.equal(status()["channels"], 0, "channels")
    check.equal(status()["proto_bytes"], 0, "memory")


# ---- limits ----------------------------------------------------------------

@case
def message_limit():
    sysctl("channel_max_messages", 5)
    with Channel(bound=77) as sock:
        check.equal(sock.fill(b""), 5, "empty messages that fit")
        check.error(sock.send(b"", DONTWAIT), EAGAIN, "one more")
        check.equal(Genl().channels()[0].messages, 5, "in the channel")
        sysctl("channel_max_messages", 2)
        sock.recv()
        check.error(sock.send(b"", DONTWAIT), EAGAIN, "a lowered limit")
        sysctl("channel_max_messages", 6)
        check.equal(sock.fill(b""), 2, "a raised limit")
        sock.drain()


@case
def byte_limit():
    sysctl("channel_max_bytes", 1000)
    with Channel(bound=77) as sock:
        check.error(sock.send(bytes(1001)), EMSGSIZE, "can never fit")
        check.equal(sock.fill(bytes(400)), 2, "of 400 bytes")
        check.error(sock.send(bytes(201), DONTWAIT), EAGAIN, "a byte too many")
        check.error(sock.send(bytes(200), DONTWAIT), 0, "exactly full")
        check.error(sock.send(b"", DONTWAIT), 0, "an empty one")
        check.equal(Genl().channels()[0], (77, 4, 1000, 1), "the channel")
        sock.drain()


@case
def channel_limit():
    sysctl("channels_max", 3)
    with Channel(bound=1) as sock, Channel(connected=2) as other, Channel() as third:
        check.error(third.send_to(3, b"x"), 0, "the third, by a message")
        check.error(third.bind(4), ENOSPC, "bind to a fourth")
        check.error(third.bind(0), ENOSPC, "bind to any")
        check.error(third.connect(4), ENOSPC, "connect to a fourth")
        check.error(third.send_to(4, b"x"), ENOSPC, "send to a fourth")
        check.error(other.connect(4), ENOSPC, "connect elsewhere")
        check.equal(other.name("getpeername")[2][:8], sock_address(2), "connected as before")
        check.equal(status()["channels"], 3, "channels")
        check.error(third.bind(3), 0, "bind to one that is")
        check.equal(third.drain(), [b"x"], "its message")
        sock.close()
        check.error(third.connect(4), 0, "room for one")


@case
def memory_limit():
    sysctl("proto_max_bytes", 100000)
    with Channel(bound=77) as sock:
        count = 0
        while (ret := sock.send_to(100 + count, bytes(10000), DONTWAIT)) >= 0:
            count += 1
        check.error(ret, ENOBUFS, "one too many")
        check.equal(count, 9, "messages of 10000 bytes")
        check.equal(status()["channels"], 10, "channels: none of the refused one")
        used = status()["proto_bytes"]
        check.true(90000 < used <= 100000, "memory: %d" % used)
        check.error(sock.send(bytes(100000)), ENOBUFS, "also when it could wait")
        check.equal(status()["proto_bytes"], used, "memory after that")
    for number in range(100, 109):
        with Channel(bound=number) as receiver:
            check.equal(len(receiver.recv(20000, DONTWAIT)), 10000, "%d" % number)
    expect_nothing_left("messages")


@case
def io_of_other_kinds():
    """splice, sendfile and a mapping: what any descriptor can be asked for."""
    with Channel(bound=77) as sock:
        back, out = os.pipe()
        os.write(out, b"spliced")
        check.equal(call("splice", back, None, sock.fd, None, ctypes.c_size_t(7), 0), 7,
                    "splice to a channel")
        check.equal(sock.recv(100, DONTWAIT), b"spliced", "the message")
        sock.send(b"to a pipe")
        ret = call("splice", sock.fd, None, out, None, ctypes.c_size_t(100), 0)
        check.true(ret in (9, -EINVAL), "splice from a channel: %d" % ret)
        if ret == 9:
            check.equal(os.read(back, 100), b"to a pipe", "the pipe")
        sock.drain()
        ret = call("mmap", None, ctypes.c_size_t(4096), mmap.PROT_READ, mmap.MAP_PRIVATE,
                   sock.fd, 0)
        check.true(ret in (-1, 2**64 - 1) or ret < 0, "mmap: %s" % ret)
        os.close(back)
        os.close(out)


@case
def protocols():
    """/proc/net/protocols has a line of ours, and it counts."""
    def line():
        with open("/proc/net/protocols") as file:
            return next(row.split() for row in file if row.startswith("KCTL "))

    check.equal(line()[2], "0", "sockets")
    with Channel(), Channel():
        check.equal(line()[2], "2", "sockets, two open")
        check.equal(line()[7], "kctl", "module")
    check.equal(line()[2], "0", "sockets, closed")
