# SPDX-License-Identifier: GPL-2.0-or-later
"""
pings.py RANKS PING DUMP JSON TEXT: compare what ping and tcpdump printed with the last
summaries, as JSON and as text, of watches of the same packets. The losses must be those of
ping. The percentiles must be those of the times of tcpdump, within a millisecond: both of
its times are of the kernel, and ping takes one before the kernel has the packet, so that a
busy guest delays a good part of what ping prints. RANKS is how far off a percentile may be
beside that: a busy guest can keep a packet between two hooks, and 1 % of a few pings is no
more than that one. The maximum is a single packet, so it is only printed.
"""
import json
import re
import sys

MARGIN = 1.0
PERCENTS = {"min": 0, "p50": 50, "p90": 90, "p99": 99}


def percentile(times, percent):
    """The nearest rank, as the summary defines it."""
    rank = -(-len(times) * min(max(percent, 0), 100) // 100)
    return sorted(times)[max(rank, 1) - 1]


def of_ping(text):
    sent, received = map(int, re.search(r"(\d+) packets transmitted, (\d+) received",
                                        text).groups())
    times = [float(time) for time in re.findall(r" time=([\d.]+) ms$", text, re.M)]
    assert len(times) == received, "ping printed %d times of %d" % (len(times), received)
    return sent, times


def of_dump(text):
    """The round trips in the lines of tcpdump -tt, in milliseconds."""
    sent, times = {}, []
    for time, kind, number in re.findall(r"^([\d.]+) .*ICMP echo (request|reply),.* seq (\d+),",
                                         text, re.M):
        if kind == "request":
            sent[number] = float(time)
        else:
            times.append(1e3 * (float(time) - sent[number]))
    return times


def of_json(text):
    last = [event for event in map(json.loads, text.splitlines())
            if event["event"] == "summary"][-1]
    row = next(row for row in last["rows"] if row["type_name"] == "echo-request")
    assert last["lost"] == 0, "the watch lost packets"
    found = {key: row[key] for key in ("requests", "unanswered")}
    return found | {key: row["rtt_%s_ns" % key] / 1e6 for key in (*PERCENTS, "max")}


def of_text(text):
    """The row of the requests: its total is on the left."""
    row = re.findall(r"^\S+ +echo request +(\d+) +\S+ +([\d.]+%) +\d+ +(\S+) +\S+ +(\S+)",
                     text, re.M)[-1]
    return {"requests": int(row[0]), "loss": row[1], "min": float(row[2]),
            "p99": float(row[3])}


def summary_of(sent, times):
    return {"requests": sent, "unanswered": sent - len(times),
            "loss": "%.1f%%" % (100 * (sent - len(times)) / sent), "max": max(times),
            **{key: percentile(times, percent) for key, percent in PERCENTS.items()}}


def shown(name, found):
    print("%-4s" % name, *("%s %s" % (key, round(value, 3) if isinstance(value, float) else value)
                           for key, value in found.items()))


def wrong(name, found, reference, times, ranks):
    """Print a line, and return what is different."""
    shown(name, found)
    return ["%s: %s is %s, not %s" % (name, key, value, reference[key])
            for key, value in found.items()
            if (not percentile(times, PERCENTS[key] - ranks) - MARGIN <= value <=
                percentile(times, PERCENTS[key] + ranks) + MARGIN
                if key in PERCENTS else key != "max" and value != reference[key])]


def main():
    ranks = int(sys.argv[1])
    ping_text, dump, json_text, text = (open(name, encoding="utf-8").read()
                                        for name in sys.argv[2:])
    sent, ping_times = of_ping(ping_text)
    shown("ping", summary_of(sent, ping_times))
    times = of_dump(dump)
    assert len(times) == len(ping_times), "tcpdump has %d replies" % len(times)
    reference = summary_of(sent, times)
    shown("dump", reference)
    different = (wrong("json", of_json(json_text), reference, times, ranks) +
                 wrong("text", of_text(text), reference, times, ranks))
    print("\n".join(different))
    sys.exit(bool(different))


main()
