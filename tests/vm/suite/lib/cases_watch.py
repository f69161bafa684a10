# SPDX-License-Identifier: GPL-2.0-or-later
"""The watch: the records that watchers get."""
import ctypes
import os
import signal
import socket
import struct
import time

from abi import CMD_GET_STATUS, COALESCE_MAX, IN, OUT, SNAPLEN_DEFAULT, SNAPLEN_MAX, \
    W_COALESCE, W_DIRECTION, W_FAMILY, W_SNAPLEN, W_TYPES4, W_TYPES6
from channel import status
from genl import Genl, Watcher, attr, u32
from harness import case, check, child, eventually, kill_children, reap
from packets import ECHO4, ECHO6, REPLY4, REPLY6, Injector, Pinger, RawSender, \
    fragment6, icmp4, icmp6, ip4, ip6, options6, ping_for_ever

LO = socket.if_nametoindex("lo")
SO_ATTACH_FILTER, SO_DETACH_FILTER, BPF_RET = 26, 27, 6


def kind_of(record):
    """Return (family, direction, ICMP type), which distinguishes the packets of a ping."""
    at = 20 if record.family == socket.AF_INET else 40
    return record.family, record.direction, record.packet[at]


# The packets of one ping over lo.
PING4 = [(2, OUT, ECHO4), (2, IN, ECHO4), (2, OUT, REPLY4), (2, IN, REPLY4)]
PING6 = [(10, OUT, ECHO6), (10, IN, ECHO6), (10, OUT, REPLY6), (10, IN, REPLY6)]


def check_numbers(records, what, first=1):
    check.equal([r.seq for r in records], list(range(first, first + len(records))),
                what + ": numbers")


@case
def pings():
    """Both families and directions, in order, with all members of the header."""
    watcher, pinger = Watcher(), Pinger()
    start = time.time_ns()
    pinger.ping4(b"four" * 5)
    pinger.ping6(b"six." * 5)
    records = watcher.collect(8)
    end = time.time_ns()
    check.equal([kind_of(r) for r in records], PING4 + PING6, "the packets")
    check_numbers(records, "the packets")
    for record in records:
        what = "record %d" % record.seq
        check.equal(record.ifindex, LO, what + ": interface")
        check.true(start <= record.time <= end, what + ": time %d" % record.time)
        check.equal(record.length, record.captured, what + ": lengths")
        payload = b"four" * 5 if record.family == 2 else b"six." * 5
        check.equal(record.length, (28 if record.family == 2 else 48) + 20, what)
        check.true(record.packet.endswith(payload), what + ": the payload")
    check.equal([r.time for r in records], sorted(r.time for r in records), "the times")
    check.equal(watcher.stop(), (8, 0), "the counters")
    pinger.ping4()
    check.equal(watcher.stop(), (8, 0), "the counters, later")
    watcher.drain()
    check.equal(watcher.records, [], "records after the end")


def clock_steps(watcher, pinger, seconds):
    """Ping before and after the clock is set. Return the records, and the time when it was set."""
    pinger.ping4()
    time.clock_settime_ns(time.CLOCK_REALTIME, time.time_ns() + seconds * 10**9)
    set_at = time.monotonic_ns()
    pinger.ping4()
    return watcher.collect(8), set_at


@case
def clock_is_set():
    """Each record has the offset of its time, even if the clock was set within one message."""
    pinger = Pinger()
    for coalesce, seconds in (0, 120), (0, -120), (COALESCE_MAX, 10), (COALESCE_MAX, -10):
        watcher = Watcher(u32(W_COALESCE, coalesce))
        start = time.monotonic_ns()
        records, set_at = clock_steps(watcher, pinger, seconds)
        end = time.monotonic_ns()
        what = "%d s, %d us" % (seconds, coalesce)
        clock = [r.time - r.offset for r in records]
        check.equal(clock, sorted(clock), what + ": the order")
        check.true(start <= clock[0] and clock[3] <= set_at <= clock[4] and clock[7] <= end,
                   what + ": %s, %d, %d" % (clock, start, end))
        check.true(abs(records[7].offset - records[0].offset - seconds * 10**9) < 10**9,
                   what + ": offsets")
        watcher.close()


