# SPDX-License-Identifier: GPL-2.0-or-later
"""Every netlink attribute: missing, of every length, repeated, nested, unknown; wrong headers;
and the padding of answers."""
import os
import re
import struct
from errno import EINVAL, ENOENT, EOPNOTSUPP, ERANGE

import abi
from channel import Channel
from genl import NLM_F_DUMP, Genl, Watcher, attr, u32
from harness import case, check
from packets import Pinger
from store import Store

HEADER = os.path.join(os.path.dirname(__file__), "../../../../kmod/uapi/linux/kctl.h")
NESTED, BYTEORDER = 0x8000, 0x4000
BIG = 60000


def number(value):
    return struct.pack("=I", value)


# The attributes of requests: number, and a valid value.
WATCH = {
    "FAMILY": (2, number(2)), "DIRECTION": (3, number(1)), "TYPES4": (4, b"\x08"),
    "TYPES6": (5, b"\x80"), "SNAPLEN": (6, number(64)), "IFINDEX": (9, number(1)),
    "SRC": (10, b"\x0a\0\0\1"), "SRC_LEN": (11, number(32)), "DST": (12, b"\x0a\0\0\2"),
    "DST_LEN": (13, number(32)), "CODE": (14, number(3)), "SAMPLE": (15, number(2)),
    "COALESCE": (16, number(100)), "HOST": (19, b"\x0a\0\0\2"),
    "HOST_LEN": (20, number(32)),
}
CHANNEL = {"NUMBER": (2, number(5)), "UID": (8, number(0)), "GID": (9, number(0)),
           "MODE": (10, number(0o600)), "MAX_DELIVERIES": (15, number(3)),
           "DEAD_LETTER": (16, number(0)), "NAME": (17, b"jobs\0"),
           "RETRY_DELAY": (20, number(100)), "HOLD_TIME_MAX": (21, number(100)),
           "TTL": (22, number(100))}
NEEDS = {"SRC_LEN": "SRC", "DST_LEN": "DST", "HOST_LEN": "HOST"}
# Of repeated attributes, only the last one is checked for this length.
LATE = [EINVAL]
NUMBER = u32(abi.C_NUMBER, 5)

# Command, required attributes, table of permitted attributes, flags.
COMMANDS = [
    (abi.CMD_GET_STATUS, b"", {}, 4), (abi.CMD_WATCH_START, b"", WATCH, 4),
    (abi.CMD_WATCH_STOP, b"", {}, 4), (abi.CMD_GET_CHANNELS, b"", {}, NLM_F_DUMP),
    (abi.CMD_GET_WATCHERS, b"", {}, NLM_F_DUMP),
    (abi.CMD_SET_CHANNEL, NUMBER, CHANNEL, 4), (abi.CMD_DEL_CHANNEL, NUMBER, CHANNEL, 4),
    (abi.CMD_FLUSH_CHANNEL, NUMBER, CHANNEL, 4),
]
# The errors if there is neither a channel nor a watcher.
REFUSED_LATER = {abi.CMD_WATCH_STOP: ENOENT, abi.CMD_DEL_CHANNEL: ENOENT,
                 abi.CMD_FLUSH_CHANNEL: ENOENT}


def lengths_of(name, kind, good):
    """Return (attribute, errnos) for every wrong length."""
    sizes = sorted({0, 1, len(good) - 1, len(good) + 1, BIG})
    if name.startswith("TYPES"):
        return [(attr(kind, bytes(size)), (ERANGE,)) for size in (0, 257, BIG)]
    if name == "NAME":
        return [(attr(kind, payload), (EINVAL, ERANGE)) for payload in
                (b"", b"jobs", b"n" * 64 + b"\0", b"n" * BIG)]
    if name in ("SRC", "DST", "HOST"):
        return [(attr(kind, bytes(size)), (ERANGE,)) for size in (0, 3, 17, BIG)] + \
            [(attr(kind, bytes(size)), LATE) for size in (5, 15)]
    return [(attr(kind, bytes(size)), (EINVAL,)) for size in sizes if size != len(good)]


