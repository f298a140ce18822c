"""Results -> docs/benchmarks.md and its plots: every table with the command that gives its figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks import reached
from benchmarks.peers import PEERS, kind_of
from benchmarks.plots import dots, lines
from benchmarks.questions import KINDS, MEANING
from benchmarks.reached import percentile, spent
from benchmarks.steps import JUDGED, NEWS

Results = Mapping[str, Any]
Rows = Mapping[Any, Mapping[Any, Any]]
"""Name of a row -> column -> figure."""
SHARES: dict[str, Callable[[Sequence[float]], float]] = {
    "p50": partial(percentile, share=0.5),
    "p99": partial(percentile, share=0.99),
    "mean": fmean,
}


def write(results: Results, docs: Path) -> None:
    """The report, and its plots beside it."""
    plots, remarks = docs / "benchmarks", docs / "benchmarks" / "remarks.md"
    for old in plots.glob("*.svg"):
        old.unlink()
    parts = [*_head(results), *_reached(results), *_growing(results, plots), *_kinds(results, plots)]
    parts += [
        *_relevance(results, plots),
        *_pages(results),
        *_crawl(results),
        *_inside(results),
        *_stages(results),
        *_missing(results),
    ]
    if remarks.exists():
        parts += ["## Of this run", remarks.read_text(encoding="utf-8").strip()]
    (docs / "benchmarks.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _head(results: Results) -> Iterator[str]:
    yield "# Figures beside peers"
    machine = ", ".join(f"{name} {value}" for name, value in results["machine"].items())
    runs = "; ".join(f"`{run['command']}` (commit {run['commit']})" for run in results["runs"])
    yield (
        f"Made by {runs}. Machine: {machine}. Every peer got the same documents (data/news of the project's shared folder; "
        f"above {NEWS:,}, news mixed anew from paragraphs of different ones) and the same questions out of their titles, as many "
        "of each kind, others for one asker than for eight; each was asked once. An answer is the total, ten hits with title and a marked "
        "piece of text, and counts by source and by year. One peer after the other, each in a process of its own. Peers in the "
        "process that asks cannot use a second core for Python; servers share the cores with those who ask. *began* says when a "
        "figure was measured, and *load* how many processes wanted to work as it began: where that is above one, others were at "
        "work and only ratios of neighbours mean anything."
    )
    yield "Set up as their manuals say:"
    yield _list(f"**{peer}**: {kind_of(peer).advice}." for peer in PEERS)


def _reached(results: Results) -> Iterator[str]:
    def figures(*step: Any) -> Any:
        return results["steps"]["/".join(map(str, step))]["figures"]

    yield "## What was to be reached"
    columns = ["", "before", "must", "aim", "now", "reaches", "command"]
    yield _table(columns, reached.rows(figures))


def _growing(results: Results, plots: Path) -> Iterator[str]:
    """What grows with the number of documents."""
    builds, asked = (
        {_named(*of): row(int(of[0]), step["figures"]) | _when(step) for of, step in _each(results, act).items()}
        for act, row in (("build", _built), ("ask", _asked))
    )
    cold = {_named(*of): {"s": step["figures"]["seconds"]} for of, step in _each(results, "cold").items()}
    panels = {
        "documents a second, first build": _series(builds, "documents a second"),
        "build: memory at most, MB": _series(builds, "memory MB"),
        "disk, MB": _series(builds, "disk MB"),
        "cold start, seconds": _series(cold, "s"),
        "a question: p50, ms": _series(asked, "p50 ms"),
        "a question: p99, ms": _series(asked, "p99 ms"),
        "1 asker: questions a second": _series(asked, "a second"),
        "8 askers: questions a second": _series(asked, "8 askers: a second"),
    }
    if cold:
        lines(plots / "growing.svg", panels, list(PEERS))
        yield "## With the number of documents"
        yield "![What grows with the number of documents](benchmarks/growing.svg)"
        yield "Build; memory is the most that all processes had together (PSS):"
        yield from (_rows(builds), _command("build"))
        yield "A question, of all kinds together; memory is what the index's processes hold after them:"
        yield from (_rows(asked), _command("ask"))
        yield (
            "Cold start: seconds from the start of a process, or a server, to its first answer, the median; of this project on "
            "Tantivy of `regionsok search` to its end. Files are in the page cache."
        )
        yield _rows(
            {
                peer: {f"{size:,}": one for size, one in row.items()}
                for peer, row in panels["cold start, seconds"].items()
            }
        )
        yield _command("cold")


def _built(documents: int, figures: Mapping[str, float]) -> dict[str, Any]:
    seconds = figures["seconds"]
    sides = {"memory MB": figures["memory"], "disk MB": figures["disk"]}
    return {"documents a second": documents / seconds, "seconds": seconds} | sides


def _asked(documents: int, figures: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"questions": str(len(spent(figures["one"])))}
    for askers, key in (("", "one"), ("8 askers: ", "many")):
        row |= {f"{askers}{name} ms": SHARES[name](spent(figures[key])) for name in ("p50", "p99")}
        row[f"{askers}a second"] = figures[key]["rate"]
    return row | {"memory MB": figures["memory"]}


def _kinds(results: Results, plots: Path) -> Iterator[str]:
    """Latency and number of hits of each kind of question, at the greatest number of documents that all peers were given."""
    asked = {of: step["figures"]["one"] for of, step in _each(results, "ask").items() if int(of[0]) <= NEWS}
    largest = max((int(size) for size, _ in asked), default=0)
    peers = {peer: row for (size, peer), row in asked.items() if int(size) == largest}
    if peers:
        shares = {
            name: {peer: {kind: SHARES[name](row["times"][kind]) for kind in KINDS} for peer, row in peers.items()}
            for name in ("p50", "p99")
        }
        dots(plots / "kinds.svg", {f"{name}, ms": rows for name, rows in shares.items()}, list(PEERS))
        yield f"## By kind of question, {largest:,} documents"
        yield "![Latency by kind of question](benchmarks/kinds.svg)"
        yield _list(f"*{kind}*: {MEANING[kind]}" for kind in KINDS)
        yield "p50 / p99 in ms:"
        both = {
            peer: {kind: " / ".join(_figure(rows[peer][kind]) for rows in shares.values()) for kind in KINDS}
            for peer in peers
        }
        yield _rows(both)
        yield "Documents found in all, by the same questions; who finds fewer has fewer to count:"
        yield _rows({peer: {kind: f"{row['found'][kind]:,}" for kind in KINDS} for peer, row in peers.items()})


def _relevance(results: Results, plots: Path) -> Iterator[str]:
    judged: dict[str, dict[str, float]] = {}
    for (_, peer, name), step in _steps(results, "judge"):
        figures = step["figures"]
        judged.setdefault(peer, {}).update({name: figures["ndcg@10"], f"{name}: recall@50": figures["recall@50"]})
    if judged:
        drawn = {peer: {name: row[name] for name in JUDGED if name in row} for peer, row in judged.items()}
        dots(plots / "relevance.svg", {"nDCG@10": drawn}, list(PEERS), logarithmic=False)
        yield "## Relevance"
        yield "![nDCG@10](benchmarks/relevance.svg)"
        yield _rows(judged)
        yield "nDCG@10, and recall@50 beside it, on what was given of data/relevance; sentences are looked for by any of their words."
        yield _command("judge")


def _pages(results: Results) -> Iterator[str]:
    steps = {name: results["steps"].get(name) for name in ("trafilatura", "index", "rebuild")}
    rows = {}
    for name, step in steps.items():
        if step:
            count, seconds = step["figures"]["pages"], step["figures"]["seconds"]
            rows[name] = {"pages": f"{count:,}", "a second": count / seconds} | _when(step)
    if rows:
        yield "## Crawled pages"
        yield _rows(rows)
        yield (
            "Real pages of 40 kB, each with the title and paragraphs of another news. *trafilatura*: it alone on all cores, with our "
            "options; *index*: from HTML to a finished index; *rebuild*: once more. `python -m benchmarks.pages STEP WORK`"
        )


def _crawl(results: Results) -> Iterator[str]:
    if step := results["steps"].get("crawl"):
        figures = step["figures"]
        row = {"pages": f"{figures['pages']:,}", "a second": figures["pages"] / figures["seconds"]}
        row |= {
            "fetching alone: a second": figures["pages"] / figures["requests"],
            "requests in flight a host": str(figures["in flight"]),
        }
        row["a page: ms of a core"] = 1000 * figures["work"] / figures["pages"]
        row |= {"fetching: memory MB": figures["fetching"], "memory MB": figures["memory"]}
        yield "## A crawl"
        yield _rows({"ten hosts": row | _when(step)})
        yield (
            "The same pages, of ten hosts that answer after 50 ms and ask for no delay: the whole crawl from its start to its end, with "
            "archiving and indexing; memory is the most that all its processes had together. `python -m benchmarks.crawling crawl WORK`"
        )


def _inside(results: Results) -> Iterator[str]:
    keys = {"question": "whole", "its engine's calls": "engine"}
    rows = {
        f"{int(size):,}": {
            f"{share}: {what}": SHARES[share](step["figures"][key])
            for share in ("p50", "mean")
            for what, key in keys.items()
        }
        for (size,), step in _steps(results, "inside")
    }
    if rows:
        yield "## One question in the process, ms"
        yield from (_rows(rows), "`python -m benchmarks.ours inside WORK DOCUMENTS`")


def _stages(results: Results) -> Iterator[str]:
    for (size,), step in _steps(results, "stages"):
        stages = {**step["figures"], "together": sum(step["figures"].values())}
        yield f"## What one of {int(size):,} documents costs, milliseconds of a core"
        yield _rows({stage: {"ms": cost} for stage, cost in stages.items()})
        yield "`python -m benchmarks.stages WORK DOCUMENTS`"


def _missing(results: Results) -> Iterator[str]:
    """What has no figure, and why."""
    limits = {peer: kind_of(peer).limit for peer in PEERS if kind_of(peer).limit < NEWS}
    yield "## Not measured"
    reasons = [f"{what}: {why}" for what, why in results["missing"].items()]
    yield _list(
        [*reasons, *(f"{peer}: above {limit:,} documents it makes the run too long" for peer, limit in limits.items())]
    )


def _steps(results: Results, act: str) -> Iterator[tuple[list[str], Any]]:
    """What a step was told, and what is known of it."""
    for name, step in results["steps"].items():
        if name.startswith(f"{act}/"):
            yield name.split("/")[1:], step


def _each(results: Results, act: str) -> dict[tuple[str, str], Any]:
    """(Number of documents, peer) -> a step; judged sets have a name for a number, and are left out."""
    return {(size, peer): step for (size, peer), step in _steps(results, act) if size.isdigit()}


def _named(size: str, peer: str) -> str:
    return f"{peer}: {int(size):,}"


def _series(rows: Rows, column: str) -> dict[str, dict[int, float]]:
    """Peer -> number of documents -> figure, of rows that are named so."""
    series: dict[str, dict[int, float]] = {}
    for name, row in rows.items():
        peer, _, size = name.rpartition(": ")
        series.setdefault(peer, {})[int(size.replace(",", ""))] = row[column]
    return series


def _when(step: Mapping[str, Any]) -> dict[str, Any]:
    return {"began": step["began"], "load": f"{step['load']:.1f}"}


def _rows(rows: Rows) -> str:
    columns = list(dict.fromkeys(name for row in rows.values() for name in row))
    return _table(["", *columns], [[name, *(_figure(row.get(one)) for one in columns)] for name, row in rows.items()])


def _figure(value: float | str | None) -> str:
    if value is None or isinstance(value, str):
        return value or "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.{1 if value >= 10 else 2 if value >= 1 else 3}f}"


def _command(act: str) -> str:
    return f"`python -m benchmarks.measuring {act} WORK DOCUMENTS PEER{' SET' if act == 'judge' else ''}`"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    ruled = [["---", *["--:"] * (len(columns) - 1)]]
    return "\n".join(f"| {' | '.join(row)} |" for row in (columns, *ruled, *rows))


def _list(each: Iterable[str]) -> str:
    return "\n".join(f"- {one}" for one in each)
