# SPDX-License-Identifier: GPL-2.0-or-later
"""Channels: space for messages, and the sockets that are notified of it."""
import os
import select
import signal
import socket
from errno import EAGAIN

from channel import Channel, events_of
from harness import Blocked, case, check, child, reap, sysctl, wait_blocked

DONTWAIT = socket.MSG_DONTWAIT


def send_and_wait(number, size):
    with Channel(connected=number) as sender:
        sender.send(bytes(size))


@case
def next_in_line():
    """When a sender gives up, the next one continues if its message is smaller."""
    sysctl("channel_max_bytes", 100)
    with Channel(bound=77) as sock:
        check.error(sock.send(bytes(60)), 0, "the first")
        pid = child(send_and_wait, 77, 50)
        wait_blocked("sendto", pid)
        waiting = Blocked("sendto", sock.send, bytes(40))
        os.kill(pid, signal.SIGKILL)
        reap(pid, -signal.SIGKILL)
        check.equal(waiting.wait(), 40, "the next in line")
        check.equal([len(message) for message in sock.drain()], [60, 40], "the messages")


@case
def message_that_waited():
    """The message of a sender that waited for space wakes pollers as any other does."""
    sysctl("channel_max_messages", 1)
    with Channel(bound=77) as receiver, Channel(bound=77) as poller, \
            Channel(connected=77) as sender, select.epoll() as ins:
        ins.register(poller.fd, select.EPOLLIN | select.EPOLLET)
        check.error(sender.send(b"1"), 0, "the first")
        check.equal(ins.poll(0), [(poller.fd, select.EPOLLIN)], "the first")
        waiting = Blocked("sendto", sender.send, b"2")
        check.equal(ins.poll(0), [], "one that waits")
        check.equal(receiver.recv(), b"1", "make room")
        check.equal(ins.poll(0), [(poller.fd, select.EPOLLIN)], "the one that waited")
        check.equal(waiting.wait(), 1, "its sender")
        check.equal(poller.recv(), b"2", "the message")


@case
def room_for_what_was_refused():
    """A channel counts as full until it has space for the largest message that it refused."""
    sysctl("channel_max_bytes", 100)
    with Channel(bound=77) as receiver, Channel(connected=77) as sender:
        check.equal((sender.send(bytes(30)), sender.send(bytes(60))), (30, 60), "fill it")
        for size in 50, 20:
            check.error(sender.send(bytes(size), DONTWAIT), EAGAIN, "%d bytes more" % size)
        check.equal(len(receiver.recv()), 30, "make room for 40")
        check.equal(events_of(sender, select.POLLOUT), 0, "no room for 50")
        check.equal(len(receiver.recv()), 60, "make room for 100")
        check.equal(events_of(sender, select.POLLOUT), select.POLLOUT, "room for 50")


@case
def one_by_one():
    """Messages still pass one by one after a limit was lowered below them."""
    sysctl("channel_max_messages", 1)
    with Channel(bound=77) as sock:
        check.error(sock.send(b"1"), 0, "the first")
        waiting = Blocked("sendto", sock.send, bytes(80))
        sysctl("channel_max_bytes", 10)
        check.equal(sock.recv(), b"1", "make room")
        check.equal(waiting.wait(), 80, "one above the limit of bytes")
        sysctl("channel_max_messages", 0)
        check.equal(sock.recv(), bytes(80), "make room")
        check.error(sock.send(b"2", DONTWAIT), 0, "one above the limit of messages")
        check.error(sock.send(b"3", DONTWAIT), EAGAIN, "another")
        check.equal(sock.drain(), [b"2"], "the messages")
