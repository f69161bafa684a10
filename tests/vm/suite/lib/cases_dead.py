# SPDX-License-Identifier: GPL-2.0-or-later
"""Dead letters: messages that die in a channel, and their destination."""
import functools
import os
import select
import signal
import socket
import threading
from errno import EACCES, EAGAIN, EINVAL, ELOOP, ENOENT, EPERM, ESTALE

import abi
from abi import DEAD, DEAD_DELIVERIES, DEAD_SETTLED, DONE, RELEASE, RETRY
from cases_channel_owner import become
from cases_hold import data_of, fill, killed_holder
from channel import Channel, events_of, status
from genl import Genl
from harness import Blocked, case, check, child, eventually, new_netns, reap, sysctl
from holder import CONTROL, DONTWAIT, Holder, attributes, counts, patient
from identities import NOBODY

OTHER = 1234
SO_TIMESTAMP = 29


def dead_letters(limit=0, letter=6):
    """Decorate a case that uses channel 5 and its dead letter channel 6."""
    def decorate(function):
        @functools.wraps(function)
        def run():
            genl = Genl()
            check.error(genl.set_channel(6), 0, "6")
            check.error(genl.set_channel(5, max_deliveries=limit, dead_letter=letter), 0, "5")
            function()
            genl.delete_channel(5)
            genl.delete_channel(6)
        return run
    return decorate


def dead(number=5):
    """Return (moved, dropped)."""
    found = attributes(number)
    return found[abi.C_DEAD], found[abi.C_DROPPED]


def settings(number=5):
    found = attributes(number)
    return found[abi.C_MAX_DELIVERIES], found[abi.C_DEAD_LETTER]


def as_user(uid, function, *args):
    def run():
        become(uid, uid)
        function(*args)
    reap(child(run))


def history(held):
    return held.dead_from, held.dead_deliveries, held.dead_why


@case
@dead_letters(limit=3)
def always_fails():
    """A message that always fails is delivered exactly as often as permitted, and then moves.
    Other messages are not delayed."""
    check.equal(settings(), (3, 6), "settings")
    with Holder(5, 1) as sock, Holder(6, 9) as undertaker:
        fill(sock, 3)
        for turn in 1, 2, 3:
            data, held = sock.take()
            check.equal((data, held.deliveries, history(held)), (b"0", turn, (0, 0, 0)), "held")
            check.equal((dead(), counts(6)), ((0, 0), (0, 0)), "not dead yet")
            sock.settle((held, RETRY))
        check.equal((counts(5), counts(6), dead()), ((2, 0), (1, 0), (1, 0)), "dead")
        for number in 1, 2:
            data, held = sock.take()
            check.equal((data, held.deliveries), (b"%d" % number, 1), "the next")
            sock.settle((held, DONE))
        data, held = undertaker.take()
        check.equal((data, held.deliveries, history(held)), (b"0", 1, (5, 3, DEAD_DELIVERIES)),
                    "the dead letter")
        undertaker.settle((held, RETRY))
        check.equal(history(undertaker.take()[1]), (5, 3, DEAD_DELIVERIES), "it is kept")


@case
@dead_letters(limit=2)
def releases_do_not_count():
    with Holder(5, 1) as sock:
        fill(sock, 1)
        sock.settle((sock.take()[1], RETRY))
        for _ in range(1000):
            sock.settle((sock.take()[1], RELEASE))
        check.equal((counts(5), dead()), ((1, 0), (0, 0)), "after 1,000 releases")
        sock.settle((sock.take()[1], RETRY), delay=abi.TIME_MAX)
        check.equal((counts(5), counts(6), dead()), ((0, 0), (1, 0), (1, 0)), "after a retry")


@case
@dead_letters()
def verb():
    """A receiver settles a message as dead. Without a dead letter channel it is dropped, which
    makes space."""
    sysctl("channel_max_messages", 1)
    with Holder(5, 9) as sock, Holder(6, 9) as undertaker:
        for letter, moved, dropped in (6, 1, 0), (0, 1, 1):
            check.error(Genl().set_channel(5, dead_letter=letter), 0, "the dead letter channel")
            sock.send(b"1")
            sock.settle((sock.take()[1], RETRY))
            waiting = Blocked("sendto", sock.send, b"2")
            check.error(sock.settle((sock.take()[1], DEAD)), 0, "dead")
            check.equal((waiting.wait(), dead()), (1, (moved, dropped)), "counters")
            sock.settle((sock.take()[1], DONE))
        [(data, held)] = undertaker.take_all()
        check.equal((data, history(held)), (b"1", (5, 2, DEAD_SETTLED)), "history")
        undertaker.settle((held, DEAD))
        check.equal((dead(6), status()["proto_bytes"]), ((0, 1), 0), "a dead letter that dies")
    with Holder(7, 1) as sock:
        sock.send(b"1")
        check.error(sock.settle((sock.take()[1], DEAD)), 0, "a channel without settings")
        check.equal((dead(7), counts(7)), ((0, 1), (0, 0)), "dropped")


