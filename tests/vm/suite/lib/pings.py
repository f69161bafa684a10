# SPDX-License-Identifier: GPL-2.0-or-later
"""pings.py PING DUMP JSON TEXT: compare the output of ping -U and tcpdump with the last
summaries, as JSON and as text, of watches of the same packets. The losses must be the same.

The round-trip times are nested: those of tcpdump are measured at the device, those of the watch
at its hooks, and those of ping at its system calls. However long a busy guest delays a packet
between two of these places, a percentile of the watch is not less than that of tcpdump, and not
more than that of ping. On an idle guest, they are nearly the same."""
import json
import re
import sys

# The permitted difference, in milliseconds and as a part: the summary has 64 buckets between a
# time and its double.
MARGIN, PRECISION = 1.0, 1 / 64
PERCENTS = {"min": 0, "p50": 50, "p90": 90, "p99": 99}


def percentile(times, percent):
    """Return the nearest rank, as the summary defines it."""
    rank = -(-len(times) * min(max(percent, 0), 100) // 100)
    return sorted(times)[max(rank, 1) - 1]


def of_ping(text):
    sent, received = map(int, re.search(r"(\d+) packets transmitted, (\d+) received",
                                        text).groups())
    times = [float(time) for time in re.findall(r" time=([\d.]+) ms$", text, re.M)]
    assert len(times) == received, "ping printed %d times of %d" % (len(times), received)
    return sent, times


def of_dump(text):
    """Return the round-trip times in the lines of tcpdump -tt, in milliseconds."""
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
    """Return the row of the requests, with its total on the left."""
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


def margin(time):
    return max(MARGIN, time * PRECISION)


def wrong(name, found, inner, outer):
    """Print a line, and return the differences."""
    shown(name, found)
    return ["%s: %s is %s, not %s to %s" % (name, key, value, inner[key], outer[key])
            for key, value in found.items()
            if (not inner[key] - margin(value) <= value <= outer[key] + margin(value)
                if key in PERCENTS or key == "max" else value != outer[key])]


def main():
    ping_text, dump, json_text, text = (open(name, encoding="utf-8").read()
                                        for name in sys.argv[1:])
    sent, times = of_ping(ping_text)
    outer = summary_of(sent, times)
    shown("ping", outer)
    times = of_dump(dump)
    assert outer["unanswered"] == sent - len(times), "tcpdump has %d replies" % len(times)
    inner = summary_of(sent, times)
    shown("dump", inner)
    different = (wrong("json", of_json(json_text), inner, outer) +
                 wrong("text", of_text(text), inner, outer))
    print("\n".join(different))
    sys.exit(bool(different))


main()
