# SPDX-License-Identifier: GPL-2.0-or-later
"""Channels: owners and modes, and the permissions that they give."""
import os
import socket
import struct
from errno import EACCES, EINVAL, EPERM

from abi import CMD_GET_CHANNELS, CONFIGURED, HOLD, MODE, TAP
from cases_channel import details, setopt
from channel import Channel, family
from genl import NLM_F_DUMP, Genl
from harness import case, check, child, new_netns, reap, sysctl
from identities import NOBODY, nobody, root_without_net_admin, userns_root_foreign_netns, \
    userns_root_own_netns
from sys_calls import call

DONTWAIT = socket.MSG_DONTWAIT


# Mode, and the permissions of owner, group and others to receive (r) and send (w).
MODES = [(0o600, "rw", "", ""), (0o620, "rw", "w", ""), (0o622, "rw", "w", "w"),
         (0o644, "rw", "r", "r"), (0o666, "rw", "rw", "rw"), (0o066, "", "rw", "rw"),
         (0o000, "", "", ""), (0o460, "r", "rw", "")]


def become(uid, gid, groups=()):
    os.setgroups(groups)
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def use(uid, gid, groups, allowed, what):
    become(uid, gid, groups)
    read, write = (0 if c in allowed else EACCES for c in "rw")
    check.error(Channel().bind(5), read, what + "bind")
    sock = Channel()
    setopt(sock, HOLD, 1)
    check.error(sock.bind(5), read or write, what + "bind to hold")
    sock = Channel()
    if not sock.bind(5):
        check.error(setopt(sock, HOLD, 1), write, what + "hold")
    sock = Channel()
    setopt(sock, TAP, 1)
    check.error(sock.bind(5), read, what + "tap")
    sock = Channel()
    check.error(sock.connect(5), write, what + "connect")
    check.error(sock.send_to(5, b"x", DONTWAIT), write, what + "send")
    own = Channel()
    if own.bind(5) == 0:
        check.error(own.send(b"x", DONTWAIT), write, what + "write to its own channel")


@case
def modes():
    """Permissions of the owner, the group, a supplementary group, others, and root."""
    sysctl("unprivileged", 1)
    genl = Genl()
    for mode, owner, group, others in MODES:
        genl.set_channel(5, uid=1001, gid=2001, mode=mode)
        for who, uid, gid, groups, allowed in [
                ("owner", 1001, 9, (2001,), owner), ("group", 1002, 2001, (), group),
                ("member", 1003, 9, (7, 2001, 4000), group), ("other", 1004, 9, (7,), others)]:
            reap(child(use, uid, gid, groups, allowed, "%o, %s: " % (mode, who)))
        reap(child(use, 0, 0, (), "rw", "%o, root: " % mode))
        genl.flush_channel(5)
    genl.delete_channel(5)


@case
def revoked():
    """Each send is checked, with the credentials of the process that created the socket."""
    sysctl("unprivileged", 1)
    genl = Genl()
    genl.set_channel(5, uid=1001, gid=2001, mode=0o662)
    roots = Channel(connected=5)
    ready, go = os.pipe(), os.pipe()

    def other():
        become(1004, 9)
        sock = Channel(connected=5)
        check.error(sock.send(b"x"), 0, "while permitted")
        os.write(ready[1], b"r")
        os.read(go[0], 1)
        check.error(sock.send(b"x"), EACCES, "when no longer permitted")
        check.error(roots.send(b"root's socket"), 0, "through a socket of root")
    pid = child(other)
    os.read(ready[0], 1)
    genl.set_channel(5, mode=0o660)
    os.write(go[1], b"g")
    reap(pid)
    with Channel(bound=5) as sock:
        check.equal(sock.drain(), [b"x", b"root's socket"], "the messages")
    roots.close()
    genl.delete_channel(5)


