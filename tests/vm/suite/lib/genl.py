# SPDX-License-Identifier: GPL-2.0-or-later
"""A generic netlink client, byte by byte. tests/lib/client.h is the one in C."""
import errno
import select
import socket
import struct
import sys
import time
from collections import namedtuple

import abi

NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
NLM_F_CAPPED, NLM_F_ACK_TLVS, NLM_F_DUMP_INTR = 0x100, 0x200, 0x10
SO_RCVBUFFORCE = 33
NLMSG_ERROR, NLMSG_DONE = 2, 3
SOL_NETLINK, NETLINK_CAP_ACK, NETLINK_EXT_ACK = 270, 10, 11
NETLINK_ADD_MEMBERSHIP = 1
GENL_ID_CTRL = 16

Record = namedtuple("Record",
                    "seq time ifindex length captured direction family reserved packet "
                    "offset")
Channel = namedtuple("Channel", "number messages bytes receivers")
Details = namedtuple("Details", "number messages bytes receivers senders taps uid gid "
                                "mode flags")


def waiting_in_buffers():
    """Return the number of bytes in the receive buffers of all netlink sockets of the
    namespace."""
    with open("/proc/net/netlink") as file:
        return sum(int(line.split()[4]) for line in file.readlines()[1:])


def attr(kind, payload):
    data = struct.pack("=HH", 4 + len(payload), kind) + payload
    return data + bytes(-len(data) % 4)


def u32(kind, value):
    return attr(kind, struct.pack("=I", value))


def parse_attrs(data):
    """Return [(type, payload)], in order."""
    found = []
    while len(data) >= 4:
        size, kind = struct.unpack_from("=HH", data)
        assert 4 <= size <= len(data), "attribute of %d bytes in %d" % (size, len(data))
        found.append((kind, data[4:size]))
        data = data[(size + 3) & ~3:]
    assert not data, "%d bytes behind the attributes" % len(data)
    return found


def parse_record(payload, offset):
    record = Record(*struct.unpack_from(abi.RECORD_FORMAT, payload),
                    payload[abi.RECORD_SIZE:], offset)
    assert record.captured == len(record.packet), record
    assert record.reserved == 0, record
    return record


class Refused(Exception):
    """The kernel answered with an errno."""

    def __init__(self, code, text):
        super().__init__("%s: %s" % (errno.errorcode.get(code, code), text))
        self.errno = code
        self.text = text


