# SPDX-License-Identifier: GPL-2.0-or-later
"""System calls as the kernel has them: no library checks or corrects an argument.

Each returns the result of the kernel, or minus the errno."""
import ctypes
import errno
import mmap
import os
import re

# The numbers of system calls, by architecture, from <asm/unistd.h>. If the C library implements
# a call by another one, the number of the other one.
_NAMES = ("read", "poll", "sendto", "recvfrom", "recvmsg", "setsockopt", "getsockopt", "epoll_wait",
          "finit_module", "delete_module", "bpf", "userfaultfd")
NUMBERS = dict(zip(_NAMES, {
    "x86_64": (0, 7, 44, 45, 47, 54, 55, 232, 313, 176, 321, 323),
    "aarch64": (63, 73, 206, 207, 212, 208, 209, 22, 273, 106, 280, 282),
    "s390x": (3, 168, 369, 371, 372, 366, 365, 251, 344, 129, 351, 355),
}[os.uname().machine]))

CLONE_NEWTIME = 0x80
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
PAGE = mmap.PAGESIZE
PROT_NONE = 0

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int,
                      ctypes.c_int, ctypes.c_long]
for _name in ("send", "sendto", "recv", "recvfrom", "sendmsg", "recvmsg", "read", "write",
              "writev", "readv", "splice", "sendfile"):
    getattr(libc, _name).restype = ctypes.c_ssize_t


def call(name, *args):
    ret = getattr(libc, name)(*args)
    return -ctypes.get_errno() if ret == -1 else ret


def kernel_version():
    """For differences between kernels that cannot be detected otherwise."""
    return tuple(int(part) for part in re.match(r"(\d+)\.(\d+)", os.uname().release).groups())


def name_of(ret):
    """Return a readable name of a return value."""
    if isinstance(ret, int) and ret < 0:
        return errno.errorcode.get(-ret, str(ret))
    return repr(ret)


def pointer(address):
    return ctypes.c_void_p(address)


def map_pages(count, prot=mmap.PROT_READ | mmap.PROT_WRITE):
    address = libc.mmap(None, count * PAGE, prot, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS,
                        -1, 0)
    assert address != ctypes.c_void_p(-1).value
    return address


def unmapped_page():
    """Return a page that cannot be accessed. The next mapping could fill a mere hole."""
    return map_pages(1, PROT_NONE)


def protect(address, prot):
    assert call("mprotect", pointer(address), ctypes.c_size_t(PAGE), prot) == 0


def readonly_page(content=b""):
    """Return a page that can only be read, with CONTENT at its beginning."""
    address = map_pages(1)
    ctypes.memmove(address, content, len(content))
    protect(address, mmap.PROT_READ)
    return address


def at_page_end(content):
    """Return memory that ends exactly after CONTENT: no byte after it can be accessed."""
    pages = -(-len(content) // PAGE) or 1
    address = map_pages(pages + 1)
    end = address + pages * PAGE
    protect(end, PROT_NONE)
    ctypes.memmove(end - len(content), content, len(content))
    return end - len(content)


def unshare(flags):
    ret = call("unshare", flags)
    if ret < 0:
        raise OSError(-ret, os.strerror(-ret))


def setns(fd, flags=CLONE_NEWNET):
    ret = call("setns", fd, flags)
    if ret < 0:
        raise OSError(-ret, os.strerror(-ret))