def rows_of(needed, table):
    """Yield (description, attributes, errnos); errnos is empty for a valid request."""
    unknown = sorted({0, 1, 100, 0x3fff} | (set(range(1, 30)) -
                                                {kind for kind, _ in table.values()}))
    for kind in unknown:
        for payload in b"", bytes(4), bytes(BIG):
            yield ("unknown %d of %d bytes" % (kind, len(payload)),
                   needed + attr(kind, payload), (EINVAL,))
    for name, (kind, good) in table.items():
        before = b""
        if name in NEEDS:
            before = attr(*table[NEEDS[name]])
        elif name != "NUMBER":
            before = needed
        one = attr(kind, good)
        for wrong, codes in lengths_of(name, kind, good):
            size = len(wrong)
            yield "%s, %d bytes" % (name, size), before + wrong, codes
            yield "%s, %d bytes, repeated" % (name, size), before + one + wrong, codes
            yield "%s, good, behind %d bytes" % (name, size), before + wrong + one, \
                () if codes == LATE else codes
        yield name + ", repeated", before + one + one, ()
        yield name + ", nested", before + attr(kind | NESTED, good), (EINVAL,)
        # The kernel ignores this flag.
        yield name + ", of network order", before + attr(kind | BYTEORDER, good), ()
        yield name + ", in itself", before + attr(kind | NESTED, one), (EINVAL, ERANGE)
        yield name + ", in a pad", before + attr(1 | NESTED, one), (EINVAL,)
        if len(good) % 4 == 0:
            yield name + ", cut", (before + one)[:-1], (EINVAL,)
        yield (name + ", longer than the message",
               before + struct.pack("=HH", 4 + len(good) + 8, kind) + good, (EINVAL,))
        yield (name + ", shorter than its header",
               before + struct.pack("=HH", 3, kind) + good, (EINVAL,))


def state_of(genl):
    return genl.status(), genl.channels(), genl.watchers()


def undo(genl, cmd):
    """Undo what a valid request has done."""
    if cmd == abi.CMD_WATCH_START:
        genl.close()
        genl = Genl()
    genl.delete_channel(5)
    return genl


@case
def matrix():
    genl, other = Genl(), Genl()
    before, quick, count = state_of(other), other.status_bytes(), 0
    for cmd, needed, table, flags in COMMANDS:
        for what, attrs, codes in rows_of(needed, table):
            if cmd not in (abi.CMD_WATCH_START, abi.CMD_SET_CHANNEL) and not codes:
                codes = (REFUSED_LATER[cmd],)
            what = "command %d, %s" % (cmd, what)
            got = genl.errno_of(cmd, attrs, flags=flags)
            check.true(got in codes or (not codes and not got), "%s: errno %d, not %s" % (
                what, got, codes))
            if not got:
                genl = undo(genl, cmd)
            check.equal(other.status_bytes(), quick, what + ": the state")
            count += 1
        check.equal(state_of(other), before, "command %d: the state" % cmd)
    check.true(count > 500, "only %d rows" % count)
    print("%d rows" % count)


@case
def missing():
    genl = Genl()
    for cmd in abi.CMD_SET_CHANNEL, abi.CMD_DEL_CHANNEL, abi.CMD_FLUSH_CHANNEL:
        for name, (kind, good) in CHANNEL.items():
            if name != "NUMBER":
                check.equal(genl.errno_of(cmd, attr(kind, good)), EINVAL,
                            "command %d with %s alone" % (cmd, name))
    for name in NEEDS:
        check.equal(genl.errno_of(abi.CMD_WATCH_START, attr(*WATCH[name])), EINVAL,
                    name + " alone")