class Genl:
    """A generic netlink socket that knows the family kctl."""

    def __init__(self, rcvbuf=None, read_size=1 << 20):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.read_size = read_size
        self.resize(rcvbuf)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 1)
        self.sock.bind((0, 0))
        self.seq = 0
        self.address = None
        self.patience = 10
        self.records = []
        self.overruns = 0
        self.family = self.resolve()

    def close(self):
        self.sock.close()

    def resize(self, rcvbuf):
        """Set the receive buffer, which requires CAP_NET_ADMIN. None keeps its size."""
        if rcvbuf is not None:
            self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, rcvbuf)

    def describe(self):
        """Return the attributes of the family."""
        return dict(self.ask(3, attr(2, b"kctl\0"), family=GENL_ID_CTRL, version=2)[0])

    def rcvbuf(self):
        return self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)

    def resolve(self):
        return struct.unpack("=H", self.describe()[1])[0]

    def join(self, group):
        """Join a multicast group. Return 0 or minus the errno."""
        groups = [dict(parse_attrs(part)) for _, part in parse_attrs(self.describe()[7])]
        [number] = [struct.unpack("=I", g[2])[0] for g in groups
                    if g[1] == group + b"\0"]
        try:
            self.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, number)
        except OSError as err:
            return -err.errno
        return 0

    def send(self, cmd, attrs=b"", flags=NLM_F_ACK, family=None, version=1, reserved=0):
        self.seq += 1
        size = 20 + len(attrs)
        family = self.family if family is None else family
        data = struct.pack("=IHHIIBBH", size, family, NLM_F_REQUEST | flags, self.seq, 0, cmd,
                           version, reserved) + attrs
        if self.address:
            self.sock.sendto(data, self.address)
        else:
            self.sock.send(data)

    def messages(self, data):
        while data:
            size, kind, flags, seq = struct.unpack_from("=IHHI", data)
            yield kind, flags, seq, data[16:size]
            data = data[(size + 3) & ~3:]

    def take_error(self, flags, payload):
        """Raise Refused unless it is an ACK."""
        code = -struct.unpack_from("=i", payload)[0]
        text = ""
        if flags & NLM_F_ACK_TLVS:
            offset = 20 if flags & NLM_F_CAPPED else 4 + struct.unpack_from(
                "=I", payload, 4)[0]
            texts = [p for k, p in parse_attrs(payload[offset:]) if k == 1]
            text = texts[0].rstrip(b"\0").decode() if texts else ""
        if code:
            raise Refused(code, text)

    def take_events(self, payload):
        assert payload[:2] == bytes([abi.CMD_ICMP_EVENTS, 1]), payload[:4]
        offset = None
        for kind, data in parse_attrs(payload[4:]):
            if kind == abi.EVENTS_OFFSET:
                offset = struct.unpack("=q", data)[0]
                continue
            assert kind == abi.EVENTS_RECORD and offset is not None, kind
            self.records.append(parse_record(data, offset))

    def read(self):
        """Return one datagram as messages. Overruns are counted."""
        while True:
            try:
                return list(self.messages(self.sock.recv(self.read_size)))
            except OSError as err:
                if err.errno != errno.ENOBUFS:
                    raise
                self.overruns += 1

    def answer(self, dump=False):
        """Return the attributes of each message of the answer."""
        parts = []
        while True:
            for kind, flags, seq, payload in self.read():
                if seq == 0:
                    self.take_events(payload)
                    continue
                assert seq == self.seq, (seq, self.seq)
                if kind == NLMSG_ERROR:
                    self.take_error(flags, payload)
                    return parts
                if kind == NLMSG_DONE:
                    return parts
                parts.append(parse_attrs(payload[4:]))

    def ask(self, cmd, attrs=b"", flags=NLM_F_ACK, **header):
        self.sock.settimeout(self.patience)
        self.send(cmd, attrs, flags, **header)
        return self.answer()

    def drain_answers(self):
        """Read and drop messages until none arrives."""
        while select.select([self.sock], [], [], 0.02)[0]:
            self.read()

    def errno_of(self, cmd, attrs=b"", **header):
        """Return 0, or the errno of the answer."""
        try:
            self.ask(cmd, attrs, **header)
        except Refused as err:
            self.text = err.text
            return err.errno
        return 0

    def status(self):
        """Return {name: value}. Each attribute must be there once."""
        parts = self.ask(abi.CMD_GET_STATUS)
        assert len(parts) == 1, parts
        found = {}
        for kind, payload in parts[0]:
            if kind == 1:
                continue
            name, value = self.status_attr(kind, payload)
            assert name not in found, "twice: " + name
            found[name] = value
        assert len(found) == 21, sorted(found)
        return found

    def status_bytes(self):
        """Return the attributes as bytes, which are fast to read and compare."""
        self.send(abi.CMD_GET_STATUS, flags=0)
        [(_, _, seq, payload)] = self.read()
        assert seq == self.seq, (seq, self.seq)
        return payload[4:]

    @staticmethod
    def status_attr(kind, payload):
        if kind in abi.STATUS_STRING:
            assert payload.endswith(b"\0")
            return abi.STATUS_STRING[kind], payload[:-1].decode()
        if kind in abi.STATUS_U32:
            return abi.STATUS_U32[kind], struct.unpack("=I", payload)[0]
        return abi.STATUS_U64[kind], struct.unpack("=Q", payload)[0]

    def watchers(self):
        """Return [{attribute: payload}]. No attribute may be there twice."""
        found = []
        for part in self.ask(abi.CMD_GET_WATCHERS, flags=NLM_F_DUMP):
            have = {k: p for k, p in part if k != abi.W_PAD}
            assert len(have) == len([k for k, _ in part if k != abi.W_PAD]), part
            found.append(have)
        return found

    def counters_of(self, watcher):
        """Return (matched, delivered, lost, being gathered)."""
        port = struct.pack("=I", watcher.sock.getsockname()[0])
        [have] = [have for have in self.watchers() if have[abi.W_PORT] == port]
        matched, delivered, lost = (struct.unpack("=Q", have[kind])[0]
                                    for kind in (abi.W_MATCHED, abi.W_DELIVERED, abi.W_LOST))
        return matched, delivered, lost, matched - delivered - lost

    def channel_attributes(self):
        """Return {attribute: number} of each channel. All attributes must be there, in their
        order."""
        found = []
        for part in self.ask(abi.CMD_GET_CHANNELS, flags=NLM_F_DUMP):
            have = {k: int.from_bytes(p, sys.byteorder) for k, p in part
                    if k not in (abi.C_PAD, abi.C_SOCKETS, abi.C_NAME)}
            assert list(have) == [*range(abi.C_NUMBER, abi.C_FLAGS + 1), abi.C_HELD,
                                  abi.C_DELAYED, abi.C_MAX_DELIVERIES, abi.C_DEAD_LETTER,
                                  abi.C_DEAD, abi.C_DROPPED, abi.C_RETRY_DELAY,
                                  abi.C_HOLD_TIME_MAX, abi.C_TTL, abi.C_EXPIRED, abi.C_SENT,
                                  abi.C_RECEIVED, abi.C_AGE,
                                  *[abi.C_OLDEST] * (have[abi.C_MESSAGES] > 0)], have
            found.append(have)
        return found

    def channel_details(self):
        return [Details(*list(have.values())[:len(Details._fields)])
                for have in self.channel_attributes()]

    def channel_names(self):
        """Return {number: name, or None}."""
        found = {}
        for part in self.ask(abi.CMD_GET_CHANNELS, flags=NLM_F_DUMP):
            have = dict(part)
            name = have.get(abi.C_NAME)
            assert name is None or name.endswith(b"\0") and len(name) > 1, name
            found[int.from_bytes(have[abi.C_NUMBER], sys.byteorder)] = \
                name and name[:-1].decode()
        return found

    def channel_sockets(self):
        """Return {number: [inode number]}."""
        found = {}
        for part in self.ask(abi.CMD_GET_CHANNELS, flags=NLM_F_DUMP):
            have = dict(part)
            [number] = struct.unpack("=I", have[abi.C_NUMBER])
            found[number] = [inode for inode, in struct.iter_unpack("=I", have[abi.C_SOCKETS])]
        return found

    def channels(self):
        return [Channel(*found[:4]) for found in self.channel_details()]

    def on_channel(self, cmd, number, **attrs):
        """Send SET, DEL or FLUSH with the named attributes. Return 0 or minus the errno."""
        kinds = {"uid": abi.C_UID, "gid": abi.C_GID, "mode": abi.C_MODE,
                 "max_deliveries": abi.C_MAX_DELIVERIES, "dead_letter": abi.C_DEAD_LETTER,
                 "retry_delay": abi.C_RETRY_DELAY, "hold_time_max": abi.C_HOLD_TIME_MAX,
                 "ttl": abi.C_TTL}
        data = u32(abi.C_NUMBER, number)
        if "name" in attrs:
            data += attr(abi.C_NAME, attrs.pop("name").encode() + b"\0")
        data += b"".join(u32(kinds[name], value) for name, value in attrs.items())
        return -self.errno_of(cmd, data)

    def set_channel(self, number, **attrs):
        return self.on_channel(abi.CMD_SET_CHANNEL, number, **attrs)

    def delete_channel(self, number):
        return self.on_channel(abi.CMD_DEL_CHANNEL, number)

    def flush_channel(self, number):
        return self.on_channel(abi.CMD_FLUSH_CHANNEL, number)


