# SPDX-License-Identifier: GPL-2.0-or-later
"""
pings.py RANKS PING JSON TEXT: compare what ping printed with the last summaries, as JSON and
as text, of watches of the same packets. The losses must be the same. The percentiles must be
those of the times that ping printed, within a millisecond. RANKS is how far off a percentile
may be beside that: a busy guest can keep a packet between ping and the watch, and 1 % of a
few pings is no more than that one. The maximum is a single packet, so it is only printed.
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


def wrong(name, found, ping, times, ranks):
    """Print a line, and return what is different."""
    print("%-4s" % name, *("%s %s" % item for item in found.items()))
    return ["%s: %s is %s, not %s" % (name, key, value, ping[key])
            for key, value in found.items()
            if (not percentile(times, PERCENTS[key] - ranks) - MARGIN <= value <=
                percentile(times, PERCENTS[key] + ranks) + MARGIN
                if key in PERCENTS else key != "max" and value != ping[key])]


def main():
    ranks = int(sys.argv[1])
    ping_text, json_text, text = (open(name, encoding="utf-8").read()
                                  for name in sys.argv[2:])
    sent, times = of_ping(ping_text)
    ping = {"requests": sent, "unanswered": sent - len(times),
            "loss": "%.1f%%" % (100 * (sent - len(times)) / sent), "max": max(times)}
    ping |= {key: percentile(times, percent) for key, percent in PERCENTS.items()}
    different = (wrong("ping", ping, ping, times, 0) +
                 wrong("json", of_json(json_text), ping, times, ranks) +
                 wrong("text", of_text(text), ping, times, ranks))
    print("\n".join(different))
    sys.exit(bool(different))


main()
