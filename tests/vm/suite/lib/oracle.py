# SPDX-License-Identifier: GPL-2.0-or-later
"""oracle.py EVENTS CAPTURE: compare what kctl and tshark report for each packet.

EVENTS is the output of kctl -j watch icmp, and CAPTURE that of tcpdump, both for the packets of
oracle_packets.py. Print differences that oracle_known.py does not explain, and explanations
that explain nothing. Fail if there is any."""
import collections
import json
import subprocess
import sys

import oracle_packets
from oracle_fields import FIELDS, ROWS
from oracle_known import KNOWN, NOT_SEEN

SEPARATOR = "\x1f"


def tshark(capture):
    """Return {source address: {field: [values]}}, with a value for each time the field occurs."""
    command = ["tshark", "-n", "-r", capture, "-T", "fields", "-E", "separator=/t",
               "-E", "occurrence=a", "-E", "aggregator=" + SEPARATOR,
               "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE"]
    for field in FIELDS:
        command += ["-e", field]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    frames = {}
    for line in output.splitlines():
        values = [v.split(SEPARATOR) if v else [] for v in line.split("\t")]
        frame = collections.defaultdict(list, zip(FIELDS, values))
        address = (frame["ip.src"] or frame["ipv6.src"] or [""])[0]
        frames[address] = frame
    return frames


def kctl(path):
    events = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            event = json.loads(line)
            if event["event"] == "icmp" and event["direction"] == "in":
                events[event["src"]] = event
    return events


class Report:
    def __init__(self):
        self.compared = collections.Counter()
        self.explained = collections.Counter()
        self.failures = []

    def disagree(self, name, row, event, ours, theirs):
        for known in KNOWN:
            if known.explains(name, row, event, ours, theirs):
                self.explained[known] += 1
                return
        self.failures.append("%s: %s: kctl %s, tshark %s" % (name, row, ours, theirs))

    def compare(self, name, event, frame):
        for row, (of_kctl, of_tshark) in ROWS.items():
            ours, theirs = of_kctl(event), of_tshark(frame)
            if ours or theirs:
                self.compared[row] += 1
            if ours != theirs:
                self.disagree(name, row, event, ours, theirs)

    def seen(self, name, event, frame):
        """Return whether both saw the packet, as they should."""
        if not frame:
            self.failures.append(name + ": not in the capture")
        elif bool(event) == name.startswith(NOT_SEEN):
            self.failures.append("%s: kctl %s it" % (name, "reports" if event else "misses"))
        return frame and event

    def end(self):
        for known in KNOWN:
            if not self.explained[known]:
                self.failures.append("explains nothing: " + known.why)
        for row in ROWS:
            if not self.compared[row]:
                self.failures.append("never compared: " + row)
        for known, count in self.explained.items():
            print("%5d  %s" % (count, known.why))
        print("%d values of %d kinds compared, %d explained, %d not" % (
            sum(self.compared.values()), len(self.compared),
            sum(self.explained.values()), len(self.failures)))
        print("\n".join(self.failures))
        return 1 if self.failures else 0


def main(events, capture):
    report, ours, theirs = Report(), kctl(events), tshark(capture)
    both = 0
    for name, family, packet in oracle_packets.packets():
        address = oracle_packets.source(family, packet)
        event, frame = ours.get(address), theirs.get(address)
        if report.seen(name, event, frame):
            both += 1
            report.compare(name, event, frame)
    print("%d packets" % both)
    return report.end()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
