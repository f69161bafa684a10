# SPDX-License-Identifier: GPL-2.0-or-later
"""Generic netlink: requests, attributes, the status, dumps of channels."""
import os
import struct
import threading
from errno import EAFNOSUPPORT, EBUSY, EINVAL, ENOENT, ENOSPC, EOPNOTSUPP, ERANGE

from abi import CHANNEL_SOCKETS_LISTED, CMD_GET_CHANNELS, CMD_GET_STATUS, \
    CMD_GET_WATCHERS, CMD_ICMP_EVENTS, CMD_WATCH_START, CMD_WATCH_STOP, COALESCE_MAX, \
    EPHEMERAL, SNAPLEN_MAX, TAP, W_CODE, W_COALESCE, W_DELIVERED, W_DIRECTION, W_DST, \
    W_DST_LEN, W_FAMILY, W_HOST, W_HOST_LEN, W_IFINDEX, W_LOST, W_MATCHED, W_PAD, W_PORT, \
    W_SAMPLE, W_SNAPLEN, W_SRC, W_SRC_LEN, W_TYPES4, W_TYPES6
from cases_channel import setopt
from channel import Channel, family
from genl import NLM_F_DUMP, Genl, Watcher, attr, u32
from harness import case, check, sysctl
from store import Store


@case
def requests():
    """Unknown commands, and commands with wrong flags or attributes."""
    genl = Genl()
    for cmd in 0, CMD_ICMP_EVENTS, 6, 200:
        check.equal(genl.errno_of(cmd), EOPNOTSUPP, "command %d" % cmd)
        check.equal(genl.errno_of(cmd, flags=NLM_F_DUMP), EOPNOTSUPP, "dump %d" % cmd)
    for cmd in CMD_GET_STATUS, CMD_WATCH_START, CMD_WATCH_STOP:
        check.equal(genl.errno_of(cmd, flags=NLM_F_DUMP), EOPNOTSUPP, "dump %d" % cmd)
    for cmd in CMD_GET_CHANNELS, CMD_GET_WATCHERS:
        check.equal(genl.errno_of(cmd), EOPNOTSUPP, "command %d, no dump" % cmd)
    for cmd in CMD_GET_STATUS, CMD_WATCH_START, CMD_WATCH_STOP:
        check.equal(genl.errno_of(cmd, reserved=1), EINVAL, "reserved, command %d" % cmd)
        check.equal(genl.errno_of(cmd, b"\0\0"), EINVAL, "2 bytes more, command %d" % cmd)
    for cmd, flags in [(CMD_GET_STATUS, 4), (CMD_WATCH_STOP, 4),
                       (CMD_GET_CHANNELS, NLM_F_DUMP), (CMD_GET_WATCHERS, NLM_F_DUMP)]:
        for kind in 0, 1, 2, 100:
            for payload in b"", b"1234":
                check.equal(genl.errno_of(cmd, attr(kind, payload), flags=flags), EINVAL,
                            "command %d with attribute %d" % (cmd, kind))
    check.equal(genl.status()["watchers"], 0, "watchers after all that")


def bad_prefixes(kind):
    """Return bad prefixes. The number of the length attribute is KIND + 1."""
    rows = [("prefix of %d bytes" % size, attr(kind, bytes(size)), ERANGE)
            for size in (0, 1, 3, 17, 100)]
    rows += [("prefix of %d bytes" % size, attr(kind, bytes(size)), EINVAL)
             for size in (5, 8, 15)]
    other = W_DST if kind == W_SRC else W_SRC
    rows += [
        ("a length alone", u32(kind + 1, 0), EINVAL),
        ("a length alone", u32(kind + 1, 32), EINVAL),
        ("33 bits of IPv4", attr(kind, bytes(4)) + u32(kind + 1, 33), EINVAL),
        ("10.0.0.1/31", attr(kind, b"\x0a\0\0\x01") + u32(kind + 1, 31), EINVAL),
        ("128.0.0.0/0", attr(kind, b"\x80\0\0\0") + u32(kind + 1, 0), EINVAL),
        ("::1/127", attr(kind, bytes(15) + b"\1") + u32(kind + 1, 127), EINVAL),
        ("0:0:1::/32", attr(kind, bytes(5) + b"\1" + bytes(10)) + u32(kind + 1, 32), EINVAL),
        ("IPv4 of IPv6", attr(kind, bytes(4)) + u32(W_FAMILY, 10), EINVAL),
        ("IPv6 of IPv4", attr(kind, bytes(16)) + u32(W_FAMILY, 2), EINVAL),
        ("IPv4 and IPv6", attr(kind, bytes(4)) + attr(other, bytes(16)), EINVAL),
    ]
    return rows


