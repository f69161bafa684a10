# SPDX-License-Identifier: GPL-2.0-or-later
"""The rows to compare. Each has a name and two functions that return the values of kctl and of
tshark as lists of strings, which are equal if both mean the same."""

# Every field that a row asks tshark for.
FIELDS = []


def fields(*names, convert=str):
    """Return all values of these fields, in this order."""
    FIELDS.extend(n for n in names if n not in FIELDS)
    return lambda frame: [convert(v) for n in names for v in frame[n]]


def first(of):
    return lambda source: of(source)[:1]


def number(text):
    return str(int(text, 0))


def truth(text):
    return "1" if text in ("1", "True", "true") else "0"


def text_of(value):
    return str(int(value)) if isinstance(value, (bool, int)) else value


def walk(value, path):
    """Return all values at the end of a path, through all items of lists."""
    if isinstance(value, list):
        return [found for item in value for found in walk(item, path)]
    if not path:
        return [text_of(value)]
    if not isinstance(value, dict) or path[0] not in value:
        return []
    return walk(value[path[0]], path[1:])


def keys(*paths):
    return lambda event: [v for p in paths for v in walk(event, p.split("."))]


def numbers(*names):
    return fields(*names, convert=number)


def flags(*names):
    return fields(*names, convert=truth)


def option(key):
    """A key of the options, of all types that have it."""
    return keys("options." + key)


def options_of(kind, key):
    """A key of the options of one type."""
    return lambda event: [v for o in event.get("options", ()) if o["type"] == kind
                          for v in walk(o, key.split("."))]


def checksum(event):
    return [{"good": "1", "bad": "0"}.get(event.get("checksum"), "2")]


def mac(value):
    return value.lower()


PREFERENCES = {"0": "medium", "1": "high", "2": "reserved", "3": "low"}
ROLES = {"0": "incoming", "1": "sub-ip", "2": "outgoing", "3": "next-hop"}


def preference(value):
    return PREFERENCES[value]


def role(value):
    return ROLES[value]


def addresses_of(event):
    return walk(event, ["extensions", "address"])


def protocol_of(frame):
    """The protocol of the quoted packet. No error packet here has extension headers itself."""
    behind = fields("ipv6.routing.nxt", "ipv6.fraghdr.nxt", "ipv6.hopopts.nxt")(frame)
    return numbers("ip.proto")(frame)[1:] or (numbers("ipv6.nxt")(frame)[1:] and
                                              (behind or numbers("ipv6.nxt")(frame)[1:]))


PROTOCOLS = ("tcp", "udp", "dccp", "sctp")

