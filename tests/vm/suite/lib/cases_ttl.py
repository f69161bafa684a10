# SPDX-License-Identifier: GPL-2.0-or-later
"""The time to live: messages that wait in a channel for too long die."""
import fcntl
import os
import select
import socket
import struct
import threading
from errno import EAGAIN, EINVAL
from time import sleep

import abi
from abi import DEAD_TTL, DONE, RELEASE, RETRY
from cases_channel import tap_of
from cases_dead import as_user, dead, dead_letters, history, send_as_user
from cases_hold import data_of, fill
from cases_hold_delay import HOUR, delayed
from channel import Channel, events_of, status
from genl import Genl
from harness import Blocked, case, check, child, eventually, new_netns, reap, sysctl
from holder import DONTWAIT, MS, Holder, attributes, counts, now, patient

PEEK = socket.MSG_PEEK
SIOCINQ = 0x541B
TURNS, MESSAGES, TAPS = (2, 200, 40) if os.environ.get("KCTL_DEBUG") else (4, 1000, 300)


def live(milliseconds, number=5, **others):
    check.error(Genl().set_channel(number, ttl=milliseconds, **others), 0, "set")


def expired(number=5):
    return attributes(number)[abi.C_EXPIRED]


def end(*numbers):
    for number in numbers:
        Genl().delete_channel(number)


def pass_by(time):
    """Wait without sleeping, so that what follows comes before a timer."""
    while now() < time:
        pass


@case
def nobody_receives():
    """Without a receiver, all messages die, never early. Without a time to live, none does."""
    live(100)
    with Channel(connected=5) as sender, Channel(connected=6) as other:
        other.send(b"stays")
        fill(sender, 50)
        last = now()
        check.true(eventually(lambda: counts(5) == (0, 0)), "all are gone")
        check.true(now() - last >= 100 * MS, "too early")
    check.equal((expired(), dead(), counts(6)), (50, (0, 50), (1, 0)), "dropped")
    check.equal(status()["proto_bytes"] > 0, True, "the other one")
    Genl().flush_channel(6)
    check.equal(status()["proto_bytes"], 0, "memory")
    end(5)


@case
@dead_letters()
def dead_letter():
    """Messages move in order, with their history. In the dead letter channel, a new time
    begins."""
    live(50)
    with Holder(5, 40) as sock, Holder(6, 40) as undertaker:
        fill(sock, 40)
        check.true(eventually(lambda: counts(6) == (40, 0)), "all are dead")
        check.equal((counts(5), dead(), expired()), ((0, 0), (40, 0), 40), "counters")
        found = undertaker.take_all()
        check.equal((data_of(found), {history(held) for _, held in found}),
                    (list(range(40)), {(5, 0, DEAD_TTL)}), "history")
        for first in range(0, 40, 20):
            undertaker.settle(*[(held, DONE) for _, held in found[first:first + 20]])
        live(400, 6)
        before = now()
        fill(sock, 1)
        check.true(eventually(lambda: counts(5) == (0, 0) and expired(6) == 1), "once more")
        check.true(now() - before >= 450 * MS, "its time there began when it came there")
        check.equal((dead(6), dead()), ((0, 1), (41, 0)), "dropped in the end")


@case
@dead_letters(limit=3)
def held_meanwhile():
    """A held or delayed message does not die, but dies when it returns, for whatever reason."""
    live(HOUR)
    with Holder(5, 9) as sock, Holder(6, 9) as undertaker, Channel(bound=5) as other:
        patient(other)
        fill(sock, 4)
        held = [held for _, held in sock.take_all()]
        live(60)
        fill(sock, 1, 4)
        last = now()
        check.true(eventually(lambda: counts(6) == (1, 0)), "one waits, and dies")
        pass_by(last + 60 * MS)
        check.equal(counts(5), (0, 4), "four live")
        waiting = Blocked("recvfrom", other.recv)
        check.error(sock.settle((held[0], RETRY), (held[1], RELEASE)), 0, "given back")
        check.equal((counts(5), counts(6)), ((0, 2), (3, 0)), "they die at once")
        sock.settle((held[2], RETRY), delay=1)
        check.true(eventually(lambda: counts(6) == (4, 0)), "with a delay")
        check.equal((counts(5), delayed(5)), ((0, 1), 0), "one is held")
        check.error(sock.settle((held[3], DONE)), 0, "and can be done")
        other.send(b"5")
        check.equal(waiting.wait(), b"5", "the first that a receiver gets")
        found = undertaker.take_all()
        check.equal([(data, *history(it)) for data, it in found],
                    [(b"4", 5, 0, DEAD_TTL), (b"0", 5, 1, DEAD_TTL), (b"1", 5, 0, DEAD_TTL),
                     (b"2", 5, 1, DEAD_TTL)], "history")
    check.equal((dead(), expired()), ((4, 0), 4), "counters")


