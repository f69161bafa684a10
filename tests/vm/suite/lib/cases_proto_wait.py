# SPDX-License-Identifier: GPL-2.0-or-later
"""Channels: waiting, competing for messages, limits."""
import os
import select
import signal
import socket
import struct
import time
from errno import EAGAIN, EINTR, EMSGSIZE, ENOBUFS, ENOSPC, EPIPE

from channel import Channel, events_of, sock_address, status
from genl import Genl
from harness import Blocked, case, check, child, expect_nothing_left, reap, sysctl, wait_blocked
from sys_calls import call

DONTWAIT, PEEK = socket.MSG_DONTWAIT, socket.MSG_PEEK


# ---- waiting ---------------------------------------------------------------

@case
def persistence():
    """Messages outlive their sender. A channel does not outlive its messages."""
    genl = Genl()
    reap(child(lambda: check.equal(Channel().send_to(123, b"abc"), 3, "send")))
    check.equal([tuple(c) for c in genl.channels()], [(123, 1, 3, 0)], "the channel")
    now = genl.status()
    check.equal((now["sockets"], now["channels"]), (0, 1), "no socket")
    with Channel(bound=123) as receiver:
        check.equal(receiver.recv(100, DONTWAIT), b"abc", "the message")
    check.equal(genl.channels(), [], "no channel")


@case
def blocking_receive():
    with Channel(bound=77) as receiver, Channel(connected=77) as sender:
        waiting = Blocked("recvfrom", receiver.recv)
        sender.send(b"at last")
        check.equal(waiting.wait(), b"at last", "what a blocked receiver gets")
        peeking = Blocked("recvfrom", receiver.recv, 100, PEEK)
        waiting = Blocked("recvfrom", receiver.recv)
        sender.send(b"for both")
        check.equal((peeking.wait(), waiting.wait()), (b"for both",) * 2, "one peeks")
        peeking = Blocked("recvfrom", receiver.recv, 100, PEEK)
        sender.send(b"it stays")
        check.equal(peeking.wait(), b"it stays", "a blocked peek")
        check.equal(receiver.recv(100, DONTWAIT), b"it stays", "takes nothing")


@case
def blocking_send():
    sysctl("channel_max_messages", 2)
    with Channel(bound=77) as receiver, Channel(connected=77) as sender:
        check.equal(sender.fill(), 2, "messages that fit")
        waiting = Blocked("sendto", sender.send, b"late")
        check.error(sender.send(b"!", DONTWAIT), EAGAIN, "nobody overtakes")
        check.equal(receiver.recv(), b"x", "make room")
        check.equal(waiting.wait(), 4, "the blocked sender")
        check.equal(receiver.drain(), [b"x", b"late"], "the messages")
        sysctl("channel_max_bytes", 100)
        sender.send(bytes(60))
        large = Blocked("sendto", sender.send, bytes(50))
        small = Blocked("sendto", sender.send, b"small")
        check.equal(len(receiver.recv()), 60, "make room")
        check.equal((large.wait(), small.wait()), (50, 5), "both senders")
        check.equal([len(m) for m in receiver.drain()], [50, 5], "in their order")


@case
def timeouts():
    sysctl("channel_max_messages", 1)
    quarter = struct.pack("=qq", 0, 250000)
    with Channel(bound=77) as sock:
        sock.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, quarter)
        sock.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, quarter)
        for name, function in ("receive", lambda: sock.recv(9)), \
                              ("send", lambda: sock.send(b"y")):
            start = time.monotonic()
            check.error(function(), EAGAIN, name)
            took = time.monotonic() - start
            check.true(0.24 < took < 3, "%s took %f s" % (name, took))
            sock.fill()
        check.equal(sock.drain(), [b"x"], "the messages")


