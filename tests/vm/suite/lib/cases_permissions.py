# SPDX-License-Identifier: GPL-2.0-or-later
"""Permissions: each operation by each identity."""
import os
import re
import socket
import struct
from errno import EACCES, EINVAL, ENOENT, EPERM, ESTALE

import abi
from channel import Channel, family
from genl import NLM_F_DUMP, Genl, Watcher
from harness import case, check, child, new_netns, reap
from identities import IDENTITIES, in_own_netns, nobody, root, root_without_net_admin, \
    userns_root_own_netns
from packets import Pinger
from store import Store
from sys_calls import call

HEADER = os.path.join(os.path.dirname(__file__), "../../../../kmod/uapi/linux/kctl.h")

ADMINISTRATOR, OWNER, ANYBODY = "administrator", "owner", "anybody"


def genl_ask(cmd, flags=4):
    def ask():
        genl = Genl()
        if cmd == abi.CMD_WATCH_STOP:
            genl.errno_of(abi.CMD_WATCH_START)
        return -genl.errno_of(cmd, flags=flags)
    return ask


def proto_socket():
    ret = call("socket", family(), socket.SOCK_DGRAM, 0)
    if ret >= 0:
        os.close(ret)
    return min(ret, 0)


def set_and_delete(number):
    """Create and delete a channel that does not exist."""
    genl = Genl()
    return genl.set_channel(number) or genl.delete_channel(number)


def replace_at_no_generation():
    """A permitted caller gets ESTALE, because the store has another generation."""
    ret = Store().set_bytes(abi.REPLACE, struct.pack("=QII", 1 << 60, 0, 0))
    return 0 if ret == -ESTALE else ret


def missing(function):
    """Administrators get ENOENT. Others get the same error as for an existing entry."""
    def get():
        ret = function()
        return 0 if ret == -ENOENT else ret
    return get


# The operation, its name in the header, who is permitted, and a call that returns 0 or minus
# the errno.
OPERATIONS = [
    ("set value", "KCTL_SO_SET_VALUE", ADMINISTRATOR, lambda: Store().set_value(b"x")),
    ("set entry", "KCTL_SO_SET_ENTRY", ADMINISTRATOR,
     lambda: Store().set_entry(b"e", b"x", flags=abi.PUBLIC)),
    ("set public entry", "KCTL_SO_SET_ENTRY", ADMINISTRATOR,
     lambda: Store().set_entry(b"public", b"x", flags=abi.PUBLIC)),
    ("set with bad length", "KCTL_SO_SET_ENTRY", ADMINISTRATOR,
     lambda: 0 if Store().set_bytes(abi.SET_ENTRY, b"") == -EINVAL else -EPERM),
    ("delete", "KCTL_SO_DEL_ENTRY", ADMINISTRATOR, lambda: Store().delete(b"victim")),
    ("delete missing", "KCTL_SO_DEL_ENTRY", ADMINISTRATOR,
     missing(lambda: Store().delete(b"missing"))),
    ("get value", "KCTL_SO_GET_VALUE", ADMINISTRATOR,
     lambda: Store().get_bytes(abi.GET_VALUE, b"", 64)[0]),
    ("get secret", "KCTL_SO_GET_ENTRY", ADMINISTRATOR,
     lambda: as_ret(Store().get_entry(b"secret"))),
    ("get missing", "KCTL_SO_GET_ENTRY", ADMINISTRATOR,
     missing(lambda: as_ret(Store().get_entry(b"missing")))),
    ("get public", "KCTL_SO_GET_ENTRY", ANYBODY,
     lambda: as_ret(Store().get_entry(b"public"))),
    ("replace", "KCTL_SO_REPLACE", ADMINISTRATOR, replace_at_no_generation),
    ("get table", "KCTL_SO_GET_TABLE", ADMINISTRATOR,
     lambda: Store().get_bytes(abi.GET_TABLE, b"", 64)[0]),
    ("info", "KCTL_SO_GET_INFO", ANYBODY, lambda: Store().info() and 0),
    ("status", "KCTL_CMD_GET_STATUS", ANYBODY, genl_ask(abi.CMD_GET_STATUS)),
    ("watch start", "KCTL_CMD_WATCH_START", ADMINISTRATOR,
     genl_ask(abi.CMD_WATCH_START)),
    ("watch stop", "KCTL_CMD_WATCH_STOP", ADMINISTRATOR, genl_ask(abi.CMD_WATCH_STOP)),
    ("channels", "KCTL_CMD_GET_CHANNELS", ADMINISTRATOR,
     genl_ask(abi.CMD_GET_CHANNELS, NLM_F_DUMP)),
    ("watchers", "KCTL_CMD_GET_WATCHERS", ADMINISTRATOR,
     genl_ask(abi.CMD_GET_WATCHERS, NLM_F_DUMP)),
    ("set channel", "KCTL_CMD_SET_CHANNEL", ADMINISTRATOR,
     lambda: set_and_delete(5)),
    ("set channel of root", "KCTL_CMD_SET_CHANNEL", OWNER,
     lambda: Genl().set_channel(4, mode=0o666)),
    ("set dead letters of root", "KCTL_CMD_SET_CHANNEL", OWNER,
     lambda: Genl().set_channel(4, max_deliveries=3, dead_letter=0)),
    ("set times of root", "KCTL_CMD_SET_CHANNEL", OWNER,
     lambda: Genl().set_channel(4, retry_delay=1, hold_time_max=1, ttl=1)),
    ("flush channel of root", "KCTL_CMD_FLUSH_CHANNEL", OWNER,
     missing(lambda: Genl().flush_channel(4))),
    ("delete channel of root", "KCTL_CMD_DEL_CHANNEL", OWNER,
     missing(lambda: Genl().delete_channel(4))),
    ("join store", "KCTL_CMD_STORE_EVENT", ADMINISTRATOR,
     lambda: Genl().join(b"store")),
    ("join proto", "KCTL_CMD_PROTO_EVENT", ADMINISTRATOR,
     lambda: Genl().join(b"proto")),
    ("socket", "socket", ADMINISTRATOR, proto_socket),
]


