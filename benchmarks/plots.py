"""Figures as SVG: bars, a group a peer, the same colour for the same series; nothing is cut off or left out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams |= {"svg.hashsalt": "regionsok", "svg.fonttype": "none", "font.size": 9, "axes.axisbelow": True}

from matplotlib import pyplot  # noqa: E402 - after the backend is chosen

COLOURS = ("#1b4f72", "#d68910", "#148f77", "#943126", "#6c3483", "#7f8c8d")


def bars(path: Path, title: str, rows: Mapping[str, Mapping[str, float]], logarithmic: bool = False) -> None:
    """Rows are peer -> series -> figure; a series that a peer lacks leaves its place empty."""
    series = list(dict.fromkeys(name for values in rows.values() for name in values))
    thick = 0.8 / max(1, len(series))
    figure, axes = pyplot.subplots(figsize=(8, 1.2 + len(rows) * max(0.4, 0.16 * len(series))), layout="constrained")
    for number, name in enumerate(series):
        places = [
            row + (number - (len(series) - 1) / 2) * thick for row, values in enumerate(rows.values()) if name in values
        ]
        figures = [values[name] for values in rows.values() if name in values]
        drawn = axes.barh(places, figures, thick, label=name, color=COLOURS[number % len(COLOURS)])
        axes.bar_label(
            drawn, [f"{value:,.3g}" if value < 1000 else f"{value:,.0f}" for value in figures], padding=2, fontsize=7
        )
    axes.set_yticks(range(len(rows)), list(rows))
    axes.invert_yaxis()
    axes.set_title(title, loc="left", fontsize=10)
    if logarithmic:
        axes.set_xscale("log")
    axes.margins(x=0.12)
    axes.grid(axis="x", color="#dddddd")
    axes.spines[["top", "right"]].set_visible(False)
    if len(series) > 1:
        figure.legend(loc="outside lower center", ncols=len(series), frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
