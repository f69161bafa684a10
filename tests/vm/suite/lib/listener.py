# SPDX-License-Identifier: GPL-2.0-or-later
"""A listener of the netlink group proto, and the events that it reads."""
import struct
import sys
from collections import namedtuple

import abi
from genl import Genl, parse_attrs
from harness import check, eventually

ACTIONS = {abi.PROTO_CREATED: "created", abi.PROTO_SET: "set", abi.PROTO_FULL: "full",
           abi.PROTO_DRAINED: "drained", abi.PROTO_DEAD: "dead",
           abi.PROTO_DELETED: "deleted", abi.PROTO_ENDED: "ended"}
Event = namedtuple("Event", "seq action channel name uid pids command settings to why "
                            "deliveries")


def number(payload):
    return None if payload is None else int.from_bytes(payload, sys.byteorder)


def text(payload):
    assert payload is None or payload.endswith(b"\0"), payload
    return payload and payload[:-1].decode()


def settings_of(payload):
    """Return {attribute: number, or the name}."""
    if payload is None:
        return None
    return {k: text(p) if k == abi.C_NAME else number(p) for k, p in parse_attrs(payload)}


def event_of(payload):
    assert payload[:2] == bytes([abi.CMD_PROTO_EVENT, 1]), payload[:4]
    attrs = parse_attrs(payload[4:])
    have = {k & 0x3fff: p for k, p in attrs}
    pids = [struct.unpack("=II", p) for k, p in attrs if k == abi.P_PID]
    return Event(number(have[abi.P_SEQ]), ACTIONS[number(have[abi.P_ACTION])],
                 number(have[abi.P_CHANNEL]), text(have.get(abi.P_NAME)),
                 number(have.get(abi.P_UID)), pids, text(have.get(abi.P_COMMAND)),
                 settings_of(have.get(abi.P_SETTINGS)), number(have.get(abi.P_TO)),
                 number(have.get(abi.P_WHY)), number(have.get(abi.P_DELIVERIES)))


class Listener(Genl):
    def __init__(self, rcvbuf=8 << 20):
        super().__init__(rcvbuf)
        self.sock.settimeout(20)
        self.last = self.status()["proto_events"]
        check.error(self.join(b"proto"), 0, "join")

    def next(self):
        [(_, _, _, payload)] = self.read()
        return event_of(payload)

    def take(self, count):
        """Return the next COUNT events, which must have no gap."""
        events = [self.next() for _ in range(count)]
        check.equal([e.seq for e in events], [*range(self.last + 1, self.last + 1 + count)],
                    "numbers")
        self.last += count
        return events

    def expect(self, what, *expected):
        """Check the (action, channel) of the next events, in order."""
        events = self.take(len(expected))
        check.equal([(e.action, e.channel) for e in events], [*expected], what)
        return events

    def expect_numbered(self, count):
        """Eventually this number of events must have been sent or lost."""
        genl = Genl()
        eventually(lambda: genl.status()["proto_events"] >= self.last + count, 60)
        check.equal(genl.status()["proto_events"] - self.last, count, "sent or lost")
        genl.close()

    def quiet(self):
        """Check that no further event arrives. Events are sent in order, so the next ones must
        be those caused here."""
        other = Genl()
        other.set_channel(999)
        other.delete_channel(999)
        other.close()
        self.expect("nothing but the end", ("created", 999), ("set", 999), ("deleted", 999),
                    ("ended", 999))
