# SPDX-License-Identifier: GPL-2.0-or-later
"""The watch reports each packet once, however often it passes netfilter."""
import socket
import subprocess

from abi import IN, OUT, W_TYPES4, W_TYPES6
from cases_watcher import neighbour_with, run, with_neighbour
from genl import Watcher, attr
from harness import case, check, eventually

ECHO = attr(W_TYPES4, b"\x08\0") + attr(W_TYPES6, b"\x80\x81")
COUNT = 3


def inside(pid):
    return ["nsenter", "-t", str(pid), "-n"]


def try_ping(address, *options, pid=None, count=COUNT, wait=5):
    command = ["ping", "-n", "-q", "-i", "0.01", "-c", str(count), "-W", str(wait)]
    return subprocess.run((inside(pid) if pid else []) + command + list(options) + [address],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def expect(passes, address, *options, pid=None):
    """A watcher here must see this for each echo request and its reply: [(direction,
    interface)]."""
    what = "ping %s %s%s" % (address, " ".join(options), " from there" if pid else "")
    check.true(eventually(lambda: try_ping(address, *options, pid=pid, count=1, wait=1)),
               what + ": no answer")
    watcher = Watcher(ECHO)
    check.true(try_ping(address, *options, pid=pid), what + ": no answer")
    records, matched, lost = watcher.finish()
    watcher.close()
    names = {index: name for index, name in socket.if_nameindex()}
    check.equal([(r.direction, names[r.ifindex]) for r in records], passes * COUNT, what)
    check.equal((matched, lost), (len(passes) * COUNT, 0), what + ": counters")


def add_addresses(device, *addresses, pid=None):
    """Add addresses that can be used at once."""
    prefix = "nsenter -t %d -n " % pid if pid else ""
    for address in addresses:
        nodad = " nodad" if ":" in address else ""
        run("%sip addr add %s dev %s%s" % (prefix, address, device, nodad))
    run("%sip link set %s up" % (prefix, device))


def both_families(pid, here):
    """Add IPv6 addresses, ::1 here and ::2 there."""
    add_addresses(here, "fd00:9::1/64")
    add_addresses("far", "fd00:9::2/64", pid=pid)


# ---- VRF -------------------------------------------------------------------

def with_vrf():
    pid = with_neighbour()
    run("ip link add vrf0 type vrf table 100")
    run("ip link set vrf0 up")
    run("ip link set near master vrf0")
    both_families(pid, "near")
    return pid


def expect_in_vrf(pid):
    for there, here in ("10.9.0.2", "10.9.0.1"), ("fd00:9::2", "fd00:9::1"):
        expect([(OUT, "near"), (IN, "near")], there, "-I", "vrf0")
        expect([(IN, "near"), (OUT, "near")], here, pid=pid)
        expect([(OUT, "vrf0"), (IN, "vrf0")] * 2, here, "-I", "vrf0")


@case
def vrf():
    """A packet passes netfilter for the VRF and for the interface in it."""
    expect_in_vrf(with_vrf())


@case
def vrf_with_queue():
    """A VRF with a queue of its own sends as any other device does."""
    pid = with_vrf()
    run("tc qdisc add dev vrf0 root pfifo")
    expect_in_vrf(pid)


# ---- bridge ----------------------------------------------------------------

def bridged(pid):
    """Move the address from the interface to a bridge that contains it."""
    run("ip link add br0 type bridge")
    run("ip addr del 10.9.0.1/24 dev near")
    run("ip link set near master br0")
    add_addresses("br0", "10.9.0.1/24", "fd00:9::1/64")
    add_addresses("far", "fd00:9::2/64", pid=pid)


def expect_bridged(pid):
    for there, here in ("10.9.0.2", "10.9.0.1"), ("fd00:9::2", "fd00:9::1"):
        expect([(OUT, "br0"), (IN, "br0")], there)
        expect([(IN, "br0"), (OUT, "br0")], here, pid=pid)


@case
def bridge_before_watch():
    """A packet from a container passes netfilter in the bridge, and when it is received."""
    pid = with_neighbour()
    bridged(pid)
    expect_bridged(pid)
    other = neighbour_with("near2", "far2", "10.9.0.3/24")
    run("ip link set near2 master br0")
    run("ip link set near2 up")
    add_addresses("far2", "fd00:9::3/64", pid=other)
    for address in "10.9.0.3", "fd00:9::3":
        expect([], address, pid=pid)


@case
def bridge_after_watch():
    """br_netfilter comes before the watch, and hides the second pass from it."""
    pid = with_neighbour()
    watcher = Watcher(ECHO)
    bridged(pid)
    expect_bridged(pid)
    watcher.close()


@case
def bridge_in_vrf():
    """A packet passes netfilter in the bridge, for the bridge and for its VRF."""
    pid = with_neighbour()
    bridged(pid)
    run("ip link add vrf0 type vrf table 100")
    run("ip link set vrf0 up")
    run("ip link set br0 master vrf0")
    add_addresses("br0", "fd00:9::1/64")
    for there, here in ("10.9.0.2", "10.9.0.1"), ("fd00:9::2", "fd00:9::1"):
        expect([(OUT, "br0"), (IN, "br0")], there, "-I", "vrf0")
        expect([(IN, "br0"), (OUT, "br0")], here, pid=pid)


# ---- other devices ---------------------------------------------------------

@case
def macvlan():
    pid = with_neighbour()
    both_families(pid, "near")
    run("ip link add mv0 link near type macvlan mode bridge")
    add_addresses("mv0", "10.9.0.5/24", "fd00:9::5/64")
    for address in "10.9.0.2", "fd00:9::2":
        expect([(OUT, "mv0"), (IN, "mv0")], address, "-I", "mv0")


def expect_sent(address, *options):
    """For a packet that is sent to many, only count what leaves: the number of replies varies."""
    watcher = Watcher(attr(W_TYPES4, b"\x08") + attr(W_TYPES6, b"\x80"))
    try_ping(address, *options, wait=1)
    records = watcher.finish()[0]
    near = socket.if_nametoindex("near")
    check.equal([r.ifindex for r in records if r.direction == OUT], [near] * COUNT,
                "sent to " + address)
    watcher.close()


@case
def multicast():
    """The host is a member of the group, so it gets a copy of a multicast packet that it sends."""
    pid = with_neighbour()
    both_families(pid, "near")
    expect_sent("224.0.0.1", "-I", "10.9.0.1")
    expect_sent("ff02::1%near", "-I", "near")


@case
def broadcast():
    with_neighbour()
    expect_sent("10.9.0.255", "-b")


@case
def forwarded():
    """A router receives the packets that it forwards, and sends none."""
    pid = with_neighbour()
    both_families(pid, "near")
    other = neighbour_with("near2", "far2", "10.8.0.2/24")
    add_addresses("near2", "10.8.0.1/24", "fd00:8::1/64")
    add_addresses("far2", "fd00:8::2/64", pid=other)
    run("sysctl -q net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1")
    for there, net in (pid, 9), (other, 8):
        run("nsenter -t %d -n ip route add default via 10.%d.0.1" % (there, net))
        run("nsenter -t %d -n ip route add default via fd00:%d::1" % (there, net))
    for address in "10.8.0.2", "fd00:8::2":
        expect([(IN, "near"), (IN, "near2")], address, pid=pid)
