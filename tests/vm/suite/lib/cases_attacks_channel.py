# SPDX-License-Identifier: GPL-2.0-or-later
"""What an attacker tries on channels: starve those who poll, and make others wait."""
import array
import fcntl
import socket

from cases_channel import SIOCOUTQ
from channel import Channel
from genl import Genl
from harness import case, check, sysctl

DONTWAIT = socket.MSG_DONTWAIT
MIB = 1 << 20


def outq(sock):
    answer = array.array("i", [-1])
    fcntl.ioctl(sock.fd, SIOCOUTQ, answer)
    return answer[0]


@case
def outq_of_2_gib():
    """SIOCOUTQ answers at most INT_MAX. Needs more memory than the usual guest has."""
    sysctl("proto_max_bytes", 4096 * MIB)
    sysctl("channel_max_bytes", 4095 * MIB)
    sysctl("channel_max_messages", 4096)
    with Channel(bound=5) as sock:
        for count in 2047, 1:
            for _ in range(count):
                check.error(sock.send(bytes(MIB), DONTWAIT), 0, "send")
            held = Genl().channels()[0].bytes
            check.equal(outq(sock), min(held, 2**31 - 1), "SIOCOUTQ of %d bytes" % held)
        Genl().delete_channel(5)