def as_ret(got):
    return got if isinstance(got, int) else 0


def prepare():
    store = Store()
    store.set_value(b"value")
    store.set_entry(b"secret", b"s")
    store.set_entry(b"victim", b"v")
    store.set_entry(b"public", b"p", flags=abi.PUBLIC)
    Genl().set_channel(4)


# These do not exist in a namespace in which the identity could not create them.
NOT_THERE = "get public", "set channel of root", "set dead letters of root", \
    "flush channel of root", "delete channel of root"


def expected(identity, admin, who):
    """Root without the capability still owns the channel of root."""
    if admin or who == ANYBODY or (who == OWNER and identity is root_without_net_admin):
        return 0
    return EPERM


def try_all(identity, admin):
    """This runs in a process of its own, which prepares a namespace of its own."""
    new_netns()
    prepare()
    before = Store().totals()
    identity()
    if identity is userns_root_own_netns:
        prepare()
    for what, _, who, function in OPERATIONS:
        if in_own_netns(identity) and not admin and what in NOT_THERE:
            continue
        code = expected(identity, admin, who)
        check.error(function(), code, "%s: %s" % (identity.__name__, what))
    if not admin and not in_own_netns(identity):
        check.equal(Store().totals(), before, "%s: the store" % identity.__name__)


@case
def table():
    for identity, admin in IDENTITIES:
        reap(child(try_all, identity, admin))


@case
def table_is_complete():
    """Each operation of the header is in the table."""
    with open(HEADER) as file:
        text = file.read()
    names = set(re.findall(r"\b(KCTL_SO_(?:SET_|GET_|DEL_|REPLACE)\w*)\s+\d", text))
    names |= set(re.findall(r"^\t(KCTL_CMD_\w+),", text, re.M))
    names -= {"KCTL_CMD_UNSPEC", "KCTL_CMD_ICMP_EVENTS"}
    check.true(len(names) >= 10, "the header has only %s" % sorted(names))
    check.equal(names - {row[1] for row in OPERATIONS}, set(), "without a test")


@case
def sockets_of_others():
    """The namespace of a socket and the credentials of its user apply, not those of its
    creator."""
    prepare()
    store, sock = Store(), Channel(bound=5)
    genl = Genl()

    def use_inherited():
        userns_root_own_netns()
        check.error(store.set_value(b"x"), EPERM, "set through root's socket")
        check.error(as_ret(store.get_entry(b"secret")), EPERM, "get through it")
        check.error(as_ret(store.get_entry(b"missing")), EPERM, "get of nothing")
        check.error(as_ret(store.get_entry(b"public")), 0, "get of the public")
        check.equal(genl.errno_of(abi.CMD_WATCH_START), EPERM, "watch through it")
        check.error(sock.send(b"x"), 0, "a socket passed to another process is usable")
    reap(child(use_inherited))
    check.equal(store.get_value(), b"value", "the value")
    check.equal(sock.recv(9, socket.MSG_DONTWAIT), b"x", "the message")
    check.error(genl.delete_channel(4), 0, "the channel that was prepared")


@case
def sysctls_of_a_user_namespace():
    """The limits belong to the host: root of a user namespace can only read them."""
    def in_userns():
        userns_root_own_netns()
        for name in os.listdir("/proc/sys/net/kctl"):
            path = "/proc/sys/net/kctl/" + name
            check.equal(os.stat(path).st_mode & 0o777, 0o444, name)
            with open(path) as file:
                check.equal(int(file.read()) > 0, name != "unprivileged", name)
            try:
                with open(path, "w") as file:
                    file.write("1")
                check.fail("%s can be written" % name)
            except OSError as err:
                check.true(err.errno in (EPERM, EACCES), "%s: %s" % (name, err))
    reap(child(in_userns))
    names = os.listdir("/proc/sys/net/kctl")
    check.equal(sorted(names), ["channel_max_bytes", "channel_max_messages",
                                "channels_max", "proto_max_bytes", "store_max_bytes",
                                "store_max_entries", "unprivileged", "watch_max_bytes",
                                "watchers_max"],
                "the sysctls")
    for name in names:
        check.equal(os.stat("/proc/sys/net/kctl/" + name).st_mode & 0o777, 0o644, name)


@case
def module_files():
    """All users can read the files of the module, and no user can write them."""
    for path in "parameters/family", "version", "refcnt":
        mode = os.stat("/sys/module/kctl/" + path).st_mode & 0o777
        check.equal(mode, 0o444, path)


@case
def packets_of_others():
    """A watcher in a namespace of its own sees only the packets of that namespace."""
    readable, writable = os.pipe()
    back, out = os.pipe()

    def watch():
        userns_root_own_netns()
        watcher = Watcher(rcvbuf=None)
        os.write(writable, b"r")
        os.read(back, 1)
        Pinger().ping4()
        records = watcher.collect(4)
        check.equal([r.packet[20] for r in records], [8, 8, 0, 0], "its own packets")
        check.equal(watcher.stop(), (4, 0), "the counters")
    pid = child(watch)
    os.read(readable, 1)
    Pinger().ping4(times=5)
    os.write(out, b"g")
    reap(pid)
