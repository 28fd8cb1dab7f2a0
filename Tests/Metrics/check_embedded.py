"""Reads what a server wrote on standard output: its last line must be in CloudWatch's embedded metric format.

The rules are those of the format's specification: where the metrics are said to be, numbers are.
"""

import json
import sys

UNITS = {"Count", "Milliseconds", "Bytes", "Percent", "None"}
EXPECTED = {"Requests", "ServerErrors", "LatencyP99", "InputTokens", "Dollars", "RunsQueued", "CacheHitShare"}


def main(path):
    with open(path, encoding="utf-8") as file:
        lines = [line for line in file.read().splitlines() if line.startswith("{")]
    if not lines:
        sys.exit("FAILED no line in the embedded metric format")
    document = json.loads(lines[-1])
    told = document["_aws"]
    assert isinstance(told["Timestamp"], int) and told["Timestamp"] > 1_600_000_000_000, told
    (directive,) = told["CloudWatchMetrics"]
    assert directive["Namespace"] == "Millrace", directive
    for dimensions in directive["Dimensions"]:
        assert len(dimensions) <= 30 and all(isinstance(document[name], str) for name in dimensions), dimensions
    names = set()
    for metric in directive["Metrics"]:
        assert metric["Unit"] in UNITS, metric
        value = document[metric["Name"]]
        assert isinstance(value, (int, float)) and not isinstance(value, bool), (metric, value)
        names.add(metric["Name"])
    assert EXPECTED <= names, f"missing: {EXPECTED - names}"
    # A search twice, a question, an empty one, and an address that is none; the probes do not count.
    assert document["Requests"] == 5, document["Requests"]
    assert document["ClientErrors"] == 2, document["ClientErrors"]
    print(f"ok     {len(names)} figures in CloudWatch's embedded metric format")


if __name__ == "__main__":
    main(sys.argv[1])
