# SPDX-License-Identifier: GPL-2.0-or-later
"""IPv4 and IPv6 packets, good and bad, built by hand."""
import socket
import struct
import time

ECHO4, REPLY4, UNREACHABLE4 = 8, 0, 3
ECHO6, REPLY6 = 128, 129
LO4, LO6 = "127.0.0.1", "::1"


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def icmp4(kind, code=0, rest=b"\0\0\0\0", payload=b""):
    head = struct.pack("!BBH", kind, code, 0) + rest + payload
    return head[:2] + struct.pack("!H", checksum(head)) + head[4:]


def icmp6(kind, code=0, rest=b"\0\0\0\0", payload=b"", src=LO6, dst=LO6):
    head = struct.pack("!BBH", kind, code, 0) + rest + payload
    pseudo = address6(src) + address6(dst) + struct.pack("!II", len(head), 58)
    return head[:2] + struct.pack("!H", checksum(pseudo + head)) + head[4:]


def address6(text):
    return socket.inet_pton(socket.AF_INET6, text)


def ip4(payload, fragment=0, protocol=1, ihl=5, options=b"", src=LO4, dst=LO4):
    """FRAGMENT is the value of the field: flags and offset / 8."""
    size = 20 + len(options) + len(payload)
    head = struct.pack("!BBHHHBBH4s4s", 4 << 4 | ihl, 0, size, 77, fragment, 64, protocol,
                       0, socket.inet_aton(src), socket.inet_aton(dst)) + options
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def ip6(payload, next_header=58, src=LO6, dst=LO6, length=None):
    length = len(payload) if length is None else length
    return struct.pack("!IHBB", 6 << 28, length, next_header, 64) + \
        address6(src) + address6(dst) + payload


def fragment6(next_header, offset, more, payload):
    """OFFSET is in bytes."""
    return struct.pack("!BBHI", next_header, 0, offset | more, 99) + payload


def options6(next_header, payload, size=8):
    """A hop-by-hop or destination options header full of padding."""
    return bytes([next_header, size // 8 - 1]) + bytes(size - 2) + payload


class Pinger:
    """Send echo requests over lo. The kernel usually replies to each before send() returns."""

    def __init__(self):
        self.sock4 = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        self.sock6 = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 58)
        self.seq = 0

    def close(self):
        self.sock4.close()
        self.sock6.close()

    def rest(self):
        self.seq = self.seq + 1 & 0xffff
        return struct.pack("!HH", 0x6b63, self.seq)

    def ping4(self, payload=b"", times=1):
        for _ in range(times):
            self.sock4.sendto(icmp4(ECHO4, rest=self.rest(), payload=payload), (LO4, 0))

    def ping6(self, payload=b"", times=1):
        for _ in range(times):
            self.sock6.sendto(icmp6(ECHO6, rest=self.rest(), payload=payload), (LO6, 0))


def ping_for_ever(both=False, pause=0):
    """Ping over IPv4, or both families, until the process is killed."""
    pinger = Pinger()
    while True:
        pinger.ping4()
        if both:
            pinger.ping6()
        if pause:
            time.sleep(pause)


class RawSender:
    """Send whole packets, including the IP header, over lo. The kernel fills in the length and
    the checksum of an IPv4 header, and checks little else."""

    def __init__(self):
        self.sock4 = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        self.sock6 = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)

    def close(self):
        self.sock4.close()
        self.sock6.close()

    def send4(self, packet):
        self.sock4.sendto(packet, (LO4, 0))

    def send6(self, packet):
        self.sock6.sendto(packet, (LO6, 0))


class Injector:
    """Put any bytes on lo, as if they had arrived there."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)

    def send(self, packet, protocol=0x0800):
        self.sock.sendto(packet, ("lo", protocol, 0, 0, bytes(6)))
