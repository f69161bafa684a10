# SPDX-License-Identifier: GPL-2.0-or-later
"""Channels: taps, exclusive receivers, configuration, and ancillary data: credentials, time
stamps, counts."""
import array
import ctypes
import errno
import fcntl
import os
import select
import socket
import struct
import sys
import time
from errno import EADDRINUSE, EADDRNOTAVAIL, EAGAIN, ECONNREFUSED, EFAULT, EIDRM, EINVAL, ENOENT, \
    ENOPROTOOPT, ENOSPC, ENOTCONN, EOPNOTSUPP, EPERM, ESRCH

import abi
from abi import CONFIGURED, CREDENTIALS, DROPS, EXCLUSIVE, EXCLUSIVE_FLAG, MODE, OWNER, \
    SOL_KCTL, TAP
from cgroup import Cgroup, enter
from channel import Channel, IoVec, MsgHdr, core_allows_passcred, events_of, status
from genl import Genl
from harness import Blocked, case, check, child, children, reap, sysctl
from identities import nobody
from sys_calls import CLONE_NEWUSER, call, pointer, unmapped_page, unshare

DONTWAIT, PEEK, TRUNC = socket.MSG_DONTWAIT, socket.MSG_PEEK, socket.MSG_TRUNC
SCM_CREDENTIALS, SO_RXQ_OVFL = 2, 40
SO_TIMESTAMP, SO_TIMESTAMPNS, SO_TIMESTAMP_NEW, SO_TIMESTAMPNS_NEW = 29, 35, 63, 64
SIOCINQ, SIOCOUTQ = 0x541B, 0x5411


def setopt(sock, name, value, size=4):
    data = ctypes.create_string_buffer(struct.pack("=i", value).ljust(size, b"\0"))
    return call("setsockopt", sock.fd, SOL_KCTL, name, data, size)


def getopt(sock, name, size=4):
    """Return (ret, size, value)."""
    data, length = ctypes.create_string_buffer(16), ctypes.c_int(size)
    ret = call("getsockopt", sock.fd, SOL_KCTL, name, data, ctypes.byref(length))
    return ret, length.value, int.from_bytes(data.raw[:max(length.value, 0)], sys.byteorder)


def tap_of(number, rcvbuf=None):
    sock = Channel()
    check.error(setopt(sock, TAP, 1), 0, "tap")
    if rcvbuf:
        sock.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
    check.error(sock.bind(number), 0, "bind of a tap")
    return sock


def details(number):
    return [c for c in Genl().channel_details() if c.number == number][0]


# ---- options ---------------------------------------------------------------

@case
def options():
    with Channel() as sock:
        for name, first in (EXCLUSIVE, 0), (TAP, 0), (MODE, 0o600), (DROPS, 0), \
                (CREDENTIALS, 0):
            check.equal(getopt(sock, name), (0, 4, first), "option %d at first" % name)
            check.equal(getopt(sock, name, 16), (0, 4, first), "a longer buffer")
            check.equal(getopt(sock, name, 2)[:2], (0, 2), "a shorter one")
            check.equal(getopt(sock, name, 0)[:2], (0, 0), "none")
            check.error(getopt(sock, name, -1)[0], EINVAL, "a negative length")
        for name in EXCLUSIVE, TAP, MODE, CREDENTIALS:
            for size in 0, 1, 3:
                check.error(setopt(sock, name, 0, size), EINVAL, "%d bytes" % size)
            check.error(call("setsockopt", sock.fd, SOL_KCTL, name,
                             pointer(unmapped_page()), 4), EFAULT, "unmapped")
            check.error(setopt(sock, name, 0, 16), 0, "a longer one")
        check.error(getopt(sock, OWNER)[0], ENOTCONN, "the owner of no channel")
        check.error(setopt(sock, OWNER, 0), ENOPROTOOPT, "the owner cannot be set")
        for name in 0, 13, -1, 999:
            check.error(setopt(sock, name, 0), ENOPROTOOPT, "option %d" % name)
            check.error(getopt(sock, name)[0], ENOPROTOOPT, "get of option %d" % name)
        check.error(setopt(sock, DROPS, 0), ENOPROTOOPT, "drops cannot be set")
        for mode, code in (0o666, 0), (0, 0), (0o777, EINVAL), (0o1600, EINVAL), (-1, EINVAL):
            check.error(setopt(sock, MODE, mode), code, "mode %o" % mode)
        for name in EXCLUSIVE, TAP, CREDENTIALS:
            check.error(setopt(sock, name, 7), 0, "option %d" % name)
            check.equal(getopt(sock, name)[2], 1, "which is 1 then")
            check.error(setopt(sock, name, 0), 0, "and off")
        check.error(sock.bind(5), 0, "bind")
        for name in EXCLUSIVE, TAP:
            check.error(setopt(sock, name, 1), EINVAL, "option %d when bound" % name)
        check.error(call("getsockopt", sock.fd, 998, 1, None, None), EOPNOTSUPP, "level")


