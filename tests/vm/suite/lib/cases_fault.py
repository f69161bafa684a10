# SPDX-License-Identifier: GPL-2.0-or-later
"""Every allocation and every copy fails once.

An operation is repeated while its first, second, third… allocation, or copy from or to user
memory, fails, until it completes without a failure. After each failure, the errno must be a
permitted one, the counters must be unchanged, and nothing must be left."""
import ctypes
import os
import struct
from errno import EFAULT, ENFILE, ENOBUFS, ENOMEM

from abi import CMD_SET_CHANNEL, CMD_WATCH_START, CMD_WATCH_STOP, C_NAME, C_NUMBER, \
    GET_TABLE, REPLACE, SET_ENTRY, W_COALESCE, W_DIRECTION, OUT, HOLD, SETTLE, DONE, RETRY
from channel import Channel, status
from genl import Genl, Watcher, attr, u32
from harness import case, check, eventually
from holder import Holder, pack
from packets import Pinger
from store import Store, request
from sys_calls import CLONE_NEWNET, NUMBERS, call, libc

NTH = "/proc/thread-self/fail-nth"
SETTINGS = [("failslab/ignore-gfp-wait", "N"), ("failslab/verbose", "0"),
            ("fail_page_alloc/ignore-gfp-wait", "N"), ("fail_page_alloc/min-order", "0"),
            ("fail_page_alloc/verbose", "0"), ("fail_usercopy/verbose", "0")]
EVERYWHERE, NOWHERE = (0, (1 << 64) - 1), (0, 0)

NO_MEMORY = {ENOMEM, ENOBUFS}
NO_COPY = {ENOMEM, ENOBUFS, EFAULT}


def prepare(require=EVERYWHERE, reject=NOWHERE):
    """Select the code whose allocations fail, and the code whose allocations never do."""
    ranges = [("%s/%s-%s" % (kind, name, end), hex(address))
              for kind in ("failslab", "fail_page_alloc")
              for name, both in (("require", require), ("reject", reject))
              for end, address in zip(("start", "end"), both)]
    for name, value in SETTINGS + ranges:
        with open("/sys/kernel/debug/" + name, "w") as file:
            file.write(value)


def code_of_kctl():
    with open("/proc/modules") as file:
        [line] = [line.split() for line in file if line.startswith("kctl ")]
    return int(line[5], 16), int(line[5], 16) + int(line[1])


def code_of_kctl_and_its_init():
    """The init section, which exists only while the module is being loaded, has its own
    addresses."""
    start, end = code_of_kctl()
    with open("/sys/module/kctl/sections/.init.text") as file:
        init = int(file.read(), 16)
    return min(start, init), max(end, init + 0x10000)


def code_of(function):
    with open("/proc/kallsyms") as file:
        symbols = [line.split()[:3] for line in file]
    [start] = [int(address, 16) for address, _, name in symbols if name == function]
    return start, min(a for a in (int(symbol[0], 16) for symbol in symbols) if a > start)


class Faults:
    def __init__(self):
        self.fd = os.open(NTH, os.O_RDWR)

    def during(self, nth, operation):
        """Return (result of the operation, whether a failure was injected)."""
        armed, off = b"%d" % nth, b"0"
        os.write(self.fd, armed)
        try:
            ret = operation()
        except OSError as err:
            ret = -err.errno
        except MemoryError:
            ret = -ENOMEM
        return ret, self.disarm(off)

    def disarm(self, off):
        """Return whether a failure was injected. If not, these calls themselves can fail."""
        try:
            hit = int(os.pread(self.fd, 16, 0).strip(b"\0\n")) == 0
            os.write(self.fd, off)
        except OSError:
            hit = False
            os.write(self.fd, off)
        return hit


def counters():
    found = status()
    return {key: found[key] for key in (
        "store_generation", "store_entries", "store_bytes", "watchers", "hooks",
        "channels", "sockets", "proto_bytes")}


def report(name, injected, failed):
    """Some failures are tolerated: a notification is dropped, or memory comes from elsewhere."""
    print("faults: %s: %d, %d refused" % (name, injected, failed))


