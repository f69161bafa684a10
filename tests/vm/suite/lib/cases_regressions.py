# SPDX-License-Identifier: GPL-2.0-or-later
"""Regression tests of fixed bugs."""
import os
import socket
import struct
import tempfile
import time
from errno import EADDRINUSE

import bpf
from abi import CMD_WATCH_START, ENTRY_SIZE, GET_INFO, INFO_SIZE, OUT, REPLACE, W_COALESCE, \
    W_DIRECTION, W_FAMILY, W_TYPES4
from channel import Channel
from genl import NLM_F_ACK, NLM_F_REQUEST, Genl, Watcher, attr, u32, waiting_in_buffers
from harness import case, check, child, eventually, reap
from packets import ECHO4, Pinger, ping_for_ever
from store import Store, table
from sys_calls import PAGE

PORT = 12345
CGROUP = "/sys/fs/cgroup/kctl-test"


# ---- the port of a closing watcher -----------------------------------------

def bound_to_port():
    """Return a netlink socket with this port, or None while another socket has the port."""
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
    try:
        sock.bind((PORT, 0))
    except OSError as err:
        sock.close()
        assert err.errno == EADDRINUSE, err
        return None
    return sock


def watch_and_close(family, turns):
    for _ in range(turns):
        sock = eventually(bound_to_port)
        sock.send(struct.pack("=IHHIIBBH", 20, family, NLM_F_REQUEST | NLM_F_ACK, 1, 0,
                              CMD_WATCH_START, 1, 0))
        sock.recv(4096)
        time.sleep(0.003)
        sock.close()


def receives_nothing(sock):
    end = time.monotonic() + 0.002
    while time.monotonic() < end:
        try:
            return check.fail("somebody else's: %r" % sock.recv(4096, socket.MSG_DONTWAIT))
        except BlockingIOError:
            pass
    return None


def take_the_port(turns):
    """Bind to the port as soon as it is free, which may be before the watcher has ended
    completely."""
    taken = 0
    while taken < turns:
        sock = bound_to_port()
        if sock:
            receives_nothing(sock)
            sock.close()
            taken += 1
    check.equal(taken, turns, "turns")


@case
def port_of_a_closing_watcher():
    """Records of a closing watcher never reach a socket that takes over its port."""
    genl = Genl()
    child(ping_for_ever)
    watcher = child(watch_and_close, genl.family, 200)
    reap(child(take_the_port, 100))
    reap(watcher)
    genl.close()


# ---- messages of few records -----------------------------------------------

@case
def sparse_messages_fill_the_buffer():
    """With two packets per period, each message had space for forty records but contained two:
    1,900 such messages filled a buffer of 8 MiB."""
    watcher, listing, pinger = Watcher(
        u32(W_DIRECTION, OUT), u32(W_FAMILY, 2), attr(W_TYPES4, bytes([ECHO4])),
        u32(W_COALESCE, 20000), rcvbuf=1 << 20), Genl(), Pinger()
    sent = 0
    for _ in range(20):
        pinger.ping4(times=2)
        sent += 2
        check.true(eventually(lambda: listing.counters_of(watcher)[1] == sent), "delivered")
    waiting = waiting_in_buffers()
    check.true(0 < waiting < 1536 * sent, "%d bytes for %d records" % (waiting, sent))
    check.equal([r.seq for r in watcher.collect(sent)], list(range(1, sent + 1)), "the records")
    watcher.close()


# ---- pages that are spliced into a channel ---------------------------------

def expect_data(sock, data, what):
    check.true(b"".join(sock.drain(1 << 20)) == data, what)


@case
def splice_of_several_pages():
    """sendfile and splice pass on pages, one by one on 6.1. None is lost or truncated."""
    data = os.urandom(5 * PAGE + 17)
    with Channel(bound=5) as sock, tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        sent = 0
        while sent < len(data):
            sent += os.sendfile(sock.fd, file.fileno(), sent, len(data) - sent)
        expect_data(sock, data, "sendfile")
        back, out = os.pipe()
        os.write(out, data[:3 * PAGE])
        sent = 0
        while sent < 3 * PAGE:
            sent += os.splice(back, sock.fd, 3 * PAGE - sent)
        expect_data(sock, data[:3 * PAGE], "splice")
        os.close(back)
        os.close(out)


# ---- a BPF program of the cgroup -------------------------------------------

def use_the_store():
    """For values that the program can see, everything works as without it."""
    with open(CGROUP + "/cgroup.procs", "w") as file:
        file.write("0")
    store = Store()
    check.error(store.set_value(b"by value"), 0, "set value")
    check.equal(store.get_value(64), b"by value", "get value")
    for size in (0, 1, 100, 112, 113, 2000, PAGE - ENTRY_SIZE):
        value = bytes(i % 251 for i in range(size))
        check.error(store.set_entry(b"e", value), 0, "set of %d" % size)
        check.equal(store.get_entry(b"e", ENTRY_SIZE + size)[1], value, "get of %d" % size)
    check.error(store.delete(b"e"), 0, "delete")
    entries = [(b"n%d" % i, b"v" * i) for i in range(20)]
    check.error(store.set_bytes(REPLACE, table(*entries)), 0, "replace")
    ret, size, _ = store.get_bytes(GET_INFO, b"", INFO_SIZE)
    check.equal((ret, size), (0, INFO_SIZE), "info")
    check.equal(store.totals()[1:], (20, sum(range(20))), "the store")


@case
def setsockopt_through_a_bpf_program():
    """The value is then in kernel memory, and copying it was mistaken for an overflow."""
    os.mkdir(CGROUP)
    try:
        bpf.attach_to_cgroup(CGROUP)
        reap(child(use_the_store))
    finally:
        os.rmdir(CGROUP)