@case
@dead_letters()
def back_in_front():
    """A message that returns before its time expires at its own time, and the others at theirs."""
    live(2000)
    with Holder(5, 9) as sock:
        fill(sock, 1)
        first = now()
        _, held = sock.take()
        pass_by(first + 1000 * MS)
        fill(sock, 1, 1)
        second = now()
        live(2000)
        check.error(sock.settle((held, RELEASE)), 0, "it is in front again")
        check.true(eventually(lambda: counts(6)[0] >= 1), "the first")
        check.true(first + 1950 * MS <= now() < second + 1950 * MS, "at its time")
        check.true(eventually(lambda: counts(6)[0] == 2), "the second")
        check.true(now() >= second + 1950 * MS, "at its time")


def ask(sock):
    answer = bytearray(4)
    fcntl.ioctl(sock.fd, SIOCINQ, answer)
    return struct.unpack("=i", answer)[0]


@case
def not_received():
    """A receiver checks the time itself, as the timer of the kernel may not have expired yet."""
    with Holder(5, 9) as sock, Channel(bound=5) as other:
        for how, receive, nothing in [
                ("hold", lambda: sock.take(DONTWAIT), -EAGAIN),
                ("receive", lambda: other.recv(9, DONTWAIT), -EAGAIN),
                ("peek", lambda: other.recv(9, DONTWAIT | PEEK), -EAGAIN),
                ("SIOCINQ", lambda: ask(other), 0)]:
            for _ in range(10):
                live(20)
                fill(other, 20)
                last = now()
                pass_by(last + 20 * MS)
                check.equal(receive(), nothing, how)
                check.equal(counts(5), (0, 0), "nothing is there")
        fill(other, 1)
        check.equal(other.recv(9, DONTWAIT | PEEK), b"0", "before its time")
    check.true(eventually(lambda: expired() == 801), "counter")
    end(5)


def take_once(sock):
    data, held = sock.take()
    sock.settle((held, DONE))
    return data


@case
def window():
    """A call that waits for a place in the window gets no expired message, and continues to
    wait."""
    live(HOUR)
    with Holder(5, 1) as sock:
        patient(sock)
        for turn in range(20):
            fill(sock, 1)
            _, held = sock.take()
            waiting = Blocked("recvmsg", take_once, sock)
            live(40)
            fill(sock, 20)
            last = now()
            pass_by(last + 40 * MS)
            check.error(sock.settle((held, DONE)), 0, "a place")
            check.true(eventually(lambda: counts(5)[0] == 0), "they are gone")
            live(HOUR)
            fill(sock, 1, 100 + turn)
            check.equal(waiting.wait(), b"%d" % (100 + turn), "what comes then")
        fill(sock, 1)
        _, held = sock.take()
        sock.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 1, 0))
        began = now()
        waiting = Blocked("recvmsg", sock.take)
        live(40)
        pass_by(began + 900 * MS)
        fill(sock, 1)
        last = now()
        pass_by(last + 40 * MS)
        sock.settle((held, DONE))
        check.error(waiting.wait(), EAGAIN, "its timeout is over")
        check.true(now() - began < 1800 * MS, "it began once")
        live(HOUR)
        fill(sock, 1)
        data, held = sock.take(DONTWAIT)
        check.equal(data, b"0", "the place is free")
        sock.settle((held, DONE))
    end(5)


@case
@dead_letters()
def makes_room():
    """Expired messages make space for waiting senders and for pollers. A waiting call gets the
    dead letter."""
    sysctl("channel_max_messages", 2)
    live(1000)
    with Channel(connected=5) as sender, Channel(bound=6) as undertaker:
        patient(undertaker)
        fill(sender, 2)
        waiting = Blocked("sendto", sender.send, b"2")
        check.equal((waiting.wait(), undertaker.recv()), (1, b"0"), "room")
        undertaker.recv()
        check.equal(sender.fill(b"x"), 1, "full")
        check.equal(events_of(sender, select.POLLOUT, 0), 0, "no room")
        check.equal(events_of(sender, select.POLLOUT, 20000), select.POLLOUT, "room")


