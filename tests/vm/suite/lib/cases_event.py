# SPDX-License-Identifier: GPL-2.0-or-later
"""Events of channels: their contents, listeners and order, and loss."""
import os
import select
from errno import EAGAIN, ELOOP, EPERM

import abi
import base
from abi import DEAD, DEAD_DELIVERIES, DEAD_SETTLED, DEAD_TTL, DONE, RETRY
from cases_channel_owner import become
from channel import Channel
from genl import Genl
from harness import Blocked, case, check, child, new_netns, reap, sysctl
from holder import DONTWAIT, Holder
from identities import NOBODY, userns_root_own_netns
from listener import Listener
from sys_calls import setns


@case
def life():
    """Who created, set and deleted a channel, and when it ends."""
    listener, genl = Listener(), Genl()
    with open("/proc/self/comm", encoding="ascii") as file:
        command = file.read().rstrip()
    me = (0, [(os.getpid(), os.stat("/proc/self/ns/pid").st_ino)], command)
    nobody = (None, [], None)

    def who(event):
        return event.uid, event.pids, event.command
    with Channel(bound=5):
        [event] = listener.expect("bind", ("created", 5))
        check.equal((who(event), event.name, event.settings), (me, None, None), "created")
    [event] = listener.expect("close", ("ended", 5))
    check.equal(who(event), nobody, "ended")
    with Channel() as sock:
        sock.send_to(6, b"x")
        listener.expect("send", ("created", 6))
        check.error(sock.connect(7), 0, "connect")
        listener.expect("connect", ("created", 7))
        check.error(sock.bind(0), 0, "an ephemeral one")
        listener.expect("bind to 0", ("created", sock.number()))
        ephemeral = sock.number()
    listener.expect("close of both", ("ended", 7), ("ended", ephemeral))
    check.error(genl.set_channel(6, name="six", mode=0o640), 0, "set")
    [event] = listener.expect("set", ("set", 6))
    check.equal((who(event), event.name, event.settings),
                (me, "six", {abi.C_NAME: "six", abi.C_MODE: 0o640}), "set")
    with Channel(bound=6) as sock:
        check.equal(sock.recv(), b"x", "the message")
        check.error(genl.delete_channel(6), 0, "delete")
        [event] = listener.expect("delete", ("deleted", 6))
        check.equal((who(event), event.name), (me, "six"), "deleted")
    [event] = listener.expect("close", ("ended", 6))
    check.equal(event.name, None, "it has lost its name")
    listener.quiet()
    check.equal(genl.status()["proto_events"], listener.last, "of the status")


@case
def what_changed():
    """The event "set" has only the settings whose values have changed."""
    listener, genl = Listener(), Genl()
    check.error(genl.set_channel(5), 0, "5")
    check.error(genl.set_channel(6), 0, "6")
    check.equal([e.settings for e in listener.take(4)], [None, {}, None, {}], "nothing changed")
    for asked, expected in (
            ({"uid": 0, "gid": 0, "mode": 0o600}, {}),
            ({"mode": 0o666, "max_deliveries": 0}, {abi.C_MODE: 0o666}),
            ({"max_deliveries": 3, "dead_letter": 6},
             {abi.C_MAX_DELIVERIES: 3, abi.C_DEAD_LETTER: 6}),
            ({"gid": 7}, {abi.C_GID: 7}),
            ({"retry_delay": 1, "hold_time_max": 2, "ttl": 3},
             {abi.C_RETRY_DELAY: 1, abi.C_HOLD_TIME_MAX: 2, abi.C_TTL: 3}),
            ({"ttl": 0}, {abi.C_TTL: 0}),
            ({"name": "jobs"}, {abi.C_NAME: "jobs"}), ({"name": "jobs"}, {}),
            ({"name": ""}, {abi.C_NAME: ""}),
            ({"uid": 9}, {abi.C_UID: 9, abi.C_DEAD_LETTER: 0})):
        check.error(genl.set_channel(5, **asked), 0, str(asked))
        [event] = listener.expect(str(asked), ("set", 5))
        check.equal(event.settings, expected, str(asked))
    check.error(genl.set_channel(5, dead_letter=5), ELOOP, "refused")
    check.error(genl.set_channel(5, dead_letter=6), 0, "again")
    listener.expect("the refused one is none", ("set", 5))
    check.error(genl.delete_channel(6), 0, "the dead letter channel")
    events = listener.expect("5 loses it", ("deleted", 6), ("ended", 6), ("set", 5))
    check.equal((events[2].settings, events[2].uid), ({abi.C_DEAD_LETTER: 0}, 0), "by whom")
    genl.delete_channel(5)


