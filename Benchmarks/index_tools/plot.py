"""Recall against queries/s, drawn: ours and the best of each library by name, the others in grey."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from .table import interpolated, measured

LOWEST_RECALL = 0.80
OURS = ("#c2185b", "#e65100", "#6a1b9a", "#b71c1c")
PEERS = ("#1f77b4", "#2e8b57", "#8c6d31", "#17a2b8", "#5c6bc0", "#607d8b", "#7cb342", "#a1887f")
GREY = "#d0d3d6"
INK = "#333333"


def highlighted(contenders: Sequence[dict]) -> list[dict]:
    """Of each library, the kinds fastest at recall 0.95 and at 0.99."""
    names: list[str] = []
    for recall in (0.95, 0.99):
        leaders: dict[str, dict] = {}
        for contender in contenders:
            speed = interpolated(contender["points"], recall) or 0
            leader = leaders.get(contender["library"])
            if speed and (leader is None or speed > (interpolated(leader["points"], recall) or 0)):
                leaders[contender["library"]] = contender
        names += [leader["name"] for leader in leaders.values()]
    return [contender for contender in contenders if contender["name"] in names]


def draw_line(axes: Axes, contender: dict, color: str, width: float, label: str | None) -> None:
    """One sweep, from the last point left of the picture on."""
    points = sorted(contender["points"], key=lambda point: point["recall"])
    outside = sum(point["recall"] < LOWEST_RECALL for point in points)
    shown = points[max(outside - 1, 0) :]
    marker = 5.5 if contender["ours"] else 3.5 if label else 0
    axes.plot(
        [p["recall"] for p in shown],
        [p["queries_per_second"] for p in shown],
        color=color,
        linewidth=width,
        marker="o",
        markersize=marker,
        label=label,
        zorder=3 if contender["ours"] else 2 if label else 1,
        solid_capstyle="round",
    )


def style(axes: Axes, title: str, subtitle: str) -> None:
    """Ticks that can be read, and no ink that says nothing."""
    axes.set_yscale("log")
    axes.set_xlim(LOWEST_RECALL, 1.002)
    axes.set_xlabel("recall@10", color=INK)
    axes.set_ylabel("queries a second, one thread", color=INK)
    axes.set_title(title, loc="left", color=INK, fontsize=13, fontweight="bold", pad=26)
    axes.text(0, 1.025, subtitle, transform=axes.transAxes, color="#666666", fontsize=9.5)
    axes.yaxis.set_major_locator(LogLocator(10, subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_locator(plt.MultipleLocator(0.05))
    axes.xaxis.set_minor_locator(plt.MultipleLocator(0.01))
    axes.grid(True, which="major", color="#e9ebed", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=INK, which="both", length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#b0b4b8")


def visible_range(contenders: Sequence[dict]) -> tuple[float, float]:
    """Speeds the picture has to show."""
    speeds = [
        p["queries_per_second"] for c in contenders for p in c["points"] if p["recall"] >= LOWEST_RECALL
    ]
    return (min(speeds) / 1.15, max(speeds) * 1.2) if speeds else (1, 10)


def draw(sitting: dict, target: Path) -> None:
    """Writes `target`.svg and `target`.png."""
    plt.rcParams.update({"font.family": "DejaVu Sans", "font.size": 10.5, "svg.hashsalt": "millrace"})
    contenders = measured(sitting["contenders"])
    named = highlighted([c for c in contenders if not c["ours"]])
    ours = [c for c in contenders if c["ours"]]
    figure, axes = plt.subplots(figsize=(10, 5.8), facecolor="white")
    others = [c for c in contenders if not c["ours"] and c not in named]
    for contender in others:
        draw_line(axes, contender, GREY, 1.2, None)
    for contender in contenders:
        if contender["ours"]:
            draw_line(axes, contender, OURS[ours.index(contender) % len(OURS)], 3.0, contender["name"])
        elif contender in named:
            draw_line(axes, contender, PEERS[named.index(contender) % len(PEERS)], 1.6, contender["name"])
    if others:
        axes.plot([], [], color=GREY, linewidth=1.2, label=f"{len(others)} other kinds")
    style(
        axes,
        "Recall against speed: up and to the right is better",
        f"{sitting['data']}, {sitting['count']:,} × {sitting['dimension']}, M {sitting['M']}, efConstruction "
        f"{sitting['efConstruction']}; {sitting['processor']}, {sitting['date']}",
    )
    axes.set_ylim(*visible_range(contenders))
    legend = axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, labelcolor=INK)
    for text in legend.get_texts():
        text.set_fontweight("bold" if text.get_text().startswith("millrace") else "normal")
    target.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(target.with_suffix(".svg"), bbox_inches="tight", metadata={"Date": None})
    figure.savefig(target.with_suffix(".png"), bbox_inches="tight", dpi=150)
    plt.close(figure)