@case
def changed():
    """A new time to live also applies to waiting messages: a shorter one, a longer one, none."""
    with Channel(bound=5) as sock:
        fill(sock, 1)
        began = now()
        pass_by(began + 100 * MS)
        live(300)
        began = now()
        check.equal(counts(5), (1, 0), "its time begins now")
        check.true(eventually(lambda: counts(5) == (0, 0)), "and ends")
        check.true(now() - began >= 290 * MS, "after 300 ms")
        live(HOUR)
        fill(sock, 3)
        live(30)
        check.true(eventually(lambda: counts(5) == (0, 0)), "shorter")
        live(HOUR)
        fill(sock, 1)
        sent = now()
        pass_by(sent + 100 * MS)
        live(100)
        check.error(sock.recv(9, DONTWAIT), EAGAIN, "its time began when it was sent")
        live(HOUR)
        fill(sock, 1)
        check.equal(sock.recv(), b"0", "in time")
        live(30)
        fill(sock, 1)
        check.true(eventually(lambda: counts(5) == (0, 0)), "shorter, without a message")
        for longer in HOUR, 0:
            live(500)
            fill(sock, 1)
            sent = now()
            live(longer)
            pass_by(sent + 600 * MS)
            check.equal((counts(5), sock.recv()), ((1, 0), b"0"), "%d: it stays" % longer)
        check.equal((expired(), dead()), (6, (0, 6)), "counters")
        live(0xffffffff)
        fill(sock, 1)
        check.equal((attributes(5)[abi.C_TTL], sock.recv()), (0xffffffff, b"0"), "the longest")
    with Channel(bound=0) as ephemeral:
        number = ephemeral.number()
        check.error(Genl().set_channel(number, ttl=1), EINVAL, "an ephemeral channel")
        check.error(Genl().set_channel(number, ttl=0), 0, "none")
    with Channel(bound=5) as sock:
        live(30)
        fill(sock, 1)
        end(5)
        check.equal((attributes(5)[abi.C_TTL], counts(5)), (0, (0, 0)), "deleted")
        fill(sock, 1)
        sent = now()
        pass_by(sent + 100 * MS)
        check.equal(sock.recv(), b"0", "no time to live any more")


@case
def keeps_nothing():
    """A deleted channel ends at once, even if its messages had much time left."""
    for leave in Genl.delete_channel, Genl.flush_channel:
        live(HOUR)
        with Channel(connected=5) as sender:
            fill(sender, 3)
        check.error(leave(Genl(), 5), 0, "empty")
        check.equal(status()["proto_bytes"], 0, "nothing is left")
        check.equal(attributes(5) is None, leave == Genl.delete_channel, "the channel")
    with Holder(5, 2) as sock:
        fill(sock, 1)
        _, held = sock.take()
        live(30)
        sock.settle((held, RELEASE))
        check.true(eventually(lambda: expired() == 1), "after a change, in an empty queue")
    end(5)


@case
def closed():
    """Messages that a socket or a process held for too long die when it ends. So do messages
    whose copy fails."""
    live(HOUR)
    with Holder(5, 40) as sock:
        fill(sock, 40)
        last = now()
        check.equal(len(sock.take_all()), 40, "held")
        live(50)
        pass_by(last + 50 * MS)
    check.true(eventually(lambda: expired() == 40), "dead")
    check.equal((counts(5), status()["proto_bytes"]), ((0, 0), 0), "nothing is left")
    live(HOUR)
    with Holder(5, 9) as sock, Channel(bound=5) as other:
        fill(sock, 1)
        check.error(sock.take_into(8), 14, "a copy that fails")
        check.error(other.recv_raw(8, 9), 14, "another")
        check.equal((counts(5), other.recv()), ((1, 0), b"0"), "it is back")
    end(5)


@case
@dead_letters()
def charged():
    """A message is charged to its sender, whose process has ended, until it dies."""
    sysctl("unprivileged", 1)
    Genl().set_channel(5, mode=0o622)
    live(HOUR)
    as_user(65534, send_as_user, 5)
    before = status()["proto_bytes"]
    live(1)
    check.true(eventually(lambda: counts(6) == (10, 0)), "dead")
    check.equal(status()["proto_bytes"], before, "still")
    live(1, 6)
    check.true(eventually(lambda: expired(6) == 10), "dropped")
    check.true(eventually(lambda: status()["proto_bytes"] == 0), "no more")


