# SPDX-License-Identifier: GPL-2.0-or-later
"""The packets that kctl and tshark both decode: those of icmp_packets.py; every type and code
with a body of random bytes; some of them truncated to every length; and packets that the kernel
drops before netfilter.

Each packet has its own source address, which identifies it and does not change its checksum.
oracle_packets.py INTERFACE MAC: send all packets, and print their number and the address of the
last one."""
import random
import socket
import struct
import sys
import time

import icmp_packets
from packets import checksum, fragment6, icmp4, icmp6, ip4, ip6

SEED = 4884

# These packets of icmp_packets.py are truncated to all lengths. Each has other contents.
CUT = ("v4-mpls", "v4-router-advertisement", "v4-timestamp-13", "v4-quoted-echo",
       "v4-extended-request-3", "v6-router-advertisement-all", "v6-redirect",
       "v6-mld-report2-sources", "v6-mld-query2", "v6-quoted-hop-by-hop", "v6-interfaces")

TYPES4 = (0, *range(3, 7), *range(8, 19), *range(30, 44), 253, 254)
TYPES6 = (*range(1, 5), 100, 101, *range(128, 162), 200, 201)


def random_bodies():
    """Types that are assigned, each with code 0 and a random code; then the other types."""
    numbers = random.Random(SEED)
    for family, types, make in ((4, TYPES4, v4), (6, TYPES6, v6)):
        for kind in range(256):
            codes = (0, numbers.randrange(1, 17)) if kind in types else (numbers.randrange(256),)
            for code in codes:
                body = bytes(numbers.randrange(256) for _ in range(numbers.randrange(120)))
                yield "v%d-random-%d-%d" % (family, kind, code), family, \
                    make(kind, code, body[:4].ljust(4, b"\0"), body[4:])


def v4(*args):
    return ip4(icmp4(*args), src=icmp_packets.SRC4, dst=icmp_packets.DST4)


def v6(*args):
    src, dst = icmp_packets.SRC6, icmp_packets.DST6
    return ip6(icmp6(*args, src=src, dst=dst), src=src, dst=dst)


def cut():
    """ICMP messages truncated to every length, with the right checksum for the remaining bytes."""
    for name, family, packet in icmp_packets.named():
        message = packet[20 if family == 4 else 40:]
        for size in range(4, len(message)) if name in CUT else ():
            part = message[:size].ljust(8, b"\0")
            made = (v4 if family == 4 else v6)(part[0], part[1], part[4:8], part[8:])
            yield "%s-cut-%d" % (name, size), family, shorten(family, made, size)


def shorten(family, packet, size):
    """Type, code and checksum are always there. The bytes that are cut off were zero."""
    header = 20 if family == 4 else 40
    if size >= 8:
        return packet
    if family == 4:
        return ip4(packet[20:20 + size], src=icmp_packets.SRC4, dst=icmp_packets.DST4)
    return ip6(packet[40:header + size], src=icmp_packets.SRC6, dst=icmp_packets.DST6)


def spoiled(packet, at, value):
    return packet[:at] + bytes([value]) + packet[at + 1:]


def unseen():
    """Packets in the capture that are not an ICMP message, or do not reach netfilter, and a
    function that spoils them at the end."""
    echo4, echo6 = icmp4(8, 0, bytes(4), b"unseen"), icmp6(128, 0, bytes(4), b"unseen")
    src4, dst4 = icmp_packets.SRC4, icmp_packets.DST4
    src6, dst6 = icmp_packets.SRC6, icmp_packets.DST6
    plain4, plain6 = ip4(echo4, src=src4, dst=dst4), ip6(echo6, src=src6, dst=dst6)
    padding = bytes(14)  # Linux accepts at most seven consecutive bytes of padding
    yield "header-checksum", 4, plain4, lambda p: spoiled(p, 10, p[10] ^ 0x55)
    yield "total-length", 4, plain4, lambda p: spoiled(p, 3, len(p) + 9)
    yield "short-message", 4, ip4(echo4[:3], src=src4, dst=dst4), None
    yield "later-fragment", 4, ip4(echo4, fragment=5, src=src4, dst=dst4), None
    yield "udp", 4, ip4(icmp_packets.PORTS, protocol=17, src=src4, dst=dst4), None
    yield "payload-length", 6, plain6, lambda p: spoiled(p, 5, len(p) - 40 + 9)
    yield "options", 6, icmp_packets.behind(0, icmp_packets.header(58, padding)), None
    yield "short-message", 6, ip6(echo6[:3], src=src6, dst=dst6), None
    yield "later-fragment", 6, icmp_packets.behind(44, fragment6(58, 8, 0, b"")), None


def with_source(number, family, packet):
    """Set a source address. Two words of an IPv6 address that add up to zero do not change a
    checksum."""
    if family == 4:
        packet = packet[:10] + b"\0\0" + struct.pack("!I", 0x0a4d0000 + number) + packet[16:]
        size = (packet[0] & 15) * 4
        return packet[:10] + struct.pack("!H", checksum(packet[:size])) + packet[12:]
    return packet[:16] + struct.pack("!HH", number, number ^ 0xffff) + packet[20:]


def source(family, packet):
    if family == 4:
        return socket.inet_ntop(socket.AF_INET, packet[12:16])
    return socket.inet_ntop(socket.AF_INET6, packet[8:24])


def packets():
    """Yield (name, family, packet)."""
    number = 0
    for part in (icmp_packets.named, random_bodies, cut):
        for name, family, packet in part():
            number += 1
            yield name, family, with_source(number, family, packet)
    for name, family, packet, spoil in unseen():
        number += 1
        packet = with_source(number, family, packet)
        yield "unseen-%d-%s" % (family, name), family, spoil(packet) if spoil else packet
    # The packet to wait for.
    yield "last", 4, with_source(number + 1, 4, v4(8, 0, b"last"))


def main(interface, mac):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    mac = bytes.fromhex(mac.replace(":", ""))
    count = 0
    for _, family, packet in packets():
        protocol = 0x0800 if family == 4 else 0x86dd
        sock.sendto(packet, (interface, protocol, 0, 0, mac))
        count += 1
        # Both listeners must see all packets, even on a slow machine.
        if count % 8 == 0:
            time.sleep(0.05)
    print(count, source(family, packet))


if __name__ == "__main__":
    main(*sys.argv[1:])
