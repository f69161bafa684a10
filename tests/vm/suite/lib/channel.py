# SPDX-License-Identifier: GPL-2.0-or-later
"""A client for channels. tests/lib/client.h is the one in C."""
import ctypes
import errno
import select
import socket
import sys

import abi
from abi import Address
from genl import Genl
from sys_calls import call, kernel_version

FILL = 0xAA


class IoVec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("len", ctypes.c_size_t)]


class MsgHdr(ctypes.Structure):
    _fields_ = [("name", ctypes.c_void_p), ("namelen", ctypes.c_uint32),
                ("iov", ctypes.POINTER(IoVec)), ("iovlen", ctypes.c_size_t),
                ("control", ctypes.c_void_p), ("controllen", ctypes.c_size_t),
                ("flags", ctypes.c_int)]


def core_allows_passcred():
    """Since 6.16, kernels refuse SO_PASSCRED to all families except a few that they know."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        except OSError as refused:
            if refused.errno != errno.EOPNOTSUPP:
                raise
            return False
    return True


def core_flags():
    """Return the MSG_* flags that the kernel clears or uses before a protocol sees them."""
    flags = {0x10000, 0x40000, 0x100000, 0x8000000, 0x80000000}
    # With this flag, splice(2) announces more pages, on kernels where it sends page by page.
    if kernel_version() < (6, 5):
        flags.add(0x20000)
    # MSG_NO_SHARED_FRAGS is internal to the kernel: newer kernels clear it.
    if kernel_version() >= (7, 0):
        flags.add(0x80000)
    return flags


def family():
    """The number of the protocol family."""
    with open("/sys/module/kctl/parameters/family") as file:
        return int(file.read())


def address(channel, af=None, zero=0):
    return Address(family() if af is None else af, zero, channel)


def sock_address(channel):
    return bytes(address(channel))


class Resolver:
    """A socket that finds channels by name. Its functions return numbers, or minus the errno."""

    def __init__(self):
        self.sock = socket.socket(family(), socket.SOCK_DGRAM)

    def ask(self, name, size=abi.RESOLVE_SIZE):
        value = ctypes.create_string_buffer(name, abi.RESOLVE_SIZE)
        length = ctypes.c_uint32(size)
        ret = call("getsockopt", self.sock.fileno(), abi.SOL_KCTL, abi.RESOLVE, value,
                   ctypes.byref(length))
        return ret or int.from_bytes(value.raw[abi.NAME_SIZE:], sys.byteorder)

    def number_of(self, name):
        return self.ask(name.encode())


class Channel:
    """A socket of the family. Python's own methods cannot encode its addresses. These can, and
    return minus the errno if a call fails."""

    def __init__(self, bound=None, connected=None):
        self.sock = socket.socket(family(), socket.SOCK_DGRAM)
        self.fd = self.sock.fileno()
        if bound is not None:
            assert self.bind(bound) == 0
        if connected is not None:
            assert self.connect(connected) == 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.sock.close()

    def name_call(self, name, channel, length=8, **members):
        addr = address(channel, **members)
        return call(name, self.fd, ctypes.byref(addr), length)

    def bind(self, channel, **members):
        return self.name_call("bind", channel, **members)

    def connect(self, channel, **members):
        return self.name_call("connect", channel, **members)

    def name(self, which="getsockname", length=64):
        """Return (ret, length, all bytes of a buffer filled with 0xAA)."""
        buffer = (ctypes.c_uint8 * 128)(*[FILL] * 128)
        size = ctypes.c_uint32(length)
        ret = call(which, self.fd, buffer, ctypes.byref(size))
        return ret, size.value, bytes(buffer)

    def number(self):
        ret, size, data = self.name()
        assert (ret, size) == (0, 8)
        return Address.from_buffer_copy(data).channel

    def send_to(self, channel, data, flags=0, length=8, **members):
        addr = address(channel, **members)
        return call("sendto", self.fd, data, ctypes.c_size_t(len(data)), flags,
                    ctypes.byref(addr), length)

    def recv_from(self, size=4096, flags=0, length=64):
        """Return (ret, data, length of the address, all bytes of its buffer)."""
        data = ctypes.create_string_buffer(max(size, 1))
        buffer = (ctypes.c_uint8 * 128)(*[FILL] * 128)
        addrlen = ctypes.c_uint32(length)
        ret = call("recvfrom", self.fd, data, ctypes.c_size_t(size), flags, buffer,
                   ctypes.byref(addrlen))
        return ret, data.raw[:max(min(ret, size), 0)], addrlen.value, bytes(buffer)

    def send(self, data, flags=0):
        return call("send", self.fd, data, ctypes.c_size_t(len(data)), flags)

    def recv(self, size=4096, flags=0):
        """Return the data, or minus the errno."""
        data = ctypes.create_string_buffer(max(size, 1))
        ret = call("recv", self.fd, data, ctypes.c_size_t(size), flags)
        return ret if ret < 0 else data.raw[:min(ret, size)]

    def recv_raw(self, pointer, size, flags=0):
        return call("recv", self.fd, ctypes.c_void_p(pointer), ctypes.c_size_t(size),
                    flags)

    def fill(self, data=b"x"):
        """Send until the channel is full. Return the number of messages."""
        count = 0
        while (ret := self.send(data, socket.MSG_DONTWAIT)) == len(data):
            count += 1
        assert ret == -errno.EAGAIN, ret
        return count

    def drain(self, size=4096):
        """Return all waiting messages, truncated to SIZE."""
        found = []
        while not isinstance(data := self.recv(size, socket.MSG_DONTWAIT), int):
            found.append(data)
        return found


def events_of(sock, wanted=select.POLLIN | select.POLLOUT, milliseconds=0):
    poll = select.poll()
    poll.register(sock.fd, wanted)
    found = poll.poll(milliseconds)
    return found[0][1] if found else 0


def status():
    genl = Genl()
    found = genl.status()
    genl.close()
    return found


if __name__ == "__main__" and sys.argv[1:] == ["allows-passcred"]:
    sys.exit(not core_allows_passcred())
