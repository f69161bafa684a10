# SPDX-License-Identifier: GPL-2.0-or-later
"""Every length and every pointer at each call that takes one, from 32-bit and 64-bit programs:
the errno is right, a refused call changes nothing, and no byte is returned that should not be."""
import os
import re
import subprocess
from collections import namedtuple
from errno import EDESTADDRREQ, EFAULT, EINVAL, EMSGSIZE, ENOENT, ENOTCONN

import abi
from channel import Channel, address, family
from genl import Genl
from harness import case, check
from holder import pack
from store import FILL, Store, request, table

# There are no libraries for 31-bit programs.
BITS = (64,) if os.uname().machine == "s390x" else (32, 64)
PROGRAMS = os.environ.get("KCTL_HAND_PROGRAMS", ".")
HEADER = os.path.join(os.path.dirname(__file__), "../../../../kmod/uapi/linux/kctl.h")
INT_MAX = 0x7fffffff
ROOM = 1 << 16
SIOCINQ, SIOCOUTQ = 0x541B, 0x5411
DONTWAIT = 0x40

VALUE = bytes(range(100))
ENTRY = request(b"e", 5) + b"12345"
TABLE = table((b"e", b"12345678"))


class Hand:
    """A process that makes calls."""

    def __init__(self, bits):
        self.bits = bits
        self.process = subprocess.Popen(["%s/hand-%d" % (PROGRAMS, bits)], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.store = self.call("socket 2 2 0")[0]
        self.genl = Genl()

    def memory(self, kind, size=ROOM, head=b""):
        self.process.stdin.write("memory %s %d %s\n" % (kind, size, head.hex()))

    def call(self, line):
        """Return (result, the int, number of bytes written, the first of them)."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        ret, number, touched, *data = self.process.stdout.readline().split()
        return int(ret), int(number), int(touched), bytes.fromhex("".join(data))

    def socket(self):
        return self.call("socket %d 2 0" % family())[0]

    def close(self):
        self.process.stdin.close()
        check.equal(self.process.wait(), 0, "the end of the hand")


def plain(code=0, at_least=0, at_most=None, above=EINVAL):
    """Return a rule, which maps a length to the expected errno."""
    def rule(length):
        if length < at_least:
            return EINVAL
        return above if at_most is not None and length > at_most else code
    return rule


def exactly(size, code=0):
    return plain(code, size, size)


# Inputs. Name; the call, with the socket of the store {s}, a fresh socket {f} and the length
# {l}; the content of the memory; and the errno for each length.
Put = namedtuple("Put", "name call content rule")
PUTS = [
    Put("KCTL_SO_SET_VALUE", "setsockopt {s} 0 999 @ {l}", VALUE,
        plain(0, 0, abi.VALUE_MAX, EMSGSIZE)),
    Put("KCTL_SO_SET_ENTRY", "setsockopt {s} 0 1000 @ {l}", ENTRY, lambda length: (
        EMSGSIZE if length == INT_MAX else exactly(len(ENTRY))(length))),
    Put("KCTL_SO_DEL_ENTRY", "setsockopt {s} 0 1001 @ {l}", request(b"missing"),
        exactly(abi.ENTRY_SIZE, ENOENT)),
    Put("KCTL_SO_REPLACE", "setsockopt {s} 0 1002 @ {l}", TABLE, exactly(len(TABLE))),
    Put("KCTL_EXCLUSIVE", "setsockopt {f} 999 1 @ {l}", bytes(4), plain(0, 4)),
    Put("KCTL_TAP", "setsockopt {f} 999 2 @ {l}", bytes(4), plain(0, 4)),
    Put("KCTL_MODE", "setsockopt {f} 999 3 @ {l}", bytes(4), plain(0, 4)),
    Put("KCTL_CREDENTIALS", "setsockopt {f} 999 5 @ {l}", bytes(4), plain(0, 4)),
    Put("KCTL_HOLD", "setsockopt {f} 999 7 @ {l}", bytes(4), plain(0, 4)),
    Put("KCTL_SETTLE", "setsockopt {f} 999 9 @ {l}", pack((1, abi.DONE), (2, abi.RETRY)),
        exactly(32, ENOTCONN)),
    Put("KCTL_HOLD_TIME", "setsockopt {f} 999 10 @ {l}", bytes(4), plain(0, 4)),
    Put("KCTL_HISTORY", "setsockopt {f} 999 11 @ {l}", bytes(4), plain(0, 4)),
    Put("bind", "bind {f} @ {l}", "address", plain(0, 8, 128)),
    Put("connect", "connect {f} @ {l}", "address", plain(0, 8, 128)),
    Put("sendto, the address", "sendto {f} 0 0 64 @ {l}", "address", plain(0, 8, 128)),
    # For sendmsg, an address of no bytes is no address.
    Put("sendmsg, the address", "sendmsg {f} @ {l} 0 0 0 0 64", "address",
        lambda length: plain(0, 8)(length) if length else EDESTADDRREQ),
]

# Outputs. Name; the call, with the pointer to the length {p}; the size of the answer; the
# content that the memory must have before the call; and the least length.
Get = namedtuple("Get", "name call size head least")
GETS = [
    Get("KCTL_SO_GET_VALUE", "getsockopt {s} 0 999 @ {p}", 100, b"", 0),
    Get("KCTL_SO_GET_ENTRY", "getsockopt {s} 0 1000 @ {p}", 93, request(b"e"), 88),
    Get("KCTL_SO_GET_INFO", "getsockopt {s} 0 1001 @ {p}", 40, b"", 0),
    Get("KCTL_SO_GET_TABLE", "getsockopt {s} 0 1002 @ {p}", 16 + 88 + 104 + 88 + 8, b"", 0),
    Get("KCTL_EXCLUSIVE", "getsockopt {b} 999 1 @ {p}", 4, b"", 0),
    Get("KCTL_TAP", "getsockopt {b} 999 2 @ {p}", 4, b"", 0),
    Get("KCTL_MODE", "getsockopt {b} 999 3 @ {p}", 4, b"", 0),
    Get("KCTL_DROPS", "getsockopt {b} 999 4 @ {p}", 4, b"", 0),
    Get("KCTL_CREDENTIALS", "getsockopt {b} 999 5 @ {p}", 4, b"", 0),
    Get("KCTL_OWNER", "getsockopt {b} 999 6 @ {p}", 4, b"", 0),
    Get("KCTL_HOLD", "getsockopt {b} 999 7 @ {p}", 4, b"", 0),
    Get("KCTL_HELD", "getsockopt {b} 999 8 @ {p}", 4, b"", 0),
    Get("KCTL_HOLD_TIME", "getsockopt {b} 999 10 @ {p}", 4, b"", 0),
    Get("KCTL_HISTORY", "getsockopt {b} 999 11 @ {p}", 4, b"", 0),
    Get("KCTL_RESOLVE", "getsockopt {b} 999 12 @ {p}", 68, b"jobs".ljust(64, b"\0"), 68),
    Get("getsockname", "getsockname {b} @ {p}", 8, b"", 0),
    Get("getpeername", "getpeername {b} @ {p}", 8, b"", 0),
    Get("recvfrom, the address", "recvfrom {b} 0 0 66 @ {p}", 8, b"", 0),
]
# These return the length of the truncated answer, the others the full length.
CUT = "KCTL_EXCLUSIVE", "KCTL_TAP", "KCTL_MODE", "KCTL_DROPS", "KCTL_CREDENTIALS", \
    "KCTL_OWNER", "KCTL_HOLD", "KCTL_HELD", "KCTL_HOLD_TIME", "KCTL_HISTORY"


def lengths_around(size):
    return sorted({0, 1, size - 1, size, size + 1, INT_MAX, -1})


def content_of(row):
    return bytes(address(5)) if row.content == "address" else row.content


def put(hand, row, kind, length, code):
    """Make the call. Close its fresh socket again, and receive what it sent."""
    what = "%s, %d bits, %s memory, length %d" % (row.name, hand.bits, kind, length)
    before = hand.genl.status_bytes()
    fresh = hand.socket()
    line = row.call.format(s=hand.store, f=fresh, l=length)
    ret = hand.call(line)[0]
    check.error(ret, code, what)
    hand.call("close %d" % fresh)
    if not code and row.name.startswith("send"):
        with Channel(bound=5) as sock:
            check.equal(sock.drain(), [b""], what + ": the message")
    if code:
        check.equal(hand.genl.status_bytes(), before, what + ": the state")


def put_all(hand, row):
    content = content_of(row)
    size = len(content)
    for length in lengths_around(size):
        hand.memory("good", ROOM, content.ljust(size + 1, b"\0"))
        put(hand, row, "good", length, row.rule(length))
    code = row.rule(size)
    for kind, odd in ("good", 1), ("readonly", 0):
        hand.memory(kind, ROOM - odd, content)
        put(hand, row, "unaligned" if odd else kind, size, code)
    for kind in "null", "unmapped", "kernel":
        hand.memory(kind)
        put(hand, row, kind, size, fault_of(row, kind))
        put(hand, row, kind, 0, nothing_of(row, kind))
    hand.memory("good", size - 1, content[:-1])
    put(hand, row, "short", size, EFAULT)
    hand.memory("good", size, content)
    put(hand, row, "just enough", size, code)


def fault_of(row, kind):
    """A NULL pointer to an address means no address."""
    if kind == "null" and row.name.startswith("send"):
        return EDESTADDRREQ
    return EFAULT


def nothing_of(row, kind):
    if kind == "null" and row.name.startswith("send"):
        return EDESTADDRREQ
    return row.rule(0)


@case
def puts():
    for bits in BITS:
        hand = Hand(bits)
        for row in PUTS:
            put_all(hand, row)
        hand.close()


# ---- outputs ---------------------------------------------------------------

def get(hand, row, bound, length="100"):
    return hand.call(row.call.format(s=hand.store, b=bound, p="&%s" % length))


def expect_answer(row, whole, length, got, what):
    """The answer has as many bytes as fit and its full length. Not a byte more is written, not
    even a zero."""
    ret, told, touched, data = got
    fits = min(length, row.size)
    check.equal((ret, told), (0, fits if row.name in CUT else row.size), what)
    written = max(fits, len(row.head))
    check.true(data[:fits] == whole[:fits], what + ": the answer")
    check.true(touched <= written, what + ": %d bytes, not %d" % (touched, written))


def get_lengths(hand, row, bound):
    hand.memory("good", ROOM, row.head)
    ret, told, _, whole = get(hand, row, bound, 4096)
    check.equal((ret, told), (0, row.size), row.name)
    # The only byte of an answer that can be 0xAA belongs to a time.
    for length in lengths_around(row.size) + [row.least - 1] * bool(row.least):
        what = "%s, %d bits, length %d" % (row.name, hand.bits, length)
        hand.memory("good", ROOM, row.head)
        got = get(hand, row, bound, length)
        if length < row.least:
            check.equal(got[0], -EINVAL, what)
            check.true(got[2] <= len(row.head), what + ": written")
        else:
            expect_answer(row, whole, length, got, what)
    for size, odd in (row.size, 0), (ROOM - 1, 1):
        hand.memory("good", size, row.head)
        expect_answer(row, whole, row.size, get(hand, row, bound, row.size),
                      "%s, %d bits, %s" % (row.name, hand.bits, "odd" if odd else "enough"))


def get_pointers(hand, row, bound):
    kinds = [("null", ROOM), ("unmapped", ROOM), ("kernel", ROOM), ("readonly", ROOM),
             ("good", max(row.size - 1, len(row.head)))]
    if row.name.startswith("recvfrom"):
        kinds = kinds[1:]      # NULL means that no address is wanted
    for kind, size in kinds:
        hand.memory(kind, size, row.head)
        check.equal(get(hand, row, bound, row.size)[0], -EFAULT, "%s, %d bits, %s memory" % (
            row.name, hand.bits, kind))
    for where in "null", "unmapped":
        hand.memory("good", ROOM, row.head)
        check.equal(get(hand, row, bound, where)[0], -EFAULT, "%s, %d bits, length at %s" % (
            row.name, hand.bits, where))


@case
def gets():
    store = Store()
    store.set_value(VALUE)
    store.set_entry(b"e", b"12345")
    Genl().set_channel(5, name="jobs")
    for bits in BITS:
        hand = Hand(bits)
        bound = hand.socket()
        hand.memory("good", 8, bytes(address(5)))
        for call in "bind", "connect":
            hand.call("%s %d @ 8" % (call, bound))
        with Channel(connected=5) as sender:
            sender.send(b"")       # for recvfrom, which peeks
        before = hand.genl.status_bytes()
        for row in GETS:
            get_lengths(hand, row, bound)
            get_pointers(hand, row, bound)
        check.equal(hand.genl.status_bytes(), before, "the state")
        hand.call("recvfrom %d 0 0 %d 0 0" % (bound, DONTWAIT))
        hand.close()
    Genl().delete_channel(5)


# ---- data ------------------------------------------------------------------

MESSAGE = bytes(range(200))
SENDS = "sendto {b} @ {l} 64 0 0", "sendmsg {b} 0 0 @ {l} 0 0 64"
RECEIVES = "recvfrom {b} @ {l} 64 0 0", "recvmsg {b} 0 0 @ {l} 0 0 64"


def data_sent(hand, bound, receiver):
    for call in SENDS:
        for length in 0, 1, 199, 200, ROOM:
            hand.memory("good", ROOM, MESSAGE)
            ret = hand.call(call.format(b=bound, l=length))[0]
            check.equal(ret, length, "%s, %d bits" % (call, hand.bits))
            got = receiver.recv(ROOM, DONTWAIT)
            check.equal(got[:200], MESSAGE[:length], "%s, %d bits: data" % (call, hand.bits))
        before = hand.genl.status_bytes()
        for kind, size, length, code in [
                ("null", 0, 200, EFAULT), ("unmapped", 0, 1, EFAULT),
                ("kernel", 0, 200, EFAULT), ("good", 199, 200, EFAULT),
                ("good", ROOM, abi.MESSAGE_MAX + 1, EMSGSIZE),
                ("good", ROOM, INT_MAX, EMSGSIZE)]:
            hand.memory(kind, size, MESSAGE[:size])
            ret = hand.call(call.format(b=bound, l=length))[0]
            what = "%s, %d bits, %s memory, length %d" % (call, hand.bits, kind, length)
            check.error(ret, code, what)
            check.equal(hand.genl.status_bytes(), before, what + ": the state")


def data_received(hand, bound, sender):
    for call in RECEIVES:
        for kind, size, length in [("good", ROOM, n) for n in (0, 1, 199, 200, 201, INT_MAX)
                                   ] + [("good", 200, 200), ("good", ROOM - 1, 200)]:
            sender.send(MESSAGE)
            hand.memory(kind, size)
            ret, _, touched, data = hand.call(call.format(b=bound, l=length))
            what = "%s, %d bits, length %d" % (call, hand.bits, length)
            fits = min(length, 200)
            check.equal((ret, data), (fits, MESSAGE[:touched]), what)
            check.true(touched in (fits, fits - (fits and MESSAGE[fits - 1] == FILL)), what)
        for kind, size in ("null", 0), ("unmapped", 0), ("kernel", 0), ("readonly", ROOM), \
                          ("good", 199):
            sender.send(MESSAGE)
            before = hand.genl.status_bytes()
            hand.memory(kind, size)
            what = "%s, %d bits, %s memory" % (call, hand.bits, kind)
            check.error(hand.call(call.format(b=bound, l=200))[0], EFAULT, what)
            check.equal(hand.genl.status_bytes(), before, what + ": the message is there")
            hand.memory("good", ROOM)
            check.equal(hand.call(call.format(b=bound, l=200))[0], 200, what + ": the next")


@case
def data():
    for bits in BITS:
        hand = Hand(bits)
        bound = hand.socket()
        with Channel(bound=6) as receiver, Channel(connected=5) as sender:
            for call, number in ("bind", 5), ("connect", 6):
                hand.memory("good", 8, bytes(address(number)))
                hand.call("%s %d @ 8" % (call, bound))
            data_sent(hand, bound, receiver)
            data_received(hand, bound, sender)
            for request_ in SIOCINQ, SIOCOUTQ:
                for kind, code in ("null", EFAULT), ("unmapped", EFAULT), ("kernel", EFAULT), \
                                  ("readonly", EFAULT), ("good", 0):
                    hand.memory(kind)
                    ret, _, touched, _ = hand.call("ioctl %d %d @" % (bound, request_))
                    check.error(ret, code, "ioctl %#x, %s memory" % (request_, kind))
                    check.true(touched == (0 if code else 4), "ioctl: %d bytes" % touched)
            hand.close()


@case
def tables_are_complete():
    """Every option of the header is in a table, for set and for get."""
    with open(HEADER) as file:
        text = file.read()
    options = set(re.findall(r"\b(KCTL_SO_(?:SET_|GET_|DEL_|REPLACE)\w*)\s+\d", text))
    [enum] = re.findall(r"^enum kctl_proto_option \{(.*?)\}", text, re.S | re.M)
    own = set(re.findall(r"\bKCTL_\w+", enum))
    check.true(len(options) >= 8 and len(own) >= 5, "found: %s %s" % (options, own))
    put_names, get_names = ({row.name for row in rows} for rows in (PUTS, GETS))
    check.equal(options - put_names - get_names, set(), "options without a test")
    check.equal(own - get_names, {"KCTL_SETTLE"}, "options that are not got")
    check.equal(own - put_names, {"KCTL_DROPS", "KCTL_OWNER", "KCTL_HELD", "KCTL_RESOLVE"},
                "options that are not set")
