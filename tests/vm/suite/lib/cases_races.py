# SPDX-License-Identifier: GPL-2.0-or-later
"""
Two calls on one object from two threads, each pair for a while: tests/races does it, here
is looked at what it leaves. KCTL_RACE_MS says for how long, KCTL_RACES which pairs, and
KCTL_RACE_STEP to take only one in so many.
"""
import os
import re
import select
import subprocess

import base
from channel import status
from harness import case, check, expect_nothing_left, sysctl
from store import Store

PROGRAM = os.environ.get("KCTL_RACES_PROGRAM", "./races")
MILLISECONDS = int(os.environ.get("KCTL_RACE_MS", "20"))
STEP = int(os.environ.get("KCTL_RACE_STEP", "1"))
WANTED = re.compile(os.environ.get("KCTL_RACES", ""))
# Not all that KCSAN finds is ours: tests/vm/run looks at it.
SPLAT = re.compile(r"WARNING|BUG(?!: KCSAN)|Oops|KASAN|UBSAN|refcount|INFO: |leak|still has|remaining")


def pairs_of(name):
    listed = subprocess.run([PROGRAM, "list"], capture_output=True, text=True, check=True)
    pairs = [line for line in listed.stdout.splitlines() if line.split()[0] == name]
    check.true(pairs, "no pairs of %s" % name)
    return [pair for pair in pairs if WANTED.search(pair)][::STEP]


class KernelLog:
    """What the kernel has said since it was looked at last."""

    def __init__(self):
        self.file = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
        os.lseek(self.file, 0, os.SEEK_END)

    def bad_lines(self):
        found = []
        try:
            while True:
                line = os.read(self.file, 8192).decode(errors="replace")
                if SPLAT.search(line):
                    found.append(line.split(";", 1)[1].strip())
        except BlockingIOError:
            return found


class Racer:
    """The process that races."""

    def __init__(self):
        # Unbuffered: select() knows nothing of a line that Python has read ahead.
        self.process = subprocess.Popen([PROGRAM], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, bufsize=0)
        self.log = KernelLog()

    def race(self, pair, milliseconds):
        """Returns how many rounds there were."""
        self.process.stdin.write(b"%s %d\n" % (pair.encode(), milliseconds))
        complaints = []
        while not (match := re.fullmatch(r"(\d+) rounds\n", line := self.read_line(pair))):
            complaints.append(line)
        check.equal(complaints, [], pair)
        check.equal(self.log.bad_lines(), [], pair + ": the kernel's log")
        expect_nothing_left(pair)
        check.equal(Store().totals()[1:], (0, 0), pair + ": the store")
        return int(match[1])

    def read_line(self, pair):
        patience = MILLISECONDS / 100 + 60
        if select.select([self.process.stdout], [], [], patience)[0]:
            if line := self.process.stdout.readline():
                return line.decode()
        raise AssertionError("%s: no end" % pair)

    def close(self):
        self.process.stdin.close()
        check.equal(self.process.wait(), 0, "the end of the program")


def race_all(name, factor=1):
    """The factor is for those whose rounds take long."""
    before, milliseconds = base.begin(), MILLISECONDS * factor
    racer, rounds, pairs = Racer(), 0, pairs_of(name)
    for pair in pairs:
        rounds += racer.race(pair, milliseconds)
    racer.close()
    check.true(rounds >= len(pairs), "%d rounds of %d pairs" % (rounds, len(pairs)))
    base.expect(before, "the races of " + name)
    print("%s: %d pairs, %d rounds, %g race-seconds" % (
        name, len(pairs), rounds, len(pairs) * milliseconds / 1000), flush=True)


@case
def channel():
    # Full soon, so that senders wait.
    sysctl("channel_max_messages", 2)
    race_all("channel")


@case
def store():
    race_all("store")


@case
def watch():
    race_all("watch")


@case
def memory():
    race_all("memory")


@case
def namespace():
    race_all("namespace", 3)


@case
def module():
    race_all("module", 5)
    check.equal(status()["family"], 18, "the module is there")
