"""Trends -> the lines of a chart, in the units of its drawing; what is drawn also stands in the table below it."""

from collections.abc import Sequence
from math import floor, log10

from msgspec import Struct

from indexer import Trend

WIDTH, HEIGHT = 720, 320
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 12, 32
"""Room for the labels, around the lines."""
LABELS = 8
"""Most labels under the chart."""


Line = tuple[str, tuple[tuple[float, float], ...]]
"""One question, and where its line goes."""
Label = tuple[str, float]
"""A text beside an axis, and where."""


class Chart(Struct, frozen=True):
    """What the template draws."""

    lines: tuple[Line, ...]
    across: tuple[Label, ...]
    up: tuple[Label, ...]


def chart(trends: Sequence[Trend]) -> Chart | None:
    """The shares of each question over time; None where there is nothing to draw."""
    periods = [point.period for point in trends[0].points] if trends else []
    if not periods:
        return None
    top = _ceiling(max(point.share for trend in trends for point in trend.points))
    step = (WIDTH - LEFT - RIGHT) / max(1, len(periods) - 1)

    def place(index: int, share: float) -> tuple[float, float]:
        return round(LEFT + index * step, 1), round(HEIGHT - BOTTOM - share / top * (HEIGHT - TOP - BOTTOM), 1)

    shares = ((trend.question, [point.share for point in trend.points]) for trend in trends)
    lines = tuple((question, tuple(map(place, range(len(periods)), points))) for question, points in shares)
    every = -(-len(periods) // LABELS)
    across = tuple((period, place(index, 0)[0]) for index, period in enumerate(periods) if index % every == 0)
    return Chart(lines, across, tuple((percent(top * part / 5), place(0, top * part / 5)[1]) for part in range(6)))


def _ceiling(share: float) -> float:
    """The next round number: 1, 2 or 5 times a power of ten.

    >>> _ceiling(0.034), _ceiling(0.0)
    (0.05, 0.01)
    """
    if share <= 0:
        return 0.01
    power: float = 10.0 ** floor(log10(share))
    return next(round(times * power, 9) for times in (1, 2, 5, 10) if times * power >= share - 1e-12)


def percent(share: float) -> str:
    """A share in percent, as Swedish writes it.

    >>> percent(0.034).replace("\N{NO-BREAK SPACE}", " ")
    '3,4 %'
    """
    number = f"{share * 100:.2g}" if share < 0.1 else f"{share * 100:.0f}"
    return f"{number.replace('.', ',')}\N{NO-BREAK SPACE}%"
