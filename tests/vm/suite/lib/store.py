# SPDX-License-Identifier: GPL-2.0-or-later
"""A client for the store. tests/lib/client.h is the one in C."""
import ctypes
import socket

from abi import DEL_ENTRY, ENTRY_SIZE, GET_ENTRY, GET_INFO, GET_VALUE, SET_ENTRY, \
    SET_VALUE, Entry, Info, Table
from sys_calls import call

FILL = 0xAA


def request(name=b"default", size=0, flags=0, generation=0, changed=0):
    """Return the bytes of a struct kctl_entry. The name is not checked: it can have up to 64
    bytes, including bytes after a NUL."""
    entry = Entry(generation=generation, changed=changed, flags=flags, size=size)
    return name.ljust(64, b"\0") + bytes(entry)[64:]


def table(*entries, count=None, generation=0, reserved=0):
    """Return the bytes of a struct kctl_table and of its entries, (name, value) each."""
    head = Table(generation=generation, reserved=reserved,
                 entries=len(entries) if count is None else count)
    return bytes(head) + b"".join(request(name, len(value)) + value + bytes(-len(value) % 8)
                                  for name, value in entries)


class Store:
    """The store of the network namespace that the thread is in when it is created."""

    def __init__(self, family=socket.AF_INET, kind=socket.SOCK_DGRAM):
        self.sock = socket.socket(family, kind)
        self.fd = self.sock.fileno()

    def close(self):
        self.sock.close()

    def set_raw(self, option, address, length):
        return call("setsockopt", self.fd, 0, option, ctypes.c_void_p(address),
                    ctypes.c_int(length))

    def get_raw(self, option, address, length):
        """Return (ret, optlen after the call)."""
        optlen = ctypes.c_int(length)
        ret = call("getsockopt", self.fd, 0, option, ctypes.c_void_p(address),
                   ctypes.byref(optlen))
        return ret, optlen.value

    def set_bytes(self, option, data):
        buffer = ctypes.create_string_buffer(data, max(len(data), 1))
        return self.set_raw(option, ctypes.addressof(buffer), len(data))

    def get_bytes(self, option, head, length):
        """Get into a buffer that begins with HEAD and is filled with 0xAA after it.

        Return (ret, optlen, all bytes of the buffer, which is 64 bytes larger than necessary)."""
        size = max(length, len(head), 0) + 64
        buffer = ctypes.create_string_buffer(head + bytes([FILL]) * (size - len(head)),
                                             size)
        ret, optlen = self.get_raw(option, ctypes.addressof(buffer), length)
        return ret, optlen, buffer.raw

    def set_value(self, value):
        return self.set_bytes(SET_VALUE, value)

    def get_value(self, length=70000):
        """Return the value of "default", or minus the errno."""
        ret, optlen, data = self.get_bytes(GET_VALUE, b"", length)
        return ret if ret < 0 else data[:min(length, optlen)]

    def set_entry(self, name, value, **members):
        return self.set_bytes(SET_ENTRY, request(name, len(value), **members) + value)

    def get_entry(self, name, length=70000):
        """Return (header, value), or minus the errno."""
        ret, optlen, data = self.get_bytes(GET_ENTRY, request(name), length)
        if ret < 0:
            return ret
        return Entry.from_buffer_copy(data), data[ENTRY_SIZE:min(length, optlen)]

    def delete(self, name, **members):
        return self.set_bytes(DEL_ENTRY, request(name, **members))

    def info(self):
        ret, optlen, data = self.get_bytes(GET_INFO, b"", ctypes.sizeof(Info))
        assert (ret, optlen) == (0, 40), (ret, optlen)
        return Info.from_buffer_copy(data)

    def totals(self):
        """Return generation, entries and bytes. A refused call changes none of them."""
        info = self.info()
        return info.generation, info.entries, info.bytes
