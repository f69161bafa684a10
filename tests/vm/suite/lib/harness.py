# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases, their checks, and what must be left when they end.

A case is a function with the decorator @case. It runs as root in a network namespace of its
own, with the loopback interface up, and makes any number of checks. All failures are printed.
Afterwards the namespace must not contain any socket, channel, message, watcher or hook."""
import ctypes
import errno
import fcntl
import os
import signal
import socket
import struct
import sys
import threading
import time
import traceback

import channel
from sys_calls import CLONE_NEWNET, NUMBERS, name_of, unshare

cases = {}


def case(function):
    cases[function.__name__] = function
    return function


class Checks:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def fail(self, what):
        self.failed += 1
        print("FAILED:", what)

    def equal(self, got, expected, what):
        self.count += 1
        if got != expected:
            self.fail("%s: %s, not %s" % (what, shorten(got), shorten(expected)))

    def true(self, condition, what):
        self.count += 1
        if not condition:
            self.fail(what)

    def error(self, ret, code, what):
        """Check that the call returned -CODE, or with code 0, that it succeeded."""
        self.count += 1
        refused = isinstance(ret, int) and ret < 0
        if refused if code == 0 else ret != -code:
            self.fail("%s: %s, not %s" % (what, name_of(ret), name_of(-code)))


check = Checks()


def shorten(value):
    text = repr(value)
    return text if len(text) < 300 else "%s… (%d)" % (text[:300], len(text))


# ---- what is left ----------------------------------------------------------

NOTHING = {"watchers": 0, "hooks": 0, "sockets": 0, "channels": 0, "proto_bytes": 0}


def status_left():
    found = channel.status()
    return {key: found[key] for key in NOTHING}


def expect_nothing_left(what):
    """Sockets of killed processes may need a moment to end."""
    eventually(lambda: status_left() == NOTHING)
    check.equal(status_left(), NOTHING, "left behind by " + what)


# ---- waiting ---------------------------------------------------------------

def eventually(condition, seconds=10):
    """Return whether the condition became true in time."""
    deadline = time.monotonic() + seconds
    while not (result := condition()):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.002)
    return result


def state_of(pid, tid=None):
    """Return "S" for a thread that sleeps, and None for a process that no longer exists."""
    try:
        with open("/proc/%d/task/%d/stat" % (pid, tid or pid)) as file:
            return file.read().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return None


def in_call(name, pid, tid=None):
    """Return whether the thread sleeps in this system call."""
    try:
        with open("/proc/%d/task/%d/syscall" % (pid, tid or pid)) as file:
            return file.read().split()[0] == str(NUMBERS[name])
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_blocked(name, pid, tid=None):
    check.true(eventually(lambda: in_call(name, pid, tid)),
               "%d does not block in %s" % (pid, name))


class Blocked:
    """A thread that makes one call, which must block."""

    def __init__(self, syscall, function, *args):
        self.result = None
        self.tid = None
        self.thread = threading.Thread(target=self.run, args=(function, args),
                                       daemon=True)
        self.thread.start()
        eventually(lambda: self.tid)
        wait_blocked(syscall, os.getpid(), self.tid)

    def run(self, function, args):
        self.tid = threading.get_native_id()
        self.result = function(*args)

    def wait(self, seconds=10):
        self.thread.join(seconds)
        check.true(not self.thread.is_alive(), "a call still blocks")
        return self.result


# ---- processes -------------------------------------------------------------

children = set()


def child(function, *args):
    """Run the function in a process of its own, whose status is 1 if one of its checks fails."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        children.add(pid)
        return pid
    check.failed = 0
    try:
        function(*args)
        status = 1 if check.failed else 0
    except BaseException:
        traceback.print_exc(file=sys.stdout)
        status = 2
    sys.stdout.flush()
    os._exit(status)


def reap(pid, expected=0, seconds=180):
    """Wait for a child. EXPECTED is its exit status, or minus the signal that ends it."""
    status = None
    deadline = time.monotonic() + seconds
    while status is None and time.monotonic() < deadline:
        done, value = os.waitpid(pid, os.WNOHANG)
        if done:
            status = os.waitstatus_to_exitcode(value)
        else:
            time.sleep(0.002)
    children.discard(pid)
    check.equal(status, expected, "end of process %d" % pid)


def kill_children():
    for pid in list(children):
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        children.discard(pid)


# ---- network namespaces ----------------------------------------------------

def loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        request = struct.pack("16sh14x", b"lo", 1 | 64)
        fcntl.ioctl(sock, 0x8914, request)


def new_netns():
    unshare(CLONE_NEWNET)
    loopback_up()


def sysctl(name, value=None):
    path = "/proc/sys/net/kctl/" + name
    if value is None:
        with open(path) as file:
            return int(file.read())
    with open(path, "w") as file:
        file.write(str(value))
    return value


# ---- running ---------------------------------------------------------------

def run_case(name):
    new_netns()
    before = check.count
    try:
        cases[name]()
    except BaseException:
        check.fail("%s ended early" % name)
        traceback.print_exc(file=sys.stdout)
    kill_children()
    if check.count == before:
        check.fail("%s checks nothing" % name)
    try:
        expect_nothing_left(name)
    except Exception:
        check.fail("%s leaves a kernel that does not answer" % name)
        traceback.print_exc(file=sys.stdout)


def main(names):
    unknown = set(names) - set(cases)
    if unknown or not names:
        print("no such case: %s; there are: %s" % (sorted(unknown), sorted(cases)))
        return 1
    for name in names:
        run_case(name)
    print("%d checks, %d failed" % (check.count, check.failed))
    return 1 if check.failed else 0