FILTERS = {
    "nothing": (b"", PING4 + PING6),
    "IPv4": (u32(W_FAMILY, 2), PING4),
    "IPv6": (u32(W_FAMILY, 10), PING6),
    "in": (u32(W_DIRECTION, IN), PING4[1::2] + PING6[1::2]),
    "out": (u32(W_DIRECTION, OUT), PING4[::2] + PING6[::2]),
    "in and out": (u32(W_DIRECTION, IN | OUT), PING4 + PING6),
    "type 8": (attr(W_TYPES4, b"\x08"), PING4[:2] + PING6),
    "type 128": (attr(W_TYPES6, b"\x80"), PING4 + PING6[:2]),
    "types 8 and 129": (attr(W_TYPES4, b"\x08") + attr(W_TYPES6, b"\x81"),
                        PING4[:2] + PING6[2:]),
    "types 0, 8": (attr(W_TYPES4, b"\x08\0\x08"), PING4 + PING6),
    "other types": (attr(W_TYPES4, b"\x80\x81\x03") + attr(W_TYPES6, b"\0\x08\x01"), []),
    "IPv4, in, type 0": (u32(W_FAMILY, 2) + u32(W_DIRECTION, IN) + attr(W_TYPES4, b"\0"),
                         PING4[3:]),
    "IPv6, types of IPv4": (u32(W_FAMILY, 10) + attr(W_TYPES4, b"\x08"), PING6),
    "the last family counts": (u32(W_FAMILY, 2) + u32(W_FAMILY, 10), PING6),
    "the last types count": (attr(W_TYPES4, b"\0") + attr(W_TYPES4, b"\x08"),
                             PING4[:2] + PING6),
}


@case
def filters():
    """All filters at the same time: each watcher gets exactly the packets of its filter, with
    its own numbers."""
    watchers = {name: Watcher(attrs) for name, (attrs, _) in FILTERS.items()}
    check.equal(status()["watchers"], len(FILTERS), "watchers")
    check.equal(status()["hooks"], 4, "hooks")
    pinger = Pinger()
    for _ in range(3):
        pinger.ping4()
        pinger.ping6()
    everything = watchers["nothing"].collect(24)
    for name, (_, kinds) in FILTERS.items():
        watcher = watchers[name]
        records = everything if name == "nothing" else watcher.collect(3 * len(kinds))
        check.equal([kind_of(r) for r in records], kinds * 3, name)
        check_numbers(records, name)
        check.equal(watcher.stop(), (3 * len(kinds), 0), name + ": the counters")
        check.equal(watcher.records, [], name + ": more")


@case
def types():
    """Each of the 256 types alone, and all others."""
    raw = RawSender()
    alone = {kind: Watcher(u32(W_DIRECTION, OUT), u32(W_FAMILY, 2),
                           attr(W_TYPES4, bytes([kind]))) for kind in (0, 1, 63, 64, 255)}
    others = Watcher(u32(W_DIRECTION, OUT), attr(W_TYPES4, bytes(
        kind for kind in range(256) if kind not in alone and kind != 3)))
    for kind in range(256):
        if kind not in (3, 5, 8, 13):    # the kernel reacts to these
            raw.send4(ip4(icmp4(kind)))
    for kind, watcher in alone.items():
        check.equal([r.packet[20] for r in watcher.collect(1)], [kind], "type %d" % kind)
    check.equal([r.packet[20] for r in others.collect(247)],
                [k for k in range(256) if k not in alone and k not in (3, 5, 8, 13)],
                "all other types")


SNAPLENS = [0, 1, 19, 20, 27, 28, 127, 128, 129, 1027, 1028, 1029, 4096, SNAPLEN_MAX]


