# SPDX-License-Identifier: GPL-2.0-or-later
"""The store: lengths, pointers, names, members, values, generations, limits."""
import ctypes
import os
import socket
import string
import struct
import time
from errno import EEXIST, EFAULT, EINVAL, EMSGSIZE, ENOENT, ENOPROTOOPT, ENOSPC, \
    EOPNOTSUPP, EPERM, ESTALE

from abi import CREATE, DEL_ENTRY, ENTRY_SIZE, GET_ENTRY, GET_INFO, GET_TABLE, \
    GET_VALUE, INFO_SIZE, PUBLIC, REPLACE, SET_ENTRY, SET_VALUE, TABLE_SIZE, VALUE_MAX
from harness import case, check, child, reap, sysctl
from store import FILL, Store, request, table
from sys_calls import at_page_end, call, readonly_page, unmapped_page

INT_MAX = 0x7fffffff
LEGAL = (string.ascii_letters + string.digits + "_.:/-").encode()

# A table of one entry.
ONE = table((b"default", b"old"))

# option, what is sent, optlen, errno. The memory is at least as large as optlen.
SET_LENGTHS = [
    (SET_VALUE, b"", 0, 0),
    (SET_VALUE, b"v", 1, 0),
    (SET_VALUE, b"v" * (VALUE_MAX - 1), VALUE_MAX - 1, 0),
    (SET_VALUE, b"v" * VALUE_MAX, VALUE_MAX, 0),
    (SET_VALUE, b"v" * (VALUE_MAX + 1), VALUE_MAX + 1, EMSGSIZE),
    (SET_VALUE, b"v", INT_MAX, EMSGSIZE),
    (SET_VALUE, b"v", -1, EINVAL),
    (SET_VALUE, b"v", -INT_MAX - 1, EINVAL),
    (SET_ENTRY, b"", 0, EINVAL),
    (SET_ENTRY, b"e", 1, EINVAL),
    (SET_ENTRY, request(), ENTRY_SIZE - 1, EINVAL),
    (SET_ENTRY, request(), ENTRY_SIZE, 0),
    (SET_ENTRY, request(size=0) + b"v", ENTRY_SIZE + 1, EINVAL),
    (SET_ENTRY, request(size=1), ENTRY_SIZE, EINVAL),
    (SET_ENTRY, request(size=2) + b"v", ENTRY_SIZE + 1, EINVAL),
    (SET_ENTRY, request(size=1) + b"v", ENTRY_SIZE + 1, 0),
    (SET_ENTRY, request(size=VALUE_MAX) + b"v" * VALUE_MAX, ENTRY_SIZE + VALUE_MAX, 0),
    (SET_ENTRY, request(size=VALUE_MAX + 1) + b"v" * (VALUE_MAX + 1),
     ENTRY_SIZE + VALUE_MAX + 1, EMSGSIZE),
    (SET_ENTRY, request(size=VALUE_MAX + 1), ENTRY_SIZE, EINVAL),
    (SET_ENTRY, request(size=0xffffffff), ENTRY_SIZE, EINVAL),
    # sizeof(struct kctl_entry) + size wraps around to 88 in 32 bits
    (SET_ENTRY, request(size=0xffffffff - 87), ENTRY_SIZE, EINVAL),
    (SET_ENTRY, request(), INT_MAX, EMSGSIZE),
    (SET_ENTRY, request(), -1, EINVAL),
    (DEL_ENTRY, b"", 0, EINVAL),
    (DEL_ENTRY, b"d", 1, EINVAL),
    (DEL_ENTRY, request(), ENTRY_SIZE - 1, EINVAL),
    (DEL_ENTRY, request(), ENTRY_SIZE, 0),
    (DEL_ENTRY, request() + b"v", ENTRY_SIZE + 1, EINVAL),
    (DEL_ENTRY, request(), INT_MAX, EINVAL),
    (DEL_ENTRY, request(), -1, EINVAL),
    (REPLACE, b"", 0, EINVAL),
    (REPLACE, table(), TABLE_SIZE - 1, EINVAL),
    (REPLACE, table(), -1, EINVAL),
    (REPLACE, table() + b"x", TABLE_SIZE + 1, EINVAL),
    (REPLACE, ONE, len(ONE) - 8, EINVAL),
    (REPLACE, ONE, len(ONE) - 1, EINVAL),
    (REPLACE, ONE, len(ONE), 0),
    (REPLACE, ONE[:-1] + b"x", len(ONE), EINVAL),
    (REPLACE, ONE + b"x", len(ONE) + 1, EINVAL),
    (REPLACE, table((b"default", b"old"), count=2), len(ONE), EINVAL),
    (REPLACE, table((b"default", b"old"), count=0xffffffff), len(ONE), EINVAL),
    (REPLACE, table((b"default", b"old"), reserved=1), len(ONE), EINVAL),
    (REPLACE, table((b"default", b"old"), (b"default", b"old")), 2 * len(ONE) - TABLE_SIZE,
     EEXIST),
    (REPLACE, table((b"default", b"old"), (b"bad name", b"")), len(ONE) + ENTRY_SIZE, EINVAL),
    (REPLACE, table((b"a", b"a" * 40000), (b"default", b"old")),
     len(ONE) + ENTRY_SIZE + 40000, 0),
]


