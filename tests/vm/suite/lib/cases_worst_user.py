# SPDX-License-Identifier: GPL-2.0-or-later
"""A user who attacks others by all means, while all users may use channels."""
import os
import resource
import select
import socket
from errno import EAGAIN

from base import memory
from cgroup import Cgroup, enter
from channel import Channel
from genl import Genl, Watcher
from harness import case, check, child, reap, sysctl
from identities import nobody
from packets import Pinger
from store import Store

DONTWAIT = socket.MSG_DONTWAIT
WORST_USER = os.environ.get("KCTL_WORST_USER_PROGRAM", "./worst-user")
SECONDS = int(os.environ.get("KCTL_WORST_SECONDS", "3"))
PRIVATE, TO_SEND, TO_RECEIVE, OTHER = 4, 5, 6, 7


def be_the_worst(group, ended, out):
    # The user nobody may not be permitted to access the tree, for example in the home directory
    # of root.
    program = os.open(WORST_USER, os.O_RDONLY | os.O_CLOEXEC)
    enter(group.path)
    resource.setrlimit(resource.RLIMIT_NOFILE, (8192, 8192))
    nobody()
    os.dup2(ended, 0)
    os.dup2(out, 1)
    os.execve(program, ["worst-user", str(SECONDS)], os.environ)


def outside(group):
    """Return the bytes of kernel memory that are not charged to the group."""
    with open(group.path + "/memory.stat") as file:
        charged = dict(line.split() for line in file)
    return memory("SUnreclaim") * 1024 - int(charged["slab_unreclaimable"])


def live_as_root(genl, pinger, store):
    """Root must always be able to send, receive, bind, set, watch, and use the store."""
    with Channel(bound=PRIVATE) as sock:
        check.error(sock.send(b"x"), 0, "send to a channel of one's own")
        check.equal(sock.recv(9, DONTWAIT), b"x", "receive")
    with Channel() as sock, Channel(connected=TO_RECEIVE) as sender:
        check.error(sock.bind(TO_RECEIVE), 0, "bind where others may receive")
        sent = sender.send(bytes(1000), DONTWAIT)
        check.true(sent in (1000, -EAGAIN), "send there: %d" % sent)
    with Channel() as sock, Channel() as sender:
        check.error(sock.bind(TO_SEND), 0, "bind where others may send")
        check.error(sender.connect(TO_SEND), 0, "connect there")
        sock.drain()
    with Channel(bound=0):
        pass
    check.error(genl.set_channel(OTHER, mode=0o640), 0, "set")
    check.error(genl.delete_channel(OTHER), 0, "delete")
    check.error(genl.set_channel(TO_SEND, mode=0o600), 0, "take the permission away")
    check.error(genl.set_channel(TO_SEND, mode=0o622), 0, "give it back")
    check.error(store.set_value(b"x"), 0, "a value of the store")
    watcher = Watcher()
    pinger.ping4()
    check.true(watcher.collect(2), "records")
    watcher.close()


@case
def worst_user():
    """Whatever a user does, root can work, and is not charged for it."""
    sysctl("unprivileged", 1)
    genl, pinger, store = Genl(), Pinger(), Store()
    genl.set_channel(TO_SEND, mode=0o622)
    genl.set_channel(TO_RECEIVE, mode=0o644)
    live_as_root(genl, pinger, store)
    (ended, end), (result, out) = os.pipe(), os.pipe()
    with Cgroup() as group:
        before = outside(group)
        pid = child(be_the_worst, group, ended, out)
        rounds = 0
        while not select.select([result], [], [], 0)[0]:
            live_as_root(genl, pinger, store)
            rounds += 1
        print("worst user: %s, %d rounds of root" % (os.read(result, 99).decode().strip(), rounds))
        live_as_root(genl, pinger, store)
        growth = outside(group) - before
        # The debug kernel keeps freed memory for a while, but no longer charges it.
        limit = (64 if os.environ.get("KCTL_DEBUG") else 8) << 20
        check.true(growth < limit, "%d bytes more outside the cgroup" % growth)
        check.true(rounds > 1, "%d rounds of root" % rounds)
        os.close(ended)
        os.close(end)
        reap(pid)
    for found in genl.channels():
        genl.delete_channel(found.number)
    store.delete(b"default")
    store.close()