@case
def pressure():
    """The event "full" is sent once, and again only after the channel was half empty. The event
    "drained" is sent when the channel is empty."""
    sysctl("channel_max_messages", 8)
    listener = Listener()
    with Channel(bound=5) as sock:
        listener.expect("created", ("created", 5))
        for _ in range(8):
            sock.send(b"x")
        listener.quiet()
        for _ in range(3):
            check.error(sock.send(b"x", DONTWAIT), EAGAIN, "full")
        listener.expect("refused", ("full", 5))
        sock.recv()
        sock.send(b"x")
        check.error(sock.send(b"x", DONTWAIT), EAGAIN, "full again")
        listener.quiet()
        for _ in range(4):
            sock.recv()
        for _ in range(4):
            sock.send(b"x")
        check.error(sock.send(b"x", DONTWAIT), EAGAIN, "after it was half empty")
        listener.expect("again", ("full", 5))
        waiting = Blocked("sendto", sock.send, b"last")
        for _ in range(8):
            sock.recv()
        check.equal(waiting.wait(), 4, "admitted")
        listener.quiet()
        check.equal(sock.recv(), b"last", "last")
        listener.expect("empty", ("drained", 5))
        sock.send(b"x")
        sock.recv()
        listener.quiet()
    listener.expect("end", ("ended", 5))


@case
def strangers():
    """Senders that are not on the channel are not notified of space, but listeners get its
    events."""
    sysctl("channel_max_messages", 4)
    listener = Listener()
    with Channel(bound=5) as receiver, Channel() as sender:
        while sender.send_to(5, b"x", DONTWAIT) == 1:
            pass
        listener.expect("refused", ("created", 5), ("full", 5))
        for _ in range(4):
            receiver.recv()
        listener.expect("empty", ("drained", 5))
    listener.expect("end", ("ended", 5))


@case
def waits():
    """A sender that has to wait makes the channel full. Bytes count, and so do held messages."""
    listener = Listener()
    sysctl("channel_max_bytes", 1000)
    with Holder(5, 9) as sock:
        sock.send(bytes(900))
        waiting = Blocked("sendto", sock.send, bytes(101))
        listener.expect("waits", ("created", 5), ("full", 5))
        first, second = sock.take()[1], None
        check.error(sock.settle((first, RETRY)), 0, "back")
        first = sock.take()[1]
        listener.quiet()
        check.error(sock.settle((first, DONE)), 0, "done")
        check.equal(waiting.wait(), 101, "admitted")
        second = sock.take()[1]
        listener.quiet()
        check.error(sock.settle((second, DONE)), 0, "done")
        listener.expect("settled", ("drained", 5))
        sock.send(bytes(900))
        check.error(sock.send(bytes(101), DONTWAIT), EAGAIN, "refused")
        check.error(Genl().flush_channel(5), 0, "flush")
        listener.expect("flushed", ("full", 5), ("drained", 5))
    listener.expect("end", ("ended", 5))


@case
def half():
    """Used bytes and held messages keep a channel from being empty."""
    listener = Listener()
    sysctl("channel_max_bytes", 1000)
    with Holder(5, 9) as sock:
        for size in 300, 600:
            sock.send(bytes(size))
        check.error(sock.send(bytes(101), DONTWAIT), EAGAIN, "refused")
        listener.expect("full", ("created", 5), ("full", 5))
        check.error(sock.settle((sock.take()[1], DONE)), 0, "the smaller one")
        sock.send(bytes(300))
        check.error(sock.send(bytes(101), DONTWAIT), EAGAIN, "600 bytes were left")
        listener.quiet()
        held = [(held, DONE) for _, held in sock.take_all()]
        check.error(sock.settle(held[0]), 0, "one of two")
        listener.quiet()
        check.error(sock.settle(held[1]), 0, "the other")
        listener.expect("settled", ("drained", 5))
    listener.expect("end", ("ended", 5))


