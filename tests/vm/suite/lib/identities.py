# SPDX-License-Identifier: GPL-2.0-or-later
"""The identities of a process.

An identity is a function that changes the identity of the calling process, in a network
namespace that belongs to root, or in one of its own."""
import ctypes
import os

from harness import loopback_up
from sys_calls import CLONE_NEWNET, CLONE_NEWUSER, call, unshare

NOBODY = 65534
CAP_NET_ADMIN = 12
PR_SET_DUMPABLE, PR_SET_KEEPCAPS = 4, 8
CAP_VERSION = 0x20080522


class CapHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class CapData(ctypes.Structure):
    _fields_ = [("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32),
                ("inheritable", ctypes.c_uint32)]


def root():
    pass


def nobody():
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    # Without this, /proc/self would belong to root, and the maps of a user namespace are there.
    call("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)


def root_without_net_admin():
    header, data = CapHeader(CAP_VERSION, 0), (CapData * 2)()
    assert call("capget", ctypes.byref(header), data) == 0
    data[0].effective &= ~(1 << CAP_NET_ADMIN)
    data[0].permitted &= ~(1 << CAP_NET_ADMIN)
    data[0].inheritable &= ~(1 << CAP_NET_ADMIN)
    assert call("capset", ctypes.byref(header), data) == 0


def nobody_with_net_admin():
    """The capability matters, not the user."""
    assert call("prctl", PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0
    os.setresuid(NOBODY, NOBODY, NOBODY)
    header = CapHeader(CAP_VERSION, 0)
    data = (CapData * 2)(CapData(1 << CAP_NET_ADMIN, 1 << CAP_NET_ADMIN, 0))
    assert call("capset", ctypes.byref(header), data) == 0


def become_root_of_userns():
    nobody()
    unshare(CLONE_NEWUSER)
    for name, text in ("setgroups", "deny"), ("uid_map", "0 65534 1"), \
                      ("gid_map", "0 65534 1"):
        with open("/proc/self/" + name, "w") as file:
            file.write(text)


def userns_root_foreign_netns():
    """It has all capabilities, but not over its network namespace."""
    become_root_of_userns()


def userns_root_own_netns():
    become_root_of_userns()
    unshare(CLONE_NEWNET)
    loopback_up()


def userns_root_own_netns_without_net_admin():
    userns_root_own_netns()
    root_without_net_admin()


# Each identity, and whether it is an administrator of its network namespace.
IDENTITIES = [
    (root, True), (nobody, False), (root_without_net_admin, False),
    (nobody_with_net_admin, True), (userns_root_foreign_netns, False),
    (userns_root_own_netns, True), (userns_root_own_netns_without_net_admin, False),
]


def in_own_netns(identity):
    return identity in (userns_root_own_netns, userns_root_own_netns_without_net_admin)