class Watcher(Genl):
    """A socket that watches from its creation.

    A small buffer is set only after the start: otherwise records might leave no space for the
    acknowledgement."""

    def __init__(self, *attrs, rcvbuf=4 << 20):
        super().__init__(rcvbuf if rcvbuf is None else max(rcvbuf, 1 << 20))
        self.start(*attrs)
        self.resize(rcvbuf)

    def start(self, *attrs):
        self.ask(abi.CMD_WATCH_START, b"".join(attrs))

    def stop(self):
        """Return (matched, lost)."""
        parts = self.ask(abi.CMD_WATCH_STOP)
        assert len(parts) == 1, parts
        have = {k: struct.unpack("=Q", p)[0] for k, p in parts[0] if k != abi.W_PAD}
        assert sorted(have) == [abi.W_MATCHED, abi.W_LOST, abi.W_DELIVERED], have
        assert have[abi.W_DELIVERED] + have[abi.W_LOST] == have[abi.W_MATCHED], have
        return have[abi.W_MATCHED], have[abi.W_LOST]

    def message(self, seconds=10):
        """Return the records of the next message, or none if no message arrives in time."""
        if not select.select([self.sock], [], [], seconds)[0]:
            return []
        for _, _, _, payload in self.read():
            self.take_events(payload)
        records, self.records = self.records, []
        return records

    def drain(self):
        """Read all records that have arrived. Under a flood, this does not end."""
        self.sock.settimeout(0)
        try:
            while True:
                for _, _, _, payload in self.read():
                    self.take_events(payload)
        except BlockingIOError:
            pass

    def collect(self, count, seconds=10):
        """Wait for COUNT records. Return and forget these, and those that arrived with them.
        Records that have arrived are read even after the deadline."""
        deadline = time.monotonic() + seconds
        while len(self.records) < count and select.select(
                [self.sock], [], [], max(0, deadline - time.monotonic()))[0]:
            for _, _, _, payload in self.read():
                self.take_events(payload)
        records, self.records = self.records, []
        assert len(records) >= count, "%d of %d records" % (len(records), count)
        return records

    def finish(self, expected=0):
        """Stop the watch, whatever happens meanwhile. Return (records not yet collected,
        matched, lost).

        EXPECTED is the number of packets that must match before that: a packet over lo arrives
        after the return of send() if the processor is busy with other packets. A full buffer
        may have no space for the answer. The watch has ended nevertheless: read the records,
        and ask again."""
        if expected:
            listing, deadline = Genl(), time.monotonic() + 10
            while listing.counters_of(self)[0] < expected and time.monotonic() < deadline:
                time.sleep(0.002)
            listing.close()
        self.patience = 0.5
        for _ in range(10):
            try:
                matched, lost = self.stop()
                return self.records, matched, lost
            except (TimeoutError, BlockingIOError):
                self.drain()
        raise AssertionError("no answer to WATCH_STOP")