def dead_of(event):
    return event.action, event.channel, event.name, event.to, event.why, event.deliveries


@case
def dead():
    """An event of a dead message has the channels that it came from and moved to, the reason,
    and the number of deliveries."""
    genl = Genl()
    genl.set_channel(6)
    genl.set_channel(5, max_deliveries=2, dead_letter=6, name="jobs")
    listener = Listener()
    with Holder(5, 40) as sock:
        sock.send(b"1")
        for _ in range(2):
            sock.settle((sock.take()[1], RETRY))
        check.equal(dead_of(*listener.take(1)), ("dead", 5, "jobs", 6, DEAD_DELIVERIES, 2),
                    "after its last delivery")
        for _ in range(3):
            sock.send(b"2")
        sock.settle(*((held, DEAD) for _, held in sock.take_all()))
        check.equal([dead_of(e) for e in listener.take(3)],
                    [("dead", 5, "jobs", 6, DEAD_SETTLED, 1)] * 3, "a batch")
        genl.set_channel(5, dead_letter=0)
        listener.expect("none", ("set", 5))
        sock.send(b"3")
        sock.settle((sock.take()[1], DEAD))
        check.equal(dead_of(*listener.take(1)), ("dead", 5, "jobs", None, DEAD_SETTLED, 1),
                    "dropped without a dead letter channel")
        genl.set_channel(5, dead_letter=6, ttl=1)
        listener.expect("both", ("set", 5))
        sock.send(b"4")
        check.equal(dead_of(*listener.take(1)), ("dead", 5, "jobs", 6, DEAD_TTL, 0),
                    "after its time")
        genl.set_channel(5, dead_letter=0)
        listener.expect("none", ("set", 5))
        sock.send(b"5")
        check.equal(dead_of(*listener.take(1)), ("dead", 5, "jobs", None, DEAD_TTL, 0),
                    "after its time, dropped")
    genl.delete_channel(5)
    genl.delete_channel(6)


@case
def dead_letter_refuses():
    """A message is dropped if its dead letter channel now belongs to another user."""
    sysctl("unprivileged", 1)
    admin = Genl()

    def owner():
        become(NOBODY, NOBODY)
        genl = Genl()
        check.error(genl.set_channel(6), 0, "6")
        check.error(genl.set_channel(5, dead_letter=6), 0, "5")
        with Holder(5, 9) as sock:
            sock.send(b"1")
            os.write(go, b"x")
            select.select([ready], [], [])
            sock.settle((sock.take()[1], DEAD))
    (taken, go), (ready, given) = os.pipe(), os.pipe()
    pid = child(owner)
    os.read(taken, 1)
    check.error(admin.set_channel(6, uid=0), 0, "its owner")
    listener = Listener()
    os.write(given, b"x")
    reap(pid)
    check.equal(dead_of(*listener.take(1)), ("dead", 5, None, None, DEAD_SETTLED, 1), "dropped")
    admin.delete_channel(5)
    admin.delete_channel(6)
    sysctl("unprivileged", 0)


@case
def nobody_listens():
    """Without a listener, events are not numbered, and a channel that was full before is not
    drained."""
    genl = Genl()
    before = genl.status()["proto_events"]
    sysctl("channel_max_messages", 1)
    with Channel(bound=5) as sock:
        sock.send(b"x")
        check.error(sock.send(b"x", DONTWAIT), EAGAIN, "full")
        check.equal(genl.status()["proto_events"], before, "events")
        listener = Listener()
        sock.recv()
        listener.quiet()
        sock.send(b"x")
        check.error(sock.send(b"x", DONTWAIT), EAGAIN, "full")
        listener.expect("full", ("full", 5))
        listener.close()
        last = genl.status()["proto_events"]
        sock.recv()
    check.equal(genl.status()["proto_events"], last, "after the listener")


