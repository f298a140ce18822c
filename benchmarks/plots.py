"""Figures as SVG: the same colour and mark for the same peer in every panel; nothing is cut off or left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams |= {"svg.hashsalt": "regionsok", "svg.fonttype": "none", "font.size": 9, "axes.axisbelow": True}

from matplotlib import pyplot, ticker  # noqa: E402 - after the backend is chosen

COLOURS = ("#1b4f72", "#2e86c1", "#85c1e9", "#7f8c8d", "#d68910", "#148f77", "#943126", "#6c3483", "#b7950b", "#e67fb0")
MARKS = "oooosD^vPX"
PLAIN = ticker.FuncFormatter(lambda value, _: f"{value:,g}")
Panels = Mapping[str, Mapping[str, Mapping[Any, float]]]
"""Title -> peer -> what it was measured at -> figure."""


def lines(path: Path, panels: Panels, peers: Sequence[str]) -> None:
    """Over numbers of documents; both axes are logarithmic."""
    figure, places = pyplot.subplots(2, -(-len(panels) // 2), figsize=(13, 7), layout="constrained")
    for axes, (title, rows) in zip(places.flat, panels.items(), strict=True):
        for peer, row in rows.items():
            axes.plot(list(row), list(row.values()), markersize=4, **_look(peers, peer))
        sizes = sorted({size for row in rows.values() for size in row})
        axes.set(xscale="log", yscale="log", xlabel="documents")
        axes.set_xticks(sizes, [f"{size:,}" for size in sizes], rotation=20)
        axes.set_xticks([], minor=True)
        axes.yaxis.set_major_formatter(PLAIN)
        axes.yaxis.set_minor_formatter(ticker.NullFormatter())
        _dressed(axes, title)
    _saved(figure, places, path, peers)


def dots(path: Path, panels: Panels, peers: Sequence[str], logarithmic: bool = True) -> None:
    """A row for each thing that was measured, a mark in it for each peer."""
    figure, places = pyplot.subplots(
        1, len(panels), figsize=(11, 4.5), layout="constrained", sharey=True, squeeze=False
    )
    for axes, (title, rows) in zip(places.flat, panels.items(), strict=True):
        for peer, row in rows.items():
            axes.plot(list(row.values()), list(row), linestyle="", markersize=6, **_look(peers, peer))
        axes.set_xscale("log" if logarithmic else "linear")
        axes.xaxis.set_major_formatter(PLAIN)
        _dressed(axes, title)
    places.flat[0].invert_yaxis()
    _saved(figure, places, path, peers)


def _look(peers: Sequence[str], peer: str) -> dict[str, str]:
    number = list(peers).index(peer)
    return {"label": peer, "color": COLOURS[number % len(COLOURS)], "marker": MARKS[number % len(MARKS)]}


def _dressed(axes: Any, title: str) -> None:
    axes.set_title(title, loc="left", fontsize=10)
    axes.grid(color="#dddddd")
    axes.spines[["top", "right"]].set_visible(False)


def _saved(figure: Any, places: Any, path: Path, peers: Sequence[str]) -> None:
    """With every peer once in the legend, whichever panels it is in."""
    drawn = {label: mark for axes in places.flat for mark, label in zip(*axes.get_legend_handles_labels(), strict=True)}
    named = [peer for peer in peers if peer in drawn]
    figure.legend([drawn[peer] for peer in named], named, loc="outside lower center", ncols=5, frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
