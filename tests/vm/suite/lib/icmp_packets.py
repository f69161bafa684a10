# SPDX-License-Identifier: GPL-2.0-or-later
"""One packet of every kind that is decoded, and some that contradict their RFC, each
with a name.

icmp_packets.py hex: print them, for tests/unit/icmp.golden.
icmp_packets.py corpus DIR: write them, for tests/fuzz.
"""
import socket
import struct
import sys

from packets import address6, checksum, fragment6, icmp4, icmp6, ip4, ip6

SRC4, DST4, ROUTER4 = "192.0.2.1", "192.0.2.2", "192.0.2.254"
SRC6, DST6, ROUTER6 = "2001:db8::1", "2001:db8::2", "fe80::fe"
MAC = bytes.fromhex("02005e000001")


def message4(*args, **kwargs):
    return ip4(icmp4(*args, **kwargs), src=SRC4, dst=DST4)


def message6(*args, **kwargs):
    return ip6(icmp6(*args, src=SRC6, dst=DST6, **kwargs), src=SRC6, dst=DST6)


def inner4(protocol, payload, fragment=0, options=b""):
    return ip4(payload, protocol=protocol, fragment=fragment, options=options,
               ihl=5 + len(options) // 4, src=DST4, dst="198.51.100.7")


def inner6(protocol, payload):
    return ip6(payload, next_header=protocol, src=DST6, dst="2001:db8:1::7")


PORTS = struct.pack("!HHII", 51234, 443, 12345, 0)
UDP4, UDP6 = inner4(17, PORTS), inner6(17, PORTS)
ECHO = struct.pack("!BBHHH", 8, 0, 0, 7, 9)
ECHO6 = struct.pack("!BBHHH", 128, 0, 0, 7, 9)


# ---- extensions ------------------------------------------------------------

def obj(kind, ctype, payload=b""):
    return struct.pack("!HBB", 4 + len(payload), kind, ctype) + payload


def extensions(*objects, version=2, bad=0, zero=False):
    body = struct.pack("!HH", version << 12, 0) + b"".join(objects)
    value = 0 if zero else checksum(body) ^ bad
    return body[:2] + struct.pack("!H", value) + body[4:]


def labels(*entries):
    """Each entry is (label, traffic class, ttl)."""
    return obj(1, 1, b"".join(
        struct.pack("!I", label << 12 | traffic << 9 | (n == len(entries) - 1) << 8 | ttl)
        for n, (label, traffic, ttl) in enumerate(entries)))


def afi4(address):
    return struct.pack("!HH", 1, 0) + socket.inet_aton(address)


def afi6(address):
    return struct.pack("!HH", 2, 0) + address6(address)


def sized_name(text):
    size = 1 + len(text) + 3 & ~3
    return bytes([size]) + text.ljust(size - 1, b"\0")


def interface(role, index=None, address=None, name=None, mtu=None):
    """Interface information, RFC 5837."""
    ctype, payload = role << 6, b""
    for bit, part in ((8, index), (4, address), (2, name), (1, mtu)):
        if part is not None:
            ctype |= bit
            payload += part
    return obj(2, ctype, payload)


STACK = extensions(labels((16, 5, 64), (1048575, 0, 1)))
INTERFACES = extensions(
    interface(0, struct.pack("!I", 3), afi4("10.0.0.1"), sized_name(b"eth0"),
              struct.pack("!I", 1500)),
    interface(2, name=sized_name(b"wan")), interface(3, address=afi6("2001:db8::5")))
NODE = extensions(obj(5, 6, afi4("192.0.2.9") + sized_name(b"r1.example")))
STRANGE = extensions(obj(6, 1, b"what"), obj(247, 0), obj(4, 1, struct.pack("!I", 70)))


def multipart4(kind, code, rest, structure, size=128, quoted=UDP4, length=None):
    """REST has four bytes. The second one is replaced by the length."""
    rest = rest[:1] + bytes([size // 4 if length is None else length]) + rest[2:]
    return message4(kind, code, rest, quoted[:size].ljust(size, b"\0") + structure)


def multipart6(kind, code, structure, size=128, quoted=UDP6, length=None):
    return message6(kind, code, bytes([size // 8 if length is None else length, 0, 0, 0]),
                    quoted.ljust(size, b"\0") + structure)


# ---- neighbour discovery ---------------------------------------------------

def option(kind, body):
    body += bytes(-(len(body) + 2) % 8)
    return bytes([kind, (len(body) + 2) // 8]) + body


def prefix_option(length=64, flags=0xc0, valid=86400, preferred=14400, prefix="2001:db8::"):
    return option(3, struct.pack("!BBIII", length, flags, valid, preferred, 0) +
                  address6(prefix))


def names(*domains):
    return b"".join(b"".join(bytes([len(x)]) + x for x in d.split(b".")) + b"\0"
                    for d in domains)


LINK = option(1, MAC)
TARGET = option(2, MAC)
MTU = option(5, struct.pack("!HI", 0, 1480))
SERVERS = option(25, struct.pack("!HI", 0, 1800) + address6("2001:db8::53") +
                 address6("2001:db8::54"))
SEARCH = option(31, struct.pack("!HI", 0, 0xffffffff) + names(b"example.org", b"lan"))
ROUTE = option(24, struct.pack("!BBI", 48, 0x08, 600) + address6("2001:db8:2::")[:8])
PORTAL = option(37, b"https://example.org/api")
PREF64 = option(38, struct.pack("!H", 600 | 0) + address6("64:ff9b::")[:12])
NONCE = option(14, b"nonce!")
PARAMETERS = (struct.pack("!HH", 1, 6) + b"\2h2\2h3" + struct.pack("!HHH", 3, 2, 853) +
              struct.pack("!HH", 7, 16) + b"/dns-query{?dns}" + struct.pack("!HH", 257, 0))
RESOLVER_NAME = struct.pack("!HIH", 1, 1800, 13) + names(b"dns.example")
ENCRYPTED = option(144, RESOLVER_NAME + struct.pack("!H", 16) + address6("2001:db8::53") +
                   struct.pack("!H", len(PARAMETERS)) + PARAMETERS)
ENCRYPTED_NAME = option(144, RESOLVER_NAME)

# Options whose length or contents contradict their RFC.
WRONG_OPTIONS = (
    ("servers-none", option(25, struct.pack("!HI", 0, 1800))),
    ("servers-half", option(25, struct.pack("!HI", 0, 1800) + address6("2001:db8::53")[:8])),
    ("prefix-short", option(3, struct.pack("!BBIII", 64, 0xc0, 1, 1, 0) +
                            address6("2001:db8::")[:8])),
    ("prefix-long", prefix_option(129)),
    ("route-short", option(24, struct.pack("!BBI", 64, 0, 600))),
    ("route-long", option(24, struct.pack("!BBI", 129, 0, 600) + address6("2001:db8::"))),
    ("pref64-code", option(38, struct.pack("!H", 600 | 6) + address6("64:ff9b::")[:12])),
    ("pref64-short", option(38, struct.pack("!H", 600) + address6("64:ff9b::")[:4])),
    ("search-cut", option(31, struct.pack("!HI", 0, 9) + b"\x07example")),
    ("search-pointer", option(31, struct.pack("!HI", 0, 9) + b"\3lan\xc0\0")),
    ("mtu", option(5, bytes(14))),
    ("link", option(1, bytes(30))),
)


def router_body(hop_limit=64, flags=0xc8, lifetime=1800, reachable=30000, retransmit=1000):
    return struct.pack("!BBH", hop_limit, flags, lifetime), \
        struct.pack("!II", reachable, retransmit)


def router(*options, **kwargs):
    rest, body = router_body(**kwargs)
    return message6(134, 0, rest, body + b"".join(options))


def neighbor(kind, flags, target, *options):
    return message6(kind, 0, bytes([flags, 0, 0, 0]), address6(target) + b"".join(options))


def redirect6(*options):
    return message6(137, 0, bytes(4), address6(ROUTER6) + address6("2001:db8:9::1") +
                    b"".join(options))


def redirected(packet):
    return option(4, bytes(6) + packet)


# ---- multicast listeners ---------------------------------------------------

def record(kind, group, *sources, auxiliary=b""):
    return struct.pack("!BBH", kind, len(auxiliary) // 4, len(sources)) + address6(group) + \
        b"".join(address6(s) for s in sources) + auxiliary


def report(*records):
    return message6(143, 0, struct.pack("!HH", 0, len(records)), b"".join(records))


def query(group, delay=10000, tail=b""):
    return message6(130, 0, struct.pack("!HH", delay, 0), address6(group) + tail)


def query2(group, *sources, delay=10000, flags=2, interval=125):
    return query(group, delay, struct.pack("!BBH", flags, interval, len(sources)) +
                 b"".join(address6(s) for s in sources))


# ---- IPv6 extension headers ------------------------------------------------

PADDING = bytes([1, 4, 0, 0, 0, 0])


def header(next_header, body):
    """A hop-by-hop, destination options or routing header. The length is in units of 8 bytes,
    minus one."""
    return bytes([next_header, (len(body) + 2) // 8 - 1]) + body


def routing(kind, left, body, next_header=58):
    return header(next_header, bytes([kind, left]) + body)


def routed(kind, left, body, final):
    """An echo request on its way to the final destination."""
    message = icmp6(128, 0, ECHO6[4:], b"routed", src=SRC6, dst=final)
    return ip6(routing(kind, left, body) + message, next_header=43, src=SRC6, dst=DST6)


def behind(next_header, headers, **kwargs):
    message = icmp6(128, 0, ECHO6[4:], b"behind", src=SRC6, dst=DST6)
    return ip6(headers + message, next_header=next_header, src=SRC6, dst=DST6, **kwargs)


def at_home(home):
    """An echo request of a mobile node away from home, RFC 6275."""
    message = icmp6(128, 0, ECHO6[4:], b"mobile", src=home, dst=DST6)
    options = header(58, bytes([1, 2, 0, 0, 201, 16]) + address6(home))
    return ip6(options + message, next_header=60, src=SRC6, dst=DST6)


AUTHENTICATION = struct.pack("!BBHIII", 58, 4, 0, 1, 2, 3) + bytes(8)


# ---- all of them -----------------------------------------------------------

def id_seq(first, second):
    return struct.pack("!HH", first, second)


def v4():
    yield "echo-reply", message4(0, 0, id_seq(0xabcd, 1), b"data")
    yield "echo-request", message4(8, 0, id_seq(7, 65535), b"odd")
    for code in range(16):
        yield "unreachable-%d" % code, message4(3, code, id_seq(0, 1400), UDP4)
    yield "source-quench", message4(4, 0, bytes(4), UDP4)
    for code in range(4):
        yield "redirect-%d" % code, message4(5, code, socket.inet_aton(ROUTER4), UDP4)
    yield "alternate-host", message4(6, 0, bytes(4), b"\x0a\0\0\1")
    yield "router-advertisement", message4(
        9, 0, struct.pack("!BBH", 2, 2, 1800),
        socket.inet_aton(ROUTER4) + struct.pack("!i", 0) +
        socket.inet_aton("192.0.2.253") + struct.pack("!i", -5))
    yield "router-advertisement-16", message4(9, 16, struct.pack("!BBH", 0, 2, 30))
    yield "router-solicitation", message4(10)
    for code in range(2):
        yield "time-exceeded-%d" % code, message4(11, code, bytes(4), UDP4)
    for code in range(3):
        yield "parameter-problem-%d" % code, message4(12, code, b"\x14\0\0\0", UDP4)
    for kind in (13, 14):
        yield "timestamp-%d" % kind, message4(kind, 0, id_seq(7, 8),
                                              struct.pack("!III", 36000000, 36000001, 5))
    for kind in (15, 16, 37, 38):
        yield "id-seq-%d" % kind, message4(kind, 0, id_seq(7, 8))
    for kind in (17, 18):
        yield "mask-%d" % kind, message4(kind, 0, id_seq(7, 8), b"\xff\xff\xff\0")
    for code in range(2):
        yield "traceroute-%d" % code, message4(30, code, id_seq(7, 0), struct.pack(
            "!HHII", 3, 65535, 12500000, 1500))
    for code in range(12):
        yield "conversion-%d" % code, message4(31, code, struct.pack("!I", 20), UDP4)
    for kind in (32, 33, 34, 35, 36, 39, 41, 253, 254):
        yield "plain-%d" % kind, message4(kind, 0, b"any!", b"thing")
    for code in range(6):
        yield "photuris-%d" % code, message4(40, code, id_seq(0, 20), UDP4)
    yield "unknown", message4(77, 5, b"any!", b"thing")


def v4_quoted():
    for name, protocol, payload in (
            ("tcp", 6, PORTS), ("udp", 17, PORTS), ("dccp", 33, PORTS), ("sctp", 132, PORTS),
            ("udplite", 136, PORTS), ("echo", 1, ECHO), ("gre", 47, bytes(8)),
            ("esp", 50, bytes(8)), ("unassigned", 200, bytes(8)),
            ("timestamp", 1, struct.pack("!BBHHHIII", 13, 0, 0, 7, 9, 1, 2, 3)),
            ("extended-echo", 1, struct.pack("!BBHHBB", 42, 0, 0, 7, 9, 1)),
            ("router-solicitation", 1, struct.pack("!BBHI", 10, 0, 0, 0))):
        yield "quoted-" + name, message4(11, 0, bytes(4), inner4(protocol, payload))
    yield "quoted-fragment", message4(11, 1, bytes(4), inner4(17, PORTS, fragment=0x00b9))
    yield "quoted-options", message4(3, 3, bytes(4), inner4(17, PORTS, options=b"\1" * 4))


def v4_extended():
    yield "mpls", multipart4(11, 0, bytes(4), STACK)
    yield "mpls-unreachable", multipart4(3, 4, id_seq(0, 1400), STACK)
    yield "interfaces", multipart4(11, 0, bytes(4), INTERFACES)
    yield "node", multipart4(11, 0, bytes(4), NODE)
    yield "interface-short", multipart4(11, 0, bytes(4), extensions(obj(2, 8, b"\0\0")))
    yield "interface-escape", multipart4(11, 0, bytes(4), extensions(
        interface(1, name=sized_name(b"\033[31m"), mtu=bytes(4))))
    yield "extended-problem", multipart4(12, 0, b"\x14\0\0\0", STRANGE)
    yield "extensions-bad", multipart4(11, 0, bytes(4), extensions(
        labels((1, 2, 3)), bad=0x5555))
    yield "extensions-unchecked", multipart4(11, 0, bytes(4), extensions(
        labels((1, 2, 3)), zero=True))
    yield "extensions-none", multipart4(11, 0, bytes(4), b"")
    yield "extensions-far", multipart4(11, 0, bytes(4), STACK, 256, inner4(6, PORTS + bytes(300)))
    yield "length-without-padding", multipart4(11, 0, bytes(4), STACK, length=17)
    yield "length-in-bytes", multipart4(11, 0, bytes(4), STACK, length=128)
    yield "length-and-bad", multipart4(11, 0, bytes(4), extensions(
        labels((1, 2, 3)), bad=0x5555), length=17)
    yield "legacy", message4(11, 0, bytes(4), UDP4.ljust(128, b"\0") + STACK)
    yield "legacy-not", message4(11, 0, bytes(4), inner4(17, bytes(range(160))))
    for name, ctype, what in (("1", 1, b"eth0\0\0\0\0"), ("2", 2, struct.pack("!I", 3)),
                              ("3", 3, b"\0\1\4\0\x0a\0\0\1"),
                              ("mac", 3, b"\0\6\6\0" + MAC + b"\0\0")):
        yield "extended-request-" + name, message4(
            42, 0, struct.pack("!HBB", 7, 9, 1), extensions(obj(3, ctype, what)))
    for code in range(5):
        yield "extended-reply-%d" % code, message4(
            43, code, struct.pack("!HBB", 7, 9, 0x40 | code))


def v4_strange():
    yield "options", ip4(icmp4(8, 0, id_seq(7, 8)), ihl=6, options=b"\1\1\1\0", src=SRC4,
                         dst=DST4)
    yield "first-fragment", ip4(icmp4(8, 0, id_seq(7, 8), bytes(16)), fragment=0x2000,
                                src=SRC4, dst=DST4)
    good = message4(8, 0, id_seq(7, 8), b"damaged")
    yield "bad-checksum", good[:-1] + b"!"
    yield "router-entries", message4(9, 0, struct.pack("!BBH", 1, 1, 30), bytes(4))


def v6():
    for code in range(10):
        yield "unreachable-%d" % code, message6(1, code, bytes(4), UDP6)
    yield "too-big", message6(2, 0, struct.pack("!I", 1280), UDP6)
    for code in range(2):
        yield "time-exceeded-%d" % code, message6(3, code, bytes(4), UDP6)
    for code in range(11):
        yield "parameter-problem-%d" % code, message6(4, code, struct.pack("!I", 40), UDP6)
    yield "echo-request", message6(128, 0, id_seq(0xabcd, 1), b"data")
    yield "echo-reply", message6(129, 0, id_seq(7, 65535), b"odd")
    for kind, codes in ((138, (0, 1, 255)), (139, (0, 1, 2)), (140, (0, 1, 2)),
                        (155, (*range(11), *range(0x80, 0x86), 0x87, 0x88, 0x8a)),
                        (157, range(5)), (158, range(5))):
        for code in codes:
            yield "plain-%d-%d" % (kind, code), message6(kind, code, b"any!", bytes(20))
    for kind in range(144, 150):
        yield "id-%d" % kind, message6(kind, 0, id_seq(7, 0), bytes(16))
    for kind in (100, 101, 150, 151, 152, 153, 154, 156, 159, 200, 201):
        yield "plain-%d" % kind, message6(kind, 0, b"any!", bytes(28))
    yield "unknown", message6(77, 5, b"any!", b"thing")


def v6_discovery():
    yield "router-solicitation", message6(133, 0, bytes(4), LINK)
    yield "router-advertisement", router(LINK, MTU, prefix_option())
    yield "router-advertisement-all", router(
        prefix_option(128, 0, 0xffffffff, 0xffffffff), ROUTE, SERVERS, SEARCH, PORTAL, PREF64,
        NONCE, option(99, b"what??"), flags=0x3c, reachable=0, retransmit=0, lifetime=0)
    yield "router-advertisement-flags", router(prefix_option(64, 0xf0), flags=0x02)
    yield "router-advertisement-encrypted", router(ENCRYPTED, ENCRYPTED_NAME)
    for name, wrong in WRONG_OPTIONS:
        yield "wrong-" + name, router(wrong)
    yield "neighbor-solicitation", neighbor(135, 0, DST6, LINK)
    yield "neighbor-solicitation-bare", neighbor(135, 0, DST6)
    yield "neighbor-advertisement", neighbor(136, 0xe0, DST6, TARGET)
    yield "neighbor-advertisement-bare", neighbor(136, 0x20, DST6)
    yield "redirect", redirect6(TARGET, redirected(UDP6))
    yield "redirect-bare", redirect6()
    addresses = bytes(6) + address6(SRC6) + address6(DST6)
    yield "inverse-solicitation", message6(141, 0, bytes(4), LINK + TARGET + option(9, addresses))
    yield "inverse-advertisement", message6(142, 0, bytes(4),
                                            LINK + TARGET + option(10, addresses))
    yield "mld-query-all", query("::")
    yield "mld-query", query("ff02::1:3", 1000)
    yield "mld-query2-all", query2("::")
    yield "mld-query2", query2("ff05::2", SRC6, DST6, delay=0x8123, flags=0x0a, interval=0x8a)
    yield "mld-report", message6(131, 0, bytes(4), address6("ff02::1:3"))
    yield "mld-done", message6(132, 0, bytes(4), address6("ff02::1:3"))
    yield "mld-report2", report(*(record(kind, "ff02::%x" % kind) for kind in range(1, 8)))
    yield "mld-report2-sources", report(
        record(3, "ff05::1", SRC6, DST6), record(6, "ff05::2", SRC6, auxiliary=b"aux!"))
    yield "mld-report2-none", report()


def v6_quoted():
    for name, protocol, payload in (
            ("tcp", 6, PORTS), ("sctp", 132, PORTS), ("echo", 58, ECHO6),
            ("neighbor-solicitation", 58, bytes([135, 0, 0, 0]) + bytes(20)),
            ("esp", 50, bytes(8)), ("nothing", 59, b""),
            ("fragment", 44, fragment6(17, 1448, 0, PORTS)),
            ("first-fragment", 44, fragment6(17, 0, 1, PORTS)),
            ("hop-by-hop", 0, header(17, PADDING) + PORTS),
            ("routed", 43, routing(0, 1, bytes(4) + address6(SRC6), 6) + PORTS)):
        yield "quoted-" + name, message6(3, 0, bytes(4), inner6(protocol, payload))
    yield "mpls", multipart6(3, 0, STACK)
    yield "interfaces", multipart6(1, 0, INTERFACES)
    yield "extended-strange", multipart6(1, 8, STRANGE)
    yield "length-without-padding", multipart6(3, 0, STACK, length=7)
    yield "length-in-bytes", multipart6(3, 0, STACK, length=128)
    yield "legacy", message6(3, 0, bytes(4), UDP6.ljust(128, b"\0") + STACK)
    yield "extended-request", message6(160, 0, struct.pack("!HBB", 7, 9, 0), extensions(
        obj(3, 3, struct.pack("!HBB", 2, 16, 0) + address6(DST6))))
    for code in range(5):
        yield "extended-reply-%d" % code, message6(161, code, struct.pack(
            "!HBB", 7, 9, code + 2 << 5 | 7))


def v6_headers():
    yield "hop-by-hop", behind(0, header(58, PADDING))
    yield "destination-options", behind(60, header(58, PADDING))
    yield "authentication", behind(51, AUTHENTICATION)
    yield "atomic-fragment", behind(44, fragment6(58, 0, 0, b""))
    yield "first-fragment", behind(44, fragment6(58, 0, 1, b""))
    yield "chain", behind(0, header(60, PADDING) + header(44, PADDING) +
                          fragment6(58, 0, 0, b""))
    final = "2001:db8:f::1"
    path = address6("2001:db8:5::1") + address6(final)
    yield "routing-0", routed(0, 2, bytes(4) + path, final)
    yield "routing-0-arrived", routed(0, 0, bytes(4) + path, DST6)
    yield "routing-2", routed(2, 1, bytes(4) + address6(final), final)
    rpl = "2001:db8::ff:7"
    yield "routing-3", routed(3, 1, b"\xcc\x40\0\0" + address6(rpl)[12:] + bytes(4), rpl)
    yield "routing-4", routed(4, 1, b"\1\0\0\0" + address6(final) + address6(DST6), final)
    yield "routing-unknown", routed(99, 1, bytes(4) + path, final)
    yield "home-address", at_home("2001:db8:40::e")
    good = message6(128, 0, id_seq(7, 8), b"damaged")
    yield "bad-checksum", good[:-1] + b"!"
    yield "bad-option", message6(133, 0, bytes(4), LINK + bytes([5, 0]) + bytes(6))
    yield "cut-option", message6(133, 0, bytes(4), LINK + bytes([3, 4]) + bytes(6))


def named():
    """Yield (name, family, packet)."""
    for part in (v4, v4_quoted, v4_extended, v4_strange):
        for name, packet in part():
            yield "v4-" + name, 4, packet
    for part in (v6, v6_discovery, v6_quoted, v6_headers):
        for name, packet in part():
            yield "v6-" + name, 6, packet


def main(action, where=None):
    for name, family, packet in named():
        if action == "hex":
            print("# %s\n%d %s\n" % (name, family, packet.hex()))
        else:
            with open("%s/%s" % (where, name), "wb") as file:
                file.write(bytes([family]) + packet)


if __name__ == "__main__":
    main(*sys.argv[1:])
