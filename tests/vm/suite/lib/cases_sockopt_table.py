# SPDX-License-Identifier: GPL-2.0-or-later
"""The socket option that replaces the whole store: its contents, limits, generation."""
from errno import EINVAL, EMSGSIZE, ENOSPC, ESTALE

from abi import CREATE, PUBLIC, REPLACE, VALUE_MAX, Table
from harness import case, check, sysctl
from store import Store, request, table

ONE = request(b"one", 3) + b"123" + bytes(5)


def put(store, data):
    return store.set_bytes(REPLACE, data)


def with_entries(*entries, count=None):
    return bytes(Table(entries=len(entries) if count is None else count)) + b"".join(entries)


# In addition to those of set_lengths in cases_sockopt.py.
BAD = [
    ("a megabyte behind the end", table((b"a", b"1")) + bytes(1 << 20), EINVAL),
    ("an entry more than announced", with_entries(ONE, ONE, count=1), EINVAL),
    ("no name", table((b"", b"1")), EINVAL),
    ("a generation of an entry", with_entries(request(b"a", generation=1)), EINVAL),
    ("a time", with_entries(request(b"a", changed=1)), EINVAL),
    ("CREATE", with_entries(request(b"a", flags=CREATE)), EINVAL),
    ("an unknown flag", with_entries(request(b"a", flags=4 | PUBLIC)), EINVAL),
    ("a value that is too large", with_entries(request(b"a", VALUE_MAX + 1)), EMSGSIZE),
    ("no padding", with_entries(ONE[:-5]), EINVAL),
] + [("padding that is not zero, byte %d" % n,
      with_entries(ONE[:n] + b"x" + ONE[n + 1:]), EINVAL) for n in range(91, 96)]


@case
def tables():
    """A bad table changes nothing. The store contains exactly the entries of a good one."""
    store = Store()
    check.error(put(store, table((b"old", b"value"))), 0, "the first")
    before = store.totals()
    for what, data, code in BAD:
        check.error(put(store, data), code, what)
        check.equal(store.totals(), before, what + ": the store")
    check.equal(store.get_entry(b"old")[1], b"value", "the value after all that")
    data = with_entries(ONE, request(b"two", VALUE_MAX, PUBLIC) + b"2" * VALUE_MAX + b"\0",
                        request(b"three"))
    check.error(put(store, data), 0, "three entries")
    check.equal(store.totals(), (2, 3, 3 + VALUE_MAX), "the store with three")
    for name, flags, value in (b"one", 0, b"123"), (b"two", PUBLIC, b"2" * VALUE_MAX), \
            (b"three", 0, b""):
        entry, got = store.get_entry(name)
        check.equal((entry.generation, entry.flags), (2, flags), "members of %s" % name)
        check.true(got == value, "value of %s" % name)
    check.error(put(store, table()), 0, "none")
    check.equal(store.totals(), (3, 0, 0), "the store with none")


@case
def limits():
    """A table may be as large as the limits permit."""
    store = Store()
    sysctl("store_max_entries", 3)
    sysctl("store_max_bytes", 100)
    three = [(b"a", b"a" * 60), (b"b", b"b" * 40), (b"c", b"")]
    check.error(put(store, table(*three)), 0, "exactly full")
    before = store.totals()
    check.equal(before, (1, 3, 100), "the store")
    check.error(put(store, table(*three, (b"d", b""))), ENOSPC, "an entry more")
    check.error(put(store, table((b"a", b"a" * 101))), ENOSPC, "a byte more")
    check.equal(store.totals(), before, "the store after that")


@case
def generations():
    """Compare-and-set of the whole store."""
    store = Store()
    for number in range(3):
        check.error(put(store, table((b"a", b"%d" % number))), 0, "table %d" % number)
    for generation in (1, 2, 4, (1 << 32) + 3, (1 << 64) - 1):
        check.error(put(store, table(generation=generation)), ESTALE, "at %d" % generation)
    check.equal(store.totals(), (3, 1, 1), "the store after that")
    check.error(put(store, table(generation=3)), 0, "at 3")
    check.equal(store.totals(), (4, 0, 0), "the store at the end")
