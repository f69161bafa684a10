# SPDX-License-Identifier: GPL-2.0-or-later
"""Permissions for sockets of the family: each system call by each identity, with a socket of
its own and with one that root passed to it. Also netlink sockets that one identity opened and
another one uses, and the sysctls."""
import ctypes
import os
import re
import select
import socket
import struct
from errno import EACCES, EAGAIN, EDESTADDRREQ, ENODEV, ENOENT, ENOTCONN, EOPNOTSUPP, EPERM, \
    ESTALE

import abi
from channel import Channel, address, status
from genl import NLM_F_DUMP, Genl, u32
from harness import case, check, child, new_netns, reap, sysctl
from holder import pack
from identities import IDENTITIES, in_own_netns, nobody, root, root_without_net_admin
from store import Store
from sys_calls import call

KMOD = os.path.join(os.path.dirname(__file__), "../../../../kmod")
SOL_SOCKET, SO_SNDBUFFORCE, SO_RCVBUFFORCE = 1, 32, 33
SIOCINQ, SIOCOUTQ, SIOCGSTAMP, SIOCSIFMTU = 0x541B, 0x5411, 0x8906, 0x8922

# What a call requires: nothing, the mode of the channel, a capability of the caller, or the
# permission to create a socket.
NOTHING, READ, WRITE, CREATE = "nothing", "read", "write", "create"
NET_ADMIN, INIT_NET_ADMIN = "NET_ADMIN", "NET_ADMIN over everything"

ROOTS = 4      # a channel of root, mode 0600
DONTWAIT = socket.MSG_DONTWAIT


def setopt(level, name, value=0):
    return lambda sock: call("setsockopt", sock.fd, level, name,
                             struct.pack("=i", value), 4)


def getopt(name):
    def get(sock):
        size = ctypes.c_int(4)
        return call("getsockopt", sock.fd, abi.SOL_KCTL, name,
                    ctypes.create_string_buffer(4), ctypes.byref(size))
    return get


def resolve(sock):
    """No channel has this name: ENOENT shows that the caller is permitted."""
    return call("getsockopt", sock.fd, abi.SOL_KCTL, abi.RESOLVE,
                ctypes.create_string_buffer(b"jobs", abi.RESOLVE_SIZE),
                ctypes.byref(ctypes.c_int(abi.RESOLVE_SIZE)))


def ioctl(request, argument=None):
    return lambda sock: call("ioctl", sock.fd, request,
                             argument or ctypes.byref(ctypes.c_int()))


def settle(sock):
    """No message is held: the error shows that the caller is permitted."""
    value = pack((1, abi.DONE))
    return call("setsockopt", sock.fd, abi.SOL_KCTL, abi.SETTLE, value, len(value))


def poll(sock):
    poller = select.poll()
    poller.register(sock.fd)
    return poller.poll(0) and 0


def mapped(sock):
    ret = call("mmap", None, ctypes.c_size_t(4096), 1, 1, sock.fd, 0)
    return -ctypes.get_errno() if ret == (1 << 64) - 1 else 0


def bound_and(action):
    """An error of the bind counts as an error of the action."""
    def run(sock):
        return sock.bind(ROOTS) or action(sock)
    return run


def write(sock):
    return call("write", sock.fd, b"x", ctypes.c_size_t(1))


def receive(sock):
    """The channel is empty: EAGAIN shows that the caller is permitted."""
    got = sock.recv(9, DONTWAIT)
    return 0 if not isinstance(got, int) or got == -EAGAIN else got


IFREQ = struct.pack("16si20x", b"lo", 65536)

