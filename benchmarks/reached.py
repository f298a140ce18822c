"""What was to be reached: each figure that issues 20 and 21 ask for, from the results of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from benchmarks.peers import HTTP, HTTP_AS_PEERS, OURS
from benchmarks.steps import MILLION, NEWS

Figures = Callable[..., Any]
"""act, documents, peer -> what that step measured. Raises KeyError where it did not."""
FEW = 23_000
AIMS = """
≥ | .12 to .17 | .6 | .9 |  | pages index WORK | crawled pages a second / trafilatura alone on the same cores
≥ | 1 | 4 | 10 | × | pages rebuild WORK | the same pages again with `--rebuild`, a first time
≤ | 3.2 | 1.7 | 1.4 |  | ours inside WORK 69677 | one question in the process / its engine calls, 69,677 documents
≤ | 1.1 | .45 | .25 |  | measuring ask WORK 69677 PEER | `/sok.json` p50 / OpenSearch `_search` doing the same: two facets
≤ | 1.1 | .45 | .25 |  | measuring ask WORK 69677 PEER | the same, all that `/sok.json` says where nothing is left out
≤ | 9.2 | 3.5 | 2 |  | measuring ask WORK 23000 PEER | `/sok.json` p50 / FTS5 with two counts in its own process, 23,000 documents
≥ | – | 1.7 | 1.9 | × | measuring ask WORK 69677 PEER | questions a second with 8 askers, against one asker
≥ | .12 | .25 | .45 |  | measuring build WORK 69677 PEER | first build / OpenSearch bulk (which only analyses and indexes)
≤ | 26 (850,000) | 20 | 10 | min | measuring build WORK 1000000 PEER | 10⁶ documents: build
≤ | – | 1.2 | .8 | GB | measuring build WORK 1000000 PEER | 10⁶ documents: memory of the build at most, all processes
≤ | 39 (850,000) | 20 | 10 | ms | measuring ask WORK 1000000 PEER | 10⁶ documents: p50 in the process
≤ | 130 (850,000) | 90 | 40 | ms | measuring ask WORK 1000000 PEER | 10⁶ documents: p99 in the process
≤ | 128 | 150 | 110 | MB | ours serving WORK 69677 | a server's memory after 10,000 questions at 69,677 documents, all processes
≤ | – | 150 | 110 | MB | ours serving WORK 69677 | the same without the files of the index that it maps, which the system lets go of where room is scarce
≤ | – | 2 | 2 | % | ours serving WORK 69677 | its growth in the second half
≤ | .37 | .35 | .25 | s | measuring cold WORK 69677 PEER | cold `regionsok search`
≥ | 23 | 30 | 30 |  | crawling crawl WORK | pages a second of a crawl over ten hosts that answer after 50 ms: fetching, archiving and indexing
≤ | 380 | 300 | 300 | MB | crawling crawl WORK | its memory at most, all processes
≤ | 24 | 20 | 12 | s | ours setup WORK | `make setup` in a fresh clone with a warm package cache
"""
"""A line a figure: whether it is to be at least or at most; before, must and aim, their unit; the module that measures it, and what it is."""


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so much of them lies at or below (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(share * 100) * len(ordered) // 100) - 1)]


def spent(asked: Mapping[str, Any]) -> list[float]:
    """Milliseconds of all questions, whatever their kind."""
    return [one for times in asked["times"].values() for one in times]


def _now(figures: Figures) -> tuple[Callable[[], float], ...]:
    """What each line's figure is, in their order."""

    def p(documents: int, peer: str, share: float = 0.5) -> float:
        return percentile(spent(figures("ask", documents, peer)["one"]), share)

    def pages(act: str) -> float:
        return float(figures(act)["pages"] / figures(act)["seconds"])

    def inside() -> float:
        return percentile(figures("inside", NEWS)["whole"], 0.5) / percentile(figures("inside", NEWS)["engine"], 0.5)

    def built(documents: int, what: str, peer: str = OURS) -> float:
        return float(figures("build", documents, peer)[what])

    def rate(askers: str) -> float:
        return float(figures("ask", NEWS, HTTP)[askers]["rate"])

    def memory(when: int) -> float:
        return float(figures("serving", NEWS)["memory"][when])

    return (
        lambda: pages("index") / pages("trafilatura"),
        lambda: pages("rebuild") / pages("index"),
        inside,
        lambda: p(NEWS, HTTP_AS_PEERS) / p(NEWS, "OpenSearch"),
        lambda: p(NEWS, HTTP) / p(NEWS, "OpenSearch"),
        lambda: p(FEW, HTTP) / p(FEW, "SQLite FTS5"),
        lambda: rate("many") / rate("one"),
        lambda: built(NEWS, "seconds", "OpenSearch") / built(NEWS, "seconds"),
        lambda: built(MILLION, "seconds") / 60,
        lambda: built(MILLION, "memory") / 1000,
        lambda: p(MILLION, OURS),
        lambda: p(MILLION, OURS, 0.99),
        lambda: memory(-1),
        lambda: float(figures("serving", NEWS)["own"]),
        lambda: 100 * (memory(-1) / memory(-2) - 1),
        lambda: float(figures("cold", NEWS, OURS)["seconds"]),
        lambda: pages("crawl"),
        lambda: float(figures("crawl")["memory"]),
        lambda: float(figures("setup")["seconds"]),
    )


def rows(figures: Figures) -> Iterator[list[str]]:
    """What, before, must, aim, now, which of them is reached, and the command."""
    for line, measured in zip(AIMS.strip().splitlines(), _now(figures), strict=True):
        sign, before, must, aim, unit, command, what = map(str.strip, line.split("|"))
        try:
            now = measured()
        except KeyError:
            said, verdict = "–", "not measured"
        else:
            away = 1 if sign == "≤" else -1
            reached = [name for name, bound in (("aim", aim), ("must", must)) if away * now <= away * float(bound)]
            said, verdict = f"{now:.3g} {unit}", (*reached, "**no**")[0]
        yield [what, before, f"{sign} {must}", f"{sign} {aim}", said, verdict, f"`python -m benchmarks.{command}`"]