@case
@dead_letters()
def batch():
    """In a batch with a stale ID, the other messages are settled. With a bad verb, none is."""
    with Holder(5, 40) as sock, Holder(6, 40) as undertaker:
        fill(sock, 32)
        held = [held for _, held in sock.take_all()]
        sock.settle((held[1], DONE))
        check.error(sock.settle((held[0], DEAD), (held[2], 6)), EINVAL, "a bad verb")
        check.equal((sock.held, dead()), (31, (0, 0)), "nothing is done")
        check.error(sock.settle((held[0], DEAD), (held[0], DEAD), (held[1], DEAD), (held[3], RETRY),
                                *[(one, DEAD) for one in held[4:]]), ESTALE, "two are stale")
        check.equal((sock.held, counts(5), dead()), (1, (1, 1), (29, 0)), "the others")
        check.equal(data_of(undertaker.take_all()), [0, *range(4, 32)], "in their order")


@case
@dead_letters(limit=1)
def full():
    """A dead letter enters a full channel, even above its limits, and before waiting senders."""
    with Channel(bound=6) as owner, Holder(5, 9) as sock, Channel(connected=6) as sender:
        sysctl("channel_max_messages", 2)
        check.equal(owner.fill(b"f"), 2, "full")
        waiting = Blocked("sendto", sender.send, b"waits")
        for data in b"1", b"2", b"3":
            sock.send(data)
            sock.settle((sock.take()[1], RETRY))
        check.equal((counts(6), dead()), ((5, 0), (3, 0)), "above the limit")
        check.error(sender.send(b"x", DONTWAIT), EAGAIN, "for a sender it is full")
        check.equal([owner.recv() for _ in range(3)], [b"f", b"f", b"1"], "in order")
        check.error(sender.send(b"x", DONTWAIT), EAGAIN, "still full")
        check.equal((owner.recv(), waiting.wait()), (b"2", 5), "room")
        check.equal(owner.drain(), [b"3", b"waits"], "the rest")


@case
@dead_letters(limit=1)
def wakes():
    """A dead letter wakes a waiting call, a poller and a tap, as a message that is sent does."""
    with Holder(5, 9) as sock, Channel(bound=6) as other, Holder() as tap:
        tap.set(abi.TAP, 1)
        tap.bind(6)
        patient(other)
        waiting = Blocked("recvfrom", other.recv)
        sock.send(b"1")
        sock.settle((sock.take()[1], RETRY))
        check.equal((waiting.wait(), tap.recv()), (b"1", b"1"), "a call, and a tap")
        polling = [Blocked("poll", events_of, it, select.POLLIN, 20000) for it in (other, tap)]
        sock.send(b"2")
        sock.settle((sock.take()[1], RETRY))
        check.equal([it.wait() for it in polling], 2 * [select.POLLIN], "pollers")
        check.equal((other.recv(), tap.recv()), (b"2", b"2"), "the second")


@case
@dead_letters(limit=1)
def taps_see_no_change():
    """A tap keeps its copy in the original order, although the message now has another number."""
    with Holder(5, 9) as sock, Holder() as tap, Channel(bound=6) as other:
        tap.set(abi.TAP, 1)
        tap.bind(5)
        tap.sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMP, 1)
        for number in range(3):
            other.send(b"x")
        fill(sock, 3)
        check.error(tap.recv_raw(1, 9), 14, "a copy that fails")
        for _, held in reversed(sock.take_all()):
            sock.settle((held, RETRY))
        check.error(tap.recv_raw(1, 9), 14, "again")
        check.equal(tap.drain(), [b"0", b"1", b"2"], "in order")
        check.equal(other.drain(), [b"x"] * 3 + [b"2", b"1", b"0"], "and there")