# The call; its member of struct proto_ops, or its option; what it requires; the errno of a
# permitted caller; and a function.
CALLS = [
    ("bind", "bind", READ, 0, lambda s: s.bind(ROOTS)),
    ("bind to any", "bind", NOTHING, 0, lambda s: s.bind(0)),
    ("tap", "KCTL_TAP", READ, 0,
     lambda s: setopt(abi.SOL_KCTL, abi.TAP, 1)(s) or s.bind(ROOTS)),
    ("exclusive", "KCTL_EXCLUSIVE", READ, 0,
     lambda s: setopt(abi.SOL_KCTL, abi.EXCLUSIVE, 1)(s) or s.bind(ROOTS)),
    ("set exclusive", "setsockopt", NOTHING, 0, setopt(abi.SOL_KCTL, abi.EXCLUSIVE)),
    ("set tap", "setsockopt", NOTHING, 0, setopt(abi.SOL_KCTL, abi.TAP)),
    ("set mode", "KCTL_MODE", NOTHING, 0, setopt(abi.SOL_KCTL, abi.MODE, 0o666)),
    ("get exclusive", "getsockopt", NOTHING, 0, getopt(abi.EXCLUSIVE)),
    ("get tap", "getsockopt", NOTHING, 0, getopt(abi.TAP)),
    ("get mode", "getsockopt", NOTHING, 0, getopt(abi.MODE)),
    ("set credentials", "KCTL_CREDENTIALS", NOTHING, 0,
     setopt(abi.SOL_KCTL, abi.CREDENTIALS, 1)),
    ("get credentials", "getsockopt", NOTHING, 0, getopt(abi.CREDENTIALS)),
    ("get drops", "KCTL_DROPS", NOTHING, 0, getopt(abi.DROPS)),
    ("get owner", "KCTL_OWNER", READ, 0, bound_and(getopt(abi.OWNER))),
    ("get owner, not bound", "KCTL_OWNER", NOTHING, ENOTCONN, getopt(abi.OWNER)),
    ("set hold", "KCTL_HOLD", NOTHING, 0, setopt(abi.SOL_KCTL, abi.HOLD, 8)),
    ("set hold time", "KCTL_HOLD_TIME", NOTHING, 0, setopt(abi.SOL_KCTL, abi.HOLD_TIME, 8)),
    ("resolve", "KCTL_RESOLVE", NOTHING, ENOENT, resolve),
    ("set history", "KCTL_HISTORY", NOTHING, 0, setopt(abi.SOL_KCTL, abi.HISTORY, 1)),
    ("get held", "KCTL_HELD", NOTHING, 0, getopt(abi.HELD)),
    ("settle, not bound", "KCTL_SETTLE", NOTHING, ENOTCONN, settle),
    ("settle", "KCTL_SETTLE", READ, ESTALE, bound_and(settle)),
    ("connect", "connect", WRITE, 0, lambda s: s.connect(ROOTS)),
    ("disconnect", "connect", NOTHING, 0, lambda s: s.connect(0, af=0)),
    ("sendto", "sendmsg", WRITE, 0, lambda s: s.send_to(ROOTS, b"x")),
    ("send when bound", "sendmsg", READ, 0, bound_and(lambda s: s.send(b"x"))),
    ("write when bound", "sendmsg", READ, 0, bound_and(write)),
    ("send to nowhere", "sendmsg", NOTHING, EDESTADDRREQ, lambda s: s.send(b"x")),
    ("recv", "recvmsg", READ, 0, bound_and(receive)),
    ("recv, not bound", "recvmsg", NOTHING, ENOTCONN, lambda s: s.recv(9, DONTWAIT)),
    ("poll", "poll", NOTHING, 0, poll),
    ("shutdown", "shutdown", NOTHING, 0, lambda s: call("shutdown", s.fd, 2)),
    ("getsockname", "getname", NOTHING, 0, lambda s: s.name()[0]),
    ("getpeername", "getname", NOTHING, ENOTCONN, lambda s: s.name("getpeername")[0]),
    ("SIOCINQ", "ioctl", NOTHING, 0, ioctl(SIOCINQ)),
    ("SIOCINQ when bound", "compat_ioctl", READ, 0, bound_and(ioctl(SIOCINQ))),
    ("SIOCOUTQ", "ioctl", NOTHING, 0, ioctl(SIOCOUTQ)),
    ("SIOCSIFMTU", "ioctl", NET_ADMIN, 0,
     ioctl(SIOCSIFMTU, ctypes.create_string_buffer(IFREQ))),
    ("SIOCGSTAMP", "gettstamp", NOTHING, ENOENT, ioctl(SIOCGSTAMP)),
    ("SO_RCVBUFFORCE", "setsockopt", INIT_NET_ADMIN, 0,
     setopt(SOL_SOCKET, SO_RCVBUFFORCE, 1 << 20)),
    ("SO_SNDBUFFORCE", "setsockopt", INIT_NET_ADMIN, 0,
     setopt(SOL_SOCKET, SO_SNDBUFFORCE, 1 << 20)),
    ("listen", "listen", NOTHING, EOPNOTSUPP, lambda s: call("listen", s.fd, 1)),
    ("accept", "accept", NOTHING, EOPNOTSUPP, lambda s: call("accept", s.fd, None, None)),
    ("socketpair", "socketpair", CREATE, EOPNOTSUPP, lambda s: call(
        "socketpair", s.sock.family, 2, 0, (ctypes.c_int * 2)())),
    ("mmap", "mmap", NOTHING, ENODEV, mapped),
    ("close", "release", NOTHING, 0, lambda s: s.close() or 0),
]


