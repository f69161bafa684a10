# SPDX-License-Identifier: GPL-2.0-or-later
"""The watch: the whole filter, sampling, coalescing, and the list of watchers."""
import ipaddress
import os
import random
import signal
import socket
import struct
import subprocess
import time

from abi import CMD_WATCH_START, COALESCE_DEFAULT, COALESCE_MAX, IN, OUT, SNAPLEN_DEFAULT, \
    W_CODE, W_COALESCE, W_DELIVERED, W_DIRECTION, W_DST, W_DST_LEN, W_FAMILY, W_HOST, \
    W_HOST_LEN, W_IFINDEX, W_LOST, W_MATCHED, W_PORT, W_SAMPLE, W_SNAPLEN, W_SRC, W_SRC_LEN, \
    W_TYPES4, W_TYPES6
from channel import status
from genl import Genl, Watcher, attr, u32
from harness import case, check, child, eventually, kill_children, new_netns, reap, sysctl
from packets import ECHO4, Pinger, RawSender, icmp4, icmp6, ip4, ip6, ping_for_ever

LO = socket.if_nametoindex("lo")


def prefix(kind, text):
    network = ipaddress.ip_network(text)
    return attr(kind, network.network_address.packed) + u32(kind + 1, network.prefixlen)


HOOKS = [
    (b"", 4), (u32(W_FAMILY, 2), 2), (u32(W_FAMILY, 10), 2), (u32(W_DIRECTION, IN), 2),
    (u32(W_DIRECTION, OUT), 2), (u32(W_FAMILY, 2) + u32(W_DIRECTION, IN), 1),
    (prefix(W_SRC, "10.0.0.0/8"), 2), (prefix(W_DST, "::/0"), 2),
    (prefix(W_DST, "fe80::/10") + u32(W_DIRECTION, OUT), 1), (attr(W_TYPES4, b"\0"), 4),
]


@case
def hooks():
    """Only the hooks that a watcher needs are registered."""
    for attrs, count in HOOKS:
        watcher = Watcher(attrs)
        check.equal(status()["hooks"], count, "hooks of %s" % attrs.hex())
        watcher.stop()
        check.equal(status()["hooks"], 0, "hooks, after it stopped")
        watcher.close()
    ins = [Watcher(u32(W_FAMILY, 2), u32(W_DIRECTION, IN)) for _ in range(3)]
    both = Watcher(u32(W_FAMILY, 2))
    check.equal(status()["hooks"], 2, "hooks of several")
    both.close()
    check.true(eventually(lambda: status()["hooks"] == 1), "one has gone")
    for watcher in ins[:2]:
        watcher.stop()
    Pinger().ping4()
    check.equal(len(ins[2].collect(2)), 2, "the last one gets what it asked for")


