# SPDX-License-Identifier: GPL-2.0-or-later
"""Attacks on netlink and the watch."""
import os
import socket
from errno import EPERM

from cases_permissions_proto import opened_by_root, used_by_root
from genl import Genl
from harness import case, check, child, reap, sysctl
from identities import IDENTITIES, NOBODY, in_own_netns

# The address of the kernel, as libmnl uses it.
KERNEL = (0, 0)


@case
def requests_with_an_address():
    """A message with an address requires the same of opener and sender as one without."""
    for identity, admin in IDENTITIES:
        reap(child(opened_by_root, identity, admin, KERNEL))
        if not in_own_netns(identity):
            reap(child(used_by_root, identity, admin, KERNEL))


# ---- groups ----------------------------------------------------------------

TTY, STAFF = 5, 50
NUMBER = 7

# Group and supplementary groups of the opener, those of the sender, and whether both have the
# group TTY. The sender is the setgid program that is tricked into writing to the socket.
GROUPS = [
    ((NOBODY, []), (TTY, []), False), ((TTY, []), (NOBODY, []), False),
    ((NOBODY, []), (NOBODY, [TTY]), False), ((NOBODY, [TTY]), (NOBODY, []), False),
    ((NOBODY, [STAFF]), (TTY, [STAFF]), False), ((TTY, []), (NOBODY, [STAFF, TTY]), True),
    ((NOBODY, [TTY]), (NOBODY, [TTY, STAFF]), True), ((TTY, []), (TTY, []), True),
]


def nobody_with(gid, groups):
    os.setgroups(groups)
    os.setresgid(gid, gid, gid)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def opened_by(groups):
    """Return a netlink socket that a process of nobody with these groups opened."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)

    def open_and_send():
        nobody_with(*groups)
        opened = Genl()
        socket.send_fds(there, [b"x"], [opened.sock.fileno()])
    reap(child(open_and_send))
    here.setblocking(False)
    genl = Genl()
    genl.sock = socket.socket(fileno=socket.recv_fds(here, 1, 1)[1][0])
    return genl


def send_as(groups, genl, what, code, **attrs):
    """Send SET_CHANNEL from a process of nobody with these groups."""
    def send():
        nobody_with(*groups)
        check.error(genl.set_channel(NUMBER, **attrs), code, what)
    reap(child(send))


def group_of_channel():
    return {c.number: c.gid for c in Genl().channel_details()}.get(NUMBER)


@case
def borrowed_groups():
    """A setgid program that writes a message does not lend its group to the opener of the
    socket, nor the reverse."""
    sysctl("unprivileged", 1)
    for opener, sender, both in GROUPS:
        what = "opened with %s, sent with %s" % (opener, sender)
        genl, same = opened_by(opener), opener[0] == sender[0]
        send_as(sender, genl, what + ": create", 0 if same else EPERM, mode=0o660)
        check.equal(group_of_channel(), opener[0] if same else None, what + ": its group")
        Genl().delete_channel(NUMBER)
        Genl().set_channel(NUMBER, uid=NOBODY, gid=NOBODY)
        send_as(sender, genl, what + ": mode", 0, mode=0o640)
        send_as(sender, genl, what + ": group", 0 if both else EPERM, gid=TTY)
        check.equal(group_of_channel(), TTY if both else NOBODY, what + ": new group")
        Genl().delete_channel(NUMBER)
