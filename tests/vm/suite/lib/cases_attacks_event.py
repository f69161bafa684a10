# SPDX-License-Identifier: GPL-2.0-or-later
"""Attacks on events of channels: keeping the events of others from being sent."""
import os
import socket
import struct
import sys

import abi
from cases_event import Listener
from genl import NETLINK_ADD_MEMBERSHIP, NLM_F_REQUEST, SOL_NETLINK, Genl, parse_attrs, u32
from harness import case, check, child
from identities import userns_root_own_netns

# More namespaces than the module sends events of at a time. Each event takes long with so many
# listeners.
FLOODS = 5
LISTENERS = 200 if os.environ.get("KCTL_DEBUG") else 800
AT_ONCE = 400


def number_of_group(genl):
    groups = [dict(parse_attrs(part)) for _, part in parse_attrs(genl.describe()[7])]
    return next(int.from_bytes(have[2], sys.byteorder) for have in groups
                if have[1] == b"proto\0")


def flood(go):
    """Cause events without end in a network namespace that a user created."""
    userns_root_own_netns()
    genl = Genl()
    number = number_of_group(genl)
    crowd = [socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16) for _ in range(LISTENERS)]
    for listener in crowd:
        listener.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, number)
    attrs = u32(abi.C_NUMBER, 5)
    request = struct.pack("=IHHIIBBH", 20 + len(attrs), genl.family, NLM_F_REQUEST, 0, 0,
                          abi.CMD_SET_CHANNEL, 1, 0) + attrs
    genl.sock.settimeout(None)
    genl.sock.send(request * AT_ONCE)
    os.write(go, b"x")
    while True:
        genl.sock.send(request * AT_ONCE)


@case
def flood_elsewhere():
    """Listeners on the host get its events in time, whatever users do in other namespaces."""
    started, go = os.pipe()
    for _ in range(FLOODS):
        child(flood, go)
    for _ in range(FLOODS):
        os.read(started, 1)
    listener, genl = Listener(), Genl()
    check.error(genl.set_channel(5), 0, "create")
    listener.expect("create", ("created", 5), ("set", 5))
    for turn in range(6):
        check.error(genl.set_channel(5), 0, "set")
        listener.expect("turn %d" % turn, ("set", 5))
    check.error(genl.delete_channel(5), 0, "delete")
    listener.expect("end", ("deleted", 5), ("ended", 5))
