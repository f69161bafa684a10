# SPDX-License-Identifier: GPL-2.0-or-later
"""Channels: sockets, addresses, sending, receiving."""
import ctypes
import mmap
import os
import resource
import select
import socket
import struct
from errno import EADDRNOTAVAIL, EAFNOSUPPORT, EAGAIN, ECONNREFUSED, EDESTADDRREQ, EFAULT, \
    EINVAL, EMSGSIZE, ENOSPC, ENOTCONN, ENOTTY, EOPNOTSUPP, EPROTONOSUPPORT, ESOCKTNOSUPPORT

from abi import EPHEMERAL, MESSAGE_MAX
from channel import FILL, Channel, IoVec, MsgHdr, core_flags, events_of, family, sock_address, \
    status
from genl import Genl
from harness import Blocked, case, check, sysctl
from sys_calls import call, pointer, readonly_page, unmapped_page

DONTWAIT, PEEK, TRUNC = socket.MSG_DONTWAIT, socket.MSG_PEEK, socket.MSG_TRUNC
AF_MAX = 46


# ---- sockets and addresses -------------------------------------------------

@case
def sockets():
    """There is one socket type and one protocol."""
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
    """Every call that takes an address checks all of it."""
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
    """getsockname and getpeername return the address and its length, and write not a byte more."""
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
    check.error(Channel().bind(EPHEMERAL - 1), 0, "the last channel")
    for number in EPHEMERAL, 0xffffffff:
        check.error(Channel().bind(number), EADDRNOTAVAIL, "one that the kernel hands out")
    genl = Genl()
    check.equal([tuple(c) for c in genl.channels()], [(7, 0, 0, 2)], "the channels")
    one.close()
    check.equal([tuple(c) for c in genl.channels()], [(7, 0, 0, 1)], "one receiver less")
    two.close()
    check.equal(genl.channels(), [], "none")


@case
def bind_to_any():
    """Channel 0 selects an unused channel."""
    taken = Channel(bound=0)
    socks = [Channel(bound=0) for _ in range(50)]
    numbers = {sock.number() for sock in socks}
    check.equal(len(numbers), 50, "different numbers")
    check.true(min(numbers) >= EPHEMERAL, "the least: %#x" % min(numbers))
    check.true(taken.number() not in numbers, "one that was taken")
    check.error(socks[0].send(b"me"), 0, "send")
    check.equal(socks[0].recv(), b"me", "receive")
    taken.close()


@case
def ephemeral():
    """An ephemeral channel ends with its last bound socket, and its waiting messages are
    dropped. While it exists, other sockets can use its number."""
    sysctl("channel_max_messages", 1)
    check.error(Channel().connect(EPHEMERAL + 5), ECONNREFUSED, "connect to nobody")
    check.error(Channel().send_to(0xffffffff, b"x"), ECONNREFUSED, "send to nobody")
    check.error(Channel().send_to(EPHEMERAL - 1, b"x"), 0, "send to the last other")
    check.equal(status()["channels"], 1, "channels")
    for _ in range(2):
        one, two, sender = Channel(bound=0), Channel(), Channel()
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
        check.error(Channel().bind(number), EADDRNOTAVAIL, "bind when it has ended")
    with Channel(bound=EPHEMERAL - 1) as last:
        check.equal(last.drain(), [b"x"], "the message of the last other")


@case
def crowd():
    """1,024 sockets can be on a channel. The number of sockets that send with an address is not
    limited."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    socks = [Channel() for _ in range(1025)]
    refused = [i for i, sock in enumerate(socks)
               if (sock.bind(5) if i % 2 else sock.connect(5)) != 0]
    check.equal(refused, [1024], "the refused one")
    check.error(socks[1024].connect(5), ENOSPC, "connect")
    check.error(socks[1024].bind(5), ENOSPC, "bind")
    check.error(socks[1024].send_to(5, b"x"), 0, "send")
    check.error(socks[2].connect(6), 0, "one leaves")
    check.error(socks[1024].connect(5), 0, "space for one")
    check.equal(socks[1].recv(), b"x", "the message")
    for sock in socks:
        sock.close()


@case
def connect():
    """The destination of a message without an address."""
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


# ---- every way to send and receive -----------------------------------------

def vectors(parts):
    buffers = [ctypes.create_string_buffer(part, max(len(part), 1)) for part in parts]
    array = (IoVec * len(parts))()
    for slot, buffer, part in zip(array, buffers, parts):
        slot.base, slot.len = ctypes.addressof(buffer), len(part)
    return array, buffers


def message(parts, number=None, control=None, name_size=8):
    """Return a struct msghdr, and the objects that must live as long as it."""
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
    """The address of the sender is complete, has the right length, and no padding."""
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
    """Messages from 0 bytes to 1 MiB arrive complete. Larger ones are refused."""
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
    """An unknown flag is refused, and nothing happens."""
    send_ok = {socket.MSG_DONTWAIT, socket.MSG_NOSIGNAL, socket.MSG_EOR, socket.MSG_MORE}
    recv_ok = {socket.MSG_DONTWAIT, PEEK, TRUNC, socket.MSG_WAITALL, socket.MSG_NOSIGNAL,
               socket.MSG_CMSG_CLOEXEC}
    own = core_flags()
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
    """A message that could not be copied was not received: it stays first in the queue."""
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


@case
def io_of_other_kinds():
    """splice, sendfile and mmap, which any descriptor can be used for."""
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
    """/proc/net/protocols has a line for the family, with the number of its sockets."""
    def line():
        with open("/proc/net/protocols") as file:
            return next(row.split() for row in file if row.startswith("KCTL "))

    check.equal(line()[2], "0", "sockets")
    with Channel(), Channel():
        check.equal(line()[2], "2", "sockets, two open")
        check.equal(line()[7], "kctl", "module")
    check.equal(line()[2], "0", "sockets, closed")
