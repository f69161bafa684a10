# SPDX-License-Identifier: GPL-2.0-or-later
"""
Packets for a watch to see.

  flood.py ping ADDRESS COUNT     COUNT echo requests, numbered from 1
  flood.py bursts ADDRESS COUNT   the same, in bursts; waits for the watchers in between
  flood.py forever ADDRESS        without end
  flood.py filters                types 8 and 13, codes 0 and I, to 127.0.I.1 and .2, for
                                  I from 1 to 64; the answers go to 127.0.0.1
  flood.py extended               two errors: over IPv4 with MPLS labels, over IPv6 with
                                  interfaces
"""
import itertools
import socket
import struct
import sys

from genl import waiting_in_buffers
from icmp_packets import INTERFACES, STACK, multipart4, multipart6
from harness import eventually
from packets import icmp4

# The records of this many requests fit into the receive buffer of a watcher.
BURST = 5000


def request(seq, kind=8, code=0):
    payload = bytes(12) if kind == 13 else b""
    return icmp4(kind, code, struct.pack("!HH", 0x6b63, seq & 0xffff), payload)


def ping(sock, address, count, burst):
    for seq in range(1, count + 1):
        sock.sendto(request(seq), (address, 0))
        if seq % burst == 0 and not eventually(lambda: not waiting_in_buffers(), 60):
            sys.exit("a watcher does not read")


def send(sock, packet, address):
    """Ignore errors: the test deletes the interface."""
    try:
        sock.sendto(packet, (address, 0))
    except OSError:
        pass


def send_extended():
    """Send the messages without their IP headers: the kernel adds new ones."""
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as sock:
        sock.sendto(multipart4(11, 0, bytes(4), STACK)[20:], ("127.0.0.1", 0))
    with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as sock:
        sock.sendto(multipart6(3, 0, INTERFACES)[40:], ("::1", 0))


def main(verb, address="127.0.0.1", count=None):
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    # The replies of the kernel are not read.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    if verb == "ping":
        ping(sock, address, int(count), int(count) + 1)
    elif verb == "bursts":
        ping(sock, address, int(count), BURST)
    elif verb == "forever":
        for seq in itertools.count():
            send(sock, request(seq), address)
    elif verb == "extended":
        send_extended()
    else:
        for net in range(1, 65):
            for host, kind, code in itertools.product((1, 2), (8, 13), (0, net)):
                send(sock, request(1, kind, code), "127.0.%d.%d" % (net, host))


if __name__ == "__main__":
    main(*sys.argv[1:])