def addresses(draw, family):
    """Return addresses, some of which share long prefixes."""
    size = 4 if family == 2 else 16
    base = bytearray([10] + [draw.randrange(256) for _ in range(size - 1)])
    found = [bytes(base)]
    for bit in range(8, 8 * size, 3 if size == 4 else 11):
        other = bytearray(base)
        other[bit // 8] ^= 0x80 >> bit % 8
        found.append(bytes(other))
    return found


# The addresses, source or destination, that a prefix is compared with.
ENDS = {W_SRC: slice(0, 1), W_DST: slice(1, 2), W_HOST: slice(0, 2)}


def check_prefixes(family, send, make):
    draw = random.Random(4)
    seen = addresses(draw, family)
    networks = []
    for number in range(48):
        kind = (W_SRC, W_DST, W_HOST)[number % 3]
        address = ipaddress.ip_address(draw.choice(seen))
        bits = draw.randrange(address.max_prefixlen + 1)
        networks.append((kind, ipaddress.ip_network((address, bits), strict=False)))
    watchers = [Watcher(prefix(kind, net), u32(W_DIRECTION, OUT)) for kind, net in networks]
    packets = [(draw.choice(seen), draw.choice(seen)) for _ in range(60)]
    for src, dst in packets:
        send(make(src, dst))
    for (kind, net), watcher in zip(networks, watchers):
        expected = [p for p in packets if any(ipaddress.ip_address(a) in net
                                              for a in p[ENDS[kind]])]
        records = watcher.finish()[0]
        at, size = (12, 4) if family == 2 else (8, 16)
        check.equal([(r.packet[at:at + size], r.packet[at + size:at + 2 * size])
                     for r in records], expected, "attribute %d: %s" % (kind, net))


@case
def prefixes():
    """Prefixes of every length, of source and destination, compared with Python's ipaddress."""
    raw = RawSender()
    inet, inet6 = socket.inet_ntoa, lambda a: socket.inet_ntop(socket.AF_INET6, a)
    check_prefixes(2, raw.send4, lambda src, dst: ip4(icmp4(200), src=inet(src),
                                                      dst=inet(dst)))
    check_prefixes(10, raw.send6, lambda src, dst: ip6(icmp6(200), src=inet6(src),
                                                       dst=inet6(dst)))


# Filters, and how many of the 8 packets of a ping to ::1 and 127.0.0.1 match.
ONE_OF_ALL = [
    (u32(W_IFINDEX, LO), 8), (u32(W_IFINDEX, LO + 1), 0), (u32(W_IFINDEX, 0xffffffff), 0),
    (u32(W_CODE, 0), 8), (u32(W_CODE, 1), 0), (u32(W_CODE, 255), 0),
    (attr(W_SRC, socket.inet_aton("127.0.0.1")), 4), (prefix(W_SRC, "127.0.0.0/8"), 4),
    (prefix(W_SRC, "0.0.0.0/0"), 4), (prefix(W_DST, "::/0"), 4), (prefix(W_DST, "::1/128"), 4),
    (prefix(W_SRC, "::2/128"), 0), (prefix(W_SRC, "127.0.0.1/32") +
                                    prefix(W_DST, "127.0.0.0/31"), 4),
    (prefix(W_SRC, "127.0.0.1/32") + prefix(W_DST, "127.0.0.2/32"), 0),
    (prefix(W_HOST, "127.0.0.1/32"), 4), (prefix(W_HOST, "::1/128"), 4),
    (prefix(W_HOST, "127.0.0.2/32"), 0), (prefix(W_HOST, "::/0"), 4),
    (prefix(W_HOST, "127.0.0.1/32") + prefix(W_SRC, "127.0.0.0/8"), 4),
    (prefix(W_HOST, "127.0.0.1/32") + prefix(W_DST, "127.0.0.2/32"), 0),
    (u32(W_SAMPLE, 1), 8),
    (u32(W_FAMILY, 2) + u32(W_DIRECTION, IN) + u32(W_IFINDEX, LO) + u32(W_CODE, 0) +
     attr(W_TYPES4, b"\x08") + prefix(W_SRC, "127.0.0.1/32") + prefix(W_DST, "127.0.0.1/32"),
     1),
]


@case
def filters():
    """Each filter alone, and all of them together."""
    watchers = [(Watcher(attrs), attrs, count) for attrs, count in ONE_OF_ALL]
    pinger = Pinger()
    pinger.ping4()
    pinger.ping6()
    for watcher, attrs, count in watchers:
        records, matched, lost = watcher.finish(count)
        check.equal((len(records), matched, lost), (count, count, 0), attrs.hex())


@case
def codes():
    raw = RawSender()
    watchers = {code: Watcher(u32(W_CODE, code), u32(W_DIRECTION, OUT), u32(W_FAMILY, 2))
                for code in (0, 1, 127, 128, 255)}
    for code in range(256):
        raw.send4(ip4(icmp4(200, code)))
    for code, watcher in watchers.items():
        check.equal([r.packet[21] for r in watcher.finish()[0]], [code], "code %d" % code)


@case
def samples():
    """One in N matching packets, at random: within six standard deviations of the mean."""
    pings = 3000
    rates = [1, 2, 10, 100, 0xffffffff]
    watchers = {rate: Watcher(u32(W_SAMPLE, rate), attr(W_TYPES4, bytes([ECHO4])),
                              u32(W_DIRECTION, OUT), u32(W_FAMILY, 2)) for rate in rates}
    Pinger().ping4(times=pings)
    for rate, watcher in watchers.items():
        records, matched, lost = watcher.finish()
        check.equal([r.seq for r in records], list(range(1, matched + 1)), "1 in %d" % rate)
        check.equal(lost, 0, "1 in %d: lost" % rate)
        mean, deviation = pings / rate, (pings * (1 / rate) * (1 - 1 / rate)) ** 0.5
        check.true(abs(matched - mean) <= 6 * deviation,
                   "1 in %d: %d of %d" % (rate, matched, pings))


@case
def alone():
    """A single packet is not delayed, however long records are gathered."""
    watcher, pinger = Watcher(u32(W_COALESCE, COALESCE_MAX), u32(W_DIRECTION, OUT),
                              attr(W_TYPES4, bytes([ECHO4]))), Pinger()
    start = time.monotonic()
    pinger.ping4()
    check.equal([r.seq for r in watcher.message()], [1], "the first message")
    check.true(time.monotonic() - start < 0.5, "which comes at once")
    pinger.ping4(times=3)
    check.equal([r.seq for r in watcher.message()], [2, 3, 4], "the second message")
    took = time.monotonic() - start
    check.true(0.95 < took < 5, "which comes a second after the first: %.3f s" % took)
    check.equal([r.seq for r in watcher.message(1.5)], [], "no third message")
    start = time.monotonic()
    pinger.ping4()
    check.equal([r.seq for r in watcher.message()], [5], "after a quiet time")
    check.true(time.monotonic() - start < 0.5, "at once again")


@case
def gathered():
    """Gathered records arrive when the message is full or the watch stops. A closed watch drops
    them."""
    filters_ = u32(W_DIRECTION, OUT), attr(W_TYPES4, bytes([ECHO4])), u32(W_FAMILY, 2)
    pinger = Pinger()
    watcher = Watcher(u32(W_COALESCE, COALESCE_MAX), *filters_)
    start = time.monotonic()
    pinger.ping4(times=200)
    sizes = [len(watcher.message()) for _ in range(4)]
    # Otherwise, each of the last three would arrive a second after the one before.
    check.true(time.monotonic() - start < 2.5, "full messages do not wait")
    check.true(sizes[0] == 1 and min(sizes[1:]) > 20, "their records: %s" % sizes)
    have = Genl().watchers()[0]
    counted = {k: struct.unpack("=Q", have[k])[0] for k in (W_MATCHED, W_DELIVERED, W_LOST)}
    check.equal(counted[W_MATCHED], 200, "matched")
    check.equal(counted[W_LOST], 0, "lost")
    check.true(sum(sizes) <= counted[W_DELIVERED] < 200, "delivered, so far: %s" % counted)
    records, matched, lost = watcher.finish()
    check.equal((sum(sizes) + len(records), matched, lost), (200, 200, 0), "after the end")
    pinger.ping4(times=5)
    check.equal(watcher.message(0.1), [], "and nothing more")
    one = Watcher(u32(W_COALESCE, 0), *filters_)
    pinger.ping4(times=50)
    check.equal([len(one.message()) for _ in range(50)], [1] * 50, "a message each")
    closed = Watcher(u32(W_COALESCE, COALESCE_MAX), *filters_)
    pinger.ping4(times=10)
    closed.close()
    check.equal([len(one.message()) for _ in range(10)], [1] * 10, "one that was closed")


@case
def flood():
    """A flood yields many records in few messages, and none is lost."""
    watcher = Watcher(u32(W_DIRECTION, OUT), attr(W_TYPES4, bytes([ECHO4])),
                      u32(W_FAMILY, 2), u32(W_COALESCE, 20000), rcvbuf=16 << 20)
    Pinger().ping4(times=2000)
    numbers, messages = [], 0
    while len(numbers) < 2000 and (records := watcher.message()):
        messages += 1
        numbers += [r.seq for r in records]
    check.equal(numbers, list(range(1, 2001)), "the records")
    check.true(messages < 1000, "in %d messages" % messages)
    check.equal(watcher.stop(), (2000, 0), "the counters")


@case
def larger_buffer_later():
    """The namespace has reserved the size that the buffer had when the watch began."""
    watcher = Watcher(u32(W_DIRECTION, OUT), u32(W_FAMILY, 2), u32(W_SNAPLEN, 1500),
                      rcvbuf=1 << 20)
    watcher.resize(64 << 20)
    Pinger().ping4(bytes(1400), times=1000)
    records, matched, lost = watcher.finish(2000)
    check.equal((matched, len(records) + lost), (2000, 2000), "the counters")
    check.true(lost, "nothing was lost")


def u32_of(value):
    return struct.pack("=I", value)


LISTED = [
    (b"", {}),
    (u32(W_FAMILY, 2), {W_FAMILY: u32_of(2)}),
    (u32(W_FAMILY, 10) + u32(W_DIRECTION, OUT),
     {W_FAMILY: u32_of(10), W_DIRECTION: u32_of(OUT)}),
    (u32(W_DIRECTION, IN | OUT), {}),
    (u32(W_IFINDEX, 7) + u32(W_CODE, 0), {W_IFINDEX: u32_of(7), W_CODE: u32_of(0)}),
    (attr(W_TYPES4, b"\x08\0\x08\xff") + attr(W_TYPES6, bytes(range(256))),
     {W_TYPES4: b"\0\x08\xff"}),
    (attr(W_TYPES6, b"\x80"), {W_TYPES6: b"\x80"}),
    (prefix(W_SRC, "10.1.0.0/16") + u32(W_SAMPLE, 9),
     {W_SRC: b"\x0a\1\0\0", W_SRC_LEN: u32_of(16), W_SAMPLE: u32_of(9),
      W_FAMILY: u32_of(2)}),
    (attr(W_DST, bytes(15) + b"\1") + u32(W_SAMPLE, 1),
     {W_DST: bytes(15) + b"\1", W_DST_LEN: u32_of(128), W_FAMILY: u32_of(10)}),
    (prefix(W_HOST, "fe80::/10") + prefix(W_SRC, "::/0"),
     {W_HOST: b"\xfe\x80" + bytes(14), W_HOST_LEN: u32_of(10), W_SRC: bytes(16),
      W_SRC_LEN: u32_of(0), W_FAMILY: u32_of(10)}),
    (u32(W_SNAPLEN, 0) + u32(W_COALESCE, 0), {W_SNAPLEN: u32_of(0), W_COALESCE: u32_of(0)}),
    (u32(W_DIRECTION, IN), {W_DIRECTION: u32_of(IN)}),
]


def port_of(genl):
    return u32_of(genl.sock.getsockname()[0])


@case
def listed():
    """Each watcher is listed with its filter, port and counters. Stopped watchers are not
    listed."""
    watchers = [Watcher(attrs) for attrs, _ in LISTED]
    found = Genl().watchers()
    check.equal(len(found), len(LISTED), "watchers")
    for have, watcher, (attrs, expected) in zip(found, watchers, LISTED):
        expected = {W_SNAPLEN: u32_of(SNAPLEN_DEFAULT), W_COALESCE: u32_of(COALESCE_DEFAULT),
                    W_MATCHED: bytes(8), W_DELIVERED: bytes(8), W_LOST: bytes(8),
                    W_PORT: port_of(watcher), **expected}
        check.equal(have, expected, "attributes of %s" % attrs.hex())
    Pinger().ping4()
    watchers[1].collect(4)
    have = Genl().watchers()[1]
    check.equal((have[W_MATCHED], have[W_DELIVERED]), (struct.pack("=Q", 4),) * 2, "counters")
    watchers[2].stop()
    watchers[4].close()
    rest = [port_of(w) for n, w in enumerate(watchers) if n not in (2, 4)]
    check.true(eventually(lambda: [h[W_PORT] for h in Genl().watchers()] == rest), "the rest")
    check.equal(watchers[2].errno_of(CMD_WATCH_START), 0, "one starts again")
    check.equal([h[W_PORT] for h in Genl().watchers()], rest + [port_of(watchers[2])],
                "and is the last")


@case
def many_listed():
    """A dump of several messages, while others come and go, has each watcher that stays once."""
    sysctl("watch_max_bytes", 1 << 32)
    stay = [Watcher(attr(W_TYPES4, bytes(range(200)))) for _ in range(200)]
    listing = Genl()
    for _ in range(5):
        others = [Watcher() for _ in range(20)]
        ports = [have[W_PORT] for have in listing.watchers()]
        check.equal([p for p in ports if p in {port_of(w) for w in stay}],
                    [port_of(w) for w in stay], "those that stay")
        check.equal(len(ports), 220, "all")
        for watcher in others:
            watcher.stop()
            watcher.close()



def run(command):
    subprocess.run(command.split(), check=True)


def addressed(pid, here, there, address):
    """Join two namespaces by a veth, which has this address at the other end."""
    run("ip link add %s type veth peer name %s" % (here, there))
    run("ip link set %s netns %d" % (there, pid))
    run("ip link set %s up" % here)
    run("nsenter -t %d -n ip addr add %s dev %s" % (pid, address, there))
    run("nsenter -t %d -n ip link set %s up" % (pid, there))


def neighbour(commands):
    """Run commands in a process with a network namespace of its own."""
    new_netns()
    os.write(commands[1], b"r")
    signal.pause()


def neighbour_with(here, there, address):
    commands = os.pipe()
    pid = child(neighbour, commands)
    os.read(commands[0], 1)
    addressed(pid, here, there, address)
    return pid


def with_neighbour():
    """This namespace has "near", 10.9.0.1; the other one has "far", 10.9.0.2."""
    pid = neighbour_with("near", "far", "10.9.0.2/24")
    run("ip addr add 10.9.0.1/24 dev near")
    return pid


def ping(address, count=1):
    run("ping -n -q -i 0.01 -c %d -W 5 %s" % (count, address))


def wait_for_ping(address):
    check.true(eventually(lambda: subprocess.run(
        ["ping", "-n", "-q", "-c", "1", "-W", "1", address],
        stdout=subprocess.DEVNULL).returncode == 0), "no answer from " + address)


ECHO = attr(W_TYPES4, bytes([ECHO4, 0])) + u32(W_FAMILY, 2)


@case
def devices():
    """Packets over VLAN, bridge and veth are seen on the interface that has the address, in
    both namespaces, and by a filter for that interface alone."""
    pid = with_neighbour()
    run("ip link add link near name near.7 type vlan id 7")
    run("ip addr add 10.7.0.1/24 dev near.7")
    run("ip link set near.7 up")
    run("nsenter -t %d -n ip link add link far name far.7 type vlan id 7" % pid)
    run("nsenter -t %d -n ip link add bridge type bridge" % pid)
    run("nsenter -t %d -n ip link set far.7 master bridge" % pid)
    run("nsenter -t %d -n ip addr add 10.7.0.2/24 dev bridge" % pid)
    run("nsenter -t %d -n ip link set far.7 up" % pid)
    run("nsenter -t %d -n ip link set bridge up" % pid)
    wait_for_ping("10.9.0.2")
    wait_for_ping("10.7.0.2")
    index = {name: socket.if_nametoindex(name) for name in ("near", "near.7")}
    watchers = {name: Watcher(ECHO, u32(W_IFINDEX, index[name])) for name in index}
    everything = Watcher(ECHO)
    ping("10.9.0.2", 3)
    ping("10.7.0.2", 2)
    for name, count in ("near", 3), ("near.7", 2):
        records, matched, lost = watchers[name].finish()
        check.equal((len(records), matched, lost), (2 * count, 2 * count, 0), name)
        check.equal({r.ifindex for r in records}, {index[name]}, name + ": interface")
        check.equal([r.direction for r in records], [OUT, IN] * count, name + ": direction")
    check.equal(len(everything.finish()[0]), 10, "without a filter")


@case
def renamed_and_removed():
    """A watch follows an interface that is renamed, and continues after it is removed."""
    with_neighbour()
    wait_for_ping("10.9.0.2")
    index = socket.if_nametoindex("near")
    watcher = Watcher(ECHO, u32(W_IFINDEX, index))
    ping("10.9.0.2")
    run("ip link set near down")
    run("ip link set near name elsewhere")
    run("ip link set elsewhere up")
    wait_for_ping("10.9.0.2")
    records = watcher.collect(4)
    check.equal({r.ifindex for r in records}, {index}, "the interface, renamed")
    run("ip link del elsewhere")
    Pinger().ping4()
    rest, matched, lost = watcher.finish()
    check.equal((len(records) + len(rest), lost), (matched, 0), "the counters")
    run("ip link add near type dummy")
    check.true(socket.if_nametoindex("near") != index, "another interface of that name")


@case
def forwarded():
    """A forwarded packet is seen once, as incoming: this host does not send it."""
    pid = with_neighbour()
    run("ip addr add 10.8.0.1/24 dev lo")
    run("sysctl -q net.ipv4.ip_forward=1")
    run("ip link add other type veth peer name beyond")
    run("ip addr add 10.6.0.1/24 dev other")
    run("ip link set other up")
    run("ip link set beyond up")
    run("ip neigh add 10.6.0.2 lladdr 02:00:00:00:00:02 dev other nud permanent")
    run("nsenter -t %d -n ip route add default via 10.9.0.1" % pid)
    wait_for_ping("10.9.0.2")
    watcher = Watcher(ECHO, prefix(W_DST, "10.6.0.0/24"))
    subprocess.run(("nsenter -t %d -n ping -n -q -c 2 -i 0.01 -W 1 10.6.0.2" % pid).split(),
                   stdout=subprocess.DEVNULL)
    records, matched, lost = watcher.finish()
    check.equal((matched, lost), (2, 0), "the counters")
    check.equal([(r.direction, r.ifindex) for r in records],
                [(IN, socket.if_nametoindex("near"))] * 2, "where it was seen")


def churn_one(seconds, seed):
    draw = random.Random(seed)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        watcher = Watcher(u32(W_COALESCE, draw.choice([0, 1, 50, 1000, 100000])),
                          u32(W_DIRECTION, draw.choice([IN, OUT, IN | OUT])),
                          rcvbuf=draw.choice([0, 8192, 1 << 20]))
        received = watcher.collect(draw.choice([0, 1, 5, 40]))
        Genl().watchers()
        if draw.random() < 0.6:
            records, matched, lost = watcher.finish()
            check.equal(len(received) + len(records) + lost, matched, "the counters")
        watcher.close()


def watch_for_ever():
    watcher = Watcher()
    while True:
        watcher.message()


@case
def killed_often():
    """A watcher that is killed before, while or after it starts leaves nothing behind."""
    child(ping_for_ever, False, 0.0005)
    turns = 200 if os.environ.get("KCTL_DEBUG") else 1000
    for turn in range(turns):
        pid = child(watch_for_ever)
        time.sleep(turn % 8 * 0.0005)
        os.kill(pid, signal.SIGKILL)
        reap(pid, -signal.SIGKILL)
    kill_children()
    check.true(eventually(lambda: (status()["watchers"], status()["hooks"]) == (0, 0)),
               "left: %s" % status())


@case
def churn():
    """Watchers come and go, are listed and gather records, all under load."""
    always = Watcher(u32(W_SAMPLE, 1000))
    child(ping_for_ever, True)
    pids = [child(churn_one, 4, seed) for seed in range(3)]
    for pid in pids:
        reap(pid)
    kill_children()
    always.close()


@case
def traced():
    """A ping, and pings that a small buffer loses. watch.bats checks the tracepoints."""
    pinger = Pinger()
    for coalesce, rcvbuf in (COALESCE_DEFAULT, 4 << 20), (0, 0):
        watcher = Watcher(u32(W_FAMILY, 2), u32(W_COALESCE, coalesce), rcvbuf=rcvbuf)
        pinger.ping4(times=1 if rcvbuf else 20)
        _, matched, lost = watcher.finish(4 if rcvbuf else 80)
        check.equal((matched, bool(lost)), (4 if rcvbuf else 80, not rcvbuf), "counters")
        watcher.close()