@case
def interrupted():
    """A signal either ends the call with EINTR, or lets it continue, depending on the handler."""
    with Channel(bound=77) as sock:
        seen = []
        signal.signal(signal.SIGALRM, lambda *_: seen.append(1))
        signal.siginterrupt(signal.SIGALRM, True)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        check.error(sock.recv(), EINTR, "receive")
        sysctl("channel_max_messages", 1)
        sock.fill()
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        check.error(sock.send(b"y"), EINTR, "send")
        check.equal(sock.drain(), [b"x"], "an interrupted send sends nothing")
        signal.siginterrupt(signal.SIGALRM, False)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        waiting = child(send_later, 77, b"after the signal")
        check.equal(sock.recv(), b"after the signal", "a receive that goes on")
        check.equal(len(seen), 3, "signals")
        reap(waiting)


def send_later(number, data):
    time.sleep(0.4)
    with Channel() as sock:
        sock.send_to(number, data)


@case
def shutdowns():
    sysctl("channel_max_messages", 1)
    with Channel(bound=77) as sock, Channel(connected=77) as other:
        waiting = Blocked("recvfrom", sock.recv)
        check.error(call("shutdown", sock.fd, socket.SHUT_RD), 0, "shut receiving down")
        check.equal(waiting.wait(), b"", "a blocked receiver")
        check.equal(sock.recv(), b"", "a later one")
        check.error(sock.send(b"x"), 0, "it still sends")
        waiting = Blocked("sendto", sock.send, b"y")
        check.error(call("shutdown", sock.fd, socket.SHUT_WR), 0, "shut sending down")
        check.error(waiting.wait(), EPIPE, "a blocked sender")
        check.error(sock.send(b"y"), EPIPE, "a later one")
        check.true(events_of(sock) & select.POLLOUT, "poll: it does not block")
        check.error(sock.send_to(78, b"y"), EPIPE, "to another channel")
        check.equal(sock.recv(), b"x", "what was there is received")
        check.equal(sock.recv(), b"", "and then the end")
        check.equal(sock.recv(9, DONTWAIT), b"", "without waiting, too")
        check.error(other.send(b"z"), 0, "others are not concerned")
        check.equal(sock.recv(), b"z", "nor their messages")


@case
def shutdown_of_both():
    with Channel(bound=77) as sock:
        poll = select.poll()
        poll.register(sock.fd, select.POLLIN | select.POLLRDHUP)
        waiting = Blocked("recvfrom", sock.recv)
        check.error(call("shutdown", sock.fd, socket.SHUT_RDWR), 0, "shutdown")
        check.equal(waiting.wait(), b"", "a blocked receiver")
        check.equal(poll.poll(0)[0][1], select.POLLIN | select.POLLRDHUP | select.POLLHUP,
                    "poll")
        check.error(sock.send(b""), EPIPE, "an empty message")


@case
def poll():
    sysctl("channel_max_messages", 2)
    with Channel(bound=77) as receiver, Channel(connected=77) as sender, \
            Channel() as neither:
        check.equal(events_of(receiver), select.POLLOUT, "empty, bound")
        check.equal(events_of(sender), select.POLLOUT, "empty, connected")
        check.equal(events_of(neither), select.POLLOUT, "neither")
        sender.send(b"1")
        check.equal(events_of(receiver), select.POLLIN | select.POLLOUT, "one, bound")
        check.equal(events_of(sender), select.POLLOUT, "one, connected")
        sender.send(b"2")
        check.equal(events_of(receiver), select.POLLIN, "full, bound")
        check.equal(events_of(sender), 0, "full, connected")
        for sock, name in (receiver, "bound"), (sender, "connected"):
            waiting = poll_blocked(sock, select.POLLOUT)
            check.equal(receiver.recv(), b"%d" % (1 + (name == "connected")), name)
            check.equal(waiting.wait(), select.POLLOUT, "full, then room: " + name)
            sender.send(b"3" if name == "connected" else b"2")
            sender.fill(b"2")
        receiver.drain()
        waiting = poll_blocked(receiver, select.POLLIN)
        sender.send(b"x")
        check.equal(waiting.wait(), select.POLLIN, "empty, then one")
        receiver.drain()


