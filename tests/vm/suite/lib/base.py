# SPDX-License-Identifier: GPL-2.0-or-later
"""What the kernel holds, counted before and after a test."""
import os
import time

import channel
from harness import check, child, eventually, new_netns, reap

SLAB = "/sys/kernel/slab/"
COUNTERS = ("store_entries", "store_bytes", "watchers", "hooks", "sockets", "channels",
         "proto_bytes")
CACHES = ("KCTL", "kctl_message", "net_namespace")


def objects(cache):
    """Return the number of objects of a slab cache, if it is known. It includes objects that
    are about to be freed."""
    if not os.path.exists(SLAB + cache) or cache_is_shared(cache):
        return None
    with open(SLAB + cache + "/shrink", "w") as file:
        file.write("1")
    with open(SLAB + cache + "/objects") as file:
        return int(file.read().split()[0])


def cache_is_shared(cache):
    with open(SLAB + cache + "/aliases") as file:
        return int(file.read()) != 0


def references():
    with open("/sys/module/kctl/refcnt") as file:
        return int(file.read())


def memory(*keys):
    """Return the sum of some lines of /proc/meminfo, in KiB."""
    with open("/proc/meminfo") as file:
        lines = dict(line.split(":") for line in file)
    return sum(int(lines[key].split()[0]) for key in keys)


def kernel_memory():
    """Return the memory, in KiB, that the kernel has allocated for itself and cannot reclaim."""
    return memory("SUnreclaim", "VmallocUsed", "Percpu", "KernelStack")


def numbers():
    """Return the numbers that must be the same before and after a test."""
    status = channel.status()
    found = {"references": references()}
    found.update((key, status[key]) for key in COUNTERS)
    for cache in CACHES:
        count = objects(cache)
        if count is not None:
            found[cache] = count
    return found


def let_one_go():
    """End a network namespace: since 6.12, the kernel frees the memory of the last namespaces
    only when the next one ends."""
    reap(child(new_netns))
    time.sleep(0.5)


def begin():
    """Return the numbers to compare with later."""
    found = None
    while found != (found := numbers()):
        let_one_go()
    return found


def is_back(before):
    """Check that the numbers are as before. There may be fewer namespaces, because some may
    have been about to end. All other numbers must be equal: a reference that was dropped twice
    is as wrong as one that was kept."""
    found = numbers()
    if found.get("net_namespace", 0) < before.get("net_namespace", 0):
        found["net_namespace"] = before["net_namespace"]
    if found != before:
        let_one_go()
    return found == before


def expect(before, what):
    """Wait until the numbers are as before: namespaces end in the background, and sockets after
    RCU."""
    if not eventually(lambda: is_back(before), 60):
        check.equal(numbers(), before, "what the kernel holds after " + what)
