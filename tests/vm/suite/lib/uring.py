# SPDX-License-Identifier: GPL-2.0-or-later
"""io_uring for tests: one request after the other, as in <linux/io_uring.h>."""
import ctypes
import mmap
import os
import struct
from errno import ETIME

from harness import eventually
from sys_calls import call

SETUP, ENTER = 425, 426
SQES_OFFSET = 0x10000000

POLL_ADD, SENDMSG, RECVMSG, ASYNC_CANCEL, CONNECT, READ, WRITE, SEND, RECV, SHUTDOWN = \
    6, 9, 10, 14, 16, 22, 23, 26, 27, 34
ASYNC = 1 << 4


def address_of(data):
    """Return the address of a buffer, a structure, or NULL. A pointer is already one."""
    if data is None or isinstance(data, ctypes.c_void_p):
        return (data and data.value) or 0
    return ctypes.addressof(data)


class Ring:
    def __init__(self):
        params = ctypes.create_string_buffer(120)
        self.fd = call("syscall", SETUP, 8, params)
        assert self.fd >= 0, os.strerror(-self.fd)
        words = struct.unpack("=30I", params.raw)
        self.sq_tail, self.sq_mask, self.sq_array = words[11], words[12], words[16]
        self.cq_head, self.cq_tail, self.cq_mask, self.cqes = words[20:23] + words[25:26]
        self.rings = mmap.mmap(self.fd, max(self.sq_array + 4 * words[0],
                                            self.cqes + 16 * words[1]))
        self.sqes = mmap.mmap(self.fd, 64 * words[0], offset=SQES_OFFSET)
        self.keep = []

    def close(self):
        self.rings.close()
        self.sqes.close()
        os.close(self.fd)

    def word(self, offset, value=None):
        if value is not None:
            struct.pack_into("=I", self.rings, offset, value)
        return struct.unpack_from("=I", self.rings, offset)[0]

    def submit(self, op, fd, data=None, size=0, flags=0, offset=0, how=0, tag=0):
        """Submit a request. One that the kernel rejects has a result, as any other."""
        tail = self.word(self.sq_tail)
        index = tail & self.word(self.sq_mask)
        self.keep.append(data)
        struct.pack_into("=BBHiQQIIQ24x", self.sqes, 64 * index, op, how, 0, fd, offset,
                         address_of(data), size, flags, tag)
        self.word(self.sq_array + 4 * index, index)
        self.word(self.sq_tail, tail + 1)
        assert call("syscall", ENTER, self.fd, 1, 0, 0, None, 0) == 1

    def first(self):
        """Return the tag and the result of the first completed request, or None."""
        head = self.word(self.cq_head)
        if head == self.word(self.cq_tail):
            return None
        at = self.cqes + 16 * (head & self.word(self.cq_mask))
        return struct.unpack_from("=Qi", self.rings, at)

    def forget(self):
        self.word(self.cq_head, self.word(self.cq_head) + 1)

    def done(self):
        """Return whether there is a result. Results with a tag are ignored. The call lets the
        kernel complete deferred work."""
        call("syscall", ENTER, self.fd, 0, 0, 1, None, 0)
        while (found := self.first()) and found[0]:
            self.forget()
        return found is not None

    def result(self):
        """Return the result of the first completed request."""
        if not eventually(self.done, 20):
            return -ETIME
        _, result = self.first()
        self.forget()
        return result

    def cancelled(self):
        self.submit(ASYNC_CANCEL, -1, tag=1)
        return self.done()

    def cancel(self):
        """Cancel the last request. Try again if a worker is about to begin it, and cannot be
        stopped at that point."""
        eventually(self.cancelled)

    def ask(self, *args, **more):
        self.submit(*args, **more)
        return self.result()