@case
@dead_letters()
def window_opens_meanwhile():
    """A call that finds a full window lets messages die before it waits, and may then find a
    place."""
    sysctl("channel_max_messages", 2000)
    # Taps make each dead letter take longer.
    taps = [tap_of(6) for _ in range(TAPS)]
    with Holder(5, 1) as sock:
        patient(sock)

        def receive():
            live(1)
            take_once(sock)
        for turn in range(TURNS):
            live(HOUR)
            fill(sock, 1)
            _, held = sock.take()
            fill(sock, MESSAGES)
            before = expired()
            waiting = threading.Thread(target=receive)
            waiting.start()
            check.true(eventually(lambda: expired() > before), "they die")
            check.error(sock.settle((held, DONE)), 0, "a place")
            check.true(eventually(lambda: counts(5)[0] == 0), "they are gone")
            live(0)
            fill(sock, 1, turn)
            waiting.join(10)
            check.true(not waiting.is_alive(), "turn %d: it waits for a place" % turn)
            Genl().flush_channel(6)
    for tap in taps:
        tap.close()
    end(5, 6)


def send_for_ever():
    with Channel(connected=5) as sender:
        while True:
            sender.send(b"x")


def flush_for_ever(number):
    genl = Genl()
    while True:
        genl.flush_channel(number)
        sleep(0.01)


@case
@dead_letters()
def faster_than_they_die():
    """A call that does not wait ends, even if messages arrive faster than they die."""
    if os.environ.get("KCTL_DEBUG"):
        sysctl("channel_max_messages", 100)
    live(1)
    taps = [tap_of(6) for _ in range(3 * TAPS)]
    with Channel(bound=5) as sock:
        children = [child(send_for_ever), child(send_for_ever), child(flush_for_ever, 6)]
        slowest, began = 0, now()
        while now() - began < 15000 * MS:
            before = now()
            sock.recv(9, DONTWAIT)
            slowest = max(slowest, now() - before)
        for pid in children:
            os.kill(pid, 9)
            reap(pid, -9)
        check.true(slowest < 5000 * MS, "a call takes %d ms" % (slowest // MS))
    for tap in taps:
        tap.close()
    end(5, 6)


@case
@dead_letters()
def raced():
    """Times are set and messages expire while both channels come and go."""
    stop = threading.Event()

    def reconfigure():
        genl, turn = Genl(), 0
        while not stop.is_set():
            turn += 1
            genl.flush_channel(5 + turn % 2)
            if turn % 3 == 0:
                genl.delete_channel(5 + turn // 3 % 2)
            genl.set_channel(6, ttl=turn % 3)
            genl.set_channel(5, ttl=1 + turn % 5, dead_letter=6, retry_delay=turn % 2)

    def receive():
        with Channel(bound=5) as other, Channel(bound=6) as third:
            while not stop.is_set():
                other.recv(9, DONTWAIT)
                third.recv(9, DONTWAIT)

    threads = [threading.Thread(target=it) for it in (reconfigure, receive)]
    for thread in threads:
        thread.start()
    for turn in range(60):
        sock = Holder(5, 40)
        sock.set(abi.HOLD_TIME, turn % 4)
        for number in range(20):
            sock.send(b"%d" % number, DONTWAIT)
        taken = [held for _, held in sock.take_all()]
        for held, how in zip(taken, (RETRY, DONE, RELEASE) * 14):
            sock.settle((held, how))
        sock.close()
    stop.set()
    for thread in threads:
        thread.join()
    end(5, 6)
    check.equal(status()["proto_bytes"], 0, "memory")


def leave_waiting(milliseconds):
    new_netns()
    genl = Genl()
    genl.set_channel(6, ttl=HOUR)
    for number in range(7, 20):
        genl.set_channel(number, ttl=milliseconds, dead_letter=6)
        with Holder(number, 40) as sock:
            fill(sock, 40)
            taken = sock.take(DONTWAIT)
            # By now, all messages may be dead.
            if not isinstance(taken, int):
                sock.settle((taken[1], RETRY), delay=1)


@case
def namespace_ends():
    """A namespace ends with messages that expire later or at that moment. Their dead letter
    channel has a time to live, too."""
    for milliseconds in (1, 2, 5, 20, HOUR) * 3:
        reap(child(leave_waiting, milliseconds))
    check.equal(status()["channels"], 0, "channels here")
