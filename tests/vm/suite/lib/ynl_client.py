# SPDX-License-Identifier: GPL-2.0-or-later
"""ynl_client.py KERNEL-SOURCE: use the family with the generic client of the kernel, which only
knows what kctl.yaml describes."""
import errno
import os
import re
import socket
import subprocess
import sys
import time

source = sys.argv[1]
top = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../..")
sys.path.insert(0, source + "/tools/net/ynl")

from lib import NlError, YnlFamily  # noqa: E402

SPEC = top + "/kmod/uapi/kctl.yaml"
SCHEMA = source + "/Documentation/netlink/genetlink-legacy.yaml"
LO = socket.if_nametoindex("lo")


def expect(got, wanted, what):
    if got != wanted:
        sys.exit("%s: %r, not %r" % (what, got, wanted))


def kctl(*args):
    subprocess.run(["kctl", *args], check=True, stdout=subprocess.DEVNULL)


def eventually(condition, what):
    deadline = time.monotonic() + 20
    while not condition():
        if time.monotonic() > deadline:
            sys.exit("never: " + what)
        time.sleep(0.02)


# ---- the spec and the header -----------------------------------------------

def enumerators(prefix):
    """Return {name: value} of the enumerators of the header with this prefix, spelled as in the
    spec."""
    with open(top + "/kmod/uapi/linux/kctl.h") as header:
        text = header.read()
    [body] = re.findall(r"^enum \w+ \{\n(\t%sUNSPEC,\n.*?)^\}" % prefix, text, re.M | re.S)
    found, value = {}, 0
    for name, given in re.findall(r"^\t(\w+)(?: = (\d+))?", body, re.M):
        value = int(given or value)
        if value and name.startswith(prefix):
            found[name[len(prefix):].lower().replace("_", "-")] = value
        value += 1
    return found


def spec_is_complete(ynl):
    for name, attrs in ynl.attr_sets.items():
        expect({k: a.value for k, a in attrs.attrs.items()},
               enumerators("KCTL_A_%s_" % name.upper()), "attributes of " + name)
    expect({name: op.value for name, op in ynl.msgs.items()},
           enumerators("KCTL_CMD_"), "operations")


# ---- requests --------------------------------------------------------------

def status(ynl):
    found = ynl.do("get-status", {})
    names = set(ynl.attr_sets["status"].attrs) - {"pad"}
    expect(set(found), names, "attributes of the status")
    with open("/sys/module/kctl/version") as file:
        expect(found["module-version"], file.read().strip(), "the version")
    expect(found["watchers"], 0, "watchers")


FILTER = {"family": socket.AF_INET, "direction": ["in"], "types4": "0800", "snaplen": 24,
          "ifindex": LO, "src": "7f000000", "src-len": 8, "dst": "7f000001", "code": 0,
          "coalesce": 0}


def watch(ynl):
    ynl.do("watch-start", FILTER)
    [found] = YnlFamily(SPEC, "").dump("get-watchers", {})
    expect({k: found[k] for k in ("family", "snaplen", "ifindex", "src-len", "dst-len", "code",
                                  "coalesce", "matched", "lost", "delivered")},
           {"family": 2, "snaplen": 24, "ifindex": LO, "src-len": 8, "dst-len": 32, "code": 0,
            "coalesce": 0, "matched": 0, "lost": 0, "delivered": 0}, "the watcher")
    expect(set(found["direction"]), {"in"}, "direction")
    expect((bytes(found["types4"]), bytes(found["src"]), bytes(found["dst"])),
           (b"\0\x08", b"\x7f\0\0\0", b"\x7f\0\0\1"), "binary attributes")
    subprocess.run("ping -q -n -c 1 127.0.0.1 && ping -q -n -c 1 ::1", shell=True, check=True,
                   stdout=subprocess.DEVNULL)
    records = []

    def take():
        ynl.check_ntf()
        while ynl.async_msg_queue:
            message = ynl.async_msg_queue.pop(0)
            expect(message["name"], "icmp-events", "name of the message")
            records.extend(message["msg"]["record"])
        return len(records) >= 2

    eventually(take, "two records")
    expect([(r["seq"], r["ifindex"], r["length"], r["captured"], r["family"], r["reserved"])
            for r in records], [(n, LO, 84, 24, 2, 0) for n in (1, 2)], "the records")
    expect(records[0]["direction"] in ("in", {"in"}), True, "direction of the record")
    totals = ynl.do("watch-stop", {})
    expect((totals["matched"], totals["lost"]), (2, 0), "the totals")


