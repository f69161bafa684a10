# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory cgroups."""
import os

from harness import check, eventually

# Mounted by tests/vm/init.
ROOT = "/sys/fs/cgroup"


def write_file(path, text):
    with open(path, "w") as file:
        file.write(text)


def enter(path):
    """Move the calling process to the cgroup."""
    write_file(path + "/cgroup.procs", "0")


class Cgroup:
    """A cgroup that counts memory and limits it to LIMIT bytes. At the end of a `with`
    statement, the process leaves it, and it is removed."""

    def __init__(self, limit="max"):
        write_file(ROOT + "/cgroup.subtree_control", "+memory")
        self.path = ROOT + "/kctl-test"
        os.mkdir(self.path)
        write_file(self.path + "/memory.max", str(limit))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        enter(ROOT)
        check.true(eventually(self.remove), "the cgroup can be removed")

    def remove(self):
        try:
            os.rmdir(self.path)
        except OSError:
            return False
        return True

    def charged(self):
        with open(self.path + "/memory.current") as file:
            return int(file.read())

    def kernel(self):
        """Return the memory that the kernel has allocated for the group, without that of its
        programs."""
        with open(self.path + "/memory.stat") as file:
            [size] = [line.split()[1] for line in file if line.startswith("kernel ")]
        return int(size)