def bad_attributes():
    """Return [(description, attributes of WATCH_START, errno)]."""
    rows = [("nothing", b"", 0)]
    for kind in W_FAMILY, W_DIRECTION, W_SNAPLEN, W_IFINDEX, W_SRC_LEN, W_DST_LEN, \
            W_HOST_LEN, W_CODE, W_SAMPLE, W_COALESCE:
        for size in 0, 1, 2, 3, 5, 8:
            rows.append(("u32 %d of %d bytes" % (kind, size), attr(kind, bytes(size)), EINVAL))
    for value in 0, 1, 7, 9, 11, 255, 258, 0xffffffff:
        rows.append(("family %d" % value, u32(W_FAMILY, value), EAFNOSUPPORT))
    for value in 0, 4, 5, 8, 0x101, 0xffffffff:
        rows.append(("direction %d" % value, u32(W_DIRECTION, value), EINVAL))
    for value in SNAPLEN_MAX + 1, 65535, 65536, 1 << 31, 0xffffffff:
        rows.append(("snaplen %d" % value, u32(W_SNAPLEN, value), ERANGE))
    for kind in W_TYPES4, W_TYPES6:
        for size in 0, 257, 1000:
            rows.append(("%d types" % size, attr(kind, bytes(size)), ERANGE))
    for kind, value in [(W_SNAPLEN, SNAPLEN_MAX + 1), (W_COALESCE, COALESCE_MAX + 1),
                        (W_COALESCE, 0xffffffff), (W_CODE, 256), (W_CODE, 0xffffffff),
                        (W_SAMPLE, 0), (W_IFINDEX, 0), (W_SRC_LEN, 129), (W_DST_LEN, 129),
                        (W_HOST_LEN, 129)]:
        rows.append(("attribute %d of %d" % (kind, value), u32(kind, value), ERANGE))
    for kind in W_SRC, W_DST, W_HOST:
        rows += bad_prefixes(kind)
    for kind in 0, W_PAD, W_MATCHED, W_LOST, W_DELIVERED, W_PORT, W_HOST_LEN + 1, 100, \
            0x3fff, 0x8000 | W_FAMILY:
        rows.append(("attribute %#x" % kind, attr(kind, struct.pack("=I", 2)), EINVAL))
    rows += [
        ("a good and a bad one", u32(W_FAMILY, 2) + u32(W_DIRECTION, 4), EINVAL),
        ("a bad and a good one", u32(W_DIRECTION, 4) + u32(W_FAMILY, 2), EINVAL),
        ("a good one, then a bad repetition", u32(W_FAMILY, 2) + u32(W_FAMILY, 7),
         EAFNOSUPPORT),
        ("longer than the message", struct.pack("=HHI", 12, W_FAMILY, 2), EINVAL),
        ("shorter than its header", struct.pack("=HHI", 3, W_FAMILY, 2), EINVAL),
        ("half a header", b"\x08\0", EINVAL),
    ]
    return rows


def good_attributes():
    rows = [u32(W_FAMILY, 2), u32(W_FAMILY, 10), u32(W_SNAPLEN, 0), u32(W_SNAPLEN, 1),
            u32(W_SNAPLEN, SNAPLEN_MAX), attr(W_TYPES4, b"\0"), attr(W_TYPES4, b"\xff"),
            attr(W_TYPES4, bytes(range(256))), attr(W_TYPES6, bytes(256)),
            u32(W_FAMILY, 2) + attr(W_TYPES6, b"\x80"), u32(W_FAMILY, 10) * 2,
            u32(W_IFINDEX, 1), u32(W_IFINDEX, 0xffffffff), u32(W_CODE, 0), u32(W_CODE, 255),
            u32(W_SAMPLE, 1), u32(W_SAMPLE, 0xffffffff), u32(W_COALESCE, 0),
            u32(W_COALESCE, COALESCE_MAX), attr(W_SRC, b"\xff" * 4), attr(W_DST, b"\xff" * 16),
            attr(W_SRC, bytes(4)) + u32(W_SRC_LEN, 0) + u32(W_FAMILY, 2),
            attr(W_SRC, b"\x0a" + bytes(3)) + u32(W_SRC_LEN, 7) + attr(W_DST, bytes(4)),
            attr(W_SRC, bytes(16)) + u32(W_SRC_LEN, 0) + u32(W_FAMILY, 10),
            attr(W_DST, b"\xfe\x80" + bytes(14)) + u32(W_DST_LEN, 9)]
    rows += [u32(W_DIRECTION, value) for value in (1, 2, 3)]
    return [("good %s" % row.hex(), row, 0) for row in rows]