@case
def snaplens():
    """A packet is truncated to the snap length, and its full length is reported."""
    watchers = {size: Watcher(u32(W_SNAPLEN, size), u32(W_DIRECTION, OUT))
                for size in SNAPLENS}
    watchers[None] = Watcher(u32(W_DIRECTION, OUT))
    payload = bytes(range(250)) * 4
    pinger = Pinger()
    pinger.ping4(payload)
    whole = watchers[SNAPLEN_MAX].collect(2)
    check.equal(whole[0].length, 1028, "the length")
    check.equal(whole[0].packet[28:], payload, "the packet")
    watchers.pop(SNAPLEN_MAX)
    for size, watcher in watchers.items():
        for record, full in zip(watcher.collect(2), whole):
            cut = full.packet[:SNAPLEN_DEFAULT if size is None else size]
            check.equal(record.packet, cut, "snaplen %s" % size)
            check.equal(record.length, 1028, "snaplen %s: length" % size)


@case
def largest_packets():
    """Packets of 65,535 bytes, of which an attribute can hold 65,499. The skb is not linear."""
    watcher = Watcher(u32(W_SNAPLEN, SNAPLEN_MAX), u32(W_DIRECTION, OUT), rcvbuf=8 << 20)
    payload = bytes(range(256)) * 256
    pinger = Pinger()
    pinger.ping4(payload[:65507])
    pinger.ping6(payload[:65527])
    records = watcher.collect(4)
    check.equal([(r.length, r.captured) for r in records],
                [(65535, SNAPLEN_MAX)] * 2 + [(65575, SNAPLEN_MAX)] * 2, "the lengths")
    check.true(records[0].packet[28:] == payload[:SNAPLEN_MAX - 28], "the IPv4 bytes")
    check.true(records[2].packet[48:] == payload[:SNAPLEN_MAX - 48], "the IPv6 bytes")


@case
def losses():
    """However small the buffer is: received + lost == matched == sent."""
    pinger = Pinger()
    for rcvbuf, times in [(0, 50), (4096, 100), (16384, 300), (8 << 20, 300)]:
        watcher = Watcher(rcvbuf=rcvbuf)
        pinger.ping4(times=times)
        records, matched, lost = watcher.finish(4 * times)
        what = "buffer of %d" % rcvbuf
        received = [r.seq for r in records]
        check.equal(matched, 4 * times, what + ": matched")
        check.equal(len(received) + lost, matched, what + ": received + lost")
        check.equal(received, sorted(set(received)), what + ": order")
        check.true(received, what + ": something was received")
        check.equal(bool(lost), rcvbuf < 1 << 20, what + ": something was lost")
        watcher.close()


@case
def losses_in_between():
    """After an overrun, the numbers continue, and the gap is the number of lost records."""
    watcher = Watcher(u32(W_DIRECTION, OUT), u32(W_COALESCE, 0), rcvbuf=4096)
    pinger = Pinger()
    pinger.ping4(times=100)
    watcher.drain()
    first = watcher.collect(1)
    pinger.ping4()
    last = watcher.collect(2)
    check.equal([r.seq for r in last], [201, 202], "the numbers after the gap")
    matched, lost = watcher.stop()
    check.equal((matched, lost), (202, 202 - len(first) - 2), "the counters")


def lose_a_batch(watcher, listing, pinger, size):
    """Return whether a batch of SIZE records was lost. It was not if the period in which
    records are gathered ended too early."""
    def nothing_gathered():
        return listing.counters_of(watcher)[3] == 0

    pinger.ping4()
    check.true(eventually(nothing_gathered), "a period begins")
    before = listing.counters_of(watcher)
    pinger.ping4(times=size)
    gathered = listing.counters_of(watcher)[3]
    # An unread answer fills the buffer, which is made smaller now.
    watcher.send(CMD_GET_STATUS, flags=0)
    watcher.resize(0)
    check.true(eventually(nothing_gathered), "the period ends")
    after = listing.counters_of(watcher)
    check.equal(after[0], before[0] + size, "matched")
    watcher.resize(LARGE)
    return gathered == size and after[1:3] == (before[1], before[2] + size)


# A message has at most 8 KiB, and the record of a ping takes 64 bytes.
MOST_GATHERED = 128
LARGE = 64 << 20