def poll_blocked(sock, wanted):
    # Without a timeout: at a timeout, poll(2) would check again, without a notification.
    return Blocked("poll", events_of, sock, wanted, -1)


@case
def poll_before_messages():
    """A socket that is bound to a channel with messages becomes readable."""
    with Channel() as sender, Channel() as receiver:
        sender.send_to(77, b"x")
        waiting = poll_blocked(receiver, select.POLLIN)
        receiver.bind(77)
        check.equal(waiting.wait(), select.POLLIN, "bind")
        sysctl("channel_max_messages", 1)
        sender.connect(77)
        check.equal(events_of(sender), 0, "full")
        waiting = poll_blocked(sender, select.POLLOUT)
        sender.connect(78)
        check.equal(waiting.wait(), select.POLLOUT, "connect to another")
        receiver.drain()


@case
def epoll():
    """Level-triggered and edge-triggered epoll, in both directions."""
    sysctl("channel_max_messages", 3)
    for edge in 0, select.EPOLLET:
        what = "edge" if edge else "level"
        with Channel(bound=77) as receiver, Channel(connected=77) as sender, \
                select.epoll() as ins, select.epoll() as outs:
            ins.register(receiver.fd, select.EPOLLIN | edge)
            outs.register(sender.fd, select.EPOLLOUT | edge)
            check.equal(len(outs.poll(0)), 1, what + ": room")
            check.equal(len(outs.poll(0)), int(not edge), what + ": still room")
            check.equal(len(ins.poll(0)), 0, what + ": empty")
            for _ in range(3):
                sender.send(b"x")
                check.equal(len(ins.poll(0)), 1, what + ": a message")
            check.equal(len(ins.poll(0)), int(not edge), what + ": still there")
            check.error(sender.send(b"y", DONTWAIT), EAGAIN, what + ": full")
            outs.poll(0)
            check.equal(len(outs.poll(0)), 0, what + ": no room")
            receiver.recv()
            check.equal(len(outs.poll(0)), 1, what + ": room again")
            receiver.drain()


@case
def poll_to_receive_owes_senders_nothing():
    """When a message leaves a full channel, only senders that have polled for space are
    notified."""
    sysctl("channel_max_messages", 2)
    with Channel(bound=77) as receiver, Channel(connected=77) as sender, \
            select.epoll() as outs:
        outs.register(sender.fd, select.EPOLLOUT | select.EPOLLET)
        check.equal(outs.poll(0), [(sender.fd, select.EPOLLOUT)], "room at first")
        for sock, wanted, ready, events, what in \
                (receiver, select.POLLIN, select.POLLIN, [], "to receive"), \
                (receiver, select.POLLIN | select.POLLOUT, select.POLLIN, [], "of another"), \
                (sender, select.POLLOUT, 0, [(sender.fd, select.EPOLLOUT)], "to send"):
            check.equal((sender.send(b"1"), sender.send(b"2")), (1, 1), "fill the channel")
            check.equal(events_of(sock, wanted), ready, "poll " + what)
            check.equal(receiver.recv(), b"1", "make room")
            check.equal(outs.poll(0), events, "after a poll " + what)
            check.equal(receiver.recv(), b"2", "empty the channel")
            check.equal(outs.poll(0), [], "nothing new")


# ---- several processes -----------------------------------------------------

def send_numbers(number, who, count):
    with Channel(connected=number) as sock:
        for i in range(count):
            check.equal(sock.send(struct.pack("=II", who, i)), 8, "send")


@case
def order():
    """Messages of one sender stay in order in a channel that is nearly always full."""
    sysctl("channel_max_messages", 8)
    with Channel(bound=77) as receiver:
        pid = child(send_numbers, 77, 1, 1000)
        got = [receiver.recv() for _ in range(1000)]
        check.equal(got, [struct.pack("=II", 1, i) for i in range(1000)], "the messages")
        reap(pid)