ROWS = {
    "source": (keys("src", "quoted.src"), fields("ip.src", "ipv6.src")),
    "destination": (keys("dst", "quoted.dst"), fields("ip.dst", "ipv6.dst")),
    "type": (keys("type", "quoted.type"), numbers("icmp.type", "icmpv6.type")),
    "code": (keys("code", "quoted.code"), numbers("icmp.code", "icmpv6.code")),
    "checksum": (checksum, first(fields("icmp.checksum.status", "icmpv6.checksum.status"))),
    "identifier": (keys("id", "quoted.id"), numbers(
        "icmp.ident", "icmpv6.echo.identifier", "icmpv6.mip6.identifier",
        "icmpv6.send.identifier")),
    "sequence": (keys("echo_seq", "quoted.echo_seq"), numbers(
        "icmp.seq", "icmpv6.echo.sequence_number", "icmp.ext.echo.seq",
        "icmpv6.ext.echo.seq")),
    "mtu": (keys("mtu"), numbers("icmp.mtu", "icmpv6.mtu")),
    "gateway": (keys("gateway"), fields("icmp.redir_gw", "icmpv6.nd.rd.target_address")),
    "redirected": (keys("destination"), fields("icmpv6.rd.na.destination_address")),
    "pointer": (keys("pointer"), numbers("icmp.pointer", "icmpv6.pointer")),
    "protocol": (keys("quoted.protocol"), protocol_of),
    "source port": (keys("quoted.src_port"), numbers(*(p + ".srcport" for p in PROTOCOLS))),
    "destination port": (keys("quoted.dst_port"),
                         numbers(*(p + ".dstport" for p in PROTOCOLS))),
    "timestamps": (keys("originate", "receive", "transmit"), numbers(
        "icmp.originate_timestamp", "icmp.receive_timestamp", "icmp.transmit_timestamp")),
    "mask": (keys("mask"), fields("icmp.address_mask")),
    "routers": (keys("routers.address", "routers.preference"),
                fields("icmp.router_address", "icmp.pref_level")),
    "lifetime": (keys("lifetime"), numbers("icmp.lifetime", "icmpv6.nd.ra.router_lifetime")),
    "labels": (keys("extensions.labels.label"), numbers("icmp.mpls.label")),
    "traffic classes": (keys("extensions.labels.traffic_class"), numbers("icmp.mpls.exp")),
    "bottom": (keys("extensions.labels.bottom"), flags("icmp.mpls.s")),
    "ttl": (keys("extensions.labels.ttl"), numbers("icmp.mpls.ttl")),
    "class": (keys("extensions.class"), numbers("icmp.ext.class")),
    "class type": (keys("extensions.class_type"), numbers("icmp.ext.ctype")),
    "role": (keys("extensions.role"), fields("icmp.int_info.role", convert=role)),
    "index": (keys("extensions.index"),
              numbers("icmp.int_info.index", "icmp.int_ident.index")),
    "interface": (keys("extensions.name"),
                  fields("icmp.int_info.name", "icmp.int_ident.name")),
    "interface mtu": (keys("extensions.mtu"), numbers("icmp.int_info.mtu")),
    "interface address": (addresses_of,
                          fields("icmp.int_info.ipv4", "icmp.int_info.ipv6")),
    "local": (keys("local"), flags("icmp.ext.echo.req.local", "icmpv6.ext.echo.req.local")),
    "state": (keys("state"), numbers("icmp.ext.echo.rsp.state", "icmpv6.ext.echo.rsp.state")),
    "active": (keys("active", "ipv4", "ipv6"), flags(
        "icmp.ext.echo.rsp.active", "icmpv6.ext.echo.rsp.active",
        "icmp.ext.echo.rsp.ipv4", "icmpv6.ext.echo.rsp.ipv4",
        "icmp.ext.echo.rsp.ipv6", "icmpv6.ext.echo.rsp.ipv6")),
    "hop limit": (keys("hop_limit"), numbers("icmpv6.nd.ra.cur_hop_limit")),
    "router flags": (keys("managed", "other", "home_agent", "proxy"), flags(
        "icmpv6.nd.ra.flag.m", "icmpv6.nd.ra.flag.o", "icmpv6.nd.ra.flag.h",
        "icmpv6.nd.ra.flag.p")),
    "preference": (keys("preference"), fields("icmpv6.nd.ra.flag.prf", convert=preference)),
    "timers": (keys("reachable", "retransmit"), lambda f: [
        v for v in numbers("icmpv6.nd.ra.reachable_time", "icmpv6.nd.ra.retrans_timer")(f)
        if v != "0"]),
    "target": (keys("target"), fields("icmpv6.nd.ns.target_address",
                                      "icmpv6.nd.na.target_address")),
    "neighbor flags": (keys("router", "solicited", "override"), flags(
        "icmpv6.nd.na.flag.r", "icmpv6.nd.na.flag.s", "icmpv6.nd.na.flag.o")),
    "options": (option("type"), numbers("icmpv6.opt.type")),
    "link address": (option("link_address"), fields("icmpv6.opt.linkaddr", convert=mac)),
    "option mtu": (option("mtu"), numbers("icmpv6.opt.mtu")),
    "prefix": (options_of(3, "prefix"), fields("icmpv6.opt.prefix")),
    "prefix length": (lambda e: options_of(3, "prefix_length")(e) +
                      options_of(24, "prefix_length")(e),
                      numbers("icmpv6.opt.prefix.length")),
    "prefix flags": (lambda e: option("on_link")(e) + option("autonomous")(e),
                     flags("icmpv6.opt.prefix.flag.l", "icmpv6.opt.prefix.flag.a")),
    "prefix lifetimes": (lambda e: option("valid_lifetime")(e) +
                         option("preferred_lifetime")(e),
                         numbers("icmpv6.opt.prefix.valid_lifetime",
                                 "icmpv6.opt.prefix.preferred_lifetime")),
    "route": (lambda e: options_of(24, "preference")(e) + options_of(24, "lifetime")(e),
              lambda f: fields("icmpv6.opt.route_info.flag.route_preference",
                               convert=preference)(f) +
              numbers("icmpv6.opt.route_lifetime")(f)),
    "name servers": (lambda e: options_of(25, "addresses")(e) + options_of(25, "lifetime")(e),
                     lambda f: fields("icmpv6.opt.rdnss")(f) +
                     numbers("icmpv6.opt.rdnss.lifetime")(f)),
    "search list": (lambda e: options_of(31, "domains")(e) + options_of(31, "lifetime")(e),
                    lambda f: fields("icmpv6.opt.dnssl")(f) +
                    numbers("icmpv6.opt.dnssl.lifetime")(f)),
    "portal": (option("uri"), fields("icmpv6.opt.captive_portal")),
    "pref64": (lambda e: options_of(38, "prefix")(e),
               fields("icmpv6.opt.pref64.prefix")),
    "address lists": (lambda e: options_of(9, "addresses")(e) + options_of(10, "addresses")(e),
                      fields("icmpv6.opt.ipv6_address")),
    "group": (keys("group"), fields("icmpv6.mld.multicast_address")),
    "robustness": (lambda e: keys("suppress")(e) + keys("robustness")(e),
                   lambda f: flags("icmpv6.mld.flag.s")(f) +
                   numbers("icmpv6.mld.flag.qrv")(f)),
    "sources": (keys("sources"), fields("icmpv6.mld.source_address")),
    "groups": (keys("records.group"), fields("icmpv6.mldr.mar.multicast_address")),
    "record types": (keys("records.type"), numbers("icmpv6.mldr.mar.record_type")),
    "record sources": (keys("records.sources"), fields("icmpv6.mldr.mar.source_address")),
}


def _collect():
    """Call the rows once: some call fields() only then, and so register their fields."""
    class Nothing(dict):
        def __missing__(self, key):
            return []
    for _, of_tshark in ROWS.values():
        of_tshark(Nothing())
    fields("ipv6.nxt", "frame.number")


_collect()