@case
def headers():
    """Wrong netlink and generic netlink headers."""
    genl = Genl()
    before = state_of(genl)
    for cmd, needed, _, flags in COMMANDS:
        for reserved in 1, 0x8000, 0xffff:
            check.equal(genl.errno_of(cmd, needed, flags=flags, reserved=reserved), EINVAL,
                        "command %d, reserved %#x" % (cmd, reserved))
        for extra in 1, 2, 3:
            check.equal(genl.errno_of(cmd, needed + bytes(extra), flags=flags), EINVAL,
                        "command %d, %d bytes behind" % (cmd, extra))
        for size in 16, 17, 19:
            genl.seq += 1
            genl.sock.send(struct.pack("=IHHIIBBH", size, genl.family, 5, genl.seq, 0, cmd,
                                       1, 0)[:size])
            try:
                genl.answer()
                check.fail("command %d of %d bytes" % (cmd, size))
            except Exception as err:
                check.equal(getattr(err, "errno", None), EINVAL, "command %d of %d bytes" % (
                    cmd, size))
        for size in 0, 15, 21, 0x7fffffff, 0xffffffff:
            genl.sock.send(struct.pack("=IHHIIBBH", size, genl.family, 5, genl.seq, 0, cmd,
                                       1, 0))
        genl.drain_answers()
    for cmd in 0, abi.CMD_ICMP_EVENTS, 6, abi.CMD_PROTO_EVENT, 12, 255:
        check.equal(genl.errno_of(cmd, NUMBER), EOPNOTSUPP, "command %d" % cmd)
    check.equal(state_of(genl), before, "the state after all that")


@case
def matrix_is_complete():
    """Each attribute is in a table of requests, or is one that only answers have."""
    with open(HEADER) as file:
        text = file.read()
    answers = {"WATCH": {"UNSPEC", "PAD", "MATCHED", "LOST", "DELIVERED", "PORT"},
            "CHANNEL": {"UNSPEC", "PAD", "MESSAGES", "BYTES", "RECEIVERS", "SENDERS",
                        "TAPS", "FLAGS", "SOCKETS", "HELD", "DELAYED", "DEAD", "DROPPED",
                        "EXPIRED", "SENT", "RECEIVED", "AGE", "OLDEST"}}
    for group, table in ("WATCH", WATCH), ("CHANNEL", CHANNEL):
        names = set(re.findall(r"^\tKCTL_A_%s_(\w+)(?: = \d+)?," % group, text, re.M))
        check.equal(names, set(table) | answers[group], "attributes of " + group)
    commands = set(re.findall(r"^\tKCTL_CMD_(\w+),", text, re.M))
    check.equal(len(COMMANDS), len(commands - {"UNSPEC", "ICMP_EVENTS", "STORE_EVENT",
                                              "PROTO_EVENT"}),
                "commands")


def check_padding(data, what):
    """The padding after each attribute must be zero."""
    while len(data) >= 4:
        size, _ = struct.unpack_from("=HH", data)
        check.equal(data[size:(size + 3) & ~3], bytes(-size % 4), what + ": padding")
        data = data[(size + 3) & ~3:]


@case
def no_byte_too_many():
    genl = Genl()
    # Attributes of 1 and 3 bytes, and names of each length.
    watcher = Watcher(attr(abi.W_TYPES4, b"\x08"), attr(abi.W_TYPES6, b"\x80\x81\x82"),
                      u32(abi.W_SNAPLEN, 29))
    listener = Genl()
    listener.join(b"store")
    events, setter = Genl(), Genl()
    events.join(b"proto")
    store = Store()
    with Channel(bound=5):
        for cmd, flags in (abi.CMD_GET_STATUS, 4), (abi.CMD_GET_CHANNELS, NLM_F_DUMP), \
                          (abi.CMD_GET_WATCHERS, NLM_F_DUMP):
            genl.send(cmd, flags=flags)
            for message in genl.read():
                check_padding(message[3][4:], "command %d" % cmd)
    for size in range(1, 9):
        store.set_entry(b"n" * size, b"")
        for message in listener.read():
            check_padding(message[3][4:], "store event")
        check.error(setter.set_channel(5, name="n" * size, mode=0o622), 0, "set")
        check.error(setter.delete_channel(5), 0, "delete")
        for _ in range(4):
            for message in events.read():
                check_padding(message[3][4:], "channel event")
    Pinger().ping4()
    for message in watcher.read():
        check_padding(message[3][4:], "record")
