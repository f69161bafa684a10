# SPDX-License-Identifier: GPL-2.0-or-later
"""The watch: ICMP packets of the network namespace, with exact counts of lost packets."""
import ctypes
import enum
import ipaddress
import socket
from dataclasses import dataclass
from typing import Iterable, Optional

from . import _library as c
from ._library import lib
from ._source import Gathered

SNAPLEN_DEFAULT = 256


class Direction(enum.IntFlag):
    IN = 1
    OUT = 2


@dataclass(frozen=True)
class Packet:
    """A packet. DATA has the captured bytes of its LENGTH bytes, beginning with the IP header.
    LOST is the number of packets that were lost before this one. TIME is in ns since the
    epoch."""
    seq: int
    time: int
    interface: int
    direction: Direction
    family: int
    length: int
    data: bytes
    lost: int

    @property
    def source(self) -> str:
        """The source address."""
        return self._address(0)

    @property
    def destination(self) -> str:
        """The destination address."""
        return self._address(1)

    def _address(self, number: int) -> str:
        begin, size = (12, 4) if self.family == socket.AF_INET else (8, 16)
        at = begin + number * size
        return str(ipaddress.ip_address(self.data[at:at + size]))


def _prefix(text: Optional[str]) -> c.Prefix:
    prefix = c.Prefix()
    if text is None:
        return prefix
    network = ipaddress.ip_network(text)
    prefix.family = socket.AF_INET if network.version == 4 else socket.AF_INET6
    prefix.length = network.prefixlen
    packed = network.network_address.packed
    prefix.address[:len(packed)] = list(packed)
    return prefix


class Watch(Gathered[Packet]):
    """ICMP packets, from now on, that match all given arguments. HOST, SRC and DST are
    addresses or prefixes, DEV is the name of an interface, TYPES4 and TYPES6 are lists of type
    numbers.

    COALESCE is the time in seconds for which the kernel gathers packets under load."""

    def __init__(self, *, host: Optional[str] = None, src: Optional[str] = None,
                 dst: Optional[str] = None, dev: Optional[str] = None,
                 direction: Direction = Direction(0), family: int = 0,
                 types4: Iterable[int] = (), types6: Iterable[int] = (),
                 code: Optional[int] = None, sample: int = 1,
                 snaplen: int = SNAPLEN_DEFAULT, coalesce: Optional[float] = None) -> None:
        super().__init__()
        self._seq = 0
        self._callback = c.RECORD_FN(self._take)
        types = list(types4), list(types6)
        asked = c.WatchFilter(
            family=family, direction=direction, src=_prefix(src), dst=_prefix(dst),
            host=_prefix(host), ifindex=socket.if_nametoindex(dev) if dev else 0,
            types4_count=len(types[0]), types6_count=len(types[1]), sample=sample,
            has_code=code is not None, code=code or 0, snaplen=snaplen,
            has_coalesce=coalesce is not None, coalesce=round((coalesce or 0) * 1e6))
        asked.types4[:len(types[0])] = types[0]
        asked.types6[:len(types[1])] = types[1]
        self._check(lib.kctl_watch_start(self._open_handle(), ctypes.byref(asked),
                                         ctypes.sizeof(asked), self._callback, None))

    def _take(self, _: object, pointer: "ctypes._Pointer[c.Record]",
              packet: "ctypes._Pointer[ctypes.c_uint8]") -> int:
        record = pointer.contents
        self._items.append(Packet(
            record.seq, record.time, record.ifindex, Direction(record.direction),
            record.family, record.length, ctypes.string_at(packet, record.captured),
            record.seq - self._seq - 1))
        self._seq = record.seq
        return 0

    def read(self) -> list[Packet]:
        return self._drain(lib.kctl_watch_read)

    def stop(self) -> tuple[list[Packet], int, int]:
        """End the watch. Return the packets that were not read yet, the number of packets that
        matched, and the number of those that were lost."""
        totals = c.WatchTotals()
        self._check(lib.kctl_watch_stop(self._open_handle(), ctypes.byref(totals),
                                        ctypes.sizeof(totals)))
        return self._taken(), totals.matched, totals.lost


# Lower case reads better in a loop: for packet in kctl.watch(host="10.0.0.1")
watch = Watch
