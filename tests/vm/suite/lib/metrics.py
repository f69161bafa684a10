# SPDX-License-Identifier: GPL-2.0-or-later
"""metrics.py FILE: check metrics with both parsers of Prometheus, and print the samples.

The textfile collector of the node exporter reads the older format, which must have the same
contents as OpenMetrics. Each metric must have a help text and a type."""
import sys

from prometheus_client import openmetrics, parser
import prometheus_client.openmetrics.parser


def samples(families):
    found = {}
    for family in families:
        assert family.documentation and family.type == "gauge", family
        for sample in family.samples:
            key = sample.name, *sorted(sample.labels.items())
            assert key not in found, key
            found[key] = sample.value
    return found


with open(sys.argv[1], encoding="utf-8") as file:
    text = file.read()
old = samples(parser.text_string_to_metric_families(text))
new = samples(openmetrics.parser.text_string_to_metric_families(text))
assert old == new and old, (old, new)
for (name, *labels), value in sorted(new.items()):
    print(name, *(f"{key}={value}" for key, value in labels), int(value))
