"""Figures as SVG: the same colour for the same series; nothing is cut off or left out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams |= {"svg.hashsalt": "regionsok", "svg.fonttype": "none", "font.size": 9, "axes.axisbelow": True}

from matplotlib import pyplot  # noqa: E402 - after the backend is chosen

COLOURS = ("#1b4f72", "#2e86c1", "#85c1e9", "#d68910", "#148f77", "#943126", "#6c3483", "#7f8c8d", "#b7950b")
MARKS = "osD^vP*Xh"


def lines(path: Path, panels: Mapping[str, Mapping[str, Mapping[int, float]]]) -> None:
    """Panels are title -> peer -> number of documents -> figure; both axes are logarithmic."""
    figure, places = pyplot.subplots(2, -(-len(panels) // 2), figsize=(10, 7), layout="constrained", squeeze=False)
    peers = list(dict.fromkeys(peer for rows in panels.values() for peer in rows))
    for axes, (title, rows) in zip(places.flat, panels.items(), strict=False):
        for peer, row in rows.items():
            look = {"color": COLOURS[peers.index(peer) % len(COLOURS)], "marker": MARKS[peers.index(peer) % len(MARKS)]}
            axes.plot(list(row), list(row.values()), label=peer, markersize=4, **look)
        sizes = sorted({size for row in rows.values() for size in row})
        axes.set(xscale="log", yscale="log", xlabel="documents")
        axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axes.set_xticks([], minor=True)
        _dressed(axes, title)
    for axes in list(places.flat)[len(panels) :]:
        axes.remove()
    figure.legend(*_labels(places.flat), loc="outside lower center", ncols=3, frameon=False)
    _saved(figure, path)


def bars(path: Path, title: str, rows: Mapping[Any, Mapping[Any, float]], logarithmic: bool = False) -> None:
    """Rows are peer -> series -> figure; a series that a peer lacks leaves its place empty."""
    series = list(dict.fromkeys(name for values in rows.values() for name in values))
    thick = 0.8 / max(1, len(series))
    figure, axes = pyplot.subplots(figsize=(8, 1.2 + len(rows) * max(0.4, 0.16 * len(series))), layout="constrained")
    for number, name in enumerate(series):
        shift = (number - (len(series) - 1) / 2) * thick
        figures = {row + shift: values[name] for row, values in enumerate(rows.values()) if name in values}
        drawn = axes.barh(list(figures), list(figures.values()), thick, label=name, color=COLOURS[number])
        said = [f"{value:,.3g}" if value < 1000 else f"{value:,.0f}" for value in figures.values()]
        axes.bar_label(drawn, said, padding=2, fontsize=7)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.invert_yaxis()
    if logarithmic:
        axes.set_xscale("log")
    axes.margins(x=0.12)
    _dressed(axes, title)
    if len(series) > 1:
        figure.legend(loc="outside lower center", ncols=min(4, len(series)), frameon=False)
    _saved(figure, path)


def _labels(places: Any) -> tuple[list[Any], list[str]]:
    """Every peer once, whichever panels it is in."""
    found: dict[str, Any] = {}
    for axes in places:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            found.setdefault(label, handle)
    return list(found.values()), list(found)


def _dressed(axes: Any, title: str) -> None:
    axes.set_title(title, loc="left", fontsize=10)
    axes.grid(color="#dddddd")
    axes.spines[["top", "right"]].set_visible(False)


def _saved(figure: Any, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
