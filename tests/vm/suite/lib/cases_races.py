# SPDX-License-Identifier: GPL-2.0-or-later
"""Two calls on one object from two threads, each pair for a while. tests/races makes the calls,
and these cases check what they leave. KCTL_RACE_MS is the time of each pair, KCTL_RACES selects
pairs, KCTL_RACE_STEP takes one in N pairs, and KCTL_RACE_JOBS races N pairs at the same time."""
import concurrent.futures
import os
import re
import select
import subprocess

import base
from channel import status
from harness import case, check, expect_nothing_left, new_netns, sysctl
from store import Store

PROGRAM = os.environ.get("KCTL_RACES_PROGRAM", "./races")
MILLISECONDS = int(os.environ.get("KCTL_RACE_MS", "20"))
JOBS = int(os.environ.get("KCTL_RACE_JOBS", "1"))
STEP = int(os.environ.get("KCTL_RACE_STEP", "1"))
WANTED = re.compile(os.environ.get("KCTL_RACES", ""))
SCORE = re.compile(r"(\d+) rounds, (\d+) met\n")
# KCSAN also reports races of other code: tests/vm/run filters them.
SPLAT = re.compile(r"WARNING|BUG(?!: KCSAN)|Oops|KASAN|UBSAN|refcount|INFO: |leak|still has|remaining")


def pairs_of(name):
    listed = subprocess.run([PROGRAM, "list"], capture_output=True, text=True, check=True)
    pairs = [line for line in listed.stdout.splitlines() if line.split()[0] == name]
    check.true(pairs, "no pairs of %s" % name)
    return [pair for pair in pairs if WANTED.search(pair)][::STEP]


class KernelLog:
    """The lines of the kernel log since the last check."""

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
    """The process that races. It may also report lines of the log that another racer has
    caused: the log does not tell which."""

    def __init__(self):
        # Unbuffered, because select() does not see lines that Python has already read. With
        # nice, because its busy waiting must not delay the other threads.
        self.process = subprocess.Popen(["nice", "-n19", PROGRAM],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        bufsize=0)
        self.log = KernelLog()

    def race(self, pair, milliseconds):
        """Return the number of rounds, and in how many of them the calls overlapped."""
        self.process.stdin.write(b"%s %d\n" % (pair.encode(), milliseconds))
        complaints = []
        while not (match := SCORE.fullmatch(line := self.read_line(pair))):
            complaints.append(line)
        check.equal(complaints, [], pair)
        check.equal(self.log.bad_lines(), [], pair + ": the kernel's log")
        expect_nothing_left(pair)
        check.equal(Store().totals()[1:], (0, 0), pair + ": the store")
        print("%s: %s" % (pair, match[0].strip()), flush=True)
        return int(match[1]), int(match[2])

    def read_line(self, pair):
        patience = MILLISECONDS / 100 + 60
        if select.select([self.process.stdout], [], [], patience)[0]:
            if line := self.process.stdout.readline():
                return line.decode()
        raise AssertionError("%s: no end" % pair)

    def close(self):
        self.process.stdin.close()
        check.equal(self.process.wait(), 0, "the end of the program")


def race_some(pairs, milliseconds, sysctls):
    """Run in a thread and a network namespace of its own. Other threads take pairs from the
    same iterator."""
    new_netns()
    for name, value in sysctls.items():
        sysctl(name, value)
    racer = Racer()
    scores = [racer.race(pair, milliseconds) for pair in pairs]
    racer.close()
    return scores


def race_all(name, least=0, jobs=JOBS, **sysctls):
    """LEAST is the minimum time of a pair in milliseconds, for objects whose rounds take long."""
    before, milliseconds, pairs = base.begin(), max(MILLISECONDS, least), pairs_of(name)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        remaining = iter(pairs)
        racing = [pool.submit(race_some, remaining, milliseconds, sysctls)
                  for _ in range(jobs)]
    scores = [score for some in racing for score in some.result()]
    rounds, met = sum(score[0] for score in scores), sum(score[1] for score in scores)
    check.true(rounds >= len(pairs), "%d rounds of %d pairs" % (rounds, len(pairs)))
    base.expect(before, "the races of " + name)
    print("%s: %d pairs, %d at a time, %d rounds, %d met, %g race-seconds" % (
        name, len(pairs), jobs, rounds, met, len(pairs) * milliseconds / 1000), flush=True)


@case
def channel():
    # A small limit, so that senders wait.
    race_all("channel", channel_max_messages=2)


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
    race_all("namespace", least=60)


@case
def module():
    # There is only one module, so only one job.
    race_all("module", least=100, jobs=1)
    check.equal(status()["family"], 18, "the module is there")