@case
@dead_letters(limit=1)
def without_holding():
    """A receiver that does not hold messages gets the history if it asks for it."""
    def take(sock, control=CONTROL):
        data, held = sock.take(DONTWAIT, control=control)
        return data, held and (held.id, held.deliveries, history(held))

    with Holder(5, 9) as sock, Holder(6) as other:
        fill(sock, 4)
        sock.settle(*[(held, RETRY) for _, held in sock.take_all()])
        other.send(b"sent")
        check.equal((other.get(abi.HISTORY), take(other)), (0, (b"0", None)), "unasked")
        check.error(other.set(abi.HISTORY, 1), 0, "asked")
        check.equal(other.get(abi.HISTORY), 1, "the option")
        data, held = other.take(DONTWAIT | socket.MSG_PEEK)
        check.equal((data, held.id, history(held)), (b"1", 0, (5, 1, DEAD_DELIVERIES)), "a peek")
        check.equal(take(other), (b"1", (0, 1, (5, 1, DEAD_DELIVERIES))), "history")
        other.set(abi.HOLD, 1)
        data, held = other.take()
        check.equal((data, held.id > 0, history(held)), (b"2", True, (5, 1, DEAD_DELIVERIES)),
                    "held: once")
        other.settle((held, DONE))
        other.set(abi.HOLD, 0)
        check.equal(take(other, control=0), (b"3", None), "without room")
        check.equal(take(other), (b"sent", None), "of others there is none")


@case
@dead_letters(limit=2)
def deadline():
    """A delivery counts if its hold time is over, even if no receiver settles anything."""
    with Holder(5, 40) as sock, Holder(6, 40) as undertaker:
        fill(sock, 20)
        sock.set(abi.HOLD_TIME, 1)
        for turn in 1, 2:
            check.equal(dead(), (0, 0), "before turn %d" % turn)
            check.equal(sum(1 for _ in sock_takes(sock, 20)), 20, "taken")
        check.true(eventually(lambda: counts(6) == (20, 0)), "all are dead")
        check.equal((counts(5), dead()), ((0, 0), (20, 0)), "nothing else is here")
        found = undertaker.take_all()
        check.equal({history(held) for _, held in found}, {(5, 2, DEAD_DELIVERIES)}, "history")
        check.equal(sorted(data_of(found)), list(range(20)), "each once")


def sock_takes(sock, count):
    """Take COUNT messages, once the hold time of the previous ones is over."""
    check.true(eventually(lambda: counts(5) == (count, 0)), "all are back")
    sock.set(abi.HOLD_TIME, 3000)
    found = [sock.take(DONTWAIT) for _ in range(count)]
    sock.set(abi.HOLD_TIME, 1)
    sock.settle(*[(held, abi.EXTEND) for _, held in found])
    return found


@case
@dead_letters(limit=2)
def killed():
    """A holder is killed twice. The messages move in order, and nothing is left."""
    with Holder(6, 100) as undertaker, Channel(connected=5) as sender:
        fill(sender, 70)
        for turn in 1, 2:
            pid = killed_holder(5, 70)
            os.kill(pid, signal.SIGKILL)
            reap(pid, -signal.SIGKILL)
            check.true(eventually(lambda: counts(5)[1] == 0), "given back")
            check.equal((counts(5)[0], dead()[0]), (70, 0) if turn == 1 else (0, 70), "turn")
        found = undertaker.take_all()
        check.equal(data_of(found), list(range(70)), "in order")
        check.equal({history(held) for _, held in found}, {(5, 2, DEAD_DELIVERIES)}, "history")


@case
@dead_letters(limit=1)
def target_deleted():
    """When the dead letter channel is deleted, the setting ends. A later channel with the same
    number gets nothing, even if a socket on it keeps it alive in between."""
    genl = Genl()
    with Holder(5, 9) as sock, Channel(bound=6):
        fill(sock, 2)
        taken = [held for _, held in sock.take_all()]
        check.error(genl.delete_channel(6), 0, "delete")
        check.equal(settings(), (1, 0), "the setting is gone")
        sock.settle((taken[0], RETRY))
        genl.set_channel(6)
        sock.settle((taken[1], RETRY))
        check.equal((dead(), counts(6)), ((0, 2), (0, 0)), "dropped")
        check.error(genl.set_channel(6, dead_letter=5), 0, "it can have one itself")
        check.error(genl.set_channel(6, dead_letter=0), 0, "and none")
        check.error(genl.set_channel(5, dead_letter=6), 0, "anew")
        sock.send(b"3")
        sock.settle((sock.take()[1], RETRY))
        check.equal((dead(), counts(6)), ((1, 2), (1, 0)), "it moves")