@case
def exclusive():
    one, two, three = Channel(), Channel(), Channel()
    for sock in one, two:
        check.error(setopt(sock, EXCLUSIVE, 1), 0, "exclusive")
    check.error(three.bind(5), 0, "bind of another")
    check.error(one.bind(5), EADDRINUSE, "exclusive, where somebody is")
    check.error(one.bind(6), 0, "exclusive, where nobody is")
    check.equal(details(6).flags, EXCLUSIVE_FLAG, "the flags")
    check.error(two.bind(6), EADDRINUSE, "exclusive, where somebody wants to be alone")
    check.error(Channel().bind(6), EADDRINUSE, "any other")
    tap = tap_of(6)
    check.error(two.connect(6), 0, "a sender is no receiver")
    check.error(two.send(b"x"), 0, "send")
    check.equal((one.recv(), tap.recv()), (b"x", b"x"), "the message")
    one.close()
    check.equal(details(6).flags, 0, "the flags when it is gone")
    check.error(two.bind(6), 0, "the next")
    for sock in two, three, tap:
        sock.close()


# ---- taps ------------------------------------------------------------------

@case
def taps():
    """A tap sees all messages from the time of its bind, and takes none."""
    with Channel(bound=5) as receiver, Channel(bound=9, connected=5) as sender:
        sender.send(b"before")
        first, second = tap_of(5), tap_of(5)
        check.equal((details(5).taps, details(5).receivers), (2, 1), "in the list")
        for data in b"a", b"", b"c" * 5000:
            sender.send(data)
        check.equal(first.drain(9999), [b"a", b"", b"c" * 5000], "one tap")
        check.equal(receiver.drain(9999), [b"before", b"a", b"", b"c" * 5000], "the receiver")
        check.equal(second.recv(9, PEEK), b"a", "the other tap peeks")
        ret, data, size, addr = second.recv_from()
        check.equal((data, size, addr[4:8]), (b"a", 8, struct.pack("=I", 9)),
                    "the sender's channel")
        waiting = Blocked("recvfrom", first.recv)
        taking = Blocked("recvfrom", receiver.recv)
        sender.send(b"handed over")
        check.equal((waiting.wait(), taking.wait()), (b"handed over",) * 2, "who waited")
        check.equal(receiver.recv(9, DONTWAIT), -EAGAIN, "nothing is left")
        check.equal(first.number(), 5, "the name of a tap")
        check.error(first.send(b"by a tap"), 0, "send of a tap")
        check.equal(first.recv(9), b"by a tap", "it sees that, too")
        check.equal(receiver.recv(9), b"by a tap", "as everybody")
        first.close()
        check.equal(second.recv(9), b"", "an empty message, which cannot fault")
        check.error(second.recv_raw(unmapped_page(), 10), EFAULT, "a fault")
        check.equal(second.drain(9999), [b"c" * 5000, b"handed over", b"by a tap"],
                    "what the other has")
        second.close()
    check.equal(status()["proto_bytes"], 0, "memory")