@case
def unprivileged_is_revoked():
    """A socket that was opened while all users were permitted cannot create a channel later."""
    sysctl("unprivileged", 1)
    genl = Genl()
    genl.set_channel(5, mode=0o666)
    ready, go = os.pipe(), os.pipe()

    def other():
        become(1001, 9)
        sock, receiver, tap = Channel(), Channel(), Channel()
        setopt(tap, TAP, 1)
        check.error(sock.send_to(6, b"x"), 0, "send to a new channel, while permitted")
        os.write(ready[1], b"r")
        os.read(go[0], 1)
        check.error(sock.send_to(7, b"x"), EPERM, "send to a new channel")
        check.error(sock.connect(7), EPERM, "connect to a new channel")
        check.error(receiver.bind(7), EPERM, "bind to a new channel")
        check.error(receiver.bind(0), EPERM, "bind to an ephemeral channel")
        check.error(tap.bind(7), EPERM, "tap of a new channel")
        check.error(Genl().set_channel(7), EPERM, "set a new channel")
        check.error(sock.send_to(5, b"x"), 0, "send to a channel that exists")
        check.error(receiver.bind(6), 0, "bind to a channel of the same user")
    pid = child(other)
    os.read(ready[0], 1)
    sysctl("unprivileged", 0)
    os.write(go[1], b"g")
    reap(pid)
    check.equal([c.number for c in genl.channels()], [5, 6], "the channels")
    genl.delete_channel(5)
    genl.delete_channel(6)


@case
def owners():
    """Permission to set, delete and flush a channel, and to give it to another user."""
    sysctl("unprivileged", 1)
    genl = Genl()

    def as_owner():
        become(1001, 9, (2001,))
        mine = Genl()
        with Channel(bound=5):
            check.error(mine.set_channel(5, mode=0o644), 0, "the mode")
            check.error(mine.set_channel(5, gid=2001), 0, "a group of the caller")
            check.error(mine.set_channel(5, uid=1001, gid=2001), 0, "as it is")
            check.error(mine.set_channel(5, gid=2002), EPERM, "another group")
            check.error(mine.set_channel(5, uid=1002), EPERM, "another owner")
        check.error(mine.flush_channel(5), 0, "flush")
        check.error(mine.delete_channel(5), 0, "delete")
        check.error(mine.set_channel(5, mode=0o600), 0, "create")

    def as_other():
        become(1002, 2001)
        other = Genl()
        check.error(other.set_channel(5, mode=0o666), EPERM, "set")
        check.error(other.flush_channel(5), EPERM, "flush")
        check.error(other.delete_channel(5), EPERM, "delete")
        check.error(genl.set_channel(5, mode=0o666), EPERM, "set with a socket of root")
    reap(child(as_owner))
    check.equal(details(5)[6:], (1001, 9, 0o600, CONFIGURED), "the new channel")
    reap(child(as_other))
    check.equal(details(5)[8], 0o600, "the mode")
    check.error(genl.set_channel(5, uid=1002), 0, "root gives it away")
    check.error(genl.delete_channel(5), 0, "root deletes it")
    sysctl("unprivileged", 0)

    def without():
        become(1001, 9)
        check.error(Genl().set_channel(5), EPERM, "create without permission for sockets")
        check.error(call("socket", family(), socket.SOCK_DGRAM, 0), EPERM, "socket")
    reap(child(without))


@case
def modes_at_creation():
    sysctl("unprivileged", 1)

    def as_user():
        become(1001, 2001)
        with Channel() as sock:
            setopt(sock, MODE, 0o622)
            check.error(sock.bind(0), 0, "bind")
            number = sock.number()
            os.write(out, struct.pack("=I", number))
            check.equal(sock.recv(), b"an answer", "of another user")
    back, out = os.pipe()
    pid = child(as_user)
    number = struct.unpack("=I", os.read(back, 4))[0]
    check.equal(details(number)[6:], (1001, 2001, 0o622, 0), "the channel")

    def as_other():
        become(1002, 2002)
        check.error(Channel().bind(number), EACCES, "bind")
        check.error(Channel().send_to(number, b"an answer"), 0, "send")
        check.error(Channel().send_to(7, b"x"), 0, "send to a new one")
    reap(child(as_other))
    reap(pid)
    check.equal(details(7)[6:], (1002, 2002, 0o600, 0), "the new one")
    Genl().flush_channel(7)