def receive_numbers(number, out):
    found = []
    with Channel(bound=number) as sock:
        os.write(out, b"r")
        while (data := sock.recv()) != b"":
            found.append(data)
    with os.fdopen(out, "wb", 0) as file:
        file.write(b"".join(found))


def spread(senders, receivers, count):
    """Return what each receiver got."""
    pipes = [os.pipe() for _ in range(receivers)]
    takers = [child(receive_numbers, 77, out) for _, out in pipes]
    for back, out in pipes:
        os.read(back, 1)
        os.close(out)
    for pid in [child(send_numbers, 77, who, count) for who in range(senders)]:
        reap(pid)
    with Channel() as end:
        for _ in takers:
            end.send_to(77, b"")
    parts = []
    for back, _ in pipes:
        with os.fdopen(back, "rb") as file:
            data = file.read()
        parts.append([struct.unpack_from("=II", data, at) for at in range(0, len(data), 8)])
    for pid in takers:
        reap(pid)
    return parts


@case
def competition():
    """4 processes send 500 messages each to 4 receivers, through a channel of 8. Each message
    arrives once, and each receiver gets the messages of a sender in order."""
    sysctl("channel_max_messages", 8)
    parts = spread(4, 4, 500)
    together = sorted(sum(parts, []))
    check.equal(together, [(who, i) for who in range(4) for i in range(500)], "together")
    for receiver, part in enumerate(parts):
        for who in range(4):
            mine = [i for w, i in part if w == who]
            check.true(mine == sorted(mine), "receiver %d, sender %d" % (receiver, who))
    check.true(all(parts), "each got some: %s" % [len(p) for p in parts])


def block_in(action, number):
    with Channel(bound=number) as sock:
        if action == "recvfrom":
            sock.recv()
        else:
            sock.send(b"never")


@case
def killed():
    """kill -9 of a blocked receiver and of a blocked sender: no message is lost, the killed
    sender sends nothing, and others do not wait longer."""
    sysctl("channel_max_messages", 1)
    pid = child(block_in, "recvfrom", 77)
    wait_blocked("recvfrom", pid)
    with Channel(bound=77) as sock:
        waiting = Blocked("recvfrom", sock.recv)
        os.kill(pid, signal.SIGKILL)
        reap(pid, -signal.SIGKILL)
        sock.send(b"not for the dead")
        check.equal(waiting.wait(), b"not for the dead", "the next receiver")

        sock.send(b"x")
        pid = child(block_in, "sendto", 77)
        wait_blocked("sendto", pid)
        waiting = Blocked("sendto", sock.send, b"after the dead")
        os.kill(pid, signal.SIGKILL)
        reap(pid, -signal.SIGKILL)
        check.equal(sock.recv(), b"x", "make room")
        check.equal(waiting.wait(), 14, "the next sender")
        check.equal(sock.drain(), [b"after the dead"], "the messages")


@case
def killed_in_flight():
    """A receiver is killed while a message arrives. A living receiver gets the message."""
    with Channel(bound=77) as sock:
        for turn in range(10):
            pid = child(block_in, "recvfrom", 77)
            wait_blocked("recvfrom", pid)
            os.kill(pid, signal.SIGKILL)
            sock.send(b"%d" % turn)
            reap(pid, -signal.SIGKILL)
            got = sock.recv(9, DONTWAIT)
            check.equal(got, b"%d" % turn, "turn %d" % turn)


@case
def closed_by_another_thread():
    """close(2) of a descriptor does not wake a thread that blocks on it."""
    receiver = Channel(bound=77)
    copy = Channel(bound=77)
    waiting = Blocked("recvfrom", receiver.recv)
    os.close(receiver.sock.detach())
    copy.send(b"still there")
    check.equal(waiting.wait(), b"still there", "the blocked receiver")
    copy.close()


