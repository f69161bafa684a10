# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory that does not exist yet. An access waits, including that of the kernel in the middle
of a copy. See userfaultfd(2)."""
import ctypes
import os
import select
import struct

from sys_calls import NUMBERS, PAGE, PROT_NONE, call, map_pages, pointer, protect

UFFDIO_API, UFFDIO_REGISTER, UFFDIO_COPY = 0xc018aa3f, 0xc020aa00, 0xc028aa03
API, MODE_MISSING = 0xaa, 1


class HeldPage:
    """A page that blocks each access in this process. A child needs a page of its own."""

    def __init__(self, address=None):
        self.address = address or map_pages(1)
        self.fd = call("syscall", NUMBERS["userfaultfd"], os.O_NONBLOCK)
        assert self.fd >= 0, os.strerror(-self.fd)
        self.control(UFFDIO_API, struct.pack("=QQQ", API, 0, 0))
        self.control(UFFDIO_REGISTER, struct.pack("=QQQQ", self.address, PAGE, MODE_MISSING, 0))

    def control(self, request, what):
        ret = call("ioctl", self.fd, ctypes.c_ulong(request), ctypes.create_string_buffer(what))
        assert ret == 0, os.strerror(-ret)

    def wait(self, seconds=20):
        """Return whether an access blocks in time."""
        poll = select.poll()
        poll.register(self.fd, select.POLLIN)
        return bool(poll.poll(1000 * seconds))

    def fail(self):
        """Let the blocked access fail."""
        protect(self.address, PROT_NONE)
        os.close(self.fd)

    def fill(self, data):
        """Let the blocked access continue with this data."""
        source = map_pages(1)
        ctypes.memmove(source, data, len(data))
        self.control(UFFDIO_COPY, struct.pack("=QQQQq", self.address, source, PAGE, 0, 0))
        os.close(self.fd)

    def content(self, size):
        return ctypes.string_at(pointer(self.address), size)
