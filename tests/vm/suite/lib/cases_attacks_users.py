# SPDX-License-Identifier: GPL-2.0-or-later
"""What one user can take from others if all users may use channels."""
import os
import resource
import select
import socket
from errno import EACCES, EADDRINUSE, EADDRNOTAVAIL, EAGAIN, ECONNREFUSED, ENOBUFS, ENOSPC, ENOTCONN

from abi import DROPS, EXCLUSIVE, EXCLUSIVE_FLAG, OWNER, TAP
from cases_channel import details, getopt, setopt, tap_of
from cases_channel_owner import become
from channel import Channel, events_of, family, status
from genl import Genl
from harness import Blocked, case, check, child, reap, sysctl
from identities import PR_SET_DUMPABLE
from sys_calls import call

DONTWAIT = socket.MSG_DONTWAIT
SO_RCVBUFFORCE = 33
PIECE = 16 << 10
LIMIT = 4 << 20


class User:
    """A process of another user that runs functions one after the other."""

    def __init__(self, uid):
        self.uid = uid
        self.go, self.done = os.pipe(), os.pipe()
        self.functions, self.pid = [], None

    def then(self, function):
        """Add a function. The functions run in this order, one for each step()."""
        self.functions.append(function)
        return self

    def start(self):
        self.pid = child(self.run)
        os.close(self.go[0])
        os.close(self.done[1])
        return self

    def run(self):
        os.close(self.go[1])
        os.close(self.done[0])
        become(self.uid, self.uid)
        # Without this, /proc/self would belong to root, and wait_blocked() needs it.
        call("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)
        kept = []
        for function in self.functions:
            if os.read(self.go[0], 1) != b"x":
                return
            kept.append(function())
            os.write(self.done[1], b"x")
        os.read(self.go[0], 1)

    def step(self):
        os.write(self.go[1], b"x")
        check.equal(os.read(self.done[0], 1), b"x", "user %d does the next step" % self.uid)

    def end(self):
        # Others have inherited this end of the pipe, so closing it has no effect.
        os.write(self.go[1], b"q")
        reap(self.pid)
        os.close(self.go[1])
        os.close(self.done[0])


def fill_memory(first, size=PIECE):
    """Send to one channel after the other until ENOBUFS. Return the sockets."""
    socks = []
    for number in range(first, first + 99):
        sock = Channel(connected=number)
        socks.append(sock)
        while (ret := sock.send(bytes(size), DONTWAIT)) == size:
            pass
        if ret == -ENOBUFS:
            return socks
    check.equal(ret, -ENOBUFS, "the last send to many channels")
    return socks


def flush_all():
    genl = Genl()
    for found in genl.channels():
        genl.flush_channel(found.number)


def users_fill(uids):
    """Each user fills all memory that it gets, in channels of its own."""
    users = [User(uid).then(lambda first=100 * (uid - 1000): fill_memory(first)).start()
             for uid in uids]
    for user in users:
        user.step()
    return users


@case
def messages_of_users():
    """One user gets a quarter of the memory for messages, all users together seven eighths."""
    sysctl("unprivileged", 1)
    sysctl("proto_max_bytes", LIMIT)
    one = users_fill([1001])
    held = status()["proto_bytes"]
    check.true(LIMIT // 5 < held <= LIMIT // 4, "one user holds %d bytes" % held)
    more = users_fill([1002, 1003, 1004, 1005])
    held = status()["proto_bytes"]
    check.true(LIMIT * 13 // 16 < held <= LIMIT * 7 // 8, "five users hold %d bytes" % held)
    socks = fill_memory(5)
    held = status()["proto_bytes"]
    check.true(LIMIT * 15 // 16 < held <= LIMIT, "with root's, %d bytes are held" % held)
    for user in one + more:
        user.end()
    del socks
    flush_all()


@case
def messages_outlive_their_user():
    """A message counts for its user until it is received, even after the processes of the user
    have ended."""
    sysctl("unprivileged", 1)
    sysctl("proto_max_bytes", LIMIT)
    for user in users_fill([1001]):
        user.end()

    def again():
        check.error(Channel().send_to(8, bytes(PIECE)), ENOBUFS, "the next process")
    reap(child(lambda: (become(1001, 1), again())))
    flush_all()
    reap(child(lambda: (become(1001, 1), [s.close() for s in fill_memory(100)])))
    flush_all()


@case
def sockets_of_users():
    """Sockets count too, for users, but not for root."""
    sysctl("unprivileged", 1)
    sysctl("proto_max_bytes", 256 << 10)

    def open_many():
        become(1001, 1)
        kept = []
        while (ret := call("socket", family(), socket.SOCK_DGRAM, 0)) >= 0:
            kept.append(ret)
            if len(kept) == 200:
                break
        check.equal(ret, -ENOBUFS, "one socket more after %d" % len(kept))
        check.true(20 < len(kept) < 80, "%d sockets" % len(kept))
        os.close(kept.pop())
        check.true(call("socket", family(), socket.SOCK_DGRAM, 0) >= 0, "after a close")
    reap(child(open_many))
    socks = [Channel() for _ in range(200)]
    check.equal(status()["sockets"], 200, "root's sockets")
    for sock in socks:
        sock.close()


def bind_many(first):
    """Bind to one channel after the other until ENOSPC. Return the sockets."""
    socks = []
    for number in range(first, first + 99):
        sock = Channel()
        socks.append(sock)
        ret = sock.bind(number)
        if ret:
            break
    check.error(ret, ENOSPC, "one channel more")
    return socks


@case
def channels_of_users():
    """One user gets a quarter of the channels, all users together seven eighths."""
    sysctl("unprivileged", 1)
    sysctl("channels_max", 64)
    users = []
    for i, count in enumerate((16, 32, 48, 56, 56)):
        user = User(1001 + i).then(lambda first=100 * (i + 1): bind_many(first)).start()
        user.step()
        users.append(user)
        check.equal(status()["channels"], count, "channels of %d users" % (i + 1))
    socks = bind_many(5)
    check.equal(status()["channels"], 64, "with root's")
    for user in users:
        user.end()
    for sock in socks:
        sock.close()


@case
def configured_channels_of_users():
    """Channels that a user configured by netlink count for that user, even after its processes
    have ended."""
    sysctl("unprivileged", 1)
    sysctl("channels_max", 64)

    def configure(numbers):
        become(1001, 1)
        genl = Genl()
        return [genl.set_channel(number) for number in numbers]

    def first():
        check.equal(configure(range(1, 18)), [0] * 16 + [-ENOSPC], "17 channels")

    def again():
        check.equal(configure([20]), [-ENOSPC], "one more")

    def after_one_is_gone():
        check.equal(configure([20, 21]), [0, -ENOSPC], "two more")
    reap(child(first))
    reap(child(again))
    genl = Genl()
    check.error(genl.delete_channel(1), 0, "delete")
    reap(child(after_one_is_gone))
    for found in genl.channels():
        genl.delete_channel(found.number)


@case
def taps_beside_full_channels():
    """A tap works even if unread messages of others have filled their share of memory."""
    sysctl("unprivileged", 1)
    sysctl("proto_max_bytes", LIMIT)
    users = users_fill([1001, 1002, 1003])
    tap = tap_of(5)
    with Channel(bound=5) as sock:
        for _ in range(20):
            check.error(sock.send(b"x"), 0, "send")
        check.equal(len(tap.drain()), 20, "copies")
        check.equal(getopt(tap, DROPS)[2], 0, "missed")
        sock.drain()
    tap.close()
    for user in users:
        user.end()
    flush_all()


@case
def taps_of_users():
    """The copies that taps of users hold are limited for each user, and for all users. Taps of
    root still see all messages."""
    sysctl("unprivileged", 1)
    sysctl("proto_max_bytes", LIMIT)
    genl = Genl()
    genl.set_channel(5, mode=0o644)
    steps = 5

    def tap_once():
        return tap_of(5, LIMIT)
    users = []
    for uid in 1001, 1002, 1003:
        users.append(User(uid))
        for _ in range(steps):
            users[-1].then(tap_once)
        users[-1].start()
    tap = tap_of(5)
    with Channel(bound=5) as sock:
        for i in range(30 * steps):
            # The taps of each step fill their buffers with other messages than those before.
            if i % 30 == 0:
                for user in users:
                    user.step()
            check.error(sock.send(bytes(PIECE)), 0, "send")
            check.equal(len(sock.recv(1)), 1, "receive")
            check.equal(len(tap.recv(1, DONTWAIT)), 1, "root's copy")
        held = status()["proto_bytes"]
        check.true(PIECE < held <= LIMIT // 4, "taps hold %d bytes" % held)
        check.equal(getopt(tap, DROPS)[2], 0, "root missed")
    tap.close()
    for user in users:
        user.end()
    genl.delete_channel(5)


@case
def taps_hold_what_was_received():
    """A received message does not count for its sender, even if taps hold copies."""
    sysctl("unprivileged", 1)
    sysctl("proto_max_bytes", LIMIT)
    Genl().set_channel(5, mode=0o666)
    tap = Channel()
    setopt(tap, TAP, 1)
    tap.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, LIMIT)
    check.error(tap.bind(5), 0, "tap")

    def talk():
        become(1001, 1)
        sock = Channel(bound=5)
        for i in range(LIMIT * 3 // 8 // PIECE):
            check.error(sock.send(bytes(PIECE)), 0, "message %d" % i)
            check.equal(len(sock.recv(1)), 1, "receive")
    reap(child(talk))
    check.true(status()["proto_bytes"] > LIMIT // 4, "the tap has them")
    tap.close()
    Genl().delete_channel(5)


# ---- places on a channel ---------------------------------------------------

def connect_many(number, expected):
    """Connect until ENOSPC, which must come after EXPECTED sockets. Return the sockets."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (2048, 2048))
    socks = []
    while not (ret := (sock := Channel()).connect(number)) and len(socks) < 1030:
        socks.append(sock)
    check.equal((len(socks), ret), (expected, -ENOSPC), "sockets of %d" % os.getuid())
    return socks


@case
def places():
    """Users who may only send leave places for each other, for the owner and for root."""
    sysctl("unprivileged", 1)
    genl = Genl()
    genl.set_channel(5, uid=1001, mode=0o622)
    users = []
    for uid, count in (1002, 256), (1003, 256), (1004, 256), (1005, 128), (1001, 64):
        user = User(uid).then(lambda count=count: connect_many(5, count)).start()
        user.step()
        users.append(user)
    check.equal(details(5).senders, 960, "senders")
    for sock in connect_many(5, 64):
        sock.close()
    for user in users:
        user.end()
    genl.delete_channel(5)


@case
def dismissed():
    """A sender that loses the permission loses its place, and is notified."""
    sysctl("unprivileged", 1)
    genl = Genl()
    genl.set_channel(5, mode=0o622)
    roots = Channel(connected=5)
    kept = []

    def connect():
        kept.extend(Channel(connected=5) for _ in range(9))
        kept[0].fill()
        check.equal(events_of(kept[0], select.POLLOUT), 0, "the channel is full")
        kept.append(Blocked("poll", events_of, kept[0], select.POLLOUT, 20000))

    def refused():
        check.equal(kept.pop().wait(), select.POLLOUT, "the end of the poll")
        check.error(kept[0].send(b"x", DONTWAIT), EACCES, "send")
        check.equal(events_of(kept[0], select.POLLOUT), select.POLLOUT, "poll again")
        kept.pop().close()
        check.error(kept[1].connect(5), EACCES, "connect again")
        check.error(kept[2].connect(6), 0, "connect to another")

    def permitted():
        check.error(kept[0].send(b"y"), 0, "send")
        check.error(kept[1].connect(5), 0, "connect again")
    user = User(1002).then(connect).then(refused).then(permitted).start()
    user.step()
    check.equal(details(5).senders, 10, "senders")
    genl.set_channel(5, mode=0o600)
    check.equal(details(5).senders, 1, "senders after the change")
    user.step()
    check.error(roots.send(b"x", DONTWAIT), EAGAIN, "root's send to a full channel")
    genl.flush_channel(5)
    genl.set_channel(5, mode=0o622)
    user.step()
    check.equal(details(5).senders, 2, "senders in the end")
    user.end()
    roots.close()
    genl.delete_channel(5)


# ---- exclusive receivers ---------------------------------------------------

def bind_five(exclusive=0, expected=0):
    sock = Channel()
    setopt(sock, EXCLUSIVE, exclusive)
    check.error(sock.bind(5), expected, "bind of %d" % os.getuid())
    return sock


def is_exclusive():
    return details(5).flags & EXCLUSIVE_FLAG


def among_each_other(first, newcomer, expected):
    """FIRST has an exclusive receiver. Check whether NEWCOMER can bind."""
    one = User(first).then(lambda: bind_five(1)).start()
    one.step()
    check.true(is_exclusive(), "exclusive")
    same = User(first).then(lambda: bind_five(0, EADDRINUSE)).start()
    other = User(newcomer).then(lambda: bind_five(1, EADDRINUSE)).then(
        lambda: bind_five(0, expected)).start()
    for user in same, other, other:
        user.step()
    check.equal(bool(is_exclusive()), bool(expected), "exclusive after %d came" % newcomer)
    for user in one, same, other:
        user.end()


@case
def exclusive_receivers():
    """An exclusive receiver does not exclude users with more permissions."""
    sysctl("unprivileged", 1)
    genl = Genl()
    genl.set_channel(5, uid=1001, mode=0o644)
    reader, owner, root = 1002, 1001, 0
    for first, newcomer, expected in [
            (reader, 1003, EADDRINUSE), (reader, owner, 0), (reader, root, 0),
            (owner, reader, EADDRINUSE), (owner, root, 0),
            (root, reader, EADDRINUSE), (root, owner, EADDRINUSE), (root, root, EADDRINUSE)]:
        among_each_other(first, newcomer, expected)
    genl.delete_channel(5)


# ---- numbers of closed clients ---------------------------------------------

@case
def number_of_a_closed_client():
    """The number of an ephemeral channel that has ended cannot be used, whether it is requested
    or assigned."""
    sysctl("unprivileged", 1)
    with Channel(bound=0) as client:
        number = client.number()

    def take():
        become(1002, 1)
        check.error(Channel().bind(number), EADDRNOTAVAIL, "bind")
        tap = Channel()
        setopt(tap, TAP, 1)
        check.error(tap.bind(number), EADDRNOTAVAIL, "tap")
        for _ in range(1000):
            with Channel(bound=0) as sock:
                if sock.number() == number:
                    check.fail("the number was handed out again")
    reap(child(take))
    check.error(Channel().send_to(number, b"the answer"), ECONNREFUSED, "send")


# ---- owners ----------------------------------------------------------------

@case
def owner_of_a_channel():
    """A socket on a channel can ask for the owner of the channel."""
    sysctl("unprivileged", 1)
    genl = Genl()
    genl.set_channel(5, uid=1001, mode=0o622)
    with Channel(bound=5) as receiver, Channel(bound=6, connected=5) as sender:
        tap = tap_of(5)
        for sock, owner in (receiver, 1001), (sender, 1001), (tap, 1001):
            check.equal(getopt(sock, OWNER), (0, 4, owner), "the owner")
        tap.close()
        sender.connect(0, af=0)
        check.equal(getopt(sender, OWNER), (0, 4, 0), "of the channel it is bound to")
        genl.set_channel(5, uid=1003)
        check.equal(getopt(receiver, OWNER), (0, 4, 1003), "another one")
    with Channel() as sender, Channel(bound=0) as client:
        sender.connect(client.number())
        client.close()
        check.equal(getopt(sender, OWNER)[:2], (0, 4), "a channel that has lost its receiver")

    def loses_permission():
        become(1002, 1)
        sock = Channel(connected=5)
        check.equal(getopt(sock, OWNER)[2], 1003, "with permission")
        reap(child(wait_for_root))
        check.error(getopt(sock, OWNER)[0], ENOTCONN, "without")
    ready, go = os.pipe(), os.pipe()

    def wait_for_root():
        os.write(ready[1], b"x")
        os.read(go[0], 1)
    pid = child(loses_permission)
    os.read(ready[0], 1)
    genl.set_channel(5, mode=0o600)
    os.write(go[1], b"x")
    reap(pid)
    genl.delete_channel(5)