@case
def set_lengths():
    store = Store()
    for option, data, length, code in SET_LENGTHS:
        store.set_value(b"old")
        before = store.totals()
        memory = ctypes.create_string_buffer(data, max(len(data), 1))
        ret = store.set_raw(option, ctypes.addressof(memory), length)
        what = "set %d, optlen %d, %s…" % (option, length, data[:1])
        check.error(ret, code, what)
        if code:
            check.equal(store.totals(), before, what + ": the store")
            check.equal(store.get_value(), b"old", what + ": the value")
        else:
            check.equal(store.totals()[0], before[0] + 1, what + ": generation")


@case
def set_pointers():
    store = Store()
    store.set_value(b"old")
    before = store.totals()
    bad = unmapped_page()
    entry = request(size=8) + b"12345678"
    # Memory that ends in the middle of the entry.
    half = at_page_end(entry[:60])
    large = table(*((b"n%d" % i, bytes(1000)) for i in range(100)))
    rows = [
        (SET_VALUE, 0, 1, EFAULT), (SET_VALUE, bad, 1, EFAULT),
        (SET_VALUE, bad, VALUE_MAX, EFAULT), (SET_VALUE, half, 61, EFAULT),
        (SET_VALUE, 1 << 63, 8, EFAULT), (SET_VALUE, (1 << 64) - 4, 8, EFAULT),
        (SET_ENTRY, 0, ENTRY_SIZE, EFAULT), (SET_ENTRY, bad, ENTRY_SIZE, EFAULT),
        (SET_ENTRY, half, len(entry), EFAULT),
        (SET_ENTRY, at_page_end(entry[:-1]), len(entry), EFAULT),
        (DEL_ENTRY, 0, ENTRY_SIZE, EFAULT), (DEL_ENTRY, bad, ENTRY_SIZE, EFAULT),
        (DEL_ENTRY, at_page_end(request()[:-1]), ENTRY_SIZE, EFAULT),
        (REPLACE, 0, len(ONE), EFAULT), (REPLACE, bad, len(ONE), EFAULT),
        (REPLACE, at_page_end(ONE[:-1]), len(ONE), EFAULT),
        (REPLACE, at_page_end(large[:60000]), len(large), EFAULT),
    ]
    for option, address, length, code in rows:
        what = "set %d at %#x, optlen %d" % (option, address, length)
        check.error(store.set_raw(option, address, length), code, what)
        check.equal(store.totals(), before, what + ": the store")
    check.equal(store.get_value(), b"old", "the value after all that")

    # Exactly the needed memory is enough, and may be read-only. A length of 0 needs no memory.
    check.error(store.set_raw(SET_VALUE, at_page_end(b"edge"), 4), 0, "at a page's end")
    check.equal(store.get_value(), b"edge", "at a page's end")
    check.error(store.set_raw(SET_ENTRY, readonly_page(entry), len(entry)), 0,
                "read-only")
    check.equal(store.get_value(), b"12345678", "read-only")
    check.error(store.set_raw(SET_VALUE, 0, 0), 0, "NULL, 0")
    check.equal(store.get_value(), b"", "NULL, 0")
    check.error(store.set_raw(SET_VALUE, bad, 0), 0, "unmapped, 0")


# Answers: option, input, length of the answer.
ANSWERS = [(GET_VALUE, b"", 300), (GET_ENTRY, request(), ENTRY_SIZE + 300),
           (GET_INFO, b"", INFO_SIZE), (GET_TABLE, b"", TABLE_SIZE + ENTRY_SIZE + 304)]