@case
def tap_that_sends():
    """A tap that sends to its own channel waits for space there as a receiver does."""
    sysctl("channel_max_messages", 1)
    with Channel(bound=5) as receiver, tap_of(5) as tap:
        tap.fill()
        check.equal(events_of(tap, select.POLLOUT), 0, "full")
        waiting = Blocked("poll", events_of, tap, select.POLLOUT, -1)
        receiver.recv()
        check.equal(waiting.wait(), select.POLLOUT, "room")


@case
def taps_of_special_channels():
    sock = Channel()
    setopt(sock, TAP, 1)
    check.error(sock.bind(0), EINVAL, "a tap of channel 0")
    check.error(sock.bind(5), 0, "a tap makes its channel")
    check.equal(details(5)[:6], (5, 0, 0, 0, 0, 1), "which has one tap")
    with Channel() as sender:
        check.error(sender.send_to(5, b"x"), 0, "send")
    sock.close()
    with Channel(bound=5) as receiver:
        check.equal(receiver.drain(), [b"x"], "the message is there")
    receiver = Channel(bound=0)
    number = receiver.number()
    tap = tap_of(number)
    receiver.close()
    check.error(Channel().send_to(number, b"x"), ECONNREFUSED, "nobody receives")
    tap.close()
    sock = Channel()
    setopt(sock, TAP, 1)
    check.error(sock.bind(number), EADDRNOTAVAIL, "a tap when it has ended")
    sock.close()