@case
def lost_in_batches():
    """matched == delivered + lost + being gathered, at any time, for a watcher that does not
    read and loses several records at once."""
    pings_out = u32(W_DIRECTION, OUT), u32(W_FAMILY, 2), attr(W_TYPES4, bytes([ECHO4]))
    watcher, listing = Watcher(u32(W_COALESCE, COALESCE_MAX), *pings_out, rcvbuf=LARGE), Genl()
    pinger = Pinger()
    check.true(eventually(lambda: lose_a_batch(watcher, listing, pinger, 10), 30),
               "10 records are lost at once")
    watcher.close()

    watcher = Watcher(u32(W_COALESCE, 20000), *pings_out, rcvbuf=LARGE)
    child(ping_for_ever)
    for turn in range(20):
        watcher.resize(LARGE)
        check.true(eventually(lambda: listing.counters_of(watcher)[3] > 1), "some are gathered")
        watcher.resize(0)
        for _ in range(3):
            *counters, gathered = listing.counters_of(watcher)
            check.true(0 <= gathered <= MOST_GATHERED, "turn %d: matched, delivered, lost: %s" % (
                turn, counters))
    kill_children()
    watcher.resize(LARGE)
    records, matched, lost = watcher.finish()
    check.equal(len(records) + lost, matched, "received + lost")
    watcher.close()


@case
def socket_filter_is_not_run():
    """A filter attached to the socket does not apply to records."""
    refuse_all = ctypes.create_string_buffer(struct.pack("=HBBI", BPF_RET, 0, 0, 0), 8)
    watcher, pinger = Watcher(u32(W_DIRECTION, OUT), u32(W_COALESCE, 0)), Pinger()
    pinger.ping4()
    watcher.sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER,
                            struct.pack("@HP", 1, ctypes.addressof(refuse_all)))
    pinger.ping4(times=3)
    watcher.sock.setsockopt(socket.SOL_SOCKET, SO_DETACH_FILTER, 0)
    pinger.ping4()
    check.equal([r.seq for r in watcher.collect(10)], list(range(1, 11)), "the numbers")
    check.equal(watcher.stop(), (10, 0), "the counters")


@case
def start_again():
    """A new watch has a new filter, and counts from the beginning."""
    watcher, pinger = Watcher(u32(W_FAMILY, 2)), Pinger()
    pinger.ping4(times=2)
    check_numbers(watcher.collect(8), "the first watch")
    check.equal(watcher.stop(), (8, 0), "its counters")
    watcher.start(u32(W_FAMILY, 10), u32(W_DIRECTION, IN))
    pinger.ping4()
    pinger.ping6()
    records = watcher.collect(2)
    check.equal([kind_of(r) for r in records], PING6[1::2], "the second watch")
    check_numbers(records, "the second watch")
    check.equal(watcher.stop(), (2, 0), "its counters")


def check_reported(rows, send, what):
    """Send packets, and check that exactly those with REPORTED are reported. Replies of the
    kernel are ignored."""
    watcher = Watcher(u32(W_DIRECTION, OUT), u32(W_SNAPLEN, 4096))
    for _, packet, _ in rows:
        send(packet)
    expected = [packet for _, packet, reported in rows if reported]
    labels = {packet: label for label, packet, _ in rows}
    records = watcher.finish()[0]
    check.equal([labels[r.packet] for r in records if r.packet in labels],
                [labels[packet] for packet in expected], what)


MORE = 0x2000

# Packets, and whether they are reported. The fragments do not form a complete packet, and all
# but the first begin with bytes that look like an echo request.
FRAGMENTS4 = [
    ("first", ip4(icmp4(ECHO4, payload=bytes(24)), fragment=MORE), True),
    ("middle", ip4(b"\x08\0" + bytes(30), fragment=MORE | 4), False),
    ("last", ip4(b"\x08\0" + bytes(30), fragment=8), False),
    ("far away", ip4(b"\x08\0" + bytes(30), fragment=0x1fff), False),
    ("do not fragment", ip4(icmp4(250), fragment=0x4000), True),
]

