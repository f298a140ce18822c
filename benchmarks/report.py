"""Results -> docs/benchmarks.md and its plots: every table with the command that gives its figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks import reached
from benchmarks.peers import PEERS, kind_of
from benchmarks.plots import bars, lines
from benchmarks.questions import KINDS, MEANING
from benchmarks.reached import percentile, spent
from benchmarks.steps import JUDGED, NEWS

Results = Mapping[str, Any]
Rows = Mapping[Any, Mapping[Any, Any]]
"""Name of a row -> column -> figure."""


def write(results: Results, docs: Path) -> None:
    """The report, and its plots beside it."""
    plots, remarks = docs / "benchmarks", docs / "benchmarks" / "remarks.md"
    parts = [*_head(results), *_reached(results), *_growing(results, plots), *_kinds(results, plots)]
    parts += [
        part for title, rows, plot, said in _flat(results) if rows for part in _section(title, rows, plot, said, plots)
    ]
    parts += _missing(results)
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
    def figures(act: str, *what: Any) -> Any:
        return results["steps"]["/".join((act, *map(str, what)))]["figures"]

    yield "## What was to be reached"
    columns = ["", "before", "must", "aim", "now", "reaches", "command"]
    yield _table(columns, reached.rows(figures))


def _growing(results: Results, plots: Path) -> Iterator[str]:
    """What grows with the number of documents."""
    builds, asked = _builds(results), _asked(results)
    yield "## Build"
    yield _rows(builds)
    yield f"Memory is the most that all processes had together (PSS). {_command('build')}"
    yield "## A question"
    yield _rows(asked)
    yield f"Of all kinds together; memory is what the index's processes hold after them. {_command('ask')}"
    panels = {
        "documents a second, first build": _series(builds, "documents a second"),
        "build: memory at most, MB": _series(builds, "memory MB"),
        "disk, MB": _series(builds, "disk MB"),
        "a question: p50, ms": _series(asked, "p50 ms"),
        "a question: p99, ms": _series(asked, "p99 ms"),
        "8 askers: questions a second": _series(asked, "8 askers: a second"),
    }
    lines(plots / "growing.svg", panels)
    yield "![What grows with the number of documents](benchmarks/growing.svg)"


def _kinds(results: Results, plots: Path) -> Iterator[str]:
    """Latency and number of hits of each kind of question, at the greatest number that all peers were given."""
    sizes = [int(size) for size, _ in _each(results, "ask") if int(size) <= NEWS]
    if not sizes:
        return
    asked = {
        peer: row["figures"]["one"] for (size, peer), row in _each(results, "ask").items() if int(size) == max(sizes)
    }
    yield f"## By kind of question, p50 and p99 in ms, {max(sizes):,} documents"
    shares = {
        name: {peer: {kind: percentile(row["times"][kind], share) for kind in KINDS} for peer, row in asked.items()}
        for name, share in (("p50", 0.5), ("p99", 0.99))
    }
    cells = {
        peer: {kind: " / ".join(_figure(rows[peer][kind]) for rows in shares.values()) for kind in KINDS}
        for peer in asked
    }
    yield _rows(cells)
    yield _list(f"*{kind}*: {MEANING[kind]}" for kind in KINDS)
    for name, rows in shares.items():
        bars(plots / f"{name}.svg", f"{name} by kind of question, ms, {max(sizes):,} documents", rows, logarithmic=True)
        yield f"![{name} by kind](benchmarks/{name}.svg)"
    yield "Documents found in all, by the same questions; who finds fewer has fewer to count:"
    yield _rows({peer: {kind: f"{row['found'][kind]:,}" for kind in KINDS} for peer, row in asked.items()})


def _section(title: str, rows: Rows, plotted: Sequence[str], said: str, plots: Path) -> Iterator[str]:
    """A heading, a table, a plot of some of its columns, and what is to be known of it."""
    yield f"## {title}"
    yield _rows(rows)
    if plotted:
        drawn = {name: {one: row[one] for one in plotted if one in row} for name, row in rows.items()}
        file = title.split()[0].lower()
        bars(plots / f"{file}.svg", f"{title}: {', '.join(plotted)}", drawn)
        yield f"![{title}](benchmarks/{file}.svg)"
    yield said


def _flat(results: Results) -> Iterator[tuple[str, Rows, Sequence[str], str]]:
    """What is a table and at most a plot of it."""
    cold = {_named(*of): {"seconds": step["figures"]["seconds"]} for of, step in _each(results, "cold").items()}
    yield (
        "Cold start",
        cold,
        ("seconds",),
        (
            "Median from the start of a process, or a server, to its first answer; of this project on Tantivy of `regionsok search` to its "
            f"end. Files are in the page cache. {_command('cold')}"
        ),
    )
    judged: dict[str, dict[str, float]] = {}
    for (_, peer, name), figures in _steps(results, "judge"):
        judged.setdefault(peer, {}).update({name: figures["ndcg@10"], f"{name}: recall@50": figures["recall@50"]})
    yield (
        "Relevance",
        judged,
        JUDGED,
        (
            "nDCG@10, and recall@50 beside it, on what was given of data/relevance; sentences are looked for by any of their words. "
            + _command("judge")
        ),
    )
    pages = {
        name: {
            "pages": f"{step['figures']['pages']:,}",
            "a second": step["figures"]["pages"] / step["figures"]["seconds"],
            **_when(step),
        }
        for name in ("trafilatura", "index", "rebuild")
        if (step := results["steps"].get(name))
    }
    yield (
        "Pages that were crawled",
        pages,
        ("a second",),
        (
            "Real pages of 40 kB, each with the title and paragraphs of another news. *trafilatura*: it alone on all cores, with our "
            "options; *index*: from HTML to a finished index; *rebuild*: once more. `python -m benchmarks.pages STEP WORK`"
        ),
    )
    shares: dict[str, Callable[[Sequence[float]], float]] = {"p50": partial(percentile, share=0.5), "mean": fmean}
    inside = {
        f"{int(size):,} documents": {
            f"{share}: {what}, ms": of(figures[key])
            for share, of in shares.items()
            for what, key in (("question", "whole"), ("its engine's calls", "engine"))
        }
        for (size,), figures in _steps(results, "inside")
    }
    yield "One question in the process", inside, (), "`python -m benchmarks.ours inside WORK DOCUMENTS`"
    for (size,), figures in _steps(results, "stages"):
        stages = {
            stage: {"ms of a core": spent} for stage, spent in {**figures, "together": sum(figures.values())}.items()
        }
        yield f"What one of {int(size):,} documents costs", stages, (), "`python -m benchmarks.stages WORK DOCUMENTS`"


def _steps(results: Results, act: str) -> Iterator[tuple[list[str], Any]]:
    """What a step was told, and its figures."""
    for name, step in results["steps"].items():
        if name.startswith(f"{act}/"):
            yield name.split("/")[1:], step["figures"]


def _missing(results: Results) -> Iterator[str]:
    """What has no figure, and why."""
    limited = (
        f"{peer}: above {kind_of(peer).limit:,} documents it makes the run too long"
        for peer in PEERS
        if kind_of(peer).limit < NEWS
    )
    yield "## Not measured"
    yield _list([*(f"{what}: {why}" for what, why in results["missing"].items()), *limited])


def _each(results: Results, act: str) -> dict[tuple[str, str], Any]:
    """(Number of documents, peer) -> a step; judged sets have a name for a number, and are left out."""
    split = {tuple(name.split("/")[1:]): step for name, step in results["steps"].items() if name.startswith(f"{act}/")}
    return {(size, peer): step for (size, peer), step in split.items() if size.isdigit()}


def _builds(results: Results) -> Rows:
    return {
        _named(size, peer): {
            "documents a second": int(size) / step["figures"]["seconds"],
            "seconds": step["figures"]["seconds"],
            "memory MB": step["figures"]["memory"],
            "disk MB": step["figures"]["disk"],
            **_when(step),
        }
        for (size, peer), step in _each(results, "build").items()
    }


def _asked(results: Results) -> Rows:
    rows = {}
    for (size, peer), step in _each(results, "ask").items():
        one, many = step["figures"]["one"], step["figures"]["many"]
        rows[_named(size, peer)] = {
            "p50 ms": percentile(spent(one), 0.5),
            "p99 ms": percentile(spent(one), 0.99),
            "a second": one["rate"],
            "8 askers: a second": many["rate"],
            "8: p50 ms": percentile(spent(many), 0.5),
            "8: p99 ms": percentile(spent(many), 0.99),
            "memory MB": step["figures"]["memory"],
            **_when(step),
        }
    return rows


def _named(size: str, peer: str) -> str:
    return f"{peer}: {int(size):,}"


def _series(rows: Rows, column: str) -> dict[str, dict[int, float]]:
    """Peer -> number of documents -> figure, of rows that are named so."""
    series: dict[str, dict[int, float]] = {}
    for name, row in rows.items():
        peer, _, size = name.rpartition(": ")
        series.setdefault(peer, {})[int(size.replace(",", ""))] = row[column]
    return series


def _when(step: Mapping[str, Any]) -> dict[str, str]:
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