def churn(number, times):
    for i in range(times):
        with Channel(bound=number) as sock:
            sock.send(b"x", DONTWAIT)
            sock.recv(1, DONTWAIT)
        with Channel(connected=number) as sock:
            sock.connect(number + 1)
            sock.send_to(number, b"y", DONTWAIT)
            events_of(sock)
        with Channel(bound=number + 1) as sock:
            sock.connect(number)
            sock.recv(1, DONTWAIT | PEEK)
            call("shutdown", sock.fd, i % 3)


@case
def coming_and_going():
    """Four processes create, find and end channels at the same time."""
    sysctl("channel_max_messages", 4)
    times = 40 if os.environ.get("KCTL_DEBUG") else 150
    for pid in [child(churn, 77, times) for _ in range(4)]:
        reap(pid)
    for number in 77, 78:
        with Channel(bound=number) as sock:
            sock.drain()
    check.equal(status()["channels"], 0, "channels")
    check.equal(status()["proto_bytes"], 0, "memory")


# ---- limits ----------------------------------------------------------------

@case
def message_limit():
    sysctl("channel_max_messages", 5)
    with Channel(bound=77) as sock:
        check.equal(sock.fill(b""), 5, "empty messages that fit")
        check.error(sock.send(b"", DONTWAIT), EAGAIN, "one more")
        check.equal(Genl().channels()[0].messages, 5, "in the channel")
        sysctl("channel_max_messages", 2)
        sock.recv()
        check.error(sock.send(b"", DONTWAIT), EAGAIN, "a lowered limit")
        sysctl("channel_max_messages", 6)
        check.equal(sock.fill(b""), 2, "a raised limit")
        sock.drain()


@case
def byte_limit():
    sysctl("channel_max_bytes", 1000)
    with Channel(bound=77) as sock:
        check.error(sock.send(bytes(1001)), EMSGSIZE, "can never fit")
        check.equal(sock.fill(bytes(400)), 2, "of 400 bytes")
        check.error(sock.send(bytes(201), DONTWAIT), EAGAIN, "a byte too many")
        check.error(sock.send(bytes(200), DONTWAIT), 0, "exactly full")
        check.error(sock.send(b"", DONTWAIT), 0, "an empty one")
        check.equal(Genl().channels()[0], (77, 4, 1000, 1), "the channel")
        sock.drain()


@case
def channel_limit():
    sysctl("channels_max", 3)
    with Channel(bound=1) as sock, Channel(connected=2) as other, Channel() as third:
        check.error(third.send_to(3, b"x"), 0, "the third, by a message")
        check.error(third.bind(4), ENOSPC, "bind to a fourth")
        check.error(third.bind(0), ENOSPC, "bind to any")
        check.error(third.connect(4), ENOSPC, "connect to a fourth")
        check.error(third.send_to(4, b"x"), ENOSPC, "send to a fourth")
        check.error(other.connect(4), ENOSPC, "connect elsewhere")
        check.equal(other.name("getpeername")[2][:8], sock_address(2), "connected as before")
        check.equal(status()["channels"], 3, "channels")
        check.error(third.bind(3), 0, "bind to one that is")
        check.equal(third.drain(), [b"x"], "its message")
        sock.close()
        check.error(third.connect(4), 0, "room for one")


@case
def memory_limit():
    sysctl("proto_max_bytes", 100000)
    with Channel(bound=77) as sock:
        count = 0
        while (ret := sock.send_to(100 + count, bytes(10000), DONTWAIT)) >= 0:
            count += 1
        check.error(ret, ENOBUFS, "one too many")
        check.equal(count, 9, "messages of 10000 bytes")
        check.equal(status()["channels"], 10, "channels: none of the refused one")
        used = status()["proto_bytes"]
        check.true(90000 < used <= 100000, "memory: %d" % used)
        check.error(sock.send(bytes(100000)), ENOBUFS, "also when it could wait")
        check.equal(status()["proto_bytes"], used, "memory after that")
    for number in range(100, 109):
        with Channel(bound=number) as receiver:
            check.equal(len(receiver.recv(20000, DONTWAIT)), 10000, "%d" % number)
    expect_nothing_left("messages")