@case
def to_whom():
    """Administrators of the namespace get the events, those of other namespaces do not. The IDs
    are those that its owner may see."""
    listener = Listener()

    def elsewhere():
        new_netns()
        own = Listener()
        with Channel(bound=5):
            own.expect("its own", ("created", 5))
        own.expect("its own", ("ended", 5))
    reap(child(elsewhere))
    listener.quiet()

    def user():
        become(NOBODY, NOBODY)
        check.error(Genl().join(b"proto"), EPERM, "a user")
        with Channel(bound=5):
            pass
    sysctl("unprivileged", 1)
    pid = child(user)
    reap(pid)
    events = listener.expect("of a user", ("created", 5), ("ended", 5))
    check.equal((events[0].uid, events[0].pids[0][0]), (NOBODY, pid), "who")
    sysctl("unprivileged", 0)


@case
def containers():
    """Root of a container gets the IDs of its own processes, and none of those of the host."""
    (taken, go), (ready, given) = os.pipe(), os.pipe()

    def container():
        userns_root_own_netns()
        own = Listener(rcvbuf=None)
        with Channel(bound=5):
            [event] = own.expect("its own", ("created", 5))
        check.equal((event.uid, [pid for pid, _ in event.pids]), (0, [os.getpid()]), "its own")
        own.expect("its own", ("ended", 5))
        os.write(go, b"x")
        [event] = own.expect("of the host", ("created", 6))
        check.equal((event.uid, event.pids), (65534, []), "of the host")
        os.write(go, b"x")
        own.expect("its end", ("ended", 6))

    def visitor(pid):
        with open("/proc/%d/ns/net" % pid) as file:
            setns(file.fileno())
        with Channel(bound=6):
            os.read(taken, 1)
    pid = child(container)
    os.read(taken, 1)
    reap(child(visitor, pid))
    reap(pid)
    os.close(ready)
    os.close(given)


@case
def lost():
    """A listener that does not read misses events, and can count them. No sender waits for it."""
    listener, genl = Listener(rcvbuf=4096), Genl()
    for _ in range(200):
        check.error(genl.set_channel(5), 0, "set")
    check.error(genl.delete_channel(5), 0, "delete")
    total = 200 + 3
    listener.expect_numbered(total)
    seen = []
    listener.sock.setblocking(False)
    while True:
        try:
            seen.append(listener.next().seq)
        except BlockingIOError:
            break
    check.true(listener.overruns and 0 < len(seen) < total, "%d of %d" % (len(seen), total))
    check.equal(seen, sorted(set(seen)), "their order")


def occupy(processor, go):
    os.sched_setaffinity(0, {processor})
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))
    os.write(go, b"x")
    while True:
        pass


def at_once(calls):
    """Run the calls while nothing else runs, on any processor."""
    started, go = os.pipe()
    here, *others = sorted(os.sched_getaffinity(0))
    rivals = [child(occupy, other, go) for other in others]
    for _ in rivals:
        os.read(started, 1)
    os.sched_setaffinity(0, {here})
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))
    for call in calls:
        call()
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    for rival in rivals:
        os.kill(rival, 9)
        reap(rival, -9)


@case
def too_many_wait():
    """If the work that sends events does not run, the memory for waiting events is limited."""
    sysctl("channel_max_messages", 2000)
    genl, holders = Genl(), [Holder(5, 1000), Holder(5, 1000)]
    check.error(genl.set_channel(5, max_deliveries=1), 0, "set")
    for _ in range(2000):
        holders[0].send(b"x")
    check.equal([len(sock.take_all()) for sock in holders], [1000, 1000], "held")
    listener = Listener(rcvbuf=32 << 20)
    # The two calls end before the scheduler lets other tasks run nevertheless.
    at_once([sock.close for sock in holders])
    listener.expect_numbered(2000)
    seen = []
    while not seen or select.select([listener.sock], [], [], 0)[0]:
        seen.append(listener.next().seq)
    check.equal((listener.overruns, seen), (0, sorted(set(seen))), "their order")
    check.true(1024 <= len(seen) < 2000, "%d of 2000" % len(seen))
    genl.delete_channel(5)


@case
def namespace_ends():
    """Events that were not sent are freed with the namespace."""
    before, listener = base.begin(), Listener()

    def leave_messages():
        new_netns()
        sysctl("channel_max_messages", 1)
        with Channel() as sock:
            for channel in range(1, 200):
                sock.send_to(channel, b"x")
                sock.send_to(channel, b"x", DONTWAIT)
    for _ in range(5):
        reap(child(leave_messages))
    listener.quiet()
    listener.close()
    base.expect(before, "namespaces with events")