@case
@dead_letters(limit=1)
def source_deleted():
    """When the channel itself is deleted, held messages return as in a channel without
    settings, and the dead letter channel is free."""
    genl = Genl()
    with Holder(5, 9) as sock:
        fill(sock, 1)
        _, held = sock.take()
        check.error(genl.set_channel(6, dead_letter=7), ENOENT, "no channel 7")
        genl.set_channel(7)
        check.error(genl.set_channel(6, dead_letter=7), ELOOP, "a dead letter channel")
        check.error(genl.delete_channel(5), 0, "delete")
        check.equal(settings(), (0, 0), "no settings")
        check.error(genl.set_channel(6, dead_letter=7), 0, "no dead letter channel any more")
        sock.settle((held, RETRY))
        check.equal(sock.take()[1].deliveries, 2, "it returns")
        genl.delete_channel(7)


@case
@dead_letters(limit=1)
def refused():
    genl = Genl()
    genl.set_channel(7)
    with Channel(bound=0) as ephemeral, Channel(bound=8):
        number = ephemeral.number()
        for code, which, letter, what in [
                (ELOOP, 7, 7, "itself"), (ELOOP, 7, 5, "a chain"), (ELOOP, 6, 7, "a chain"),
                (ELOOP, 6, 5, "a loop"), (EINVAL, 7, number, "an ephemeral channel"),
                (EINVAL, 7, abi.EPHEMERAL, "one that does not exist"),
                (ENOENT, 7, 9, "no channel"), (ENOENT, 7, 8, "not configured"),
                (EINVAL, number, 6, "of an ephemeral channel")]:
            check.error(genl.set_channel(which, dead_letter=letter), code, what)
        check.error(genl.set_channel(number, max_deliveries=1), EINVAL, "an ephemeral channel")
        check.error(genl.set_channel(number, max_deliveries=0, dead_letter=0), 0, "none")
        check.error(genl.set_channel(7, max_deliveries=0xffffffff, dead_letter=6), 0, "allowed")
        check.equal(settings(7), (0xffffffff, 6), "settings")
        check.error(genl.set_channel(7, mode=0o600), 0, "others are left alone")
        check.equal(settings(7), (0xffffffff, 6), "settings")
        check.error(genl.set_channel(7, max_deliveries=0), 0, "no limit")
        check.error(genl.set_channel(7, dead_letter=0), 0, "no dead letter channel")
        check.equal((settings(7), settings(5)), ((0, 0), (1, 6)), "settings")
        check.error(genl.set_channel(6, dead_letter=7), ELOOP, "5 still has it")
        check.error(genl.set_channel(5, dead_letter=7), 0, "5 has another")
        check.error(genl.set_channel(6, dead_letter=7), 0, "two with the same")
    genl.delete_channel(7)


def choose(number, letter, code, what):
    check.error(Genl().set_channel(number, dead_letter=letter), code, what)


@case
def permission():
    """The user who sets a dead letter channel must own both channels, then and later. An
    administrator need not."""
    sysctl("unprivileged", 1)
    genl = Genl()
    genl.set_channel(6, mode=0o666)
    genl.set_channel(5, uid=NOBODY, max_deliveries=1)
    genl.set_channel(7, max_deliveries=1)
    as_user(NOBODY, choose, 5, 6, EACCES, "the permission to send is not enough")
    genl.set_channel(6, uid=NOBODY, mode=0o600)
    as_user(OTHER, choose, 5, 6, EACCES, "no channel of one's own")
    as_user(NOBODY, choose, 7, 6, EPERM, "for a channel of another")
    as_user(NOBODY, choose, 5, 6, 0, "both are one's own")
    choose(7, 6, 0, "an administrator")
    with Holder(5, 9) as sock, Holder(7, 9) as seven:
        for uid, moved, dropped in (NOBODY, 1, 0), (OTHER, 1, 1), (NOBODY, 2, 1):
            genl.set_channel(6, uid=uid)
            for one in sock, seven:
                one.send(b"1")
                one.settle((one.take()[1], RETRY))
            check.equal(dead(), (moved, dropped), "owned by %d" % uid)
        check.equal((dead(7), counts(6)), ((3, 0), (5, 0)), "of the administrator")
        with Channel(connected=8) as sender:
            sender.send(bytes(100000))
        sysctl("proto_max_bytes", status()["proto_bytes"] + 5000)
        for one in sock, seven:
            one.send(b"1")
            one.settle((one.take()[1], RETRY))
        check.equal((dead(), dead(7)), ((2, 2), (4, 0)), "where only administrators have room")
    genl.set_channel(5, uid=OTHER)
    check.equal(settings(), (1, 0), "a new owner has not chosen")
    genl.set_channel(5, uid=NOBODY, dead_letter=6)
    check.equal(settings(), (1, 6), "unless it is said")
    for number in 5, 6, 7, 8:
        genl.delete_channel(number)