@case
def attributes():
    genl = Genl()
    for what, attrs, code in bad_attributes() + good_attributes():
        check.equal(genl.errno_of(CMD_WATCH_START, attrs), code, what)
        check.equal(genl.status()["watchers"], 0 if code else 1, what + ": watchers")
        check.equal(genl.errno_of(CMD_WATCH_STOP), 0 if not code else
                    genl.errno_of(CMD_WATCH_STOP), what + ": stop")
    # A socket that once was a watcher can be stopped again. One that never was cannot.
    fresh = Genl()
    for what, attrs, code in bad_attributes():
        if code:
            check.equal(fresh.errno_of(CMD_WATCH_START, attrs), code, what)
    check.equal(fresh.errno_of(CMD_WATCH_STOP), ENOENT, "stop after refused starts")


@case
def words():
    """The kernel gives a reason where only the kernel knows it."""
    genl = Genl()
    rows = [
        (CMD_WATCH_START, u32(W_FAMILY, 7), EAFNOSUPPORT, "family"),
        (CMD_WATCH_START, u32(W_DIRECTION, 0), EINVAL, "direction"),
        (CMD_WATCH_STOP, b"", ENOENT, "no watcher"),
        (CMD_WATCH_START, b"", 0, ""),
        (CMD_WATCH_START, b"", EBUSY, "already"),
    ]
    for cmd, attrs, code, word in rows:
        genl.text = ""
        check.equal(genl.errno_of(cmd, attrs), code, "command %d" % cmd)
        check.true(word in genl.text, "'%s' has no '%s'" % (genl.text, word))


@case
def status_values():
    """Each number of the status follows what it counts."""
    genl = Genl()
    new = genl.status()
    version = open("/sys/module/kctl/version").read().strip()
    expected = {
        "module_version": version, "abi_version": 12, "family": family(),
        "store_generation": 0, "store_entries": 0, "store_max_entries": 65536,
        "store_bytes": 0, "store_max_bytes": 16 << 20, "watchers": 0, "hooks": 0,
        "sockets": 0, "channels": 0, "channels_max": 4096, "channel_max_messages": 1024,
        "channel_max_bytes": 1 << 20, "proto_bytes": 0, "proto_max_bytes": 64 << 20,
        "watchers_max": 1024, "watch_bytes": 0, "watch_max_bytes": 512 << 20,
        "proto_events": 0,
    }
    check.equal(new, expected, "a new namespace")

    store = Store()
    store.set_entry(b"a", b"12345")
    store.set_entry(b"b", b"")
    store.delete(b"b")
    watchers = [Watcher(), Watcher()]
    channels = [Channel(bound=5), Channel(connected=6), Channel()]
    channels[2].send_to(7, bytes(1000))
    now = genl.status()
    check.true(1000 < now["proto_bytes"] < 1200, "proto_bytes: %d" % now["proto_bytes"])
    check.equal(now["watch_bytes"], sum(watcher.rcvbuf() for watcher in watchers),
                "watch_bytes")
    expected.update(store_generation=3, store_entries=1, store_bytes=5, watchers=2,
                    hooks=4, watch_bytes=now["watch_bytes"], sockets=3, channels=3,
                    proto_bytes=now["proto_bytes"])
    check.equal(now, expected, "a used namespace")

    for thing in watchers + channels:
        thing.close()
    with Channel(bound=7) as receiver:
        check.equal(receiver.recv(), bytes(1000), "the message")
    store.delete(b"a")
    expected.update(store_generation=4, store_entries=0, store_bytes=0, watchers=0,
                    hooks=0, watch_bytes=0, sockets=0, channels=0, proto_bytes=0)
    check.equal(genl.status(), expected, "a namespace after use")