def refusals(ynl):
    for code, wrong in ((errno.ERANGE, {"snaplen": 65500}), (errno.ERANGE, {"sample": 0}),
                        (errno.ERANGE, {"coalesce": 1000001}), (errno.EINVAL, {"matched": 1}),
                        (errno.EINVAL, {"src": "7f000001", "src-len": 8})):
        try:
            ynl.do("watch-start", wrong)
            sys.exit("%r is taken" % wrong)
        except NlError as err:
            expect(err.nl_msg.error, -code, "errno of %r" % wrong)


def channels(ynl):
    expect(ynl.dump("get-channels", {}), [], "no channels")
    kctl("proto", "send", "--channel", "7", "seven")
    [found] = ynl.dump("get-channels", {})
    expect({k: found[k] for k in ("number", "messages", "bytes", "receivers")},
           {"number": 7, "messages": 1, "bytes": 5, "receivers": 0}, "the channel")
    kctl("proto", "recv", "--channel", "7")
    ynl.do("set-channel", {"number": 8, "mode": 0o640, "retry-delay": 1500,
                            "hold-time-max": 60000, "ttl": 3600000})
    [found] = ynl.dump("get-channels", {})
    expect((found["number"], found["mode"], set(found["flags"])), (8, 0o640, {"configured"}),
           "the channel that was set")
    expect((found["retry-delay"], found["hold-time-max"], found["ttl"], found["expired"]),
           (1500, 60000, 3600000, 0), "its times")
    ynl.do("flush-channel", {"number": 8})
    ynl.do("del-channel", {"number": 8})
    expect(ynl.dump("get-channels", {}), [], "no channels any more")


def store(ynl):
    ynl.ntf_subscribe("store")
    before = ynl.do("get-status", {})["store-generation"]
    kctl("sockopt", "set", "--name", "ynl", "value")
    kctl("sockopt", "delete", "--name", "ynl")
    kctl("sockopt", "flush")
    eventually(lambda: ynl.check_ntf() or len(ynl.async_msg_queue) == 3, "three events")
    by_kctl = {"uid": 0, "command": "kctl"}
    events = [(m["name"], m["msg"]) for m in ynl.async_msg_queue]
    pid_namespace = os.stat("/proc/self/ns/pid").st_ino
    expect([[p["ns"] for p in event.pop("pid")] for _, event in events], [[pid_namespace]] * 3,
           "the pid namespaces of the process")
    expect(events, [("store-event", {**event, **by_kctl}) for event in (
        {"action": "set", "generation": before + 1, "name": "ynl"},
        {"action": "delete", "generation": before + 2, "name": "ynl"},
        {"action": "replace", "generation": before + 3})], "the events")


def proto(ynl):
    ynl.ntf_subscribe("proto")
    kctl("proto", "set", "--channel", "8", "--mode", "0640")
    kctl("proto", "delete", "--channel", "8")
    eventually(lambda: ynl.check_ntf() or len(ynl.async_msg_queue) == 4, "four events")
    by_kctl = {"uid": 0, "command": "kctl"}
    events = [m["msg"] for m in ynl.async_msg_queue]
    first = events[0]["seq"]
    for event in events:
        event.pop("pid", None)
    expect(events, [{"seq": first + number, "channel": 8, **event} for number, event in enumerate((
        {"action": "created", **by_kctl},
        {"action": "set", "settings": {"mode": 0o640}, **by_kctl},
        {"action": "deleted", **by_kctl}, {"action": "ended"}))], "the events of channels")


def main():
    ynl = YnlFamily(SPEC, SCHEMA)
    spec_is_complete(ynl)
    status(ynl)
    refusals(ynl)
    watch(ynl)
    channels(ynl)
    store(YnlFamily(SPEC, ""))
    proto(YnlFamily(SPEC, ""))


main()
