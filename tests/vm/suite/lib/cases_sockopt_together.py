# SPDX-License-Identifier: GPL-2.0-or-later
"""The store: several processes at the same time."""
from errno import ENOENT, ESTALE

from harness import case, check, child, reap
from store import Store


def add_with_compare_and_set(name, times):
    store = Store()
    while times:
        entry, value = store.get_entry(name, 200)
        new = b"%d" % (int(value) + 1)
        ret = store.set_entry(name, new, generation=entry.generation)
        if ret == 0:
            times -= 1
        elif ret != -ESTALE:
            check.error(ret, 0, "set")
            return


@case
def writers_lose_nothing():
    """Four processes increment a number, 100 times each. No increment is lost."""
    store = Store()
    store.set_entry(b"sum", b"0")
    for pid in [child(add_with_compare_and_set, b"sum", 100) for _ in range(4)]:
        reap(pid)
    check.equal(store.get_entry(b"sum")[1], b"400", "the sum")
    check.equal(store.totals()[0], 401, "the generation")


def keep_changing(values, times):
    store = Store()
    for i in range(times):
        check.error(store.set_value(values[i % 2]), 0, "set")
        if i % 16 == 15:
            check.error(store.delete(b"default"), 0, "delete")


@case
def readers_see_whole_values():
    """While one process writes, another never reads a mixture of two values, or the length of
    the other."""
    store = Store()
    values = (b"a" * 100, b"b" * 30000)
    store.set_value(values[0])
    writer = child(keep_changing, values, 1600)
    seen = set()
    for _ in range(1500):
        got = store.get_entry(b"default")
        if got == -ENOENT:
            continue
        entry, value = got
        if value not in values or entry.size != len(value):
            check.fail("torn: %d bytes, size %d" % (len(value), entry.size))
            break
        seen.add(len(value))
    reap(writer)
    check.true(seen <= {100, 30000} and seen, "something was read")