LIMITS = {"store_max_bytes": 123456789012, "store_max_entries": 4000000000,
          "channels_max": 4000000001, "channel_max_messages": 4000000002,
          "channel_max_bytes": 4000000003, "proto_max_bytes": 123456789013,
          "watchers_max": 4000000004, "watch_max_bytes": 123456789014}


@case
def limits():
    """The sysctls and the status report the same limits."""
    genl = Genl()
    for name, value in LIMITS.items():
        sysctl(name, value)
        check.equal(sysctl(name), value, "sysctl " + name)
    status = genl.status()
    for name, value in LIMITS.items():
        check.equal(status[name], value, "status " + name)
    for name, bad in [("channels_max", -1), ("channels_max", 1 << 32),
                      ("store_max_entries", "x"), ("store_max_bytes", ""),
                      ("unprivileged", 2), ("unprivileged", -1)]:
        before = sysctl(name)
        try:
            sysctl(name, bad)
        except OSError as err:
            check.equal(err.errno, EINVAL, "%s = %s" % (name, bad))
        check.equal(sysctl(name), before, "%s after %s" % (name, bad))


@case
def watcher_life():
    genl = Genl()
    other = Genl()
    check.equal(genl.errno_of(CMD_WATCH_STOP), ENOENT, "stop before start")
    check.equal(genl.errno_of(CMD_WATCH_START), 0, "start")
    check.equal(genl.errno_of(CMD_WATCH_START), EBUSY, "start again")
    check.equal(genl.errno_of(CMD_WATCH_START, u32(W_FAMILY, 2)), EBUSY, "another filter")
    check.equal(other.errno_of(CMD_WATCH_STOP), ENOENT, "stop of another's")
    now = other.status()
    check.equal((now["watchers"], now["hooks"]), (1, 4), "one watcher")
    check.equal(other.errno_of(CMD_WATCH_START), 0, "a second watcher")
    now = other.status()
    check.equal((now["watchers"], now["hooks"]), (2, 4), "two watchers")
    for what in "stop", "stop again", "and again":
        check.equal(genl.errno_of(CMD_WATCH_STOP), 0, what)
        now = other.status()
        check.equal((now["watchers"], now["hooks"]), (1, 4), what)
    check.equal(genl.errno_of(CMD_WATCH_START), 0, "start after stop")
    check.equal(other.status()["watchers"], 2, "two again")
    genl.close()
    now = other.status()
    check.equal((now["watchers"], now["hooks"]), (1, 4), "closed, not stopped")
    check.equal(other.errno_of(CMD_WATCH_STOP), 0, "stop of the last")
    now = other.status()
    check.equal((now["watchers"], now["hooks"]), (0, 0), "nobody")


@case
def channels_listed():
    """A dump that needs several messages has each channel once, in order."""
    genl = Genl()
    check.equal(genl.channels(), [], "no channel")
    numbers = sorted({(i * 2654435761) % EPHEMERAL for i in range(1, 498)} |
                     {1, 2, EPHEMERAL - 1})
    with Channel() as sender:
        for i, number in enumerate(numbers):
            sender.send_to(number, bytes(i % 50))
    bound = [numbers[10], numbers[10], 0, 0]
    receivers = [Channel(bound=number) for number in bound]
    wanted = [(number, 1, i % 50, bound.count(number)) for i, number in enumerate(numbers)]
    wanted += [(sock.number(), 0, 0, 1) for sock in receivers[2:]]
    check.equal([tuple(c) for c in genl.channels()], wanted, "the channels")
    del receivers
    for number in numbers:
        with Channel(bound=number) as receiver:
            receiver.drain()
    check.equal(genl.channels(), [], "no channel again")


def churn(numbers, stop):
    sender = Channel()
    while not stop.is_set():
        for number in numbers:
            sender.send_to(number, b"x")
        for number in numbers:
            with Channel(bound=number) as receiver:
                receiver.drain()
    sender.close()


@case
def channels_listed_meanwhile():
    """Channels that come and go neither hide nor duplicate those that stay."""
    stay = list(range(1000, 1400, 2))
    genl = Genl()
    stop = threading.Event()
    receivers = [Channel(bound=number) for number in stay]
    thread = threading.Thread(target=churn, args=(range(1001, 1101, 2), stop))
    thread.start()
    for _ in range(20):
        found = [c.number for c in genl.channels()]
        check.true(found == sorted(set(found)), "out of order, or twice: %s" % found)
        check.true(set(stay) <= set(found), "missing: %s" % (set(stay) - set(found)))
    stop.set()
    thread.join()
    del receivers