def sweep(name, operation, allowed, undo):
    """Let each allocation and copy fail in turn. Call undo after each success, even after an
    injected failure, and at the end. Return how often the operation was refused."""
    faults, before, failed, injected = Faults(), counters(), 0, 0
    for nth in range(1, 1000):
        ret, hit = faults.during(nth, operation)
        injected += hit
        what = "%s, failure %d" % (name, nth)
        if ret < 0:
            check.true(hit, "%s: %d without a failure" % (what, ret))
            check.true(-ret in allowed, "%s: errno %d" % (what, -ret))
            check.true(eventually(lambda: counters() == before, 5), "%s: %s, not %s" % (
                what, counters(), before))
            failed += 1
        elif undo:
            undo()
        if not hit:
            break
        before = counters()
    check.true(ret >= 0, "%s: at last" % name)
    report(name, injected, failed)
    return failed


def repeat(name, operation, allowed=NO_MEMORY, undo=None, least=1):
    """Sometimes the slab allocator makes one call more. Then a later call fails twice, or
    never, so the sweep is repeated."""
    enough = any(sweep(name, operation, allowed, undo) >= least for _ in range(10))
    check.true(enough, "%s: never %d failures" % (name, least))


def table(count):
    entries = b"".join(request(b"t%d" % n, 24) + bytes(24) for n in range(count))
    return struct.pack("=QII", 0, count, 0) + entries


@case
def store():
    prepare()
    door, listener = Store(), Genl()
    listener.join(b"store")
    # If the allocation of the larger one fails, its memory comes from elsewhere.
    value, small = (ctypes.create_string_buffer(request(b"name", size) + bytes(size))
                    for size in (5000, 1000))
    whole = ctypes.create_string_buffer(table(40))

    def put(option, buffer):
        return lambda: door.set_raw(option, ctypes.addressof(buffer), len(buffer) - 1)

    optlen = ctypes.c_int(8000)
    answer = ctypes.create_string_buffer(request(b"name"), 8000)

    def get(option):
        optlen.value = 8000
        return lambda: call("getsockopt", door.fd, 0, option, answer, ctypes.byref(optlen))

    for buffer in value, small:
        repeat("new entry", put(SET_ENTRY, buffer), NO_COPY, lambda: door.delete(b"name"),
               least=3)
    door.set_entry(b"name", b"old")
    repeat("change of an entry", put(SET_ENTRY, value), NO_COPY, least=3)
    repeat("table", put(REPLACE, whole), NO_COPY, least=40)
    repeat("get table", get(GET_TABLE), NO_COPY)
    check.equal(door.info().entries, 40, "entries at the end")
    listener.close()


@case
def watch():
    prepare()
    genl = Genl()
    header = struct.pack("=IHHIIBBH", 20, genl.family, 1, 1, 0, CMD_WATCH_START, 1, 0)

    def request_of(cmd):
        return header[:16] + bytes([cmd]) + header[17:]

    def start():
        return genl.sock.send(header)

    def stop():
        genl.sock.settimeout(1)
        genl.sock.send(request_of(CMD_WATCH_STOP))
        genl.drain_answers()

    repeat("watch start", start, NO_COPY, stop, 4)
    repeat("watch stop", lambda: genl.sock.send(request_of(CMD_WATCH_STOP)), NO_COPY, start)
    stop()
    genl.close()


@case
def records():
    """A record that cannot be allocated is counted as lost. The packet is not affected."""
    prepare()
    pinger = Pinger()
    for coalesce in 0, 1000000:
        watcher = Watcher(u32(W_COALESCE, coalesce), u32(W_DIRECTION, OUT))
        repeat("packet, coalesced for %d" % coalesce, lambda: pinger.ping4() or 0, NO_COPY)
        received, matched, lost = watcher.finish()
        check.true(lost or coalesce, "something was lost")
        check.equal(len(received) + lost, matched, "received + lost")
        watcher.close()


@case
def channels():
    prepare()
    family = Channel()
    sizes = [0, 64, 4000, 8192, 70000]
    buffers = {size: ctypes.create_string_buffer(bytes(size), max(size, 1)) for size in sizes}
    into = ctypes.create_string_buffer(1 << 17)
    made = []

    def new_socket():
        fd = libc.socket(family.sock.family, 2, 0)
        if fd < 0:
            return -ctypes.get_errno()
        made.append(fd)
        return 0

    def close():
        while made:
            os.close(made.pop())

    repeat("socket", new_socket, NO_MEMORY | {ENFILE}, close, 3)
    sock = Channel()
    repeat("bind", lambda: sock.bind(7), NO_COPY,
           lambda: (sock.close(), sock.__init__()), 1)
    sock.close()
    sock = Channel()
    repeat("connect", lambda: sock.connect(7), NO_COPY, least=1)
    reader = Channel(bound=7)
    for size in sizes:
        data = buffers[size]
        repeat("send %d" % size, lambda: call("send", sock.fd, data, size, 0), NO_COPY,
               reader.drain, 1)
        for flags in 2, 0:    # MSG_PEEK leaves the message for the next receive
            sock.send(data.raw[:size])
            repeat("receive %d, flags %d" % (size, flags),
                   lambda: call("recv", reader.fd, into, len(into), flags), NO_COPY,
                   (lambda: None) if flags else lambda: sock.send(data.raw[:size]),
                   1 if size else 0)
            reader.drain()
    reader.close()
    sock.close()
    sender = Channel(connected=8)
    repeat("send to nobody", lambda: call("send", sender.fd, buffers[64], 64, 0), NO_COPY,
           lambda: drain(8))
    sender.close()
    family.close()