def expected(needs, identity, admin, given):
    """Return the permission error of a call, or 0. For a socket that was passed on, the
    permissions of its creator apply, which is root; but capabilities are those of the caller."""
    if needs in (READ, WRITE):
        allowed = given or admin or identity is root_without_net_admin
        return 0 if allowed else EACCES
    if needs == NET_ADMIN:
        return 0 if admin and not (given and in_own_netns(identity)) else EPERM
    if needs == INIT_NET_ADMIN:
        return 0 if admin and not in_own_netns(identity) else EPERM
    if needs == CREATE:
        return 0 if admin or not given else EPERM
    return 0


def try_call(row, sock, identity, admin, given):
    what, _, needs, code, function = row
    wanted = expected(needs, identity, admin, given) or code
    check.error(function(sock), wanted, "%s, %s socket: %s" % (
        identity.__name__, "root's" if given else "own", what))
    sock.close()


def with_roots_sockets(identity, admin):
    new_netns()
    Genl().set_channel(ROOTS)
    socks = [Channel() for _ in CALLS]
    identity()
    for row, sock in zip(CALLS, socks):
        try_call(row, sock, identity, admin, True)


def with_own_sockets(identity, admin):
    """All users may create sockets, except in a namespace of their own, where they cannot set
    the sysctl."""
    new_netns()
    sysctl("unprivileged", 1)
    Genl().set_channel(ROOTS)
    identity()
    if in_own_netns(identity):
        if not admin:
            check.error(call("socket", status()["family"], 2, 0), EPERM, "socket")
            return
        Genl().set_channel(ROOTS)
    before = status()["proto_bytes"]
    for row in CALLS:
        try_call(row, Channel(), identity, admin, False)
    if expected(WRITE, identity, admin, False):
        check.equal(status()["proto_bytes"], before, identity.__name__ + ": messages")


@case
def calls():
    for identity, admin in IDENTITIES:
        reap(child(with_roots_sockets, identity, admin))
        reap(child(with_own_sockets, identity, admin))


@case
def calls_are_complete():
    """Each call of the family, and each of its options, is in the table."""
    with open(KMOD + "/channel/proto.c") as file:
        [ops] = re.findall(r"proto_ops kctl_proto_ops = \{(.*?)\};", file.read(), re.S)
    names = set(re.findall(r"^\t\.(\w+)", ops, re.M)) - {"owner"}
    with open(KMOD + "/uapi/linux/kctl.h") as file:
        [enum] = re.findall(r"^enum kctl_proto_option \{(.*?)\}", file.read(), re.S | re.M)
    options = set(re.findall(r"\bKCTL_\w+", enum))
    check.true(len(names) >= 17 and len(options) >= 4, "found: %s %s" % (names, options))
    check.equal((names | options) - {row[1] for row in CALLS}, set(), "without a test")


