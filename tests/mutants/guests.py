# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds mutants, and runs tests with them in guests."""
import os
import re
import select
import shutil
import subprocess
import threading
import time

from mutant import TOP, source_of

BUILD = TOP + "/build/mutants"
BOOT_SECONDS = 600


class Builder:
    """Builds modules one after another, from one copy of the source: what did not change is
    not compiled again."""

    def __init__(self, kernel):
        self.kernel, self.top = kernel, "%s/%s" % (BUILD, kernel)
        shutil.rmtree(self.top, ignore_errors=True)
        shutil.copytree(TOP + "/kmod", self.top + "/kmod")
        os.symlink(TOP + "/tests", self.top + "/tests")
        self.headers = subprocess.check_output([TOP + "/tests/vm/kernel", kernel],
                                               encoding="utf-8").strip() + "/build"

    def build(self, mutant=None):
        """Build a module and return its path."""
        if mutant:
            self.write(mutant.file, mutant.apply(source_of(mutant)))
        done = subprocess.run([self.top + "/tests/vm/module", self.kernel, self.headers],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              stdin=subprocess.DEVNULL, encoding="utf-8")
        if mutant:
            self.write(mutant.file, source_of(mutant))
        if done.returncode:
            raise ValueError("does not build: " + done.stderr)
        return shutil.copy("%s/build/kmod/%s/kctl.ko" % (self.top, self.kernel),
                           "%s-%s.ko" % (self.top, mutant.number if mutant else "base"))

    def write(self, file, source):
        with open("%s/kmod/%s" % (self.top, file), "w") as out:
            out.write(source)


class Guest:
    """Runs jobs one by one; see tests/mutants/guest."""

    def __init__(self, kernel):
        self.kernel, self.log = kernel, "%s/guest-%d.log" % (BUILD, threading.get_ident())
        programs = TOP + "/build/test"
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                [TOP + "/tests/vm/run", "-k", kernel, "--no-module", "--no-kmemleak",
                 "--timeout", "0", "--", "python3", "-S", "tests/mutants/guest"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, cwd=TOP,
                env=dict(os.environ, KCTL_HAND_PROGRAMS=programs,
                         KCTL_RACES_PROGRAM=programs + "/races"))
        self.usable = self.answer(BOOT_SECONDS) == "ready"

    def answer(self, seconds):
        """Return the next line; empty if the guest ends, None if it prints nothing in time."""
        deadline, line = time.monotonic() + seconds, b""
        while not line.endswith(b"\n"):
            left = max(deadline - time.monotonic(), 0)
            if not select.select([self.process.stdout], [], [], left)[0]:
                return None
            byte = os.read(self.process.stdout.fileno(), 1)
            if not byte:
                return ""
            line += byte
        return line.decode(errors="replace").strip()

    def run(self, seconds, module, command):
        """Run a job; return "passed", or the failure."""
        job = "\t".join([str(seconds), module, *command]) + "\n"
        os.write(self.process.stdin.fileno(), job.encode())
        said = self.answer(seconds + 60)
        if said and not said.startswith("last: "):
            return said
        self.close()
        if said is None:
            return "the guest hangs"
        return said.removeprefix("last: ") or "the guest dies: " + self.complaint()

    def complaint(self):
        with open(self.log, errors="replace") as log:
            said = re.findall(r"the kernel complained: (?:\[[ .\d]*\] )?(.*)", log.read())
        return said[-1] if said else "no last words"

    def close(self):
        """Wait until the guest ends; terminate it after 20 seconds."""
        self.usable = False
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.terminate()
            self.process.wait()


class Lane:
    """Runs one guest after the other."""

    def __init__(self):
        self.guest = None

    def prepare(self, kernel):
        """Make sure that there is a usable guest; return whether it is new."""
        if self.guest and not (self.guest.usable and self.guest.kernel == kernel):
            self.end()
        is_new = not self.guest
        if is_new:
            self.guest = Guest(kernel)
        if not self.guest.usable:
            raise ValueError("no guest starts: see " + self.guest.log)
        return is_new

    def run(self, kernel, *job):
        """Run a job. If a used guest breaks, repeat the job in a new one: an earlier job may have
        damaged the guest."""
        is_new = self.prepare(kernel)
        said = self.guest.run(*job)
        return said if is_new or self.guest.usable else self.run(kernel, *job)

    def end(self):
        if self.guest:
            self.guest.process.stdin.close()
            self.guest.close()
        self.guest = None