FRAGMENTS6 = [
    ("first", ip6(fragment6(58, 0, 1, icmp6(ECHO6, payload=bytes(24))), 44), True),
    ("middle", ip6(fragment6(58, 32, 1, icmp6(ECHO6, payload=bytes(24))), 44), False),
    ("last", ip6(fragment6(58, 64, 0, icmp6(ECHO6)), 44), False),
    ("far away", ip6(fragment6(58, 0xfff8, 0, icmp6(ECHO6)), 44), False),
    ("only one", ip6(fragment6(58, 0, 0, icmp6(250)), 44), True),
    ("cut", ip6(fragment6(58, 0, 1, b"\x80\0\0"), 44), False),
]

STRANGE4 = [
    ("no ICMP at all", ip4(b""), False),
    ("1 byte", ip4(b"\x08"), False),
    ("3 bytes", ip4(b"\x08\0\0"), False),
    ("4 bytes", ip4(b"\xc8\0\0\0"), True),
    ("7 bytes", ip4(b"\xc9\0\0\0\0\0\0"), True),
    ("bad checksum", ip4(b"\xca\0\x12\x34\0\0\0\0"), True),
    ("options", ip4(icmp4(203), ihl=6, options=b"\x01\x01\x01\0"), True),
    ("60 byte header", ip4(icmp4(204), ihl=15, options=b"\x01" * 40), True),
    ("options, and no ICMP", ip4(b"", ihl=6, options=b"\x08\0\0\0"), False),
    ("UDP", ip4(b"\x08\0" + bytes(20), protocol=17), False),
    ("ICMPv6 in IPv4", ip4(icmp4(207), protocol=58), False),
    ("an error about nothing", ip4(icmp4(3, 4)), True),
    ("an error about half a header", ip4(icmp4(11, payload=b"\x45" + bytes(9))), True),
    ("an error about lies", ip4(icmp4(12, payload=b"\x4f" + b"\xff" * 19)), True),
    ("the last type", ip4(icmp4(255)), True),
]

STRANGE6 = [
    ("no ICMP at all", ip6(b""), False),
    ("3 bytes", ip6(b"\x80\0\0"), False),
    ("4 bytes", ip6(b"\xc8\0\0\0"), True),
    ("hop-by-hop", ip6(options6(58, icmp6(201)), 0), True),
    ("destination options", ip6(options6(58, icmp6(202), 2048), 60), True),
    ("three headers", ip6(options6(60, options6(60, options6(58, icmp6(203)))), 0), True),
    ("routing", ip6(b"\x3a\0\xfd\0\0\0\0\0" + icmp6(204), 43), True),
    ("a header and no ICMP", ip6(options6(58, b""), 60), False),
    ("half a header", ip6(b"\x3a\0\x01\x04", 60), False),
    ("a header longer than the packet",
     ip6(b"\x3a\xff\x01\x04" + bytes(4) + icmp6(ECHO6), 60), False),
    ("half a fragment header", ip6(b"\x3a\0\0\0", 44), False),
    ("no next header", ip6(b"\x80\0\0\0\0\0\0\0", 59), False),
    ("UDP", ip6(b"\x80\0" + bytes(20), 17), False),
    ("UDP behind options", ip6(options6(17, icmp6(ECHO6)), 60), False),
    ("ICMP in IPv6", ip6(icmp4(ECHO4), 1), False),
    ("encrypted", ip6(b"\x3a\0" + bytes(20), 50), False),
    ("an error about nothing", ip6(icmp6(1)), True),
    ("an error about half a header", ip6(icmp6(3, payload=b"\x60" + bytes(9))), True),
    ("the last type", ip6(icmp6(255)), True),
]


@case
def fragments():
    """Only a first fragment has an ICMP header."""
    raw = RawSender()
    check_reported(FRAGMENTS4, raw.send4, "IPv4")
    check_reported(FRAGMENTS6, raw.send6, "IPv6")


@case
def strange():
    raw = RawSender()
    check_reported(STRANGE4, raw.send4, "IPv4")
    check_reported(STRANGE6, raw.send6, "IPv6")


