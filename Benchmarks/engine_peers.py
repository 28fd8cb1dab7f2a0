"""What Haystack's pipeline core costs for the flows of `scripts/bench engine`: empty components, on one thread.

Usage: python engine_peers.py, with haystack-ai installed. Prints a table like that of the benchmark.
"""

import os
import statistics
import time

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"

from haystack import Pipeline, __version__, component  # noqa: E402
from haystack.core.component.types import Variadic  # noqa: E402


@component
class Pass:
    @component.output_types(value=int)
    def run(self, value: int):
        return {"value": value}


@component
class Last:
    @component.output_types(value=int)
    def run(self, values: Variadic[int]):
        return {"value": len(list(values))}


def chain(count):
    pipeline = Pipeline()
    for index in range(count):
        pipeline.add_component(f"n{index}", Pass())
        if index:
            pipeline.connect(f"n{index - 1}.value", f"n{index}.value")
    return pipeline, {"n0": {"value": 1}}, f"n{count - 1}", 1


def fan(width):
    pipeline = Pipeline()
    pipeline.add_component("b", Pass())
    pipeline.add_component("l", Last())
    for index in range(width):
        pipeline.add_component(f"n{index}", Pass())
        pipeline.connect("b.value", f"n{index}.value")
        pipeline.connect(f"n{index}.value", "l.values")
    return pipeline, {"b": {"value": 1}}, "l", width


def main():
    print(f"Haystack {__version__}\n\n| flow | steps | µs a step | runs/s |\n|---|---|---|---|")
    for name, steps, made in [
        ("chain of 20", 20, chain(20)), ("fan-out of 20", 22, fan(20)), ("10 steps", 10, chain(10)),
    ]:
        pipeline, data, last, expected = made
        seconds = []
        for _ in range(15):
            start = time.perf_counter()
            for _ in range(50):
                assert pipeline.run(data)[last]["value"] == expected
            seconds.append((time.perf_counter() - start) / 50)
        middle = statistics.median(seconds)
        print(f"| {name} | {steps} | {middle * 1e6 / steps:.1f} | {1 / middle:.0f} |")


main()