def send_as_user(number):
    with Channel(connected=number) as sender:
        for _ in range(10):
            check.equal(sender.send(b"x" * 5000), 5000, "sent")


@case
@dead_letters(limit=1)
def charged():
    """A message is charged to its sender, and to no other user, as long as it is in any
    channel."""
    sysctl("unprivileged", 1)
    Genl().set_channel(5, mode=0o622)
    with Holder(5, 20) as sock, Channel(bound=6) as other:
        as_user(NOBODY, send_as_user, 5)
        before = status()["proto_bytes"]
        check.true(before > 50000, "bytes")
        sock.settle(*[(held, RETRY) for _, held in sock.take_all()])
        check.equal((status()["proto_bytes"], dead()), (before, (10, 0)), "moved")
        as_user(NOBODY, over_the_limit, before)
        Genl().flush_channel(5)
        check.equal(status()["proto_bytes"], before, "without those that wait")
        other.drain(9999)
        check.equal(status()["proto_bytes"], 0, "received")


def over_the_limit(bytes_there):
    """The user can only send up to a quarter of the limit, including dead letters."""
    with open("/proc/sys/net/kctl/proto_max_bytes") as file:
        quarter = int(file.read()) // 4
    sent = 0
    with Channel(connected=5) as sender:
        while sender.send(b"x" * 90000, DONTWAIT) > 0 and sent < quarter:
            sent += 90000
    check.true(sent < quarter - bytes_there, "sent %d" % sent)


@case
@dead_letters(limit=1)
def lower_limit():
    """A limit that is lowered later applies."""
    genl = Genl()
    genl.set_channel(5, max_deliveries=5)
    with Holder(5, 9) as sock, Channel(bound=6) as other:
        fill(sock, 1)
        for _ in range(3):
            sock.settle((sock.take()[1], RETRY))
        genl.set_channel(5, max_deliveries=2)
        check.equal((counts(5), dead()), ((1, 0), (0, 0)), "it is not dead by that")
        _, held = sock.take()
        check.equal(held.deliveries, 4, "delivered once more")
        sock.settle((held, RETRY))
        check.equal((other.drain(), dead()), ([b"0"], (1, 0)), "and dead")


@case
@dead_letters(limit=1)
def raced():
    """Messages die while both channels are set, flushed and deleted. Each message is in one
    place."""
    stop = threading.Event()

    def reconfigure():
        genl, turn = Genl(), 0
        while not stop.is_set():
            turn += 1
            genl.flush_channel(6)
            genl.delete_channel(5 + turn % 2)
            genl.set_channel(6)
            genl.set_channel(5, max_deliveries=1 + turn % 3, dead_letter=6)

    thread = threading.Thread(target=reconfigure)
    thread.start()
    for turn in range(60):
        sock = Holder(5, 40)
        sock.set(abi.HOLD_TIME, turn % 4)
        for number in range(20):
            sock.send(b"%d" % number, DONTWAIT)
        taken = [held for _, held in sock.take_all()]
        for held, how in zip(taken, (DEAD, RETRY, DONE, RELEASE) * 10):
            sock.settle((held, how))
        sock.close()
    stop.set()
    thread.join()
    for number in 5, 6:
        Genl().delete_channel(number)
    check.equal(status()["proto_bytes"], 0, "memory")


def leave_dead():
    new_netns()
    genl = Genl()
    check.equal(genl.channels(), [], "nothing of others is here")
    genl.set_channel(6)
    genl.set_channel(5, max_deliveries=1, dead_letter=6)
    with Holder(5, 40) as sock:
        fill(sock, 20)
        sock.set(abi.HOLD_TIME, 1)
        sock.settle(*[(held, RETRY) for _, held in [sock.take(), sock.take()]])
        check.equal(counts(6), (2, 0), "dead here")
        sock.take_all()


@case
@dead_letters()
def namespaces():
    """A namespace ends with dead letters, and with messages that are about to die. Nothing
    crosses to another namespace."""
    for _ in range(10):
        reap(child(leave_dead))
    check.equal((counts(6), dead()), ((0, 0), (0, 0)), "here")