@case
def tap_limits():
    """The receive buffer of a tap limits its copies. Dropped copies are counted exactly, and no
    sender waits for a tap."""
    with Channel(bound=5) as receiver, Channel(connected=5) as sender:
        tap = tap_of(5, rcvbuf=10000)
        tap.sock.setsockopt(socket.SOL_SOCKET, SO_RXQ_OVFL, 1)
        room = tap.sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        for i in range(100):
            check.error(sender.send(struct.pack("=I996x", i)), 0, "send %d" % i)
            receiver.recv()
        seen = []
        while not isinstance(got := receive(tap), int):
            seen.append((struct.unpack_from("=I", got[0])[0], got[1]))
        kept = len(seen)
        check.true(room // 2000 < kept <= room // 1000 + 1, "%d fit in %d" % (kept, room))
        check.equal(seen, [(i, {}) for i in range(kept)], "the first, and no drops so far")
        check.equal(getopt(tap, DROPS)[2], 100 - kept, "drops")
        sender.send(b"later")
        check.equal(receive(tap), (b"later", {SO_RXQ_OVFL: struct.pack("=I", 100 - kept)}),
                    "the next tells of them")
        receiver.drain()
        sender.send(bytes(1 << 20))
        check.equal(len(tap.recv(1 << 20)), 1 << 20, "a lone message fits, however large")
        sysctl("proto_max_bytes", 30000)
        receiver.drain(1 << 20)
        for _ in range(20):
            sender.send(bytes(1000))
        check.equal(len(receiver.drain()), 20, "the receiver")
        check.true(0 < len(tap.drain()) < 20, "taps take half of the memory at most")
        tap.close()
        sysctl("channels_max", 1)
        with Channel() as tap:
            setopt(tap, TAP, 1)
            check.error(tap.bind(6), ENOSPC, "tap of a channel that cannot be")
    check.equal(status()["proto_bytes"], 0, "memory")


# ---- ancillary data --------------------------------------------------------

def receive(sock, size=1 << 16, control=256, flags=DONTWAIT):
    """Return (data, {type: payload of SOL_SOCKET}), or minus the errno."""
    data, ctl = ctypes.create_string_buffer(size), ctypes.create_string_buffer(control)
    vector = IoVec(ctypes.addressof(data), size)
    header = MsgHdr(iov=ctypes.pointer(vector), iovlen=1,
                    control=ctypes.addressof(ctl), controllen=control)
    ret = call("recvmsg", sock.fd, ctypes.byref(header), flags)
    if ret < 0:
        return ret
    found, left = {}, ctl.raw[:header.controllen]
    while len(left) >= 16:
        length, level, kind = struct.unpack_from("=Qii", left)
        check.equal(level, socket.SOL_SOCKET, "level")
        found[kind] = left[16:length]
        left = left[(length + 7) & ~7:]
    if header.flags & socket.MSG_CTRUNC:
        found["truncated"] = True
    return data.raw[:ret], found


def send_as(sock, number, pid, uid, gid, size=28):
    control = struct.pack("=QiiIII4x", size, socket.SOL_SOCKET, SCM_CREDENTIALS, pid, uid, gid)
    ctl = ctypes.create_string_buffer(control, 32)
    vector = IoVec(ctypes.addressof(ctl), 1)
    sock.connect(number)
    header = MsgHdr(iov=ctypes.pointer(vector), iovlen=1, control=ctypes.addressof(ctl),
                    controllen=32)
    return call("sendmsg", sock.fd, ctypes.byref(header), DONTWAIT)


@case
def credentials():
    sysctl("unprivileged", 1)
    with Channel(bound=5) as sock:
        Genl().set_channel(5, mode=0o666)
        sock.send(b"x")
        check.equal(receive(sock)[1], {}, "not asked for")
        check.error(setopt(sock, CREDENTIALS, 1), 0, "asked for, after bind(2)")

        def got():
            return struct.unpack("=Iii", receive(sock)[1][SCM_CREDENTIALS])
        sock.send(b"x")
        check.equal(got(), (os.getpid(), 0, 0), "of root")
        sock.send(b"x")
        check.equal(receive(sock, flags=DONTWAIT | PEEK)[1][SCM_CREDENTIALS],
                    receive(sock)[1][SCM_CREDENTIALS], "peek")

        def by_nobody():
            nobody()
            other = Channel()
            check.error(other.send_to(5, b"x"), 0, "send")
            for who, code in ((os.getpid(), 65534, 65534), 0), ((1, 65534, 65534), EPERM), \
                    ((os.getpid(), 0, 65534), EPERM), ((os.getpid(), 65534, 0), EPERM):
                check.error(send_as(other, 5, *who), code, "as %s" % (who,))
        pid = child(by_nobody)
        reap(pid)
        check.equal([got(), got()], [(pid, 65534, 65534)] * 2, "of a process that has ended")
        check.error(send_as(sock, 5, 1, 1000, 2000), 0, "root may be anybody")
        check.equal(got(), (1, 1000, 2000), "as it says")
        check.error(send_as(sock, 5, 4000000, 0, 0), ESRCH, "but somebody")
        check.error(send_as(sock, 5, 1, 0, 0, 24), EINVAL, "a short one")
        sock.send(b"x")
        check.equal(receive(sock, control=20)[1].get("truncated"), True, "a short buffer")

        def in_userns():
            nobody()
            unshare(CLONE_NEWUSER)
            check.equal(receive(sock)[1][SCM_CREDENTIALS][4:], struct.pack("=ii", 65534, 65534),
                        "root, where it has no name")
        sock.send(b"x")
        reap(child(in_userns))
    Genl().delete_channel(5)


@case
def passcred():
    """On kernels that allow SO_PASSCRED, it and the option of kctl are the same."""
    allowed = core_allows_passcred()
    with Channel(bound=5) as sock:
        for value in 1, 0:
            check.error(setopt(sock, CREDENTIALS, 1 - value), 0, "set ours")
            if allowed:
                check.equal(sock.sock.getsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED),
                            1 - value, "the other one")
            check.error(call("setsockopt", sock.fd, socket.SOL_SOCKET, socket.SO_PASSCRED,
                             ctypes.byref(ctypes.c_int(value)), 4), 0 if allowed else EOPNOTSUPP,
                        "SO_PASSCRED %d" % value)
            ours = value if allowed else 1 - value
            check.equal(getopt(sock, CREDENTIALS)[2], ours, "ours")
            sock.send(b"x")
            check.equal(SCM_CREDENTIALS in receive(sock)[1], ours == 1, "and so it is")