def inodes(*channels):
    return [os.fstat(channel.fd).st_ino for channel in channels]


@case
def sockets_listed():
    """Receivers, taps and connected sockets are listed in this order, up to the limit."""
    genl = Genl()
    sender, tap = Channel(connected=5), Channel()
    setopt(tap, TAP, 1)
    tap.bind(5)
    receivers = [Channel(bound=5), Channel(bound=5)]
    check.equal(genl.channel_sockets(), {5: inodes(*receivers, tap, sender)}, "the sockets")
    receivers.pop(0).close()
    check.equal(genl.channel_sockets(), {5: inodes(*receivers, tap, sender)}, "one is closed")
    sender.send(b"stays")
    receivers.pop().close()
    sender.close()
    tap.close()
    check.equal(genl.channel_sockets(), {5: []}, "a message alone")
    receivers = [Channel(bound=5) for _ in range(CHANNEL_SOCKETS_LISTED + 2)]
    check.equal(genl.channel_sockets(), {5: inodes(*receivers[:CHANNEL_SOCKETS_LISTED])},
                "too many")
    receivers[0].drain()


@case
def lists_in_messages_of_any_size():
    """Wherever in a record a message of a dump is full, the next message begins with that
    record."""
    receivers = [Channel(bound=number) for number in range(1, 61)]
    watchers = [Watcher(u32(W_IFINDEX, 1), u32(W_CODE, 1), u32(W_SAMPLE, 2), u32(W_FAMILY, 2))
                for _ in range(60)]
    ports = [struct.pack("=I", watcher.sock.getsockname()[0]) for watcher in watchers]
    # The messages of the kernel are as large as the buffer of the reader, from a page upwards.
    for size in range(4000, 4160, 4):
        genl = Genl(read_size=size)
        check.equal([c.number for c in genl.channels()], list(range(1, 61)),
                    "channels, %d bytes at a time" % size)
        check.equal([have[W_PORT] for have in genl.watchers()], ports,
                    "watchers, %d bytes at a time" % size)
        genl.close()
    del receivers


@case
def watcher_limit():
    """More watchers than the limit are refused. A closed watcher no longer counts."""
    sysctl("watchers_max", 2)
    one, two, three = Watcher(), Watcher(), Genl()
    check.equal(three.errno_of(CMD_WATCH_START), ENOSPC, "a third")
    check.true("watchers_max" in three.text, "the words: " + three.text)
    check.equal(three.errno_of(CMD_WATCH_STOP), ENOENT, "which is none")
    check.equal(one.errno_of(CMD_WATCH_START), EBUSY, "a watcher of those there are")
    one.stop()
    check.equal(three.errno_of(CMD_WATCH_START), ENOSPC, "a third, one is stopped")
    check.equal(one.errno_of(CMD_WATCH_START), 0, "the stopped one starts again")
    two.close()
    check.equal(three.errno_of(CMD_WATCH_START), 0, "a third, one is closed")
    check.equal(three.status()["watchers"], 2, "watchers")


@case
def receive_buffers_limit():
    """The receive buffers of all watchers are limited, including those of stopped watchers."""
    one, two, three = (Genl(rcvbuf=1 << 20) for _ in range(3))
    size = one.rcvbuf()
    sysctl("watch_max_bytes", 2 * size)
    for genl in one, two:
        check.equal(genl.errno_of(CMD_WATCH_START), 0, "within the limit")
    check.equal(three.errno_of(CMD_WATCH_START), ENOSPC, "above it")
    check.true("watch_max_bytes" in three.text, "the words: " + three.text)
    check.equal(one.errno_of(CMD_WATCH_STOP), 0, "stop")
    check.equal(three.errno_of(CMD_WATCH_START), ENOSPC, "one is stopped")
    check.equal(one.errno_of(CMD_WATCH_START), 0, "it starts again")
    one.close()
    check.equal(three.errno_of(CMD_WATCH_START), 0, "one is closed")
    sysctl("watch_max_bytes", 2 * size - 1)
    check.equal(two.errno_of(CMD_WATCH_STOP), 0, "stop under a lowered limit")
    check.equal(two.errno_of(CMD_WATCH_START), ENOSPC, "start under it")