# ---- netlink sockets that are passed to another process --------------------

ONE = u32(abi.C_NUMBER, ROOTS)

# Command, attributes, flags, and whether the owner of the channel is permitted too.
REQUESTS = [
    (abi.CMD_GET_STATUS, b"", 4, None), (abi.CMD_WATCH_START, b"", 4, False),
    (abi.CMD_WATCH_STOP, b"", 4, False), (abi.CMD_GET_CHANNELS, b"", NLM_F_DUMP, False),
    (abi.CMD_GET_WATCHERS, b"", NLM_F_DUMP, False),
    (abi.CMD_SET_CHANNEL, ONE + u32(abi.C_MODE, 0o600), 4, True),
    (abi.CMD_FLUSH_CHANNEL, ONE, 4, True), (abi.CMD_DEL_CHANNEL, ONE, 4, True),
]


def use(genl, opener_and_user, admins, same_user):
    """Both the opener and the user must be permitted: neither can make the other do what it may
    not do itself."""
    opener_and_user += ", with an address" if genl.address else ""
    for cmd, attrs, flags, owner in REQUESTS:
        allowed = admins or owner is None or (owner and same_user)
        check.equal(genl.errno_of(cmd, attrs, flags=flags), 0 if allowed else EPERM,
                    "%s: command %d" % (opener_and_user, cmd))


def opened_by_root(identity, admin, address=None):
    new_netns()
    genl = Genl()
    genl.address = address
    genl.set_channel(ROOTS)
    identity()
    use(genl, "opened by root, used by " + identity.__name__,
        admin and not in_own_netns(identity), identity is root_without_net_admin)


def open_and_send(identity, over):
    identity()
    genl = Genl()
    socket.send_fds(over, [b"x"], [genl.sock.fileno()])


def used_by_root(identity, admin, address=None):
    new_netns()
    genl = Genl()
    genl.address = address
    genl.set_channel(ROOTS)
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    reap(child(open_and_send, identity, there))
    here.setblocking(False)
    genl.sock = socket.socket(fileno=socket.recv_fds(here, 1, 1)[1][0])
    use(genl, "opened by %s, used by root" % identity.__name__, admin,
        identity is root_without_net_admin)


@case
def netlink_sockets():
    with open(KMOD + "/uapi/linux/kctl.h") as file:
        count = len(re.findall(r"^\tKCTL_CMD_\w+,", file.read(), re.M))
    # All except UNSPEC and the three commands that the kernel sends.
    check.equal(len(REQUESTS), count - 4, "commands in the table")
    for identity, admin in IDENTITIES:
        reap(child(opened_by_root, identity, admin))
        if not in_own_netns(identity):
            reap(child(used_by_root, identity, admin))


# ---- sysctls ---------------------------------------------------------------

def try_sysctls(identity, admin):
    new_netns()
    identity()
    writable = identity in (root, root_without_net_admin) or \
        (admin and not in_own_netns(identity))
    for name in os.listdir("/proc/sys/net/kctl"):
        what = "%s: sysctl %s" % (identity.__name__, name)
        value, code = sysctl(name), 0
        try:
            sysctl(name, value)
        except OSError as err:
            code = err.errno
        check.equal(code, 0 if writable else EACCES, what)
        check.equal(sysctl(name), value, what)


@case
def sysctls():
    """All users can read the sysctls, and an administrator of the namespaces of the host can
    write them."""
    for identity, admin in IDENTITIES:
        reap(child(try_sysctls, identity, admin))


@case
def store_sockets():
    """The credentials of the process that uses the socket apply, not those of its opener."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)

    def open_as_nobody():
        nobody()
        store = Store()
        socket.send_fds(there, [b"x"], [store.fd])
    reap(child(open_as_nobody))
    here.setblocking(False)
    store = Store()
    store.fd = socket.recv_fds(here, 1, 1)[1][0]
    check.error(store.set_value(b"x"), 0, "root, with a socket of nobody's")
    os.close(store.fd)
