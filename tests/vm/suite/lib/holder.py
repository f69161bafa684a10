# SPDX-License-Identifier: GPL-2.0-or-later
"""A receiver that holds messages and settles them."""
import ctypes
import functools
import socket
import struct
import time
from collections import namedtuple

import abi
from channel import Channel, IoVec, MsgHdr
from genl import Genl
from sys_calls import call

DONTWAIT = socket.MSG_DONTWAIT
HELD_SIZE = struct.calcsize(abi.HELD_FORMAT)
CONTROL = socket.CMSG_LEN(HELD_SIZE)
MS = 1000000

Held = namedtuple("Held", "id deadline deliveries dead_from dead_deliveries dead_why")


def pack(*settles, delay=0):
    """Return the bytes of settles. Each is a pair of an ID, or of what was received with it,
    and a verb."""
    return b"".join(struct.pack(abi.SETTLE_FORMAT, getattr(which, "id", which), verb, delay)
                    for which, verb in settles)


def msghdr(address, size, room, control):
    """The caller must keep ROOM alive, as the kernel writes into it."""
    iov = IoVec(address, size)
    return MsgHdr(None, 0, ctypes.pointer(iov), 1, ctypes.addressof(room), control, 0)


def held_of(control):
    """Return the first control message, which must be SCM_KCTL_HELD."""
    if not control:
        return None
    size, level, kind = struct.unpack_from("=QII", control)
    assert (size, level, kind) == (CONTROL, abi.SOL_KCTL, abi.SCM_HELD), (size, level, kind)
    return Held(*struct.unpack_from(abi.HELD_FORMAT, control, 16))


class Holder(Channel):
    def __init__(self, bound=None, hold=0, **how):
        super().__init__(bound, **how)
        if hold:
            assert self.set(abi.HOLD, hold) == 0

    def set(self, name, value):
        if isinstance(value, int):
            value = struct.pack("=i", value)
        return call("setsockopt", self.fd, abi.SOL_KCTL, name, value, len(value))

    def get(self, name):
        return self.sock.getsockopt(abi.SOL_KCTL, name)

    @property
    def held(self):
        return self.get(abi.HELD)

    def take(self, flags=0, size=4096, control=CONTROL):
        """Return (data, struct kctl_held or None), or minus the errno. There is no space for
        other ancillary data, only for the first control message."""
        data = ctypes.create_string_buffer(size)
        room = ctypes.create_string_buffer(max(control, 1))
        msg = msghdr(ctypes.addressof(data), size, room, control)
        ret = call("recvmsg", self.fd, ctypes.byref(msg), flags)
        if ret < 0:
            return ret
        return data.raw[:ret], held_of(room.raw[:msg.controllen])

    def take_into(self, address, size=64):
        """Receive into any memory with recvmsg(2)."""
        room = ctypes.create_string_buffer(CONTROL)
        return call("recvmsg", self.fd, ctypes.byref(msghdr(address, size, room, CONTROL)), 0)

    def take_all(self):
        found = []
        while not isinstance(got := self.take(DONTWAIT), int):
            found.append(got)
        return found

    def settle(self, *settles, delay=0):
        return self.set(abi.SETTLE, pack(*settles, delay=delay))


def now():
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)


def patient(sock):
    """Let a call fail after a while if nothing wakes it."""
    sock.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 30, 0))


def attributes(number):
    return next((have for have in Genl().channel_attributes()
                 if have[abi.C_NUMBER] == number), None)


def counts(number):
    """Return (number of waiting messages, number of held messages)."""
    found = attributes(number)
    return (found[abi.C_MESSAGES], found[abi.C_HELD]) if found else None


def emptied(function):
    """Decorate a case that leaves messages in channel 5: the channel is deleted with them."""
    @functools.wraps(function)
    def run():
        function()
        Genl().delete_channel(5)
    return run