def arrivals():
    """Return [(description, bytes, how many of them are reported)]."""
    good = ip4(icmp4(200, payload=bytes(100)))
    return [
        ("good", good, len(good)), ("padded", good + bytes(46), len(good)),
        ("cut", good[:-1], 0), ("half a header", good[:10], 0), ("1 byte", good[:1], 0),
        ("version 5", b"\x55" + good[1:], 0), ("header too short", b"\x44" + good[1:], 0),
        ("no header", b"\x40" + good[1:], 0), ("header too long", b"\x4f" + good[1:], 0),
        ("header only", ip4(b""), 0), ("3 bytes", ip4(b"\xc8\0\0") + bytes(40), 0),
        ("4 bytes", ip4(b"\xc8\0\0\0") + bytes(40), 24),
    ]


@case
def arriving():
    """Packets of others, with wrong lengths, padding, or truncated."""
    watcher, injector = Watcher(u32(W_DIRECTION, IN), u32(W_SNAPLEN, 4096)), Injector()
    rows = arrivals()
    for _, packet, _ in rows:
        injector.send(packet)
    expected = [packet[:size] for _, packet, size in rows if size]
    records = watcher.finish(len(expected))[0]
    check.equal([r.packet for r in records], expected, "IPv4")
    check.equal([r.length for r in records], [len(p) for p in expected], "the lengths")
    watcher = Watcher(u32(W_DIRECTION, IN), attr(W_TYPES6, b"\xc8"))
    good = ip6(options6(58, icmp6(200)), 60)
    for packet in good, good[:-1], good[:44], good[:8], good[:1], good + bytes(20):
        injector.send(packet, 0x86dd)
    records = watcher.finish(2)[0]
    check.equal([r.packet for r in records], [good] * 2, "IPv6")


def watch_until_killed(attrs, ready):
    watcher = Watcher(attrs)
    os.write(ready, b"r")
    signal.pause()
    watcher.close()


@case
def killed():
    """A killed watcher leaves no watcher and no hook behind."""
    readable, writable = os.pipe()
    pids = [child(watch_until_killed, attrs, writable)
            for attrs in (b"", u32(W_FAMILY, 2), u32(W_SNAPLEN, SNAPLEN_MAX))]
    for _ in pids:
        os.read(readable, 1)
    check.equal((status()["watchers"], status()["hooks"]), (3, 4), "three watchers")
    Pinger().ping4(times=20)
    for number, pid in enumerate(pids):
        os.kill(pid, signal.SIGKILL)
        reap(pid, -signal.SIGKILL)
        wanted = (2 - number, 4 if number < 2 else 0)
        check.true(eventually(lambda: (status()["watchers"], status()["hooks"]) == wanted),
                   "%d are dead: %s" % (number + 1, status()))


@case
def start_and_stop_under_load():
    """Watches that start and stop under load count their packets exactly."""
    for _ in range(2):
        child(ping_for_ever)
    for turn in range(15):
        watcher = Watcher(rcvbuf=4096 if turn % 2 else 4 << 20)
        received = watcher.collect(1 + turn % 4)
        if turn % 3:
            rest, matched, lost = watcher.finish()
            numbers = [r.seq for r in received + rest]
            check.equal(len(numbers) + lost, matched, "turn %d" % turn)
            check.equal(numbers, sorted(set(numbers)), "turn %d: order" % turn)
        watcher.close()
    kill_children()


@case
def raw_bytes():
    """The record has the exact bytes of the packet, and its padding is zero."""
    watcher, raw = Watcher(u32(W_SNAPLEN, 1000), u32(W_DIRECTION, IN)), RawSender()
    sent = [ip4(icmp4(200, 7, b"abcd", bytes(range(n)))) for n in range(0, 60, 7)]
    for packet in sent:
        raw.send4(packet)
    records = watcher.collect(len(sent))
    check.equal([r.packet for r in records], sent, "the packets")
    check.equal({r.reserved for r in records}, {0}, "reserved")
    check.equal(struct.calcsize("=QQIIIBBH"), 32, "the header")
