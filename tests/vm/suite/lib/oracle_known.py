# SPDX-License-Identifier: GPL-2.0-or-later
"""Known differences between kctl and tshark 4.0, and why kctl is right.

An explanation applies to packets whose name begins with one of its names, and to its rows, or
to all rows. It can have a condition."""


class Known:
    def __init__(self, why, *names, rows=(), when=None):
        self.why, self.names, self.rows, self.when = why, names, rows, when

    def explains(self, name, row, event, ours, theirs):
        return (not self.names or name.startswith(self.names)) and \
            (not self.rows or row in self.rows) and \
            (self.when is None or self.when(event, ours, theirs))


def is_part(ours, theirs):
    """All values of kctl are among those of tshark, in the same order."""
    rest = iter(theirs)
    return all(value in rest for value in ours)


def malformed(event, ours, theirs):
    return event.get("malformed", False) and is_part(ours, theirs)


def ours_only(_event, ours, theirs):
    return bool(ours) and not theirs


def theirs_only(_event, ours, theirs):
    return bool(theirs) and not ours


def more(_event, ours, theirs):
    return len(ours) > len(theirs) and is_part(theirs, ours)


def less(_event, ours, theirs):
    return len(ours) < len(theirs) and is_part(ours, theirs)


OBJECTS = ("labels", "traffic classes", "bottom", "ttl", "class", "class type")

KNOWN = [
    Known("what ends too soon tshark tells as far as it goes, kctl takes elements (an "
          "address, an option, a record, an object) as a whole and says \"malformed\"",
          when=malformed),
    Known("tshark says nothing of an ICMP message of less than 6 bytes",
          "v4-", rows=("type", "code", "checksum"), when=more),
    Known("tshark knows types 30, 31, 37, 38 and 40 by name alone",
          *("v4-%s" % n for n in ("traceroute", "conversion", "photuris", "id-seq-37",
                                  "id-seq-38")),
          *("v4-random-%d-" % n for n in (30, 31, 37, 38, 40)), when=more),
    Known("RFC 792 has a pointer with code 0 alone; tshark shows that byte with any",
          "v4-parameter-problem-", "v4-random-12-", rows=("pointer",), when=theirs_only),
    Known("a quoted ICMP message tshark tells in full, kctl what it takes to recognize it",
          "v4-quoted-timestamp", "v4-quoted-extended-echo", "v6-quoted-neighbor-",
          rows=("timestamps", "local", "target"), when=theirs_only),
    Known("tshark looks for extensions behind 128 bytes only, whatever the length says",
          "v4-extensions-far", rows=OBJECTS, when=ours_only),
    Known("where the length does not lead to extensions, kctl looks behind 128 bytes",
          *("v%d-length-%s" % (family, what) for family in (4, 6)
            for what in ("without-padding", "in-bytes")), rows=OBJECTS, when=ours_only),
    Known("of ICMPv6 tshark takes extensions only where they are announced",
          "v6-legacy", rows=OBJECTS, when=ours_only),
    Known("tshark misses the name of an interface if its object ends with that",
          "v4-interfaces", "v6-interfaces", rows=("interface",), when=more),
    Known("tshark has no field for the address that an extended echo request asks for",
          "v4-extended-request-3", "v6-extended-request", rows=("interface address",),
          when=ours_only),
    Known("tshark does not know the object that identifies a node", "v4-node",
          rows=("interface", "interface address"), when=ours_only),
    Known("kctl does not tell the options of mobility and certification messages",
          *("v6-%s-%d" % (kind, n) for kind in ("id", "plain", "random")
            for n in (147, 148, 149, 150, 154)), rows=("options",), when=theirs_only),
    Known("tshark takes the prefix of a route for one of a prefix option",
          "v6-router-advertisement-all", rows=("prefix",), when=less),
    Known("the final destination is not known, so neither is the checksum",
          "v6-routing-unknown", rows=("checksum",)),
    Known("where an extension header is cut, kctl tells that one, tshark what it announces",
          "v6-quoted-hop-by-hop-cut-", rows=("protocol",),
          when=lambda event, ours, theirs: event.get("malformed") and ours == ["0"]),
]

# Packets that kctl does not report, by the beginning of their name. Linux drops packets with
# wrong headers before netfilter sees them, and only a first fragment has the type, code and
# checksum of a message.
NOT_SEEN = ("unseen-",)