PF_SUPERPRIV = 0x100


def privilege_used():
    with open("/proc/self/stat") as file:
        return bool(int(file.read().rpartition(")")[2].split()[6]) & PF_SUPERPRIV)


@case
def privilege_is_used_only_where_it_is_needed():
    """A root process is marked as having used privilege only for operations that the
    permissions of an owner do not cover."""
    sysctl("unprivileged", 1)
    Genl().set_channel(5, uid=1001)

    def as_owner():
        genl = Genl()
        with Channel(bound=6) as sock:
            check.error(sock.send(b"x"), 0, "send")
            check.equal(sock.recv(), b"x", "receive")
            check.error(genl.set_channel(6, mode=0o640), 0, "set")
        check.error(genl.delete_channel(6), 0, "delete")
        check.equal(privilege_used(), False, "as owner")
        check.error(Channel().bind(5), 0, "bind to a channel of another owner")
        check.equal(privilege_used(), False, "the socket had it, not its user")
        check.error(genl.delete_channel(5), 0, "delete a channel of another owner")
        check.equal(privilege_used(), True, "as administrator")
    reap(child(as_owner))
    sysctl("unprivileged", 0)

    def with_capability():
        check.equal(privilege_used(), False, "at first")
        Channel()
        check.equal(privilege_used(), True, "where a socket needs the capability")
    reap(child(with_capability))


@case
def owners_in_namespaces():
    """User IDs are those of the user namespace of the caller."""
    def inside():
        userns_root_own_netns()
        genl = Genl()
        check.error(genl.set_channel(5), 0, "set")
        check.equal(details(5)[6:9], (0, 0, 0o600), "root there")
        check.error(genl.set_channel(5, uid=1), EINVAL, "a user without a mapping")
        check.error(genl.set_channel(5, uid=0, gid=0), 0, "a user with one")
        check.error(genl.delete_channel(5), 0, "delete")
    reap(child(inside))


def numbers():
    return [channel.number for channel in Genl().channel_details()]


def refused(genl, what):
    check.equal(genl.errno_of(CMD_GET_CHANNELS, flags=NLM_F_DUMP), EPERM, what)


@case
def own_channels():
    """A user who is not an administrator lists exactly their own channels, if users may create
    channels."""
    genl = Genl()
    for number, uid in (5, NOBODY), (6, 0), (7, 1001), (8, NOBODY):
        check.error(genl.set_channel(number, uid=uid, mode=0o666), 0, "set")

    def as_nobody(expected, identity=nobody):
        identity()
        with Channel(bound=9):
            check.equal(numbers(), expected, identity.__name__)
        if identity is not root_without_net_admin:
            refused(genl, "through a socket that root opened")

    def without_unprivileged():
        nobody()
        refused(Genl(), "while users have none")
    reap(child(without_unprivileged))
    sysctl("unprivileged", 1)
    reap(child(as_nobody, [5, 8, 9]))
    # The same user, whatever its ID in a user namespace of its own.
    reap(child(as_nobody, [5, 8, 9], userns_root_foreign_netns))
    reap(child(as_nobody, [6, 9], root_without_net_admin))

    def elsewhere():
        new_netns()
        sysctl("unprivileged", 1)
        check.equal(Genl().set_channel(5), 0, "set")
        nobody()
        check.equal(numbers(), [], "in another namespace")
    reap(child(elsewhere))

    def own_namespace():
        userns_root_own_netns()
        check.equal(numbers(), [], "in a namespace of its own")
    reap(child(own_namespace))
    check.equal(numbers(), [5, 6, 7, 8], "an administrator")

    def use_inherited():
        os.seteuid(NOBODY)
        opened = Genl()
        os.seteuid(0)
        become(1001, 1001)
        refused(opened, "through a socket of another user")
    reap(child(use_inherited))
    sysctl("unprivileged", 0)
    for number in 5, 6, 7, 8:
        genl.delete_channel(number)
