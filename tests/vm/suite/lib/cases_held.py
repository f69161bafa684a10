# SPDX-License-Identifier: GPL-2.0-or-later
"""Channels: senders and receivers that block in the middle of a copy, and their effect on
others. Then the copy continues or fails, or they are killed."""
import ctypes
import os
import signal
import socket
from errno import EAGAIN, EFAULT

import abi
from channel import Channel, status
from genl import Genl
from harness import Blocked, case, check, child, eventually, reap, sysctl
from held import HeldPage
from sys_calls import call, pointer

DONTWAIT = socket.MSG_DONTWAIT


class Held:
    """A receiver that blocks in its copy, or a sender if SIZE is given."""

    def __init__(self, sock, size=None):
        self.page = HeldPage()
        if size is None:
            self.blocked = Blocked("recvfrom", sock.recv_raw, self.page.address, 64)
        else:
            self.blocked = Blocked("sendto", call, "send", sock.fd, pointer(self.page.address),
                                   ctypes.c_size_t(size), 0)
        check.true(self.page.wait(), "nobody is held")

    def fail(self):
        self.page.fail()
        check.error(self.blocked.wait(), EFAULT, "the held call")


def messages(number):
    return [c.messages for c in Genl().channel_details() if c.number == number][0]


@case
def go_back():
    """Two copies fail, in either order. Each message returns to its old place."""
    for first, second in (0, 1), (1, 0):
        with Channel(bound=5) as sock, Channel(bound=5) as other:
            for data in b"1", b"2", b"3", b"4":
                sock.send(data)
            held = [Held(sock), Held(other)]
            check.equal(sock.recv(), b"3", "another receiver meanwhile")
            held[first].fail()
            check.equal(messages(5), 2, "messages")
            held[second].fail()
            check.equal(other.drain(), [b"1", b"2", b"4"], "in order")
    with Channel(bound=5) as sock:
        sock.send(b"1")
        Held(sock).fail()
        sock.send(b"2")
        check.equal(sock.drain(), [b"1", b"2"], "one that is alone")


@case
def go_back_to_a_tap():
    """The copies of a tap have their own queue, and return to it in the same way."""
    with Channel(bound=5) as sock, Channel() as tap:
        call("setsockopt", tap.fd, abi.SOL_KCTL, abi.TAP, b"\1\0\0\0", 4)
        tap.bind(5)
        for first, second in (0, 1), (1, 0):
            for data in b"1", b"2", b"3", b"4":
                sock.send(data)
            held = [Held(tap), Held(tap)]
            check.equal(tap.recv(), b"3", "another receiver meanwhile")
            held[first].fail()
            held[second].fail()
            check.equal(tap.drain(), [b"1", b"2", b"4"], "in order")
        sock.drain()
        sock.send(b"1")
        Held(tap).fail()
        sock.send(b"2")
        check.equal(tap.drain(), [b"1", b"2"], "one that is alone")
        sock.drain()


@case
def handed_on():
    """A message that goes back is given to a receiver that waits by then."""
    with Channel(bound=5) as sock:
        sock.send(b"1")
        held = Held(sock)
        waiting = Blocked("recvfrom", sock.recv)
        held.fail()
        check.equal(waiting.wait(), b"1", "who waited")
        check.error(sock.recv(9, DONTWAIT), EAGAIN, "nothing is left")


@case
def over_the_limit():
    """A message that goes back enters even a full channel."""
    sysctl("channel_max_messages", 1)
    with Channel(bound=5) as sock:
        sock.send(b"1")
        held = Held(sock)
        check.error(sock.send(b"2", DONTWAIT), 0, "a send while it is held")
        held.fail()
        check.error(sock.send(b"3", DONTWAIT), EAGAIN, "there is none")
        waiting = Blocked("sendto", sock.send, b"4")
        check.equal(sock.recv(), b"1", "what went back")
        check.error(sock.send(b"5", DONTWAIT), EAGAIN, "still none")
        check.equal(sock.recv(), b"2", "the next")
        check.equal(waiting.wait(), 1, "who waited")
        check.equal(sock.drain(), [b"4"], "that is all")


@case
def held_senders():
    """A message is sent when all of it is copied. Until then, it delays no other sender."""
    with Channel(bound=5) as sock:
        for size in 10, 100, 4096:
            held = Held(sock, size)
            sock.send(b"first")
            check.equal(sock.drain(), [b"first"], "%d bytes: another meanwhile" % size)
            held.page.fill(b"x" * size)
            check.equal(held.blocked.wait(), size, "%d bytes: the held call" % size)
            check.equal(sock.drain(), [b"x" * size], "%d bytes: its message" % size)
            held = Held(sock, size)
            held.fail()
            check.error(sock.recv(9, DONTWAIT), EAGAIN, "%d bytes: nothing was sent" % size)
        check.equal(status()["proto_bytes"], 0, "memory")


def hold_receiver():
    with Channel(bound=5) as sock:
        sock.recv_raw(HeldPage().address, 64)


def hold_sender():
    with Channel(connected=5) as sock:
        call("send", sock.fd, pointer(HeldPage().address), ctypes.c_size_t(64), 0)


def kill(pid):
    os.kill(pid, signal.SIGKILL)
    reap(pid, -signal.SIGKILL)


@case
def killed_while_held():
    """kill -9 in the middle of a copy: a living receiver gets the message, and a dead sender
    sends none."""
    with Channel(bound=5) as sock:
        for data in b"1", b"2":
            sock.send(data)
        pid = child(hold_receiver)
        check.true(eventually(lambda: messages(5) == 1), "it takes a message")
        kill(pid)
        check.equal(sock.drain(), [b"1", b"2"], "the messages")
        pid = child(hold_sender)
        check.true(eventually(lambda: status()["proto_bytes"]), "it begins to send")
        kill(pid)
        check.equal((sock.drain(), status()["proto_bytes"]), ([], 0), "messages, memory")


@case
def taken_over():
    """A receiver that blocks in its copy gets its message, and no other receiver does."""
    with Channel(bound=5) as sock:
        sock.send(b"1")
        held = Held(sock)
        check.error(sock.recv(9, DONTWAIT), EAGAIN, "others find nothing")
        held.page.fill(b"-" * 64)
        check.equal(held.blocked.wait(), 1, "the held call")
        check.equal(held.page.content(3), b"1--", "its message")
