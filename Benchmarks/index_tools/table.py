"""The figures of a sitting as Markdown, and speed at a recall."""

import math
from collections.abc import Sequence

RECALLS = (0.90, 0.95, 0.99)


def first_reaching(points: Sequence[dict], recall: float) -> dict | None:
    """The first point of a sweep, by width, that has the recall."""
    return next((p for p in sorted(points, key=lambda p: p["ef"]) if p["recall"] >= recall), None)


def interpolated(points: Sequence[dict], recall: float, figure: str = "queries_per_second") -> float | None:
    """Queries/s at exactly the recall.

    Between the first point that has it and the one before, straight in log queries/s, so that no sweep wins
    by where its widths happen to lie. The first point's own if it already has the recall; None if none has.
    """
    reaching = first_reaching(points, recall)
    if reaching is None or figure not in reaching:
        return None
    narrower = [p for p in points if p["ef"] < reaching["ef"] and figure in p]
    if not narrower:
        return reaching[figure]
    before = max(narrower, key=lambda p: p["ef"])
    share = (recall - before["recall"]) / (reaching["recall"] - before["recall"])
    return math.exp((1 - share) * math.log(before[figure]) + share * math.log(reaching[figure]))


def best_peer(contenders: Sequence[dict], recall: float) -> float | None:
    """The highest queries/s of any peer at the recall."""
    speeds = [interpolated(c["points"], recall) for c in contenders if not c["ours"]]
    return max((speed for speed in speeds if speed), default=None)


def measured(contenders: Sequence[dict]) -> list[dict]:
    """Contenders with a sweep, the fastest at recall 0.95 first."""
    swept = [c for c in contenders if c.get("points")]
    return sorted(swept, key=lambda c: -(interpolated(c["points"], 0.95) or 0))


def number(value: float | None, places: int = 0) -> str:
    """A figure with thousands separated, or a dash."""
    return "–" if value is None else f"{value:,.{places}f}"


def row(cells: Sequence[str]) -> str:
    """One line of a Markdown table."""
    return "| " + " | ".join(cells) + " |"


def named(contender: dict) -> str:
    """The name, ours in bold."""
    return f"**{contender['name']}**" if contender["ours"] else contender["name"]


def speed_cells(contender: dict, contenders: Sequence[dict]) -> list[str]:
    """For each recall: interpolated queries/s, the first point that has it, the ratio to the best peer."""
    cells = []
    for recall in RECALLS:
        speed = interpolated(contender["points"], recall)
        point = first_reaching(contender["points"], recall)
        if speed is None or point is None:
            cells += ["never", "–"]
            continue
        best = best_peer(contenders, recall)
        cells.append(f"{number(speed)} ({number(point['queries_per_second'])} at {point['ef']})")
        cells.append(f"{speed / best:.2f}×" if best else "–")
    return cells


def speed_table(contenders: Sequence[dict]) -> list[str]:
    """One thread: speed at the recalls."""
    head = ["index"]
    for recall in RECALLS:
        head += [f"queries/s at {recall:.2f}", "of best peer"]
    lines = [row(head), row(["---"] * len(head))]
    return lines + [row([named(c), *speed_cells(c, contenders)]) for c in measured(contenders)]


def cost_table(contenders: Sequence[dict]) -> list[str]:
    """What a contender costs: build, memory, latency, and what a second thread gains."""
    head = [
        "index",
        "build s, 1 thread",
        "2 threads",
        "bytes/vector resident",
        "saved",
        "p50 µs at 0.95",
        "p99 µs",
        "queries/s at 0.95, 2 threads",
        "of 1 thread",
    ]
    lines = [row(head), row(["---"] * len(head))]
    for contender in measured(contenders):
        build = contender.get("build_seconds", {})
        memory = contender.get("bytes_per_vector", {})
        point = first_reaching(contender["points"], 0.95) or {}
        one, two = (
            interpolated(contender["points"], 0.95, figure)
            for figure in ("queries_per_second", "queries_per_second2")
        )
        lines.append(
            row(
                [
                    named(contender),
                    number(build.get("1"), 1),
                    number(build.get("2"), 1),
                    number(memory.get("resident")),
                    number(memory.get("serialized")),
                    number(point.get("p50_microseconds")),
                    number(point.get("p99_microseconds")),
                    number(two),
                    f"{two / one:.2f}×" if one and two else "–",
                ]
            )
        )
    return lines


def exact_lines(contenders: Sequence[dict]) -> list[str]:
    """Exact search of a whole batch, ours against numpy."""
    exact = {
        c["name"]: c["exact_queries_per_second"] for c in contenders if c.get("exact_queries_per_second")
    }
    ours, numpy = exact.get("millrace exact", {}), exact.get("numpy exact", {})
    return [
        f"- Exact, a whole batch, {threads} thread{'s' if threads != '1' else ''}: Millrace "
        f"{number(ours[threads], 1)} queries/s, numpy {number(numpy[threads], 1)}: "
        f"{ours[threads] / numpy[threads]:.2f}×."
        for threads in sorted(ours)
        if threads in numpy
    ]


def opened_lines(contenders: Sequence[dict]) -> list[str]:
    """What a saved index of ours costs the process that opens it."""
    lines = []
    for contender in contenders:
        opened, disk = contender.get("opened", {}), contender.get("disk", {})
        if "open_milliseconds" in opened:
            resident = opened["resident_after_searching"]
            heap = 100 * resident["anonymous"] / max(resident["anonymous"] + resident["file"], 1)
            lines.append(
                f"- {contender['name']}, saved in {number(disk.get('save_seconds'), 2)} s, opens in "
                f"{number(opened['open_milliseconds'], 1)} ms and is resident with "
                f"{number(opened['bytes_per_vector_after_searching'])} bytes a vector after all queries, "
                f"{number(heap)} % of it heap and the rest mapped files."
            )
    return lines


def markdown(sitting: dict) -> str:
    """The whole section of one sitting."""
    contenders = sitting["contenders"]
    refused = [
        f"- {part['name']}: {part['refused']}"
        for c in contenders
        for part in (c, c.get("opened", {}))
        if part.get("refused")
    ]
    refused += [f"- {name}: not installed" for name in sitting.get("left_out", [])]
    instructions = ", ".join(sitting["instructions"]) or "no AVX2"
    passes = "1 pass" if sitting["rounds"] == 1 else f"the best of {sitting['rounds']} passes"
    intro = (
        f"{sitting['date']}, commit {sitting['commit']}, {sitting['processors']} processors of "
        f"{sitting['processor']} ({instructions}). {sitting['data']}: {sitting['count']:,} × "
        f"{sitting['dimension']}, {sitting['queries']:,} queries, M {sitting['M']}, efConstruction "
        f"{sitting['efConstruction']}, {passes} over all."
    )
    blocks = [
        [intro],
        speed_table(contenders),
        cost_table(contenders),
        exact_lines(contenders) + opened_lines(contenders),
        ["Not measured:", "", *refused] if refused else [],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"