@case
def time_stamps():
    """The time stamp is the time of the send, not of the receive."""
    formats = [(SO_TIMESTAMP, "=qq", 1000000), (SO_TIMESTAMPNS, "=qq", 1000000000),
               (SO_TIMESTAMP_NEW, "=qq", 1000000), (SO_TIMESTAMPNS_NEW, "=qq", 1000000000)]
    for option, layout, second in formats:
        with Channel(bound=5) as sock:
            sock.sock.setsockopt(socket.SOL_SOCKET, option, 1)
            before = time.time_ns()
            sock.send(b"x")
            after = time.time_ns()
            time.sleep(0.01)
            found = receive(sock)[1]
            check.equal(list(found), [option], "option %d" % option)
            seconds, rest = struct.unpack(layout, found[option])
            stamp = seconds * 10**9 + rest * (10**9 // second)
            check.true(before - 1000 <= stamp <= after,
                       "option %d: %d, %d, %d" % (option, before, stamp, after))


@case
def time_stamp_after_a_wait():
    """The time stamp is the time when a message entered the channel, not when its sender began
    to wait."""
    sysctl("channel_max_messages", 1)
    with Channel(bound=5) as sock, Channel(connected=5) as sender:
        sock.sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        check.error(sender.send(b"1"), 0, "send")
        waiting = Blocked("sendto", sender.send, b"2")
        before = time.time_ns()
        for data in b"1", b"2":
            seconds, rest = struct.unpack("=qq", receive(sock)[1][SO_TIMESTAMPNS])
            stamp = seconds * 10**9 + rest
            check.equal(stamp >= before, data == b"2", "message %s: %d" % (data, stamp - before))
        check.equal(waiting.wait(), 1, "the sender that waited")


@case
def ioctls():
    def ask(sock, request):
        answer = array.array("i", [-1])
        fcntl.ioctl(sock.fd, request, answer)
        return answer[0]
    with Channel(bound=5) as sock, Channel(connected=5) as sender, Channel() as neither:
        tap = tap_of(5)
        for data in b"abc", b"defgh":
            sender.send(data)
        check.equal([ask(s, SIOCINQ) for s in (sock, sender, neither, tap)], [3, 0, 0, 3],
                    "SIOCINQ")
        check.equal([ask(s, SIOCOUTQ) for s in (sock, sender, neither, tap)], [8, 8, 0, 8],
                    "SIOCOUTQ")
        sock.drain()
        check.equal([ask(s, SIOCINQ) for s in (sock, tap)], [0, 3], "SIOCINQ, received")
        check.error(call("ioctl", sock.fd, SIOCINQ, pointer(unmapped_page())), EFAULT,
                    "unmapped")
        tap.close()


# ---- configured channels ---------------------------------------------------

@case
def configured():
    """SET_CHANNEL makes a channel persistent, DEL_CHANNEL undoes that, FLUSH_CHANNEL only drops
    messages."""
    genl = Genl()
    check.error(genl.set_channel(5, uid=10, gid=20, mode=0o640), 0, "set")
    check.equal(tuple(details(5)), (5, 0, 0, 0, 0, 0, 10, 20, 0o640, CONFIGURED), "details")
    check.error(genl.set_channel(5, mode=0), 0, "set a mode that permits nothing")
    check.equal(details(5)[6:], (10, 20, 0, CONFIGURED), "details")
    check.error(genl.set_channel(5, mode=0o600), 0, "set the mode alone")
    check.equal(details(5)[6:], (10, 20, 0o600, CONFIGURED), "details")
    with Channel(bound=5, connected=5) as sock:
        sock.send(b"x")
        check.equal(details(5)[:6], (5, 1, 1, 1, 1, 0), "with a socket")
    check.error(genl.flush_channel(5), 0, "flush")
    check.equal(details(5)[:6], (5, 0, 0, 0, 0, 0), "flushed: it stays")
    check.error(genl.delete_channel(5), 0, "delete")
    check.equal(genl.channels(), [], "deleted")
    for cmd in genl.delete_channel, genl.flush_channel:
        check.error(cmd(5), ENOENT, "what is not there")
    with Channel(bound=5) as sock:
        genl.set_channel(5, mode=0o222)
        sock.send(b"x")
        check.error(genl.delete_channel(5), 0, "delete one in use")
        check.equal(details(5)[1:9], (0, 0, 1, 0, 0, 0, 0, 0o222), "it stays, empty")
        check.error(sock.recv(9, DONTWAIT), EAGAIN, "empty")
    check.equal(genl.channels(), [], "until it is closed")
    with Channel(bound=0) as sock:
        number = sock.number()
        check.error(genl.set_channel(number, mode=0o666), 0, "set an ephemeral one")
        check.equal(details(number)[8:], (0o666, 0), "its mode, not its life")
    check.error(genl.set_channel(number), ENOENT, "one that is not there")
    sysctl("channels_max", 0)
    check.error(genl.set_channel(6), ENOSPC, "one too many")


@case
def bad_requests():
    genl = Genl()
    for cmd in abi.CMD_SET_CHANNEL, abi.CMD_DEL_CHANNEL, abi.CMD_FLUSH_CHANNEL:
        check.equal(genl.errno_of(cmd), EINVAL, "no number")
        check.true("number" in genl.text, "says: " + genl.text)
        check.error(genl.on_channel(cmd, 0), errno.ERANGE, "channel 0")
        check.error(genl.on_channel(cmd, 5, mode=0o777), EINVAL, "a mode of 0777")
        check.error(genl.on_channel(cmd, 5, mode=1 << 31), EINVAL, "no mode")
    check.error(genl.set_channel(5, uid=0xffffffff), EINVAL, "no user")
    check.true("user" in genl.text, "says: " + genl.text)
    check.error(genl.set_channel(5, gid=0xffffffff), EINVAL, "no group")
    check.equal(genl.channels(), [], "no channel")


@case
def flush_lets_in():
    """A flush unblocks a waiting sender, whose message is not lost. A deletion ends the wait
    with an error."""
    sysctl("channel_max_messages", 1)
    for command, result, messages in ("flush_channel", 1, [b"2"]), \
            ("delete_channel", -EIDRM, []):
        with Channel(bound=5) as sock:
            sock.send(b"1")
            waiting = Blocked("sendto", sock.send, b"2")
            check.error(getattr(Genl(), command)(5), 0, command)
            check.equal(waiting.wait(), result, "the sender that waited")
            check.equal(sock.drain(), messages, "the messages")


# ---- charges ---------------------------------------------------------------

@case
def memory_of_a_cgroup():
    """Waiting messages are charged to the cgroup of their sender, which cannot escape its
    limit."""
    def fill():
        enter(group.path)
        sock = Channel()
        for number in range(1, 49):
            if sock.send_to(number, bytes(1 << 20), DONTWAIT) < 0:
                break
    with Cgroup(16 << 20) as group:
        pid = child(fill)
        _, how = os.waitpid(pid, 0)
        children.discard(pid)
        check.true(how in (0, 9), "the sender ends with %#x" % how)
        waiting = status()["proto_bytes"]
        check.true(4 << 20 < waiting < 16 << 20, "%d bytes in 16 MiB" % waiting)
        charged = group.charged()
        check.true(waiting <= charged <= 16 << 20, "%d bytes charged" % charged)
        for found in Genl().channels():
            Genl().flush_channel(found.number)
        check.equal(status()["proto_bytes"], 0, "memory")