def whole_answer(store, option, head):
    ret, optlen, data = store.get_bytes(option, head, 4096)
    check.error(ret, 0, "get %d" % option)
    return data[:optlen]


@case
def get_lengths():
    """A short buffer gets the beginning of the answer and its full length. No byte beyond the
    given length is written."""
    store = Store()
    store.set_value(bytes(range(256)) + bytes(44))
    for option, head, size in ANSWERS:
        whole = whole_answer(store, option, head)
        check.equal(len(whole), size, "get %d: the length" % option)
        least = len(head)
        for length in sorted({least, least + 1, size - 1, size, size + 1, size + 40,
                              2 * size, 65536, 1 << 20}):
            ret, optlen, data = store.get_bytes(option, head, length)
            what = "get %d, optlen %d" % (option, length)
            got = min(length, size)
            check.error(ret, 0, what)
            check.equal(optlen, size, what + ": the length")
            check.true(data[:got] == whole[:got], what + ": the answer")
            check.true(set(data[max(got, least):]) <= {FILL}, what + ": written beyond")
        for length in [-1, -INT_MAX - 1] + [least // 2, least - 1] * bool(least):
            ret, optlen, data = store.get_bytes(option, head, length)
            what = "get %d, optlen %d" % (option, length)
            check.error(ret, EINVAL, what)
            check.equal(optlen, length, what + ": optlen")
            check.true(set(data[least:]) <= {FILL}, what + ": written")
        check.equal(store.get_raw(option, at_page_end(head), least), (0, size),
                    "get %d into nothing but the least" % option)


@case
def get_pointers():
    store = Store()
    store.set_value(b"v" * 100)
    bad, readonly = unmapped_page(), readonly_page(request())
    for option, head, size in ANSWERS:
        for address, what in [(0, "NULL"), (bad, "unmapped"), (readonly, "read-only"),
                              (1 << 63, "not ours")]:
            check.error(store.get_raw(option, address, 4096)[0], EFAULT,
                        "get %d, %s" % (option, what))
        check.error(store.get_raw(option, at_page_end(head + b"12345"), 4096)[0], EFAULT,
                    "get %d, memory that ends too early" % option)
    for option in GET_VALUE, GET_INFO, GET_TABLE:
        check.equal(store.get_raw(option, 0, 0)[0], 0, "get %d, NULL, 0" % option)
        check.equal(store.get_raw(option, bad, 0)[0], 0, "get %d, unmapped, 0" % option)
    get_optlen_pointers(store)


def get_optlen_pointers(store):
    for option, head, _ in ANSWERS:
        for address, what in [(None, "NULL"), (unmapped_page(), "unmapped"),
                              (readonly_page(struct.pack("=I", 4095)), "read-only")]:
            buffer = ctypes.create_string_buffer(head, 4096)
            ret = call("getsockopt", store.fd, 0, option, buffer,
                       ctypes.c_void_p(address))
            check.error(ret, EFAULT, "get %d, optlen at %s" % (option, what))


@case
def huge_optlen():
    """The length comes from the caller: nothing is allocated or copied because of it."""
    store = Store()
    store.set_value(b"tiny")
    address = at_page_end(b"\xaa" * 8)
    check.equal(store.get_raw(GET_VALUE, address, INT_MAX), (0, 4), "get")
    check.equal(ctypes.string_at(address, 8), b"tiny" + b"\xaa" * 4, "get: the memory")


@case
def options_without_a_name():
    store = Store()
    for option in list(range(1003, 1008)) + [998, 1008]:
        check.error(store.set_bytes(option, b"1234"), ENOPROTOOPT, "set %d" % option)
        check.error(store.get_bytes(option, b"", 64)[0], ENOPROTOOPT, "get %d" % option)
    for option in range(1003, 1008):
        check.error(store.set_raw(option, 0, INT_MAX), ENOPROTOOPT, "set %d, NULL" % option)
        check.error(store.get_raw(option, 0, 64)[0], ENOPROTOOPT, "get %d, NULL" % option)


@case
def sockets():
    """Any AF_INET socket can be used, and no other."""
    kinds = [(socket.AF_INET, socket.SOCK_DGRAM), (socket.AF_INET, socket.SOCK_STREAM)]
    for family, kind in kinds:
        store = Store(family, kind)
        check.error(store.set_value(kind.name.encode()), 0, "set by %s" % kind)
        check.equal(store.get_value(), kind.name.encode(), "get by %s" % kind)
        store.close()
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    raw.setsockopt(0, 999, b"raw")
    check.equal(raw.getsockopt(0, 999, 64), b"raw", "a raw socket")
    unix = Store(socket.AF_UNIX)
    check.error(unix.set_value(b"x"), EOPNOTSUPP, "set by AF_UNIX")
    check.equal(raw.getsockopt(0, 999, 64), b"raw", "the value")


def legal(name):
    return bool(name) and all(byte in LEGAL for byte in name)


def names():
    """Return [(64 bytes, whether they are a valid name)]."""
    rows = [(b"", False), (b"\0abc", False), (b"n", True), (b"n" * 63, True),
            (b"n" * 64, False), (b"name\0junk", False), (b"name" + bytes(59) + b"x", False),
            (LEGAL[:60], True), (b" ", False), (b"..", True), (b"/", True)]
    for byte in range(1, 256):
        rows.append((b"a%cz" % byte, legal(bytes([byte]))))
        rows.append((b"%c" % byte, legal(bytes([byte]))))
    return rows


@case
def bad_names():
    """A bad name is refused by each option that takes one."""
    store = Store()
    for name, good in names():
        code = 0 if good else EINVAL
        check.error(store.set_entry(name, b"v"), code, "set %r" % name)
        got = store.get_bytes(GET_ENTRY, request(name), 4096)
        check.error(got[0], code, "get %r" % name)
        if good:
            check.equal(got[2][:64], name.ljust(64, b"\0"), "name of %r" % name)
        check.error(store.delete(name), code, "delete %r" % name)
    check.equal(store.totals()[1:], (0, 0), "the store after all that")


def refused(store, name):
    """An invalid name is refused, even if it resembles the name of an entry."""
    check.error(store.set_entry(name, b"v"), EINVAL, "set %r" % name)
    check.error(store.get_bytes(GET_ENTRY, request(name), 4096)[0], EINVAL, "get %r" % name)
    check.error(store.delete(name), EINVAL, "delete %r" % name)


def refused_to_nobody(name):
    os.setresuid(65534, 65534, 65534)
    store = Store()
    for bad in name + b"\0x", name + b"!", b"":
        code = store.get_bytes(GET_ENTRY, request(bad), 4096)[0]
        check.error(code, EINVAL, "get %r" % bad)
    for good in name, b"missing":
        code = store.get_bytes(GET_ENTRY, request(good), 4096)[0]
        check.error(code, EPERM, "get %r" % good)


@case
def names_that_resemble():
    """A name with bytes after its NUL is invalid, even if an entry has, or had, that name."""
    store = Store()
    for name in b"name", b"n" * 8, b"n" * 63:
        store.set_entry(name, b"v")
        for at in range(len(name) + 1, 64):
            refused(store, name + bytes(at - len(name)) + b"x")
        refused(store, name[:63] + b"!")
        reap(child(refused_to_nobody, name[:62]))
        store.delete(name)
        refused(store, name[:62] + b"\0x")
        refused(store, b"")
    check.equal(store.totals()[1:], (0, 0), "the store after all that")


@case
def bad_members():
    store = Store()
    store.set_entry(b"e", b"old", flags=PUBLIC)
    before = store.totals()
    for bit in range(32):
        flag = 1 << bit
        if flag not in (PUBLIC, CREATE):
            check.error(store.set_entry(b"e", b"", flags=flag), EINVAL, "set: %#x" % flag)
            check.error(store.set_entry(b"e", b"", flags=flag | PUBLIC), EINVAL,
                        "set: %#x" % (flag | PUBLIC))
        check.error(store.delete(b"e", flags=flag), EINVAL, "delete: flags %#x" % flag)
        check.error(store.get_bytes(GET_ENTRY, request(b"e", flags=flag), 99)[0], EINVAL,
                    "get: flags %#x" % flag)
    check.error(store.set_entry(b"e", b"", changed=1), EINVAL, "set: changed")
    check.error(store.delete(b"e", changed=1 << 63), EINVAL, "delete: changed")
    for size in 1, VALUE_MAX + 1, 1 << 31:
        check.error(store.delete(b"e", size=size), EINVAL, "delete: size %d" % size)
    for members in {"changed": 1}, {"generation": 1}, {"size": 1}, {"size": 1 << 31}:
        ret, _, data = store.get_bytes(GET_ENTRY, request(b"e", **members), 99)
        check.error(ret, EINVAL, "get: %s" % members)
        check.equal(data[88:], bytes([FILL] * len(data[88:])), "get: %s" % members)
    check.equal(store.totals(), before, "the store after all that")
    check.equal(store.get_entry(b"e")[1], b"old", "the value after all that")


@case
def values():
    """Values of every size class, with every byte value, are returned unchanged. Larger ones
    are refused."""
    store = Store()
    every = bytes(range(256)) * 256
    for value in b"", b"\0", b"\n", b"\0" * 100, every[:4096], every[:VALUE_MAX]:
        check.error(store.set_value(value), 0, "set value of %d" % len(value))
        check.true(store.get_value() == value, "value of %d" % len(value))
        check.error(store.set_entry(b"e", value), 0, "set entry of %d" % len(value))
        entry, got = store.get_entry(b"e")
        check.true(got == value, "entry of %d" % len(value))
        check.equal(entry.size, len(value), "size of %d" % len(value))
    before = store.totals()
    check.error(store.set_value(every), EMSGSIZE, "set value of 65536")
    check.error(store.set_entry(b"e", every), EMSGSIZE, "set entry of 65536")
    check.error(store.set_entry(b"new", every), EMSGSIZE, "set new entry of 65536")
    check.true(store.get_value() == every[:VALUE_MAX], "the value is what it was")
    check.equal(store.get_entry(b"new"), -ENOENT, "the new entry")
    check.equal(store.totals(), before, "the store")


@case
def entries():
    """The members of an entry, and of the store."""
    store = Store()
    info = store.info()
    check.equal((info.generation, info.entries, info.bytes), (0, 0, 0), "a new store")
    check.equal((info.max_bytes, info.max_entries), (16 << 20, 65536), "its limits")
    check.equal((info.abi_version, info.reserved), (12, 0), "ABI")
    check.equal(store.get_value(), -ENOENT, "no value")
    check.equal(store.get_entry(b"e"), -ENOENT, "no entry")
    check.error(store.delete(b"e"), ENOENT, "delete of nothing")
    check.equal(store.totals(), (0, 0, 0), "still a new store")

    start = time.time_ns()
    check.error(store.set_entry(b"e", b"12345", flags=PUBLIC), 0, "set")
    entry, value = store.get_entry(b"e")
    check.equal((entry.name, entry.generation, entry.flags, entry.size, value),
                (b"e", 1, PUBLIC, 5, b"12345"), "the entry")
    check.true(start <= entry.changed <= time.time_ns(), "changed: %d" % entry.changed)
    check.equal(store.totals(), (1, 1, 5), "the store with one")
    store.set_entry(b"default", b"1234567", flags=PUBLIC)
    check.equal(store.totals(), (2, 2, 12), "the store with two")
    store.set_value(b"12")
    entry, value = store.get_entry(b"default")
    check.equal((entry.generation, entry.flags, value), (3, 0, b"12"),
                "SET_VALUE clears flags")
    check.equal(store.totals(), (3, 2, 7), "a smaller value")
    check.error(store.delete(b"e"), 0, "delete")
    check.equal(store.totals(), (4, 1, 2), "the store after a delete")
    check.equal(store.get_entry(b"e"), -ENOENT, "the deleted entry")
    check.error(store.delete(b"e"), ENOENT, "delete it again")


@case
def generations():
    """Compare-and-set: a change that expects another generation changes nothing."""
    store = Store()
    store.set_entry(b"a", b"1")
    store.set_entry(b"b", b"2")
    for generation in (2, 3, 1 << 32, (1 << 32) + 1, (1 << 64) - 1):
        what = "generation %d" % generation
        check.error(store.set_entry(b"a", b"x", generation=generation), ESTALE, what)
        check.error(store.delete(b"a", generation=generation), ESTALE, "delete, " + what)
    check.error(store.set_entry(b"none", b"x", generation=1), ESTALE, "set of none")
    check.error(store.delete(b"none", generation=1), ENOENT, "delete of none")
    check.equal(store.totals(), (2, 2, 2), "the store")
    check.equal(store.get_entry(b"a")[1], b"1", "the value")
    check.error(store.set_entry(b"a", b"3", generation=1), 0, "set at 1")
    check.equal(store.get_entry(b"a")[0].generation, 3, "its generation")
    check.error(store.set_entry(b"a", b"4", generation=1), ESTALE, "set at 1 again")
    check.error(store.delete(b"a", generation=3), 0, "delete at 3")
    check.error(store.set_entry(b"a", b"5", generation=3), ESTALE, "set of the deleted")
    check.equal(store.totals(), (4, 1, 1), "the store at the end")


@case
def create():
    store = Store()
    check.error(store.set_entry(b"a", b"1", flags=CREATE), 0, "create")
    check.equal(store.get_entry(b"a")[0].flags, 0, "CREATE is no flag of an entry")
    check.error(store.set_entry(b"a", b"2", flags=CREATE), EEXIST, "create again")
    check.error(store.set_entry(b"a", b"2", flags=CREATE | PUBLIC), EEXIST, "and public")
    check.equal(store.get_entry(b"a")[1], b"1", "the value")
    check.equal(store.totals(), (1, 1, 1), "the store")
    check.error(store.set_entry(b"b", b"2", flags=CREATE | PUBLIC), 0, "create public")
    check.equal(store.get_entry(b"b")[0].flags, PUBLIC, "its flags")
    check.error(store.set_entry(b"c", b"2", flags=CREATE, generation=1), ESTALE,
                "create at a generation")


@case
def entry_limit():
    store = Store()
    check.equal(sysctl("store_max_entries", 3), 3, "the limit")
    for name in b"a", b"b", b"c":
        check.error(store.set_entry(name, b"old"), 0, "set %s" % name)
    before = store.totals()
    check.error(store.set_entry(b"d", b""), ENOSPC, "one too many")
    check.equal(store.totals(), before, "the store")
    check.equal(store.info().max_entries, 3, "the limit in GET_INFO")
    check.error(store.set_entry(b"a", b"new value"), 0, "change one")
    sysctl("store_max_entries", 1)
    check.error(store.set_entry(b"a", b"newer"), 0, "change one above a lowered limit")
    check.error(store.delete(b"b"), 0, "delete")
    check.error(store.set_entry(b"d", b""), ENOSPC, "still too many")
    sysctl("store_max_entries", 3)
    check.error(store.set_entry(b"d", b""), 0, "space again")
    sysctl("store_max_entries", 0)
    check.error(store.set_entry(b"f", b""), ENOSPC, "no entry at all")


@case
def byte_limit():
    store = Store()
    check.equal(sysctl("store_max_bytes", 1000), 1000, "the limit")
    check.error(store.set_entry(b"a", b"a" * 600), 0, "set a")
    check.error(store.set_entry(b"b", b"b" * 400), 0, "set b: exactly full")
    before = store.totals()
    check.error(store.set_entry(b"c", b"c"), ENOSPC, "one byte more")
    check.error(store.set_entry(b"a", b"a" * 601), ENOSPC, "one byte more in a")
    check.equal(store.totals(), before, "the store")
    check.equal(store.get_entry(b"a")[1], b"a" * 600, "a is what it was")
    check.error(store.set_entry(b"c", b""), 0, "an empty value needs no space")
    check.error(store.set_entry(b"a", b"a" * 600), 0, "the same size")
    check.error(store.set_entry(b"a", b"a" * 599), 0, "one byte less")
    check.error(store.set_entry(b"c", b"c"), 0, "space for one")
    sysctl("store_max_bytes", 10)
    check.error(store.set_entry(b"a", b"a" * 500), 0, "smaller, above a lowered limit")
    check.error(store.set_entry(b"a", b"b" * 500), 0, "of the same size, above it")
    check.error(store.set_entry(b"a", b"a" * 501), ENOSPC, "larger, above it")


@case
def many_entries():
    """More entries than the hash table has at first."""
    store = Store()
    wanted = {b"n/%d" % i: b"%d" % i * (i % 7) for i in range(3000)}
    for name, value in wanted.items():
        if store.set_entry(name, value):
            check.fail("set %s" % name)
    check.equal(store.totals(), (3000, 3000, sum(map(len, wanted.values()))), "the store")
    for name, value in wanted.items():
        if store.get_entry(name, ENTRY_SIZE + 64)[1] != value:
            check.fail("get %s" % name)
    for name in list(wanted)[:1500]:
        check.error(store.delete(name), 0, "delete %s" % name)
    check.equal(store.totals()[1], 1500, "half of it")