@case
def holding():
    """A settle whose array cannot be read settles nothing. It makes no allocation that could
    fail."""
    prepare()
    sock = Holder(7)
    repeat("window", lambda: sock.set(HOLD, 1024), NO_COPY, least=2)
    sock.send(bytes(64))
    value = pack((sock.take()[1], RETRY))
    repeat("settle", lambda: sock.set(SETTLE, value), {EFAULT})
    check.equal(sock.held, 0, "given back")
    _, held = sock.take()
    check.equal(held.deliveries, 2, "counted once")
    sock.settle((held, DONE))
    sock.close()


@case
def naming():
    """A name that could not be set leaves no channel, whether the error could be reported or
    not."""
    prepare(code_of_kctl())
    faults, other, failed, injected = Faults(), Genl(), 0, 0
    name = u32(C_NUMBER, 7) + attr(C_NAME, b"jobs\0")
    for nth in range(1, 100):
        genl = Genl()
        ret, hit = faults.during(nth, lambda: genl.send(CMD_SET_CHANNEL, name) or 0)
        genl.close()
        found = other.channel_names()
        check.true(found in ({}, {7: "jobs"}), "failure %d: %s" % (nth, found))
        other.delete_channel(7)
        injected += hit
        failed += not found
        if not hit:
            break
    check.equal((ret, found), (0, {7: "jobs"}), "at last")
    check.true(failed >= 2, "only %d failures" % failed)
    report("name of a new channel", injected, failed)
    other.close()


@case
def dead_letters():
    """A message moves, or nothing happens. Moving it needs no memory."""
    prepare()
    genl = Genl()
    genl.set_channel(6)
    genl.set_channel(7, max_deliveries=1, dead_letter=6)
    with Holder(7, 1) as sock:
        sock.send(b"x")
        value = pack((sock.take()[1], RETRY))
        repeat("dead", lambda: sock.set(SETTLE, value), {EFAULT})
        with Channel(bound=6) as other:
            check.equal(other.drain(), [b"x"], "moved once")
    genl.delete_channel(7)
    genl.delete_channel(6)


def drain(number):
    with Channel(bound=number) as receiver:
        receiver.drain()


@case
def namespaces():
    """A failed creation of a network namespace leaves nothing behind."""
    prepare(code_of_kctl())
    repeat("network namespace", lambda: call("unshare", CLONE_NEWNET), NO_MEMORY, least=2)


def syscall(name, *args):
    return call("syscall", NUMBERS[name], *args)


@case
def loading():
    """After a failed load, the module is not loaded, and can be loaded.

    Only allocations of its init function fail, not those of the loader. As long as no other
    module is loaded, the code has the same addresses again. Linux 6.12 itself leaks the name of
    a slab cache if sysfs cannot register it."""
    prepare(code_of_kctl_and_its_init(), reject=code_of("sysfs_slab_add"))
    faults, failed, injected = Faults(), 0, 0
    file = os.open(os.environ["KCTL_KO"], os.O_RDONLY)
    for nth in range(1, 1000):
        if os.path.exists("/sys/module/kctl"):
            check.equal(syscall("delete_module", b"kctl", os.O_NONBLOCK), 0, "unloading")
        ret, hit = faults.during(nth, lambda: syscall("finit_module", file, b"", 0))
        injected += hit
        check.equal(os.path.exists("/sys/module/kctl"), ret == 0, "failure %d: loaded" % nth)
        if not hit:
            break
        check.true(ret == 0 or -ret in NO_COPY, "failure %d: %d" % (nth, ret))
        failed += ret < 0
    check.equal(ret, 0, "loading at last")
    check.true(failed >= 5, "only %d failures" % failed)
    report("loading", injected, failed)
